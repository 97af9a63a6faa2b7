//! What comes to production past us, and what a hot-fix of an older push means to the later ones: told, judged by what still
//! leaves, and taken back from what production runs.

use serde_json::Value;
use testkit::{PushDuty, Remote, Services};

use crate::after::gate;
use crate::scene::{of, train};
use crate::start::{Thursday, step};

impl Thursday {
    /// Somebody makes one more tag of *server* by hand, with a commit that no command picked. Comes back with its commit.
    fn tags_by_hand(&self, tag: &str, onto: &str) -> String {
        let start = self.server.commit_of(onto);
        self.server.commit("hot").from(&start).file("hot.py", "hot\n").subject("Hot").make();
        self.server.annotated_tag(tag, "hot", tag);
        self.server.commit_of(tag)
    }

    /// It is deployed by hand: nobody started it.
    fn production_runs(&self, tag: &str) {
        self.services.runs("production-server", tag, &self.server.commit_of(tag));
    }

    /// A fix of *server* gets its tag by command, and is deployed by hand.
    pub(crate) fn fixed_past_us(&self) {
        let fix = self.server.commit_on("main", &[("fix.py", "fix\n")], "Put a fire out");
        self.mat().types(&format!("pick --onto production server:{fix} --yes")).ok();
        self.production_runs("2026.11.26-1");
    }
}

const TOLD: &str = "production shows server 2026.11.26-1, which no start allowed";

#[test]
fn p8_a_tag_made_by_hand_and_deployed_past_us_is_told_and_not_compared_with_itself() {
    let thursday = Thursday::new("");
    let (mat, jason) = (thursday.mat(), thursday.jason());
    let commit = thursday.tags_by_hand("2026.11.26-1", "2026.11.26");
    thursday.production_runs("2026.11.26-1");
    let compared = mat.reads("compare");
    assert_eq!(of(&compared, "server")["base"], "2026.11.19", "{compared}");
    let told = mat.reads("status");
    assert!(told["notes"].as_array().unwrap().iter().any(|note| note == TOLD), "{told}");
    let server = of(&told, "server");
    assert_eq!(
        (&server["tag"], &server["base"]),
        (&"2026.11.26-1".into(), &"2026.11.19".into()),
        "{server}"
    );
    let sheet = jason.reads("start --dry-run");
    assert_eq!(step(&sheet, "server")["from"], "2026.11.19", "{sheet}");
    assert!(sheet["remarks"].as_array().unwrap().iter().any(|said| said == TOLD), "{sheet}");
    mat.types("check").ok().says(TOLD).says("has it on record");
    mat.types(&format!("where {commit}")).ok().says("2026.11.26-1").says("which no start allowed");
    mat.types("tag --again --because kick --repo server --dry-run").ok().says(TOLD);
    // Once it left properly nothing is told any more, and it goes back to what was there before.
    thursday.starts().ok();
    let told = mat.reads("status");
    assert!(!told["notes"].to_string().contains("no start allowed"), "{told}");
    assert_eq!(of(&told, "server")["base"], "2026.11.19");
}

#[test]
fn a_newer_tag_on_its_way_makes_the_one_before_no_stranger() {
    let thursday = Thursday::new("");
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    let late = thursday.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    thursday.mat().types(&format!("pick server:{late} --yes")).ok();
    thursday.starts().ok();
    thursday.jason().types("watch production --once").expect_code(1);
    let told = thursday.mat().reads("status");
    assert!(!told["notes"].to_string().contains("no start allowed"), "{told}");
}

#[test]
fn a_hot_fix_that_nobody_started_goes_back_to_what_it_came_onto() {
    let thursday = Thursday::deployed_by("true").over();
    thursday.fixed_past_us();
    thursday.jason().types("rollback --because worse --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26 2026.11.26-1\n"), "{}", thursday.ran());
    assert_eq!(thursday.ran().lines().count(), 3, "what left properly stays: {}", thursday.ran());
    let told = thursday.state_of("2026.11.26");
    assert_eq!(told["state"], "rolled_back");
    thursday.jason().types("resume --yes").ok();
    let why = gate(&thursday.state_of("2026.11.26"), "cut")["why"].clone();
    assert_eq!(
        why,
        "server 2026.11.26-1 was rolled back: worse; a newer tag leaves in its place, or `pushduty rollback --clear --push 2026.11.26 --because TEXT` lets this one leave again"
    );
}

#[test]
fn what_came_past_us_on_top_of_what_left_goes_back_with_it() {
    let thursday = Thursday::deployed_by("true");
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    thursday.fixed_past_us();
    let plan = thursday.jason().reads("rollback --because worse --dry-run");
    let back: Vec<(&Value, &Value)> =
        plan["back"].as_array().unwrap().iter().map(|one| (&one["tag"], &one["to"])).collect();
    let (tag, fixed, to) = ("2026.11.26".into(), "2026.11.26-1".into(), "2026.11.19".into());
    // The tag that it came onto was there: its migrations are.
    assert_eq!(back, [(&tag, &to), (&fixed, &tag)], "{plan}");
    thursday.jason().types("rollback --because worse --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26 2026.11.26-1\n"), "{}", thursday.ran());
    thursday.jason().types("rollback --repo server --because \"worse still\" --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
}

#[test]
fn what_production_runs_of_another_push_is_not_taken_back_in_its_name() {
    let thursday = Thursday::deployed_by("true").over();
    thursday.world.at("2026-12-01T09:00:00Z");
    thursday.server.commit_on("main", &[("new.py", "new\n")], "Begin something new");
    thursday.world.hero("eviljeff").types("tag --stay web --yes").ok();
    thursday.production_runs("2026.12.03");
    let ran = thursday.jason().types("rollback --because slow --yes").expect_code(3);
    ran.says("production shows server 2026.12.03, which no start allowed")
        .says("pushduty start --push 2026.12.03");
    thursday.starts_with("--push 2026.12.03").ok();
    thursday.jason().types("rollback --because slow --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26 2026.12.03\n"), "{}", thursday.ran());
}

#[test]
fn a_tag_made_by_hand_opens_a_push_again_that_was_over() {
    for adopted in [false, true] {
        let thursday = Thursday::deployed_by("true").over();
        let mat = thursday.mat();
        thursday.tags_by_hand("2026.11.26-1", "2026.11.26");
        if adopted {
            mat.types("adopt --because \"made by hand\" --yes").ok();
        }
        mat.types("compare --push 2026.11.26").ok();
        let told = thursday.state_of("2026.11.26");
        assert_eq!((&told["push"], &told["state"]), (&"2026.11.26".into(), &"cut".into()));
        assert_eq!(mat.reads("status")["push"], "2026.11.26", "it is what there is to do");
        let sheet = thursday.jason().reads("start --dry-run");
        assert_eq!((sheet["steps"].as_array().unwrap().len(), &sheet["attempt"]), (1, &2.into()));
        assert_eq!(step(&sheet, "server")["from"], "2026.11.26");
        thursday.starts().ok();
        thursday.production_runs("2026.11.26-1");
        mat.types("finish --yes").ok();
        assert_eq!(thursday.state_of("2026.11.26")["state"], "done", "and over for good");
    }
}

#[test]
fn a_hot_fix_past_us_ends_where_production_shows_it() {
    let thursday = Thursday::deployed_by("true").over();
    thursday.fixed_past_us();
    thursday.jason().types("watch production --once").ok();
    thursday.mat().types("status").ok().says(TOLD);
    thursday.mat().types("finish --yes").ok();
    let told = thursday.mat().reads("status --push 2026.11.26");
    assert_eq!(told["state"], "done");
    assert!(!told["notes"].to_string().contains("no start allowed"), "{told}");
}

#[test]
fn the_second_end_takes_the_place_of_the_first_on_the_page() {
    let thursday = Thursday::deployed_by("true");
    thursday.world.at("2026-11-26T17:00:00Z");
    let thursday = thursday.over();
    let page = || {
        let told = thursday.mat().reads("notes show --push 2026.11.26");
        let text = told["text"].as_str().unwrap().to_owned();
        text.lines().filter(|line| line.starts_with("end:")).collect::<Vec<_>>().join("|")
    };
    let first = page();
    assert!(first.contains("5:00pm") || first.contains("17:00"), "{first}");
    thursday.world.at("2026-11-27T10:30:00Z");
    thursday.fixed_past_us();
    thursday.jason().types("watch production --once").ok();
    thursday.mat().types("finish --yes").ok();
    let second = page();
    assert!(second.contains("10:30") && !second.contains('|'), "{second}");
}

/// *server* went on with 2026.12.03, which is over; *web* stayed, and gets a hot-fix onto 2026.11.26. Stage shows all of it.
struct HotFix {
    server: Remote,
    web: Remote,
    services: Services,
    world: PushDuty,
}

impl HotFix {
    fn new() -> Self {
        let (server, web) = (Remote::tagged("server"), Remote::tagged("web"));
        let names = ["stage-server", "stage-web", "production-server", "production-web"];
        let services = Services::running(&names.map(|name| (name, "2026.11.19")));
        for remote in [&server, &web] {
            remote.commit_on("main", &[("new", "new\n")], "Begin something new");
        }
        let world = train().repo(&server).repo(&web);
        let world = ["stage", "production"].into_iter().fold(world, |world, environment| {
            let world = world.service(environment, "server", &services, 1);
            world.service(environment, "web", &services, 1)
        });
        let hot_fix = Self { server, web, services, world };
        let server = &hot_fix.server;
        hot_fix.world.hero("mat").types("tag --yes").ok();
        hot_fix.ends("2026.11.26", &[("server", server), ("web", &hot_fix.web)]);
        hot_fix.world.at("2026-12-01T09:00:00Z");
        server.commit_on("main", &[("more", "more\n")], "Go on");
        hot_fix.world.hero("eviljeff").types("tag --stay web --yes").ok();
        hot_fix.ends("2026.12.03", &[("server", server)]);
        let fix = hot_fix.web.commit_on("main", &[("fix", "fix\n")], "Put a fire out");
        let pick = format!("pick --onto production web:{fix} --because outage --yes");
        hot_fix.world.ops("jason").types(&pick).ok().says("2026.11.26-1");
        hot_fix
    }

    fn shows(&self, environment: &str, repo: (&str, &Remote), tag: &str) {
        self.services.runs(&format!("{environment}-{}", repo.0), tag, &repo.1.commit_of(tag));
    }

    fn starts(&self, push: &str) {
        let jason = self.world.ops("jason");
        let sheet = jason.reads(&format!("start --dry-run --push {push}"));
        let digest = sheet["digest"].as_str().expect("a run sheet has a digest").to_owned();
        jason.types(&format!("start --push {push} --yes --if {digest}")).ok();
    }

    /// A push is staged, started, deployed by people and finished.
    fn ends(&self, push: &str, repos: &[(&str, &Remote)]) {
        let environments = ["stage", "production"];
        for environment in environments {
            repos.iter().for_each(|repo| self.shows(environment, *repo, push));
            if environment == "stage" {
                self.starts(push);
            }
        }
        let jason = self.world.ops("jason");
        jason.types("watch production --once").ok();
        jason.types(&format!("finish --push {push} --yes")).ok();
    }
}

#[test]
fn a_hot_fix_of_an_older_push_is_judged_by_what_still_leaves_with_it() {
    let hot_fix = HotFix::new();
    let jason = hot_fix.world.ops("jason");
    let web = ("web", &hot_fix.web);
    let told = jason.types("ready --push 2026.11.26 --json").expect_code(3).json();
    assert_eq!(gate(&told, "staged")["why"], "web on stage shows 2026.11.26", "{told}");
    hot_fix.shows("stage", web, "2026.11.26-1");
    // Stage shows server's later push for good: nothing of this one waits for it.
    jason.types("watch stage --push 2026.11.26 --once").ok();
    let told = jason.types("ready --push 2026.11.26 --json").ok().json();
    assert_eq!(told["ready"], true);
    let told = jason.reads("status --push 2026.11.26");
    assert_eq!(told["next"]["command"], "pushduty start", "{}", told["next"]);
    hot_fix.starts("2026.11.26");
    hot_fix.shows("production", web, "2026.11.26-1");
    jason.types("watch production --push 2026.11.26 --once").ok();
    assert_eq!(jason.reads("status --push 2026.11.26")["state"], "watching");
    jason.types("finish --push 2026.11.26 --yes").ok();
    // What left last is what production is held beside, by whichever push one looks.
    for asked in ["status", "status --push 2026.12.03", "status --push 2026.12.10"] {
        let told = jason.reads(asked);
        let environments = told["environments"].as_array().unwrap();
        let production = environments.iter().find(|e| e["name"] == "production").unwrap();
        for service in production["services"].as_array().unwrap() {
            assert_eq!(service["state"], "current", "{asked}: {service}");
        }
    }
}

#[test]
fn the_end_of_a_hot_fix_leaves_the_topic_to_the_push_that_is_current() {
    let thursday = Thursday::with("true", "[channels.irc]\nfile = \"told.jsonl\"").over();
    let mat = thursday.mat();
    let topics = || {
        let told = std::fs::read_to_string(thursday.world.dir().join("told.jsonl")).unwrap();
        told.lines().filter(|line| line.contains("\"topic\"")).count()
    };
    assert_eq!(topics(), 1);
    thursday.world.at("2026-12-01T09:00:00Z");
    thursday.server.commit_on("main", &[("new.py", "new\n")], "Begin something new");
    thursday.world.hero("eviljeff").types("tag --stay web --yes").ok();
    thursday.fixed_past_us();
    thursday.jason().types("watch production --once --push 2026.11.26").ok();
    let told = mat.reads("finish --push 2026.11.26 --dry-run");
    assert_eq!((&told["topic"], &told["next_push"]), (&Value::Null, &"2026.12.03".into()));
    mat.types("finish --push 2026.11.26 --yes").ok();
    assert_eq!(topics(), 1, "the channel is about 2026.12.03");
}
