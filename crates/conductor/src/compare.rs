//! `compare`: what a push brings, repository by repository, over what users run.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use train::base::BaseFrom;
use train::confirm::Change;
use train::cut;
use train::facts::{Commit, Comparison, Look};
use train::id::{Oid, PushDate, RepoName};
use train::links;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use crate::conductor::{Aboard, Conductor};
use crate::environments::Answers;
use crate::failure::Result;
use crate::view::{CommitView, CompareView, ComparedRepo, ConfirmedView, FailureView, Moment};

/// What to compare.
#[derive(Debug, Clone, Default)]
pub struct CompareWish {
    /// One repository, or all.
    pub repo: Option<RepoName>,
    /// Two revisions of that repository: `BASE..HEAD`.
    pub range: Option<(String, String)>,
    /// The push; the one that is cut, or the next.
    pub push: Option<PushDate>,
    /// How many commits to list.
    pub limit: usize,
}

/// One side of a comparison.
struct Side {
    base: Option<(String, Oid)>,
    base_from: Option<BaseFrom>,
    head: (String, Oid),
}

/// What every comparison of one run starts from.
struct Asked<'a> {
    wish: &'a CompareWish,
    push: Option<PushDate>,
    state: &'a State,
    answers: &'a Answers,
}

impl Conductor {
    /// Compares the newest tags of a push, or main before its cut, with what users run; and says which repositories could
    /// not be looked at.
    pub async fn compare(&self, wish: &CompareWish) -> Result<(CompareView, Vec<Refusal>)> {
        let state = self.state().await?;
        let only: Vec<RepoName> = wish.repo.iter().cloned().collect();
        if let Some(name) = &wish.repo {
            self.aboard(name)?;
        }
        let (looked, answers) = self.look_around(&only).await?;
        let (looks, failed) = reached(looked);
        let train = self.train(&state, &looks);
        let push = match (&wish.range, wish.push) {
            (Some(_), _) => None,
            (None, Some(push)) => Some(train.meant(Want::Look, Some(push))?),
            (None, None) => train.shown(),
        };
        if let Some(push) = push.filter(|_| wish.push.is_none()) {
            self.say_others(&train, push);
        }
        let asked = Asked { wish, push, state: &state, answers: &answers };
        let chosen =
            self.aboard.iter().filter(|a| wish.repo.as_ref().is_none_or(|r| r == &a.settings.name));
        let compared = chosen.map(|aboard| {
            let (name, asked) = (&aboard.settings.name, &asked);
            let (look, refusal) = (looks.get(name), failed.get(name));
            async move {
                match look {
                    Some(look) => self.compare_one(aboard, look, asked).await,
                    None => Ok(ComparedRepo {
                        error: refusal.map(FailureView::from),
                        ..ComparedRepo::unknown(name.clone())
                    }),
                }
            }
        });
        let repos: Result<Vec<ComparedRepo>> = join_all(compared).await.into_iter().collect();
        Ok((CompareView { push, repos: repos? }, failed.into_values().collect()))
    }

    async fn compare_one(
        &self,
        aboard: &Aboard,
        look: &Look,
        asked: &Asked<'_>,
    ) -> Result<ComparedRepo> {
        let name = &aboard.settings.name;
        let side = match &asked.wish.range {
            Some((base, head)) => named(aboard, base, head).await?,
            None => match self.side(aboard, look, asked) {
                Some(side) => side,
                None => return Ok(self.without_commits(name, look)),
            },
        };
        let from = side.base.as_ref().map(|(_, commit)| commit);
        let comparison = aboard
            .repo
            .compare(from, &side.head.1, asked.wish.limit)
            .await
            .map_err(|r| r.in_repo(name))?;
        let words = self.words_for(name, &side, asked).await?;
        let mut compared = self.compared(aboard, side, comparison, look.observed_at);
        for commit in &mut compared.commits {
            commit.confirmed = words.get(&commit.commit).cloned();
        }
        Ok(compared)
    }

    /// The words of their authors for the changes of a push that is cut.
    async fn words_for(
        &self,
        repo: &RepoName,
        side: &Side,
        asked: &Asked<'_>,
    ) -> Result<BTreeMap<Oid, ConfirmedView>> {
        let Some((push, (_, base))) = asked.push.zip(side.base.as_ref()) else {
            return Ok(BTreeMap::new());
        };
        let words = &asked.state.days.of(push).words;
        if words.confirmed.is_empty() {
            return Ok(BTreeMap::new());
        }
        let changes = self.changes_between(push, repo, base, &side.head.1).await?;
        let word =
            |change: &Change| Some((change.commit.clone(), self.word_for(words, repo, change)?));
        Ok(changes.iter().filter_map(word).collect())
    }

    /// What a push is compared with in one repository; none where it has no commit.
    fn side(&self, aboard: &Aboard, look: &Look, asked: &Asked<'_>) -> Option<Side> {
        let main = look.main.clone()?;
        let newest = asked.push.and_then(|p| cut::newest(&aboard.settings, look, p));
        let tag = newest.as_ref().map(|(_, tag, _)| tag.clone());
        let head = newest.map_or((look.branch.clone(), main), |(_, tag, commit)| (tag, commit));
        let base = asked.push.map(|p| {
            let tags = (&look.tags, tag.as_deref());
            self.base_of(asked.state, &aboard.settings, p, tags, asked.answers)
        });
        Some(Side {
            base_from: base.as_ref().map(|b| b.from),
            base: base.and_then(|b| b.tag),
            head,
        })
    }

    fn without_commits(&self, name: &RepoName, look: &Look) -> ComparedRepo {
        ComparedRepo {
            head: Some(look.branch.clone()),
            commit_count: Some(0),
            observed_at: Some(Moment(self.local(look.observed_at))),
            ..ComparedRepo::unknown(name.clone())
        }
    }

    fn compared(
        &self,
        aboard: &Aboard,
        side: Side,
        c: Comparison,
        observed_at: jiff::Timestamp,
    ) -> ComparedRepo {
        let base = side.base.map(|(name, _)| name);
        let (head, commit) = side.head;
        ComparedRepo {
            name: aboard.settings.name.clone(),
            compare_url: base.as_deref().and_then(|b| links::compare(&aboard.settings, b, &head)),
            base,
            base_from: side.base_from,
            head: Some(head),
            commit: Some(commit),
            commits: c.commits.iter().map(|c| self.commit_view(c)).collect(),
            commit_count: Some(c.commit_count),
            behind_count: Some(c.behind_count),
            authors: c.authors,
            pull_requests: c.pull_requests,
            tasks: c.tasks.into_iter().map(|(_, task)| task).collect(),
            migrations: c.migrations,
            files: Some(c.files),
            insertions: Some(c.insertions),
            deletions: Some(c.deletions),
            observed_at: Some(Moment(self.local(observed_at))),
            error: None,
        }
    }

    /// A commit as documents show it.
    #[must_use]
    pub fn commit_view(&self, commit: &Commit) -> CommitView {
        let author = self.settings.author(&commit.author, &commit.email);
        CommitView {
            commit: commit.id.clone(),
            subject: commit.subject.clone(),
            author: commit.author.clone(),
            committed_at: Moment(self.local(commit.committed_at)),
            merge: commit.is_merge(),
            who: author.map(|person| person.name.clone()),
            confirmed: None,
        }
    }
}

/// The remotes that were reached, and why the others were not.
pub(crate) fn reached(
    looked: BTreeMap<RepoName, Result<Look>>,
) -> (BTreeMap<RepoName, Look>, BTreeMap<RepoName, Refusal>) {
    let (mut looks, mut failed) = (BTreeMap::new(), BTreeMap::new());
    for (name, look) in looked {
        match look {
            Ok(look) => drop(looks.insert(name, look)),
            Err(refusal) => drop(failed.insert(name, refusal)),
        }
    }
    (looks, failed)
}

async fn named(aboard: &Aboard, base: &str, head: &str) -> Result<Side> {
    let one = |text: String| async move {
        match &aboard.repo.resolve(&text).await.map_err(|r| r.in_repo(&aboard.settings.name))?[..] {
            [commit] => Ok((text, commit.id.clone())),
            _ => Err(Refusal::new(
                Code::Usage,
                "BASE..HEAD takes two single revisions",
                "as in 2026.11.19..2026.11.26",
            )),
        }
    };
    Ok(Side {
        base: Some(one(base.to_owned()).await?),
        base_from: None,
        head: one(head.to_owned()).await?,
    })
}
