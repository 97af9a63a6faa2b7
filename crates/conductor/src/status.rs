//! `status`: the push at a glance, from what was recorded and last seen. It asks nobody.

use std::collections::BTreeMap;

use train::base::{self, Base};
use train::differences::{self, Difference};
use train::facts::Look;
use train::id::{Oid, PushDate, RepoName};
use train::links;
use train::pushes::Train;
use train::settings::Repo;
use train::state::{Given, State};
use train::which::Want;

use crate::changes::{Aboard, authors_view};
use crate::conductor::Conductor;
use crate::environments::Answers;
use crate::failure::Result;
use crate::gates::{Judging, Seen, tagset};
use crate::next_step::next_step;
use crate::production;
use crate::standing::push_state;
use crate::traced::tags_seen;
use crate::view::{
    AskView, BlockerView, Moment, NextView, PickView, PushState, RepoStatus, StatusView, TaskView,
};

/// A push with its gates judged, and what is known beside its document.
pub(crate) struct Judged {
    pub status: StatusView,
    /// Whether somebody with the security role answers for every tag that leaves.
    pub answered: bool,
}

impl Conductor {
    /// How a push stands: the one asked for, or the one that matters now.
    pub async fn status(&self, asked: Option<PushDate>) -> Result<StatusView> {
        Ok(self.status_with(asked, &Judging::default()).await?.status)
    }

    /// The same, with gates judged so.
    pub(crate) async fn status_with(
        &self,
        asked: Option<PushDate>,
        judging: &Judging,
    ) -> Result<Judged> {
        self.status_by(asked, judging, &self.last_answers().await?).await
    }

    /// The same, by these answers of services.
    pub(crate) async fn status_by(
        &self,
        asked: Option<PushDate>,
        judging: &Judging,
        answers: &Answers,
    ) -> Result<Judged> {
        let state = self.state().await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let named = asked.map(|asked| train.meant(Want::Look, Some(asked))).transpose()?;
        let push = named.or_else(|| train.shown());
        let departure = push.and_then(|p| train.departure(p));
        let differences = differing(&train);
        let (repos, aboard) = self.repos_aboard(&train, push, answers).await?;
        let environments = self.environment_views(&train, push, answers, &repos).await?;
        let recorded = push.and_then(|p| state.pushes.get(&p)?.hero.clone());
        let hero = recorded.or_else(|| departure.as_ref()?.hero.clone());
        let (blockers, tasks, asks) = self.noted(&train, push, &repos).await?;
        let seen = Seen {
            train: &train,
            hero: hero.as_ref(),
            departure: departure.as_ref(),
            repos: &repos,
            environments: &environments,
            answers,
            blockers: &blockers,
            tasks: &tasks,
            judging,
            differences: &differences,
        };
        let day = self.day_view(seen, push).await?;
        let push_state =
            push.map_or(PushState::Planned, |p| push_state(&train, p, &environments, &day, &repos));
        let mut view = StatusView {
            train: self.settings.train.to_string(),
            push,
            state: push_state,
            hero,
            offer: departure.as_ref().and_then(|d| self.offer_of(&state, d, train.now)),
            next_hero: push.and_then(|p| train.following(p)?.hero),
            cut_at: departure.as_ref().map(|d| Moment(d.cut_at.clone())),
            push_at: departure.as_ref().map(|d| Moment(d.push_at.clone())),
            tagset: tagset(push, &repos),
            repos,
            asks,
            environments,
            hold: day.hold,
            blockers,
            tasks,
            claims: day.claims,
            authors: authors_view(self.authors_of(&aboard)),
            signoffs: day.signoffs,
            gates: day.gates,
            next: NextView { who: None, what: String::new(), command: None, alarm: false },
            unsettled: self.unsettled(&state),
            differences,
            notes: self.remarks(&train, push, departure.as_ref()).await?,
        };
        self.conclude(&mut view, day.answered, &train, answers);
        view.notes.extend(push.filter(|_| asked.is_none()).and_then(|push| train.beside(push)));
        Ok(Judged { status: view, answered: day.answered })
    }

    /// What follows from all the rest: remarks, and the next step.
    fn conclude(
        &self,
        view: &mut StatusView,
        answered: bool,
        train: &Train<'_>,
        answers: &Answers,
    ) {
        let past_us = self.past_us(train, view.push, answers);
        view.notes.extend(production::remarks(train, view, &past_us));
        view.next = next_step(train, view, answered, &past_us);
    }

    /// The repositories with what each brings, and all of that.
    async fn repos_aboard<'t>(
        &self,
        train: &Train<'t>,
        push: Option<PushDate>,
        answers: &Answers,
    ) -> Result<(Vec<RepoStatus>, Aboard<'t>)> {
        let mut repos = self.repo_statuses(train, push, answers).await;
        let aboard = self.changes_aboard(train, push, &repos, answers).await?;
        for repo in &mut repos {
            repo.changes = self.brought_views(&aboard, &repo.name);
        }
        Ok((repos, aboard))
    }

    /// Where an earlier run left something open, as this reader may know of it (P9): once for each intent.
    #[must_use]
    pub fn unsettled(&self, state: &State) -> Vec<RepoName> {
        let open = state.open.values().filter(|intent| self.may_hear_of(intent, state));
        open.map(|intent| intent.repo.clone()).collect()
    }

    /// What the notes say: what blocks, what is to be done, what is asked for.
    async fn noted(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
        repos: &[RepoStatus],
    ) -> Result<(Vec<BlockerView>, Vec<TaskView>, Vec<AskView>)> {
        let (blockers, tasks, asks) = self.written_in(train, push).await?;
        let blockers = self.with_fixes(train, push, blockers).await;
        let blockers = self.with_owners(train, push, repos, blockers).await;
        Ok((blockers, tasks, asks))
    }

    /// What people are told beside the rest.
    async fn remarks(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
        departure: Option<&train::calendar::Departure>,
    ) -> Result<Vec<String>> {
        let lacking = match push {
            Some(push) => self.lacking(train.state, train.looks, push).await?,
            None => Vec::new(),
        };
        let mut notes = notes(departure, lacking);
        notes.extend(self.resolving_note());
        notes.extend(self.untold_note().await);
        notes.extend(self.security_notes(train.state).await);
        Ok(notes)
    }

    /// Each repository, with its tags of a push.
    pub(crate) async fn repo_statuses(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
        answers: &Answers,
    ) -> Vec<RepoStatus> {
        let mut repos = Vec::new();
        for repo in &self.settings.repos {
            repos.push(self.repo_status(train, repo, push, answers).await);
        }
        repos
    }

    async fn repo_status(
        &self,
        train: &Train<'_>,
        repo: &Repo,
        push: Option<PushDate>,
        answers: &Answers,
    ) -> RepoStatus {
        let look = train.looks.get(&repo.name);
        let known = push.and_then(|p| train.state.pushes.get(&p));
        let given: &[Given] = known.and_then(|p| p.tags.get(&repo.name)).map_or(&[], Vec::as_slice);
        let stays = known.and_then(|p| p.stays.get(&repo.name));
        let tags = tags_seen(repo, look, push, given);
        let newest = tags.last().cloned();
        let last =
            given.last().filter(|g| newest.as_ref().is_some_and(|(name, ..)| name == &g.tag.tag));
        let base = last
            .and_then(|g| recorded_base(g, look))
            .unwrap_or_else(|| self.base_now(train.state, repo, look, push, answers, &newest));
        let head = newest.as_ref().map(|(name, ..)| name.clone());
        let settled = push.zip(head.as_deref());
        let settled = settled.is_some_and(|(push, tag)| train.is_settled(push, &repo.name, tag));
        let base_name = base.tag.as_ref().map(|(name, _)| name.clone());
        let commit_count = match (&base.tag, &newest) {
            (Some((_, from)), Some((_, _, to))) => self.counted(repo, Some(from), to).await,
            // A first push brings everything.
            (None, Some((_, _, to))) => self.counted(repo, None, to).await,
            (_, None) => None,
        };
        RepoStatus {
            name: repo.name.clone(),
            compare_url: base_name
                .as_deref()
                .zip(head.as_deref())
                .filter(|(base, head)| base != head)
                .and_then(|(base, head)| links::compare(repo, base, head)),
            base: base_name.clone(),
            base_from: base.from,
            tag: head.or_else(|| stays.and_then(Clone::clone)),
            commit: newest.as_ref().map(|(_, _, commit)| commit.clone()).or_else(|| {
                let tag = stays?.as_ref()?;
                look?.tags.get(tag).map(|seen| seen.commit.clone())
            }),
            stays: stays.is_some(),
            tag_object: newest.as_ref().map(|(_, object, _)| object.clone()),
            commit_count,
            picks: given.last().map_or(&[][..], |g| &g.tag.picks).iter().map(pick_view).collect(),
            changes: Vec::new(),
            tags: tags.into_iter().map(|(name, ..)| name).collect(),
            observed_at: look.map(|l| Moment(self.local(l.observed_at))),
            settled,
        }
    }

    fn base_now(
        &self,
        state: &State,
        repo: &Repo,
        look: Option<&Look>,
        push: Option<PushDate>,
        answers: &Answers,
        newest: &Option<(String, Oid, Oid)>,
    ) -> Base {
        let none = BTreeMap::new();
        let tags = look.map_or(&none, |l| &l.tags);
        let newest = newest.as_ref().map(|(name, ..)| name.as_str());
        match push {
            Some(push) => self.base_of(state, repo, push, (tags, newest), answers),
            None => Base { tag: None, from: base::BaseFrom::Nothing },
        }
    }

    /// How many commits lie between, by our mirror alone.
    async fn counted(&self, repo: &Repo, from: Option<&Oid>, to: &Oid) -> Option<usize> {
        let start = from.map_or("", Oid::as_str);
        let name = format!("count/{}/{start}..{to}", repo.name);
        if let Ok(Some(kept)) = self.ledger.observation(&name).await {
            return kept.body.parse().ok();
        }
        let aboard = self.aboard(&repo.name).ok()?;
        let count = aboard.repo.compare(from, to, 0).await.ok()?.commit_count;
        // Two commits never change: counted once is counted for ever.
        let kept = crate::ports::Observation {
            name,
            observed_at: self.clock.now(),
            body: count.to_string(),
        };
        self.ledger.observe(vec![kept]).await.ok()?;
        Some(count)
    }
}

/// The base that a tag was recorded with, with its commit as last seen.
fn recorded_base(given: &Given, look: Option<&Look>) -> Option<Base> {
    let name = given.tag.base.clone()?;
    let commit = look?.tags.get(&name)?.commit.clone();
    Some(Base { tag: Some((name, commit)), from: given.tag.base_from })
}

fn pick_view(pick: &train::intent::PickRecord) -> PickView {
    PickView {
        commit: pick.commit.clone(),
        made: pick.made.clone(),
        subject: pick.subject.clone(),
        author: pick.author.clone(),
        whose: pick.whose.clone(),
        tag: pick.tag.clone(),
        reverted: pick.reverted,
    }
}

/// What deserves a word: the duty, and hot-fixes that this push lacks.
fn notes(departure: Option<&train::calendar::Departure>, lacking: Vec<String>) -> Vec<String> {
    let duty = departure.and_then(|d| d.note.clone()).into_iter();
    duty.chain(lacking).collect()
}

/// Where remotes showed something else than was recorded, or than was seen there first; in the order of the run sheet.
fn differing(train: &Train<'_>) -> Vec<Difference> {
    let seen =
        train.settings.repos.iter().filter_map(|repo| Some((repo, train.looks.get(&repo.name)?)));
    seen.flat_map(|(repo, look)| differences::by_then(train.state, repo, look)).collect()
}
