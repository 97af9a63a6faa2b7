//! Looking at a page: as text and as what it is read as; who wrote what; what to look at again.

use train::asks::AskState;
use train::command::WhichPush;
use train::id::PushDate;
use train::notes::page::Known;
use train::notes::{Item, Notes, SectionKind, Who};
use train::pushes::Train;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::read_page::ReadPage;
use crate::view::{
    AskView, BlockerView, ItemView, LineView, Moment, NotesCheckView, NotesView, SectionWord,
    TaskView,
};

/// What to show of a page.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShownNotes {
    /// As it was at this version.
    pub version: Option<u32>,
    /// Who wrote each line.
    pub lines: bool,
    /// Every writing.
    pub history: bool,
}

impl Conductor {
    /// A push's page.
    pub async fn notes(&self, which: WhichPush, shown: ShownNotes) -> Result<NotesView> {
        let state = self.state().await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let sheet = self.sheet(&train, self.notes_seen(&train, which)?).await?;
        let newest = shown.version.is_none_or(|version| version == sheet.page.version);
        let text = match shown.version {
            Some(version) => self.text_at(&sheet, version).await?,
            None => sheet.text.clone(),
        };
        let (mut lines, mut history) = (None, None);
        if shown.lines && newest || shown.history {
            let (versions, last) = self.history(sheet.key).await?;
            lines = (shown.lines && newest).then(|| written_by(&versions, &last));
            history = shown.history.then_some(versions);
        }
        let read = self.read_sheet(&sheet)?;
        Ok(NotesView {
            train: self.settings.train.to_string(),
            push: sheet.push,
            version: shown.version.unwrap_or(sheet.page.version),
            newest,
            opened: sheet.is_open(),
            items: if newest { self.item_views(&read) } else { Vec::new() },
            asks: if newest { self.asks_on(&train, &read).await? } else { Vec::new() },
            text,
            lines,
            history,
        })
    }

    /// What to look at again in a push's page, or in `text` as if it were that page.
    pub async fn check_notes(
        &self,
        which: WhichPush,
        text: Option<&str>,
    ) -> Result<NotesCheckView> {
        let state = self.state().await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let sheet = self.sheet(&train, self.notes_seen(&train, which)?).await?;
        let read = self.read_sheet(&sheet)?;
        let problems = match text {
            Some(text) => Notes::parse(text, &read.context).check(&read.context),
            None => read.notes.check(&read.context),
        };
        let version = text.is_none().then_some(sheet.page.version);
        let stuck = |ask: &AskView| {
            let goes = [AskState::Applies, AskState::Needs, AskState::WithTheCut];
            ask.state.is_open() && ask.state != AskState::Contained && !goes.contains(&ask.state)
        };
        let asks = match text {
            None => self.asks_on(&train, &read).await?.into_iter().filter(stuck).collect(),
            Some(_) => Vec::new(),
        };
        let ownerless = |blocker: &BlockerView| blocker.open && blocker.owner.is_none();
        let ownerless = match text {
            None => self
                .status(Some(sheet.push))
                .await?
                .blockers
                .into_iter()
                .filter(ownerless)
                .collect(),
            Some(_) => Vec::new(),
        };
        Ok(NotesCheckView { push: sheet.push, version, problems, asks, ownerless })
    }

    fn item_views(&self, read: &ReadPage) -> Vec<ItemView> {
        read.page.items.iter().map(|known| self.item_view(&read.notes, known)).collect()
    }

    fn item_view(&self, notes: &Notes, known: &Known) -> ItemView {
        let tracked = &known.tracked;
        let item = tracked.item.map(|at| &notes.items[at]);
        ItemView {
            id: tracked.id.to_string(),
            section: section(tracked.kind),
            when: tracked.phase(),
            line: tracked.at.map(|at| notes.line_at(at)),
            text: tracked.text.clone(),
            details: item.map(|i| i.details.clone()).unwrap_or_default(),
            commands: item
                .map(|i| i.commands.iter().map(|command| command.text.clone()).collect())
                .unwrap_or_default(),
            repo: item.and_then(|i| i.repo.clone()),
            owner: item.and_then(owner),
            environments: item.map(|i| i.environments.clone()).unwrap_or_default(),
            done_on: item.map(|i| i.done_on.clone()).unwrap_or_default(),
            after: item.and_then(|i| i.after.clone()),
            weight: item.map(|i| i.weight),
            state: known.standing(),
            holds: known.holds(),
            raised_by: known.raised.by.clone(),
            raised_at: Moment(self.local(known.raised.at)),
            ended_by: known.ended.as_ref().map(|ended| ended.by.clone()),
        }
    }

    /// Blockers, tasks and asks of a push, for `status`. A page that nobody opened has none, whatever its template.
    pub(crate) async fn written_in(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
    ) -> Result<(Vec<BlockerView>, Vec<TaskView>, Vec<AskView>)> {
        let read = match push {
            Some(push) => self.read_page(train, push).await?,
            None => None,
        };
        let Some(read) = read else { return Ok((Vec::new(), Vec::new(), Vec::new())) };
        let items = self.item_views(&read);
        let blockers = items.iter().filter_map(BlockerView::of).collect();
        Ok((blockers, TaskView::in_order(&items), self.asks_on(train, &read).await?))
    }
}

/// The word for a section.
fn section(kind: SectionKind) -> SectionWord {
    match kind {
        SectionKind::Blockers => SectionWord::Blockers,
        SectionKind::Picks => SectionWord::Picks,
        SectionKind::Tasks(_) => SectionWord::Tasks,
        SectionKind::Later => SectionWord::Later,
        SectionKind::Issues => SectionWord::Issues,
        // The others have no items.
        SectionKind::Notable | SectionKind::Pushing | SectionKind::Loose | SectionKind::Other => {
            SectionWord::Notable
        }
    }
}

/// Whose an item is, as people write it.
fn owner(item: &Item) -> Option<String> {
    Some(match item.owner.as_ref()? {
        Who::Person(name) => name.to_string(),
        Who::Role(role) => role.word().to_owned(),
        Who::Unknown(name) => name.clone(),
    })
}

fn written_by(versions: &[crate::view::NotesVersion], last: &[u32]) -> Vec<LineView> {
    let of = |version: &u32| {
        let found = versions.iter().find(|one| one.version == *version)?;
        Some(LineView { by: found.by.clone(), version: *version, at: found.at.clone() })
    };
    last.iter().filter_map(of).collect()
}
