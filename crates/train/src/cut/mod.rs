//! The cut: which tag each repository gets for a push, and every reason not to give it (P2, P3, P4, P6).
//!
//! Source: the runbook, *Tag the repos*. [`plan`] is pure: wish and facts in, plan out.

mod fate;
mod opening;
mod remarks;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use fate::leaves;
pub(crate) use opening::override_events;
pub use remarks::overridden;
use serde::{Deserialize, Serialize};

use crate::base::{Base, Running};
use crate::command::{RepoCommit, TagWish};
use crate::facts::{Comparison, Look, Picked};
use crate::fence;
use crate::id::{Oid, PersonName, PushDate, RepoName};
use crate::intent::{Intent, PickRecord, Purpose, Tagged};
use crate::refusal::{Code, Refusal};
use crate::settings::{Repo, Settings, chosen};
use crate::state::State;
use crate::tag::Revision;

/// The push that a cut is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Its date: what the tags are called.
    pub push: PushDate,
    /// The date it was scheduled for.
    pub scheduled: PushDate,
    /// Who is on duty.
    pub hero: Option<PersonName>,
    /// Whose turn it is.
    pub turn: Option<PersonName>,
    /// Whether the date is off the schedule.
    pub off_cycle: bool,
    /// Why nothing departs then, where it is cut in a freeze all the same.
    pub frozen: Option<String>,
}

/// What is known of one repository when its tag is planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoFacts {
    /// Upstream, or why it could not be looked at.
    pub look: Result<Look, Refusal>,
    /// What production runs, where all its services agree.
    pub running: Option<Running>,
    /// What the tag is compared with.
    pub base: Base,
    /// What to tag, or why there is nothing.
    pub target: Result<Target, Refusal>,
    /// Picks and reverts that the base, or the tag that is replaced, has and the target has in no form (P6).
    pub uncarried: Vec<Picked>,
    /// What the target has over the base.
    pub brings: Comparison,
    /// The private twin.
    pub security: SecurityFacts,
    /// What an earlier run began here.
    pub earlier: Earlier,
}

/// What an earlier run began in a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The tag of this push, where that run did not come to record it and this one did, or will before anything else.
    pub begun: Option<Tagged>,
    /// Why it is not known what became of it.
    pub unknown: Option<Refusal>,
}

/// What to tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The commit.
    pub commit: Oid,
    /// The tag it was built from, when main can't go (`--from`): the runbook's suffix 1.
    pub from: Option<String>,
    /// What was put on it.
    pub picks: Vec<PickRecord>,
}

/// What the actor may know of a repository's private twin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum SecurityFacts {
    /// There is none.
    NotSetUp,
    /// The actor lacks the security role: the same whatever there is or isn't (P9).
    Hidden {
        /// Who to ask.
        ask: Option<PersonName>,
    },
    /// It could not be asked.
    Unreachable(Refusal),
    /// Seen.
    Seen {
        /// Commits of its main that upstream's lacks (P1).
        ahead: usize,
        /// Reviewed branches that upstream lacks, by number.
        waiting: Vec<u32>,
        /// Branches that moved since their review, by number: held.
        moved: Vec<u32>,
    },
}

/// A plan to read, with one yes for all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutPlan {
    /// The push.
    pub chosen: Chosen,
    /// One line per repository, in the order of the run sheet.
    pub repos: Vec<RepoPlan>,
    /// Sentences for people: earlier pushes never finished, nothing new, tags of other schemes.
    pub warnings: Vec<String>,
    /// Rules overridden, with their reasons.
    pub overrides: Vec<(String, String)>,
    /// The digest of the configuration.
    pub settings: String,
}

/// What happens to one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoPlan {
    /// The repository.
    pub repo: RepoName,
    /// What it is compared with.
    pub base: Base,
    /// What happens.
    pub fate: Fate,
    /// What it brings over that.
    pub brings: Comparison,
}

/// What a plan does with a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Fate {
    /// It gets this tag.
    Tag {
        /// The tag's name.
        tag: String,
        /// The commit and what was put on it.
        target: Target,
    },
    /// It has it already.
    Already {
        /// The newest tag of this push.
        tag: String,
        /// Its commit.
        commit: Oid,
    },
    /// It keeps its production tag.
    Stays {
        /// That tag.
        tag: Option<String>,
    },
    /// It gets none, and nobody does until that is mended.
    Refused(Refusal),
    /// What became of a push that an earlier run began is not known: nothing new is begun there until it is, and the others
    /// go on.
    Unknown(Refusal),
}

impl Fate {
    /// What a digest binds: of what is put on a tag, which commits and on which, not the commits that are made of them: those
    /// carry the time at which they are made. Nor why something is not known: that is another one each time.
    fn bound(&self) -> Self {
        let mut fate = self.clone();
        if let Self::Unknown(why) = &mut fate {
            *why = Refusal::new(Code::Incomplete, "", "");
        }
        if let Self::Tag { target: Target { commit, from: Some(_), picks }, .. } = &mut fate {
            for pick in picks.iter_mut() {
                pick.made = pick.commit.clone();
            }
            if let Some(last) = picks.last() {
                *commit = last.commit.clone();
            }
        }
        fate
    }
}

impl CutPlan {
    /// What `--if` binds: repository, tag and commit, and the configuration.
    #[must_use]
    pub fn digest(&self) -> String {
        let bound: Vec<_> = self.repos.iter().map(|r| (&r.repo, r.fate.bound())).collect();
        crate::digest::of(&("tag", self.chosen.push, bound, &self.settings, &self.overrides))
    }

    /// Why nothing is done in some of the repositories, while the others go on.
    pub fn unknown(&self) -> impl Iterator<Item = &Refusal> {
        self.repos
            .iter()
            .filter_map(|r| if let Fate::Unknown(why) = &r.fate { Some(why) } else { None })
    }

    /// The first refusal: a cut is all or nothing.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.repos
            .iter()
            .find_map(|r| if let Fate::Refused(refusal) = &r.fate { Some(refusal) } else { None })
    }

    /// Whether there is anything to publish or to record.
    #[must_use]
    pub fn changes_something(&self, state: &State) -> bool {
        let stays_recorded = |repo: &RepoName| {
            state.pushes.get(&self.chosen.push).is_some_and(|p| p.stays.contains_key(repo))
        };
        self.repos.iter().any(|r| match &r.fate {
            Fate::Tag { .. } => true,
            Fate::Stays { .. } => !stays_recorded(&r.repo),
            Fate::Already { .. } | Fate::Refused(_) | Fate::Unknown(_) => false,
        })
    }
}

/// The newest revision of `push` among a look's tags.
#[must_use]
pub fn newest(repo: &Repo, look: &Look, push: PushDate) -> Option<(Revision, String, Oid)> {
    revisions(repo, look, push).pop()
}

/// Every revision of `push` among a look's tags, oldest first.
#[must_use]
pub fn revisions(repo: &Repo, look: &Look, push: PushDate) -> Vec<(Revision, String, Oid)> {
    let of_push = |(name, seen): (&String, &crate::facts::SeenRef)| {
        let revision = repo.scheme.parse(name)?;
        (revision.push == push).then(|| (revision, name.clone(), seen.commit.clone()))
    };
    // All tags of a push begin alike, and a look has its tags by name: of many years' tags only these are read.
    let first = repo.scheme.name(Revision { push, suffix: 0 });
    let alike = look.tags.range(first.clone()..).take_while(|(name, _)| name.starts_with(&first));
    let mut found: Vec<_> = alike.filter_map(of_push).collect();
    found.sort();
    found
}

/// The name of the next tag of `push`: above whatever the remote has, the fence remembers, and the ledger gave or
/// intends (P3). `suffixed` asks for a suffix even on the first (the runbook's cherry-picked tag). Refuses when the last one is
/// used up.
pub fn next_tag(
    state: &State,
    repo: &Repo,
    look: &Look,
    push: PushDate,
    suffixed: bool,
) -> Result<String, Refusal> {
    let on_remote = revisions(repo, look, push).into_iter().map(|(revision, ..)| revision.suffix);
    // Somebody deleted or moved it, and others have it by that name.
    let before = look.moved.keys().filter_map(|name| repo.scheme.parse(name));
    let before = before.filter(|revision| revision.push == push).map(|revision| revision.suffix);
    let by_fence = fence::remembered(look.fence.as_ref(), push);
    let by_ledger = state
        .tags_of(push, &repo.name)
        .into_iter()
        .filter_map(|tag| repo.scheme.parse(&tag).map(|r| r.suffix));
    let used =
        on_remote.chain(before).chain(by_fence).chain(by_ledger).chain(suffixed.then_some(0));
    let next = repo.scheme.next(push, used).map_err(|refusal| refusal.in_repo(&repo.name))?;
    Ok(repo.scheme.name(next))
}

/// What is left of a wish once `settled`, which an earlier run of it began, is on the remotes, or where that run was cut off
/// before it could tell: `--again` has had its tag then and asks for no other (P11).
#[must_use]
pub fn left_of<'a>(
    wish: &TagWish,
    state: &State,
    settled: impl IntoIterator<Item = &'a Intent>,
) -> TagWish {
    let untold = state.untold.as_ref().is_some_and(|(digest, _)| digest == &wish.digest());
    let had = |intent: &Intent| match &intent.purpose {
        Purpose::Tag(tagged) => tagged.because.as_deref() == wish.because.as_deref(),
        _ => false,
    };
    let again = wish.again && !untold && !settled.into_iter().any(had);
    TagWish { again, ..wish.clone() }
}

/// Plans a cut. Repositories that cannot go are refused one by one, so that the plan shows all reasons at once.
#[must_use]
pub fn plan(
    settings: &Settings,
    state: &State,
    wish: &TagWish,
    chosen_push: Chosen,
    facts: &BTreeMap<RepoName, RepoFacts>,
) -> CutPlan {
    let push = chosen_push.push;
    let repos = chosen(settings, &wish.repos);
    let tagged = |repo: &&Repo| newest(repo, facts.get(&repo.name)?.look.as_ref().ok()?, push);
    // While some repository still lacks its tag, the others' tags are simply there: the same command finishes a cut.
    let unfinished =
        repos.iter().any(|repo| tagged(repo).is_none() && !stays(state, wish, push, &repo.name));
    let moved_on = repos.iter().any(|repo| {
        let target = facts.get(&repo.name).and_then(|f| f.target.as_ref().ok());
        tagged(repo).zip(target).is_some_and(|((_, _, commit), target)| commit != target.commit)
    });
    let resumed = facts.values().any(|f| f.earlier.begun.is_some());
    let cut = Cut { state, wish, push, unfinished, resumed, moved_on };
    let planned: Vec<RepoPlan> = repos
        .iter()
        .filter_map(|repo| facts.get(&repo.name).map(|f| plan_repo(&cut, repo, f)))
        .collect();
    let overrides = overrides(wish, &chosen_push);
    let mut warnings = remarks::earlier_unfinished(state, push);
    warnings.extend(remarks::taken_back(state, &planned));
    warnings.extend(overridden(&overrides));
    for plan in &planned {
        if let (Some(facts), Some(repo)) = (facts.get(&plan.repo), settings.repo(&plan.repo)) {
            warnings.extend(remarks::of(plan, wish, repo, facts));
        }
    }
    warnings.extend(remarks::left_in_vain(wish, facts));
    let settings = settings.digest();
    CutPlan { chosen: chosen_push, repos: planned, warnings, overrides, settings }
}

struct Cut<'a> {
    state: &'a State,
    wish: &'a TagWish,
    push: PushDate,
    unfinished: bool,
    resumed: bool,
    moved_on: bool,
}

fn stays(state: &State, wish: &TagWish, push: PushDate, repo: &RepoName) -> bool {
    wish.stay.contains(repo)
        || (!wish.repos.contains(repo)
            && state.pushes.get(&push).is_some_and(|p| p.stays.contains_key(repo)))
}

fn plan_repo(cut: &Cut<'_>, repo: &Repo, facts: &RepoFacts) -> RepoPlan {
    let fate = fate::of(cut, repo, facts)
        .unwrap_or_else(|refusal| Fate::Refused(refusal.in_repo(&repo.name)));
    RepoPlan {
        repo: repo.name.clone(),
        base: facts.base.clone(),
        fate,
        brings: facts.brings.clone(),
    }
}

fn overrides(wish: &TagWish, chosen: &Chosen) -> Vec<(String, String)> {
    let because = wish.because.as_deref().unwrap_or_default();
    let frozen = chosen.frozen.iter();
    let mut made: Vec<_> = frozen.map(|freeze| freeze_override(freeze, because)).collect();
    if wish.without_security {
        made.push(("without-security".to_owned(), because.to_owned()));
    }
    made.extend(
        wish.leave
            .iter()
            .map(|l| ("leave".to_owned(), format!("{} {because}", l.commit).trim_end().to_owned())),
    );
    made
}

/// The record of a change that was made in a freeze: its reason, and why it could not wait, where that was said.
#[must_use]
pub fn freeze_override(freeze: &str, because: &str) -> (String, String) {
    let why = if because.is_empty() { freeze.to_owned() } else { format!("{freeze}; {because}") };
    ("freeze".to_owned(), why)
}

/// Refuses a wish whose options would change nothing, in silence: they name a repository that this cut leaves out, or say
/// twice what it tags. And one that leaves out what a cut has to have, without a reason (P8).
pub fn check_options(wish: &TagWish) -> Result<(), Refusal> {
    if wish.because.is_none() && (wish.without_security || !wish.leave.is_empty()) {
        let what = "security fixes, and picks of production, are left out for a reason alone";
        return Err(Refusal::new(Code::Usage, what, "say why: --because TEXT"));
    }
    let both = wish.at.keys().filter(|repo| wish.from.contains_key(*repo)).flatten().next();
    if let Some(repo) = both {
        return Err(Refusal::new(
            Code::Usage,
            format!("--at and --from both say what to tag in {repo}"),
            "leave one out: --at COMMIT tags a commit of main, --from TAG --pick COMMIT builds on a tag",
        ));
    }
    let single = |of: &RepoCommit| of.repo.clone();
    let picks = wish.picks.iter().filter_map(single).map(|repo| ("--pick", repo));
    let leave = wish.leave.iter().filter_map(single).map(|repo| ("--leave", repo));
    let at = wish.at.keys().flatten().map(|repo| ("--at", repo.clone()));
    let from = wish.from.keys().flatten().map(|repo| ("--from", repo.clone()));
    for (option, repo) in at.chain(from).chain(picks).chain(leave) {
        let left_out = !wish.repos.is_empty() && !wish.repos.contains(&repo);
        if left_out || wish.stay.contains(&repo) {
            let why = if left_out { "--repo leaves it out" } else { "it stays" };
            return Err(Refusal::new(
                Code::Usage,
                format!("{option} is of {repo}, which gets no tag here: {why}"),
                format!("leave that {option} out, or let {repo} be tagged"),
            ));
        }
    }
    Ok(())
}

/// Repositories named in a wish that are not aboard.
pub fn check_names(
    settings: &Settings,
    names: impl IntoIterator<Item = RepoName>,
) -> Result<(), Refusal> {
    let known: BTreeSet<&RepoName> = settings.repos.iter().map(|r| &r.name).collect();
    for name in names {
        if !known.contains(&name) {
            let list: Vec<String> = known.iter().map(ToString::to_string).collect();
            return Err(Refusal::new(
                Code::NotFound,
                format!("no repository {} is aboard", crate::id::quoted(name.as_str())),
                format!("aboard are: {}", list.join(", ")),
            ));
        }
    }
    Ok(())
}
