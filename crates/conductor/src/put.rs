//! Commits that a person named are put on a tip, and a conflict is told as a refusal.

use train::command::RepoCommit;
use train::facts::Commit;
use train::id::{Oid, RepoName, quoted};
use train::pick::{self, ConflictReport, StepKind};
use train::refusal::{Code, Refusal};

use crate::bench::{Bench, OffMain, Order, Put, Tip};
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;

impl Conductor {
    /// Puts commits that a person named on `onto`, for a tag that does not start from main (`tag --from --pick`).
    pub(crate) async fn put_named(
        &self,
        aboard: &Aboard,
        (main, branch): (&Oid, &str),
        onto: &Oid,
        named: &[RepoCommit],
    ) -> Result<Put> {
        let mut order = Order::default();
        for one in named {
            order.picks.extend(self.taken(aboard, &one.commit).await?);
        }
        let stamp = self.stamp(self.clock.now());
        let off_main = OffMain::Never;
        let bench = Bench { aboard, main, branch, stamp: &stamp, resolved: &[], off_main };
        let tip = Tip { newest: onto.clone(), tags: Vec::new() };
        let put = bench.put(&tip, &order).await.map_err(|r| r.in_repo(&aboard.settings.name))?;
        match &put.conflict {
            Some(conflict) => Err(conflict_refusal(&aboard.settings.name, conflict)),
            None => Ok(put),
        }
    }

    /// The commits meant by `text`: a merge commit is refused, the merges within a range are passed over (P5).
    async fn taken(&self, aboard: &Aboard, text: &str) -> Result<Vec<Commit>> {
        let name = &aboard.settings.name;
        let found = aboard.repo.resolve(text).await.map_err(|r| r.in_repo(name))?;
        self.without_merges(aboard, text, found).await
    }

    pub(crate) async fn without_merges(
        &self,
        aboard: &Aboard,
        text: &str,
        found: Vec<Commit>,
    ) -> Result<Vec<Commit>> {
        if text.contains("..") {
            return Ok(found.into_iter().filter(|c| !c.is_merge()).collect());
        }
        match found.iter().find(|c| c.is_merge()) {
            Some(merge) => {
                let brought = aboard.repo.merged_by(&merge.id).await?;
                Err(pick::no_merges(merge, &brought).in_repo(&aboard.settings.name))
            }
            None => Ok(found),
        }
    }
}

/// A conflict as a refusal: the first line of what the view shows in full.
pub(crate) fn conflict_refusal(repo: &RepoName, conflict: &ConflictReport) -> Refusal {
    let files: Vec<String> = conflict.files.iter().map(|(path, _)| quoted(path)).collect();
    let what = format!("{} {}", conflict.step.commit.short(), quoted(&conflict.subject));
    let files = files.join(", ");
    let (what, hint) = match conflict.step.kind {
        StepKind::Revert => (
            format!("{what} can't be taken back: what it changed was changed again in {files}"),
            "take back what came after it as well, or finish by hand with --resolve".to_owned(),
        ),
        StepKind::Pick | StepKind::Replay => {
            (format!("{what} does not apply: {files}"), needed_first(conflict))
        }
    };
    Refusal::new(Code::Conflict, what, hint).in_repo(repo)
}

fn needed_first(conflict: &ConflictReport) -> String {
    let first: Vec<&str> = conflict.prerequisites.iter().map(|c| c.id.short()).collect();
    if first.is_empty() {
        "pick --resolve opens a work tree to finish it by hand".to_owned()
    } else {
        format!("it likely needs first: {}; or finish by hand with --resolve", first.join(", "))
    }
}
