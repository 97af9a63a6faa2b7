//! Gates gate (P8): production may be started when every one passes, and each of them can say no.

use proptest::prelude::*;
use train::attempt::Override;
use train::calendar::{Departure, Freeze, departure_of};
use train::facts::Picked;
use train::gates::{
    Facts, Gate, GateState, MovedTags, OnStage, OpenItem, RepoFacts, Security, Told, ready, report,
    signed_off,
};
use train::hold::{Held, Hold};
use train::id::PushDate;
use train::people::{Person, Proof, Role};
use train::pushday::{Claim, PushDay};
use train::settings::{GateRule, Opens, Repo, Settings};
use train::signoff::{NewestTag, Signoff, Word};
use train::versions::ServiceState;

use crate::{TAG, at, commit, oid, repo, settings};

/// A team that has set up all there is; *web* is deployed after *server*.
fn team() -> Settings {
    let person = |name: &str, role: Role| Person {
        name: name.parse().unwrap(),
        roles: [role].into(),
        aliases: Vec::new(),
        email: None,
        irc: None,
        github: None,
    };
    let signs = |role: Role, own: bool| GateRule {
        name: role.word().to_owned(),
        opens: Opens::Signoffs { role, need: 1, own },
    };
    let command = vec!["./smoke".to_owned(), "{tags}".to_owned()];
    let smoke = GateRule { name: "smoke".to_owned(), opens: Opens::Command { command } };
    let web =
        Repo { after: Some(repo().name), ..Repo::new("web".parse().unwrap(), "/srv/web.git") };
    let people = [("krupa", Role::Qa), ("jason", Role::Ops), ("mat", Role::Hero)];
    Settings {
        repos: vec![repo(), web],
        people: people.map(|(name, role)| (name.parse().unwrap(), person(name, role))).into(),
        gates: vec![signs(Role::Qa, false), signs(Role::Ops, true), smoke],
        ..settings()
    }
}

fn push() -> PushDate {
    TAG.parse().unwrap()
}

fn newest(name: &str) -> NewestTag {
    let (repo, tag) = (name.parse().unwrap(), TAG.to_owned());
    NewestTag { repo, tag, object: oid('1'), commit: oid('2'), tree: None }
}

static NO_PART: std::collections::BTreeSet<train::id::RepoName> = std::collections::BTreeSet::new();

/// A push whose gates all pass, as values of its own.
pub(crate) struct Good {
    pub(crate) settings: Settings,
    given: train::roles::GivenRoles,
    day: PushDay,
    departure: Departure,
    overrides: Vec<(String, String)>,
    hero: train::id::PersonName,
}

impl Good {
    pub(crate) fn new() -> Self {
        Self::of(team())
    }

    /// The same under these settings.
    pub(crate) fn of(settings: Settings) -> Self {
        let signoff = |name: &str| Signoff {
            word: Word {
                role: Role::Qa,
                repo: name.parse().unwrap(),
                tag: TAG.to_owned(),
                object: oid('1'),
                commit: oid('2'),
                tree: oid('3'),
                own: false,
                settings: settings.digest(),
                proof: Proof::Local(0),
            },
            by: "krupa".to_owned(),
            at: at(0),
            withdrawn: None,
        };
        let day = PushDay {
            signoffs: vec![signoff("server"), signoff("web")],
            claims: vec![Claim { by: "jason".to_owned(), at: at(0) }],
            ..PushDay::default()
        };
        let departure =
            departure_of(&settings.timetable, &[], &Default::default(), push()).unwrap();
        let hero = "mat".parse().unwrap();
        let (given, overrides) = Default::default();
        Self { settings, given, day, departure, overrides, hero }
    }

    pub(crate) fn day(&self) -> &PushDay {
        &self.day
    }

    pub(crate) fn day_mut(&mut self) -> &mut PushDay {
        &mut self.day
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        let one = |name: &str| RepoFacts {
            name: name.parse().unwrap(),
            newest: Some(newest(name)),
            stays: false,
            uncarried: Some(Vec::new()),
            unseen: Vec::new(),
            has_left: false,
            settled: false,
            moved: MovedTags::default(),
        };
        let (service, shows) = ("web".to_owned(), TAG.to_owned());
        Facts {
            given: &self.given,
            settings: &self.settings,
            push: push(),
            now: at(0),
            hero: Some(&self.hero),
            departure: Some(&self.departure),
            overrides: &self.overrides,
            day: &self.day,
            repos: vec![one("server"), one("web")],
            tagset: None,
            only: &NO_PART,
            stage: Some(vec![OnStage {
                service,
                repo: "web".parse().unwrap(),
                state: ServiceState::Current,
                shows,
            }]),
            has_dev: true,
            security: Security::Seen { unwell: Vec::new(), late: Vec::new() },
            blockers: Vec::new(),
            fixed: Vec::new(),
            tasks: Vec::new(),
            built: Vec::new(),
            told: vec![("smoke".to_owned(), Told { exit: Some(0), sentence: "green".to_owned() })],
        }
    }
}

fn item(id: &str) -> OpenItem {
    let owner = Some("kumar".to_owned());
    OpenItem { id: id.to_owned(), text: "the form crashes".to_owned(), owner, unconfirmed: None }
}

fn picked() -> Picked {
    Picked { made: commit('7'), origin: Some(oid('8')), reverts: None }
}

fn held(repo: Option<&str>, until: Option<i64>) -> Held {
    let (repo, until) = (repo.map(|name| name.parse().unwrap()), until.map(at));
    let hold = Hold { repo, until, because: "smoke".to_owned() };
    Held { hold, by: "jason".to_owned(), at: at(0) }
}

#[track_caller]
fn closed(facts: &Facts<'_>) -> Vec<Gate> {
    let gates = report(facts);
    let closed: Vec<Gate> =
        gates.iter().filter(|gate| gate.state != GateState::Pass).cloned().collect();
    assert_eq!(ready(&gates), closed.is_empty(), "{gates:?}");
    for gate in &gates {
        assert!(!gate.why.is_empty() && !gate.why.ends_with('.'), "{gate:?}");
    }
    closed
}

/// Breaks one thing, and answers with the gate that says so: its name, state, sentence, and whom to ask.
#[track_caller]
fn broken(change: impl FnOnce(&mut Good), facts: impl FnOnce(&mut Facts<'_>)) -> String {
    let mut good = Good::new();
    change(&mut good);
    let mut seen = good.facts();
    facts(&mut seen);
    let closed = closed(&seen);
    let one = |gate: &Gate| {
        let ask = gate.ask.as_ref().map(|who| format!(" ({who})")).unwrap_or_default();
        format!("{} {:?}: {}{ask}", gate.name, gate.state, gate.why)
    };
    closed.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn with_facts(facts: impl FnOnce(&mut Facts<'_>)) -> String {
    broken(|_| {}, facts)
}

#[track_caller]
fn with_day(change: impl FnOnce(&mut Good)) -> String {
    broken(change, |_| {})
}

#[test]
fn all_pass_in_the_order_in_which_they_open() {
    let good = Good::new();
    let gates = report(&good.facts());
    let names: Vec<&str> = gates.iter().map(|gate| gate.name.as_str()).collect();
    assert_eq!(
        names.join(" "),
        "cut carried built staged dev blockers tasks qa ops security window dependencies smoke"
    );
    assert!(closed(&good.facts()).is_empty() && signed_off(&good.settings, &gates));
}

#[test]
fn p8_each_gate_of_tags_says_no_by_itself() {
    insta::assert_snapshot!(with_facts(|f| f.repos[1].newest = None), @"cut Wait: web has no tag of 2026.11.26 (mat)");
    insta::assert_snapshot!(
        with_facts(|f| f.repos[0].uncarried = Some(vec![picked()])),
        @"carried Fail: the tag of server lacks 7777777777 “7 does”, which production runs (mat)"
    );
    insta::assert_snapshot!(
        with_facts(|f| f.repos[0].uncarried = None),
        @"carried Wait: what production runs of server is not known here (mat)"
    );
    let on = |state| {
        move |f: &mut Facts<'_>| f.stage.iter_mut().flatten().for_each(|on| on.state = state)
    };
    insta::assert_snapshot!(with_facts(on(ServiceState::Mixed)), @"staged Wait: web on stage shows 2026.11.26 (mat)");
    insta::assert_snapshot!(
        with_facts(on(ServiceState::Failing)),
        @"staged Fail: web on stage does not answer well: 2026.11.26 (mat)"
    );
    insta::assert_snapshot!(
        with_facts(|f| { f.repos[0].newest = None; f.repos.swap(0, 1); }),
        @"
    cut Wait: server has no tag of 2026.11.26 (mat)
    dependencies Wait: web is deployed after server, which neither leaves with it nor stays (mat)
    "
    );
}

#[test]
fn p8_each_gate_of_people_says_no_by_itself() {
    insta::assert_snapshot!(with_facts(|f| f.blockers = vec![item("b3"), item("b4")]), @"blockers Fail: 2 blockers are open, the first b3 “the form crashes” (kumar)");
    insta::assert_snapshot!(with_facts(|f| f.tasks = vec![item("t7")]), @"tasks Wait: 1 task is left before it leaves: t7 “the form crashes” (kumar)");
    insta::assert_snapshot!(with_day(|good| drop(good.day.signoffs.pop())), @"qa Wait: web 2026.11.26 lacks 1 sign-off by QA (krupa)");
    insta::assert_snapshot!(
        with_day(|good| good.day.signoffs[0].withdrawn = Some("it crashes".to_owned())),
        @"qa Fail: krupa withdrew the sign-off of server 2026.11.26: it crashes (krupa)"
    );
    insta::assert_snapshot!(
        with_facts(|f| f.repos[0].newest = Some(NewestTag {
            tag: format!("{TAG}-1"), object: oid('4'), commit: oid('5'), tree: Some(oid('6')), ..newest("server")
        })),
        @"qa Wait: krupa signed off server 2026.11.26, and 2026.11.26-1 has other files (krupa)"
    );
    insta::assert_snapshot!(
        with_day(|good| good.settings.rotation = vec!["mat".parse().unwrap()]),
        @"qa Fail: the configuration changed since krupa signed off server 2026.11.26 (krupa)"
    );
    insta::assert_snapshot!(with_day(|good| good.hero = "krupa".parse().unwrap()), @"qa Wait: server 2026.11.26 lacks 1 sign-off by QA");
    insta::assert_snapshot!(with_day(|good| good.day.claims.clear()), @"ops Wait: nobody has claimed the push (jason)");
}

#[test]
fn p8_each_gate_of_time_and_of_programs_says_no_by_itself() {
    insta::assert_snapshot!(with_day(|good| good.day.holds.push(held(None, Some(3)))), @"window Fail: jason holds the push until Wed 18 Nov 06:06 PST: smoke (jason)");
    insta::assert_snapshot!(with_day(|good| good.day.holds.push(held(Some("web"), None))), @"window Fail: jason holds web: smoke (jason)");
    assert_eq!(with_day(|good| good.day.holds.push(held(None, Some(0)))), "", "it is over");
    let told = |exit, sentence: &str| {
        let sentence = sentence.to_owned();
        move |f: &mut Facts<'_>| f.told[0].1 = Told { exit, sentence }
    };
    insta::assert_snapshot!(with_facts(told(Some(3), "two to go")), @"smoke Wait: two to go (mat)");
    insta::assert_snapshot!(with_facts(told(Some(7), "")), @"smoke Fail: its program ended with 7 (mat)");
    insta::assert_snapshot!(with_facts(told(None, "")), @"smoke Fail: its program gave no answer (mat)");
    insta::assert_snapshot!(with_facts(|f| f.told.clear()), @"smoke Wait: not asked about these tags yet; `pushduty ready` asks (mat)");
}

#[test]
fn a_freeze_holds_whatever_leaves_in_it_but_what_ops_let_through() {
    let frozen = |good: &mut Good| {
        let freeze = Freeze::read("2026-11-20", "2026-11-30", "holidays").unwrap();
        good.settings.timetable.freezes.push(freeze);
        for signoff in &mut good.day.signoffs {
            signoff.word.settings = good.settings.digest();
        }
    };
    insta::assert_snapshot!(with_day(frozen), @"window Fail: nothing leaves now: holidays (mat)");
    let through = |good: &mut Good| {
        frozen(good);
        good.overrides.push(("freeze".to_owned(), "holidays; it burns".to_owned()));
    };
    assert_eq!(with_day(through), "");
    let skipped = |good: &mut Good| good.departure.standing = train::calendar::Standing::Skipped;
    insta::assert_snapshot!(with_day(skipped), @"window Fail: 2026.11.26 is skipped in the configuration (mat)");
}

#[test]
fn what_a_person_named_to_leave_is_carried() {
    let leave = |commit: &str| ("leave".to_owned(), format!("{commit} not any more"));
    let lost = |f: &mut Facts<'_>| f.repos[0].uncarried = Some(vec![picked()]);
    assert_eq!(broken(|good| good.overrides.push(leave("77777777")), lost), "");
    assert_eq!(broken(|good| good.overrides.push(leave("88888888")), lost), "", "its origin");
    assert!(broken(|good| good.overrides.push(leave("99999999")), lost).starts_with("carried"));
}

#[test]
fn p9_whoever_lacks_the_security_role_reads_the_same_whatever_there_is() {
    let gate = |security: Security| {
        let good = Good::new();
        let facts = Facts { security, ..good.facts() };
        report(&facts).into_iter().find(|gate| gate.name == "security").unwrap()
    };
    let hidden = gate(Security::Hidden { ask: Some("ann".parse().unwrap()) });
    assert_eq!((hidden.state, hidden.ask.as_deref()), (GateState::Wait, Some("ann")));
    let seen = |unwell: &[&str], late: &[&str]| Security::Seen {
        unwell: unwell.iter().map(|why| (*why).to_owned()).collect(),
        late: late.iter().map(|name| name.parse().unwrap()).collect(),
    };
    assert_eq!(gate(seen(&["it diverged"], &["web"])).state, GateState::Fail);
    assert_eq!(gate(seen(&[], &["web"])).state, GateState::Wait);
    assert_eq!(gate(Security::NotAsked).state, GateState::Wait);
    assert_eq!(gate(Security::NotSetUp).state, GateState::Pass);
}

#[test]
fn what_is_not_set_up_passes_and_says_so() {
    let mut good = Good::new();
    good.settings.gates.clear();
    good.settings.repos[1].after = None;
    good.day = PushDay::default();
    let mut facts = good.facts();
    (facts.stage, facts.has_dev, facts.security) = (None, false, Security::NotSetUp);
    facts.told.clear();
    let gates = report(&facts);
    let silent: Vec<&str> = gates
        .iter()
        .filter(|gate| gate.why.starts_with("not set up"))
        .map(|gate| gate.name.as_str())
        .collect();
    assert_eq!(silent, ["built", "staged", "dev", "qa", "ops", "security", "dependencies"]);
    assert!(ready(&gates) && !signed_off(&good.settings, &gates));
}

#[test]
fn repositories_that_stay_need_no_sign_off_and_a_pick_unseen_on_dev_only_warns() {
    let stays = |f: &mut Facts<'_>| {
        (f.repos[1].stays, f.repos[1].newest) = (true, None);
    };
    assert_eq!(broken(|good| drop(good.day.signoffs.pop()), stays), "");
    let mut good = Good::new();
    good.day.signoffs.clear();
    let mut facts = good.facts();
    facts.repos.iter_mut().for_each(|repo| (repo.stays, repo.newest) = (true, None));
    assert!(closed(&facts).is_empty());
    let good = Good::new();
    let mut facts = good.facts();
    facts.repos[0].unseen = vec![oid('9')];
    let dev = report(&facts).into_iter().find(|gate| gate.name == "dev").unwrap();
    assert_eq!(dev.why, "9999999999 of server was never seen on dev");
    assert_eq!(dev.state, GateState::Pass);
    let mut good = Good::new();
    good.settings.gates.push(GateRule { name: "dev".to_owned(), opens: Opens::SeenOnDev });
    for signoff in &mut good.day.signoffs {
        signoff.word.settings = good.settings.digest();
    }
    let mut facts = good.facts();
    assert!(closed(&facts).is_empty());
    facts.repos[0].unseen = vec![oid('9')];
    assert_eq!(closed(&facts)[0].why, "9999999999 of server was never seen on dev");
}

proptest! {
    /// Whatever goes wrong together: the push is ready when nothing does, and never otherwise.
    #[test]
    fn p8_nothing_that_is_wrong_makes_up_for_something_else(wrong in prop::collection::vec(any::<bool>(), 9)) {
        let mut good = Good::new();
        if wrong[0] {
            good.day.signoffs.clear();
        }
        if wrong[1] {
            good.day.claims.clear();
        }
        if wrong[2] {
            good.day.holds.push(held(None, None));
        }
        let mut facts = good.facts();
        if wrong[3] {
            facts.repos[0].newest = None;
        }
        if wrong[4] {
            facts.repos[0].uncarried = None;
        }
        if wrong[5] {
            facts.blockers.push(item("b1"));
        }
        if wrong[6] {
            facts.told.clear();
        }
        if wrong[7] {
            facts.security = Security::NotAsked;
        }
        if wrong[8] {
            facts.stage.iter_mut().flatten().for_each(|on| on.state = ServiceState::Unknown);
        }
        prop_assert_eq!(ready(&report(&facts)), !wrong.contains(&true));
    }
}

#[test]
fn what_is_settled_is_not_judged_any_more() {
    let good = Good::new();
    let mut facts = good.facts();
    facts.repos[1].moved.leaving = Some("web was moved".to_owned());
    facts.repos[1].uncarried = None;
    for service in facts.stage.iter_mut().flatten() {
        service.state = ServiceState::Old;
    }
    let closed = |facts: &Facts<'_>| {
        let gates = report(facts).into_iter().filter(|gate| !gate.is_open());
        gates.map(|gate| gate.name).collect::<Vec<_>>()
    };
    assert_eq!(closed(&facts), ["cut", "carried", "staged"]);
    facts.repos[1].settled = true;
    assert!(closed(&facts).is_empty(), "another push took its place: {:?}", closed(&facts));
}

/// The names of the gates that hold it up, by a day where some were let go.
fn held_up(day: &PushDay, set: impl FnOnce(&mut Facts<'_>)) -> Vec<String> {
    let good = Good::new();
    let day = PushDay { overrides: day.overrides.clone(), ..good.day.clone() };
    let mut facts = Facts { day: &day, tagset: Some("t"), ..good.facts() };
    set(&mut facts);
    let closed = report(&facts).into_iter().filter(|gate| !gate.is_open());
    closed.map(|gate| gate.name).collect()
}

/// A day on which a gate was let go for what closed it.
fn let_go(gate: &str, closed_by: &[&str]) -> PushDay {
    let overrides = vec![Override {
        gate: gate.to_owned(),
        because: "it is rare".to_owned(),
        by: "jason".to_owned(),
        at: at(0),
        tagset: "t".to_owned(),
        only: NO_PART.clone(),
        closed_by: closed_by.iter().map(|one| (*one).to_owned()).collect(),
    }];
    PushDay { overrides, ..PushDay::default() }
}

#[test]
fn p8_a_gate_that_is_let_go_for_some_tags_is_closed_for_others() {
    let day = let_go("blockers", &["b3"]);
    let blocked = |facts: &mut Facts<'_>| facts.blockers = vec![item("b3")];
    assert!(held_up(&day, blocked).is_empty());
    let retagged = |facts: &mut Facts<'_>| {
        blocked(facts);
        facts.tagset = Some("u");
    };
    assert_eq!(held_up(&day, retagged), ["blockers"]);
}

#[test]
fn p8_a_gate_is_let_go_for_what_closed_it_and_for_nothing_later() {
    let blockers = |ids: &[&str]| {
        let open: Vec<OpenItem> = ids.iter().map(|id| item(id)).collect();
        move |facts: &mut Facts<'_>| facts.blockers = open
    };
    let day = let_go("blockers", &["b1", "b2"]);
    assert_eq!(held_up(&day, blockers(&["b1", "b2"])), [""; 0]);
    assert_eq!(held_up(&day, blockers(&["b2"])), [""; 0]);
    assert_eq!(held_up(&day, blockers(&["b2", "b3"])), ["blockers"]);
    // One of before this was recorded keeps its meaning.
    assert_eq!(held_up(&let_go("blockers", &[]), blockers(&["b3"])), [""; 0]);
    // A service that moves on stage is no other thing; one that fails is, and so is a second one.
    let stage = |state: ServiceState, names: &[&str]| {
        let one = |name: &&str| {
            let (service, repo) = ((*name).to_owned(), "web".parse().unwrap());
            OnStage { service, repo, state, shows: "an older one".to_owned() }
        };
        let services = names.iter().map(one).collect();
        move |facts: &mut Facts<'_>| facts.stage = Some(services)
    };
    let day = let_go("staged", &["web is late"]);
    assert_eq!(held_up(&day, stage(ServiceState::Mixed, &["web"])), [""; 0]);
    assert_eq!(held_up(&day, stage(ServiceState::Failing, &["web"])), ["staged"]);
    assert_eq!(held_up(&day, stage(ServiceState::Old, &["web", "worker"])), ["staged"]);
}
