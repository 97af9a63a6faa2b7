//! Sign-offs bind (P7): to the tag that was seen, to its files, and to the configuration it was seen under.

use serde_json::Value;
use testkit::{PushDuty, Remote, Services};

use crate::scene::{everything, failure, of, train};

/// A cut push of two repositories that QA signs off; krupa does, mat is the hero and of QA too.
struct Day {
    server: Remote,
    web: Remote,
    world: PushDuty,
}

const GATES: &str = "[gates]\nqa = { need = 1, own = false }";

impl Day {
    fn new() -> Self {
        Self::with(|world| world.toml(GATES))
    }

    fn with(more: impl FnOnce(PushDuty) -> PushDuty) -> Self {
        let (server, web) = (Remote::tagged("server"), Remote::tagged("web"));
        let migration = ("app/migrations/0002_text.py", "text\n");
        server.commit_on("main", &[("form.py", "form\n"), migration], "Add a form");
        web.commit_on("main", &[("page.js", "page\n")], "Add a page");
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero", "qa"])
            .person("krupa", &["qa"])
            .person("kumar", &["developer"])
            .rotation(&["mat"])
            .repo_at("server", &server.url(), "migrations = [\"**/migrations/*.py\"]")
            .repo(&web);
        let world = more(world);
        world.hero("mat").types("tag --yes").ok();
        Self { server, web, world }
    }

    /// krupa reads the plan, and says yes to that.
    #[track_caller]
    fn signs_off(&self, more: &str) -> Value {
        let krupa = self.world.qa("krupa");
        let plan = krupa.reads(&format!("approve {more} --dry-run"));
        let digest = plan["digest"].as_str().unwrap_or_else(|| panic!("a digest in {plan}"));
        let told = krupa.reads(&format!("approve {more} --yes --if {digest}"));
        assert_eq!(told["done"], true, "{told}");
        told
    }

    /// Each sign-off as `status` has it: `server 2026.11.26 krupa given`.
    fn signoffs(&self) -> Vec<String> {
        let told = self.world.qa("krupa").reads("status");
        let all = told["signoffs"].as_array().expect("a list").iter();
        let word = |s: &Value, key: &str| s[key].as_str().unwrap_or("-").to_owned();
        all.map(|s| ["repo", "tag", "by", "state"].map(|key| word(s, key)).join(" ")).collect()
    }

    /// The gate `qa` as `status` has it.
    fn gate(&self) -> String {
        let told = self.world.qa("krupa").reads("status");
        let gates = told["gates"].as_array().expect("a list");
        let qa = gates.iter().find(|gate| gate["name"] == "qa").expect("the gate qa");
        let word = |key: &str| qa[key].as_str().expect("a text");
        format!("{}: {}", word("state"), word("why"))
    }
}

#[test]
fn the_plan_shows_what_changed_since_the_base_and_then_since_ones_last_sign_off() {
    let day = Day::new();
    let krupa = day.world.qa("krupa");
    let before = everything(&day.world, &[&day.server, &day.web]);
    let ran = krupa.types("approve --dry-run").ok();
    let shown = day.world.tidy(&ran.stdout);
    insta::assert_snapshot!(shown, @"
    rehearsal
    Sign off 2026.11.26 as qa

    server  2026.11.26  [oid]
      1 commit, 2 files, +2 −0 since 2026.11.19
      ◆ migration app/migrations/0002_text.py
      [oid]  Add a form  Ann Author

    web  2026.11.26  [oid]
      1 commit, 1 file, +1 −0 since 2026.11.19
      [oid]  Add a page  Ann Author

    plan [oid]
    ");
    assert_eq!(everything(&day.world, &[&day.server, &day.web]), before, "it was a look");
    let told = day.signs_off("");
    assert_eq!(of(&told, "server")["migrations"][0], "app/migrations/0002_text.py");
    assert_eq!(day.signoffs(), ["server 2026.11.26 krupa given", "web 2026.11.26 krupa given"]);
    assert_eq!(day.gate(), "pass: signed off: server 1 of 1, web 1 of 1");
    assert_eq!(krupa.reads("status")["state"], "approved");
    let late = day.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    day.world.hero("mat").types(&format!("pick {late} --yes")).ok();
    let ran = krupa.types("approve --dry-run").ok();
    let shown = day.world.tidy(&ran.stdout);
    insta::assert_snapshot!(shown, @"
    rehearsal
    Sign off 2026.11.26 as qa

    server  2026.11.26-1  [oid]
      1 commit, 1 file, +1 −0 since 2026.11.26, which you signed off
      [oid]  Arrive late  Ann Author

    web  2026.11.26  [oid]  ✓ signed off already
      nothing changed since 2026.11.26, which you signed off

    plan [oid]
    ");
}

#[test]
fn p7_another_tag_overtakes_only_the_sign_off_of_its_own_repository() {
    let day = Day::new();
    day.signs_off("");
    let late = day.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    day.world.hero("mat").types(&format!("pick {late} --yes")).ok();
    assert_eq!(day.signoffs(), ["server 2026.11.26 krupa overtaken", "web 2026.11.26 krupa given"]);
    assert_eq!(
        day.gate(),
        "wait: krupa signed off server 2026.11.26, and 2026.11.26-1 has other files"
    );
    let told = day.world.qa("krupa").reads("status");
    assert_eq!(told["next"]["command"], "pushduty approve", "{told}");
    assert_eq!(told["next"]["who"], "krupa");
    day.signs_off("--repo server");
    assert_eq!(day.gate(), "pass: signed off: server 1 of 1, web 1 of 1");
}

#[test]
fn p7_a_tag_of_the_very_same_files_keeps_it() {
    let day = Day::new();
    day.signs_off("");
    day.world.hero("mat").types("tag --again --because \"kick the build\" --yes").ok();
    assert_eq!(day.server.tags().len(), 3);
    assert_eq!(day.gate(), "pass: signed off: server 1 of 1, web 1 of 1");
    // Another commit with the same files: an empty one, made by somebody else.
    day.server.git(&["tag", "2026.11.26-2", &empty_over(&day.server, "2026.11.26")]);
    day.world.hero("mat").types("compare").ok();
    assert_eq!(day.gate(), "pass: signed off: server 1 of 1, web 1 of 1");
    let told = day.world.qa("krupa").reads("approve --dry-run");
    assert_eq!(of(&told, "server")["tag"], "2026.11.26-2");
    assert_eq!(of(&told, "server")["already"], true);
}

/// A commit on top of `tag` that changes nothing.
fn empty_over(remote: &Remote, tag: &str) -> String {
    let commit = remote.commit_of(tag);
    let tree = remote.git(&["rev-parse", &format!("{commit}^{{tree}}")]);
    remote.git(&["commit-tree", &tree, "-p", &commit, "-m", "Nothing"])
}

#[test]
fn p7_a_tag_that_somebody_else_moved_has_no_sign_off() {
    let day = Day::new();
    day.signs_off("");
    let late = day.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    day.server.git(&["tag", "-f", "2026.11.26", &late]);
    day.world.run(&["compare"]).ok();
    assert!(day.gate().starts_with("wait: krupa signed off server 2026.11.26"), "{}", day.gate());
}

#[test]
fn p7_what_is_signed_off_is_what_was_seen() {
    let day = Day::new();
    let krupa = day.world.qa("krupa");
    let digest = krupa.reads("approve --dry-run")["digest"].as_str().unwrap().to_owned();
    let ran = krupa.types("approve --yes").expect_code(2);
    insta::assert_snapshot!(failure(&day.world, &ran), @"
    ✗ a sign-off is for what was seen: --yes takes the digest of the plan that was.
      → read it with --dry-run, and give its digest with --if.
    ");
    let late = day.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    day.world.hero("mat").types(&format!("pick {late} --yes")).ok();
    krupa.types(&format!("approve --yes --if {digest}")).expect_code(5);
    assert!(day.signoffs().is_empty());
    krupa.types("approve").expect_code(2).says("no terminal");
}

#[test]
fn a_sign_off_is_given_once_however_often_it_is_said() {
    let day = Day::new();
    let told = day.signs_off("");
    let digest = told["digest"].as_str().unwrap();
    let entries = || day.world.qa("krupa").reads("log")["entries"].as_array().unwrap().len();
    let before = entries();
    day.world.qa("krupa").types(&format!("approve --yes --if {digest}")).ok();
    assert_eq!((entries(), day.signoffs().len()), (before, 2));
    day.world.qa("krupa").types("approve").ok().says("signed this off already");
}

#[test]
fn one_takes_back_ones_own_word_with_a_reason() {
    let day = Day::new();
    day.world.qa("krupa").types("approve --withdraw \"too early\" --yes").expect_code(3);
    day.signs_off("");
    day.world.as_person("kumar").types("approve --withdraw \"not mine\" --yes").expect_code(3);
    let krupa = day.world.qa("krupa");
    krupa.types("approve --withdraw \"it crashes\" --repo web --yes --if x").expect_code(5);
    krupa.types("approve --withdraw \"it crashes\" --repo web --yes").ok();
    assert_eq!(day.signoffs(), ["server 2026.11.26 krupa given", "web 2026.11.26 krupa withdrawn"]);
    assert_eq!(day.gate(), "fail: krupa withdrew the sign-off of web 2026.11.26: it crashes");
    let again = day.world.qa("krupa").types("approve --withdraw \"it crashes\" --repo web --yes");
    again.ok().says("withdrawn already");
    day.world.hero("mat").types("log -n 1").ok().says("withdrew the sign-off of web as qa");
    day.signs_off("");
    assert_eq!(day.gate(), "pass: signed off: server 1 of 1, web 1 of 1");
}

#[test]
fn strangers_other_roles_and_the_hero_may_not() {
    let day = Day::new();
    let before = everything(&day.world, &[&day.server]);
    let ran = day.world.as_person("eve").types("approve --dry-run").expect_code(3);
    insta::assert_snapshot!(failure(&day.world, &ran), @"
    ✗ “eve” may not sign off: that takes the role qa.
      → an admin gives roles, by `pushduty people give` or in the configuration; --as NAME acts as somebody else.
    ");
    day.world.developer("kumar").types("approve --yes --if x").expect_code(3);
    let ran = day.world.hero("mat").types("approve --dry-run").expect_code(3);
    insta::assert_snapshot!(failure(&day.world, &ran), @"
    ✗ “mat” is the hero of this push, and [gates] qa does not take the hero's own word.
      → somebody else with the role qa signs off.
    ");
    day.world.hero("mat").types("approve --role hero --dry-run").expect_code(2);
    day.world.qa("krupa").types("approve --repo nothing --dry-run").expect_code(2);
    assert_eq!(everything(&day.world, &[&day.server]), before);
}

#[test]
fn ops_claims_the_push_and_does_not_sign_it_off() {
    let day = Day::with(|world| {
        world.person("jason", &["ops"]).toml("[gates]\nqa = { need = 1 }\nops = { need = 1 }")
    });
    let jason = day.world.ops("jason");
    for wish in ["approve --dry-run", "approve --role ops --yes --if x"] {
        jason.types(wish).expect_code(2).says("ops claims the push").says("pushduty claim");
    }
    assert_eq!(day.signoffs(), [""; 0]);
    jason.types("claim --yes").ok();
    let told = jason.reads("status");
    let ops = told["gates"].as_array().unwrap().iter().find(|gate| gate["name"] == "ops").unwrap();
    assert_eq!(ops["state"], "pass", "{ops}");
}

#[test]
fn the_heros_word_is_taken_where_the_train_takes_it() {
    let day = Day::with(|world| world.toml("[gates]\nqa = { need = 2 }"));
    let mat = day.world.hero("mat");
    let plan = mat.reads("approve --dry-run");
    assert_eq!(plan["own"], true, "{plan}");
    let digest = plan["digest"].as_str().unwrap();
    mat.types(&format!("approve --yes --if {digest}")).ok().says("you are the hero of this push");
    assert_eq!(day.gate(), "wait: server 2026.11.26 lacks 1 sign-off by QA");
    day.signs_off("");
    assert_eq!(day.gate(), "pass: signed off: server 2 of 2, web 2 of 2");
}

#[test]
fn p8_a_configuration_that_changed_since_is_a_gate_that_fails_until_it_is_taken() {
    let services = Services::running(&[("stage-server", "2026.11.19"), ("stage-web", "x")]);
    let day = Day::with(|world| {
        let world = world.toml(GATES).service("stage", "server", &services, 1);
        world.service("stage", "web", &services, 1)
    });
    day.signs_off("");
    let text = std::fs::read_to_string(day.world.config_path()).unwrap();
    let from = text.find(", { name = \"web\"").expect("two services");
    let to = from + text[from..].find('}').unwrap() + 1;
    let without = [&text[..from], &text[to..]].concat();
    std::fs::write(day.world.config_path(), without).unwrap();
    let why = "the configuration changed since krupa signed off server 2026.11.26";
    assert_eq!(day.gate(), format!("fail: {why}"));
    assert!(day.signoffs()[0].ends_with("krupa reconfigured"), "{:?}", day.signoffs());
    let plan = day.world.qa("krupa").reads("approve --dry-run");
    let lines = plan["configuration"].as_array().unwrap();
    let lost = |line: &Value| line.as_str().unwrap().contains("stage.services.web");
    assert!(lines.iter().any(lost), "{plan}");
    day.signs_off("");
    assert_eq!(day.gate(), "pass: signed off: server 1 of 1, web 1 of 1");
    // As it was again: nobody has seen that since, but somebody has seen that.
    std::fs::write(day.world.config_path(), text).unwrap();
    assert_eq!(day.gate(), "pass: signed off: server 1 of 1, web 1 of 1");
}

#[test]
fn a_fresh_ledger_signs_off_what_the_remotes_show() {
    let day = Day::new();
    let elsewhere = day.world.elsewhere();
    let told = elsewhere.qa("krupa").reads("approve --dry-run");
    // Another ledger conducts this train: a word in this one would be read by nobody.
    assert_eq!(told["error"]["code"], "other_ledger", "{told}");
    let server = Remote::new("server");
    let world = train().person("krupa", &["qa"]).repo(&server);
    world.qa("krupa").types("approve --dry-run").expect_code(3).says("no push is cut");
}

#[test]
fn p8_a_tag_that_somebody_deleted_is_none_to_leave_with() {
    let day = Day::new();
    day.signs_off("");
    assert_eq!(day.world.hero("mat").reads("ready")["ready"], true);
    day.web.git(&["tag", "-d", "2026.11.26"]);
    day.world.at("2026-11-24T10:00:00Z");
    let told = day.world.hero("mat").types("ready --json").expect_code(3).json();
    let cut = told["gates"].as_array().unwrap().iter().find(|gate| gate["name"] == "cut").unwrap();
    assert_eq!(cut["why"], "web has no tag of 2026.11.26", "{told}");
}

#[test]
fn p7_the_plan_of_a_new_tag_names_the_words_that_it_voids_and_those_that_stay() {
    let day = Day::new();
    day.signs_off("");
    let mat = day.world.hero("mat");
    let told = |line: &str| -> Vec<String> {
        let plan = mat.reads(line);
        let warnings = plan["warnings"].as_array().expect("a list").iter();
        warnings.map(|w| w.as_str().expect("a sentence").to_owned()).collect()
    };
    assert_eq!(
        told("tag --again --because \"kick the build\" --dry-run"),
        [
            "krupa’s sign-off of server as qa stays: 2026.11.26-1 has the files of 2026.11.26",
            "krupa’s sign-off of web as qa stays: 2026.11.26-1 has the files of 2026.11.26",
        ]
    );
    let late = day.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    assert_eq!(
        told(&format!("pick server:{late} --dry-run")),
        [
            "krupa signed off server 2026.11.26 as qa; 2026.11.26-1 has other files, and is to be signed off again"
        ]
    );
    mat.types(&format!("pick server:{late} --yes")).ok().says("is to be signed off again");
    assert_eq!(day.signoffs(), ["server 2026.11.26 krupa overtaken", "web 2026.11.26 krupa given"]);
    // What is void already is not told again.
    let more = day.server.commit_on("main", &[("more.py", "more\n")], "Arrive later");
    assert!(told(&format!("pick server:{more} --dry-run")).is_empty());
}
