//! A room: a page that several have before them. One task owns the document; what is written in it is looked at, taken in,
//! kept, and told to the others, in this order. So what anybody sees of another's words is never lost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::body::Bytes;
use conductor::failure::Result;
use conductor::ports::{Guesser, Message, Presence, Typed};
use conductor::{Conductor, LivePage};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use train::id::{PushDate, TrainName};
use train::people::Actor;
use train::refusal::{Code, Refusal};

use super::seat::{All, Seat};
use crate::allowance::Whose;
use crate::guesses::Look;
use crate::house::House;
use crate::live::Of;
use crate::rooms::{Ending, Heard, Run, Told};
use crate::trains::Who;

/// After how long a pause what was typed is put on record, so that it holds the push, or no longer does.
const PAUSE: Duration = Duration::from_secs(1);
/// How long typing without a pause goes on before it is put on record.
const LATEST: Duration = Duration::from_secs(5);
/// How many messages are looked at in one go.
const BATCH: usize = 512;
/// How long a go takes before what it brought is kept and told, and other rooms of the same thread have their turn.
const LONG: Duration = Duration::from_millis(30);
/// How often everybody hears something, so that an editor knows its connection lives.
const ALIVE: Duration = Duration::from_secs(15);
/// How many may be in a room, how many of them who are not known, and how often one person, or one address of those.
const MOST: usize = 500;
const MOST_STRANGERS: usize = 200;
const MOST_OF_ONE: usize = 20;

pub(super) struct Room {
    house: House,
    train: TrainName,
    push: PushDate,
    heard: mpsc::Receiver<Heard>,
    seats: BTreeMap<u64, Seat>,
    settle: Settle,
}

/// When what was typed is put on record.
#[derive(Default)]
struct Settle {
    /// Since when there is something.
    since: Option<Instant>,
    due: Option<Instant>,
    running: Option<JoinHandle<bool>>,
}

/// What one go brought.
#[derive(Default)]
struct News {
    typed: Vec<Typed>,
    /// Whoever waits to hear that what they sent is kept.
    by: BTreeSet<u64>,
    present: BTreeMap<u64, Presence>,
}

impl Room {
    pub fn new(
        house: House,
        train: TrainName,
        push: PushDate,
        heard: mpsc::Receiver<Heard>,
    ) -> Self {
        Self { house, train, push, heard, seats: BTreeMap::new(), settle: Settle::default() }
    }

    async fn open_until_empty(&mut self) -> Result<()> {
        // Whoever comes first opens the page, by their own right to.
        let Some(Heard::Came { id, who, whose, writes, to }) = self.heard.recv().await else {
            return Ok(());
        };
        let conductor = self.house.open.trains.conductor(&self.train, &who).await?;
        let mut live = match conductor.live_page(self.push).await {
            Ok(live) => live,
            Err(refusal) => {
                let _ = to.try_send(Told::End(Ending::of(&refusal)));
                return Err(refusal);
            }
        };
        self.came(&live, id, (who, whose), writes, to).await;
        let mut changes = self.house.live.changes(&self.train, Of::Whole);
        let mut over = self.house.live.over();
        let mut alive = tokio::time::interval(ALIVE);
        let mut batch = Vec::new();
        loop {
            let due = self.settle.due.unwrap_or_else(|| Instant::now() + ALIVE);
            tokio::select! {
                some = self.heard.recv_many(&mut batch, BATCH) => match some {
                    0 => break,
                    _ => self.go(&mut live, &mut batch).await?,
                },
                () = sleep_until(due), if self.settle.due.is_some() => self.record(),
                recorded = recorded(&mut self.settle.running) => self.settled(recorded),
                Some(()) = changed(&mut changes) => self.follow(&mut live).await?,
                _ = alive.tick() => self.say_alive(&live),
                _ = over.wait_for(|over| *over) => break,
            }
            if self.seats.is_empty() && self.settle.since.is_none() && self.heard.is_empty() {
                break;
            }
        }
        self.end().await;
        Ok(())
    }

    /// One go: everything that waits is looked at and taken in; then it is kept; then it is told.
    async fn go(&mut self, live: &mut LivePage, batch: &mut Vec<Heard>) -> Result<()> {
        let (mut news, mut begun) = (News::default(), Instant::now());
        for heard in batch.drain(..) {
            if begun.elapsed() > LONG {
                self.tell(live, std::mem::take(&mut news)).await?;
                tokio::task::yield_now().await;
                begun = Instant::now();
            }
            match heard {
                Heard::Came { id, who, whose, writes, to } => {
                    self.came(live, id, (who, whose), writes, to).await;
                }
                Heard::Left { id } => self.left(id, &mut news),
                Heard::Said { id, message } => {
                    if self.said(live, id, message, &mut news).await? {
                        self.tell(live, std::mem::take(&mut news)).await?;
                        self.reopen(live).await?;
                    }
                }
            }
        }
        self.tell(live, news).await
    }

    /// Opens the page anew, from what is kept. What was written elsewhere meanwhile is told to whoever has it open: nobody comes
    /// back to it.
    async fn reopen(&mut self, live: &mut LivePage) -> Result<()> {
        let anew = self.itself().await?.live_page(self.push).await?;
        let missing = anew.shared.since(&live.shared.have())?;
        *live = anew;
        self.everybody(live.texts.bytes(&Message::Written(missing)).into(), None);
        Ok(())
    }

    async fn itself(&self) -> Result<Conductor> {
        self.house.open.trains.conductor(&self.train, &Who::Itself).await
    }

    async fn came(
        &mut self,
        live: &LivePage,
        id: u64,
        (who, whose): (Who, Whose),
        writes: bool,
        to: mpsc::Sender<Told>,
    ) {
        let Ok(conductor) = self.house.open.trains.conductor(&self.train, &who).await else {
            return;
        };
        let name = writes.then(|| conductor.actor.name.clone());
        let (there, asked) = (Default::default(), [None; 2]);
        let seat = Seat { who, whose, name, to, there, kept: 0, asked };
        if !self.has_room_for(&seat) {
            seat.end(Ending::new(4429, "too many have this page open: close one of yours"));
            return;
        }
        let present: Vec<_> =
            self.seats.values().flat_map(|seat| seat.there.all().cloned()).collect();
        for message in [Message::Have(live.shared.have()), Message::Present(present)] {
            seat.tell(live.texts.bytes(&message).into());
        }
        self.seats.insert(id, seat);
    }

    /// Whether there is room for one more: nobody takes it all, and strangers leave most of it to those who are known.
    fn has_room_for(&self, seat: &Seat) -> bool {
        let seats = || self.seats.values();
        let same = seats().filter(|other| other.whose == seat.whose).count();
        let strangers = seats().filter(|other| other.person().is_none()).count();
        let crowds = seat.person().is_none() && strangers >= MOST_STRANGERS;
        self.seats.len() < MOST && same < MOST_OF_ONE && !crowds
    }

    fn left(&mut self, id: u64, news: &mut News) {
        let Some(seat) = self.seats.remove(&id) else { return };
        news.present.extend(seat.there.gone().map(|gone| (gone.number, gone)));
    }

    /// Hears an editor; whether the page has to be opened anew, since it has what may not stay.
    async fn said(
        &mut self,
        live: &mut LivePage,
        id: u64,
        message: Message,
        news: &mut News,
    ) -> Result<bool> {
        let Some(seat) = self.seats.get_mut(&id) else { return Ok(false) };
        let all = match message {
            Message::Have(_) => Some(All::Text),
            Message::WhoIsThere => Some(All::People),
            _ => None,
        };
        if all.is_some_and(|all| !seat.may_ask(all)) {
            seat.end(Ending::new(4429, "this asks for everything again and again: wait a moment"));
            self.left(id, news);
            return Ok(false);
        }
        let refused = match message {
            Message::Have(have) => match live.shared.since(&have) {
                Ok(missing) => {
                    seat.tell(live.texts.bytes(&Message::Missing(missing)).into());
                    return Ok(false);
                }
                Err(refusal) => refusal,
            },
            Message::Missing(update) | Message::Written(update) => {
                let conductor = self.house.open.trains.conductor(&self.train, &seat.who).await?;
                let look = seat.person().map(|by| self.house.guesses.look(by)).transpose();
                let typed = match &look {
                    Ok(look) => typed(live, seat, conductor.actor, look.as_ref(), &update),
                    Err(no) => Err(no.clone()),
                };
                if let (Ok(Some(look)), Err(no)) = (&look, &typed) {
                    look.heard(self.train.as_str(), no, &*self.house.open.log);
                }
                match typed {
                    Ok(some) => {
                        news.typed.extend(some);
                        news.by.insert(id);
                        seat.kept += 1;
                        return Ok(false);
                    }
                    Err(refusal) => refusal,
                }
            }
            Message::Present(all) => {
                if let Some(name) = &seat.name {
                    let mark = live.texts.mark(name);
                    let told = all.iter().filter_map(|one| seat.there.heard(one, name, mark));
                    news.present.extend(told.map(|one| (one.number, one)));
                }
                return Ok(false);
            }
            Message::WhoIsThere => {
                let all = self.seats.values().flat_map(|s| s.there.all().cloned()).collect();
                let bytes = live.texts.bytes(&Message::Present(all));
                self.seats.get(&id).map(|seat| seat.tell(bytes.into()));
                return Ok(false);
            }
            Message::Kept(..) => Refusal::new(Code::Usage, "this is said to editors alone", ""),
        };
        seat.end(Ending::of(&refused));
        self.left(id, news);
        Ok(live.is_spoiled())
    }

    /// Keeps what was typed, then tells everybody.
    async fn tell(&mut self, live: &mut LivePage, news: News) -> Result<()> {
        if !news.typed.is_empty() {
            self.itself().await?.keep_typed(&news.typed).await?;
            let now = Instant::now();
            let since = *self.settle.since.get_or_insert(now);
            self.settle.due = Some((now + PAUSE).min(since + LATEST));
            let updates: Vec<_> = news.typed.into_iter().map(|typed| typed.update).collect();
            let bytes = live.texts.bytes(&Message::Written(live.texts.joined(&updates)?));
            let only = (news.by.len() == 1).then(|| news.by.first().copied()).flatten();
            self.everybody(bytes.into(), only);
        }
        if !news.present.is_empty() {
            let all = news.present.into_values().collect();
            self.everybody(live.texts.bytes(&Message::Present(all)).into(), None);
        }
        for id in news.by {
            self.say_kept(live, id);
        }
        Ok(())
    }

    /// Tells everybody but one. Whoever takes no more is let go: they come again, and get what they missed.
    fn everybody(&mut self, bytes: Bytes, but: Option<u64>) {
        self.seats.retain(|id, seat| Some(*id) == but || seat.tell(bytes.clone()));
    }

    fn say_kept(&self, live: &LivePage, id: u64) {
        if let Some(seat) = self.seats.get(&id) {
            let kept = Message::Kept(live.shared.have(), seat.kept);
            seat.tell(live.texts.bytes(&kept).into());
        }
    }

    fn say_alive(&self, live: &LivePage) {
        self.seats.keys().for_each(|id| self.say_kept(live, *id));
    }

    /// Takes in what was written elsewhere: by command, by a form, by the machine.
    async fn follow(&mut self, live: &mut LivePage) -> Result<()> {
        let conductor = self.itself().await?;
        let news = conductor.follow_page(live).await?;
        if !news.is_empty() {
            let update = live.texts.joined(&news)?;
            self.everybody(live.texts.bytes(&Message::Written(update)).into(), None);
        }
        Ok(())
    }

    /// Begins to put on record what was typed: beside everything else, since it waits for whoever publishes.
    fn record(&mut self) {
        self.settle.due = None;
        if self.settle.running.is_some() {
            return;
        }
        self.settle.since = None;
        let (house, train) = (self.house.clone(), self.train.clone());
        let recording = async move {
            let conductor = house.open.trains.conductor(&train, &Who::Itself).await?;
            conductor.settle_typed().await?;
            conductor.tell_news().await;
            Ok::<_, Refusal>(())
        };
        self.settle.running = Some(tokio::task::spawn_local(async { recording.await.is_ok() }));
    }

    /// It is on record; where somebody else held the right to write, it is tried again.
    fn settled(&mut self, recorded: bool) {
        self.settle.running = None;
        let again = !recorded || self.settle.since.is_some();
        if again && self.settle.due.is_none() {
            let now = Instant::now();
            self.settle.since.get_or_insert(now);
            self.settle.due = Some(now + PAUSE);
        }
    }

    /// The end: what was typed is put on record, and everybody is let go.
    async fn end(&mut self) {
        self.heard.close();
        let away = Ending::new(1001, "the server ends, or begins anew");
        self.seats.values().for_each(|seat| seat.end(away.clone()));
        if let Ok(conductor) = self.itself().await {
            // What can't be recorded now is kept, and recorded by the next who acts.
            let _ = conductor.settle_typed().await;
        }
    }
}

impl Run for Room {
    async fn run(mut self) {
        let Err(refusal) = self.open_until_empty().await else { return };
        self.heard.close();
        let ending = Ending::of(&refusal);
        self.seats.values().for_each(|seat| seat.end(ending.clone()));
        while let Some(heard) = self.heard.recv().await {
            if let Heard::Came { to, .. } = heard {
                let _ = to.try_send(Told::End(ending.clone()));
            }
        }
    }
}

/// Takes in what an editor wrote; what was new in it is kept and told, as the page has it.
fn typed(
    live: &mut LivePage,
    seat: &Seat,
    by: Actor,
    look: Option<&Look>,
    update: &[u8],
) -> Result<Option<Typed>> {
    let Some(name) = &seat.name else {
        let (what, hint) = ("these notes are for reading here", "sign in to write in them");
        return Err(Refusal::new(Code::NotAllowed, what, hint));
    };
    let new = live.take_in(update, name, look.map(|look| look as &dyn Guesser))?;
    Ok(new.map(|update| Typed { push: live.push, page: live.page, by, update }))
}

async fn changed(changes: &mut Option<tokio::sync::watch::Receiver<Option<u64>>>) -> Option<()> {
    match changes {
        Some(changes) => changes.changed().await.ok(),
        None => None,
    }
}

async fn recorded(running: &mut Option<JoinHandle<bool>>) -> bool {
    match running {
        Some(running) => running.await.unwrap_or(false),
        None => std::future::pending().await,
    }
}
