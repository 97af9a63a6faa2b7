//! `(in -1)`: the machine's mark behind an ask that is on a tag.

use train::id::Oid;
use train::links::Target;
use train::notes::{Ask, Edit, Notes, apply, write};
use train::pushes::Train;
use train::settings::Repo;
use train::state::{Given, Push};

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::notes::Sheet;

impl Conductor {
    /// The text with a mark behind each ask that the newest tag of its repository has: by pick, or since it was cut from main.
    pub(crate) async fn with_marks(
        &self,
        train: &Train<'_>,
        sheet: &Sheet,
        text: &str,
        push: &Push,
    ) -> Result<String> {
        let notes = Notes::parse(text, &self.notes_context(sheet));
        let mut marks: Vec<Edit> = Vec::new();
        for ask in notes.asks.iter().filter(|ask| ask.done.is_none() && !ask.forbidden) {
            let Some(aboard) = ask.repo.as_ref().and_then(|repo| self.aboard(repo).ok()) else {
                continue;
            };
            let name = &aboard.settings.name;
            let Some(tags) = push.tags.get(name) else { continue };
            let main = train.looks.get(name).and_then(|look| look.main.as_ref());
            // A commit that can't be looked up is marked another time.
            let Ok(commits) = self.asked_commits(aboard, main, ask, tags).await else { continue };
            let tag = first_with(aboard, tags, &commits).await.ok().flatten();
            marks.extend(tag.and_then(|tag| mark(ask, &aboard.settings, &tag)));
        }
        marks.dedup();
        Ok(apply(text, &marks))
    }

    /// The commits that an ask is of; none where that is not known.
    async fn asked_commits(
        &self,
        aboard: &Aboard,
        main: Option<&Oid>,
        ask: &Ask,
        tags: &[Given],
    ) -> Result<Vec<Oid>> {
        let found = match (&ask.what, main) {
            (Target::Commit(hash), _) => {
                let picks = tags.iter().flat_map(|given| &given.tag.picks);
                let is_it = |id: &Oid| hash.len() >= 7 && id.as_str().starts_with(hash.as_str());
                if let Some(pick) = picks.into_iter().find(|pick| is_it(&pick.commit)) {
                    return Ok(vec![pick.commit.clone()]);
                }
                aboard.repo.resolve(hash).await?
            }
            (Target::Pull(number), Some(main)) => {
                self.of_pull(aboard, main, *number).await?.unwrap_or_default()
            }
            _ => Vec::new(),
        };
        Ok(found.into_iter().map(|commit| commit.id).collect())
    }
}

/// The tag that has all of these since, if the newest has them.
async fn first_with(aboard: &Aboard, tags: &[Given], commits: &[Oid]) -> Result<Option<String>> {
    let mut first = None;
    for given in tags.iter().rev() {
        for commit in commits {
            if !has(aboard, given, commit).await? {
                return Ok(first);
            }
        }
        first = (!commits.is_empty()).then(|| given.tag.tag.clone());
    }
    Ok(first)
}

async fn has(aboard: &Aboard, given: &Given, commit: &Oid) -> Result<bool> {
    match given.tag.picks.iter().rfind(|pick| &pick.commit == commit) {
        Some(pick) => Ok(!pick.reverted),
        None => aboard.repo.contains(&given.tag.commit, commit).await,
    }
}

fn mark(ask: &Ask, repo: &Repo, tag: &str) -> Option<Edit> {
    let revision = repo.scheme.parse(tag)?;
    write::picked(ask, revision.push, revision.suffix)
}
