//! Which tag a push is compared with: what users run today, as far as that can be known.
//!
//! One real compare link in ten broke the chain (hot-fixes, pushes that never left, typing
//! errors), so the base is read, never remembered from the last notes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::facts::SeenRef;
use crate::id::{Oid, PushDate};
use crate::tag::{Revision, TagScheme};

/// Where a base was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BaseFrom {
    /// Production shows it, and it is a tag on the remote at the commit it shows.
    Production,
    /// The last finished push's tag.
    LastPush,
    /// The newest older tag on the remote.
    OlderTag,
    /// A first push: there is nothing to compare with.
    Nothing,
}

/// The tag a push is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Its name and commit; none on a first push.
    pub tag: Option<(String, Oid)>,
    /// Where it was read from.
    pub from: BaseFrom,
}

/// What an environment shows for one repository: the version's name and commit, when all services agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// `version` of `/__version__`.
    pub version: String,
    /// `commit` of `/__version__`, which some services leave out.
    pub commit: Option<Oid>,
}

/// Chooses the base for `push` from the tags on the remote, what production runs, and the last finished push's tag. The tags of
/// a cancelled push never left: they are no base, unless production shows one.
#[must_use]
pub fn choose(
    scheme: &TagScheme,
    push: PushDate,
    tags: &BTreeMap<String, SeenRef>,
    production: Option<&Running>,
    last_finished: Option<&str>,
    cancelled: &BTreeMap<PushDate, String>,
) -> Base {
    let on_remote = |name: &str| tags.get(name).map(|seen| (name.to_owned(), seen.commit.clone()));
    let shown = production.and_then(|running| {
        on_remote(&running.version)
            .filter(|(_, commit)| running.commit.as_ref().is_none_or(|c| c == commit))
    });
    if shown.is_some() {
        return Base { tag: shown, from: BaseFrom::Production };
    }
    let finished = last_finished.and_then(on_remote);
    if finished.is_some() {
        return Base { tag: finished, from: BaseFrom::LastPush };
    }
    match newest_before(scheme, push, tags, cancelled) {
        Some(older) => Base { tag: Some(older), from: BaseFrom::OlderTag },
        None => Base { tag: None, from: BaseFrom::Nothing },
    }
}

/// The newest tag of an earlier push: by push date, then by suffix.
fn newest_before(
    scheme: &TagScheme,
    push: PushDate,
    tags: &BTreeMap<String, SeenRef>,
    cancelled: &BTreeMap<PushDate, String>,
) -> Option<(String, Oid)> {
    // Names of earlier pushes come before: read backwards, and no further than the newest of them.
    let end = scheme.name(Revision { push, suffix: 0 });
    let mut earlier = tags
        .range(..end)
        .rev()
        .filter_map(|(name, seen)| Some((scheme.parse(name)?, name, seen)))
        .filter(|(revision, ..)| revision.push < push && !cancelled.contains_key(&revision.push));
    let last = earlier.next()?;
    let newest = last.0.push;
    let (_, name, seen) = earlier
        .take_while(|(revision, ..)| revision.push == newest)
        .fold(last, |best, next| if next.0 > best.0 { next } else { best });
    Some((name.clone(), seen.commit.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(digit: char) -> Oid {
        digit.to_string().repeat(40).parse().unwrap()
    }

    fn tags(names: &[(&str, char)]) -> BTreeMap<String, SeenRef> {
        names
            .iter()
            .map(|(n, d)| ((*n).to_owned(), SeenRef { object: oid(*d), commit: oid(*d) }))
            .collect()
    }

    fn chosen(
        running: Option<(&str, Option<char>)>,
        last: Option<&str>,
    ) -> (Option<String>, BaseFrom) {
        let on = tags(&[
            ("2026.11.12", 'a'),
            ("2026.11.19", 'b'),
            ("2026.11.19-10", 'd'),
            ("2026.11.19-9", 'c'),
            ("2026.11.26", 'e'),
            ("1.0", 'f'),
        ]);
        let running = running.map(|(v, c)| Running { version: v.into(), commit: c.map(oid) });
        let base = choose(
            &TagScheme::default(),
            "2026.11.26".parse().unwrap(),
            &on,
            running.as_ref(),
            last,
            &BTreeMap::new(),
        );
        (base.tag.map(|(name, _)| name), base.from)
    }

    #[test]
    fn what_production_shows_wins_when_the_remote_agrees() {
        assert_eq!(
            chosen(Some(("2026.11.12", Some('a'))), None),
            (Some("2026.11.12".into()), BaseFrom::Production)
        );
        assert_eq!(chosen(Some(("2026.11.12", None)), None).1, BaseFrom::Production);
    }

    #[test]
    fn a_version_that_is_no_tag_or_a_moved_tag_is_no_base() {
        assert_eq!(
            chosen(Some(("2026.11.12", Some('b'))), Some("2026.11.19")),
            (Some("2026.11.19".into()), BaseFrom::LastPush)
        );
        assert_eq!(chosen(Some(("main-build", None)), None).1, BaseFrom::OlderTag);
    }

    #[test]
    fn the_newest_older_tag_counts_suffixes_as_numbers() {
        assert_eq!(chosen(None, None), (Some("2026.11.19-10".into()), BaseFrom::OlderTag));
    }

    #[test]
    fn a_cancelled_push_is_no_base_unless_production_shows_it() {
        let on = tags(&[("2026.11.12", 'a'), ("2026.11.19", 'b'), ("2026.11.19-1", 'c')]);
        let cancelled = [("2026.11.19".parse().unwrap(), "ill".to_owned())].into();
        let push = "2026.11.26".parse().unwrap();
        let chosen = |running: Option<&Running>| {
            choose(&TagScheme::default(), push, &on, running, None, &cancelled).tag.unwrap().0
        };
        assert_eq!(chosen(None), "2026.11.12");
        let shown = Running { version: "2026.11.19-1".to_owned(), commit: None };
        assert_eq!(chosen(Some(&shown)), "2026.11.19-1");
    }

    #[test]
    fn a_first_push_has_none() {
        let (push, none) = ("2026.11.26".parse().unwrap(), BTreeMap::new());
        let base = choose(&TagScheme::default(), push, &tags(&[]), None, None, &none);
        assert_eq!(base, Base { tag: None, from: BaseFrom::Nothing });
    }

    #[test]
    fn the_newest_earlier_tag_is_found_among_other_schemes_and_text_around_the_date() {
        let scheme = TagScheme::new("rel-{date}.web", 2).unwrap();
        let on = tags(&[
            ("rel-2026.11.12.web", 'a'),
            ("rel-2026.11.19.web", 'b'),
            ("rel-2026.11.19.web-10", 'c'),
            ("rel-2026.11.19.web-2", 'd'),
            ("rel-2026.11.20.app", 'e'),
            ("rel-2026.11.26.web", 'f'),
            ("zeta", 'f'),
        ]);
        let newest = |push: &str| {
            newest_before(&scheme, push.parse().unwrap(), &on, &BTreeMap::new())
                .map(|(name, _)| name)
        };
        assert_eq!(newest("2026.11.26").as_deref(), Some("rel-2026.11.19.web-10"));
        assert_eq!(newest("2026.11.19").as_deref(), Some("rel-2026.11.12.web"));
        assert_eq!(newest("2026.11.12"), None);
    }
}
