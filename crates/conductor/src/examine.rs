//! `check`'s lines for each repository: what its port examines, and who runs the train by its fence (P12).

use futures_util::future::join_all;
use jiff::Timestamp;
use train::id::RepoName;

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::ports::Examined;

impl Conductor {
    /// Examines every repository at once, in the order of the run sheet. Nothing is changed on any remote.
    pub async fn examine(&self) -> Result<Vec<(RepoName, Vec<Examined>)>> {
        let each = self.aboard.iter().map(|aboard| async move {
            let mut lines = aboard.repo.examine().await;
            lines.extend(self.examined_fence(aboard, &lines).await?);
            Ok((aboard.settings.name.clone(), lines))
        });
        join_all(each).await.into_iter().collect()
    }

    /// Who runs the train, as upstream has it now; nothing where that could not be looked at.
    async fn examined_fence(&self, aboard: &Aboard, seen: &[Examined]) -> Result<Option<Examined>> {
        let line = |warn: bool, sentence: String, mend: &str| Examined {
            what: "fence".to_owned(),
            well: true,
            warn,
            sentence,
            mend: mend.to_owned(),
        };
        if !aboard.settings.fence {
            return Ok(Some(line(
                true,
                "off: a process that was paused could still push after another took over"
                    .to_owned(),
                "take `fence = false` out, or let one machine alone conduct this train",
            )));
        }
        // A private twin that can't be reached, or a remote that lets nobody write, hides no fence.
        let unread =
            |line: &Examined| !line.well && matches!(line.what.as_str(), "git" | "upstream");
        if seen.iter().any(unread) {
            return Ok(None);
        }
        let Some(look) = aboard.repo.last_look(Timestamp::UNIX_EPOCH).await? else {
            return Ok(None);
        };
        let repo = &aboard.settings.name;
        let recorded = self.recorded_by_now().await?;
        let nonsense = train::fence::nonsense(look.fence.as_ref());
        let checked = self.check_fence(repo, look.fence.as_ref(), &recorded).await;
        Ok(Some(match (&look.fence, checked) {
            (None, _) => {
                line(false, format!("none yet; the first publish makes {}", self.fence_name()), "")
            }
            (Some(_), Ok(())) if !nonsense.is_empty() => Examined {
                well: false,
                ..line(
                    false,
                    format!("it names suffixes that nobody gave: {}", nonsense.join(", ")),
                    "`pushduty adopt --because TEXT` writes the fence anew without them",
                )
            },
            (Some(_), Ok(())) => line(false, "this ledger runs the train".to_owned(), ""),
            (Some(_), Err(refusal)) => {
                let mend = refusal.hint;
                Examined { well: false, ..line(false, refusal.message, &mend) }
            }
        }))
    }

    fn fence_name(&self) -> String {
        train::fence::ref_name(&self.settings.train)
    }
}
