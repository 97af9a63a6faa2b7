//! The changes that a push's tags bring, whose they are, and what of them its authors confirmed on stage. Read from our own
//! mirrors and from what was last seen; nobody is asked.

use train::confirm::{self, Authors, Brings, Change, OnStage, Words};
use train::facts::Look;
use train::id::{Oid, PersonName, PushDate, RepoName};
use train::pushes::Train;
use train::versions::Together;

use crate::conductor::Conductor;
use crate::environments::{Answers, fleet};
use crate::failure::Result;
use crate::gates::STAGE;
use crate::view::{AuthorsView, BroughtView, ConfirmedView, Moment, RepoStatus};

/// How many commits of a tag are read: the newest.
const NEWEST: usize = 2_000;

/// What a push's tags bring, beside what was said of it.
pub(crate) struct Aboard<'a> {
    /// By repository, in the order of the run sheet.
    pub brings: Vec<Brings>,
    /// What was said of it.
    pub words: &'a Words,
}

impl Conductor {
    /// What the tags of a push bring, as far as it is known; nothing of a push that is over and of which nobody said
    /// anything, nor where no stage is set up.
    pub(crate) async fn changes_aboard<'a>(
        &self,
        train: &Train<'a>,
        push: Option<PushDate>,
        repos: &[RepoStatus],
        answers: &Answers,
    ) -> Result<Aboard<'a>> {
        let words = push.map_or(&NO_WORDS, |push| &train.state.days.of(push).words);
        let Some(push) = push.filter(|push| self.is_asked_of(train, *push)) else {
            return Ok(Aboard { brings: Vec::new(), words });
        };
        let mut brings = Vec::new();
        for repo in repos.iter().filter(|repo| !repo.stays) {
            brings.extend(self.brought_by(train, push, repo, answers).await?);
        }
        Ok(Aboard { brings, words })
    }

    /// Whether anybody is asked to confirm what a push brings.
    fn is_asked_of(&self, train: &Train<'_>, push: PushDate) -> bool {
        let set_up = self.settings.environment(STAGE).is_some_and(|s| !s.services.is_empty());
        let said = || !train.state.days.of(push).words.confirmed.is_empty();
        set_up && (train.over(push).is_none() || said())
    }

    /// What the newest tag of a repository brings; none where it has none, or nothing that it is compared with.
    async fn brought_by(
        &self,
        train: &Train<'_>,
        push: PushDate,
        repo: &RepoStatus,
        answers: &Answers,
    ) -> Result<Option<Brings>> {
        let look = train.looks.get(&repo.name);
        let base = repo.base.as_ref().and_then(|base| commit_of(look?, base));
        let head = repo.tag.clone().zip(repo.commit.clone()).zip(repo.tag_object.clone());
        let Some((base, ((tag, commit), object))) = base.zip(head) else { return Ok(None) };
        let changes = self.changes_between(push, &repo.name, &base, &commit).await?;
        let stage = self.on_stage(answers, &repo.name, &tag);
        Ok(Some(Brings { repo: repo.name.clone(), tag, object, commit, stage, changes }))
    }

    /// The changes between two commits of a repository, by our mirror alone.
    pub(crate) async fn changes_between(
        &self,
        push: PushDate,
        repo: &RepoName,
        base: &Oid,
        head: &Oid,
    ) -> Result<Vec<Change>> {
        let (name, of) = (format!("changes/{push}/{repo}"), format!("{base}..{head}"));
        if let Some(found) = self.recalled(&name, &of).await? {
            return Ok(found);
        }
        // What the mirror has not yet is known another time.
        let Ok(said) = self.aboard(repo)?.repo.said(base, head, NEWEST).await else {
            return Ok(Vec::new());
        };
        self.keep_found(name, of, confirm::changes(said)).await
    }

    /// Whether stage shows a tag, by these answers.
    fn on_stage(&self, answers: &Answers, repo: &RepoName, tag: &str) -> OnStage {
        let stage = self.settings.environment(STAGE).map(|stage| &stage.services[..]);
        let services: Vec<_> =
            stage.unwrap_or_default().iter().filter(|service| service.repo == *repo).collect();
        let answer = |name: &str| answers.get(&(STAGE.to_owned(), name.to_owned()));
        let all: Together =
            services.iter().map(|s| answer(&s.name).map(fleet).unwrap_or_default()).collect();
        match (services.is_empty(), all.shows(tag)) {
            (true, _) => OnStage::NotSetUp,
            (false, true) => OnStage::Shown,
            (false, false) => OnStage::NotYet,
        }
    }

    /// The author of a change, where the configuration knows them.
    pub(crate) fn author(&self, change: &Change) -> Option<PersonName> {
        let author = self.settings.author(&change.author, &change.email);
        author.map(|person| person.name.clone())
    }

    /// The word of its author for a change, as documents show it.
    pub(crate) fn word_for(
        &self,
        words: &Words,
        repo: &RepoName,
        change: &Change,
    ) -> Option<ConfirmedView> {
        self.word_of(words, repo, change, &self.author(change)?)
    }

    fn word_of(
        &self,
        words: &Words,
        repo: &RepoName,
        change: &Change,
        author: &PersonName,
    ) -> Option<ConfirmedView> {
        let word = words.of(repo, &change.commit, author)?;
        let at = Moment(self.local(word.at));
        Some(ConfirmedView { by: word.by.clone(), at, tag: word.tag.clone() })
    }

    /// The changes of a repository, as documents show them.
    pub(crate) fn brought_views(&self, aboard: &Aboard<'_>, repo: &RepoName) -> Vec<BroughtView> {
        let of = aboard.brings.iter().filter(|of| of.repo == *repo);
        let of = of.filter(|of| of.stage != OnStage::NotSetUp);
        let view = |change: &Change| {
            let who = self.author(change);
            BroughtView {
                commit: change.commit.clone(),
                subject: change.subject.clone(),
                author: change.author.clone(),
                confirmed: who.as_ref().and_then(|w| self.word_of(aboard.words, repo, change, w)),
                who,
            }
        };
        of.flat_map(|of| of.changes.iter().map(view)).collect()
    }

    /// How the authors of a push stand.
    pub(crate) fn authors_of(&self, aboard: &Aboard<'_>) -> Authors {
        confirm::authors(&self.settings, aboard.words, &aboard.brings)
    }
}

static NO_WORDS: Words = Words { confirmed: Vec::new(), calls: Vec::new() };

/// Authors as documents show them; null where nobody is asked.
pub(crate) fn authors_view(authors: Authors) -> Option<AuthorsView> {
    let says = authors.sentence();
    let Authors { confirmed, waiting, unknown } = authors;
    let someone = says.is_some() || !unknown.is_empty();
    someone.then(|| AuthorsView {
        confirmed: confirmed.into_iter().collect(),
        waiting: waiting.into_keys().collect(),
        unknown: unknown.into_iter().collect(),
        says,
    })
}

fn commit_of(look: &Look, tag: &str) -> Option<Oid> {
    look.tags.get(tag).map(|seen| seen.commit.clone())
}
