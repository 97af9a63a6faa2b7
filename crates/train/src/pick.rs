//! Picks: commits put on a push's tag, and every reason not to (P5, P6).
//!
//! Source: the runbook, *Tag the repos* ("the commits that need to be released should be cherry-picked"). What git makes of them is a fact given in; this file holds what it means.

use serde::{Deserialize, Serialize};

use crate::base::Base;
use crate::cut::{Chosen, override_events};
use crate::event::Event;
use crate::facts::{Commit, Picked};
use crate::id::{Oid, PushDate, RepoName, quoted};
use crate::intent::PickRecord;
use crate::refusal::{Code, Refusal};

/// What is done with a commit.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Put on the tip, with its origin recorded.
    Pick,
    /// Taken back.
    Revert,
    /// A commit of an older tag, made again on another tip as it is: its message already says where it is from.
    Replay,
}

/// One commit to put on a tag.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct PickStep {
    /// The commit.
    pub commit: Oid,
    /// What is done with it.
    pub kind: StepKind,
}

/// A plan to read, for all repositories at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickPlan {
    /// The push.
    pub push: PushDate,
    /// The push as it will be opened in the ledger, where this ledger has not seen it yet.
    pub opens: Option<Chosen>,
    /// One per repository that a commit was named of.
    pub repos: Vec<RepoPicks>,
    /// Sentences for people: hot-fixes that a push lacks.
    pub warnings: Vec<String>,
    /// Rules overridden, with their reasons.
    pub overrides: Vec<(String, String)>,
    /// The digest of the configuration.
    pub settings: String,
}

/// What happens to one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoPicks {
    /// The repository.
    pub repo: RepoName,
    /// The tag built on, and its commit.
    pub onto: Option<(String, Oid)>,
    /// What the new tag is compared with.
    pub base: Base,
    /// The steps, in the order they are done.
    pub steps: Vec<PickStep>,
    /// What happens.
    pub fate: PickFate,
    /// Commits that the tag has already: nothing to do for them.
    pub contained: Vec<Commit>,
    /// Remarks for people: order, signatures, reverted there, gaps in migrations.
    pub notes: Vec<String>,
    /// Migrations that the new tag brings over the one it replaces.
    pub migrations: Vec<String>,
}

/// What a plan does with a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum PickFate {
    /// It gets this tag.
    Tag {
        /// The tag's name.
        tag: String,
        /// Its commit, made already.
        tip: Oid,
        /// What is new on it.
        picks: Vec<PickRecord>,
        /// All it has over the push's first tag.
        all: Vec<PickRecord>,
    },
    /// The tag has everything asked for.
    Nothing,
    /// It can't be done; nothing is done anywhere.
    Refused {
        /// Why.
        refusal: Refusal,
        /// What does not apply, where that is it.
        conflict: Option<ConflictReport>,
    },
}

/// A step that does not apply, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ConflictReport {
    /// The step.
    pub step: PickStep,
    /// Its subject.
    pub subject: String,
    /// The tip it does not apply to.
    pub onto: Oid,
    /// Paths in conflict, with git's word for each.
    pub files: Vec<(String, String)>,
    /// Places with markers.
    pub hunks: Vec<String>,
    /// What stands at the first of these places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<ConflictText>,
    /// Commits on main that touch these paths and that the tag lacks, oldest first.
    pub prerequisites: Vec<Commit>,
}

/// What stands at a place in conflict, as far as people read it at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ConflictText {
    /// The place.
    pub at: String,
    /// Its lines as the merge left them, with the markers; long ones are cut short.
    pub lines: Vec<String>,
    /// How many lines more there are.
    pub more: usize,
}

impl PickPlan {
    /// The events before its intents: the push opened, where this ledger has not seen it yet; and what is overridden.
    #[must_use]
    pub fn opening(&self) -> Vec<Event> {
        let opened = self.opens.iter().map(Chosen::opened);
        opened.chain(override_events(self.push, &self.overrides)).collect()
    }

    /// What `--if` binds. The commits that will be made carry their time, so the digest is over what they are made from.
    #[must_use]
    pub fn digest(&self) -> String {
        let bound: Vec<_> = self
            .repos
            .iter()
            .map(|r| {
                let tag = if let PickFate::Tag { tag, .. } = &r.fate { Some(tag) } else { None };
                (&r.repo, &r.onto, &r.steps, tag)
            })
            .collect();
        crate::digest::of(&("pick", self.push, bound, &self.settings))
    }

    /// Whether the tags have all of it already.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.repos.iter().all(|repo| repo.fate == PickFate::Nothing)
    }

    /// The first refusal, a conflict before any other: nothing is published unless every pick applies (P5).
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        let refused = || {
            self.repos.iter().filter_map(|r| {
                if let PickFate::Refused { refusal, .. } = &r.fate { Some(refusal) } else { None }
            })
        };
        refused().find(|r| r.code == Code::Conflict).or_else(|| refused().next())
    }
}

/// A merge commit is never picked (P5): its own commits are named instead.
#[must_use]
pub fn no_merges(commit: &Commit, brought: &[Commit]) -> Refusal {
    let list: Vec<String> = brought
        .iter()
        .take(12)
        .map(|c| format!("{} {}", c.id.short(), quoted(&c.subject)))
        .collect();
    let more = if brought.len() > 12 {
        format!(" and {} more", brought.len() - 12)
    } else {
        String::new()
    };
    Refusal::new(
        Code::MergeCommit,
        format!("{} is a merge commit, and those can't be picked", commit.id.short()),
        format!("pick its own commits: {}{more}", list.join(", ")),
    )
}

/// A commit that is on upstream but not on main; and the way to take it nonetheless, where there is one.
#[must_use]
pub fn off_main(commit: &Commit, branch: &str, way: Option<&str>) -> Refusal {
    let hint = match way {
        Some(way) => format!("merge it there first, or {way}"),
        None => "merge it there first".to_owned(),
    };
    Refusal::new(
        Code::Refused,
        format!("{} {} is not on {branch}", commit.id.short(), quoted(&commit.subject)),
        hint,
    )
}

/// A tag made again without some of its picks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remade {
    /// The commit right below the first that goes, where only picks lie above it: all that the tag has besides stays as it
    /// is. None where merges lie above it.
    pub below: Option<Oid>,
    /// What is made again: of what lies above that commit, or else of all picks.
    pub steps: Vec<PickStep>,
}

/// What makes the tag at `newest` again without those of its picks that `dropped` names. Reverts of a dropped pick go with
/// it, and what takes those back.
pub fn without(newest: &Oid, picked: &[Picked], dropped: &[Oid]) -> Result<Remade, Refusal> {
    let is_dropped = |p: &Picked| dropped.iter().any(|d| p.is_of(d));
    for drop in dropped {
        if !picked.iter().any(|p| p.is_of(drop)) {
            return Err(no_pick(drop));
        }
    }
    let (mut gone, mut stays): (Vec<&Oid>, Vec<&Picked>) = (Vec::new(), Vec::new());
    for p in picked {
        if !is_dropped(p) && !p.reverts.as_ref().is_some_and(|r| gone.contains(&r)) {
            stays.push(p);
            continue;
        }
        gone.push(&p.made.id);
        gone.extend(&p.origin);
    }
    let first = picked.iter().position(is_dropped).unwrap_or(picked.len());
    let below = straight_down(newest, &picked[first..]);
    if below.is_some() {
        stays.retain(|p| picked[first..].contains(p));
    }
    let again = |p: &Picked| PickStep { commit: p.made.id.clone(), kind: StepKind::Replay };
    Ok(Remade { below, steps: stays.into_iter().map(again).collect() })
}

/// What can't be dropped: nothing that the tag has besides main is of that name.
#[must_use]
pub fn no_pick(commit: &Oid) -> Refusal {
    Refusal::new(
        Code::NotFound,
        format!("{} is no pick of this tag", commit.short()),
        "`pushduty status` lists its picks; --revert takes back a commit of main",
    )
}

/// The commit below these, where each lies on the one before and the last is `newest`.
fn straight_down(newest: &Oid, picked: &[Picked]) -> Option<Oid> {
    let mut above = newest;
    for p in picked.iter().rev() {
        match &p.made.parents[..] {
            [parent] if &p.made.id == above => above = parent,
            _ => return None,
        }
    }
    Some(above.clone())
}

/// Gaps in numbered migrations: each of `new` after one of the same folder that main has and the tag lacks.
/// `lacking` are those that main has over the tag before `new` goes on it.
#[must_use]
pub fn migration_gaps(lacking: &[String], new: &[String]) -> Vec<String> {
    let numbered = |path: &str| -> Option<(String, u64)> {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let digits: String = file.chars().take_while(char::is_ascii_digit).collect();
        Some((folder.to_owned(), (digits.len() >= 3).then(|| digits.parse().ok())??))
    };
    let told = |path: &String| {
        let (folder, n) = numbered(path)?;
        let earlier = |p: &&String| numbered(p).is_some_and(|(f, m)| f == folder && m < n);
        let skipped = lacking.iter().filter(|p| !new.contains(p)).find(earlier)?;
        Some(format!(
            "migration {} comes after {}, which the tag lacks",
            quoted(path),
            quoted(skipped)
        ))
    };
    new.iter().filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn commit(digit: char) -> Commit {
        let id = digit.to_string().repeat(40).parse().unwrap();
        let (author, email) = ("a".to_owned(), "a@x".to_owned());
        Commit {
            id,
            parents: vec![],
            subject: format!("{digit} does"),
            author,
            email,
            committed_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn picked(made: char, origin: Option<char>, reverts: Option<char>) -> Picked {
        Picked {
            made: commit(made),
            origin: origin.map(|c| commit(c).id),
            reverts: reverts.map(|c| commit(c).id),
        }
    }

    /// The first digits of what is made again, once the tag at `newest` is made without the pick of `dropped`.
    fn again(newest: char, tag: &[Picked], dropped: char) -> (Option<char>, String) {
        let first = |id: &Oid| id.as_str().chars().next().unwrap();
        let remade = without(&commit(newest).id, tag, &[commit(dropped).id]).unwrap();
        assert!(remade.steps.iter().all(|s| s.kind == StepKind::Replay));
        (remade.below.as_ref().map(first), remade.steps.iter().map(|s| first(&s.commit)).collect())
    }

    /// The same commits, each on the one before, the first on `0`.
    fn in_line(mut tag: Vec<Picked>) -> Vec<Picked> {
        let mut below = commit('0').id;
        for p in &mut tag {
            p.made.parents = vec![std::mem::replace(&mut below, p.made.id.clone())];
        }
        tag
    }

    #[test]
    fn dropping_a_pick_drops_its_revert_and_keeps_the_order_of_the_rest() {
        let tag = [
            picked('1', Some('a'), None),
            picked('2', Some('b'), None),
            picked('3', None, Some('1')),
            picked('4', None, None),
            picked('5', None, Some('3')),
            picked('6', None, Some('2')),
        ];
        assert_eq!(again('6', &tag, 'a'), (None, "246".to_owned()));
    }

    #[test]
    fn what_lies_below_the_first_that_goes_stays_as_it_is() {
        let tag = in_line(vec![
            picked('1', Some('a'), None),
            picked('2', Some('b'), None),
            picked('3', Some('c'), None),
        ]);
        assert_eq!(again('3', &tag, 'b'), (Some('1'), "3".to_owned()));
        assert_eq!(again('3', &tag, 'a'), (Some('0'), "23".to_owned()));
        // A merge lies above: what it brought is told before it, and it itself is no pick.
        assert_eq!(again('4', &tag, 'c'), (None, "12".to_owned()));
    }

    #[test]
    fn a_revert_of_main_stays_where_what_it_took_back_is_picked_again_and_dropped() {
        let tag = in_line(vec![picked('1', None, Some('a')), picked('2', Some('a'), None)]);
        assert_eq!(again('2', &tag, 'a'), (Some('1'), String::new()));
    }

    #[test]
    fn dropping_what_is_no_pick_is_refused() {
        let tag = [picked('1', Some('a'), None)];
        let refused = without(&commit('1').id, &tag, &[commit('c').id]);
        assert_eq!(refused.unwrap_err().code, Code::NotFound);
    }

    #[test]
    fn a_migration_without_its_predecessor_is_told() {
        let path = |name: &str| format!("app/migrations/{name}");
        let lacking =
            [path("0042_b.py"), path("0043_c.py"), "other/migrations/0001_x.py".to_owned()];
        assert_eq!(migration_gaps(&lacking, &[path("0043_c.py")]).len(), 1);
        assert_eq!(migration_gaps(&lacking, &[path("0042_b.py")]).len(), 0);
        assert_eq!(migration_gaps(&lacking, &[path("0042_b.py"), path("0043_c.py")]).len(), 0);
    }
}
