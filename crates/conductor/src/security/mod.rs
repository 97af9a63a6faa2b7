//! `security list | approve | merge | sync | repair`: embargoed fixes, upstream first, always (P1).

mod gate;
mod list;
mod merge;
mod repair;
mod sync;
mod twin;

use futures_util::future::join_all;
use train::event::Event;
use train::facts::{Commit, Look};
use train::id::{PersonName, RepoName};
use train::people::{Person, Role};
use train::refusal::{Code, Refusal};
use train::security;
use train::state::State;

use crate::bound::same_plan;
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::ports::{Branch, SecurityRepository};
use crate::view::ReviewView;

pub use merge::{MergePlan, RepoMerge};
pub use repair::{RepairPlan, Repaired, for_a_shell};
pub use twin::Twin;
pub(crate) use twin::candidates;

/// How many commits of a branch are listed to whoever reviews it.
const MOST_COMMITS: usize = 100;

/// A repository's two remotes, side by side.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Upstream.
    pub look: Look,
    /// The private twin.
    pub twin: Twin,
}

/// A review of a security branch, at the commit that was read.
#[derive(Debug, Clone)]
pub struct Review {
    /// The repository.
    pub repo: RepoName,
    /// The branch.
    pub branch: Branch,
    /// Whether the reviewer wrote on it: only a team of one may.
    pub own: bool,
}

impl Review {
    /// What `--if` binds: the branch and its commit.
    #[must_use]
    pub fn digest(&self) -> String {
        train::digest::of(&("review", &self.repo, self.branch.number, &self.branch.commit))
    }

    /// As a document.
    #[must_use]
    pub fn view(&self, done: bool) -> ReviewView {
        ReviewView {
            repo: self.repo.clone(),
            n: self.branch.number,
            commit: self.branch.commit.clone(),
            own: self.own,
            digest: self.digest(),
            done,
        }
    }
}

impl Conductor {
    /// Whom a hero without the security role asks to cut: who holds that role and may cut; the hero on duty, who has both;
    /// failing these whoever holds it.
    pub(crate) fn security_person(&self, state: &State) -> Option<PersonName> {
        let who = |cuts: bool| {
            let mut people = self.settings.people.values();
            let may = |p: &&Person| {
                state.given.holds(p, Role::Security)
                    && (!cuts || [Role::Hero, Role::Admin].iter().any(|r| state.given.holds(p, *r)))
            };
            people.find(may).map(|p| p.name.clone())
        };
        who(true).or_else(|| self.on_duty(state)).or_else(|| who(false))
    }

    /// The repositories with a private twin: the one named, or all.
    fn twins(&self, repo: Option<&RepoName>) -> Result<Vec<(&Aboard, &dyn SecurityRepository)>> {
        if let Some(name) = repo {
            self.aboard(name)?;
        }
        let wanted = self.aboard.iter().filter(|a| repo.is_none_or(|r| r == &a.settings.name));
        let twins: Vec<_> = wanted.filter_map(|a| Some((a, a.security.as_deref()?))).collect();
        if twins.is_empty() {
            let hint = "set `security` for a repository in the configuration";
            return Err(Refusal::new(Code::NotFound, "no security remote is set up", hint));
        }
        Ok(twins)
    }

    fn one_twin(&self, repo: Option<&RepoName>) -> Result<(&Aboard, &dyn SecurityRepository)> {
        match &self.twins(repo)?[..] {
            [one] => Ok(*one),
            several => {
                let names: Vec<String> =
                    several.iter().map(|(a, _)| a.settings.name.to_string()).collect();
                Err(Refusal::new(
                    Code::Ambiguous,
                    "several repositories have a security remote",
                    format!("say which: --repo {}", names.join(" or --repo ")),
                ))
            }
        }
    }

    /// Both remotes of every twin, looked at now. Names and subjects in it are for the security role alone.
    pub async fn security_list(&self, repo: Option<&RepoName>) -> Result<Vec<Pair>> {
        let state = self.state().await?;
        let pairs =
            self.twins(repo)?.into_iter().map(|(aboard, twin)| self.pair(&state, aboard, twin));
        join_all(pairs).await.into_iter().collect()
    }

    async fn pair(
        &self,
        state: &State,
        aboard: &Aboard,
        twin: &dyn SecurityRepository,
    ) -> Result<Pair> {
        let repo = aboard.settings.name.clone();
        let at = self.clock.now();
        let look = aboard.repo.fetch(at).await.map_err(|r| r.in_repo(&repo))?;
        self.keep_looks([(&repo, &look)]).await?;
        let security = twin.fetch(at).await.map_err(|r| r.in_repo(&repo))?;
        Ok(Pair { look, twin: Twin::of(state, repo, security) })
    }

    /// Plans a review without recording it.
    pub async fn plan_approve(&self, repo: Option<&RepoName>, number: u32) -> Result<Review> {
        self.must_hold(&[Role::Security], "review security branches").await?;
        let state = self.state().await?;
        self.review(&state, repo, number).await
    }

    /// What whoever reviews a branch reads: its commits, newest first, and what it would change on upstream's main, or that it
    /// does not merge there.
    pub(crate) async fn to_read(&self, review: &Review) -> Result<(Vec<Commit>, String)> {
        let (_, twin) = self.one_twin(Some(&review.repo))?;
        let look = twin.last_look(self.clock.now()).await?;
        let main = look.and_then(|look| look.upstream).filter(|_| !review.branch.is_merged());
        let Some(main) = main else { return Ok((Vec::new(), String::new())) };
        let tip = &review.branch.commit;
        let commits = twin.commits(&main, tip, MOST_COMMITS).await?;
        let stamp = self.stamp(self.clock.now());
        let merged = twin.merge(&main, std::slice::from_ref(tip), "To be read\n", &stamp).await?;
        let diff = match merged.conflict {
            None => twin.diff(&main, &merged.tip).await?,
            Some(_) => "It does not merge onto upstream's main as it is.".to_owned(),
        };
        Ok((commits, diff))
    }

    /// Reviews a branch at the commit it has now; refuses another than the person saw.
    pub async fn security_approve(
        &self,
        repo: Option<&RepoName>,
        number: u32,
        saw: Option<&str>,
    ) -> Result<Review> {
        self.must_hold(&[Role::Security], "review security branches").await?;
        let mut journal = self.journal().await?;
        let review =
            self.review(&self.with_external(journal.state().clone()), repo, number).await?;
        same_plan(saw, &review.digest())?;
        let event = Event::Approved {
            repo: review.repo.clone(),
            branch: number,
            commit: review.branch.commit.clone(),
            own: review.own,
        };
        journal.append(self.now(journal.state()), vec![event]).await?;
        Ok(review)
    }

    async fn review(&self, state: &State, repo: Option<&RepoName>, number: u32) -> Result<Review> {
        let actor = self.acting(state);
        actor.must_hold(&[Role::Security], "review security branches")?;
        let (aboard, twin) = self.one_twin(repo)?;
        let pair = self.pair(state, aboard, twin).await?;
        let Some((branch, _)) = pair.twin.branches.into_iter().find(|(b, _)| b.number == number)
        else {
            let what = format!("no branch {number} on the security remote; on a fork?");
            return Err(Refusal::new(Code::NotFound, what, "`pushduty security list` shows them")
                .in_repo(&pair.twin.repo));
        };
        let (on_duty, email) = (self.on_duty(state), &self.ident.email);
        let own = security::may_review(
            &self.settings,
            (&state.given, on_duty.as_ref()),
            &actor,
            email,
            &branch.authors,
        )?;
        Ok(Review { repo: pair.twin.repo, branch, own })
    }
}
