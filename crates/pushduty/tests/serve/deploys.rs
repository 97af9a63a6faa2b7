//! Deploys on pages, whoever began them: on that of their push and each on its own, for those who may read what they put out.

use testkit::PushDuty;

use crate::matrix_carried::{appears, on_its_way};
use crate::roles::{PUSH, ROLES, crew, of, visitors};
use crate::server::{Answer, Server};

/// Puts out what is no markup and moves no cursor.
const DEPLOY: &str = r#"[environments.production.deploy]
command = ["/usr/bin/printf", "<b>%s</b>\\033[2J is there\\n", "{tag}"]"#;

/// The page of the deploy that a world's record has.
fn page(world: &PushDuty) -> String {
    let log = world.hero("mat").reads("log");
    let entries = log["entries"].as_array().expect("entries");
    let began = entries.iter().find(|entry| entry["event"]["kind"] == "deploy_began");
    let key = began.expect("a deploy began")["event"]["deploy"]["key"].as_str();
    format!("/trains/amo/pushes/{PUSH}/deploys/{}", key.expect("it has a key"))
}

/// The deploys on the page of a push.
fn listed(page: &Answer) -> String {
    let (_, listed) = page.body.split_once("id=\"deploys\"").expect("there are deploys");
    listed.split("</section>").next().unwrap_or_default().to_owned()
}

#[test]
fn what_a_deploy_put_out_is_a_page_for_those_who_may_read_it() {
    let remote = testkit::Remote::with_a_page("web");
    let world = crew().repo(&remote).toml(DEPLOY);
    world.hero("mat").types("tag --yes").ok();
    let sheet = world.ops("jason").reads("start --dry-run");
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest");
    world.ops("jason").types(&format!("start --yes --if {digest}")).ok();
    let page = page(&world);
    let api = page.replace(&format!("/pushes/{PUSH}"), "");
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    for (role, visitor) in ROLES.iter().zip(&visitors) {
        let reads = visitor.get(&format!("/api/v1{api}")).status == 200;
        assert_eq!(reads, *role != "stranger", "{role}");
        let shown = visitor.get(&page);
        assert_eq!(shown.status == 200, reads, "{role}: {}", shown.body);
        let push = visitor.get(&format!("/trains/amo/pushes/{PUSH}")).is(200);
        assert_eq!(push.body.contains(&page), reads, "whether {role} is led there");
    }
    let kumar = of(&visitors, "developer");
    let shown = kumar.get(&page).says("done").says("Attempt 1, try 1").never_says("<b>2026");
    let shown = shown.says("&#60;b&#62;2026.11.26&#60;/b&#62;\u{fffd}[2J is there");
    shown.never_says("\u{1b}").never_says("http-equiv=\"refresh\"");
    kumar.get(&page.replace(PUSH, "2026.11.19")).is(404).never_says("is there");
    kumar.get(&page.replace("-start-", "-promote-")).is(404);
}

#[test]
fn a_deploy_that_a_command_line_began_is_on_the_page_of_its_push_till_its_end_and_after() {
    let (world, _remotes, _services) = on_its_way();
    let page = page(&world);
    let server = Server::start(&world, "mat", "--public --every 0");
    let kumar = server.let_in(&world, "kumar");
    let push = || kumar.get(&format!("/trains/amo/pushes/{PUSH}")).is(200);
    let listed = listed(&push());
    assert!(listed.contains(&page) && listed.contains("goes on"), "{listed}");
    let shown = kumar.get(&page).is(200).says("goes on").says("It put out nothing so far.");
    shown.says("http-equiv=\"refresh\"");
    std::fs::write(world.dir().join("go"), "").expect("the home is writable");
    appears(&world, "down");
    world.ops("jason").types("start").ok();
    let ended = kumar.get(&page).is(200).says("done").says(", ended ");
    ended.never_says("so far").never_says("http-equiv=\"refresh\"");
    let listed = self::listed(&push());
    assert!(listed.contains(&page) && !listed.contains("goes on"), "{listed}");
    assert_eq!(listed.matches("<a href=").count(), 2, "each is there: {listed}");
}
