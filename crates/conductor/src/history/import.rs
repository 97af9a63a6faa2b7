//! `import notes`: past pushes from the notes that a team has of them.

use std::collections::BTreeMap;

use train::event::Event;
use train::id::{PushDate, quoted};
use train::import::{Folder, Imported, Known, Page, Reading, read};
use train::notes::{Context, TEMPLATE};
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{ImportView, ImportedPush};

/// What importing is called in a refusal.
const TO_IMPORT: &str = "import notes";

/// What an import would add.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    reading: Reading,
    /// The pages that say something new, oldest push first; whether each takes the place of an earlier version.
    new: Vec<(Imported, bool)>,
}

/// What an import added.
#[derive(Debug, Clone)]
pub struct ImportDone {
    plan: ImportPlan,
}

impl ImportPlan {
    /// Whether it adds anything.
    #[must_use]
    pub fn adds_something(&self) -> bool {
        !self.new.is_empty()
    }

    /// How many pushes it adds or tells anew.
    #[must_use]
    pub fn added(&self) -> usize {
        self.new.len()
    }

    /// The plan as a document.
    #[must_use]
    pub fn view(&self) -> ImportView {
        let pages = &self.reading.pages;
        let all = |count: fn(&Imported) -> usize| pages.iter().map(|p| count(&p.imported)).sum();
        let new = |(imported, replaces): &(Imported, bool)| ImportedPush {
            push: imported.push,
            file: imported.source.clone(),
            replaces: *replaces,
        };
        ImportView {
            done: false,
            pushes: pages.len(),
            links: all(|page| page.links.len()),
            picks: all(|page| page.picks.iter().filter(|pick| !pick.forbidden).count()),
            blockers: all(|page| page.blockers.len()),
            tasks: all(|page| page.tasks.len()),
            times: all(|page| usize::from(page.start.is_some()) + usize::from(page.end.is_some())),
            added: self.new.len(),
            changed: self.new.iter().filter(|(_, replaces)| *replaces).count(),
            new: self.new.iter().map(new).collect(),
            problems: self.reading.problems.clone(),
        }
    }
}

impl ImportDone {
    /// What was done, as a document.
    #[must_use]
    pub fn view(&self) -> ImportView {
        ImportView { done: true, ..self.plan.view() }
    }
}

impl Conductor {
    /// Reads files as past pushes, and says what would be new, without changing anything.
    pub async fn plan_import(&self, folder: &Folder) -> Result<ImportPlan> {
        self.known_actor(&*self.state().await?, TO_IMPORT)?;
        if folder.files.is_empty() && folder.others.is_empty() {
            return Err(nothing("there is no file", &folder.above));
        }
        let before: BTreeMap<PushDate, Imported> = self
            .past()
            .await?
            .pushes
            .into_iter()
            .filter_map(|(d, p)| Some((d, p.imported?)))
            .collect();
        let template = self.template.clone()?;
        let context = Context::of(&self.settings, &format!("{TEMPLATE}\n{template}"), None);
        let (known, embargoed) = (self.known_tags().await?, self.embargoed().await?);
        let reading = read(folder, &context, &before, &known, &embargoed);
        let told_anew = |page: &Page| {
            let known = before.get(&page.imported.push);
            let same = known.is_some_and(|known| known.is_same(&page.imported));
            (!same).then(|| (page.imported.clone(), known.is_some()))
        };
        let new = reading.pages.iter().filter_map(told_anew).collect();
        Ok(ImportPlan { reading, new })
    }

    /// Takes past pushes in: plans again under the lock, and records what is new.
    pub async fn import(&self, folder: &Folder) -> Result<ImportDone> {
        self.known_actor(&*self.state().await?, TO_IMPORT)?;
        let mut journal = self.journal().await?;
        let plan = self.plan_import(folder).await?;
        let events: Vec<Event> =
            plan.new.iter().map(|(page, _)| Event::Imported(Box::new(page.clone()))).collect();
        let at = self.now(journal.state());
        journal.append(at, events).await?;
        Ok(ImportDone { plan })
    }

    /// The tags of every repository as they were last fetched. Nobody is asked.
    async fn known_tags(&self) -> Result<Known> {
        let mut known = Known::default();
        for aboard in &self.aboard {
            if let Some(look) = aboard.repo.last_look(self.clock.now()).await? {
                known.0.insert(aboard.settings.name.clone(), look.tags.into_keys().collect());
            }
        }
        Ok(known)
    }
}

/// The refusal of a folder without a page.
fn nothing(what: &str, place: &str) -> Refusal {
    let place = if place.is_empty() { String::new() } else { format!(" in {}", quoted(place)) };
    Refusal::new(
        Code::NotFound,
        format!("{what}{place}: there are no notes to import"),
        "name the folder that has a page for each push, as 2026/11/26.md or 2026-11-26.md",
    )
}
