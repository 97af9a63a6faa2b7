//! The asks of a push: read from its notes, beside what was decided and what is on its tags.

use std::collections::BTreeMap;

use train::asks::{AskState, Trial};
use train::command::AskName;
use train::event::Event;
use train::id::{Oid, PushDate, RepoName};
use train::links::Target;
use train::notes::follow::{Family, ItemId};
use train::notes::page::{ItemChange, Known, Page, What};
use train::notes::{Ask, Notes};
use train::pushes::Train;
use train::state::State;

use super::trial::{Place, untried};
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::notes::Sheet;
use crate::read_page::ReadPage;
use crate::traced::tags_seen;
use crate::view::{AskView, AsksView, Moment};

/// An ask as the notes have it.
pub(super) struct Written {
    /// The item it stands in.
    pub item: ItemId,
    /// The ask.
    pub ask: Ask,
    /// As it is written.
    pub asked: String,
    /// Its line, where it has one.
    line: Option<usize>,
    /// Who asks.
    pub by: String,
    at: jiff::Timestamp,
    /// What it comes to without being tried.
    said: Option<Trial>,
}

impl Written {
    /// Whether it is to be tried.
    pub fn is_tried(&self) -> bool {
        self.said.is_none()
    }

    /// How it was settled, if it was.
    pub fn settled(&self) -> Option<&Trial> {
        self.said.as_ref().filter(|said| !said.state.is_open())
    }

    /// Whether somebody names it so.
    pub fn is_meant(&self, named: &AskName) -> bool {
        match named {
            AskName::Item(item) => self.item == *item,
            AskName::Commit(named) => self.ask.is_named(named.repo.as_ref(), &named.commit),
        }
    }
}

impl Conductor {
    /// The asks of a push.
    pub async fn asks(&self, which: train::command::WhichPush) -> Result<AsksView> {
        let state = self.state().await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let push = self.notes_seen(&train, which)?;
        Ok(AsksView { push, asks: self.asks_of(&train, push).await? })
    }

    /// The asks of a push's page; none where nobody opened it.
    pub(crate) async fn asks_of(&self, train: &Train<'_>, push: PushDate) -> Result<Vec<AskView>> {
        match self.read_page(train, push).await? {
            Some(read) => self.asks_on(train, &read).await,
            None => Ok(Vec::new()),
        }
    }

    /// The asks of a page, tried.
    pub(crate) async fn asks_on(&self, train: &Train<'_>, read: &ReadPage) -> Result<Vec<AskView>> {
        Ok(self.asks_tried(train, read).await?.into_iter().map(|(view, _)| view).collect())
    }

    /// The same, each with what it came to.
    pub(super) async fn asks_tried(
        &self,
        train: &Train<'_>,
        read: &ReadPage,
    ) -> Result<Vec<(AskView, Trial)>> {
        let written = self.written_asks(train, read);
        let mut wanted: BTreeMap<RepoName, Vec<Target>> = BTreeMap::new();
        for one in written.iter().filter(|one| one.said.is_none()) {
            let Some(repo) = &one.ask.repo else { continue };
            let of_repo = wanted.entry(repo.clone()).or_default();
            if !of_repo.contains(&one.ask.what) {
                of_repo.push(one.ask.what.clone());
            }
        }
        let mut tried: BTreeMap<RepoName, Vec<(Target, Trial)>> = BTreeMap::new();
        for (repo, targets) in wanted {
            let trials = self.tried_in(train, read.push, &repo, &targets).await;
            tried.insert(repo, targets.into_iter().zip(trials).collect());
        }
        let of = |one: &Written| {
            let of_repo = tried.get(one.ask.repo.as_ref()?)?;
            of_repo.iter().find(|(what, _)| *what == one.ask.what).map(|(_, trial)| trial.clone())
        };
        let all = written.into_iter().map(|one| {
            let trial = one.said.clone().or_else(|| of(&one)).unwrap_or_else(no_repository);
            let mut view = self.ask_view(&one, &trial);
            view.put_off = self.ask_put_off(train, read.push, &view);
            (view, trial)
        });
        Ok(all.collect())
    }

    /// Tries asks of a repository on what was last seen of it. What fails is said of each.
    pub(super) async fn tried_in(
        &self,
        train: &Train<'_>,
        push: PushDate,
        repo: &RepoName,
        targets: &[Target],
    ) -> Vec<Trial> {
        let all = |trial: Trial| vec![trial; targets.len()];
        let (Ok(aboard), Some(look)) = (self.aboard(repo), train.looks.get(repo)) else {
            let says = format!("{repo} was not looked at yet; `pushduty compare` looks");
            return all(Trial::of(AskState::Untried, says));
        };
        let known = train.state.pushes.get(&push);
        let given = known.and_then(|p| p.tags.get(repo)).map_or(&[][..], Vec::as_slice);
        let newest = tags_seen(&aboard.settings, Some(look), Some(push), given).pop();
        let place = Place {
            push,
            is_cut: train.tagged().contains_key(&push),
            tag: newest.map(|(name, _, commit)| (name, commit)),
            look,
        };
        match self.trials(aboard, &place, targets).await {
            Ok(trials) => trials,
            Err(refusal) => {
                let what = |why: &str| format!("asks of {repo} are not tried: {why}");
                self.progress.failed(&refusal.clone().within(what));
                all(untried(refusal))
            }
        }
    }

    /// Every ask of a page, in its order, then those whose lines are gone.
    pub(super) fn written_asks(&self, train: &Train<'_>, read: &ReadPage) -> Vec<Written> {
        let ReadPage { push, notes, page, context, .. } = read;
        let asks = page.items.iter().filter(|known| known.tracked.id.family == Family::Ask);
        let mut all = Vec::new();
        for known in asks {
            match known.tracked.item {
                Some(at) => {
                    let own = notes.asks.iter().filter(|ask| ask.item == at);
                    all.extend(own.map(|ask| written(notes, page, known, ask)));
                }
                None => {
                    // Its line is gone: what it asked for is read from what it was.
                    let text = format!("To pick:\n\n* {}\n", known.tracked.text);
                    let alone = Notes::parse(&text, context);
                    all.extend(alone.asks.iter().map(|ask| Written {
                        line: None,
                        said: said(page, known, ask).or_else(|| Some(removed(known))),
                        ..written(&alone, page, known, ask)
                    }));
                }
            }
        }
        for one in &mut all {
            if let Some(tag) = on_tag(train, *push, &one.ask) {
                one.said = Some(tag);
            }
        }
        all
    }

    pub(super) fn ask_view(&self, one: &Written, trial: &Trial) -> AskView {
        let (commit, pull_request) = match &one.ask.what {
            Target::Commit(hash) => (trial.commits.first().cloned().or(hash.parse().ok()), None),
            Target::Pull(number) => {
                let only = Some(&trial.commits[..]).filter(|commits| commits.len() == 1);
                (only.map(|commits| commits[0].clone()), Some(*number))
            }
            Target::Issue(_) | Target::Compare { .. } => (None, None),
        };
        AskView {
            id: Some(one.item.to_string()),
            repo: one.ask.repo.clone(),
            commit,
            pull_request,
            asked: one.asked.clone(),
            why: one.ask.condition.clone(),
            by: one.by.clone(),
            at: Moment(self.local(one.at)),
            state: trial.state,
            says: trial.says.clone(),
            line: one.line,
            put_off: Vec::new(),
        }
    }

    /// The asks that came of a writing, tried after a look at their repositories: whoever wrote is told at once. A remote that
    /// is not reached stops nobody from writing.
    pub(crate) async fn new_asks(
        &self,
        state: &State,
        sheet: &Sheet,
        changes: &[ItemChange],
    ) -> Result<Vec<AskView>> {
        let new = |change: &&ItemChange| {
            let asked = change.item.family == Family::Ask;
            asked && matches!(change.change, What::Raised | What::Reworded | What::Reopened)
        };
        let ids: Vec<String> =
            changes.iter().filter(new).map(|change| change.item.to_string()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let looks = self.last_looks().await?;
        let train = self.train(state, &looks);
        let is_new = |item: ItemId| ids.contains(&item.to_string());
        let mut repos: Vec<RepoName> = self
            .written_asks(&train, &self.read_sheet(sheet)?)
            .into_iter()
            .filter(|one| one.said.is_none() && is_new(one.item))
            .filter_map(|one| one.ask.repo)
            .collect();
        repos.sort();
        repos.dedup();
        if !repos.is_empty() {
            self.look(&repos).await;
        }
        let looks = self.last_looks().await?;
        let train = Train { looks: &looks, ..train };
        let all = self.asks_on(&train, &self.read_sheet(sheet)?).await?;
        Ok(all
            .into_iter()
            .filter(|ask| ask.id.as_ref().is_some_and(|id| ids.contains(id)))
            .collect())
    }
}

fn written(notes: &Notes, page: &Page, known: &Known, ask: &Ask) -> Written {
    Written {
        item: known.tracked.id,
        asked: notes.text()[ask.span.clone()].to_owned(),
        line: Some(notes.line_at(ask.span.start)),
        by: known.raised.by.clone(),
        at: known.raised.at,
        said: said(page, known, ask),
        ask: ask.clone(),
    }
}

/// What people said of an ask: then it is not tried.
fn said(page: &Page, known: &Known, ask: &Ask) -> Option<Trial> {
    let id = known.tracked.id;
    if let Some(no) = page.declined.iter().rfind(|no| no.is_about(id, ask)) {
        let says = format!("declined by {}: {}", no.by, no.because);
        return Some(Trial::of(AskState::Declined, says));
    }
    if ask.forbidden {
        return Some(Trial::of(AskState::Forbidden, "the line says not to pick it"));
    }
    if let Some(done) = &ask.done {
        let how = match done {
            train::notes::Done::Said(words) => format!("marked as done: {words}"),
            _ => "marked as done".to_owned(),
        };
        return Some(Trial::of(AskState::Settled, how));
    }
    if let Some(to) = page.carried.get(&id) {
        return Some(Trial::of(AskState::Carried, format!("carried over to {to}")));
    }
    None
}

fn removed(known: &Known) -> Trial {
    let by = known.ended.as_ref().map_or("somebody", |ended| ended.by.as_str());
    let id = known.tracked.id;
    let says = format!(
        "its line was taken out by {by}; `pushduty ask --decline {id} --because TEXT` confirms, or write it again"
    );
    Trial::of(AskState::Removed, says)
}

fn no_repository() -> Trial {
    Trial::of(AskState::NoRepository, "which repository is not said: write REPO@HASH, or a link")
}

/// The pick of the push's tags that an ask's commit is.
fn on_tag(train: &Train<'_>, push: PushDate, ask: &Ask) -> Option<Trial> {
    let Target::Commit(hash) = &ask.what else { return None };
    let tags = train.state.pushes.get(&push)?.tags.get(ask.repo.as_ref()?)?;
    let picks = tags.last()?.tag.picks.iter().filter(|pick| !pick.reverted);
    let is_it = |id: &Oid| hash.len() >= 7 && id.as_str().starts_with(hash.as_str());
    let pick = picks.into_iter().find(|pick| is_it(&pick.commit))?;
    let commits = vec![pick.commit.clone()];
    Some(Trial { commits, ..Trial::of(AskState::Picked, format!("in {}", pick.tag)) })
}

/// The event of a no.
pub(super) fn declined(
    sheet: (PushDate, PushDate),
    item: ItemId,
    of: (Option<RepoName>, String),
    because: &str,
) -> Event {
    let ((push, page), (repo, commit)) = (sheet, of);
    Event::AskDeclined { push, page, item, repo, commit, because: because.to_owned() }
}
