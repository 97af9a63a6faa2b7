//! `where COMMIT`: on main since when, in which tag, on which environment; and what comes next.

use std::collections::BTreeMap;

use train::command::RepoCommit;
use train::cut;
use train::facts::{Commit, Look};
use train::id::{Oid, PushDate};
use train::pushes::Train;
use train::refusal::Code;
use train::settings::PRODUCTION;
use train::state::State;

use crate::conductor::{Aboard, Conductor};
use crate::environments::Answers;
use crate::failure::Result;
use crate::pick::no_commit;
use crate::view::{Moment, OnEnvironment, OnTag, WhereRepo, WhereView};

impl Conductor {
    /// Looks for a commit in every repository, or in the one named.
    pub async fn find_commit(&self, named: &RepoCommit) -> Result<WhereView> {
        let state = self.state().await?;
        let only: Vec<_> = named.repo.iter().cloned().collect();
        let looked = self.look(&only).await;
        let answers = self.ask(|_| true).await?;
        let mut looks = BTreeMap::new();
        for (name, look) in looked {
            looks.insert(name, look?);
        }
        let train =
            Train { settings: &self.settings, state: &state, looks: &looks, now: self.now(&state) };
        let mut repos = Vec::new();
        for aboard in self.aboard.iter().filter(|a| looks.contains_key(&a.settings.name)) {
            match aboard.repo.resolve(&named.commit).await {
                Ok(commits) => {
                    for commit in commits.iter().rev().take(1) {
                        repos.push(
                            self.place(
                                &train,
                                &state,
                                aboard,
                                &looks[&aboard.settings.name],
                                commit,
                                &answers,
                            )
                            .await?,
                        );
                    }
                }
                Err(refusal) if refusal.code == Code::NoSuchCommit => {}
                Err(refusal) => return Err(refusal.in_repo(&aboard.settings.name)),
            }
        }
        if repos.is_empty() { Err(no_commit(&named.commit)) } else { Ok(WhereView { repos }) }
    }

    async fn place(
        &self,
        train: &Train<'_>,
        state: &State,
        aboard: &Aboard,
        look: &Look,
        commit: &Commit,
        answers: &Answers,
    ) -> Result<WhereRepo> {
        let brought = match &look.main {
            Some(main) => aboard.repo.brought_by(main, &commit.id).await?,
            None => None,
        };
        let tags = self.tags_with(state, aboard, look, &commit.id).await?;
        let environments = self.shown_on(aboard, look, &tags, &commit.id, answers).await?;
        let mut place = WhereRepo {
            name: aboard.settings.name.clone(),
            commit: commit.id.clone(),
            subject: commit.subject.clone(),
            author: commit.author.clone(),
            on_main: brought.is_some(),
            on_main_since: brought.as_ref().map(|c| Moment(self.local(c.committed_at))),
            push: tags.first().map(|t| t.push),
            tags,
            environments,
            answer: String::new(),
            command: None,
        };
        answer(train, look, &mut place);
        Ok(place)
    }

    /// The first tag of each push that has the commit: in its history, or by pick.
    async fn tags_with(
        &self,
        state: &State,
        aboard: &Aboard,
        look: &Look,
        commit: &Oid,
    ) -> Result<Vec<OnTag>> {
        let scheme = &aboard.settings.scheme;
        let mut found: BTreeMap<PushDate, (train::tag::Revision, OnTag)> = BTreeMap::new();
        let mut add = |tag: &str, picked_as: Option<Oid>| {
            let Some(revision) = scheme.parse(tag) else { return };
            let on = OnTag { tag: tag.to_owned(), push: revision.push, picked_as };
            match found.get(&revision.push) {
                Some((first, _)) if *first <= revision => {}
                _ => {
                    found.insert(revision.push, (revision, on));
                }
            }
        };
        for tag in aboard.repo.tags_with(commit).await? {
            add(&tag, None);
        }
        let picks = state
            .pushes
            .values()
            .filter_map(|p| p.tags.get(&aboard.settings.name))
            .flatten()
            .flat_map(|g| &g.tag.picks);
        for pick in picks.filter(|p| !p.reverted && (&p.commit == commit || &p.made == commit)) {
            if look.tags.contains_key(&pick.tag) {
                add(&pick.tag, Some(pick.made.clone()));
            }
        }
        Ok(found.into_values().map(|(_, on)| on).collect())
    }

    /// Environments whose every service of this repository shows one version that has the commit.
    async fn shown_on(
        &self,
        aboard: &Aboard,
        look: &Look,
        tags: &[OnTag],
        commit: &Oid,
        answers: &Answers,
    ) -> Result<Vec<OnEnvironment>> {
        let mut shown = Vec::new();
        for environment in &self.settings.environments {
            let Some(running) = self.running_in(answers, environment, &aboard.settings.name) else {
                continue;
            };
            let at = look
                .tags
                .get(&running.version)
                .map(|seen| seen.commit.clone())
                .or_else(|| running.commit.clone());
            let by_history = match &at {
                Some(tip) => aboard.repo.contains(tip, commit).await?,
                None => false,
            };
            let revision = aboard.settings.scheme.parse(&running.version);
            let by_pick = tags.iter().filter(|t| t.picked_as.is_some()).any(|t| {
                let first = aboard.settings.scheme.parse(&t.tag);
                revision.is_some_and(|r| r.push == t.push)
                    && first.zip(revision).is_some_and(|(first, now)| first <= now)
            });
            if by_history || by_pick {
                let since = self
                    .shown_since(&environment.name, &aboard.settings.name, &running.version)
                    .await?;
                shown.push(OnEnvironment {
                    name: environment.name.clone(),
                    version: running.version,
                    since,
                });
            }
        }
        Ok(shown)
    }
}

/// The answer in a sentence, and the command that comes next.
fn answer(train: &Train<'_>, look: &Look, place: &mut WhereRepo) {
    let since = |on: &OnEnvironment| {
        on.since
            .as_ref()
            .map(|at| format!(" since {}", at.0.strftime("%a %d %b %H:%M")))
            .unwrap_or_default()
    };
    if let Some(on) = place.environments.iter().find(|e| e.name == PRODUCTION) {
        place.answer = format!("in production with {}{}", on.version, since(on));
        return;
    }
    if let Some(tag) = place.tags.last() {
        let leaves = train.departure(tag.push).filter(|d| d.push_at.timestamp() > train.now);
        let when = leaves
            .map(|d| format!(", which leaves {}", d.push_at.strftime("%a %d %b %H:%M")))
            .unwrap_or_default();
        let stage = place
            .environments
            .first()
            .map(|on| format!("; on {}{}", on.name, since(on)))
            .unwrap_or_default();
        place.answer = format!("in {}{when}{stage}", tag.tag);
        return;
    }
    if !place.on_main {
        place.answer = format!("on upstream, but not on {}", look.branch);
        place.command = Some("merge it first".to_owned());
        return;
    }
    let cut = train.cut(None).ok().filter(|push| {
        train.looks.get(&place.name).is_some_and(|l| {
            train.settings.repo(&place.name).is_some_and(|r| cut::newest(r, l, *push).is_some())
        })
    });
    let coming = train.to_cut(None, false, &nobody()).ok().map(|c| c.push);
    match (cut, coming) {
        (Some(push), next) => {
            let after =
                next.filter(|n| *n > push).or_else(|| train.following(push).map(|d| d.push));
            place.push = after;
            let with = after.map(|p| format!("ships with {p}; ")).unwrap_or_default();
            place.answer = format!("on {}; {with}it came after the cut of {push}", look.branch);
            place.command = Some(format!("pushduty pick {}:{}", place.name, place.commit.short()));
        }
        (None, Some(push)) => {
            place.push = Some(push);
            place.answer = format!("on {}; {push} will carry it", look.branch);
        }
        (None, None) => place.answer = format!("on {}; no departure is in sight", look.branch),
    }
}

/// Looking needs no role; choosing the push to cut asks for one only in a freeze.
fn nobody() -> train::people::Actor {
    let roles = std::collections::BTreeSet::new();
    train::people::Actor { name: String::new(), roles, proof: train::people::Proof::Local(0) }
}
