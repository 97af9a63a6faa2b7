//! `security`: embargoed fixes, upstream first.

mod approve;
mod list;
mod merge;
mod repair;
mod sync;
pub(super) mod told;

use std::collections::BTreeSet;

use clap::Subcommand;
use train::command::{MergeWish, RepairWay};
use train::id::RepoName;
use train::reason::Reason;

use crate::options::{Bound, Consent};
use crate::session::{Ended, Session};

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
  pushduty security repair                       what diverged, and the two ways out
  pushduty tag --push today --with-security      the same day")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The branches, by number, and whether the two repositories are in sync
    #[command(after_help = "Examples:
  pushduty security list
  pushduty security list --repo server --json")]
    List {
        /// Only this repository
        #[arg(long)]
        repo: Option<RepoName>,
    },
    /// Review a branch at the commit it has now
    #[command(after_help = "Examples:
  pushduty security approve 3
  pushduty security approve 3 --repo server")]
    Approve {
        /// The branch's number
        n: u32,
        /// The repository, where several have a security remote
        #[arg(long)]
        repo: Option<RepoName>,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        bound: Bound,
    },
    /// Merge reviewed branches into upstream's main, then let security follow
    #[command(after_help = r#"Examples:
  pushduty security merge --dry-run
  pushduty security merge 3 5
  pushduty security merge 3 --unreviewed --because "exploited since last night""#)]
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
        #[arg(long, value_name = "TEXT", value_parser = super::named::reason)]
        because: Option<Reason>,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        bound: Bound,
    },
    /// Fast-forward security's main to upstream's
    #[command(after_help = "Examples:
  pushduty security sync --dry-run
  pushduty security sync")]
    Sync {
        /// Only this repository
        #[arg(long)]
        repo: Option<RepoName>,
        #[command(flatten)]
        consent: Consent,
    },
    /// Bring two diverged repositories together again
    ///
    /// Without a way it shows what only security has, and both ways.
    #[command(after_help = "Examples:
  pushduty security repair --publish
  pushduty security repair --set-aside kept")]
    Repair {
        /// Merge what only security has into upstream
        #[arg(long, conflicts_with = "set_aside")]
        publish: bool,
        /// Keep what only security has as this branch there, and print how an admin resets main
        #[arg(long, value_name = "BRANCH", value_parser = branch_name)]
        set_aside: Option<String>,
        /// The repository, where several have a security remote
        #[arg(long)]
        repo: Option<RepoName>,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        bound: Bound,
    },
}

fn branch_name(text: &str) -> Result<String, train::id::BadName> {
    text.parse::<RepoName>().map(|name| name.to_string())
}

/// Runs one of them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    session.header().await?;
    match &args.command {
        Command::List { repo } => list::run(session, repo.as_ref()).await,
        Command::Approve { n, repo, consent, bound } => {
            approve::run(session, *n, repo.as_ref(), consent, bound).await
        }
        Command::Merge { n, repo, unreviewed, because, consent, bound } => {
            let branches: BTreeSet<u32> = n.iter().copied().collect();
            let wish = MergeWish {
                repo: repo.clone(),
                branches,
                unreviewed: *unreviewed,
                because: because.clone(),
            };
            merge::run(session, &wish, consent, bound).await
        }
        Command::Sync { repo, consent } => sync::run(session, repo.as_ref(), consent).await,
        Command::Repair { publish, set_aside, repo, consent, bound } => {
            let aside = set_aside.clone().map(RepairWay::SetAside);
            let way = aside.or(publish.then_some(RepairWay::Publish));
            repair::run(session, repo.as_ref(), way.as_ref(), consent, bound).await
        }
    }
}
