//! Commits in the order of main, and what a pick likely needs first.

use std::collections::{HashMap, HashSet};

use conductor::failure::Result;
use train::facts::Commit;
use train::id::Oid;

use crate::history::History;
use crate::picked;
use crate::process::Git;
use crate::{read, told};

/// How many prerequisites are named.
const PREREQUISITES: usize = 20;
/// How many paths are looked for: more would tell nobody anything.
const PATHS: usize = 200;

/// The commits in main's topological order, oldest first, each once; those that are not on main last, as given.
pub(crate) async fn in_order(git: &Git, main: &Oid, commits: &[Oid]) -> Result<Vec<Oid>> {
    let mut seen = HashSet::new();
    let wanted: Vec<Oid> = commits.iter().filter(|c| seen.insert(*c)).cloned().collect();
    if wanted.len() < 2 {
        return Ok(wanted);
    }
    let main = main.clone();
    git.apart(move |objects| {
        let history = History::of(objects);
        let listed = history.without(&[main], &below(&history, &wanted)?)?;
        let newest_first = history.topological(&listed)?;
        let place: HashMap<&Oid, usize> =
            newest_first.iter().enumerate().map(|(n, id)| (id, n)).collect();
        let mut ordered = wanted;
        ordered.sort_by_key(|id| place.get(id).map_or((1, 0), |n| (0, usize::MAX - n)));
        Ok(ordered)
    })
    .await
}

/// Commits that can be left out with all their ancestors, since none of `wanted` is among them: that does not change
/// the order of the rest. They are the parents of one that all the others have in their history, where there is one.
fn below(history: &History<'_>, wanted: &[Oid]) -> Result<Vec<Oid>> {
    let Some((first, rest)) = wanted.split_first() else { return Ok(Vec::new()) };
    let mut lowest = first;
    for id in rest {
        if history.is_in(id, [lowest])? {
            lowest = id;
        }
    }
    for id in wanted {
        if !history.is_in(lowest, [id])? {
            return Ok(Vec::new());
        }
    }
    Ok(history.commit(lowest)?.parents.clone())
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
    let mut found = told::commits(&literal, &options, &format!("{commit}\n^{onto}\n")).await?;
    found.retain(|c| &c.id != commit);
    let ids: Vec<Oid> = found.iter().map(|c| c.id.clone()).collect();
    let off_main = read::outside(git, main, &ids).await?;
    let picked = picked::recorded(git, onto, std::slice::from_ref(commit)).await?;
    found.retain(|c| !off_main.contains(&c.id) && !picked.origins().contains(&c.id));
    found.truncate(PREREQUISITES);
    found.reverse();
    Ok(found)
}
