//! Looking at upstream: one fetch, then one reading of the refs it left.
//!
//! Remote refs are kept apart under `refs/upstream/`, fetched with `+` and pruned, so that a tag moved or deleted by
//! somebody is noticed ([`first`], P2, P15) and a local tag can't be mistaken for a remote one.

use std::collections::BTreeMap;

use conductor::failure::{Failure, Result};
use gix_object::Kind;
use jiff::Timestamp;
use train::facts::{Fence, Look, SeenFence, SeenRef};
use train::id::Oid;
use train::refusal::Code;

use crate::brought_back;
use crate::discover;
use crate::environment::Environment;
use crate::first::{self, Firsts};
use crate::guard::Guard;
use crate::output::Output;
use crate::refs::{At, DEFAULT, Edit, Named, Refs, read};
use crate::store::Store;
use crate::tidy;
use crate::trouble::{self, Remote};

/// What is fetched, and where it is kept.
const REFSPECS: [&str; 3] = [
    "+refs/heads/*:refs/upstream/heads/*",
    "+refs/tags/*:refs/upstream/tags/*",
    "+refs/pushduty/*:refs/upstream/pushduty/*",
];
/// A fence is small; a larger blob is none of ours.
const LARGEST_FENCE: u64 = 64 * 1024;

/// Fetches, and reads what came.
pub(crate) async fn fetch(store: &Store, at: Timestamp) -> Result<Look> {
    let guard = store.guard().await?;
    store.make(&guard, None).await?;
    let firsts = first::note(store, &guard)?;
    let mut output = fetch_into(store, &guard).await?;
    if !output.ok()
        && crate::output::contains(&output.err, b"mismatched algorithms")
        && store.make_anew(&guard).await?
    {
        output = fetch_into(store, &guard).await?;
    }
    if !output.ok() {
        return Err(store.trouble(&output));
    }
    brought_back::take_in(&store.computing(), &guard).await?;
    let mut refs = read(&store.computing().objects()?, &store.upstream_dir())?;
    if store.settings().branch.is_none() && refs.default.is_none() && refs.has_branches() {
        let branch = discover::default_branch(store, &refs.branches()).await?;
        let full = format!("refs/upstream/heads/{branch}");
        let set = Edit::Set(DEFAULT.to_owned(), At::Ref(full));
        guard.change(&store.upstream_dir(), &[set])?;
        refs.default = Some(branch);
    }
    tidy::tidy(&store.computing(), &guard).await?;
    drop(guard);
    look(store, &refs, firsts, at)
}

/// The refs as last fetched; none when never fetched.
pub(crate) async fn last(store: &Store, at: Timestamp) -> Result<Option<Look>> {
    if !store.is_made() {
        return Ok(None);
    }
    let refs = read(&store.computing().objects()?, &store.upstream_dir())?;
    if refs.all.is_empty() {
        return Ok(None);
    }
    look(store, &refs, first::read(store)?, at).map(Some)
}

async fn fetch_into(store: &Store, guard: &Guard) -> Result<Output> {
    let mut args = hardened();
    args.push(&store.settings().upstream);
    args.extend(REFSPECS);
    guard.run(&store.aloud(store.upstream(Environment::Transport)), &args, &[]).await
}

/// A fetch that takes what it is told and nothing else. `--porcelain` keeps its report apart from what goes wrong.
pub(crate) fn hardened() -> Vec<&'static str> {
    vec![
        "fetch",
        "--porcelain",
        "--progress",
        "--prune",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--no-show-forced-updates",
        "--refmap=",
        "--end-of-options",
    ]
}

fn look(store: &Store, refs: &Refs, firsts: Firsts, at: Timestamp) -> Result<Look> {
    let branch = match (&store.settings().branch, &refs.default) {
        (Some(configured), _) => configured.clone(),
        (None, Some(found)) => found.clone(),
        (None, None) => "main".to_owned(),
    };
    let main = refs.all.get(&format!("heads/{branch}")).and_then(Named::commit).cloned();
    if main.is_none() && refs.has_branches() {
        return Err(no_such_branch(&branch, &refs.branches()).in_repo(&store.settings().name));
    }
    let mut tags = BTreeMap::new();
    for (name, named) in refs.all.iter().filter_map(|(n, o)| Some((n.strip_prefix("tags/")?, o))) {
        if let Some(commit) = named.commit() {
            tags.insert(
                name.to_owned(),
                SeenRef { object: named.object.clone(), commit: commit.clone() },
            );
        }
    }
    let fence_ref = store.fence_ref();
    let fence = match fence_ref.strip_prefix("refs/").and_then(|name| refs.all.get(name)) {
        Some(named) => Some(SeenFence {
            object: named.object.clone(),
            body: read_fence(store, &named.object)?,
        }),
        None => None,
    };
    let moved = first::moved(firsts, &tags);
    Ok(Look { observed_at: at, branch, main, tags, moved, fence })
}

fn no_such_branch(branch: &str, there: &[String]) -> Failure {
    let shown: Vec<String> = there.iter().take(5).map(|b| train::id::quoted(b)).collect();
    Failure::new(
        Code::Configuration,
        format!("upstream has no branch {}", train::id::quoted(branch)),
        format!(
            "set `branch` of this repository in pushduty.toml; upstream has {}",
            shown.join(", ")
        ),
    )
}

/// The fence's body; none when it is not ours to read.
fn read_fence(store: &Store, object: &Oid) -> Result<Option<Fence>> {
    let objects = store.computing().objects()?;
    match objects.kind(object)? {
        Some((Kind::Blob, size)) if size <= LARGEST_FENCE => {
            let body = objects.find(object)?.map(|found| found.bytes);
            Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
        }
        _ => Ok(None),
    }
}

impl Store {
    /// What a git that could not talk to upstream means.
    pub(crate) fn trouble(&self, output: &Output) -> Failure {
        let remote = Remote { what: "upstream", url: &self.settings().upstream };
        trouble::failure(remote, output, self.options().silence).in_repo(&self.settings().name)
    }
}
