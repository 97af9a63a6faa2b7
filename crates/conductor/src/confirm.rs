//! `confirm`: an author says that their own changes do on stage what they should, or takes that back.

use std::collections::BTreeSet;

use train::command::ConfirmWish;
use train::confirm::{self, Brings, Confirmation};
use train::cut;
use train::event::Event;
use train::id::{Oid, PushDate, RepoName};
use train::people::Actor;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use crate::bound::same_plan;
use crate::changes::Aboard;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::gates::STAGE;
use crate::view::{ChangeToConfirm, ConfirmView, RepoToConfirm};

/// What somebody is about to confirm, or to take back.
#[derive(Debug, Clone)]
pub struct ConfirmPlan {
    /// The push.
    pub push: PushDate,
    /// Why it is taken back; none where it is confirmed.
    pub withdraw: Option<String>,
    /// By repository, in the order of the run sheet.
    pub repos: Vec<ConfirmRepo>,
    /// What of their own is not confirmed with it, a sentence each.
    pub remarks: Vec<String>,
}

/// One repository's part.
#[derive(Debug, Clone)]
pub struct ConfirmRepo {
    /// The repository.
    pub repo: RepoName,
    /// The tag; of what is taken back none.
    pub tag: Option<Tagged>,
    /// The changes.
    pub changes: Vec<ConfirmChange>,
}

/// The tag that stage shows.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// Its name.
    pub name: String,
    /// The tag object, or the commit for a lightweight tag.
    pub object: Oid,
    /// Its commit.
    pub commit: Oid,
}

/// One change.
#[derive(Debug, Clone)]
pub struct ConfirmChange {
    /// The commit.
    pub commit: Oid,
    /// Its subject; empty where the push does not bring it any more.
    pub subject: String,
    /// Whether it is confirmed already.
    pub already: bool,
}

impl ConfirmPlan {
    /// What `--if` binds: the very changes, in the very tags.
    #[must_use]
    pub fn digest(&self) -> String {
        let one = |repo: &ConfirmRepo| {
            let tag = repo.tag.as_ref().map(|tag| (tag.name.clone(), tag.object.to_string()));
            let new = repo.changes.iter().filter(|change| !change.already);
            (repo.repo.clone(), tag, new.map(|c| c.commit.clone()).collect::<Vec<_>>())
        };
        let repos: Vec<_> = self.repos.iter().map(one).collect();
        train::digest::of(&("confirm", self.push, self.withdraw.is_some(), repos))
    }

    /// Whether anything is said that was not.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.repos.iter().any(|repo| repo.changes.iter().any(|change| !change.already))
    }

    /// As a document.
    #[must_use]
    pub fn view(&self, done: bool) -> ConfirmView {
        let change = |change: &ConfirmChange| ChangeToConfirm {
            commit: change.commit.clone(),
            subject: change.subject.clone(),
            already: change.already,
        };
        let repo = |repo: &ConfirmRepo| RepoToConfirm {
            name: repo.repo.clone(),
            tag: repo.tag.as_ref().map(|tag| tag.name.clone()),
            commit: repo.tag.as_ref().map(|tag| tag.commit.clone()),
            changes: repo.changes.iter().map(change).collect(),
        };
        ConfirmView {
            push: self.push,
            digest: self.digest(),
            done,
            withdraw: self.withdraw.clone(),
            repos: self.repos.iter().map(repo).collect(),
            remarks: self.remarks.clone(),
        }
    }

    fn events(&self, actor: &Actor) -> Vec<Event> {
        let push = self.push;
        let one = |repo: &ConfirmRepo| {
            let new = repo.changes.iter().filter(|change| !change.already);
            let changes: Vec<Oid> = new.map(|change| change.commit.clone()).collect();
            let name = repo.repo.clone();
            if changes.is_empty() {
                return None;
            }
            match (&self.withdraw, &repo.tag) {
                (Some(because), _) => Some(Event::ConfirmationWithdrawn {
                    push,
                    repo: name,
                    changes,
                    because: because.clone(),
                }),
                (None, Some(tag)) => {
                    let Tagged { name: tag, object, commit } = tag.clone();
                    let proof = actor.proof.clone();
                    let said = Confirmation { repo: name, tag, object, commit, changes, proof };
                    Some(Event::Confirmed { push, confirmation: Box::new(said) })
                }
                (None, None) => None,
            }
        };
        self.repos.iter().filter_map(one).collect()
    }
}

impl Conductor {
    /// What somebody would confirm, or take back. Nothing is recorded.
    pub async fn plan_confirm(&self, wish: &ConfirmWish) -> Result<ConfirmPlan> {
        let state = self.state().await?;
        self.confirming(&state, wish).await
    }

    /// Records it: plans again under the lock, and refuses what is not what the person saw (`saw`: that plan's digest).
    pub async fn confirm(&self, wish: &ConfirmWish, saw: Option<&str>) -> Result<ConfirmPlan> {
        // Who may not is told so before the lock is taken.
        self.known_actor(&*self.state().await?, "confirm a change")?;
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let plan = self.confirming(&state, wish).await?;
        if plan.changes_something() {
            same_plan(saw, &plan.digest())?;
        }
        let at = self.now(journal.state());
        journal.append(at, plan.events(&self.actor)).await?;
        Ok(plan)
    }

    async fn confirming(&self, state: &State, wish: &ConfirmWish) -> Result<ConfirmPlan> {
        self.known_actor(state, "confirm a change")?;
        cut::check_names(&self.settings, wish.repos.iter().cloned())?;
        // A remote that is not reached is known as it was last seen: what counts is that stage shows that tag.
        let looked = self.look(&[]).await;
        let answers = self.ask(|environment| environment.name == STAGE).await?;
        let looks = self.last_looks().await?;
        let train = self.train(state, &looks);
        let push = train.meant(Want::Cut, wish.push)?;
        let mut named = Vec::new();
        for one in &wish.commits {
            named.extend(self.change_named(one, &looked, &wish.repos).await?);
        }
        let all = self.last_answers().await?;
        let repos = self.repo_statuses(&train, Some(push), &all).await;
        let mut aboard = self.changes_aboard(&train, Some(push), &repos, &answers).await?;
        aboard.brings.retain(|of| wish.repos.is_empty() || wish.repos.contains(&of.repo));
        match &wish.withdraw {
            Some(because) => self.taking_back(push, &aboard, wish, &named, because),
            None => self.own_changes(push, &aboard, &named),
        }
    }

    /// The commits that somebody named, in the one repository that has them. A merge is refused with its own commits.
    async fn change_named(
        &self,
        named: &train::command::RepoCommit,
        looked: &std::collections::BTreeMap<RepoName, Result<train::facts::Look>>,
        only: &BTreeSet<RepoName>,
    ) -> Result<Vec<(RepoName, Oid)>> {
        let (repo, found) = self.find(named, looked).await?;
        if !only.is_empty() && !only.contains(&repo) {
            let what = format!("{} is of {repo}", train::id::quoted(&named.commit));
            return Err(Refusal::new(
                Code::Usage,
                what,
                "leave --repo out, or name that repository",
            ));
        }
        if let Some(merge) = found.iter().find(|commit| commit.is_merge() && found.len() == 1) {
            let own = self.aboard(&repo)?.repo.merged_by(&merge.id).await?;
            let own: Vec<&str> = own.iter().map(|commit| commit.id.short()).collect();
            let what = format!("{} of {repo} is a merge", merge.id.short());
            let hint = format!("its own commits are confirmed: {}", own.join(" "));
            return Err(Refusal::new(Code::MergeCommit, what, hint).in_repo(&repo));
        }
        let changes = found.into_iter().filter(|commit| !commit.is_merge());
        Ok(changes.map(|commit| (repo.clone(), commit.id)).collect())
    }

    fn own_changes(
        &self,
        push: PushDate,
        aboard: &Aboard<'_>,
        named: &[(RepoName, Oid)],
    ) -> Result<ConfirmPlan> {
        let (settings, who) = (&self.settings, &self.actor.name);
        let own = confirm::confirm(settings, aboard.words, push, who, &aboard.brings, named)?;
        let shown: BTreeSet<&RepoName> = own.iter().map(|one| &one.of.repo).collect();
        let later = |of: &&Brings| {
            let is_own = |change| self.author(change).is_some_and(|own| own.as_str() == who);
            named.is_empty() && !shown.contains(&of.repo) && of.changes.iter().any(is_own)
        };
        let remarks = aboard.brings.iter().filter(later).map(|of| {
            format!(
                "{} {} is not on stage yet: what you have there is confirmed later",
                of.repo, of.tag
            )
        });
        let remarks = remarks.collect();
        let repos = own.into_iter().map(|one| ConfirmRepo {
            changes: one
                .of
                .changes
                .into_iter()
                .map(|change| ConfirmChange {
                    already: one.already.contains(&change.commit),
                    commit: change.commit,
                    subject: change.subject,
                })
                .collect(),
            repo: one.of.repo,
            tag: Some(Tagged { name: one.of.tag, object: one.of.object, commit: one.of.commit }),
        });
        Ok(ConfirmPlan { push, withdraw: None, repos: repos.collect(), remarks })
    }

    fn taking_back(
        &self,
        push: PushDate,
        aboard: &Aboard<'_>,
        wish: &ConfirmWish,
        named: &[(RepoName, Oid)],
        because: &str,
    ) -> Result<ConfirmPlan> {
        let who = &self.actor.name;
        let taken =
            confirm::take_back(aboard.words, push, who, &wish.repos, named, &aboard.brings)?;
        let subject = |repo: &RepoName, commit: &Oid| {
            let of = aboard.brings.iter().filter(|of| of.repo == *repo).flat_map(|of| &of.changes);
            let found = of.into_iter().find(|change| change.commit == *commit);
            found.map(|change| change.subject.clone()).unwrap_or_default()
        };
        let mut repos: Vec<ConfirmRepo> = taken
            .into_iter()
            .map(|(repo, words)| ConfirmRepo {
                changes: words
                    .into_iter()
                    .map(|word| ConfirmChange {
                        subject: subject(&repo, &word.change),
                        commit: word.change,
                        already: false,
                    })
                    .collect(),
                repo,
                tag: None,
            })
            .collect();
        repos.sort_by_key(|one| self.rank(&one.repo));
        let (withdraw, remarks) = (Some(because.to_owned()), Vec::new());
        Ok(ConfirmPlan { push, withdraw, repos, remarks })
    }
}
