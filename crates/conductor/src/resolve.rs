//! `pick --resolve` and `--continue`: a conflict finished by hand, without leaving the tool.
//!
//! A scratch work tree is opened at the conflict. What the person makes of it is kept with the tip and the step it
//! belongs to; then the whole command is planned again, with every commit stamped with the time of the first try, so that
//! the same tips come out and the resolution fits. Where another tag was made meanwhile, it is put on that one as a change.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::command::PickWish;
use train::id::{Oid, RepoName};
use train::pick::{ConflictReport, PickFate};
use train::reason::{self, Reason};
use train::refusal::{Code, Refusal};

use crate::bench::Resolution;
use crate::conductor::Conductor;
use crate::failure::{Result, io};
use crate::outcome;
use crate::pick::{PickDone, PlannedPick};
use crate::ports::ResolveTree;

/// A work tree waiting for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What was asked for.
    pub wish: PickWish,
    /// The repository in conflict.
    pub repo: RepoName,
    /// The work tree.
    pub tree: ResolveTree,
    /// What does not apply.
    pub conflict: ConflictReport,
    /// What was resolved before.
    pub resolved: Vec<Resolution>,
    /// The time of every commit made for this command.
    pub at: Timestamp,
    /// Whether a publish of what was resolved was begun: of that something may be there, or come to be.
    #[serde(default)]
    pub tried: bool,
}

impl Opened {
    /// Whether it is what a person resolved before that is in conflict: with a tag made meanwhile.
    #[must_use]
    pub fn is_overtaken(&self) -> bool {
        self.resolved.iter().any(|r| r.repo == self.repo && r.made == self.tree.step.commit)
    }

    fn is_answered_by(&self, one: &Resolution) -> bool {
        one.repo == self.repo && one.onto == self.tree.onto && one.step == self.tree.step
    }

    /// Whether nothing came of the work tree because the tag has these commits already, and not by an earlier try with the
    /// same work tree: what the person made is nowhere else then.
    fn is_made_otherwise(&self, done: &PickDone, resolved: &[Resolution]) -> bool {
        let repos = &done.planned.plan.repos;
        let nothing = repos.iter().any(|r| r.repo == self.repo && r.fate == PickFate::Nothing);
        let ours = resolved.iter().find(|one| self.is_answered_by(one));
        nothing && !(self.tried && ours.is_some_and(|ours| self.resolved.contains(ours)))
    }
}

impl Conductor {
    fn note(&self) -> PathBuf {
        self.scratch.join("resolve.json")
    }

    /// The work tree that is open, if one is.
    pub fn resolving(&self) -> Result<Option<Opened>> {
        match std::fs::read(self.note()) {
            Ok(bytes) => reason::read_kept(&bytes).map(Some).map_err(|_| {
                Refusal::new(
                    Code::Io,
                    "the note of the conflict that was being resolved can't be read",
                    "`pushduty pick --abort` clears it away",
                )
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io("the note of the conflict can't be read", &error)),
        }
    }

    /// Opens a work tree at the first conflict of a wish; none when everything applies.
    pub async fn resolve(&self, wish: &PickWish) -> Result<Option<Opened>> {
        if let Some(open) = self.resolving()? {
            let what = format!("a conflict is being resolved in {}", open.tree.dir.display());
            return Err(Refusal::new(
                Code::WrongState,
                what,
                "finish it with `pushduty pick --continue`, or drop it with --abort",
            ));
        }
        let state = self.state().await?;
        self.open_next(wish, self.now(&state), Vec::new()).await
    }

    async fn open_next(
        &self,
        wish: &PickWish,
        at: Timestamp,
        resolved: Vec<Resolution>,
    ) -> Result<Option<Opened>> {
        let state = self.state().await?;
        let planned = self.plan_picks_at(&state, wish, &resolved, at).await?;
        // From here on it is this push, whatever else is cut meanwhile.
        let push = (!planned.wish.onto_production).then_some(planned.plan.push);
        let wish = PickWish { push, ..planned.wish };
        let conflicts = planned.plan.repos.into_iter().filter_map(|r| match r.fate {
            PickFate::Refused { conflict: Some(conflict), .. } => Some((r.repo, conflict)),
            _ => None,
        });
        let Some((repo, conflict)) = conflicts.into_iter().next() else { return Ok(None) };
        let dir = self.scratch.join(format!("{repo}-{}", conflict.step.commit.short()));
        // One that no note names was left by a run that was killed.
        self.close(&dir, &repo).await?;
        let tree =
            self.aboard(&repo)?.repo.open_resolve(&dir, &conflict.onto, &conflict.step).await?;
        let opened = Opened { wish, repo, tree, conflict, resolved, at, tried: false };
        self.write_note(&opened)?;
        Ok(Some(opened))
    }

    fn write_note(&self, opened: &Opened) -> Result<()> {
        let failed =
            |error: &std::io::Error| io("the note of the conflict can't be written", error);
        let body =
            serde_json::to_vec_pretty(opened).map_err(|e| failed(&std::io::Error::other(e)))?;
        std::fs::create_dir_all(&self.scratch).map_err(|e| failed(&e))?;
        let fresh = self.scratch.join("resolve.json.new");
        std::fs::write(&fresh, body).map_err(|e| failed(&e))?;
        std::fs::rename(&fresh, self.note()).map_err(|e| failed(&e))
    }

    /// What was resolved so far, with the work tree as the person left it.
    async fn resolved_by_now(&self, open: &Opened) -> Result<Vec<Resolution>> {
        let made = self.taken_up(open).await?;
        let mut resolved = open.resolved.clone();
        resolved.retain(|r| !open.is_answered_by(r));
        resolved.push(Resolution {
            repo: open.repo.clone(),
            onto: open.tree.onto.clone(),
            step: open.tree.step.clone(),
            made,
            at: open.at,
        });
        Ok(resolved)
    }

    /// The work tree that is open, its picks for the reason given now, or for the one given before.
    fn open_because(&self, because: Option<&Reason>) -> Result<Opened> {
        let mut open = self.resolving()?.ok_or_else(nothing_open)?;
        if let Some(because) = because {
            open.wish.because = Some(because.clone());
        }
        Ok(open)
    }

    /// Plans what the work tree comes to, as the person left it. Nothing is published, opened or put away.
    pub async fn plan_resume(&self, because: Option<&Reason>) -> Result<PlannedPick> {
        let open = self.open_because(because)?;
        let resolved = self.resolved_by_now(&open).await?;
        let state = self.state().await?;
        self.plan_picks_at(&state, &open.wish, &resolved, open.at).await
    }

    /// Takes the work tree as the person left it. Opens the next conflict, or publishes when there is none: what the person
    /// saw (`saw`: that plan's digest). The work tree is there until all of it is published: whatever hinders that, the same
    /// again settles what was begun and does the rest (P11).
    pub async fn resume(
        &self,
        because: Option<&Reason>,
        saw: Option<&str>,
    ) -> Result<std::result::Result<PickDone, Opened>> {
        let open = self.open_because(because)?;
        let resolved = self.resolved_by_now(&open).await?;
        self.write_note(&Opened { resolved: resolved.clone(), tried: true, ..open.clone() })?;
        let mut done = self.pick_resolved(&open.wish, saw, &resolved).await?;
        if done.conflicts() {
            self.close(&open.tree.dir, &open.repo).await?;
            return match self.open_next(&open.wish, open.at, resolved).await? {
                Some(next) => Ok(Err(next)),
                None => Err(nothing_open()),
            };
        }
        if open.is_made_otherwise(&done, &resolved) {
            self.write_note(&open)?;
            return Err(made_otherwise(&open));
        }
        done.refused = done.refused.or_else(|| outcome::failure(&done.carried)).map(goes_on);
        if done.refused.is_none() {
            self.close(&open.tree.dir, &open.repo).await?;
            std::fs::remove_file(self.note())
                .map_err(|e| io("the note of the conflict can't be removed", &e))?;
        }
        Ok(Ok(done))
    }

    /// The commit that the person's work comes to. Where a run that was killed had removed the work tree, it had noted it.
    async fn taken_up(&self, open: &Opened) -> Result<Oid> {
        let noted = open.resolved.iter().find(|r| open.is_answered_by(r));
        if let Some(noted) = noted.filter(|_| !open.tree.dir.exists()) {
            return Ok(noted.made.clone());
        }
        let repo = &self.aboard(&open.repo)?.repo;
        let taken = repo.take_resolve(&open.tree, &self.stamp(open.at)).await;
        taken.map_err(|r| r.in_repo(&open.repo))
    }

    /// What [`Conductor::abort`] would drop; none where the note of it can't be read and is all there is to drop.
    pub fn plan_abort(&self) -> Result<Option<Opened>> {
        match self.resolving() {
            Ok(None) => Err(nothing_open()),
            Ok(open) => Ok(open),
            Err(_) => Ok(None),
        }
    }

    /// Drops the work tree and what was resolved in it. Nothing was published.
    pub async fn abort(&self) -> Result<()> {
        if let Some(open) = self.plan_abort()? {
            self.close(&open.tree.dir, &open.repo).await?;
        }
        std::fs::remove_file(self.note())
            .map_err(|e| io("the note of the conflict can't be removed", &e))
    }

    async fn close(&self, dir: &Path, repo: &RepoName) -> Result<()> {
        self.aboard(repo)?.repo.close_resolve(dir).await
    }
}

/// A failure after which the work tree is still there.
fn goes_on(failed: Refusal) -> Refusal {
    let ways =
        "`pushduty pick --continue` tries again with the work tree as it is, --abort drops it";
    Refusal { hint: format!("{}; {ways}", failed.hint), ..failed }
}

fn made_otherwise(open: &Opened) -> Refusal {
    let what = format!(
        "{} is on the tag already, and not as it is in the work tree",
        open.tree.step.commit.short()
    );
    let hint = "keep what you need of the work tree, then drop it with `pushduty pick --abort`";
    Refusal::new(Code::WrongState, what, hint).in_repo(&open.repo)
}

fn nothing_open() -> Refusal {
    Refusal::new(
        Code::WrongState,
        "no conflict is being resolved",
        "`pushduty pick --resolve COMMIT` opens one",
    )
}
