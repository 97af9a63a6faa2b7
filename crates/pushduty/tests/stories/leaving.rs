//! What keeps a push from leaving at the last moment, with all its gates set up; and what lets it go.

use serde_json::Value;
use testkit::{Person, PushDuty, Ran, Remote, Services};

use crate::scene::{server_and_web, train};

/// *server* and *web*, cut, signed off by krupa and claimed by jason, stage as it should be: ready to leave.
struct Morning {
    server: Remote,
    _web: Remote,
    _services: Services,
    world: PushDuty,
}

impl Morning {
    fn new() -> Self {
        let (server, web) = server_and_web();
        let services = Services::running(&[("stage-server", "x"), ("stage-web", "x")]);
        let world = train()
            .person("krupa", &["qa"])
            .repo(&server)
            .repo(&web)
            .service("stage", "server", &services, 1)
            .service("stage", "web", &services, 1)
            .toml("[gates]\nqa = { need = 1, own = false }\nops = { need = 1 }");
        world.hero("mat").types("tag --yes").ok();
        for (name, remote) in [("stage-server", &server), ("stage-web", &web)] {
            services.runs(name, "2026.11.26", &remote.commit_of("2026.11.26"));
        }
        let morning = Self { server, _web: web, _services: services, world };
        morning.krupa_signs_off().ok();
        morning.jason().types("claim --yes").ok();
        morning.world.hero("mat").types("ready").ok();
        morning
    }

    fn jason(&self) -> Person<'_> {
        self.world.ops("jason")
    }

    fn krupa_signs_off(&self) -> Ran {
        let krupa = self.world.qa("krupa");
        let digest = krupa.reads("approve --dry-run")["digest"].clone();
        krupa.types(&format!("approve --yes --if {}", digest.as_str().expect("a digest")))
    }

    fn digest(&self, more: &str) -> String {
        let sheet = self.jason().reads(&format!("start {more} --dry-run"));
        sheet["digest"].as_str().unwrap_or_else(|| panic!("a digest in {sheet}")).to_owned()
    }

    fn starts(&self, more: &str) -> Ran {
        self.jason().types(&format!("start {more} --yes --if {}", self.digest(more)))
    }

    /// Writes the page without the line that has `word`.
    fn without(&self, who: &Person<'_>, word: &str) {
        let page = self.world.hero("mat").reads("notes show");
        let text = page["text"].as_str().expect("a page");
        let kept: Vec<&str> = text.lines().filter(|line| !line.contains(word)).collect();
        assert!(kept.len() < text.lines().count(), "{word} is on the page");
        std::fs::write(self.world.dir().join("notes.md"), kept.join("\n") + "\n")
            .expect("the home is writable");
        who.types("notes set notes.md --yes").ok();
    }
}

fn gate<'a>(told: &'a Value, name: &str) -> &'a Value {
    let gates = told["gates"].as_array().unwrap_or_else(|| panic!("gates in {told}"));
    gates.iter().find(|gate| gate["name"] == name).unwrap_or_else(|| panic!("{name} in {told}"))
}

#[test]
fn a_hold_of_a_part_keeps_that_part_until_its_end() {
    let morning = Morning::new();
    let mat = morning.world.hero("mat");
    mat.types("hold --because \"smoke tests\" --repo web --until 14:30 --yes").ok();
    morning.starts("").expect_code(3).says("mat holds web until Tue 24 Nov 14:30 UTC: smoke tests");
    morning.starts("--repo web").expect_code(3);
    assert_eq!(gate(&mat.reads("ready"), "window")["ask"], "mat");
    // The other part is nobody's to hold.
    morning.starts("--repo server").ok();
    morning.world.at("2026-11-24T14:29:59Z");
    morning.starts("--repo web").expect_code(3);
    morning.world.at("2026-11-24T14:30:00Z");
    morning.starts("--repo web").ok();
}

#[test]
fn a_hold_is_lifted_by_name_and_not_let_go() {
    let morning = Morning::new();
    let (mat, jason) = (morning.world.hero("mat"), morning.jason());
    mat.types("hold --because \"the database moves\" --yes").ok();
    jason.types("start --override window --because hurry --dry-run").expect_code(3).says("resume");
    let digest = morning.digest("");
    jason.types(&format!("start --yes --if {digest}")).expect_code(3).says("the database moves");
    jason.types("resume --yes").ok();
    morning.starts("").ok();
    jason.types("log").ok().says("lifted the holds of 2026.11.26");
}

#[test]
fn a_blocker_whose_line_goes_away_between_the_word_and_the_start_still_blocks() {
    let morning = Morning::new();
    let kumar = morning.world.developer("kumar");
    kumar.types("block \"the login page is blank\" --yes").ok();
    morning.krupa_signs_off();
    // Somebody else tidies the page.
    morning.without(&morning.world.hero("eviljeff"), "login page");
    let ran = morning.starts("").expect_code(3);
    ran.says("the login page is blank");
    let told = kumar.reads("status");
    assert_eq!(gate(&told, "blockers")["state"], "fail", "{told}");
    kumar.types("status").ok().says("removed by eviljeff, confirm");
    kumar.types("log").ok().says("eviljeff").says("removed b1 “the login page is blank”");
    // Whoever raised it says that it is gone.
    kumar.types("unblock b1 --yes").ok();
    morning.starts("").ok();
}

#[test]
fn p7_a_word_given_on_a_page_that_a_re_tag_had_overtaken_is_none() {
    let morning = Morning::new();
    let krupa = morning.world.qa("krupa");
    let late = morning.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let read = krupa.reads("approve --dry-run")["digest"].as_str().unwrap().to_owned();
    morning.world.hero("mat").types(&format!("pick server:{late} --yes")).ok();
    krupa.types(&format!("approve --yes --if {read}")).expect_code(5);
    morning
        .starts("--override staged --because \"seen by hand\"")
        .expect_code(3)
        .says("the gate qa");
    morning.krupa_signs_off().ok();
    morning.starts("--override staged --because \"seen by hand\"").ok();
}

#[test]
fn p8_a_service_lost_from_the_configuration_after_the_word_keeps_it_back() {
    let morning = Morning::new();
    let text = std::fs::read_to_string(morning.world.config_path()).unwrap();
    let from = text.find(", { name = \"web\"").expect("two services");
    let to = from + text[from..].find('}').unwrap() + 1;
    std::fs::write(morning.world.config_path(), [&text[..from], &text[to..]].concat()).unwrap();
    morning.starts("").expect_code(3).says("the configuration changed since krupa signed off");
    morning.krupa_signs_off().ok();
    morning.starts("").ok();
}
