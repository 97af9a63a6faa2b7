//! What came of the steps, as it is told and recorded.

use std::collections::BTreeMap;

use train::facts::Commit;
use train::id::Oid;
use train::intent::PickRecord;
use train::pick::{ConflictReport, PickStep, StepKind};

use super::{Bench, Order, Put};
use crate::failure::Result;
use crate::ports::{Applied, Conflict, Ident, StepDone, StepOutcome};

impl Bench<'_> {
    pub(super) async fn told(
        &self,
        applied: Applied,
        steps: Vec<PickStep>,
        mut notes: Vec<String>,
        order: &Order,
    ) -> Result<Put> {
        let (mut picks, mut contained, mut signed) = (Vec::new(), Vec::new(), Vec::new());
        let remade = remade(&applied);
        for done in &applied.done {
            let named = order.picks.iter().chain(&order.revert).find(|c| c.id == done.step.commit);
            let commit = match named {
                Some(commit) => commit.clone(),
                None if done.step.kind == StepKind::Replay => continue,
                None => self.aboard.repo.commit(&done.step.commit).await?,
            };
            match &done.outcome {
                StepOutcome::Contained => contained.push(commit),
                StepOutcome::Made { commit: made, signature_dropped, reverted_there } => {
                    if *signature_dropped {
                        signed.push(commit.id.short().to_owned());
                    }
                    if *reverted_there {
                        notes.push(format!(
                            "{} was on the tag and reverted there; it is picked again",
                            commit.id.short()
                        ));
                    }
                    let reverts = done.step.kind == StepKind::Revert;
                    picks.push(record(&commit, made, reverts.then_some(&self.stamp.by)));
                }
            }
        }
        match &signed[..] {
            [] => {}
            [one] => notes.push(format!("{one} was signed; the signature does not carry over")),
            all => notes.push(format!(
                "{} commits were signed; their signatures do not carry over",
                all.len()
            )),
        }
        let conflict = match applied.conflict {
            Some(conflict) => Some(self.report(&applied.tip, conflict).await?),
            None => None,
        };
        Ok(Put { tip: applied.tip, steps, picks, remade, contained, notes, conflict })
    }

    async fn report(&self, tip: &Oid, conflict: Conflict) -> Result<ConflictReport> {
        let commit = self.aboard.repo.commit(&conflict.step.commit).await?;
        let paths: Vec<String> = conflict.files.iter().map(|(path, _)| path.clone()).collect();
        let prerequisites = match conflict.step.kind {
            // What is in the way is on the tag: nothing of main would help.
            StepKind::Revert => Vec::new(),
            StepKind::Pick | StepKind::Replay => {
                self.aboard.repo.prerequisites(tip, self.main, &commit.id, &paths).await?
            }
        };
        Ok(ConflictReport {
            step: conflict.step,
            subject: commit.subject,
            onto: tip.clone(),
            files: conflict.files,
            hunks: conflict.hunks,
            texts: conflict.texts,
            prerequisites,
        })
    }
}

/// What was made again of an older tag: each commit with the one it was.
fn remade(applied: &Applied) -> BTreeMap<Oid, Oid> {
    let again = |done: &StepDone| match &done.outcome {
        StepOutcome::Made { commit, .. } if done.step.kind == StepKind::Replay => {
            Some((commit.clone(), done.step.commit.clone()))
        }
        _ => None,
    };
    applied.done.iter().filter_map(again).collect()
}

/// What is recorded of a commit that was put on a tag, or taken back there `by` somebody.
fn record(commit: &Commit, made: &Oid, by: Option<&Ident>) -> PickRecord {
    let author = commit.author.clone();
    let (author, whose) = match by {
        Some(by) => (by.name.clone(), Some(author)),
        None => (author, None),
    };
    PickRecord {
        commit: commit.id.clone(),
        made: made.clone(),
        subject: commit.subject.clone(),
        author,
        whose,
        reverted: by.is_some(),
        tag: String::new(),
    }
}
