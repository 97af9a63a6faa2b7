//! `approve --withdraw`: a person takes their own word back.

use train::command::ApproveWish;
use train::cut;
use train::event::Event;
use train::id::{PushDate, RepoName};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::signoff::Signoff;
use train::state::State;
use train::which::Want;

use crate::bound::same_plan;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{WithdrawView, WithdrawnView};

/// Sign-offs that their person takes back.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// The push.
    pub push: PushDate,
    /// Of which repository, in which role, for which tag.
    pub taken: Vec<(RepoName, Role, String)>,
    /// Why.
    pub because: String,
}

impl Withdrawal {
    /// What `--if` binds: the very sign-offs that are taken back.
    #[must_use]
    pub fn digest(&self) -> String {
        train::digest::of(&("withdraw", self.push, &self.taken))
    }

    /// As a document.
    #[must_use]
    pub fn view(&self, done: bool) -> WithdrawView {
        let one = |(name, role, tag): &(RepoName, Role, String)| WithdrawnView {
            name: name.clone(),
            role: *role,
            tag: tag.clone(),
        };
        WithdrawView {
            push: self.push,
            because: self.because.clone(),
            digest: self.digest(),
            done,
            repos: self.taken.iter().map(one).collect(),
        }
    }
}

impl Conductor {
    /// Plans to take sign-offs back; none are taken where all were already.
    pub async fn plan_withdrawal(&self, wish: &ApproveWish, because: &str) -> Result<Withdrawal> {
        let state = self.state().await?;
        self.withdrawing(&state, wish, because).await
    }

    /// Takes them back: those that the person saw (`saw`: that plan's digest), where they say which.
    pub async fn withdraw(
        &self,
        wish: &ApproveWish,
        because: &str,
        saw: Option<&str>,
    ) -> Result<Withdrawal> {
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let withdrawal = self.withdrawing(&state, wish, because).await?;
        if !withdrawal.taken.is_empty() {
            same_plan(saw, &withdrawal.digest())?;
        }
        let push = withdrawal.push;
        let mut taken: Vec<(RepoName, Role)> =
            withdrawal.taken.iter().map(|(repo, role, _)| (repo.clone(), *role)).collect();
        taken.dedup();
        let event = |(repo, role)| {
            let because = because.to_owned();
            Event::Withdrawn { push, repo, role, because }
        };
        let at = self.now(journal.state());
        journal.append(at, taken.into_iter().map(event).collect()).await?;
        Ok(withdrawal)
    }

    async fn withdrawing(
        &self,
        state: &State,
        wish: &ApproveWish,
        because: &str,
    ) -> Result<Withdrawal> {
        cut::check_names(&self.settings, wish.repos.iter().cloned())?;
        let push = self.meant_push(state, Want::Cut, wish.push).await?;
        let meant = |s: &&Signoff| {
            s.by == self.actor.name
                && wish.role.is_none_or(|role| role == s.word.role)
                && (wish.repos.is_empty() || wish.repos.contains(&s.word.repo))
        };
        let mine: Vec<&Signoff> = state.days.of(push).signoffs.iter().filter(meant).collect();
        if mine.is_empty() {
            return Err(Refusal::new(
                Code::WrongState,
                format!("{} has signed off nothing of {push}", train::id::quoted(&self.actor.name)),
                "each takes back their own word; `pushduty status` shows whose it is",
            ));
        }
        let standing = mine.iter().filter(|s| s.withdrawn.is_none());
        let mut taken: Vec<_> =
            standing.map(|s| (s.word.repo.clone(), s.word.role, s.word.tag.clone())).collect();
        taken.sort_by(|a, b| (self.rank(&a.0), a.1, &a.2).cmp(&(self.rank(&b.0), b.1, &b.2)));
        taken.dedup();
        Ok(Withdrawal { push, taken, because: because.to_owned() })
    }
}
