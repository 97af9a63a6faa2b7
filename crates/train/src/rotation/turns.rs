//! The queue of turns: one departure at a time, in the order scheduled.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::changes::{Changes, Swap};
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
    /// `from` has yet to serve what `to` would serve next.
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

/// How a turn comes to be served.
#[derive(Debug)]
struct Path<'a> {
    turn: &'a PersonName,
    /// The swaps that lead to its hero, in the order made.
    steps: Vec<Step<'a>>,
    /// Swaps that can't be kept: who was to serve is away.
    void: Vec<usize>,
}

impl<'a> Path<'a> {
    fn new(turn: &'a PersonName) -> Self {
        Self { turn, steps: Vec::new(), void: Vec::new() }
    }

    fn hero(&self) -> &'a PersonName {
        self.after(self.steps.len())
    }

    /// Who serves when only so many steps are taken.
    fn after(&self, steps: usize) -> &'a PersonName {
        self.steps[..steps].last().map_or(self.turn, |step| step.to)
    }

    /// Ends the path after so many steps.
    fn cut(&mut self, kept: usize) {
        self.void.extend(self.steps.drain(kept..).filter(|step| !step.back).map(|step| step.swap));
    }

    /// How many steps lead to the last person on it who is there; none if not even the one whose turn it is.
    fn reach(&self, there: impl Fn(&PersonName) -> bool) -> Option<usize> {
        let last = self.steps.iter().rposition(|step| there(step.to)).map(|at| at + 1);
        last.or_else(|| there(self.turn).then_some(0))
    }
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
        let both = |swap: &Swap| queue.contains(&&swap.from) && queue.contains(&&swap.to);
        let pending = |swap: &'a Swap| Pending {
            date: swap.date,
            from: &swap.from,
            to: &swap.to,
            due: true,
            owed: both(swap),
        };
        let swaps = changes.swaps.iter().map(pending).collect();
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
            let Some(path) = self.path(turn, slot) else {
                away.push(turn);
                continue;
            };
            let hero = Some(path.hero());
            self.take(path, slot);
            return Duty { turn: Some(turn), hero, away };
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
        let mut hero = recorded;
        let mut path = self.path(turn, slot).unwrap_or(Path::new(turn));
        let known = path.steps.iter().rposition(|step| step.to == recorded).map(|at| at + 1);
        let known = known.or((recorded == turn).then_some(0));
        let since = |step: &Step<'_>| !step.back && self.swaps[step.swap].date == slot.scheduled;
        if known.is_some_and(|known| path.steps[known..].iter().all(since)) {
            hero = path.hero();
        } else {
            path.cut(known.unwrap_or(0));
        }
        self.take(path, slot);
        Duty { turn: Some(turn), hero: Some(hero), away: Vec::new() }
    }

    /// How `turn`'s turn would be served at `slot`; not at all where its person is away and nobody agreed to serve it, or
    /// they are away too. Who served by the record was there, whatever is known of them since.
    fn path(&self, turn: &'a PersonName, slot: &Slot<'a>) -> Option<Path<'a>> {
        let recorded = slot.fact.map(|(_, hero)| hero);
        let there =
            |who: &PersonName| recorded == Some(who) || !self.is_away(who, slot.departs, slot.cut);
        let mut path = Path::new(turn);
        for (swap, pending) in self.swaps.iter().enumerate() {
            let due = pending.due && pending.date <= slot.scheduled;
            let owed = pending.owed && pending.date < slot.scheduled;
            // Where the one to serve is away, a swap is also made with who serves instead.
            let instead = path.reach(there).filter(|kept| *kept < path.steps.len());
            let serves = |who: &PersonName| {
                let last = path.steps.len();
                [Some(last), instead].into_iter().flatten().find(|kept| path.after(*kept) == who)
            };
            let (kept, step) = match (serves(pending.from), serves(pending.to)) {
                (Some(kept), _) if due => (kept, Step { swap, back: false, to: pending.to }),
                (_, Some(kept)) if owed && there(pending.to) && there(pending.from) => {
                    (kept, Step { swap, back: true, to: pending.from })
                }
                _ => continue,
            };
            path.cut(kept);
            path.steps.push(step);
        }
        path.reach(there).map(|kept| {
            path.cut(kept);
            path
        })
    }

    /// The turn is over, unless its departure is cancelled: its person goes to the back, the swaps it used are done, and those
    /// that could not be kept are void. What is still owed in return stays owed.
    fn take(&mut self, path: Path<'a>, slot: &Slot<'a>) {
        if slot.keeps_turn {
            return;
        }
        for step in &path.steps {
            let swap = &mut self.swaps[step.swap];
            if step.back { swap.owed = false } else { swap.due = false }
        }
        for swap in path.void {
            (self.swaps[swap].due, self.swaps[swap].owed) = (false, false);
        }
        self.swaps.retain(|swap| swap.due || swap.owed);
        if let Some(at) = self.queue.iter().position(|who| *who == path.turn) {
            self.queue[at..].rotate_left(1);
        }
    }
}
