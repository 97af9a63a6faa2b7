//! What may happen in a world, and what must hold in it.

use stateright::{Model as Checked, Property};
use train::intent::Remote;
use train::publish::{Pushed, Sight, Step};

use crate::remote::{Remotes, bits};
use crate::world::{Action, Conductor, Ghost, Phase, Wish, World};
use crate::{BASE, Bug, FIX, MERGE, Model};

/// The ledgers' names.
const LEDGERS: [&str; 2] = ["home", "rival"];
/// More runs of one ledger than any world needs.
const RUNS: u8 = 9;

impl Checked for Model {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let named = LEDGERS.iter().zip(&self.wishes);
        vec![World {
            remotes: Remotes::new(),
            conductors: named.map(|(id, wishes)| Conductor::new(id, wishes)).collect(),
            flights: Vec::new(),
            left: self.left,
            ghost: Ghost::default(),
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let left = world.left;
        for (i, conductor) in world.conductors.iter().enumerate() {
            let over = matches!(conductor.phase, Phase::Done | Phase::Stopped(_));
            if !over && !conductor.waits() {
                actions.push(Action::Act(i));
            }
            if conductor.looks() && left.silences > 0 {
                actions.push(Action::Blind(i));
            }
            if conductor.lives() && left.crashes > 0 {
                actions.push(Action::Crash(i));
            }
            if conductor.waits() && left.silences > 0 {
                actions.push(Action::GiveUp(i));
            }
        }
        for (f, flight) in world.flights.iter().enumerate() {
            actions.push(Action::Land(f));
            if flight.awaited && left.silences > 0 {
                actions.push(Action::Mute(f));
            }
            if left.refusals > 0 {
                actions.push(Action::Refuse(f));
            }
        }
        let others = [
            (left.moves, Action::Move),
            (left.hand_tags, Action::HandTag { same: true }),
            (left.hand_tags, Action::HandTag { same: false }),
            (left.deletions, Action::Delete),
            (left.buttons, Action::Button),
        ];
        actions.extend(others.into_iter().filter(|(left, _)| *left > 0).map(|(_, action)| action));
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        match action {
            Action::Act(i) => self.act(&mut world, i),
            Action::Blind(i) => world.blind(i),
            Action::Crash(i) => {
                world.left.crashes -= 1;
                world.conductors[i].phase = Phase::Idle;
                world.orphan(i);
            }
            Action::GiveUp(i) => {
                world.left.silences -= 1;
                world.orphan(i);
                world.conductors[i].answer(self.silence());
            }
            Action::Land(f) => {
                let flight = world.flights.remove(f);
                let said = world.land(self, &flight);
                world.answer(flight.awaited, flight.by, said);
            }
            Action::Mute(f) => {
                world.left.silences -= 1;
                let flight = world.flights.remove(f);
                world.land(self, &flight);
                world.answer(true, flight.by, self.silence());
            }
            Action::Refuse(f) => {
                world.left.refusals -= 1;
                let flight = world.flights.remove(f);
                world.answer(flight.awaited, flight.by, Pushed::Refused("no".to_owned()));
            }
            Action::Move => world.somebody_moves(),
            Action::HandTag { same } => {
                let name = self.settings.repos[0]
                    .scheme
                    .name(self.settings.repos[0].scheme.next(self.push(), []).unwrap());
                if world.remotes.tags.contains_key(&name) {
                    return None;
                }
                world.somebody_tags(&name, same);
            }
            Action::Delete if world.remotes.tags.is_empty() => return None,
            Action::Delete => world.somebody_deletes(),
            Action::Button => world.somebody_merges(),
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            Property::always("P1", |_, w: &World| !w.ghost.broken.contains("P1")),
            Property::always("P2", |_, w: &World| !w.ghost.broken.contains("P2")),
            Property::always("P3", |_, w: &World| !w.ghost.broken.contains("P3")),
            Property::always("P12", |_, w: &World| !w.ghost.broken.contains("P12")),
            Property::always("there", |_, w: &World| !w.ghost.broken.contains("there")),
            Property::sometimes("done", |_, w: &World| w.done()),
        ];
        if self.alone() {
            all.push(Property::always("P11", |m: &Self, w: &World| !w.done() || w.as_ever(m)));
            all.push(Property::eventually("ends", |_, w: &World| w.done()));
        }
        all
    }

    fn within_boundary(&self, world: &World) -> bool {
        world.conductors.iter().all(|c| c.runs <= RUNS)
    }
}

impl Model {
    /// What no answer is taken for.
    fn silence(&self) -> Pushed {
        match self.bug {
            Bug::SilenceIsNo => Pushed::Refused("the remote did not report".to_owned()),
            Bug::SilenceIsYes => Pushed::Done,
            _ => Pushed::Unknown("the remote did not report".to_owned()),
        }
    }
}

impl World {
    /// Whether every ledger did all that was asked of it.
    pub(crate) fn done(&self) -> bool {
        self.conductors.iter().all(|c| c.phase == Phase::Done)
    }

    /// Whether the remotes hold what they hold when nothing ever goes wrong, and the record says so (P11).
    fn as_ever(&self, model: &Model) -> bool {
        let wishes = model.wishes[0];
        let merged = u64::from(wishes.contains(&Wish::Merge)) * FIX;
        let main = bits(&self.remotes.main);
        let merges = u32::from(merged > 0);
        let cuts = wishes.iter().filter(|w| matches!(w, Wish::Tag | Wish::Again)).count();
        let names: Vec<&str> = ["2026.11.26", "2026.11.26-1", "2026.11.26-2"][..cuts].to_vec();
        let conductor = &self.conductors[0];
        let given = conductor.ledger.state.tags_of(model.push(), model.repo());
        // What the record calls ours, settled or still open, is there as the very object that was first built.
        let settled =
            conductor.ledger.state.pushes.values().flat_map(|p| p.tags.values().flatten());
        let open = conductor.ledger.state.open.values().flat_map(|i| &i.updates);
        let named = settled
            .map(|given| (format!("refs/tags/{}", given.tag.tag), &given.tag.object))
            .chain(open.map(|update| (update.name.clone(), &update.new)));
        let mut ours = named.filter(|(name, _)| name.starts_with("refs/tags/"));
        let recorded = ours.all(|(name, object)| {
            self.remotes.at(Remote::Upstream, &name).is_some_and(|seen| &seen.object == object)
        });
        main & (BASE | FIX) == BASE | merged
            && (main / MERGE).count_ones() == merges
            && self.remotes.security == self.remotes.main
            && self.remotes.tags.keys().map(String::as_str).eq(names.iter().copied())
            && self.remotes.tags.values().all(|t| t.commit == self.remotes.main)
            && given == names
            && recorded
    }

    fn blind(&mut self, i: usize) {
        self.left.silences -= 1;
        if let Phase::Carry { intent, step, .. } = &mut self.conductors[i].phase
            && let Step::Look(looking) = step.clone()
        {
            *step = looking.saw(intent, Sight::unreachable());
        }
    }

    /// Nobody waits any longer for what ledger `i` sent.
    fn orphan(&mut self, i: usize) {
        self.flights.iter_mut().filter(|f| f.by == i).for_each(|f| f.awaited = false);
    }

    fn answer(&mut self, awaited: bool, by: usize, said: Pushed) {
        if awaited {
            self.conductors[by].answer(said);
        }
    }
}
