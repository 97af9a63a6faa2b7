//! `security`: embargoed fixes, upstream first.

use std::collections::BTreeSet;

use clap::Subcommand;
use conductor::outcome;
use conductor::view::{
    BranchView, FailureView, MergeView, MergedRepo, Moment, OutcomeWord, SecurityRepoView,
    SecurityView,
};
use conductor::{Carried, MergePlan, Pair};
use serde::Serialize;
use train::command::{MergeWish, RepairWay};
use train::id::RepoName;
use train::intent::Purpose;
use train::people::Role;
use train::security::BranchState;
use train::state::State;

use super::tag;
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Ending, Session};
use crate::words;

/// Embargoed fixes in a private twin repository: list, review, merge, sync, repair
///
/// Upstream first, always: the twin's main never gets anything that upstream's lacks. Branches go by number; their names
/// are shown to the security role only, which the hero on duty holds from the day before the cut.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty security list
  pushduty security approve 3
  pushduty security merge --dry-run
  pushduty security merge
  pushduty security sync
  pushduty tag --push today --with-security      the same day")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The branches, by number, and whether the two repositories are in sync
    List {
        /// Only this repository
        #[arg(long)]
        repo: Option<RepoName>,
    },
    /// Review a branch at the commit it has now
    Approve {
        /// The branch's number
        n: u32,
        /// The repository, where several have a security remote
        #[arg(long)]
        repo: Option<RepoName>,
    },
    /// Merge reviewed branches into upstream's main, then let security follow
    Merge {
        /// Branches by number; all reviewed ones by default
        n: Vec<u32>,
        /// The repository, where several have a security remote
        #[arg(long)]
        repo: Option<RepoName>,
        /// Merge the named branches without a review
        #[arg(long, requires = "because")]
        unreviewed: bool,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        because: Option<String>,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        bound: Bound,
    },
    /// Fast-forward security's main to upstream's
    Sync {
        /// Only this repository
        #[arg(long)]
        repo: Option<RepoName>,
    },
    /// Bring two diverged repositories together again
    Repair {
        /// Merge what only security has into upstream
        #[arg(long, conflicts_with = "set_aside", required_unless_present = "set_aside")]
        publish: bool,
        /// Keep what only security has as this branch there, and print how an admin resets main
        #[arg(long, value_name = "BRANCH", value_parser = branch_name)]
        set_aside: Option<String>,
        /// The repository, where several have a security remote
        #[arg(long)]
        repo: Option<RepoName>,
        #[command(flatten)]
        consent: Consent,
    },
}

fn branch_name(text: &str) -> Result<String, train::id::BadName> {
    text.parse::<RepoName>().map(|name| name.to_string())
}

/// Runs one of them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    session.header().await?;
    match &args.command {
        Command::List { repo } => list(session, repo.as_ref()).await,
        Command::Approve { n, repo } => approve(session, *n, repo.as_ref()).await,
        Command::Merge { n, repo, unreviewed, because, consent, bound } => {
            let branches: BTreeSet<u32> = n.iter().copied().collect();
            let wish = MergeWish {
                repo: repo.clone(),
                branches,
                unreviewed: *unreviewed,
                because: because.clone(),
            };
            merge(session, &wish, consent, bound).await
        }
        Command::Sync { repo } => {
            let carried = session.conductor().await?.security_sync(repo.as_ref()).await?;
            told(session, None, &carried, None).await
        }
        Command::Repair { set_aside, repo, consent, .. } => {
            repair(session, repo.as_ref(), set_aside.as_ref(), consent).await
        }
    }
}

async fn list(session: &Session, repo: Option<&RepoName>) -> Ended {
    let conductor = session.conductor().await?;
    let state = conductor.state().await?;
    // Whether and how many there are is embargoed too (P9): without the role there is nothing to show.
    conductor.acting(&state).must_hold(&[Role::Security], "see security branches")?;
    let pairs = conductor.security_list(repo).await?;
    let repos = pairs.iter().map(|pair| repo_view(conductor, &state, pair)).collect();
    let view = SecurityView { repos };
    session.screen.show(&words::list(&view));
    session.document(view).await
}

fn repo_view(conductor: &conductor::Conductor, state: &State, pair: &Pair) -> SecurityRepoView {
    let public = |n: u32| {
        let merged =
            state.merges.iter().find(|m| m.repo == pair.repo && m.branches.contains(&n))?;
        Some(Moment(conductor.local(merged.at)))
    };
    let branch = |(b, s): &(conductor::ports::Branch, BranchState)| BranchView {
        n: b.number,
        commit: b.commit.clone(),
        state: *s,
        branch: Some(b.name.clone()),
        subject: Some(b.subject.clone()),
        author: Some(b.author.clone()),
        commit_count: Some(b.commit_count),
        public_since: public(b.number),
    };
    SecurityRepoView {
        name: pair.repo.clone(),
        in_sync: pair.security.ahead.is_empty() && !pair.security.behind,
        ahead: pair.security.ahead.len(),
        branches: pair.branches.iter().map(branch).collect(),
        observed_at: Moment(conductor.local(pair.security.observed_at)),
    }
}

#[derive(Serialize)]
struct Approved {
    repo: RepoName,
    n: u32,
    commit: train::id::Oid,
    own: bool,
}

async fn approve(session: &Session, n: u32, repo: Option<&RepoName>) -> Ended {
    let (repo, branch, own) = session.conductor().await?.security_approve(repo, n).await?;
    let line = Line::of(Tone::Good, "✓ ")
        .text(format!("branch {n} of {repo} is reviewed at {}.", branch.commit.short()));
    session.screen.show(&[line]);
    if own {
        session.screen.show(&[Line::of(Tone::Odd, "◆ ")
            .text("You wrote commits on it and nobody else holds the security role: recorded.")]);
    }
    session.document(Approved { repo, n, commit: branch.commit, own }).await
}

async fn merge(session: &Session, wish: &MergeWish, consent: &Consent, bound: &Bound) -> Ended {
    let conductor = session.conductor().await?;
    let mut saw = bound.digest.clone();
    if !consent.yes {
        let plan = conductor.plan_merge(wish).await?;
        let view = plan_view(&plan, &[]);
        let diffs: Vec<String> = plan.repos.iter().map(|r| r.diff.clone()).collect();
        session.screen.show(&words::merge_plan(&view, &diffs));
        let nothing = plan.repos.iter().all(|r| r.tip.is_none());
        if consent.dry_run || nothing {
            return session.document(view).await;
        }
        session.must_ask()?;
        if !session.screen.asked("Merge into upstream? It is public from then on.") {
            return Err(tag::declined());
        }
        saw = saw.or(view.digest);
    }
    let (plan, carried) = conductor.security_merge(wish, saw.as_deref()).await?;
    told(session, Some(&plan), &carried, None).await
}

async fn repair(
    session: &Session,
    repo: Option<&RepoName>,
    set_aside: Option<&String>,
    consent: &Consent,
) -> Ended {
    let way = set_aside.map_or(RepairWay::Publish, |branch| RepairWay::SetAside(branch.clone()));
    let words = match &way {
        RepairWay::Publish => {
            "Merge what only security's main has into upstream's main; it is public from then on."
        }
        RepairWay::SetAside(_) => "Keep what only security's main has as a branch there.",
    };
    session.screen.show(&[Line::plain(words)]);
    if consent.dry_run {
        return session
            .document(MergeView { digest: None, repos: Vec::new(), command: None })
            .await;
    }
    if !consent.yes {
        session.must_ask()?;
        if !session.screen.asked("Do it?") {
            return Err(tag::declined());
        }
    }
    let (carried, command) = session.conductor().await?.security_repair(repo, &way).await?;
    told(session, None, &carried, command).await
}

/// Shows what became of each repository, and ends with the failure that comes to.
async fn told(
    session: &Session,
    plan: Option<&MergePlan>,
    carried: &[Carried],
    command: Option<String>,
) -> Ended {
    let mut view = match plan {
        Some(plan) => plan_view(plan, carried),
        None => MergeView {
            digest: None,
            repos: carried.iter().map(merged_repo).collect(),
            command: None,
        },
    };
    view.command = command;
    if view.repos.is_empty() {
        session.screen.show(&[Line::of(Tone::Dim, "Nothing to do.")]);
    }
    session.screen.show(&words::merged(&view));
    match outcome::failure(carried) {
        Some(refusal) => Err(Ending::from(refusal)),
        None => session.document(view).await,
    }
}

fn merged_repo((intent, ended): &Carried) -> MergedRepo {
    MergedRepo {
        name: intent.repo.clone(),
        outcome: outcome::outcome_word(ended),
        commit: intent.updates.first().map(|u| u.commit.clone()),
        branches: if let Purpose::Merge { branches } = &intent.purpose {
            branches.clone()
        } else {
            Vec::new()
        },
        held: Vec::new(),
        error: outcome::refusal(intent, ended).as_ref().map(FailureView::from),
    }
}

fn plan_view(plan: &MergePlan, carried: &[Carried]) -> MergeView {
    let one = |r: &conductor::RepoMerge| {
        let merge = carried
            .iter()
            .rev()
            .find(|(i, _)| i.repo == r.pair.repo && matches!(i.purpose, Purpose::Merge { .. }));
        let planned = MergedRepo {
            name: r.pair.repo.clone(),
            outcome: if r.tip.is_some() { OutcomeWord::Planned } else { OutcomeWord::Skipped },
            commit: r.tip.clone(),
            branches: r.branches.iter().map(|b| b.number).collect(),
            held: Vec::new(),
            error: None,
        };
        MergedRepo { held: r.held.clone(), ..merge.map_or(planned, merged_repo) }
    };
    MergeView {
        digest: Some(plan.digest()),
        repos: plan.repos.iter().map(one).collect(),
        command: None,
    }
}
