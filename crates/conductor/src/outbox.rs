//! `tell`, and the end of every command that wrote: announcements are made of what is new in the ledger, put into the
//! outbox, and handed over (P13).
//!
//! One process hands over at a time. That it begins is kept before, and how it ended after; so whoever comes next knows of a
//! handing over that was cut off, and repeats it as such. Nothing here ever fails the command that had something to tell.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use train::announce::{self, Announcement, Delivery, Facts, News, Stage};
use train::event::Event;
use train::intent::{Intent, IntentId};
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{Entry, Handed, OutboxLock, Undelivered};
use crate::view::{DeliveryView, DeliveryWord, Moment, TellView};

/// How many entries are read at once.
const PAGE: usize = 1_000;

/// What is to be done beside handing over what is due.
#[derive(Debug, Clone, Default)]
pub struct TellWish {
    /// Try these again at once, by their names or what those begin with; all of them where none is named.
    pub again: Option<Vec<String>>,
    /// Give these up.
    pub drop: Vec<String>,
}

/// What is new: announcements on their way to each channel that is told of them, and how far the ledger was read.
struct Fresh {
    now: Timestamp,
    new: Vec<Delivery>,
    reached: u64,
    /// The names of all reminders that hold now.
    reminding: BTreeSet<String>,
}

/// A delivery of this run, and whether its channel had it before.
struct Way {
    delivery: Delivery,
    already: bool,
}

impl Conductor {
    /// What is on its way and what would be handed over now. Nothing is written down.
    pub async fn plan_tell(&self, wish: &TellWish) -> Result<TellView> {
        let outbox = &self.outgoing.outbox;
        let fresh = self.fresh(outbox.reached().await?).await?;
        let mut all = outbox.on_its_way().await?;
        for delivery in &fresh.new {
            if !outbox.knows(&delivery.announcement.id, &delivery.channel).await? {
                all.push(delivery.clone());
            }
        }
        tidy(&mut all, &fresh);
        wished(&mut all, wish, fresh.now)?;
        let ways = all.into_iter().map(|delivery| Way { delivery, already: false });
        Ok(self.told_view(ways.collect(), fresh.now))
    }

    /// Tells channels what was recorded since this conductor was put together, where anything was. It fails nothing: what did not
    /// arrive is tried again by whoever tells next.
    pub async fn tell_news(&self) {
        if self.outgoing.has_news() {
            let _ = self.tell(&TellWish::default()).await;
        }
    }

    /// Hands over what is due.
    pub async fn tell(&self, wish: &TellWish) -> Result<TellView> {
        let outbox = &self.outgoing.outbox;
        if self.outgoing.channels.is_empty() {
            return Ok(self.told_view(Vec::new(), self.clock.now()));
        }
        let lock = outbox.hold(self.patience).await?;
        outbox.begin().await?;
        let fresh = self.fresh(outbox.reached().await?).await?;
        outbox.add(&lock, &fresh.new, fresh.reached).await?;
        let found = outbox.on_its_way().await?;
        let mut all = found.clone();
        tidy(&mut all, &fresh);
        wished(&mut all, wish, fresh.now)?;
        self.note_given_up(&all).await?;
        for (delivery, before) in all.iter().zip(&found) {
            if delivery != before {
                outbox.keep(&lock, delivery).await?;
            }
        }
        let mut ways = Vec::new();
        for delivery in all {
            ways.push(self.handed_over(&lock, delivery, fresh.now).await?);
        }
        Ok(self.told_view(ways, fresh.now))
    }

    /// Records what whoever acts gives up, once: the outbox forgets what is over. The entry comes before the outbox is told, so
    /// that a run that is killed between the two loses nothing, and the next finds what it recorded.
    ///
    /// Here the ledger is locked by whoever holds the outbox. Nobody takes the two the other way round: while the ledger is
    /// locked, nothing is handed over.
    async fn note_given_up(&self, all: &[Delivery]) -> Result<()> {
        let given_up = all.iter().filter(|one| one.stage == Stage::Dropped);
        let event = |one: &Delivery| Event::GivenUp {
            push: one.announcement.push,
            announcement: one.announcement.id.clone(),
            what: one.announcement.kind.word().to_owned(),
            channel: one.channel.clone(),
        };
        let events: Vec<Event> = given_up.map(event).collect();
        if events.is_empty() {
            return Ok(());
        }
        let mut journal = self.journal_alone().await?;
        let new = self.not_recorded(events).await?;
        let at = self.now(journal.state());
        journal.append(at, new).await
    }

    /// Those of `events` that no entry says yet: each of their streams is read once, for all that would stand in it.
    async fn not_recorded(&self, mut events: Vec<Event>) -> Result<Vec<Event>> {
        let streams: BTreeSet<String> = events.iter().map(Event::stream).collect();
        for stream in streams {
            let mut after = 0;
            loop {
                let page = self.ledger.read(after, PAGE, Some(&stream)).await?;
                let Some(last) = page.last() else { break };
                after = last.seq;
                let said = page.iter().filter_map(|entry| entry.content.as_ref());
                let said: Vec<&Event> = said.map(|(_, event)| event).collect();
                events.retain(|event| !said.contains(&event));
            }
        }
        Ok(events)
    }

    /// Hands one over, if it is due.
    async fn handed_over(
        &self,
        lock: &OutboxLock,
        mut delivery: Delivery,
        now: Timestamp,
    ) -> Result<Way> {
        let named = self.outgoing.channel(&delivery.channel).filter(|_| delivery.is_due(now));
        let Some(named) = named else { return Ok(Way { delivery, already: false }) };
        delivery.begin();
        self.outgoing.outbox.keep(lock, &delivery).await?;
        let told = named.channel.hand_over(&delivery.announcement, delivery.unsure).await;
        match &told {
            Ok(_) => delivery.handed(now),
            Err(Undelivered::Refused(why)) => delivery.failed(now, why, false),
            Err(Undelivered::Unknown(why)) => delivery.failed(now, why, true),
        }
        self.outgoing.outbox.keep(lock, &delivery).await?;
        Ok(Way { delivery, already: told == Ok(Handed::Before) })
    }

    /// Announcements of the entries since `reached`, and of what is to be done about now.
    async fn fresh(&self, reached: Option<u64>) -> Result<Fresh> {
        let state = self.state().await?;
        let now = self.now(&state);
        let (news, seen) = match reached {
            Some(after) => self.news(after).await?,
            None => (Vec::new(), 0),
        };
        let embargoed = self.embargoed().await.ok();
        let facts = Facts {
            settings: &self.settings,
            state: &state,
            rehearsal: self.ledger.identity().rehearsal,
            notes: self.addresses.notes.as_deref(),
            embargoed: embargoed.as_ref(),
        };
        let mut made = announce::of(facts, &news);
        let reminders = match self.outgoing.channels.is_empty() {
            true => Vec::new(),
            false => self.reminders(facts, now).await?,
        };
        let reminding = reminders.iter().map(|made| made.id.clone()).collect();
        made.extend(reminders);
        // What was never told in its time is not told at all: channels may have been away for a season.
        made.retain(|made| now < made.expires_at);
        Ok(Fresh { now, new: self.addressed(&made), reached: seen, reminding })
    }

    /// Each announcement on its way to each channel that is told of it.
    fn addressed(&self, made: &[Announcement]) -> Vec<Delivery> {
        let to = |one: &Announcement| {
            let told = self.outgoing.channels.iter().filter(|channel| channel.tells(one.kind));
            told.map(|channel| Delivery::new(one.clone(), &channel.name)).collect::<Vec<_>>()
        };
        made.iter().flat_map(to).collect()
    }

    /// The entries after `after`, as announcements are made from them, and the number of the last.
    async fn news(&self, after: u64) -> Result<(Vec<News>, u64)> {
        let (mut entries, mut seen) = (Vec::new(), after);
        loop {
            let page = self.ledger.read(seen, PAGE, None).await?;
            let Some(last) = page.last() else { break };
            seen = last.seq;
            entries.extend(page);
        }
        let intents = self.intents_of(&entries, after).await?;
        let news = entries.into_iter().filter_map(|entry| {
            let (actor, event) = entry.content?;
            let intent = match &event {
                Event::Settled { intent, .. } => intents.get(intent).cloned(),
                _ => None,
            };
            (!event.embargoed()).then_some(News {
                hash: entry.hash,
                at: entry.at,
                by: actor.name,
                event,
                intent,
            })
        });
        Ok((news.collect(), seen))
    }

    /// The intents that these entries are results of. As a rule they are among them; one that a killed run left open is
    /// looked for in all that is older.
    async fn intents_of(
        &self,
        entries: &[Entry],
        before: u64,
    ) -> Result<BTreeMap<IntentId, Intent>> {
        let mut found = BTreeMap::new();
        learn(&mut found, entries);
        let lacks = |found: &BTreeMap<IntentId, Intent>| {
            let mut events = entries.iter().filter_map(|entry| entry.content.as_ref());
            events.any(|(_, event)| match event {
                Event::Settled { intent, .. } => !found.contains_key(intent),
                _ => false,
            })
        };
        let mut after = 0;
        while after < before && lacks(&found) {
            let page = self.ledger.read(after, PAGE, None).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            learn(&mut found, &page);
        }
        Ok(found)
    }

    fn told_view(&self, ways: Vec<Way>, now: Timestamp) -> TellView {
        let one = |Way { delivery, already }: Way| {
            let set_up = self.outgoing.channel(&delivery.channel).is_some();
            let state = match &delivery.stage {
                Stage::Due { .. } if set_up && delivery.is_due(now) => DeliveryWord::Due,
                Stage::Due { .. } | Stage::Begun => DeliveryWord::PutOff,
                Stage::Waits => DeliveryWord::Waits,
                Stage::Handed { .. } if already => DeliveryWord::Already,
                Stage::Handed { .. } => DeliveryWord::Handed,
                Stage::Expired => DeliveryWord::Expired,
                Stage::Superseded => DeliveryWord::Superseded,
                Stage::Moot => DeliveryWord::Moot,
                Stage::Dropped => DeliveryWord::Dropped,
            };
            let next = match delivery.stage {
                Stage::Due { from } if set_up => Some(Moment(self.local(from))),
                _ => None,
            };
            let gone = (!set_up && !delivery.is_over())
                .then(|| format!("no channel {} is set up any more", delivery.channel));
            let told = delivery.announcement;
            DeliveryView {
                id: told.id,
                kind: told.kind,
                push: told.push,
                channel: delivery.channel,
                audience: told.audience,
                subject: told.subject,
                text: told.text,
                state,
                repeat: delivery.unsure,
                tries: delivery.tries,
                why: gone.or(delivery.why),
                next_try_at: next,
                expires_at: Moment(self.local(told.expires_at)),
            }
        };
        TellView {
            set_up: !self.outgoing.channels.is_empty(),
            announcements: ways.into_iter().map(one).collect(),
        }
    }

    /// That announcements wait for a person, for `status`.
    pub(crate) async fn untold_note(&self) -> Option<String> {
        if self.outgoing.channels.is_empty() {
            return None;
        }
        let waiting = self.waiting().await.ok().filter(|waiting| *waiting > 0)?;
        let what = if waiting == 1 { "1 announcement waits" } else { "announcements wait" };
        let what = if waiting == 1 { what.to_owned() } else { format!("{waiting} {what}") };
        Some(format!(
            "{what} for a person: `pushduty tell --dry-run` says why, `pushduty tell --again` tries once more"
        ))
    }

    /// How many announcements wait for a person.
    pub async fn waiting(&self) -> Result<usize> {
        let all = self.outgoing.outbox.on_its_way().await?;
        let now = self.clock.now();
        let waits =
            |one: &&Delivery| one.stage == Stage::Waits && now < one.announcement.expires_at;
        Ok(all.iter().filter(waits).count())
    }

    /// The mail, the topic and the next hero of a push that would be over now, as the channels would be told.
    pub async fn handover(
        &self,
        state: &State,
        push: train::id::PushDate,
        issues: &[String],
    ) -> announce::Handover {
        let embargoed = self.embargoed().await.ok();
        let facts = Facts {
            settings: &self.settings,
            state,
            rehearsal: self.ledger.identity().rehearsal,
            notes: self.addresses.notes.as_deref(),
            embargoed: embargoed.as_ref(),
        };
        // Planned before the end is recorded: any end that is known was an earlier one.
        let again = !state.days.of(push).ends.is_empty();
        announce::handover(facts, push, issues, self.now(state), again)
    }
}

fn learn(found: &mut BTreeMap<IntentId, Intent>, entries: &[Entry]) {
    let events = entries.iter().filter_map(|entry| entry.content.as_ref());
    for (_, event) in events {
        if let Event::Intended(intent) = event {
            found.insert(intent.id.clone(), (**intent).clone());
        }
    }
}

/// Finds out what was cut off, what came too late, and what nobody has to hear any more.
fn tidy(all: &mut [Delivery], fresh: &Fresh) {
    for delivery in all.iter_mut() {
        delivery.found(fresh.now);
        let told = &delivery.announcement;
        if told.kind.reminds() && !fresh.reminding.contains(&told.id) {
            delivery.moot();
        }
    }
    announce::supersede(all);
}

/// What a person wants of deliveries that are on their way.
fn wished(all: &mut [Delivery], wish: &TellWish, now: Timestamp) -> Result<()> {
    let named = wish.again.iter().flatten().chain(&wish.drop);
    for name in named {
        let fits =
            |one: &&Delivery| !one.is_over() && one.announcement.id.starts_with(name.as_str());
        let ids: BTreeSet<&str> =
            all.iter().filter(fits).map(|one| one.announcement.id.as_str()).collect();
        let hint = "`pushduty tell --dry-run` lists them with their names";
        let quoted = train::id::quoted(name);
        match ids.len() {
            1 => {}
            0 => {
                let what = format!("no announcement on its way is called {quoted}");
                return Err(Refusal::new(Code::NotFound, what, hint));
            }
            _ => {
                let what = format!("{quoted} could be several announcements");
                return Err(Refusal::new(Code::Ambiguous, what, hint));
            }
        }
    }
    let among = |names: &[String], id: &str| names.iter().any(|name| id.starts_with(name.as_str()));
    for delivery in all {
        let id = delivery.announcement.id.clone();
        if among(&wish.drop, &id) {
            delivery.drop_it();
        } else if wish.again.as_ref().is_some_and(|names| names.is_empty() || among(names, &id)) {
            delivery.again(now);
        }
    }
    Ok(())
}
