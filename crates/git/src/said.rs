//! What the commits of a range say, whole.

use conductor::failure::Result;
use train::fixed::Said;
use train::id::Oid;

use crate::compare::pull_request;
use crate::process::Git;
use crate::told::{self, Order, text};

/// The newest `limit` commits that `head` has and `base` has not, merges too, newest first.
pub(crate) async fn said(git: &Git, base: &Oid, head: &Oid, limit: usize) -> Result<Vec<Said>> {
    let all = told::without(git, head, std::slice::from_ref(base), Order::ByDate).await?;
    let said = all.into_iter().take(limit).map(|told| {
        let message = text(&told.message);
        let pull = pull_request(&told.commit.subject, &message);
        Said { commit: told.commit, pull, message }
    });
    Ok(said.collect())
}
