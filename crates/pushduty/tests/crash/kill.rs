//! One command, killed at one point after the other; each time the same command again, and the remotes compared with
//! those of a run that nobody killed (P11).

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use testkit::{Ran, Trace};

use crate::points::{CALLS, Extent, Moment, Point, chosen};
use crate::scene::Scene;

/// Nobody panics while counting.
const WHOLE: &str = "the counts are whole";
/// What a push is for that no intent is open for: the fence is taken, and nothing else.
const FENCE: &str = "fence";
/// In how many worlds a point is looked for: how many threads are started is another number in each run, so that the
/// last of these starts comes in some runs only.
const TRIES: usize = 3;

/// What becomes of the git children of a killed process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    LivesOn,
    Dies,
}

/// What the worlds of one command came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// Killed where it was to be killed.
    killed: usize,
    /// Ended well each time, before it came to where it was to be killed.
    missed: usize,
    /// Killed with an intent written and not settled.
    midway: usize,
    /// Killed with nothing done, with a part, with everything.
    nothing: usize,
    part: usize,
    everything: usize,
    /// Pushes that lived on at their remote when their parent was killed, by what they were for.
    orphans: BTreeMap<String, usize>,
}

impl Tally {
    /// At least `kills` kills, before, amid and after the effect, and pushes of just these kinds that outlived their
    /// parent: a matrix that shrinks unnoticed proves nothing.
    #[track_caller]
    pub fn expect(&self, kills: usize, orphans: &[&str]) {
        assert!(self.killed >= kills && self.missed <= 4, "{self:?}");
        assert!(self.nothing > 0 && self.part + self.everything > 0, "{self:?}");
        let outlived: Vec<&String> = self.orphans.keys().collect();
        assert_eq!(outlived, orphans, "{self:?}");
        let has_intents = orphans.iter().any(|kind| *kind != FENCE);
        assert!(!has_intents || self.midway > 0 && self.everything > 0, "{self:?}");
    }
}

/// A command to be killed.
pub struct Play<'a> {
    /// The world before it.
    pub template: &'a Scene,
    /// Its words.
    pub command: &'a [&'a str],
    /// What it changes, as everybody can see it.
    pub shows: fn(&Scene) -> Value,
    /// Who reads this was told that it is done, and does not run it again.
    pub told: Option<&'a str>,
    /// How the second run refuses when the first had done it all.
    pub done: Option<&'a str>,
    /// Where it is killed.
    pub extent: Extent,
}

impl<'a> Play<'a> {
    /// A command that is killed at every call, and changes refs of remotes.
    pub fn whole(template: &'a Scene, command: &'a [&'a str]) -> Self {
        Self { template, command, shows: commits, told: None, done: None, extent: Extent::Every }
    }

    /// A command that is killed at each distinct place.
    pub fn brief(template: &'a Scene, command: &'a [&'a str]) -> Self {
        Self { extent: Extent::Distinct(4), ..Self::whole(template, command) }
    }

    /// Plays it once without a kill, and then once per point and fate of the children.
    pub fn kill_everywhere(&self) -> Tally {
        let before = (self.shows)(self.template);
        let plain = self.template.again();
        let trace = Trace::new(plain.world.sealed(), CALLS);
        let mut run = trace.watching(plain.world.sealed(), &self.run_in(&plain));
        plain.world.start_command(&mut run).wait().ok();
        let after = (self.shows)(&plain);
        assert_ne!(before, after, "the command does something");
        let places = trace.places();
        let writes = |part: &str| places.iter().any(|p| p.about.iter().any(|a| a.contains(part)));
        let made = writes("upstream.git/objects/") && writes(".git/refs/keep/");
        assert!(made || self.extent != Extent::Every, "what is written is a place to be killed at");
        let points = chosen(&places, self.extent);
        let next = AtomicUsize::new(0);
        let (tally, failures) = (Mutex::new(Tally::default()), Mutex::new(Vec::new()));
        let play = || {
            while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                let world = |child| {
                    let case = Case { play: self, point, child, before: &before, after: &after };
                    catch_unwind(AssertUnwindSafe(|| case.plays(&tally))).unwrap_or_else(|why| {
                        let why = why.downcast::<String>().map_or_else(|_| "?".into(), |why| *why);
                        let failure = format!("{point}, git {child:?}: {why}");
                        failures.lock().expect(WHOLE).push(failure);
                        true
                    })
                };
                // Where no git was running, both fates are one.
                if world(Child::LivesOn) {
                    world(Child::Dies);
                }
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(play);
            scope.spawn(play);
        });
        let failures = failures.into_inner().expect(WHOLE);
        let count = format!("{} of {}", failures.len(), points.len());
        assert!(failures.is_empty(), "{count}:\n{}", failures.join("\n"));
        tally.into_inner().expect(WHOLE)
    }

    fn run_in(&self, scene: &Scene) -> Command {
        let mut run = scene.world.hero("mat").command();
        run.args(self.command);
        run
    }
}

/// One world.
struct Case<'a> {
    play: &'a Play<'a>,
    point: &'a Point,
    child: Child,
    before: &'a Value,
    after: &'a Value,
}

impl Case<'_> {
    /// Killed at the point, in the first world that comes there. Whether a git was running when it was killed.
    fn plays(&self, tally: &Mutex<Tally>) -> bool {
        let lives = (0..TRIES).find_map(|_| self.plays_once(tally));
        if lives.is_none() {
            tally.lock().expect(WHOLE).missed += 1;
        }
        lives.unwrap_or_default()
    }

    /// Killed at the point, run again, compared. Whether a git was running when it was killed; none: it ended before.
    fn plays_once(&self, tally: &Mutex<Tally>) -> Option<bool> {
        let scene = self.play.template.again();
        let home = scene.world.sealed();
        let (killed, lives) = match &self.point.moment {
            Moment::Before(call) => {
                let run = self.play.run_in(&scene);
                let mut run = Trace::new(home, CALLS).killing(home, &run, call);
                let killed = scene.world.start_command(&mut run).wait();
                let lives = !home.processes().is_empty();
                if self.child == Child::Dies {
                    scene.end_every_git();
                }
                (killed, lives)
            }
            Moment::Held(remote) => (self.killed_amid_push(&scene, remote, tally), true),
        };
        if killed.code == 0 {
            // The ledger's last tidying may be cut short by the process's end: then the call is never made.
            return None;
        }
        assert_eq!(killed.code, -9, "{killed}");
        if self.child == Child::Dies || !lives {
            self.note(&scene, tally);
        }
        self.again(&scene, &killed);
        tally.lock().expect(WHOLE).killed += 1;
        Some(lives)
    }

    /// Killed while its push is at the remote, which then lands, or dies too.
    fn killed_amid_push(&self, scene: &Scene, remote: &str, tally: &Mutex<Tally>) -> Ran {
        let gate = scene.gate_at(remote);
        let mut running = scene.world.start_command(&mut self.play.run_in(scene));
        gate.wait_until_reached();
        running.kill();
        let killed = running.wait();
        let kind = scene.pushing_to(remote).unwrap_or_else(|| FENCE.to_owned());
        if self.child == Child::Dies {
            scene.end_every_git();
        } else {
            assert!(!scene.world.sealed().processes().is_empty(), "its push is there");
            *tally.lock().expect(WHOLE).orphans.entry(kind).or_default() += 1;
        }
        gate.open();
        killed
    }

    /// Notes how far the killed run had come; nothing of it lives any more.
    fn note(&self, scene: &Scene, tally: &Mutex<Tally>) {
        let (shown, open) = ((self.play.shows)(scene), scene.open());
        let mut tally = tally.lock().expect(WHOLE);
        tally.midway += usize::from(open > 0);
        match &shown {
            shown if shown == self.before => tally.nothing += 1,
            shown if shown == self.after => tally.everything += 1,
            _ => tally.part += 1,
        }
    }

    /// The same command again: the world is as without the kill.
    fn again(&self, scene: &Scene, killed: &Ran) {
        if !self.play.told.is_some_and(|told| killed.stdout.contains(told)) {
            let again = scene.mat(self.play.command);
            match self.play.done {
                Some(done) if again.code != 0 => again.expect_code(3).says(done),
                _ => again.ok(),
            };
        }
        assert_eq!(&(self.play.shows)(scene), self.after);
        built_once(scene);
        scene.upstream_was_first();
        let verified = scene.mat(&["verify", "--json"]).ok().json();
        assert_eq!((&verified["chain"], &verified["differences"]), (&json!("ok"), &json!([])));
    }
}

/// Each ref of an intent is at the very object of the first intent that was written for it, and nothing is open.
fn built_once(scene: &Scene) {
    let (events, shown) = (scene.events(), scene.shown());
    let mut intended = BTreeMap::new();
    for event in events.iter().filter(|e| e["kind"] == "intended") {
        for update in event["updates"].as_array().expect("an intent has updates") {
            let key = [&event["repo"], &event["remote"], &update["name"]].map(Value::to_string);
            let first = intended.entry(key.clone()).or_insert_with(|| update["new"].clone());
            assert_eq!(*first, update["new"], "{key:?} was built once");
        }
    }
    let objects: Vec<&String> =
        shown.iter().flat_map(|r| r.values().map(|(object, _)| object)).collect();
    for (key, object) in intended {
        let object = object.as_str().expect("an object has a name").to_owned();
        assert!(objects.contains(&&object), "{key:?} is at {object}");
    }
    assert_eq!(Scene::unsettled(&events).count(), 0, "every intent has a result");
}

/// Every ref with the commit it comes to: tag objects have names of their own in every ledger.
fn commits(scene: &Scene) -> Value {
    let refs = scene.shown().into_iter().map(|refs| -> BTreeMap<String, String> {
        refs.into_iter().map(|(name, (_, commit))| (name, commit)).collect()
    });
    refs.collect::<Vec<_>>().into_iter().map(|refs| json!(refs)).collect()
}
