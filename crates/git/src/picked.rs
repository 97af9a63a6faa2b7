//! What a tag has that main has not: picks by hand or by us, reverts, and where each came from; and which of them
//! another tip lacks (P6).

use std::collections::{HashMap, HashSet};

use conductor::failure::Result;
use train::facts::Picked;
use train::id::Oid;

use crate::footer;
use crate::process::Git;
use crate::read;
use crate::reverted::{self, Name};
use crate::told::{self, Order, Told};

/// What the messages of some commits record.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    commits: Vec<Record>,
}

#[derive(Debug)]
struct Record {
    id: Oid,
    origins: Vec<Oid>,
    reverts: Option<Oid>,
}

impl Recorded {
    /// The commits themselves and all they were picked from.
    pub(crate) fn origins(&self) -> HashSet<&Oid> {
        self.commits.iter().flat_map(|c| c.origins.iter().chain([&c.id])).collect()
    }

    /// The commits taken back, by all their names.
    fn reverts(&self, git: &Git) -> Result<HashSet<Name>> {
        let objects = git.objects()?;
        let mut all = HashSet::new();
        for reverted in self.commits.iter().filter_map(|c| c.reverts.as_ref()) {
            all.extend(reverted::names(&objects, reverted)?);
        }
        Ok(all)
    }

    /// Whether some commit says nothing of an origin: its patch may still be that of another.
    pub(crate) fn has_unrecorded(&self) -> bool {
        self.commits.iter().any(|c| c.origins.is_empty() && c.reverts.is_none())
    }
}

/// What the commits record that `tip` has and none of `others` has, merges left out.
pub(crate) async fn recorded(git: &Git, tip: &Oid, others: &[Oid]) -> Result<Recorded> {
    let told = told::without(git, tip, others, Order::ByDate).await?;
    let commits = told.into_iter().filter(|told| !told.is_merge()).map(|told| Record {
        origins: footer::origins(&told.message),
        reverts: footer::reverts(&told.message),
        id: told.commit.id,
    });
    Ok(Recorded { commits: commits.collect() })
}

/// The commits in `tip` that `main` has not, merges left out, oldest first.
pub(crate) async fn picked(git: &Git, main: &Oid, tip: &Oid) -> Result<Vec<Picked>> {
    let told = told::without(git, tip, std::slice::from_ref(main), Order::Topological).await?;
    let mut found = Vec::new();
    for Told { commit: made, message } in told.into_iter().rev().filter(|told| !told.is_merge()) {
        let origin = nearest(git, main, footer::origins(&message)).await?;
        found.push(Picked { made, origin, reverts: footer::reverts(&message) });
    }
    let silent: Vec<Oid> =
        found.iter().filter(|p| is_silent(p)).map(|p| p.made.id.clone()).collect();
    if !silent.is_empty() {
        let pairs = paired(git, main, tip, &silent).await?;
        for pick in found.iter_mut().filter(|p| is_silent(p)) {
            pick.origin = pairs.get(&pick.made.id).cloned();
        }
    }
    name_reverted(git, tip, &mut found).await?;
    Ok(found)
}

/// A tag that was made again may have reverts that name a commit of the tag it was made from: each is told with the one
/// that the tag has instead.
async fn name_reverted(git: &Git, tip: &Oid, found: &mut [Picked]) -> Result<()> {
    let made: HashSet<&Oid> = found.iter().map(|p| &p.made.id).collect();
    let strange = found.iter().filter_map(|p| p.reverts.as_ref()).filter(|id| !made.contains(id));
    let strange: Vec<Oid> = strange.cloned().collect();
    if strange.is_empty() {
        return Ok(());
    }
    let known = git.objects()?.existing(&strange)?;
    let gone = read::outside(git, tip, &known).await?;
    let objects = git.objects()?;
    for at in 0..found.len() {
        let Some(old) = found[at].reverts.clone().filter(|id| gone.contains(id)) else { continue };
        let names: HashSet<Name> = reverted::names(&objects, &old)?.into_iter().collect();
        for before in (0..at).rev() {
            let made = found[before].made.id.clone();
            if reverted::names(&objects, &made)?.iter().any(|name| names.contains(name)) {
                found[at].reverts = Some(made);
                break;
            }
        }
    }
    Ok(())
}

fn is_silent(picked: &Picked) -> bool {
    picked.origin.is_none() && picked.reverts.is_none()
}

/// The origin recorded last; of several, the last one that main has: a pick of a pick names both.
async fn nearest(git: &Git, main: &Oid, origins: Vec<Oid>) -> Result<Option<Oid>> {
    if origins.len() > 1 {
        let known = git.objects()?.existing(&origins)?;
        let off_main = read::outside(git, main, &known).await?;
        if let Some(on_main) =
            origins.iter().rev().find(|o| known.contains(o) && !off_main.contains(o))
        {
            return Ok(Some(on_main.clone()));
        }
    }
    Ok(origins.into_iter().next_back())
}

/// Those of `picked` that `head` holds in no form.
pub(crate) async fn uncarried(git: &Git, head: &Oid, picked: &[Picked]) -> Result<Vec<Picked>> {
    if picked.is_empty() {
        return Ok(Vec::new());
    }
    let made: Vec<Oid> = picked.iter().map(|p| p.made.id.clone()).collect();
    let origins: Vec<Oid> = picked.iter().filter_map(|p| p.origin.clone()).collect();
    let known = git.objects()?.existing(&[made.clone(), origins].concat())?;
    let outside = read::outside(git, head, &known).await?;
    let inside: HashSet<&Oid> = known.iter().filter(|id| !outside.contains(id)).collect();
    let recorded = recorded(git, head, &made).await?;
    let from = recorded.origins();
    let taken = taken_back(git, picked)?;
    let back = if taken.is_empty() { HashSet::new() } else { recorded.reverts(git)? };
    let is_carried = |p: &Picked| match taken.get(&p.made.id) {
        _ if inside.contains(&p.made.id) => true,
        Some(names) => is_void(picked, p, names) || names.iter().any(|name| back.contains(name)),
        None => {
            p.origin.as_ref().is_some_and(|o| inside.contains(o) || from.contains(o))
                || from.contains(&p.made.id)
        }
    };
    let mut left: Vec<Picked> = picked.iter().filter(|p| !is_carried(p)).cloned().collect();
    let ids: Vec<Oid> = left.iter().map(|p| p.made.id.clone()).collect();
    let equal = equal_patches(git, head, &ids).await?;
    left.retain(|p| !equal.contains(&p.made.id));
    Ok(left)
}

/// What each revert among `picked` takes back, by all its names.
fn taken_back(git: &Git, picked: &[Picked]) -> Result<HashMap<Oid, Vec<Name>>> {
    let objects = git.objects()?;
    let reverts = picked.iter().filter_map(|p| Some((p.made.id.clone(), p.reverts.as_ref()?)));
    reverts.map(|(made, reverted)| Ok((made, reverted::names(&objects, reverted)?))).collect()
}

/// Whether what a revert took back is there again: picked once more after it. It asks for nothing then.
fn is_void(picked: &[Picked], revert: &Picked, names: &[Name]) -> bool {
    let after = picked.iter().skip_while(|p| p.made.id != revert.made.id).skip(1);
    let is_same = |p: &Picked| names.iter().any(|(depth, name)| *depth == 0 && p.is_of(name));
    after.filter(|p| p.reverts.is_none()).any(is_same)
}

/// The commits that have an equal patch on the other side: `tip` on the one, any of `commits` on the other, since they
/// parted; both sides' are told. git compares the paths first and reads contents only where those are equal.
pub(crate) async fn equal_patches(git: &Git, tip: &Oid, commits: &[Oid]) -> Result<HashSet<Oid>> {
    let mut equal = HashSet::new();
    if commits.is_empty() {
        return Ok(equal);
    }
    let input: String = commits.iter().map(|c| format!("{tip}...{c}\n")).collect();
    let args = ["rev-list", "--cherry-mark", "--left-right", "--no-merges", "--stdin"];
    let listed = git.with_input(args, input.as_bytes()).await?.out;
    let marked = listed.split(|b| *b == b'\n').filter_map(|line| line.strip_prefix(b"="));
    equal.extend(marked.filter_map(told::oid));
    Ok(equal)
}

/// For each of `silent`, which are on `tip`, the commit on `main` with the same patch.
async fn paired(git: &Git, main: &Oid, tip: &Oid, silent: &[Oid]) -> Result<HashMap<Oid, Oid>> {
    let equal = equal_patches(git, main, std::slice::from_ref(tip)).await?;
    let wanted: Vec<&Oid> = silent.iter().filter(|id| equal.contains(id)).collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let all: Vec<Oid> = equal.iter().cloned().collect();
    let on_main = {
        let off_main = read::outside(git, main, &all).await?;
        all.iter().filter(|id| !off_main.contains(id)).collect::<Vec<_>>()
    };
    if let ([wanted], [origin]) = (&wanted[..], &on_main[..]) {
        return Ok(HashMap::from([((*wanted).clone(), (*origin).clone())]));
    }
    let input: String = wanted.iter().chain(&on_main).map(|id| format!("{id}\n")).collect();
    let args = [
        "diff-tree",
        "--stdin",
        "-r",
        "-p",
        "--root",
        "--full-index",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
    ];
    let patches = git.with_input(args, input.as_bytes()).await?.out;
    let numbered = git.with_input(["patch-id", "--stable"], &patches).await?.out;
    let numbers = patch_ids(&numbered);
    let mains: HashMap<&[u8], &Oid> =
        on_main.iter().filter_map(|id| Some((numbers.get(id)?.as_slice(), *id))).collect();
    Ok(wanted
        .into_iter()
        .filter_map(|id| Some((id.clone(), (*mains.get(numbers.get(id)?.as_slice())?).clone())))
        .collect())
}

/// Reads `git patch-id`: each line the patch's number and the commit's name.
pub(crate) fn patch_ids(out: &[u8]) -> HashMap<Oid, Vec<u8>> {
    let lines = out.split(|b| *b == b'\n').filter_map(|line| {
        let space = line.iter().position(|b| *b == b' ')?;
        Some((told::oid(&line[space + 1..])?, line[..space].to_vec()))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read(out: Vec<u8>) {
            let _ = patch_ids(&out);
        }
    }
}
