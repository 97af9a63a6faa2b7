//! A ledger's process, a step at a time, by the product's rules: settle what is open, sync what is due, then the command.

use std::sync::Arc;

use train::event::{Event, Outcome};
use train::facts::SeenFence;
use train::id::{Oid, PushDate};
use train::intent::{FenceMove, Intent, IntentId, Purpose, Remote, Seen, SeenAt, Update};
use train::publish::{self, End, Fencing, Sight, Step};
use train::refusal::{Code, Refusal};

use crate::remote::{Flight, contains};
use crate::world::{Conductor, Phase, Then, Wish, World};
use crate::{Bug, Model};

pub(crate) type Settled = Vec<Arc<Intent>>;

impl Model {
    pub(crate) fn push(&self) -> PushDate {
        "2026.11.26".parse().unwrap()
    }

    /// The next step of the process of ledger `i`.
    pub(crate) fn act(&self, world: &mut World, i: usize) {
        match std::mem::replace(&mut world.conductors[i].phase, Phase::Idle) {
            Phase::Idle => self.start(&mut world.conductors[i]),
            Phase::Carry { intent, step, then, .. } => self.carry(world, i, intent, step, then),
            Phase::Sync { after, look: None, settled, well } => {
                let look = Some(world.remotes.look());
                world.conductors[i].phase = Phase::Sync { after, look, settled, well };
            }
            Phase::Sync { after, look: Some(look), settled, well } => {
                self.sync(world, i, &look, after, settled, well);
            }
            Phase::Cut { look: None, settled } => {
                world.conductors[i].phase =
                    Phase::Cut { look: Some(world.remotes.look()), settled };
            }
            Phase::Cut { look: Some(look), settled } => self.cut(world, i, look, &settled),
            Phase::Merge { look: None } => {
                world.conductors[i].phase = Phase::Merge { look: Some(world.remotes.look()) };
            }
            Phase::Merge { look: Some(look) } => self.merge(world, i, &look),
            Phase::Adopt { look: None, .. } => {
                let look = Some(world.remotes.fence.clone());
                world.conductors[i].phase = Phase::Adopt { look, sent: false };
            }
            Phase::Adopt { look: Some(seen), .. } => self.adopt(world, i, seen),
            still @ (Phase::Done | Phase::Stopped(_)) => world.conductors[i].phase = still,
        }
    }

    fn start(&self, conductor: &mut Conductor) {
        conductor.runs += 1;
        if conductor.wishes[0] == Wish::Adopt {
            conductor.phase = Phase::Adopt { look: None, sent: false };
            return;
        }
        let mut left: Vec<IntentId> = conductor.ledger.state.open.keys().cloned().collect();
        if self.bug == Bug::LeaveOpenBehind {
            left.clear();
        }
        settle_next(conductor, left, Vec::new());
    }

    fn carry(&self, world: &mut World, i: usize, intent: Arc<Intent>, step: Step, then: Then) {
        let step = match step {
            Step::Look(looking) => {
                let sight = sight(world, i, &intent);
                let seen = sight.fence.clone();
                let next = looking.saw(&intent, sight);
                self.misled(next, seen)
            }
            Step::TakeFence(taking) => {
                let what = train::fence::settling(&intent.id);
                let fence = self.fence_after(world, i, taking.from.as_ref(), &what, &[]);
                let step = Step::TakeFence(taking);
                return self.send(world, i, intent, step, then, (Vec::new(), Some(fence)));
            }
            Step::Push(pushing) => {
                let fence = match &pushing.fence {
                    Fencing::Off => None,
                    Fencing::Intended(fence) => Some(fence.clone()),
                    Fencing::After(seen) => {
                        let names = intent.updates.iter().map(|u| u.name.as_str());
                        let tags: Vec<&str> =
                            names.filter_map(|n| n.strip_prefix("refs/tags/")).collect();
                        let what = intent.id.as_str();
                        Some(self.fence_after(world, i, Some(seen), what, &tags))
                    }
                };
                let updates = self.updates(&intent, &pushing.fence);
                return self.send(world, i, intent, Step::Push(pushing), then, (updates, fence));
            }
            Step::End(end) => return self.end(world, i, &intent, end, then),
        };
        world.conductors[i].phase = Phase::Carry { intent, step, sent: None, then };
    }

    /// What a machine with a planted bug does instead of the step that the rules give.
    fn misled(&self, step: Step, seen: Option<SeenFence>) -> Step {
        match (&step, seen) {
            (Step::End(End::NotOurs(_) | End::Open(_)), Some(fence))
                if self.bug == Bug::TrustAnyFence =>
            {
                Step::Push(publish::Pushing { fence: Fencing::After(fence) })
            }
            _ => step,
        }
    }

    fn updates(&self, intent: &Intent, fencing: &Fencing) -> Vec<Update> {
        let mut updates = intent.updates.clone();
        let again = !matches!(fencing, Fencing::Intended(_));
        if self.bug == Bug::BuildAnew && again && matches!(intent.purpose, Purpose::Tag(_)) {
            updates[0].new = object('e', &intent.id);
        }
        updates
    }

    fn send(
        &self,
        world: &mut World,
        i: usize,
        intent: Arc<Intent>,
        step: Step,
        then: Then,
        (updates, fence): (Vec<Update>, Option<FenceMove>),
    ) {
        let conductor = &mut world.conductors[i];
        let sent = Some(fence.clone());
        world.flights.push(Flight {
            by: i,
            run: conductor.runs,
            remote: intent.remote,
            updates,
            fence,
            adopting: false,
            awaited: true,
        });
        conductor.phase = Phase::Carry { intent, step, sent, then };
    }

    fn end(&self, world: &mut World, i: usize, intent: &Arc<Intent>, end: End, then: Then) {
        let well = matches!(&end, End::Settled(Outcome::Published | Outcome::Already));
        match end {
            End::NotOurs(refusal) => return world.conductors[i].refused(&refusal),
            End::Open(_) => {}
            End::Settled(outcome) => {
                if well {
                    world.recorded(intent, outcome == Outcome::Published);
                }
                let event = Event::Settled { intent: intent.id.clone(), outcome };
                world.conductors[i].ledger.append(vec![event]);
            }
        }
        let conductor = &mut world.conductors[i];
        match then {
            Then::Settle { left, mut settled } => {
                if well {
                    settled.push(Arc::clone(intent));
                }
                settle_next(conductor, left, settled);
            }
            Then::Synced { after, settled, well: before } => {
                proceed(conductor, after, settled, before && well);
            }
            Then::Merged => due(conductor, true, Vec::new(), well),
            Then::Tagged => conductor.ended(well),
        }
    }
}

/// Settles the next intent that is open; when there is none, goes on to what is due.
fn settle_next(conductor: &mut Conductor, mut left: Vec<IntentId>, settled: Settled) {
    let Some(id) = left.pop() else { return due(conductor, false, settled, true) };
    let intent = Arc::new(conductor.ledger.state.open[&id].clone());
    let then = Then::Settle { left, settled };
    conductor.phase = Phase::Carry { intent, step: publish::resume(), sent: None, then };
}

/// The second of two pushes where it is due; else on.
fn due(conductor: &mut Conductor, after: bool, settled: Settled, well: bool) {
    if conductor.ledger.state.unsynced.is_empty() {
        return proceed(conductor, after, settled, well);
    }
    conductor.phase = Phase::Sync { after, look: None, settled, well };
}

/// The command itself, or its end.
pub(crate) fn proceed(conductor: &mut Conductor, after: bool, settled: Settled, well: bool) {
    conductor.phase = match conductor.wishes[0] {
        _ if after => return conductor.ended(well),
        Wish::Merge => Phase::Merge { look: None },
        Wish::Sync => {
            let state = &conductor.ledger.state;
            let well = state.open.is_empty() && state.unsynced.is_empty();
            return conductor.ended(well);
        }
        Wish::Tag | Wish::Again | Wish::Adopt => Phase::Cut { look: None, settled },
    };
}

pub(crate) fn object(kind: char, id: &IntentId) -> Oid {
    format!("{kind}{}", &id.as_str().repeat(3)[..39]).parse().unwrap()
}

fn sight(world: &World, i: usize, intent: &Intent) -> Sight {
    let seen = |update: &Update| {
        let at = world.remotes.at(intent.remote, &update.name)?;
        let contains_ours = contains(&at.commit, &update.commit);
        let seen = SeenAt { object: at.object, commit: at.commit, contains_ours };
        Some((update.name.clone(), seen))
    };
    let refs = Seen::Refs(intent.updates.iter().filter_map(seen).collect());
    if intent.remote == Remote::Security {
        return Sight { refs, fence: None, ours: Ok(()) };
    }
    let fence = world.remotes.fence.clone();
    let ours = world.conductors[i].ledger.check(&intent.repo, fence.as_ref());
    Sight { refs, fence, ours }
}

impl Conductor {
    /// The command was refused. What passes by itself is tried again; the rest is for a person.
    pub(crate) fn refused(&mut self, refusal: &Refusal) {
        self.phase = match refusal.code {
            Code::Incomplete => Phase::Idle,
            code => Phase::Stopped(code),
        };
    }
}
