//! What a wish comes to, before the yes.

use train::command::{
    ApproveWish, CallWish, Command, ConfirmWish, FinishWish, MergeWish, NotesWish, PickWish,
    PromoteWish, RepairWay, RollbackWish, StartWish, TagWish,
};
use train::id::{PushDate, RepoName};
use train::import::Folder;

use super::{Beside, Plan, Shown};
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::merged::due;
use crate::view::{OutcomeWord, StoppedView};

impl Conductor {
    /// What `wish` comes to. Nothing is changed anywhere. The words of whoever may not have it, and of what is not done anyway, are
    /// not looked at: that no would be an answer to more than was asked (P9).
    pub async fn plan(&self, wish: &Command) -> Result<Plan> {
        let plan = self.comes_to(wish).await?;
        if plan.refusal.is_none() {
            self.tells_nothing(&wish.said()).await?;
        }
        Ok(plan)
    }

    async fn comes_to(&self, wish: &Command) -> Result<Plan> {
        match wish {
            Command::Tag(wish) => self.tag_plan(wish).await,
            Command::Pick(wish) => self.pick_plan(wish).await,
            Command::Adopt { .. } => self.adopt_plan().await,
            Command::SecurityApprove { repo, branch } => {
                self.review_plan(repo.as_ref(), *branch).await
            }
            Command::SecurityMerge(wish) => self.merge_plan(wish).await,
            Command::SecuritySync { repo } => self.sync_plan(repo.as_ref()).await,
            Command::SecurityRepair { repo, way } => {
                self.repair_plan(repo.as_ref(), way.as_ref()).await
            }
            Command::Approve(wish) => self.approve_plan(wish).await,
            Command::Confirm(wish) => self.confirm_plan(wish).await,
            Command::Call(wish) => self.call_plan(wish).await,
            Command::Start(wish) => self.start_plan(wish).await,
            Command::StopDeploys { push } => self.stop_plan(*push).await,
            Command::Promote(wish) => self.promote_plan(wish).await,
            Command::Rollback(wish) => self.rollback_plan(wish).await,
            Command::Finish(wish) => self.finish_plan(wish).await,
            Command::Notes(wish) => self.writing_plan(wish).await,
            Command::Import(folder) => self.import_plan(folder).await,
            Command::Move { .. }
            | Command::Cancel { .. }
            | Command::Swap { .. }
            | Command::Offer { .. }
            | Command::TakeOffer { .. }
            | Command::DeclineOffer { .. }
            | Command::KeepOffer { .. }
            | Command::Away { .. }
            | Command::Back { .. }
            | Command::Hold { .. }
            | Command::Resume { .. }
            | Command::Claim { .. }
            | Command::Unclaim { .. }
            | Command::Later { .. }
            | Command::GiveRole { .. }
            | Command::TakeRole { .. }
            | Command::Clear { .. } => self.change_plan(wish).await,
        }
    }

    async fn tag_plan(&self, wish: &TagWish) -> Result<Plan> {
        let planned = self.plan_tag(wish).await?;
        let state = self.state().await?;
        let refusal = planned.plan.refusal().cloned();
        let unknown = planned.plan.unknown().next().cloned();
        let merged = planned.merges.iter().flat_map(|merge| &merge.repos);
        let beside = Beside {
            hero: planned.plan.chosen.hero.as_ref().map(ToString::to_string),
            diffs: merged.map(|repo| repo.diff.clone()).collect(),
            ..Beside::default()
        };
        let changes = planned.plan.changes_something(&state) || !self.unsettled(&state).is_empty();
        let shown = Shown::Cut(self.cut_plan_view(&planned));
        let digest = Some(planned.digest());
        Ok(Plan { refusal, unknown, beside, ..Plan::new(shown, digest, changes) })
    }

    async fn pick_plan(&self, wish: &PickWish) -> Result<Plan> {
        let planned = self.plan_pick(wish).await?;
        let refusal = planned.plan.refusal().cloned();
        let shown = Shown::Cut(self.pick_plan_view(&planned));
        let changes = !planned.plan.is_nothing();
        Ok(Plan { refusal, ..Plan::new(shown, Some(planned.plan.digest()), changes) })
    }

    async fn adopt_plan(&self) -> Result<Plan> {
        let adoption = self.plan_adopt().await?;
        let outcome = if adoption.is_done() { OutcomeWord::Already } else { OutcomeWord::Planned };
        let shown = Shown::Adopt(self.adopt_view(&adoption, outcome));
        Ok(Plan::new(shown, Some(adoption.digest()), !adoption.is_done()))
    }

    async fn review_plan(&self, repo: Option<&RepoName>, branch: u32) -> Result<Plan> {
        let review = self.plan_approve(repo, branch).await?;
        let (commits, diff) = self.to_read(&review).await?;
        let beside = Beside {
            branch: Some(review.branch.name.clone()),
            commits: commits.iter().map(|commit| self.commit_view(commit)).collect(),
            diffs: vec![diff],
            subject: Some(review.branch.subject.clone()),
            author: Some(review.branch.author.clone()),
            ..Beside::default()
        };
        let shown = Shown::Review(review.view(false));
        Ok(Plan { beside, ..Plan::new(shown, Some(review.digest()), true) })
    }

    async fn merge_plan(&self, wish: &MergeWish) -> Result<Plan> {
        let plan = self.plan_merge(wish).await?;
        let changes = plan.changes_something();
        let beside = Beside {
            diffs: plan.repos.iter().map(|repo| repo.diff.clone()).collect(),
            merges: plan.repos.iter().any(|repo| repo.tip.is_some()),
            ..Beside::default()
        };
        let shown = Shown::Merge(plan.view(&[]));
        Ok(Plan { beside, ..Plan::new(shown, Some(plan.digest()), changes) })
    }

    async fn sync_plan(&self, repo: Option<&RepoName>) -> Result<Plan> {
        let updates = self.plan_sync(repo).await?;
        Ok(Plan::new(Shown::Merge(due(&updates)), None, !updates.is_empty()))
    }

    async fn repair_plan(&self, repo: Option<&RepoName>, way: Option<&RepairWay>) -> Result<Plan> {
        if let Some(plan) = self.plan_repair(repo, way).await? {
            let (diffs, diverged) = (vec![plan.diff.clone()], Some(plan.diverged()));
            let beside = Beside { diffs, diverged, ..Beside::default() };
            let (shown, digest) = (Shown::Merge(plan.view()), Some(plan.digest()));
            return Ok(Plan { beside, ..Plan::new(shown, digest, way.is_some()) });
        }
        let second: Vec<_> = self.plan_second(repo).await?.into_iter().collect();
        Ok(Plan::new(Shown::Merge(due(&second)), None, !second.is_empty()))
    }

    async fn change_plan(&self, wish: &Command) -> Result<Plan> {
        let change = self.plan_change(wish).await?;
        let changes = change.changes_something();
        Ok(Plan::new(Shown::Change(change.view(!changes)), None, changes))
    }

    async fn approve_plan(&self, wish: &ApproveWish) -> Result<Plan> {
        if let Some(because) = &wish.withdraw {
            let plan = self.plan_withdrawal(wish, because).await?;
            let changes = !plan.taken.is_empty();
            let shown = Shown::Withdraw(plan.view(!changes));
            return Ok(Plan::new(shown, Some(plan.digest()), changes));
        }
        let plan = self.plan_signoff(wish).await?;
        let shown = Shown::Approve(self.signoff_view(&plan, false));
        Ok(Plan::new(shown, Some(plan.digest()), plan.changes_something()))
    }

    async fn confirm_plan(&self, wish: &ConfirmWish) -> Result<Plan> {
        let plan = self.plan_confirm(wish).await?;
        let changes = plan.changes_something();
        let shown = Shown::Confirm(plan.view(!changes));
        Ok(Plan::new(shown, Some(plan.digest()), changes))
    }

    async fn call_plan(&self, wish: &CallWish) -> Result<Plan> {
        let plan = self.plan_call(wish).await?;
        let changes = plan.call.is_some();
        Ok(Plan::new(Shown::Call(self.call_view(&plan, !changes)), None, changes))
    }

    async fn start_plan(&self, wish: &StartWish) -> Result<Plan> {
        let plan = self.plan_start(wish).await?;
        let fresh = !plan.leaving.is_empty();
        let refusal = fresh.then(|| plan.may_leave().err()).flatten();
        let sheet = Box::new(self.run_sheet(&plan, false).await?);
        let changes = fresh || !plan.again.is_empty();
        let (digest, follows) = (Some(plan.digest()), plan.running);
        let beside = Beside { leaves: fresh, ..Beside::default() };
        Ok(Plan { refusal, follows, beside, ..Plan::new(Shown::RunSheet(sheet), digest, changes) })
    }

    async fn stop_plan(&self, push: Option<PushDate>) -> Result<Plan> {
        let runs = self.running_deploys(push).await?;
        let shown = Shown::Stopped(StoppedView::of(&runs, false));
        let changes = !runs.is_empty();
        let beside = Beside { runs, ..Beside::default() };
        Ok(Plan { beside, ..Plan::new(shown, None, changes) })
    }

    async fn promote_plan(&self, wish: &PromoteWish) -> Result<Plan> {
        let plan = self.plan_promotion(wish).await?;
        let shown = Shown::Promote(plan.view(plan.running));
        Ok(Plan::new(shown, None, plan.changes_something()))
    }

    async fn rollback_plan(&self, wish: &RollbackWish) -> Result<Plan> {
        let plan = self.plan_rollback(wish).await?;
        let shown = Shown::Rollback(self.rollback_view(&plan, false).await?);
        let changes = !plan.running || !wish.retry.is_empty();
        Ok(Plan::new(shown, Some(plan.digest()), changes))
    }

    async fn finish_plan(&self, wish: &FinishWish) -> Result<Plan> {
        let plan = self.plan_finish(wish).await?;
        let shown = Shown::Finish(Box::new(plan.view(self, false)));
        Ok(Plan::new(shown, None, !plan.already))
    }

    async fn writing_plan(&self, wish: &NotesWish) -> Result<Plan> {
        let plan = self.plan_notes(wish).await?;
        Ok(Plan::new(Shown::Writing(plan.view()), None, plan.changes_something()))
    }

    async fn import_plan(&self, folder: &Folder) -> Result<Plan> {
        let plan = self.plan_import(folder).await?;
        Ok(Plan::new(Shown::Import(plan.view()), None, plan.adds_something()))
    }
}
