//! What services run, judged: current, mixed, old, unknown or failing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::Running;
use crate::id::{Oid, quoted};

/// A service beside the tag it should show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// Every sample shows the push's newest tag.
    Current,
    /// Samples show more than one version: a half-rolled fleet.
    Mixed,
    /// Every sample shows another tag.
    Old,
    /// Never asked, there is no tag to compare with, or what it shows is no tag of its repository.
    Unknown,
    /// Some sample gave no usable answer.
    Failing,
}

/// A version that samples showed, and how many did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// `version`, as shown.
    pub version: Option<String>,
    /// `commit`, as shown.
    pub commit: Option<String>,
    /// How many samples showed it.
    pub samples: usize,
}

impl Shown {
    /// The version, which may be a tag's name; none where the service tells none.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.version.as_deref().filter(|version| !version.is_empty())
    }

    /// The version with its commit; none where it tells no version.
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        let commit = self.commit.as_ref().and_then(|commit| commit.parse().ok());
        self.version.clone().map(|version| Running { version, commit })
    }
}

/// One service's samples, counted by version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fleet {
    /// Versions shown, most samples first.
    pub shown: Vec<Shown>,
    /// Why samples failed, each sentence once.
    pub failures: Vec<String>,
}

impl Fleet {
    /// Counts samples: `Ok((version, commit))`, or why there was no answer.
    pub fn count<I, S>(samples: I) -> Self
    where
        I: IntoIterator<Item = Result<(Option<S>, Option<S>), String>>,
        S: Into<String>,
    {
        let mut counts: BTreeMap<(Option<String>, Option<String>), usize> = BTreeMap::new();
        let mut failures = Vec::new();
        for sample in samples {
            match sample {
                Ok((version, commit)) => {
                    *counts.entry((version.map(Into::into), commit.map(Into::into))).or_default() +=
                        1
                }
                Err(why) if !failures.contains(&why) => failures.push(why),
                Err(_) => {}
            }
        }
        let mut shown: Vec<Shown> = counts
            .into_iter()
            .map(|((version, commit), samples)| Shown { version, commit, samples })
            .collect();
        shown.sort_by_key(|s| std::cmp::Reverse(s.samples));
        Self { shown, failures }
    }

    /// A service that shows nothing but this.
    #[must_use]
    pub fn of(running: Running) -> Self {
        let commit = running.commit.map(|commit| commit.to_string());
        let shown = Shown { version: Some(running.version), commit, samples: 1 };
        Self { shown: vec![shown], failures: Vec::new() }
    }

    /// The state beside the tag that should run, by its name and commit. `is_tag` says which versions are tags of the
    /// repository: beside another one nothing is newer or older.
    #[must_use]
    pub fn state(&self, tag: Option<(&str, &Oid)>, is_tag: impl Fn(&str) -> bool) -> ServiceState {
        if !self.failures.is_empty() {
            return ServiceState::Failing;
        }
        match (&self.shown[..], tag) {
            ([], _) => ServiceState::Unknown,
            ([_, _, ..], _) => ServiceState::Mixed,
            ([_], None) => ServiceState::Unknown,
            ([one], Some((name, commit))) if shows(one, name, commit) => ServiceState::Current,
            ([one], Some(_)) if one.tag().is_some_and(is_tag) => ServiceState::Old,
            ([_], Some(_)) => ServiceState::Unknown,
        }
    }

    /// That it shows that tag's name at another commit than the tag is on; in a sentence without its full stop.
    #[must_use]
    pub fn elsewhere(&self, tag: &str, commit: &Oid) -> Option<String> {
        let wrong = |one: &&Shown| one.tag() == Some(tag) && !shows(one, tag, commit);
        let shown = self.shown.iter().find(wrong)?.commit.as_deref()?;
        let short: String = shown.chars().take(10).collect();
        let short = quoted_unless_hash(&short);
        Some(format!("it shows {tag} at {short}, but that tag is on {}", commit.short()))
    }

    /// Whether what still answers shows nothing but this.
    #[must_use]
    pub fn shows_only(&self, running: &Running) -> bool {
        let same = |shown: &Shown| {
            let commit = shown.commit.as_ref().and_then(|c| c.parse().ok());
            shown.version.as_ref() == Some(&running.version) && commit == running.commit
        };
        self.shown.iter().all(same)
    }

    /// The one version that every sample shows; none while mixed, failing or without a version.
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        match &self.shown[..] {
            [one] if self.failures.is_empty() => one.running(),
            _ => None,
        }
    }
}

/// Whether a shown version is that tag: by commit where it tells one, in full or at least seven digits of it; else by name.
fn shows(shown: &Shown, tag: &str, commit: &Oid) -> bool {
    match &shown.commit {
        Some(c) if c.len() >= 7 && c.bytes().all(|b| b.is_ascii_hexdigit()) => {
            commit.as_str().starts_with(&c.to_ascii_lowercase())
                && shown.version.as_deref().is_none_or(|v| v == tag || v.is_empty())
        }
        _ => shown.version.as_deref() == Some(tag),
    }
}

/// What a service tells as its commit: quoted where it is none.
fn quoted_unless_hash(text: &str) -> String {
    match text.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// What all services of one repository in an environment show: the one place that says what runs there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Together(Vec<Fleet>);

impl FromIterator<Fleet> for Together {
    /// Of each service what it shows; of one that was never asked nothing.
    fn from_iter<I: IntoIterator<Item = Fleet>>(fleets: I) -> Self {
        Self(fleets.into_iter().collect())
    }
}

impl Together {
    /// What runs when all of them agree, by name and commit, and none fails.
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        let mut all = self.0.iter().map(Fleet::running);
        let first = all.next()??;
        all.all(|other| other.as_ref() == Some(&first)).then_some(first)
    }

    /// Whether each of them shows this tag on all samples, by name.
    #[must_use]
    pub fn shows(&self, tag: &str) -> bool {
        let has = |fleet: &Fleet| {
            let mut shown = fleet.shown.iter().map(|shown| shown.version.as_deref());
            fleet.failures.is_empty() && !fleet.shown.is_empty() && shown.all(|v| v == Some(tag))
        };
        !self.0.is_empty() && self.0.iter().all(has)
    }

    /// The one version that is shown at all, whatever fails or was never asked.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        let shown = self.0.iter().flat_map(|fleet| &fleet.shown);
        let versions: BTreeSet<Option<&str>> = shown.map(|s| s.version.as_deref()).collect();
        if versions.len() == 1 { versions.into_iter().next().flatten() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet(samples: &[Result<(&str, &str), &str>]) -> Fleet {
        let read = |s: &Result<(&str, &str), &str>| match s {
            Ok((v, c)) => Ok((Some((*v).to_owned()), (!c.is_empty()).then(|| (*c).to_owned()))),
            Err(why) => Err((*why).to_owned()),
        };
        Fleet::count(samples.iter().map(read))
    }

    fn tags(version: &str) -> bool {
        ["2026.11.19", "2026.11.26"].contains(&version)
    }

    #[test]
    fn what_is_no_tag_is_neither_old_nor_current() {
        let commit: Oid = "a".repeat(40).parse().unwrap();
        let tag = Some(("2026.11.26", &commit));
        let strange = Fleet::count([Ok((Some("main-4711".to_owned()), None::<String>))]);
        assert_eq!(strange.state(tag, tags), ServiceState::Unknown);
        let nothing = Fleet::count([Ok((Some(String::new()), Some("b".repeat(40))))]);
        assert_eq!(nothing.state(tag, tags), ServiceState::Unknown);
        // A service that tells its commit alone is known by that.
        let bare = Fleet::count([Ok((None, Some(commit.to_string())))]);
        assert_eq!(bare.state(tag, tags), ServiceState::Current);
    }

    #[test]
    fn what_a_failing_service_showed_last_stands_unless_what_still_answers_shows_another() {
        let last = Running { version: "2026.11.19".to_owned(), commit: None };
        assert!(fleet(&[Err("slow")]).shows_only(&last));
        assert!(fleet(&[Ok(("2026.11.19", "")), Err("slow")]).shows_only(&last));
        assert!(!fleet(&[Ok(("2026.11.26", "")), Err("slow")]).shows_only(&last));
    }

    #[test]
    fn a_half_rolled_fleet_is_mixed_and_never_averaged() {
        let commit: Oid = "a".repeat(40).parse().unwrap();
        let tag = Some(("2026.11.26", &commit));
        assert_eq!(
            fleet(&[Ok(("2026.11.26", "")), Ok(("2026.11.19", ""))]).state(tag, tags),
            ServiceState::Mixed
        );
        assert_eq!(
            fleet(&[Ok(("2026.11.26", "")), Ok(("2026.11.26", ""))]).state(tag, tags),
            ServiceState::Current
        );
        assert_eq!(
            fleet(&[Ok(("2026.11.26", "")), Err("slow")]).state(tag, tags),
            ServiceState::Failing
        );
        assert_eq!(fleet(&[Ok(("2026.11.19", ""))]).state(tag, tags), ServiceState::Old);
        assert_eq!(fleet(&[]).state(tag, tags), ServiceState::Unknown);
    }

    #[test]
    fn the_right_name_at_the_wrong_commit_is_not_current() {
        let commit: Oid = "a".repeat(40).parse().unwrap();
        let wrong = "b".repeat(40);
        assert_eq!(
            fleet(&[Ok(("2026.11.26", wrong.as_str()))]).state(Some(("2026.11.26", &commit)), tags),
            ServiceState::Old
        );
        assert_eq!(
            fleet(&[Ok(("2026.11.26", "aaaaaaa"))]).state(Some(("2026.11.26", &commit)), tags),
            ServiceState::Current
        );
    }

    #[test]
    fn the_right_name_at_another_commit_is_told_with_both() {
        let commit: Oid = "a".repeat(40).parse().unwrap();
        let told =
            |shown: &str| fleet(&[Ok(("2026.11.26", shown))]).elsewhere("2026.11.26", &commit);
        assert_eq!(
            told(&"b".repeat(40)).unwrap(),
            "it shows 2026.11.26 at bbbbbbbbbb, but that tag is on aaaaaaaaaa"
        );
        assert_eq!((told("aaaaaaa"), told("")), (None, None));
        let other = fleet(&[Ok(("2026.11.19", "bbbbbbb"))]);
        assert_eq!(other.elsewhere("2026.11.26", &commit), None);
    }

    fn together(fleets: &[&Fleet]) -> Together {
        fleets.iter().map(|fleet| (*fleet).clone()).collect()
    }

    #[test]
    fn what_runs_is_told_only_when_all_agree() {
        let (a, b) = (fleet(&[Ok(("1", ""))]), fleet(&[Ok(("2", ""))]));
        assert_eq!(together(&[&a, &a]).running().unwrap().version, "1");
        assert_eq!(together(&[&a, &b]).running(), None);
        assert_eq!(together(&[&a, &Fleet::default()]).running(), None, "one was never asked");
        assert_eq!(together(&[]).running(), None);
    }

    #[test]
    fn a_tag_is_shown_by_name_on_all_samples_and_a_version_by_any() {
        let (one, failing) = (fleet(&[Ok(("1", ""))]), fleet(&[Ok(("1", "")), Err("slow")]));
        let rebuilt = fleet(&[Ok(("1", "aaaaaaa")), Ok(("1", "bbbbbbb"))]);
        let other = fleet(&[Ok(("2", ""))]);
        for (fleets, shows, version) in [
            (&[][..], false, None),
            (&[&one], true, Some("1")),
            (&[&one, &rebuilt], true, Some("1")),
            (&[&one, &failing], false, Some("1")),
            (&[&one, &Fleet::default()], false, Some("1")),
            (&[&one, &other], false, None),
        ] {
            let all = together(fleets);
            assert_eq!((all.shows("1"), all.version()), (shows, version), "{fleets:?}");
        }
    }
}
