//! Commits in the order of main, and what a pick likely needs first.

use std::collections::{HashMap, HashSet};

use conductor::failure::Result;
use train::facts::Commit;
use train::id::Oid;

use crate::picked;
use crate::process::Git;
use crate::read;

/// How many prerequisites are named.
const PREREQUISITES: usize = 20;
/// How many paths are looked for: more would tell nobody anything.
const PATHS: usize = 200;

/// The commits in main's topological order, oldest first, each once; those that are not on main last, as given.
///
/// Only what came after the last commit that all of them have in common is walked: leaving out a commit with all its
/// ancestors does not change the order of the rest.
pub(crate) async fn in_order(git: &Git, main: &Oid, commits: &[Oid]) -> Result<Vec<Oid>> {
    let mut seen = HashSet::new();
    let wanted: Vec<&Oid> = commits.iter().filter(|c| seen.insert(*c)).collect();
    if wanted.len() < 2 {
        return Ok(wanted.into_iter().cloned().collect());
    }
    let args = ["merge-base", "--octopus", "--end-of-options"];
    let common =
        git.status_of(args.into_iter().chain(wanted.iter().map(|c| c.as_str())), &[]).await?;
    let bottom = match read::oid(&common.out) {
        Some(bottom) if common.ok() => format!("--not\n{bottom}^@\n"),
        _ => String::new(),
    };
    let args = ["rev-list", "--topo-order", "--stdin"];
    let listed = git.with_input(args, format!("{main}\n{bottom}").as_bytes()).await?.out;
    let newest_first = listed.split(|b| *b == b'\n').filter_map(read::oid);
    let place: HashMap<Oid, usize> = newest_first
        .enumerate()
        .filter(|(_, id)| seen.contains(id))
        .map(|(n, id)| (id, n))
        .collect();
    let mut ordered: Vec<Oid> = wanted.into_iter().cloned().collect();
    ordered.sort_by_key(|id| place.get(id).map_or((1, 0), |n| (0, usize::MAX - n)));
    Ok(ordered)
}

/// The newest commits on main before `commit` that touch `files` and that `onto` has in no form, oldest first.
pub(crate) async fn prerequisites(
    git: &Git,
    onto: &Oid,
    main: &Oid,
    commit: &Oid,
    files: &[String],
) -> Result<Vec<Commit>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let literal = git.clone().variable("GIT_LITERAL_PATHSPECS", "1");
    let paths: Vec<&str> = files.iter().take(PATHS).map(String::as_str).collect();
    let options = ["--no-merges", "--full-history", "--topo-order", "--"];
    let options: Vec<&str> = options.into_iter().chain(paths).collect();
    let mut found = read::commits(&literal, &options, &format!("{commit}\n^{onto}\n")).await?;
    found.retain(|c| &c.id != commit);
    let ids: Vec<Oid> = found.iter().map(|c| c.id.clone()).collect();
    let off_main = read::outside(git, main, &ids).await?;
    let picked = picked::recorded(git, onto, std::slice::from_ref(commit)).await?;
    found.retain(|c| !off_main.contains(&c.id) && !picked.origins().contains(&c.id));
    found.truncate(PREREQUISITES);
    found.reverse();
    Ok(found)
}
