//! A hot-fix once more: it is put on what production runs, so what an earlier run of the same command made is a newer tag
//! of the same push (P11).

use train::facts::{Commit, Picked};
use train::id::Oid;
use train::pick::{RepoPicks, StepKind};

use crate::bench::Put;
use crate::conductor::Aboard;
use crate::failure::Result;

/// The newer tag that is what was put together here on the commit at `base`: the same files by the same picks. Another one
/// would be a suffix for nothing, and suffixes are for ever.
pub(super) async fn made_before(
    aboard: &Aboard,
    base: &Oid,
    newer: &[(String, Oid)],
    put: &Put,
) -> Result<Option<(String, Oid)>> {
    for made in newer.iter().filter(|_| &put.tip != base) {
        if is_same(aboard, base, &put.tip, &made.1).await? {
            return Ok(Some(made.clone()));
        }
    }
    Ok(None)
}

/// Whether two tips have the same files and the same picks over `base`.
async fn is_same(aboard: &Aboard, base: &Oid, one: &Oid, other: &Oid) -> Result<bool> {
    let repo = &aboard.repo;
    if one == other {
        return Ok(true);
    }
    if repo.tree(one).await? != repo.tree(other).await? {
        return Ok(false);
    }
    let (ours, theirs) = (repo.picked(base, one).await?, repo.picked(base, other).await?);
    Ok(ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| is_alike(a, b)))
}

/// Whether two picks are of one commit. What was picked from nowhere, and a revert, goes by its subject: the files are the
/// same already.
fn is_alike(one: &Picked, other: &Picked) -> bool {
    match (&one.origin, &other.origin) {
        (None, None) => one.made.subject == other.made.subject,
        (Some(origin), _) if other.is_of(origin) => true,
        (_, Some(origin)) => one.is_of(origin),
        (Some(_), None) => false,
    }
}

/// The commits asked for, all of which that tag has.
pub(super) async fn there(aboard: &Aboard, picks: &RepoPicks) -> Result<Vec<Commit>> {
    let mut there = picks.contained.clone();
    for step in picks.steps.iter().filter(|step| step.kind != StepKind::Replay) {
        if there.iter().all(|commit| commit.id != step.commit) {
            there.push(aboard.repo.commit(&step.commit).await?);
        }
    }
    Ok(there)
}
