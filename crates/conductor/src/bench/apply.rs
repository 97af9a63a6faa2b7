//! Steps on a tip, with what people resolved by hand in the places where it belongs.

use train::id::Oid;
use train::pick::{PickStep, StepKind};

use super::{Bench, Resolution};
use crate::failure::Result;
use crate::ports::{Applied, Conflict, StepDone, StepOutcome};

impl Bench<'_> {
    /// Applies all steps, with what people resolved in the places where it belongs.
    pub(super) async fn apply_all(&self, start: &Oid, steps: &[PickStep]) -> Result<Applied> {
        let (mut there, mut due) = (Vec::new(), Vec::new());
        for step in steps {
            if self.is_there(start, step).await? {
                there.push(StepDone { step: step.clone(), outcome: StepOutcome::Contained });
            } else {
                due.push(step.clone());
            }
        }
        let mut applied = self.apply_due(start, &due).await?;
        applied.done.splice(0..0, there);
        Ok(applied)
    }

    /// Whether what a person made of this step is on the tip: an earlier run that was killed has published it (P11).
    async fn is_there(&self, tip: &Oid, step: &PickStep) -> Result<bool> {
        let name = &self.aboard.settings.name;
        let ours = self.resolved.iter().find(|r| &r.repo == name && &r.step == step);
        match ours {
            Some(resolution) => self.aboard.repo.contains(tip, &resolution.made).await,
            None => Ok(false),
        }
    }

    async fn apply_due(&self, start: &Oid, steps: &[PickStep]) -> Result<Applied> {
        let mut all = self.aboard.repo.apply(start, steps, self.stamp).await?;
        while let Some(conflict) = all.conflict.take() {
            let outcome = match self.by_hand(&all.tip, conflict).await? {
                Ok(outcome) => outcome,
                Err(open) => {
                    all.conflict = Some(open);
                    break;
                }
            };
            if let StepOutcome::Made { commit, .. } = &outcome {
                all.tip = commit.clone();
            }
            all.done.push(StepDone { step: steps[all.done.len()].clone(), outcome });
            let due = &steps[all.done.len()..];
            let rest = self.aboard.repo.apply(&all.tip, due, self.stamp).await?;
            all.done.extend(rest.done);
            all.tip = rest.tip;
            all.conflict = rest.conflict;
        }
        Ok(all)
    }

    /// What a person made of a conflict, for this tip: as it is where it was made on it; where another tag was made
    /// meanwhile, put on that one as the change it is. What of it does not apply there is what is left to resolve.
    async fn by_hand(
        &self,
        tip: &Oid,
        mut conflict: Conflict,
    ) -> Result<std::result::Result<StepOutcome, Conflict>> {
        while let Some(resolution) = self.resolution(tip, &conflict.step) {
            let made = resolution.made.clone();
            if &resolution.onto == tip {
                let (signature_dropped, reverted_there) = (false, false);
                let made = StepOutcome::Made { commit: made, signature_dropped, reverted_there };
                return Ok(Ok(made));
            }
            let again = PickStep { commit: made, kind: StepKind::Replay };
            let mut applied = self.aboard.repo.apply(tip, &[again], self.stamp).await?;
            match applied.conflict.take() {
                Some(next) => conflict = next,
                None => return Ok(applied.done.pop().map(|done| done.outcome).ok_or(conflict)),
            }
        }
        Ok(Err(conflict))
    }

    /// What a person made of this step: on this tip, or else the newest there is.
    fn resolution(&self, tip: &Oid, step: &PickStep) -> Option<&Resolution> {
        let name = &self.aboard.settings.name;
        let of_step = || self.resolved.iter().rev().filter(|r| &r.repo == name && &r.step == step);
        of_step().find(|r| &r.onto == tip).or_else(|| of_step().next())
    }
}
