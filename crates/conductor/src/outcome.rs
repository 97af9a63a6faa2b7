//! What a carried-out command comes to: a word per repository, and one failure for all of it or none.

use std::collections::{BTreeMap, BTreeSet};

use train::base::Base;
use train::cut::{Fate, RepoPlan};
use train::event::Outcome;
use train::facts::Commit;
use train::id::RepoName;
use train::intent::{Intent, Purpose, Tagged};
use train::links;
use train::pick::{PickFate, RepoPicks, StepKind};
use train::refusal::{Code, Refusal};
use train::settings::Repo;

use crate::conductor::Conductor;
use crate::cut::{Cut, Planned};
use crate::drive::{Carried, Ended};
use crate::pick::{PickDone, PlannedPick};
use crate::view::{CutView, FailureView, OutcomeWord, RepoOutcome};

/// git's word for a ref that a remote keeps out of sight, and lets nobody write.
const HIDDEN: &str = "hidden ref";

/// The failure that carried intents come to: incomplete where some effects are done or unknown, else why none is.
#[must_use]
pub fn failure(carried: &[Carried]) -> Option<Refusal> {
    together(carried.iter().map(End::of).collect())
}

/// The failure that a security merge comes to. Where security's main does not follow, upstream has the merge, whichever run
/// brought it there: half of it is done.
#[must_use]
pub fn merge_failure(carried: &[Carried]) -> Option<Refusal> {
    let second = carried.iter().filter(|(intent, _)| intent.purpose == Purpose::Sync);
    let first = second.map(|(intent, _)| End::well(&intent.repo));
    together(carried.iter().map(End::of).chain(first).collect())
}

/// The failure that a cut comes to, with the repositories in which it is not known what an earlier run did.
#[must_use]
pub fn cut_failure(cut: &Cut) -> Option<Refusal> {
    let unknown = || cut.planned.plan.unknown().map(End::unknown);
    let ends = || together(cut.carried.iter().map(End::of).chain(unknown()).collect());
    cut.refused.clone().or_else(ends)
}

/// How one effect ended: why it did not come to be, if it did not, and whether that is not known.
struct End {
    repo: Option<RepoName>,
    refusal: Option<Refusal>,
    unknown: bool,
}

impl End {
    fn of((intent, ended): &Carried) -> Self {
        let unknown = matches!(ended, Ended::Unknown(_));
        Self { repo: Some(intent.repo.clone()), refusal: refusal(intent, ended), unknown }
    }

    fn well(repo: &RepoName) -> Self {
        Self { repo: Some(repo.clone()), refusal: None, unknown: false }
    }

    fn unknown(why: &Refusal) -> Self {
        Self { repo: why.repo.clone(), refusal: Some(why.clone()), unknown: true }
    }
}

fn together(ends: Vec<End>) -> Option<Refusal> {
    let first = ends.iter().find_map(|end| end.refusal.clone())?;
    if ends.iter().all(|end| end.refusal.is_some() && !end.unknown) {
        return Some(first);
    }
    // A repository with two remotes has two effects.
    let all: BTreeSet<&Option<RepoName>> = ends.iter().map(|end| &end.repo).collect();
    let failed = ends.iter().filter(|end| end.refusal.is_some()).map(|end| &end.repo);
    let failed: BTreeSet<&Option<RepoName>> = failed.collect();
    let done = all.len() - failed.len();
    let first = match all.len() {
        1 => first,
        all => first.within(|what| format!("{done} of {all} repositories done: {what}")),
    };
    let hint = format!("{}; the same command again finishes", first.hint);
    Some(Refusal { code: Code::Incomplete, hint, ..first })
}

/// Why one intent did not come to be, if it did not.
#[must_use]
pub fn refusal(intent: &Intent, ended: &Ended) -> Option<Refusal> {
    let repo = &intent.repo;
    let refusal = match ended {
        Ended::Settled(Outcome::Published | Outcome::Already) => return None,
        Ended::Settled(Outcome::Refused { why }) if intent.purpose == Purpose::Sync => refused(
            format!(
                "upstream of {repo} has it and it is public; the security remote refused to follow"
            ),
            why,
            "ask whoever guards the security remote for the right, or mend its hook",
        ),
        Ended::Settled(Outcome::Refused { why }) => {
            refused(format!("the remote of {repo} refused"), why, refused_hint(intent, why))
        }
        Ended::Settled(Outcome::Overtaken { name, found: Some(found) }) => Refusal::new(
            Code::LostRace,
            format!("somebody else was first: {name} of {repo} is at {}", found.short()),
            match intent.purpose {
                Purpose::SetAside => "name another branch: --set-aside BRANCH",
                _ => "run the same command again: it plans from what is there now",
            },
        ),
        Ended::Settled(Outcome::Overtaken { found: None, .. }) => Refusal::new(
            Code::LostRace,
            format!("another conductor took {repo} over meanwhile; nothing was done there"),
            "`pushduty status` shows who runs the train",
        ),
        Ended::Unknown(refusal) => refusal.clone(),
    };
    Some(refusal.in_repo(repo))
}

/// That a remote refused, and in its own words why, for those who may read them.
fn refused(what: String, why: &str, hint: impl Into<String>) -> Refusal {
    Refusal::new(Code::RemoteRefused, format!("{what}: {why}"), hint).unquoted(what)
}

/// What to do about a push that the remote refused.
fn refused_hint(intent: &Intent, why: &str) -> String {
    let fence = intent.fence.as_ref().filter(|fence| why.contains(&fence.name));
    match fence.filter(|_| why.contains(HIDDEN)) {
        Some(fence) => format!(
            "{}; nothing of it is there",
            train::fence::hidden_hint(&intent.repo, &fence.name)
        ),
        None => {
            "ask whoever guards that remote for the right, or mend its hook; nothing of it is there"
                .to_owned()
        }
    }
}

/// The outcome word of one intent.
#[must_use]
pub fn outcome_word(ended: &Ended) -> OutcomeWord {
    match ended {
        Ended::Settled(Outcome::Published) => OutcomeWord::Published,
        Ended::Settled(Outcome::Already) => OutcomeWord::Already,
        Ended::Settled(Outcome::Refused { .. }) => OutcomeWord::Refused,
        Ended::Settled(Outcome::Overtaken { .. }) => OutcomeWord::Failed,
        Ended::Unknown(_) => OutcomeWord::Unknown,
    }
}

fn tagged(intent: &Intent) -> Option<&Tagged> {
    match &intent.purpose {
        Purpose::Tag(tagged) | Purpose::Pick(tagged) => Some(tagged),
        _ => None,
    }
}

fn by_repo(carried: &[Carried]) -> BTreeMap<RepoName, &Carried> {
    carried
        .iter()
        .filter(|(intent, _)| tagged(intent).is_some())
        .map(|one| (one.0.repo.clone(), one))
        .collect()
}

impl Conductor {
    /// A plan to cut, as a document.
    #[must_use]
    pub fn cut_plan_view(&self, planned: &Planned) -> CutView {
        self.cut_view_of(planned, &[])
    }

    /// A cut, as a document.
    #[must_use]
    pub fn cut_view(&self, cut: &Cut) -> CutView {
        self.cut_view_of(&cut.planned, &cut.carried)
    }

    fn cut_view_of(&self, planned: &Planned, carried: &[Carried]) -> CutView {
        let (plan, carried) = (&planned.plan, by_repo(carried));
        let repos = plan.repos.iter().filter_map(|p| {
            let repo = self.settings.repo(&p.repo)?;
            let mut view = cut_outcome(repo, p, carried.get(&p.repo).copied());
            view.commits = p.brings.commits.iter().map(|c| self.commit_view(c)).collect();
            Some(view)
        });
        CutView {
            push: plan.chosen.push,
            digest: planned.digest(),
            merges: planned.merges.iter().flat_map(|merge| merge.view(&[]).repos).collect(),
            repos: repos.collect(),
            warnings: plan.warnings.clone(),
        }
    }

    /// A plan to pick, as a document.
    #[must_use]
    pub fn pick_plan_view(&self, planned: &PlannedPick) -> CutView {
        self.pick_view_of(planned, &[])
    }

    /// A pick, as a document.
    #[must_use]
    pub fn pick_view(&self, done: &PickDone) -> CutView {
        self.pick_view_of(&done.planned, &done.carried)
    }

    fn pick_view_of(&self, planned: &PlannedPick, carried: &[Carried]) -> CutView {
        let (plan, carried) = (&planned.plan, by_repo(carried));
        let repos = plan.repos.iter().filter_map(|p| {
            Some(pick_outcome(self.settings.repo(&p.repo)?, p, carried.get(&p.repo).copied()))
        });
        CutView {
            push: plan.push,
            digest: plan.digest(),
            merges: Vec::new(),
            repos: repos.collect(),
            warnings: plan.warnings.clone(),
        }
    }
}

fn blank(repo: &Repo, base: &Base) -> RepoOutcome {
    RepoOutcome {
        name: repo.name.clone(),
        tag: None,
        commit: None,
        base: base.tag.as_ref().map(|(name, _)| name.clone()),
        base_from: base.from,
        outcome: OutcomeWord::Planned,
        error: None,
        compare_url: None,
        commit_count: None,
        commits: Vec::new(),
        authors: Vec::new(),
        migrations: Vec::new(),
        picks: Vec::new(),
        contained: Vec::new(),
        taken_back: Vec::new(),
        notes: Vec::new(),
        conflict: None,
    }
}

fn with_result(mut view: RepoOutcome, repo: &Repo, carried: Option<&Carried>) -> RepoOutcome {
    if let Some((intent, ended)) = carried {
        view.outcome = outcome_word(ended);
        view.error = refusal(intent, ended).as_ref().map(FailureView::from);
    }
    let ends = view.base.as_deref().zip(view.tag.as_deref()).filter(|(base, head)| base != head);
    view.compare_url = ends.and_then(|(base, head)| links::compare(repo, base, head));
    view
}

/// The word for what stopped a plan: a rule refused it, or it could not be made.
fn stopped(refusal: &Refusal) -> OutcomeWord {
    match refusal.code {
        Code::Unreachable | Code::RemoteRefused | Code::Unsupported | Code::Git | Code::Io => {
            OutcomeWord::Failed
        }
        _ => OutcomeWord::Refused,
    }
}

fn cut_outcome(repo: &Repo, plan: &RepoPlan, carried: Option<&Carried>) -> RepoOutcome {
    let mut view = blank(repo, &plan.base);
    view.commit_count = Some(plan.brings.commit_count);
    view.authors.clone_from(&plan.brings.authors);
    view.migrations.clone_from(&plan.brings.migrations);
    match &plan.fate {
        Fate::Tag { tag, target } => {
            view.tag = Some(tag.clone());
            view.commit = Some(target.commit.clone());
            view.picks = target
                .picks
                .iter()
                .map(|p| train::intent::PickRecord { tag: tag.clone(), ..p.clone() })
                .collect();
        }
        Fate::Already { tag, commit } => {
            view.outcome = OutcomeWord::Already;
            view.tag = Some(tag.clone());
            view.commit = Some(commit.clone());
        }
        Fate::Stays { tag } => {
            view.outcome = OutcomeWord::Stays;
            view.tag.clone_from(tag);
            view.commit = plan.base.tag.as_ref().map(|(_, commit)| commit.clone());
        }
        Fate::Refused(refusal) => {
            view.outcome = stopped(refusal);
            view.error = Some(refusal.into());
        }
        Fate::Unknown(why) => {
            view.outcome = OutcomeWord::Unknown;
            view.error = Some(why.into());
        }
    }
    with_result(view, repo, carried)
}

fn pick_outcome(repo: &Repo, plan: &RepoPicks, carried: Option<&Carried>) -> RepoOutcome {
    let mut view = blank(repo, &plan.base);
    view.migrations.clone_from(&plan.migrations);
    view.notes.clone_from(&plan.notes);
    let back = |c: &Commit| {
        plan.steps.iter().any(|step| step.kind == StepKind::Revert && step.commit == c.id)
    };
    let (gone, there): (Vec<_>, Vec<_>) = plan.contained.iter().partition(|c| back(c));
    view.contained = there.into_iter().map(|c| c.id.clone()).collect();
    view.taken_back = gone.into_iter().map(|c| c.id.clone()).collect();
    match &plan.fate {
        PickFate::Tag { tag, tip, picks, .. } => {
            view.tag = Some(tag.clone());
            view.commit = Some(tip.clone());
            view.picks.clone_from(picks);
        }
        PickFate::Nothing => {
            view.outcome = OutcomeWord::Skipped;
            view.tag = plan.onto.as_ref().map(|(tag, _)| tag.clone());
            view.commit = plan.onto.as_ref().map(|(_, commit)| commit.clone());
        }
        PickFate::Refused { refusal, conflict } => {
            view.outcome = stopped(refusal);
            view.error = Some(refusal.into());
            view.conflict.clone_from(conflict);
        }
    }
    let mut view = with_result(view, repo, carried);
    // What was published is what was built under the lock, at its own time.
    if let Some(made) = carried.and_then(|(intent, _)| tagged(intent)) {
        view.commit = Some(made.commit.clone());
        let new = made.picks.iter().filter(|p| p.tag == made.tag);
        view.picks = new.cloned().collect();
    }
    view
}
