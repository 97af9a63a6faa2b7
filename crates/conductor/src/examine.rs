//! `check`'s lines for each repository: what its port examines, and who runs the train by its fence (P12).

use futures_util::future::join_all;
use train::differences::{self, WAY_OUT};
use train::facts::Look;
use train::id::{RepoName, quoted};
use train::state::State;

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::ports::Examined;

impl Conductor {
    /// Examines every repository at once, in the order of the run sheet. Nothing is changed on any remote.
    pub async fn examine(&self) -> Result<Vec<(RepoName, Vec<Examined>)>> {
        let each = self.aboard.iter().map(|aboard| async move {
            let mut lines = aboard.repo.examine().await;
            let look = self.seen_in(aboard, &lines).await?;
            lines.extend(self.examined_fence(aboard, look.as_ref()).await?);
            if let Some(look) = &look {
                lines.extend(examined_tags(&self.recorded_by_now().await?, aboard, look));
            }
            Ok((aboard.settings.name.clone(), lines))
        });
        join_all(each).await.into_iter().collect()
    }

    /// Who runs the train, as upstream has it now; nothing where that could not be looked at.
    async fn examined_fence(
        &self,
        aboard: &Aboard,
        look: Option<&Look>,
    ) -> Result<Option<Examined>> {
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
        let Some(look) = look else { return Ok(None) };
        let repo = &aboard.settings.name;
        let recorded = self.recorded_by_now().await?;
        let nonsense = train::fence::nonsense(look.fence.as_ref());
        let checked = self.check_fence(repo, look.fence.as_ref(), &recorded).await;
        Ok(Some(match (&look.fence, checked) {
            (None, Ok(())) if recorded.fenced.contains_key(repo) => Examined {
                well: false,
                ..line(
                    false,
                    "it was deleted by somebody else, or the remote hides it".to_owned(),
                    "find out which: the next publish makes it anew; where refs/pushduty is hidden (transfer.hideRefs), let it be shown, or set `fence = false`",
                )
            },
            (None, Ok(())) => {
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
            (_, Err(refusal)) => {
                let mend = refusal.hint;
                Examined { well: false, ..line(false, refusal.message, &mend) }
            }
        }))
    }

    /// What upstream showed when it was examined, kept as any look is; nothing where it could not be read.
    async fn seen_in(&self, aboard: &Aboard, lines: &[Examined]) -> Result<Option<Look>> {
        // A private twin that can't be reached, or a remote that lets nobody write, hides neither fence nor tags.
        let unread =
            |line: &Examined| !line.well && matches!(line.what.as_str(), "git" | "upstream");
        if lines.iter().any(unread) {
            return Ok(None);
        }
        let look = aboard.repo.last_look(self.clock.now()).await?;
        self.keep_looks(look.iter().map(|look| (&aboard.settings.name, look))).await?;
        Ok(look)
    }

    fn fence_name(&self) -> String {
        train::fence::ref_name(&self.settings.train)
    }
}

/// A line for each tag that somebody moved or deleted; those of other schemes in one, since they are none of the train's.
fn examined_tags(recorded: &State, aboard: &Aboard, look: &Look) -> Vec<Examined> {
    let line = |warn: bool, sentence: String, mend: &str| Examined {
        what: "tags".to_owned(),
        well: true,
        warn,
        sentence,
        mend: mend.to_owned(),
    };
    let repo = &aboard.settings;
    let differs = differences::of(recorded, repo, look);
    let mut lines: Vec<Examined> =
        differs.into_iter().map(|differs| line(true, differs.message, WAY_OUT)).collect();
    let others: Vec<String> = differences::of_other_schemes(repo, look).map(quoted).collect();
    if !others.is_empty() {
        let sentence = format!("moved or deleted, and not of this train: {}", others.join(", "));
        lines.push(line(false, sentence, ""));
    }
    lines
}
