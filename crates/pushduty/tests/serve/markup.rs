//! What people write into git and into the configuration is text on every page, whatever it would be as markup.

use testkit::{PushDuty, Remote};

use crate::server::Server;

/// The subject of commits, a blocker, and why somebody wants a pick.
const SUBJECT: &str = "<script>alert(1)</script>";
const SUBJECT_SHOWN: &str = "&#60;script&#62;alert(1)&#60;/script&#62;";
/// Who wrote them. git takes no angle brackets in names.
const AUTHOR: &str = "Eve\" onclick=\"alert(2) <eve@example.org>";
const AUTHOR_SHOWN: &str = "Eve&#34; onclick=&#34;alert(2)";
/// Whoever is on duty.
const HERO: &str = "<i>ida</i>";
const HERO_SHOWN: &str = "&#60;i&#62;ida&#60;/i&#62;";

#[test]
fn scripts_in_subjects_and_names_are_text_on_every_page() {
    let remote = Remote::with_a_page("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .crew()
        .person(HERO, &["hero"])
        .rotation(&[HERO])
        .repo(&remote);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    let commit =
        |path: &str| remote.commit("main").file(path, "1\n").subject(SUBJECT).author(AUTHOR).make();
    let (picked, wanted) = (commit("fix.js"), commit("more.js"));
    mat.types(&format!("pick web:{picked} --yes")).ok();
    world.as_person("kumar").types(&format!("ask web:{wanted} {SUBJECT} --this --yes")).ok();
    world.as_person("kumar").types(&format!("block {SUBJECT} --yes")).ok();
    let server = Server::start(&world, "mat", "");
    let hero = server.let_in(&world, HERO);
    let encoded = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let pages = [
        ("/trains/amo".to_owned(), vec![SUBJECT_SHOWN, AUTHOR_SHOWN]),
        ("/trains/amo/pushes/2026.11.26".to_owned(), vec![SUBJECT_SHOWN, AUTHOR_SHOWN]),
        ("/trains/amo/pushes/2026.11.26/notes".to_owned(), vec![SUBJECT_SHOWN]),
        ("/trains/amo/compare/web?push=2026.11.26".to_owned(), vec![SUBJECT_SHOWN, AUTHOR_SHOWN]),
        (format!("/trains/amo/where?commit={picked}"), vec![SUBJECT_SHOWN, AUTHOR_SHOWN]),
        (format!("/trains/amo/where?commit={encoded}"), Vec::new()),
        ("/waiting".to_owned(), vec![SUBJECT_SHOWN]),
        ("/trains/amo/history".to_owned(), Vec::new()),
        (format!("/trains/amo/history?search={encoded}"), vec![SUBJECT_SHOWN]),
        ("/trains/amo/schedule".to_owned(), Vec::new()),
        ("/trains/amo/people".to_owned(), Vec::new()),
        ("/trains/amo/ledger".to_owned(), Vec::new()),
    ];
    let plan = hero.post("/trains/amo/plan", &[("command", "pick"), ("commit", &wanted)]).is(200);
    let answers = pages.iter().map(|(page, shown)| (page.as_str(), hero.get(page), shown.clone()));
    let plan = [("the plan", plan, vec![SUBJECT_SHOWN, AUTHOR_SHOWN])];
    for (page, answer, shown) in answers.chain(plan) {
        // The name of whoever reads stands on every page.
        for words in shown.into_iter().chain([HERO_SHOWN]) {
            assert!(answer.body.contains(words), "{page} shows {words}: {}", answer.body);
        }
        for markup in ["<script>alert", "\" onclick=\"", "<i>ida"] {
            assert!(!answer.body.contains(markup), "{page} has {markup}: {}", answer.body);
        }
    }
}
