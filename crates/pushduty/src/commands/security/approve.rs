//! `security approve`: a branch is reviewed at the commit it has now.

use conductor::carry::Shown;
use train::command::Command;
use train::id::RepoName;

use crate::desk::other_view;
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};

/// Shows which commit it is about, asks, records the review.
pub async fn run(
    session: &Session,
    n: u32,
    repo: Option<&RepoName>,
    consent: &Consent,
    bound: &Bound,
) -> Ended {
    let desk = session.desk().await?;
    let wish = Command::SecurityApprove { repo: repo.cloned(), branch: n };
    let mut saw = bound.digest.clone();
    if !consent.yes {
        let plan = desk.plan(&wish).await?;
        let Shown::Review(review) = plan.shown else { return Err(other_view().into()) };
        let subject = plan.beside.subject.unwrap_or_default();
        let author = plan.beside.author.unwrap_or_default();
        let line = Line::plain(format!("Branch {n} of {} is at ", review.repo))
            .put(Tone::Strong, review.commit.short())
            .text(format!(": {subject}, by {author}."));
        session.screen.show(&[line]);
        if consent.dry_run {
            return session.document(review).await;
        }
        session.agree(&format!("Have you read {}?", review.commit.short())).await?;
        saw = saw.or(Some(review.digest));
    }
    let done = desk.carry(&wish, saw.as_deref()).await?;
    let Shown::Review(review) = done.shown else { return Err(other_view().into()) };
    let line = Line::of(Tone::Good, "✓ ").text(format!(
        "branch {n} of {} is reviewed at {}.",
        review.repo,
        review.commit.short()
    ));
    session.screen.show(&[line]);
    if review.own {
        session.screen.show(&[Line::of(Tone::Odd, "◆ ")
            .text("You wrote commits on it and nobody else with the security role could review it: recorded.")]);
    }
    session.document(review).await
}
