//! What a process plans, by the product's rules: the sync that is due, the merge, the cut, the take-over.

use std::collections::BTreeMap;
use std::sync::Arc;

use train::command::TagWish;
use train::cut::{self, Chosen, Fate, RepoFacts, SecurityFacts, Target};
use train::event::Event;
use train::facts::{Look, SeenFence};
use train::fence::{self, Mover};
use train::id::Oid;
use train::intent::{FenceMove, Intent, IntentId, Purpose, Remote, Tagged, Update};
use train::publish;
use train::security::{self, BranchState, Candidate};
use train::state::Review;

use crate::conduct::{Settled, object, proceed};
use crate::ledger::Ledger;
use crate::remote::{Flight, bits, commit, contains};
use crate::world::{Conductor, Phase, Then, Wish, World};
use crate::{BRANCH, Bug, FIX, MERGE, Model};

/// An intent to be written.
struct New<'a> {
    purpose: Purpose,
    update: Update,
    /// The look at upstream that it was planned from; none for the security remote.
    look: Option<&'a Look>,
    opening: Vec<Event>,
    then: Then,
}

impl Model {
    /// Security's main follows upstream's, where that is due.
    pub(crate) fn sync(
        &self,
        world: &mut World,
        i: usize,
        look: &Look,
        after: bool,
        settled: Settled,
        well: bool,
    ) {
        let security = world.remotes.security.clone();
        let upstream = look.main.as_ref();
        let (ahead, behind) = sides(look, &security);
        let update =
            security::to_follow(self.repo(), BRANCH, upstream, Some(&security), &ahead, behind);
        let conductor = &mut world.conductors[i];
        let then = Then::Synced { after, settled: settled.clone(), well };
        match update {
            Err(refusal) => conductor.refused(&refusal),
            Ok(Some(update)) => {
                let (purpose, opening) = (Purpose::Sync, Vec::new());
                self.intend(world, i, New { purpose, update, look: None, opening, then });
            }
            Ok(None) => {
                let repo = self.repo().clone();
                conductor.ledger.append(vec![Event::Synced { repo }]);
                proceed(conductor, after, settled, well);
            }
        }
    }

    pub(crate) fn merge(&self, world: &mut World, i: usize, look: &Look) {
        let security = world.remotes.security.clone();
        let main = look.main.clone().unwrap();
        let fix = commit(FIX | crate::BASE);
        let branch = Candidate {
            number: 1,
            merged: contains(&main, &fix),
            review: Some(Review { commit: fix.clone(), by: "mat".into() }),
            commit: fix,
        };
        let (ahead, _) = sides(look, &security);
        let conductor = &mut world.conductors[i];
        let chosen = conductor
            .ledger
            .check(self.repo(), look.fence.as_ref())
            .and_then(|()| security::not_diverged(self.repo(), &ahead))
            .and_then(|()| security::select(&[branch], &[], false));
        let chosen = match chosen {
            Err(refusal) => return conductor.refused(&refusal),
            Ok(chosen) if chosen.is_empty() => return conductor.ended(true),
            Ok(chosen) => chosen,
        };
        assert_eq!(chosen[0].state(), BranchState::Reviewed);
        let tip = commit(bits(&main) | FIX | (MERGE << conductor.merges));
        conductor.merges += 1;
        if self.bug == Bug::SecurityFirst {
            let update = Update::forward(BRANCH, Some(security), tip);
            let (purpose, opening, then) = (Purpose::Sync, Vec::new(), Then::Tagged);
            return self.intend(world, i, New { purpose, update, look: None, opening, then });
        }
        let update = Update::forward(BRANCH, Some(main), tip);
        let purpose = Purpose::Merge { branches: vec![1] };
        let (look, opening, then) = (Some(look), Vec::new(), Then::Merged);
        self.intend(world, i, New { purpose, update, look, opening, then });
    }

    pub(crate) fn cut(&self, world: &mut World, i: usize, look: Look, settled: &[Arc<Intent>]) {
        let (ahead, _) = sides(&look, &world.remotes.security);
        let conductor = &mut world.conductors[i];
        if let Err(refusal) = conductor.ledger.check(self.repo(), look.fence.as_ref()) {
            return conductor.refused(&refusal);
        }
        let mut wish = TagWish::default();
        if conductor.wishes[0] == Wish::Again {
            wish = TagWish { again: true, because: "kick".parse().ok(), ..wish };
            if self.bug != Bug::AgainAndAgain {
                wish =
                    cut::left_of(&wish, &conductor.ledger.state, settled.iter().map(Arc::as_ref));
            }
        }
        let security = match self.twin {
            true => {
                SecurityFacts::Seen { ahead: ahead.len(), waiting: Vec::new(), moved: Vec::new() }
            }
            false => SecurityFacts::NotSetUp,
        };
        let fate = self.fate(conductor, &wish, look.clone(), security);
        let (tag, commit) = match fate {
            Fate::Tag { tag, target } => (tag, target.commit),
            Fate::Refused(refusal) | Fate::Unknown(refusal) => {
                return conductor.refused(&refusal);
            }
            Fate::Already { .. } | Fate::Stays { .. } => return conductor.ended(true),
        };
        let id = IntentId::after(&conductor.ledger.head(), self.repo(), Remote::Upstream);
        let object = object('d', &id);
        let tagged = Tagged {
            tag: tag.clone(),
            object: object.clone(),
            commit: commit.clone(),
            base: None,
            base_from: train::base::BaseFrom::Nothing,
            picks: Vec::new(),
            resolved_by: None,
            because: wish.because.map(String::from),
        };
        let push = self.push();
        let opened =
            Event::Opened { push, scheduled: push, hero: None, turn: None, off_cycle: false };
        let new = !conductor.ledger.state.pushes.contains_key(&push);
        let opening = new.then_some(opened).into_iter().collect();
        let update = Update::new_tag(&tag, object, commit);
        let (purpose, look, then) = (Purpose::Tag(tagged), Some(&look), Then::Tagged);
        self.intend(world, i, New { purpose, update, look, opening, then });
    }

    fn fate(
        &self,
        conductor: &Conductor,
        wish: &TagWish,
        look: Look,
        security: SecurityFacts,
    ) -> Fate {
        let push = self.push();
        let chosen = Chosen {
            push,
            scheduled: push,
            hero: None,
            turn: None,
            off_cycle: false,
            frozen: None,
        };
        let mut state = (*conductor.ledger.state).clone();
        let mut seen = look.clone();
        if self.bug == Bug::CountWhatIsThere {
            state = train::state::State::default();
            seen.fence = None;
        }
        let commit = look.main.unwrap();
        let facts = RepoFacts {
            base: train::base::choose(
                &self.settings.repos[0].scheme,
                push,
                &seen.tags,
                None,
                None,
                &BTreeMap::new(),
            ),
            look: Ok(seen),
            running: None,
            target: Ok(Target { commit, from: None, picks: Vec::new() }),
            uncarried: Vec::new(),
            brings: train::facts::Comparison { commit_count: 1, ..Default::default() },
            security,
            earlier: cut::Earlier::default(),
        };
        let facts = BTreeMap::from([(self.repo().clone(), facts)]);
        cut::plan(&self.settings, &state, wish, chosen, &facts).repos.remove(0).fate
    }

    /// Writes an intent and lets it begin.
    fn intend(&self, world: &mut World, i: usize, new: New<'_>) {
        let New { purpose, update, look, opening, then } = new;
        let conductor = &mut world.conductors[i];
        let remote = if look.is_some() { Remote::Upstream } else { Remote::Security };
        if self.bug != Bug::TwoAtOnce && self.bug != Bug::LeaveOpenBehind {
            let state = &conductor.ledger.state;
            if let Err(refusal) = publish::may_begin(state, self.repo(), remote) {
                return conductor.refused(&refusal);
            }
        }
        let head = conductor.ledger.head();
        let push = matches!(purpose, Purpose::Tag(_)).then(|| self.push());
        let mut intent = Intent {
            id: IntentId::after(&head, self.repo(), remote),
            push,
            repo: self.repo().clone(),
            remote,
            purpose,
            updates: vec![update],
            fence: None,
            settings: String::new(),
        };
        if let Some(look) = look.filter(|_| self.fence) {
            let tag = intent.updates[0].name.strip_prefix("refs/tags/").map(str::to_owned);
            let tags: Vec<&str> = tag.iter().map(String::as_str).collect();
            let what = intent.id.as_str().to_owned();
            intent.fence = Some(self.fence_after(world, i, look.fence.as_ref(), &what, &tags));
        }
        let conductor = &mut world.conductors[i];
        let events =
            opening.into_iter().chain([Event::Intended(Box::new(intent.clone()))]).collect();
        conductor.ledger.append(events);
        let step = publish::begin(&intent);
        conductor.phase = Phase::Carry { intent: Arc::new(intent), step, sent: None, then };
    }

    pub(crate) fn adopt(&self, world: &mut World, i: usize, seen: Option<SeenFence>) {
        let event =
            Event::Adopted { from: None, head: None, lost: Vec::new(), because: "lost".to_owned() };
        world.conductors[i].ledger.append(vec![event]);
        let fence = self.fence_after(world, i, seen.as_ref(), fence::ADOPTED, &[]);
        let conductor = &mut world.conductors[i];
        conductor.phase = Phase::Adopt { look: Some(seen), sent: true };
        world.flights.push(Flight {
            by: i,
            run: conductor.runs,
            remote: Remote::Upstream,
            updates: Vec::new(),
            fence: Some(fence),
            adopting: true,
            awaited: true,
        });
    }

    /// The fence's next move by ledger `i`, its blob written.
    pub(crate) fn fence_after(
        &self,
        world: &mut World,
        i: usize,
        before: Option<&SeenFence>,
        what: &str,
        tags: &[&str],
    ) -> FenceMove {
        let Ledger { id, .. } = world.conductors[i].ledger;
        let head = world.conductors[i].ledger.head();
        let mover = Mover { ledger: id, url: None, node: "desk", head: &head };
        let body = mover.body(before, what, &self.settings.repos[0].scheme, tags);
        let to: Oid = format!("f{}", &train::digest::of(&body).repeat(3)[..39]).parse().unwrap();
        world.remotes.blobs.write(to.clone(), body);
        fence::moved(&self.settings.train, before, to)
    }
}

/// What upstream's main lacks of security's, and whether security's lacks something of upstream's.
fn sides(look: &Look, security: &Oid) -> (Vec<Oid>, bool) {
    let main = look.main.as_ref().unwrap();
    let ahead = (!contains(main, security)).then(|| security.clone()).into_iter().collect();
    (ahead, !contains(security, main))
}
