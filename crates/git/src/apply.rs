//! Picks and reverts, put on a tip in the object store: nothing is published, and no tree with a marker becomes a commit.

use std::collections::{HashMap, HashSet};

use conductor::failure::{Failure, Result};
use conductor::ports::{Applied, Stamp, StepDone, StepOutcome};
use train::id::Oid;
use train::pick::{PickStep, StepKind};
use train::refusal::Code;

use crate::batch::strange;
use crate::compare::empty_tree;
use crate::footer;
use crate::held::Held;
use crate::merge::{self, Trees, write_commit};
use crate::objects;
use crate::picked;
use crate::process::Git;
use crate::raw::{self, Raw};
use crate::write;
use crate::{read, told};

/// Puts steps on a tip, in order, until one does not apply. What the tip holds already is left as it is: a commit made
/// again on top of what came after it would be in conflict with itself.
pub(crate) async fn apply(
    git: &Git,
    onto: &Oid,
    steps: &[PickStep],
    stamp: &Stamp,
) -> Result<Applied> {
    let originals = Originals::read(git, onto, steps)?;
    let mut past = Past { onto, known: None };
    let mut applied = Applied { tip: onto.clone(), done: Vec::new(), conflict: None };
    let mut tree = originals.tree(onto)?;
    let mut held = Held::on(git, onto, asked_about(git, steps, &originals)?).await?;
    let mut again = HashMap::new();
    for step in steps {
        let original = originals.of(&step.commit)?;
        if is_held(&held, step) {
            applied.done.push(StepDone { step: step.clone(), outcome: StepOutcome::Contained });
            continue;
        }
        let way = Way::of(git, step, &original).await?;
        let merged = match merge::trees(git, Some(&way.base), &applied.tip, &way.theirs).await? {
            Trees::Clean(merged) => merged,
            Trees::Conflicted(mixed, files) => {
                let labels = (&applied.tip, &way.theirs);
                applied.conflict =
                    Some(merge::conflict(git, step.clone(), (mixed, files), labels).await?);
                break;
            }
        };
        let outcome = if merged == tree {
            StepOutcome::Contained
        } else {
            let bytes =
                written(git, step, &original, &again, (&merged, &applied.tip), stamp).await?;
            applied.tip = write_commit(git, &bytes)?;
            tree = merged;
            match step.kind {
                StepKind::Revert => held.take_back(&step.commit),
                StepKind::Replay => drop(again.insert(step.commit.clone(), applied.tip.clone())),
                StepKind::Pick => {}
            }
            StepOutcome::Made {
                commit: applied.tip.clone(),
                signature_dropped: step.kind != StepKind::Revert && original.is_signed(),
                reverted_there: step.kind != StepKind::Revert
                    && past.has(git, &originals, &step.commit).await?,
            }
        };
        applied.done.push(StepDone { step: step.clone(), outcome });
    }
    Ok(applied)
}

/// The commits of which it matters whether the tip holds them: a tag made again takes up each of its commits anew. A pick
/// that is to be taken back goes by its origin, which it keeps when its tag is made again.
fn asked_about(git: &Git, steps: &[PickStep], originals: &Originals) -> Result<Vec<Oid>> {
    if steps.iter().any(|step| step.kind == StepKind::Replay) {
        return Ok(Vec::new());
    }
    let back = |step: &&PickStep| step.kind == StepKind::Revert;
    let origins = steps.iter().filter(back).flat_map(|step| originals.origins(&step.commit));
    let known = git.objects()?.existing(&origins.collect::<Vec<_>>())?;
    let asked = steps.iter().map(|step| {
        let origins = if back(&step) { originals.origins(&step.commit) } else { Vec::new() };
        let origin = origins.into_iter().rfind(|origin| known.contains(origin));
        origin.unwrap_or_else(|| step.commit.clone())
    });
    Ok(asked.collect())
}

fn is_held(held: &Held, step: &PickStep) -> bool {
    match step.kind {
        StepKind::Pick => held.has(&step.commit),
        StepKind::Revert => held.lost(&step.commit),
        StepKind::Replay => false,
    }
}

/// The bytes of the commit that a step makes: also for a conflict resolved by hand. `again` has the names of commits that
/// were made again before it.
pub(crate) async fn written(
    git: &Git,
    step: &PickStep,
    original: &Raw<'_>,
    again: &HashMap<Oid, Oid>,
    (tree, tip): (&Oid, &Oid),
    stamp: &Stamp,
) -> Result<Vec<u8>> {
    let by = write::signature(stamp);
    match step.kind {
        StepKind::Pick => {
            let message = footer::with_origin(original.message, &step.commit);
            Ok(original.rewritten(tree, tip, &by, &message))
        }
        StepKind::Replay => {
            let message = footer::with_reverted(original.message, again);
            Ok(original.rewritten(tree, tip, &by, &message))
        }
        StepKind::Revert => {
            let subject = in_utf8(git, &step.commit, original).await?;
            Ok(raw::commit(tree, &[tip], &by, &footer::of_revert(&subject, &step.commit)))
        }
    }
}

/// A message as a new commit, which is UTF-8, can quote it.
async fn in_utf8(git: &Git, id: &Oid, original: &Raw<'_>) -> Result<Vec<u8>> {
    if original.is_encoded() {
        return Ok(told::log(git, "%B", 1, &["--no-walk"], &format!("{id}\n")).await?.concat());
    }
    Ok(original.message.to_vec())
}

/// The two commits whose difference a step puts on the tip.
#[derive(Debug)]
pub(crate) struct Way {
    /// Where the difference starts.
    pub base: Oid,
    /// Where it leads.
    pub theirs: Oid,
}

impl Way {
    /// From parent to commit; for a revert back.
    pub(crate) async fn of(git: &Git, step: &PickStep, original: &Raw<'_>) -> Result<Self> {
        let mut parents = original.parents();
        if parents.len() > 1 {
            let message = format!("{} is a merge commit", step.commit.short());
            return Err(Failure::new(
                Code::MergeCommit,
                message,
                "name the commits it brought instead",
            ));
        }
        let parent = match parents.pop() {
            Some(parent) => parent,
            None => nothing(git, &step.commit).await?,
        };
        let commit = step.commit.clone();
        Ok(if step.kind == StepKind::Revert {
            Self { base: commit, theirs: parent }
        } else {
            Self { base: parent, theirs: commit }
        })
    }
}

/// A commit without files: what stands before a first commit. The same bytes each time.
async fn nothing(git: &Git, like: &Oid) -> Result<Oid> {
    let tree = empty_tree(like).parse().map_err(|_| strange("hash-object"))?;
    write_commit(git, &raw::commit(&tree, &[], "pushduty <pushduty> 0 +0000", b"Nothing\n"))
}

/// The commits of the steps, read at once.
#[derive(Debug)]
pub(crate) struct Originals {
    bytes: HashMap<Oid, Vec<u8>>,
}

impl Originals {
    /// Reads the tip and each step's commit.
    pub(crate) fn read(git: &Git, onto: &Oid, steps: &[PickStep]) -> Result<Self> {
        let mut seen = HashSet::new();
        let wanted = steps.iter().map(|s| &s.commit).chain([onto]).filter(|id| seen.insert(*id));
        let objects = git.objects()?;
        let mut bytes = HashMap::new();
        for id in wanted {
            if let Some(commit) = objects.commit(id)? {
                bytes.insert(id.clone(), commit);
            }
        }
        Ok(Self { bytes })
    }

    /// A commit, taken apart.
    pub(crate) fn of(&self, id: &Oid) -> Result<Raw<'_>> {
        self.bytes.get(id).map(|bytes| Raw::parse(bytes)).ok_or_else(|| objects::no_such(id))
    }

    /// A commit's tree.
    pub(crate) fn tree(&self, id: &Oid) -> Result<Oid> {
        self.of(id)?.tree().ok_or_else(|| strange("cat-file"))
    }

    fn origins(&self, id: &Oid) -> Vec<Oid> {
        self.bytes.get(id).map(|b| footer::origins(Raw::parse(b).message)).unwrap_or_default()
    }
}

/// What the tip's history had before the first step, asked when it is first needed.
struct Past<'a> {
    onto: &'a Oid,
    known: Option<HashSet<Oid>>,
}

impl Past<'_> {
    /// Whether the tip had the commit, a commit of the same origin, or one with the same patch.
    async fn has(&mut self, git: &Git, originals: &Originals, id: &Oid) -> Result<bool> {
        let known = match self.known.take() {
            Some(known) => known,
            None => known(git, self.onto, originals).await?,
        };
        let has = known.contains(id) || originals.origins(id).iter().any(|o| known.contains(o));
        self.known = Some(known);
        Ok(has)
    }
}

/// Of the commits to pick and their origins, those that the tip has; and all that its own picks record.
async fn known(git: &Git, onto: &Oid, originals: &Originals) -> Result<HashSet<Oid>> {
    let picks: Vec<Oid> = originals.bytes.keys().filter(|id| *id != onto).cloned().collect();
    let origins: Vec<Oid> = picks.iter().flat_map(|id| originals.origins(id)).collect();
    let mut asked = picks.clone();
    asked.extend(git.objects()?.existing(&origins)?);
    let outside = read::outside(git, onto, &asked).await?;
    let recorded = picked::recorded(git, onto, &picks).await?;
    let mut commits: HashSet<Oid> = recorded.origins().into_iter().cloned().collect();
    if recorded.has_unrecorded() {
        let absent: Vec<Oid> = picks.into_iter().filter(|p| outside.contains(p)).collect();
        commits.extend(picked::equal_patches(git, onto, &absent).await?);
    }
    commits.extend(asked.into_iter().filter(|p| !outside.contains(p)));
    Ok(commits)
}
