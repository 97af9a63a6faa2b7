//! `compare`: what a push brings, repository by repository, over what users run.

use futures_util::future::join_all;
use train::base::BaseFrom;
use train::cut;
use train::facts::{Commit, Comparison};
use train::id::{Oid, PushDate, RepoName};
use train::links;
use train::pushes::Train;
use train::refusal::{Code, Refusal};

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::view::{CommitView, CompareView, ComparedRepo, Moment};

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

impl Conductor {
    /// Compares the newest tags of a push, or main before its cut, with what users run.
    pub async fn compare(&self, wish: &CompareWish) -> Result<CompareView> {
        let state = self.state().await?;
        let only: Vec<RepoName> = wish.repo.iter().cloned().collect();
        if let Some(name) = &wish.repo {
            self.aboard(name)?;
        }
        let (looked, answers) = self.look_around(&only).await?;
        let mut looks = std::collections::BTreeMap::new();
        for (name, look) in looked {
            looks.insert(name, look?);
        }
        let train =
            Train { settings: &self.settings, state: &state, looks: &looks, now: self.now(&state) };
        let push = if wish.range.is_some() { None } else { wish.push.or_else(|| train.shown()) };
        let chosen = self.aboard.iter().filter(|a| looks.contains_key(&a.settings.name));
        let compared = chosen.map(|aboard| {
            let (look, answers, state) = (&looks[&aboard.settings.name], &answers, &state);
            async move {
                let name = &aboard.settings.name;
                let side = match &wish.range {
                    Some((base, head)) => named(aboard, base, head).await?,
                    None => {
                        let Some(main) = look.main.clone() else { return Ok(None) };
                        let newest = push.and_then(|p| cut::newest(&aboard.settings, look, p));
                        let head = newest
                            .map_or((look.branch.clone(), main), |(_, tag, commit)| (tag, commit));
                        let base = push
                            .map(|p| self.base(state, &aboard.settings, p, &look.tags, answers));
                        Side {
                            base_from: base.as_ref().map(|b| b.from),
                            base: base.and_then(|b| b.tag),
                            head,
                        }
                    }
                };
                let from = side.base.as_ref().map(|(_, commit)| commit);
                let comparison = aboard
                    .repo
                    .compare(from, &side.head.1, wish.limit)
                    .await
                    .map_err(|r| r.in_repo(name))?;
                Ok(Some(self.compared(aboard, side, comparison, look.observed_at)))
            }
        });
        let repos: Result<Vec<Option<ComparedRepo>>> =
            join_all(compared).await.into_iter().collect();
        Ok(CompareView { push, repos: repos?.into_iter().flatten().collect() })
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
            head,
            commit,
            commits: c.commits.iter().map(|c| self.commit_view(c)).collect(),
            commit_count: c.commit_count,
            behind_count: c.behind_count,
            authors: c.authors,
            pull_requests: c.pull_requests,
            tasks: c.tasks.into_iter().map(|(_, task)| task).collect(),
            migrations: c.migrations,
            files: c.files,
            insertions: c.insertions,
            deletions: c.deletions,
            observed_at: Moment(self.local(observed_at)),
        }
    }

    /// A commit as documents show it.
    #[must_use]
    pub fn commit_view(&self, commit: &Commit) -> CommitView {
        CommitView {
            commit: commit.id.clone(),
            subject: commit.subject.clone(),
            author: commit.author.clone(),
            committed_at: Moment(self.local(commit.committed_at)),
            merge: commit.is_merge(),
        }
    }
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
