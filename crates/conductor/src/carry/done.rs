//! What becomes of a wish, after the yes.

use train::attempt::DeployFor;
use train::command::{
    ApproveWish, CallWish, Command, ConfirmWish, MergeWish, PickWish, RepairWay, RollbackWish,
    StartWish, TagWish,
};
use train::id::{PushDate, RepoName};
use train::reason::unsaid;
use train::refusal::{Code, Refusal};

use super::{Done, Shown, must_be_read};
use crate::bound::same_plan;
use crate::conductor::Conductor;
use crate::deploy::Deploying;
use crate::failure::Result;
use crate::merged::merged;
use crate::outcome;
use crate::view::{OutcomeWord, StoppedView};

impl Conductor {
    /// Carries `wish` out: planned again under the lock, and refused where that is not what the person saw (`saw`: the
    /// plan's digest). Deploys that it begins are followed to their end.
    pub async fn carry(&self, wish: &Command, saw: Option<&str>) -> Result<Done> {
        must_be_read(wish, saw)?;
        self.seeks_nothing(&wish.said())?;
        match wish {
            Command::Tag(wish) => self.carry_tag(wish, saw).await,
            Command::Pick(wish) => self.carry_pick(wish, saw).await,
            Command::Adopt { because } => self.carry_adopt(because.as_deref(), saw).await,
            Command::SecurityApprove { repo, branch } => {
                let review = self.security_approve(repo.as_ref(), *branch, saw).await?;
                Ok(Done::new(Shown::Review(review.view(true))))
            }
            Command::SecurityMerge(wish) => self.carry_merge(wish, saw).await,
            Command::SecuritySync { repo } => {
                let carried = self.security_sync(repo.as_ref()).await?;
                let shown = Shown::Merge(merged(&carried, None));
                Ok(Done::with(shown, outcome::failure(&carried)))
            }
            Command::SecurityRepair { repo, way } => {
                self.carry_repair(repo.as_ref(), way.as_ref(), saw).await
            }
            Command::Approve(wish) => self.carry_approve(wish, saw).await,
            Command::Confirm(wish) => self.carry_confirm(wish, saw).await,
            Command::Call(wish) => self.carry_call(wish).await,
            Command::Start(wish) => self.carry_start(wish, saw).await,
            Command::StopDeploys { push } => self.carry_stop(*push).await,
            Command::Promote(wish) => {
                Ok(Done::new(Shown::Promote(self.promote(wish).await?.view(true))))
            }
            Command::Rollback(wish) => self.carry_rollback(wish, saw).await,
            Command::Finish(wish) => {
                let view = self.finish(wish).await?.view(self, true);
                Ok(Done::new(Shown::Finish(Box::new(view))))
            }
            Command::Notes(wish) => {
                Ok(Done::new(Shown::Writing(self.write_notes(wish).await?.view())))
            }
            Command::Import(folder) => {
                Ok(Done::new(Shown::Import(self.import(folder).await?.view())))
            }
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
            | Command::Clear { .. } => {
                Ok(Done::new(Shown::Change(self.change_calendar(wish).await?.view(true))))
            }
        }
    }

    async fn carry_confirm(&self, wish: &ConfirmWish, saw: Option<&str>) -> Result<Done> {
        Ok(Done::new(Shown::Confirm(self.confirm(wish, saw).await?.view(true))))
    }

    async fn carry_call(&self, wish: &CallWish) -> Result<Done> {
        let plan = self.call(wish).await?;
        Ok(Done::new(Shown::Call(self.call_view(&plan, true))))
    }

    async fn carry_stop(&self, push: Option<PushDate>) -> Result<Done> {
        let view = StoppedView::of(&self.stop_deploys(push).await?, true);
        Ok(Done::new(Shown::Stopped(view)))
    }

    /// Whoever wished something has read that it was done, or can: from here on the same wish in the same words is a new one. A
    /// wish that was killed before is taken for the same.
    pub async fn read_by_whoever_wished(&self, wish: &Command) -> Result<()> {
        match wish {
            Command::Tag(wish) => self.told(wish).await,
            _ => Ok(()),
        }
    }

    async fn carry_tag(&self, wish: &TagWish, saw: Option<&str>) -> Result<Done> {
        let cut = self.tag(wish, saw).await?;
        let refusal = outcome::cut_failure(&cut);
        Ok(Done::with(Shown::Cut(self.cut_view(&cut)), refusal))
    }

    async fn carry_pick(&self, wish: &PickWish, saw: Option<&str>) -> Result<Done> {
        let done = self.pick(wish, saw).await?;
        let shown = Shown::Cut(self.pick_view(&done));
        Ok(Done::with(shown, done.refused.or_else(|| outcome::failure(&done.carried))))
    }

    async fn carry_adopt(&self, because: Option<&str>, saw: Option<&str>) -> Result<Done> {
        let because = because.ok_or_else(unsaid)?;
        let plan = self.plan_adopt().await?;
        same_plan(saw, &plan.digest())?;
        let adoption = self.adopt(plan, because).await?;
        let shown = Shown::Adopt(self.adopt_view(&adoption, OutcomeWord::Published));
        Ok(Done::with(shown, adoption.failure()))
    }

    async fn carry_merge(&self, wish: &MergeWish, saw: Option<&str>) -> Result<Done> {
        let (plan, carried) = self.security_merge(wish, saw).await?;
        Ok(Done::with(Shown::Merge(plan.view(&carried)), outcome::merge_failure(&carried)))
    }

    async fn carry_repair(
        &self,
        repo: Option<&RepoName>,
        way: Option<&RepairWay>,
        saw: Option<&str>,
    ) -> Result<Done> {
        let way = way.ok_or_else(|| {
            let what = "of the two ways to bring the mains together none is named";
            Refusal::new(Code::Usage, what, "name one: publish, or set_aside with a branch")
        })?;
        let done = self.security_repair(repo, way, saw).await?;
        let shown = Shown::Merge(merged(&done.carried, done.command));
        Ok(Done::with(shown, outcome::failure(&done.carried)))
    }

    async fn carry_approve(&self, wish: &ApproveWish, saw: Option<&str>) -> Result<Done> {
        let shown = match &wish.withdraw {
            Some(because) => Shown::Withdraw(self.withdraw(wish, because, saw).await?.view(true)),
            None => Shown::Approve(self.signoff_view(&self.sign_off(wish, saw).await?, true)),
        };
        Ok(Done::new(shown))
    }

    async fn carry_start(&self, wish: &StartWish, saw: Option<&str>) -> Result<Done> {
        self.may_start(&*self.state().await?, "start a push")?;
        let plan = self.start_as_judged(wish).await?;
        if !plan.leaving.is_empty() || !plan.again.is_empty() {
            self.start(wish, saw).await?;
        }
        if plan.running || !plan.leaving.is_empty() {
            let again = plan.again.clone();
            let deploying = Deploying { push: plan.push, purpose: DeployFor::Start, again };
            self.deploy(deploying).await?;
        }
        let after = StartWish { push: Some(plan.push), ..StartWish::default() };
        let sheet = self.run_sheet(&self.plan_start(&after).await?, true).await?;
        Ok(Done::new(Shown::RunSheet(Box::new(sheet))))
    }

    async fn carry_rollback(&self, wish: &RollbackWish, saw: Option<&str>) -> Result<Done> {
        let plan = self.roll_back(wish, saw).await?;
        let after = RollbackWish { push: Some(plan.push), ..RollbackWish::default() };
        let view = self.rollback_view(&self.plan_rollback(&after).await?, true).await?;
        Ok(Done::new(Shown::Rollback(view)))
    }
}
