//! Proposes owners for blockers that have none, by what the push's commits touch. Nobody is asked, nothing is written.

use train::id::{Oid, PushDate, RepoName};
use train::propose::{Proposal, Touched, propose};
use train::pushes::Train;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{BlockerView, ProposeView, RepoStatus};

/// Of how many commits of a repository it is asked what they touch: the newest.
const NEWEST: usize = 300;

impl Conductor {
    /// The blockers, each open one that nobody owns with who should, where the commits tell.
    pub(crate) async fn with_owners(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
        repos: &[RepoStatus],
        mut blockers: Vec<BlockerView>,
    ) -> Vec<BlockerView> {
        let Some(push) = push else { return blockers };
        let is_ownerless = |blocker: &&mut BlockerView| blocker.open && blocker.owner.is_none();
        let mut ownerless: Vec<&mut BlockerView> =
            blockers.iter_mut().filter(is_ownerless).collect();
        if ownerless.is_empty() {
            return blockers;
        }
        let texts: Vec<String> = ownerless.iter().map(|blocker| blocker.text.clone()).collect();
        // What can't be told now is told another time: a proposal stops nothing.
        let found = self.proposed(train, push, repos, &texts).await.unwrap_or_default();
        for (blocker, proposal) in ownerless.iter_mut().zip(found) {
            blocker.propose = proposal.map(|proposal| self.propose_view(proposal));
        }
        blockers
    }

    fn propose_view(&self, proposal: Proposal) -> ProposeView {
        let Proposal { author, email, because } = proposal;
        let person = self.settings.person(&author).or_else(|| self.settings.person(&email));
        let owner = person.map_or(author, |person| person.name.to_string());
        ProposeView { owner, because }
    }

    async fn proposed(
        &self,
        train: &Train<'_>,
        push: PushDate,
        repos: &[RepoStatus],
        texts: &[String],
    ) -> Result<Vec<Option<Proposal>>> {
        let range = |repo: &RepoStatus| -> Option<(RepoName, Oid, Oid)> {
            let look = train.looks.get(&repo.name)?;
            let base = look.tags.get(repo.base.as_ref()?)?.commit.clone();
            let head = repo.commit.clone().or_else(|| look.main.clone())?;
            Some((repo.name.clone(), base, head))
        };
        let ranges: Vec<_> = repos.iter().filter(|repo| !repo.stays).filter_map(range).collect();
        let (name, of) = (format!("propose/{push}"), train::digest::of(&(&ranges, texts)));
        if let Some(found) = self.recalled(&name, &of).await? {
            return Ok(found);
        }
        let mut changes: Vec<(RepoName, Touched)> = Vec::new();
        for (repo, base, head) in ranges {
            let touched = self.aboard(&repo)?.repo.touched(&base, &head, NEWEST).await?;
            changes.extend(touched.into_iter().map(|change| (repo.clone(), change)));
        }
        let found = texts.iter().map(|text| propose(text, &changes)).collect();
        self.keep_found(name, of, found).await
    }
}
