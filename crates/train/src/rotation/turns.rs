//! The queue of turns: one departure at a time, in the order scheduled.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::calendar::Changes;
use crate::id::{PersonName, PushDate};

/// A departure as the rotation sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'a> {
    /// The date it was scheduled for.
    pub scheduled: PushDate,
    /// The day it leaves.
    pub departs: Date,
    /// The day it is cut.
    pub cut: Date,
    /// Whose turn it was and who served, where its cut was recorded.
    pub fact: Option<(&'a PersonName, &'a PersonName)>,
    /// Whether it is cancelled: the turn is kept for the next one.
    pub keeps_turn: bool,
}

/// Who is on duty for a departure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Duty<'a> {
    /// Whose turn it is.
    pub turn: Option<&'a PersonName>,
    /// Who serves it.
    pub hero: Option<&'a PersonName>,
    /// Who was passed over, being away.
    pub away: Vec<&'a PersonName>,
}

/// A swap that is not wholly over.
#[derive(Debug)]
struct Pending<'a> {
    date: PushDate,
    from: &'a PersonName,
    to: &'a PersonName,
    /// `to` has yet to serve for `from`.
    due: bool,
    /// `from` has yet to serve `to`'s next turn.
    owed: bool,
}

/// One step from whose turn it is to who serves it.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    swap: usize,
    /// Whether it is the return of a swap.
    back: bool,
    to: &'a PersonName,
}

/// The rotation as it moves along the departures.
#[derive(Debug)]
pub(crate) struct Turns<'a> {
    /// The front is next: the person whose last turn is longest ago.
    queue: Vec<&'a PersonName>,
    swaps: Vec<Pending<'a>>,
    absences: BTreeMap<&'a PersonName, Vec<(Date, Date)>>,
}

impl<'a> Turns<'a> {
    /// The rotation before its first departure. `lead` departures go before the one that the first of the order serves.
    pub fn new(order: &'a [PersonName], changes: &'a Changes, lead: usize) -> Self {
        let mut queue: Vec<&PersonName> = Vec::with_capacity(order.len());
        for person in order {
            if !queue.contains(&person) {
                queue.push(person);
            }
        }
        if !queue.is_empty() {
            let lead = lead % queue.len();
            queue.rotate_right(lead);
        }
        let mut absences: BTreeMap<&PersonName, Vec<(Date, Date)>> = BTreeMap::new();
        for absence in &changes.absences {
            absences.entry(&absence.who).or_default().push((absence.from, absence.to));
        }
        let swaps = pending(changes, &queue);
        Self { queue, swaps, absences }
    }

    /// Whether `who` is away on the day a departure leaves or the day it is cut.
    pub fn is_away(&self, who: &PersonName, departs: Date, cut: Date) -> bool {
        let covers = |&(from, to): &(Date, Date)| {
            [departs, cut].iter().any(|day| from <= *day && *day <= to)
        };
        self.absences.get(who).is_some_and(|spans| spans.iter().any(covers))
    }

    /// Who is on duty for the next departure; the turn is taken unless the departure is cancelled.
    pub fn serve(&mut self, slot: &Slot<'a>) -> Duty<'a> {
        if let Some((turn, recorded)) = slot.fact {
            return self.recorded(turn, recorded, slot);
        }
        let mut away = Vec::new();
        for at in 0..self.queue.len() {
            let turn = self.queue[at];
            let Some(hero) = self.server(turn, slot) else {
                away.push(turn);
                continue;
            };
            if !slot.keeps_turn {
                self.take(turn, hero, slot.scheduled);
            }
            return Duty { turn: Some(turn), hero: Some(hero), away };
        }
        Duty { turn: None, hero: None, away }
    }

    /// What the cut recorded, and then whoever took over since: a swap for that very push that begins with its hero.
    fn recorded(
        &mut self,
        turn: &'a PersonName,
        recorded: &'a PersonName,
        slot: &Slot<'a>,
    ) -> Duty<'a> {
        let before = self.chain(turn, slot.scheduled);
        let known = before.iter().rposition(|step| step.to == recorded);
        let newer = known.map_or(0, |at| before[at].swap + 1);
        let (mut hero, mut serving) = (recorded, recorded);
        let (mut since, mut kept) = (Vec::new(), 0);
        for (swap, pending) in self.swaps.iter().enumerate().skip(newer) {
            if pending.due && pending.date == slot.scheduled && pending.from == serving {
                serving = pending.to;
                since.push(swap);
                if !self.is_away(serving, slot.departs, slot.cut) {
                    (hero, kept) = (serving, since.len());
                }
            }
        }
        if !slot.keeps_turn {
            for swap in &since[..kept] {
                self.swaps[*swap].due = false;
            }
            self.take(turn, recorded, slot.scheduled);
        }
        Duty { turn: Some(turn), hero: Some(hero), away: Vec::new() }
    }

    /// Who would serve `turn`'s turn at `slot`: the last of the swaps' chain who is there. A person away is there for their
    /// turn only through one who already agreed to serve in their place.
    fn server(&self, turn: &'a PersonName, slot: &Slot<'a>) -> Option<&'a PersonName> {
        let there = |who: &PersonName| !self.is_away(who, slot.departs, slot.cut);
        let chain = self.chain(turn, slot.scheduled);
        let relieved = chain.first().is_some_and(|step| !step.back);
        if !there(turn) && !relieved {
            return None;
        }
        let last = chain.iter().rev().map(|step| step.to).find(|who| there(who));
        last.or_else(|| there(turn).then_some(turn))
    }

    /// The swaps that lead from whose turn it is to who serves it, in the order they were made.
    fn chain(&self, turn: &'a PersonName, scheduled: PushDate) -> Vec<Step<'a>> {
        let mut serving = turn;
        let mut chain = Vec::new();
        for (swap, pending) in self.swaps.iter().enumerate() {
            let step = if pending.due && pending.date <= scheduled && pending.from == serving {
                Step { swap, back: false, to: pending.to }
            } else if pending.owed
                && pending.date < scheduled
                && pending.to == turn
                && serving == turn
            {
                Step { swap, back: true, to: pending.from }
            } else {
                continue;
            };
            serving = step.to;
            chain.push(step);
        }
        chain
    }

    /// The turn is over: its person goes to the back, the swaps it used are done, and those that could not be kept are void;
    /// what is still owed in return stays owed.
    fn take(&mut self, turn: &'a PersonName, hero: &'a PersonName, scheduled: PushDate) {
        if !self.swaps.is_empty() {
            let chain = self.chain(turn, scheduled);
            let kept = chain.iter().rposition(|step| step.to == hero).map_or(0, |at| at + 1);
            for (at, step) in chain.iter().enumerate() {
                let swap = &mut self.swaps[step.swap];
                match (at < kept, step.back) {
                    (true, false) => swap.due = false,
                    (true, true) => swap.owed = false,
                    (false, false) => (swap.due, swap.owed) = (false, false),
                    (false, true) => {}
                }
            }
            self.swaps.retain(|swap| swap.due || swap.owed);
        }
        if let Some(at) = self.queue.iter().position(|who| *who == turn) {
            self.queue[at..].rotate_left(1);
        }
    }
}

/// The swaps that hold. One that is the reverse of an earlier one for the same push undoes it: nothing is owed for either,
/// and neither was made, unless the push was cut in between.
fn pending<'a>(changes: &'a Changes, queue: &[&PersonName]) -> Vec<Pending<'a>> {
    let mut held: Vec<Pending<'a>> = Vec::new();
    for swap in &changes.swaps {
        let undoes =
            |p: &Pending<'_>| p.date == swap.date && p.from == &swap.to && p.to == &swap.from;
        let both = queue.contains(&&swap.from) && queue.contains(&&swap.to);
        let mut fresh =
            Pending { date: swap.date, from: &swap.from, to: &swap.to, due: true, owed: both };
        if let Some(at) = held.iter().rposition(undoes) {
            if !changes.served.iter().any(|(push, ..)| *push == swap.date) {
                held.remove(at);
                continue;
            }
            (held[at].owed, fresh.owed) = (false, false);
        }
        held.push(fresh);
    }
    held
}
