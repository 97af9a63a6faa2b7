//! What lands after the cut: a commit of the team's own where one can be held back until then, else one that is pretended.
//!
//! A copy's main may stand a little earlier than the remote's at the cut, so that what is newer can land afterwards, as in a
//! real week. It never stands before what production runs, nor before anything that the private twin is built on.

use std::path::Path;

use train::settings::Settings;

use super::place::{Place, REHEARSAL};
use super::plan::nothing;
use crate::config::rehearsal;
use crate::session::Ending;
use crate::stage::{Sandbox, git};

/// How many commits back a place for the cut is looked for.
const BACK: usize = 40;

/// What lands after the cut.
pub struct Late {
    /// Where.
    pub place: Place,
    /// The commit that is asked for, and where main goes; none where a commit is pretended.
    held: Option<Held>,
}

struct Held {
    pick: String,
    tip: String,
}

impl Late {
    /// Whether it is a commit of the team's own.
    pub fn is_real(&self) -> bool {
        self.held.is_some()
    }

    /// Looks for a commit to hold back, and holds it back; the first repository has a pretended one where none has any.
    pub async fn hold_back(settings: &Settings, sandbox: &Sandbox) -> Result<Self, Ending> {
        let (mut first, mut moved) = (None, None);
        for repo in &settings.repos {
            let twin = sandbox.dir().join(rehearsal::twin(&repo.name));
            let late = Self { place: Place::of(repo, sandbox).await?, held: None };
            if let Some((cut, held)) = late.held(twin.exists().then_some(twin.as_path())).await? {
                git(&late.place.copy, &["update-ref", &late.place.main, &cut], None).await?;
                if twin.exists() {
                    // The twin follows upstream, and is not ahead of it.
                    git(&twin, &["update-ref", &late.place.main, &cut], None).await?;
                }
                return Ok(Self { held: Some(held), ..late });
            }
            // One with nothing new stays where another has something.
            let which = if late.place.has_moved().await? { &mut moved } else { &mut first };
            which.get_or_insert(late);
        }
        moved.or(first).ok_or_else(|| nothing("the train has no repository"))
    }

    /// Where main stands at the cut, and what lands later: the newest commit that is none of several others' and applies
    /// where main then is.
    async fn held(&self, twin: Option<&Path>) -> Result<Option<(String, Held)>, Ending> {
        if let Some(twin) = twin
            && self.waits(twin).await?
        {
            return Ok(None);
        }
        let base = self.place.newest().await?;
        let most = format!("--max-count={BACK}");
        let mut range = vec!["rev-list", "--first-parent", "--parents", &most, &self.place.main];
        let not = base.as_ref().map(|(_, commit)| format!("^{commit}"));
        range.extend(not.as_deref());
        let tip = git(&self.place.copy, &["rev-parse", &self.place.main], None).await?;
        let list = git(&self.place.copy, &range, None).await?;
        for line in list.lines() {
            let parents: Vec<&str> = line.split(' ').skip(1).collect();
            let Some(cut) = parents.first() else { continue };
            if !self.brings(base.as_ref().map(|(_, commit)| commit), cut).await? {
                continue;
            }
            if let Some(pick) =
                self.applies(cut, line.split(' ').next().unwrap_or_default()).await?
            {
                return Ok(Some(((*cut).to_owned(), Held { pick, tip })));
            }
        }
        Ok(None)
    }

    /// Whether anything waits on the private twin, or its main stands elsewhere: then upstream's main stays where it is.
    async fn waits(&self, twin: &Path) -> Result<bool, Ending> {
        let (upstream, twin_main) = (
            git(&self.place.copy, &["rev-parse", &self.place.main], None).await?,
            git(twin, &["rev-parse", "--verify", "--quiet", &self.place.main], None)
                .await
                .unwrap_or_default(),
        );
        if upstream != twin_main {
            return Ok(true);
        }
        let args = ["rev-list", "--max-count=1", "--branches", "--not", &self.place.main];
        Ok(!git(twin, &args, None).await?.is_empty())
    }

    /// Whether a cut at `cut` brings something over `base`, and drops nothing of it.
    async fn brings(&self, base: Option<&String>, cut: &str) -> Result<bool, Ending> {
        let Some(base) = base else { return Ok(true) };
        if base == cut {
            return Ok(false);
        }
        let above = git(&self.place.copy, &["merge-base", "--is-ancestor", base, cut], None).await;
        Ok(above.is_ok())
    }

    /// The first commit, no merge, that `next` brings over `cut` and that changes something there without a conflict.
    async fn applies(&self, cut: &str, next: &str) -> Result<Option<String>, Ending> {
        let not = format!("^{cut}");
        let args =
            ["rev-list", "--no-merges", "--reverse", "--topo-order", "--max-count=200", next, &not];
        let list = git(&self.place.copy, &args, None).await?;
        let tree = git(&self.place.copy, &["rev-parse", &format!("{cut}^{{tree}}")], None).await?;
        for commit in list.lines().take(5) {
            let base = format!("--merge-base={commit}^");
            let args = ["merge-tree", "--write-tree", &base, cut, commit];
            match git(&self.place.copy, &args, None).await {
                Ok(made) if made != tree => return Ok(Some(commit.to_owned())),
                // A conflict, a first commit, or nothing new there.
                _ => {}
            }
        }
        Ok(None)
    }

    /// It lands; gives the commit that is asked for.
    pub async fn land(&self, sandbox: &Sandbox, who: &str, at: &str) -> Result<String, Ending> {
        match &self.held {
            Some(Held { pick, tip }) => {
                git(&self.place.copy, &["update-ref", &self.place.main, tip], None).await?;
                Ok(pick.clone())
            }
            None => self.place.pretend(sandbox, who, at, &REHEARSAL).await,
        }
    }
}
