//! Nothing that is under embargo gets into the notes, nor into anything else that everybody reads (P9): whoever tried is told,
//! and nobody else.

use train::event::Event;
use train::links::Browsed;
use train::notes::changed_lines;
use train::notes::embargo::Embargoed;
use train::settings::Repo;

use super::plan::NotesPlan;
use crate::conductor::Conductor;
use crate::embargo::{embargoed_words, seeks_nothing, tells_nothing};
use crate::failure::Result;
use crate::ports::Guesser;

impl Conductor {
    /// What is not public yet, as the security remotes were last seen. Nobody is asked.
    pub(crate) async fn embargoed(&self) -> Result<Embargoed> {
        let twins = self.aboard.iter().filter_map(|a| Some((a, a.security.as_ref()?)));
        let mut embargoed = Embargoed::default();
        for (aboard, security) in twins {
            let settings = &aboard.settings;
            if let Some(url) = &settings.security {
                let twin = Repo::new(settings.name.clone(), url.clone());
                embargoed.places.push(Browsed::of(&twin));
            }
            let Some(look) = security.last_look(self.clock.now()).await? else { continue };
            embargoed.commits.extend(look.ahead);
            for branch in look.branches.into_iter().filter(|branch| !branch.is_merged()) {
                embargoed.names.push(branch.name);
                embargoed.commits.push(branch.commit);
            }
        }
        Ok(embargoed)
    }

    /// Refuses words for everybody to read that tell of it, as the record would (P9).
    pub(crate) async fn tells_nothing(&self, said: &[&str]) -> Result<()> {
        if said.is_empty() || !self.has_twins() {
            return Ok(());
        }
        self.seeks_nothing(said)?;
        tells_nothing(self.embargoed().await.ok().as_ref(), said)
    }

    /// Refuses words that search for a commit under embargo: whatever they are told, it would be an answer (P9).
    pub(crate) fn seeks_nothing(&self, said: &[&str]) -> Result<()> {
        match self.has_twins() {
            true => seeks_nothing(self.guesser.as_deref(), said.iter().copied()),
            false => Ok(()),
        }
    }

    /// Refuses lines, and a reason beside them, that tell of a security branch as it was last seen. Nobody is asked.
    pub(super) async fn not_embargoed(&self, plan: &NotesPlan) -> Result<()> {
        if !self.has_twins() {
            return Ok(());
        }
        let guesser = self.guesser.as_deref();
        may_be_added(&self.embargoed().await?, guesser, &plan.before, &plan.after)?;
        let said: Vec<&str> = plan.event.iter().flat_map(Event::said).collect();
        self.tells_nothing(&said).await
    }
}

/// Refuses added lines that tell of what is under embargo, or search for it.
pub(super) fn may_be_added(
    embargoed: &Embargoed,
    guesser: Option<&dyn Guesser>,
    before: &str,
    after: &str,
) -> Result<()> {
    let lines = changed_lines(before, after);
    let added = || lines.iter().filter(|line| line.added).map(|line| line.text.as_str());
    seeks_nothing(guesser, added())?;
    match added().any(|text| embargoed.told_by(text)) {
        true => Err(embargoed_words()),
        false => Ok(()),
    }
}
