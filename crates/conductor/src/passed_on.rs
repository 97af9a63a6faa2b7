//! What new tags do to the sign-offs of those they take the place of: said before anybody says yes (P7).

use std::collections::BTreeMap;

use train::facts::Look;
use train::id::{Oid, PushDate, RepoName};
use train::signoff::{NewestTag, passed_on};
use train::state::State;

use crate::conductor::Conductor;

impl Conductor {
    /// A sentence for each word that counts for a tag now, and stays or is asked for again: of each repository, its new tag's
    /// name and commit. A tree that can't be read is another one.
    pub(crate) async fn words_passed_on(
        &self,
        state: &State,
        push: PushDate,
        looks: &BTreeMap<RepoName, Look>,
        tags: impl Iterator<Item = (&RepoName, &String, &Oid)>,
    ) -> Vec<String> {
        let (signoffs, settings) = (&state.days.of(push).signoffs, self.settings.digest());
        let mut told = Vec::new();
        for (name, tag, commit) in tags {
            let of_repo = signoffs.iter().any(|signoff| &signoff.word.repo == name);
            let (Ok(aboard), Some(look)) = (self.aboard(name), looks.get(name)) else { continue };
            let before = self.newest_known(state, aboard, look, push).filter(|_| of_repo);
            let Some((_, before, replaced)) = before else { continue };
            let named = async |tag: &str, commit: &Oid| NewestTag {
                repo: name.clone(),
                tag: tag.to_owned(),
                object: commit.clone(),
                commit: commit.clone(),
                tree: aboard.repo.tree(commit).await.ok(),
            };
            let (old, new) = (named(&before, &replaced).await, named(tag, commit).await);
            told.extend(passed_on(signoffs, &old, &new, &settings));
        }
        told
    }
}
