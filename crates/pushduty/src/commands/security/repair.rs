//! `security repair`: two repositories that diverged come together again.

use conductor::view::MergeView;
use train::command::RepairWay;
use train::id::RepoName;

use super::told::told;
use crate::options::Consent;
use crate::screen::Line;
use crate::session::{Ended, Session};

/// Says what it comes to, asks, repairs.
pub async fn run(
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
        session.agree("Do it?")?;
    }
    let (carried, command) = session.conductor().await?.security_repair(repo, &way).await?;
    told(session, None, &carried, command).await
}
