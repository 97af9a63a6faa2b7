//! What can be asked of history.

use std::collections::{HashMap, HashSet};

use conductor::failure::Result;
use conductor::ports::Ident;
use gix_object::Kind;
use train::facts::Commit;
use train::id::Oid;

use crate::batch::strange;
use crate::history::History;
use crate::objects;
use crate::process::Git;
use crate::told::{commits, log, one_line, text, told};

/// One commit by its full name.
pub(crate) async fn commit(git: &Git, id: &Oid) -> Result<Commit> {
    let told = told(git, vec![id.clone()]).await?.pop();
    told.map(|told| told.commit).ok_or_else(|| objects::no_such(id))
}

/// Whether `commit` is `tip` or in its history. Exact whatever the dates of the commits between.
pub(crate) async fn contains(git: &Git, tip: &Oid, commit: &Oid) -> Result<bool> {
    let (tip, commit) = (tip.clone(), commit.clone());
    git.apart(move |objects| History::of(objects).is_in(&commit, [&tip])).await
}

/// Those of `commits` that are neither `tip` nor in its history. Exact whatever the dates of the commits between.
pub(crate) async fn outside(git: &Git, tip: &Oid, commits: &[Oid]) -> Result<HashSet<Oid>> {
    let (tip, commits) = (tip.clone(), commits.to_vec());
    git.apart(move |objects| {
        let history = History::of(objects);
        let mut outside = HashSet::new();
        for commit in commits {
            if !history.is_in(&commit, [&tip])? {
                outside.insert(commit);
            }
        }
        Ok(outside)
    })
    .await
}

/// The newest commits of `main` that `tip` has, in no order: none of them is in the history of another.
pub(crate) async fn stands_on(git: &Git, main: &Oid, tip: &Oid) -> Result<Vec<Oid>> {
    let (main, tip) = (main.clone(), tip.clone());
    git.apart(move |objects| {
        let history = History::of(objects);
        let own: HashSet<Oid> =
            history.without(std::slice::from_ref(&tip), &[main])?.into_iter().collect();
        if own.is_empty() {
            return Ok(vec![tip]);
        }
        // Every way from the tip into main leads through one of these.
        let mut doors = HashSet::new();
        for id in &own {
            let parents = history.commit(id)?.parents.clone();
            doors.extend(parents.into_iter().filter(|parent| !own.contains(parent)));
        }
        let mut newest = Vec::new();
        for door in &doors {
            if !history.is_in(door, doors.iter().filter(|other| *other != door))? {
                newest.push(door.clone());
            }
        }
        Ok(newest)
    })
    .await
}

/// The first-parent commit of `tip` that brought `commit`.
pub(crate) async fn brought_by(git: &Git, tip: &Oid, id: &Oid) -> Result<Option<Commit>> {
    let args = ["rev-list", "--ancestry-path", "--parents", "--stdin"];
    let between = git.with_input(args, format!("{tip}\n^{id}\n").as_bytes()).await?.text();
    let first: HashMap<&str, &str> = between
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next().unwrap_or_default()))
        })
        .collect();
    let mut at = tip.as_str();
    if at != id.as_str() && !first.contains_key(at) {
        return Ok(None);
    }
    while at != id.as_str() {
        match first.get(at) {
            Some(parent) if first.contains_key(parent) || *parent == id.as_str() => at = parent,
            _ => break,
        }
    }
    let brought = at.parse().map_err(|_| strange("rev-list"))?;
    commit(git, &brought).await.map(Some)
}

/// Upstream's tags that have `commit` in their history, by name.
pub(crate) async fn tags_with(git: &Git, commit: &Oid) -> Result<Vec<String>> {
    let contains = format!("--contains={commit}");
    let args = ["for-each-ref", "--format=%(refname:lstrip=3)", &contains, "refs/upstream/tags"];
    Ok(git.text(args).await?.lines().map(str::to_owned).collect())
}

/// The non-merge commits that a merge brought, oldest first.
pub(crate) async fn merged_by(git: &Git, merge: &Oid) -> Result<Vec<Commit>> {
    let merge = commit(git, merge).await?;
    let Some(first) = merge.parents.first() else { return Ok(Vec::new()) };
    let input = format!("{}\n^{first}\n", merge.id);
    commits(git, &["--no-merges", "--topo-order", "--reverse"], &input).await
}

/// The most frequent authors of the newest `limit` commits, most first, then by name.
pub(crate) async fn authors(git: &Git, main: &Oid, limit: usize) -> Result<Vec<(Ident, usize)>> {
    let limit = format!("--max-count={limit}");
    let fields = log(git, "%an%x00%ae", 2, &[&limit], &format!("{main}\n")).await?;
    let people = fields.chunks(2).map(|person| (one_line(&person[0]), one_line(&person[1])));
    let counted = by_count(people);
    Ok(counted.into_iter().map(|((name, email), n)| (Ident { name, email }, n)).collect())
}

/// Counts equal things: most first, equally many in their own order.
pub(crate) fn by_count<T: Ord>(things: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_insert(0) += 1;
    }
    let mut counted: Vec<(T, usize)> = counts.into_iter().collect();
    counted.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counted
}

/// The message of an annotated tag, without its signature. None where `object` is no tag object.
pub(crate) fn tag_message(git: &Git, object: &Oid) -> Result<Option<String>> {
    let tag = git.objects()?.find(object)?.filter(|found| found.kind == Kind::Tag);
    Ok(tag.map(|tag| text(without_signature(crate::raw::Raw::parse(&tag.bytes).message))))
}

/// Cuts a message where its signature starts: the last line that opens one.
pub(crate) fn without_signature(message: &[u8]) -> &[u8] {
    let opens = ["PGP SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE", "SSH SIGNATURE"]
        .map(|kind| format!("-----BEGIN {kind}-----"));
    let (mut at, mut cut) = (0, message.len());
    for line in message.split_inclusive(|b| *b == b'\n') {
        if opens.iter().any(|open| line.starts_with(open.as_bytes())) {
            cut = at;
        }
        at += line.len();
    }
    &message[..cut]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_signature_is_no_message() {
        assert_eq!(without_signature(b"m\n-----BEGIN SSH SIGNATURE-----\nx\n"), b"m\n");
        assert_eq!(
            without_signature(b"m -----BEGIN SSH SIGNATURE-----\n"),
            b"m -----BEGIN SSH SIGNATURE-----\n"
        );
    }

    #[test]
    fn counting_puts_the_most_first_and_ties_in_order() {
        assert_eq!(by_count(["b", "a", "c", "c"].into_iter()), [("c", 2), ("a", 1), ("b", 1)]);
    }

    proptest! {
        #[test]
        fn any_message_is_cut(out: Vec<u8>) {
            let _ = without_signature(&out);
        }
    }
}
