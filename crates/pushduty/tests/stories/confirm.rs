//! Authors confirm their own changes on stage, and everybody aboard is called at once.

use serde_json::{Value, json};
use testkit::{PushDuty, Remote, Services};

use crate::scene::{everything, failure, of};

const KUMAR: &str = "Kumar M <kumar@example.org>";
const EVA: &str = "Eva <12+eva-gh@users.noreply.github.com>";

const TOML: &str = "[people.kumar]
roles = [\"developer\"]
email = \"kumar@example.org\"
irc = \"kumar|away\"

[people.eva]
roles = [\"developer\"]
github = \"Eva-GH\"

[channels.team]
file = \"told.jsonl\"";

/// A push that brings a form of kumar's, a page of eva's, a merge and something of nobody's; stage shows last week's.
struct Day {
    server: Remote,
    web: Remote,
    services: Services,
    world: PushDuty,
    form: String,
    page: String,
}

impl Day {
    fn new() -> Self {
        let (server, web) = (Remote::tagged("server"), Remote::tagged("web"));
        let form = server.commit_as(KUMAR, "main", &[("form.py", "form\n")], "Add a form");
        server.branch("topic", "main");
        server.commit_as("Zed <zed@elsewhere.example>", "topic", &[("zed.py", "zed\n")], "Add zed");
        server.merge_on("main", "topic", "Merge topic");
        let page = web.commit_as(EVA, "main", &[("page.js", "page\n")], "Add a page");
        let services = Services::running(&["stage-server", "stage-web"].map(|n| (n, "2026.11.19")));
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero"])
            .person("krupa", &["qa"])
            .rotation(&["mat"])
            .repo(&server)
            .repo(&web)
            .service("stage", "server", &services, 2)
            .service("stage", "web", &services, 1)
            .toml(TOML);
        world.hero("mat").types("tag --yes").ok();
        Self { server, web, services, world, form, page }
    }

    fn shows(&self, repo: &str, tag: &str) {
        let remote = if repo == "server" { &self.server } else { &self.web };
        self.services.runs(&format!("stage-{repo}"), tag, &remote.commit_of(tag));
    }

    /// Stage has both tags.
    fn staged(self) -> Self {
        self.shows("server", "2026.11.26");
        self.shows("web", "2026.11.26");
        self.world.hero("mat").types("watch stage --once").ok();
        self
    }

    /// How the authors stand, as `status` says it.
    fn authors(&self) -> Value {
        self.world.hero("mat").reads("status")["authors"].clone()
    }

    fn says(&self) -> String {
        self.authors()["says"].as_str().expect("a sentence").to_owned()
    }

    /// The last thing that was told.
    fn told(&self) -> Value {
        let text = std::fs::read_to_string(self.world.dir().join("told.jsonl"))
            .expect("something was told");
        serde_json::from_str(text.lines().last().expect("something was told"))
            .expect("a line is a document")
    }
}

#[test]
fn an_author_confirms_what_is_theirs_once_stage_shows_it() {
    let day = Day::new();
    let (kumar, eva) = (day.world.as_person("kumar"), day.world.as_person("eva"));
    let authors = day.authors();
    assert_eq!(authors["says"], "0 of 2 authors confirmed on stage; waiting for eva, kumar");
    assert_eq!(authors["unknown"], json!(["Zed"]), "nobody waits for who is nobody here");
    let before = everything(&day.world, &[&day.server, &day.web]);
    let ran = kumar.types("confirm --yes").expect_code(3);
    insta::assert_snapshot!(failure(&day.world, &ran), @"
    ✗ stage does not show server 2026.11.26 on all samples.
      → `pushduty watch stage` waits for it, `pushduty status` says what is there.
    ");
    assert_eq!(everything(&day.world, &[&day.server, &day.web]), before);
    day.shows("server", "2026.11.26");
    let ran = kumar.types("confirm --dry-run").ok();
    insta::assert_snapshot!(day.world.tidy(&ran.stdout), @"
    rehearsal
    Confirm your changes of 2026.11.26 on stage

    server  2026.11.26  [oid]
      [oid]  Add a form
    ");
    assert_eq!(everything(&day.world, &[&day.server, &day.web]), before, "it was a look");
    assert_eq!(kumar.reads("confirm --yes")["done"], true);
    assert_eq!(day.says(), "1 of 2 authors confirmed on stage; waiting for eva");
    kumar.types("confirm --yes").ok().says("You have confirmed this already");
    let entries = || day.world.hero("mat").reads("log")["entries"].as_array().unwrap().len();
    let count = entries();
    kumar.types("confirm --yes").ok();
    assert_eq!(entries(), count, "said once");
    eva.types("confirm --yes").expect_code(3).says("stage does not show web 2026.11.26");
    day.shows("web", "2026.11.26");
    eva.types(&format!("confirm web:{} --yes", &day.page[..9])).ok();
    assert_eq!(day.says(), "2 of 2 authors confirmed on stage");
    let text = day.world.hero("mat").types("status").ok();
    text.says("2 of 2 authors confirmed on stage.");
    day.world.hero("mat").types("log").ok().says("confirmed on stage, with 2026.11.26: web");
}

#[test]
fn documents_have_who_confirmed_each_commit() {
    let day = Day::new().staged();
    day.world.as_person("kumar").types("confirm --yes").ok();
    let status = day.world.hero("mat").reads("status");
    let changes = of(&status, "server")["changes"].as_array().unwrap();
    let word = |c: &Value| (c["subject"].clone(), c["who"].clone(), c["confirmed"]["by"].clone());
    let all: Vec<_> = changes.iter().map(word).collect();
    assert!(all.contains(&(json!("Add a form"), json!("kumar"), json!("kumar"))), "{all:?}");
    assert!(all.contains(&(json!("Add zed"), Value::Null, Value::Null)), "{all:?}");
    assert_eq!(all.len(), 2, "a merge is no change: {all:?}");
    assert_eq!(
        changes.iter().find(|c| c["who"] == "kumar").unwrap()["confirmed"]["tag"],
        "2026.11.26"
    );
    let compared = day.world.hero("mat").reads("compare");
    let commits = of(&compared, "server")["commits"].as_array().unwrap();
    let form = commits.iter().find(|c| c["commit"] == *day.form).unwrap();
    assert_eq!((&form["who"], &form["confirmed"]["by"]), (&json!("kumar"), &json!("kumar")));
    let page = &of(&compared, "web")["commits"][0];
    assert_eq!((&page["who"], &page["confirmed"]), (&json!("eva"), &Value::Null));
    day.world.hero("mat").types("compare").ok().says("✓ confirmed");
}

#[test]
fn only_its_author_confirms_a_change_that_the_push_brings() {
    let day = Day::new().staged();
    let (kumar, krupa) = (day.world.as_person("kumar"), day.world.qa("krupa"));
    let old = day.server.commit_of("2026.11.19");
    let late = day.server.commit_as(KUMAR, "main", &[("late.py", "late\n")], "Arrive late");
    day.world.hero("mat").types("compare").ok();
    let zed = day.server.commit_of("topic");
    let merge = day.server.commit_of("2026.11.26");
    let refused = |who: &str, commit: &str, code: i32| -> String {
        let line = format!("confirm server:{commit} --yes");
        failure(&day.world, &day.world.as_person(who).types(&line).expect_code(code))
    };
    assert!(
        refused("krupa", &day.form, 3)
            .contains("is kumar’s: a change is confirmed by its author alone")
    );
    assert!(refused("kumar", &zed, 3).contains("is by “Zed”: a change"));
    assert!(refused("kumar", &old, 3).contains("is no change of 2026.11.26"));
    assert!(refused("kumar", &late, 3).contains("is no change of 2026.11.26"));
    assert!(refused("kumar", &merge, 3).contains("is a merge"));
    assert!(refused("kumar", &"d".repeat(40), 2).contains("no commit"));
    krupa.types("confirm --yes").expect_code(3).says("wrote nothing of what 2026.11.26 brings");
    day.world.as_person("zed").types("confirm --yes").expect_code(3);
    kumar.types("confirm --repo nothing --yes").expect_code(2);
    kumar.types(&format!("confirm server:{} --repo web --yes", day.form)).expect_code(2);
    assert_eq!(day.says(), "0 of 2 authors confirmed on stage; waiting for eva, kumar");
}

#[test]
fn p7_a_later_tag_keeps_the_word_as_long_as_it_has_that_very_commit() {
    let day = Day::new().staged();
    let (mat, kumar) = (day.world.hero("mat"), day.world.as_person("kumar"));
    kumar.types("confirm --yes").ok();
    // Another tag with the same commit: the word stays, and the new change waits for its author.
    let late = day.server.commit_as(EVA, "main", &[("late.py", "late\n")], "Arrive late");
    mat.types(&format!("pick server:{late} --yes")).ok();
    day.shows("server", "2026.11.26-1");
    mat.types("watch stage --once").ok();
    assert_eq!(day.says(), "1 of 2 authors confirmed on stage; waiting for eva");
    // A pick is named by the commit it was picked from, and bound to the one that the tag has.
    day.world.as_person("eva").types(&format!("confirm server:{late} --yes")).ok();
    assert_eq!(
        day.says(),
        "1 of 2 authors confirmed on stage; waiting for eva",
        "her page is left"
    );
    day.world.as_person("eva").types("confirm --yes").ok();
    assert_eq!(day.says(), "2 of 2 authors confirmed on stage");
    // Dropped again: there is nothing of it to confirm.
    mat.types(&format!("pick --drop server:{late} --because \"not today\" --yes")).ok();
    let told = mat.reads("status");
    let changes = of(&told, "server")["changes"].as_array().unwrap().clone();
    assert!(changes.iter().all(|change| change["subject"] != "Arrive late"), "{changes:?}");
    // Taken back on the tag: the word for it is void, and its author is not waited for.
    mat.types(&format!("pick --revert server:{} --because \"it crashes\" --yes", day.form)).ok();
    let told = mat.reads("status");
    let changes = of(&told, "server")["changes"].as_array().unwrap().clone();
    assert!(changes.iter().all(|change| change["subject"] != "Add a form"), "{changes:?}");
    assert_eq!(told["authors"]["says"], "1 of 1 author confirmed on stage");
}

#[test]
fn p7_a_plan_that_was_read_binds_what_is_confirmed() {
    let day = Day::new().staged();
    let kumar = day.world.as_person("kumar");
    let digest = kumar.reads("confirm --dry-run")["digest"].as_str().unwrap().to_owned();
    let late = day.server.commit_as(KUMAR, "main", &[("late.py", "late\n")], "Arrive late");
    day.world.hero("mat").types(&format!("pick server:{late} --yes")).ok();
    day.shows("server", "2026.11.26-1");
    kumar.types(&format!("confirm --yes --if {digest}")).expect_code(5);
    kumar.types("confirm").expect_code(2).says("no terminal");
    assert_eq!(day.authors()["confirmed"], json!([]));
}

#[test]
fn one_takes_ones_own_word_back_with_a_reason() {
    let day = Day::new().staged();
    let kumar = day.world.as_person("kumar");
    kumar.types("confirm --withdraw \"it crashes\" --yes").expect_code(3).says("confirmed nothing");
    kumar.types("confirm --yes").ok();
    day.world.as_person("eva").types("confirm --withdraw \"it crashes\" --yes").expect_code(3);
    let told = kumar.reads("confirm --withdraw \"it crashes\" --yes");
    assert_eq!((&told["done"], &told["withdraw"]), (&json!(true), &json!("it crashes")));
    assert_eq!(of(&told, "server")["changes"][0]["subject"], "Add a form");
    assert_eq!(day.says(), "0 of 2 authors confirmed on stage; waiting for eva, kumar");
    day.world
        .hero("mat")
        .types("log")
        .ok()
        .says("took back the word for server")
        .says("it crashes");
}

#[test]
fn everybody_aboard_who_has_not_confirmed_is_called_at_once() {
    let day = Day::new().staged();
    let (mat, krupa, kumar) =
        (day.world.hero("mat"), day.world.qa("krupa"), day.world.as_person("kumar"));
    kumar.types("call --yes").expect_code(3).says("takes the role hero or qa or ops");
    let before = everything(&day.world, &[&day.server]);
    let ran = krupa.types("call \"stage is up\" --dry-run").ok();
    insta::assert_snapshot!(day.world.tidy(&ran.stdout), @"
    rehearsal
    krupa calls eva, kumar.
      eva    1 change to confirm
      kumar  1 change to confirm
    In team:
      amo: krupa calls those aboard 2026.11.26 who have not confirmed
      eva, kumar|away: stage is up
      `pushduty confirm` says that your changes do on stage what they should.
    ");
    assert_eq!(everything(&day.world, &[&day.server]), before, "it was a look");
    let told = krupa.reads("call \"stage is up\" --yes");
    assert_eq!((&told["done"], &told["whom"][1]["nick"]), (&json!(true), &json!("kumar|away")));
    let message = day.told();
    assert_eq!(
        (&message["kind"], &message["audience"]["to"]),
        (&json!("called"), &json!("channel"))
    );
    assert!(message["text"].as_str().unwrap().starts_with("eva, kumar|away: stage is up\n"));
    // The very same call is the one that was made; another has to be meant.
    krupa.types("call \"stage is up\" --yes").ok().says("a moment ago");
    mat.types("call --yes").expect_code(3).says("--again");
    mat.types("call --again --yes").ok();
    kumar.types("confirm --yes").ok();
    day.world.at("2026-11-24T18:00:00Z");
    let told = mat.reads("call --dry-run");
    assert_eq!(told["whom"].as_array().unwrap().len(), 1, "kumar has confirmed: {told}");
    let told = mat.reads("call --all --dry-run");
    assert_eq!(told["whom"].as_array().unwrap().len(), 2, "{told}");
    day.world.as_person("eva").types("confirm --yes").ok();
    mat.types("call --yes").ok().says("there is nobody to call");
    let calls = mat.reads("log")["entries"].as_array().unwrap().clone();
    assert_eq!(calls.iter().filter(|entry| entry["kind"] == "called").count(), 2);
}

#[test]
fn where_no_stage_is_set_up_nobody_is_asked() {
    let web = Remote::tagged("web");
    web.commit_as(KUMAR, "main", &[("page.js", "page\n")], "Add a page");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .rotation(&["mat"])
        .repo(&web)
        .toml(TOML);
    world.hero("mat").types("tag --yes").ok();
    assert_eq!(world.hero("mat").reads("status")["authors"], Value::Null);
    world.as_person("kumar").types("confirm --yes").expect_code(3);
    world.hero("mat").types("call --yes").ok().says("stage is set up to show");
}
