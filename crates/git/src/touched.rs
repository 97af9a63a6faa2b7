//! What each commit of a range touches.

use conductor::failure::Result;
use train::id::Oid;
use train::propose::Touched;

use crate::compare::pull_request;
use crate::process::Git;
use crate::told::{self, Order, text};
use crate::tree;

/// The newest `limit` commits that `head` has and `base` has not, merges left out, each with the paths that differ from its
/// parent. A tree that is not as git writes trees gives none.
pub(crate) async fn touched(
    git: &Git,
    base: &Oid,
    head: &Oid,
    limit: usize,
) -> Result<Vec<Touched>> {
    let all = told::without(git, head, std::slice::from_ref(base), Order::ByDate).await?;
    let wanted: Vec<told::Told> =
        all.into_iter().filter(|told| !told.is_merge()).take(limit).collect();
    git.apart(move |objects| {
        let files = |commit: &train::facts::Commit| -> Result<Vec<String>> {
            let before =
                commit.parents.first().map(|parent| objects.tree_of(parent)).transpose()?;
            let after = objects.tree_of(&commit.id)?;
            let changes = tree::changes(objects, before.as_ref(), Some(&after))?;
            Ok(changes.unwrap_or_default().iter().map(|change| text(&change.path)).collect())
        };
        let touched = wanted.into_iter().map(|told| {
            let pull = pull_request(&told.commit.subject, &text(&told.message));
            Ok(Touched { files: files(&told.commit)?, commit: told.commit, pull })
        });
        touched.collect()
    })
    .await
}
