//! `security approve`: a branch is reviewed at the commit it has now.

use train::id::RepoName;

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
    let conductor = session.conductor().await?;
    let mut saw = bound.digest.clone();
    if !consent.yes {
        let review = conductor.plan_approve(repo, n).await?;
        let (repo, branch) = (&review.repo, &review.branch);
        let line = Line::plain(format!("Branch {n} of {repo} is at "))
            .put(Tone::Strong, branch.commit.short())
            .text(format!(": {}, by {}.", branch.subject, branch.author));
        session.screen.show(&[line]);
        if consent.dry_run {
            return session.document(review.view(false)).await;
        }
        session.agree(&format!("Have you read {}?", branch.commit.short())).await?;
        saw = saw.or(Some(review.digest()));
    }
    let review = conductor.security_approve(repo, n, saw.as_deref()).await?;
    let line = Line::of(Tone::Good, "✓ ").text(format!(
        "branch {n} of {} is reviewed at {}.",
        review.repo,
        review.branch.commit.short()
    ));
    session.screen.show(&[line]);
    if review.own {
        session.screen.show(&[Line::of(Tone::Odd, "◆ ")
            .text("You wrote commits on it and nobody else with the security role could review it: recorded.")]);
    }
    session.document(review.view(true)).await
}
