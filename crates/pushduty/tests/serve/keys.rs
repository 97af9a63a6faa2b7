//! Wishes with a key of their sender's (`Idempotency-Key`): one that is sent twice is carried out once, whatever happens in
//! between.

use serde_json::{Value, json};
use testkit::{Gate, PushDuty, Remote};

use crate::cut;
use crate::server::{Answer, Server, Visitor};

const COMMANDS: &str = "/api/v1/trains/amo/commands";

fn again(because: &str) -> Value {
    json!({ "wish": { "command": "tag", "again": true, "because": because } })
}

/// Asks with a key.
fn keyed(visitor: &Visitor<'_>, key: &str, body: &Value) -> Answer {
    visitor.clone().with("idempotency-key", key).asks(COMMANDS, body)
}

fn entries(world: &PushDuty) -> usize {
    world.hero("mat").reads("log")["entries"].as_array().map_or(0, Vec::len)
}

#[test]
fn the_same_key_and_wish_is_done_once_and_answered_alike() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let first = keyed(&mat, "\"k1\"", &again("kick")).is(200);
    assert_eq!(first.json()["repos"][0]["outcome"], "published");
    let (tags, noted) = (remote.tags().len(), entries(&world));
    assert_eq!(
        keyed(&mat, "k1", &again("kick")).is(200).body,
        first.body,
        "with quotes or without"
    );
    assert_eq!((remote.tags().len(), entries(&world)), (tags, noted), "nothing more was done");
    keyed(&mat, "k2", &again("kick once more")).is(200);
    assert_eq!(remote.tags().len(), tags + 1, "another key is another wish");
}

#[test]
fn a_key_stands_for_one_wish_of_one_person() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let (jason, ada) = (server.let_in(&world, "jason"), server.let_in(&world, "ada"));
    let claim = json!({ "wish": { "command": "claim", "push": null } });
    let unclaim = json!({ "wish": { "command": "unclaim", "push": null } });
    keyed(&jason, "k", &claim).is(200);
    let refused = keyed(&jason, "k", &unclaim).is(422).json();
    assert_eq!(
        (&refused["error"]["code"], &refused["error"]["exit"]),
        (&json!("key_reused"), &json!(2))
    );
    let bound = json!({ "wish": claim["wish"], "if": "0123456789abcdef" });
    keyed(&jason, "k", &bound).is(422);
    let claims = || world.hero("mat").reads("status")["claims"].as_array().map_or(0, Vec::len);
    assert_eq!(claims(), 1, "the other wish was not carried out");
    keyed(&ada, "k", &claim).is(200);
    assert_eq!(claims(), 2, "somebody else's key is another key");
    for bad in ["\"\"", "", "a\"b", &"x".repeat(256)] {
        keyed(&jason, bad, &claim).is(400).says("Idempotency-Key");
    }
}

#[test]
fn a_refusal_is_answered_alike_and_a_wish_that_was_not_begun_takes_no_key() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let kumar = server.let_in(&world, "kumar");
    let claim = json!({ "wish": { "command": "claim", "push": null } });
    let first = keyed(&kumar, "k", &claim).is(403);
    assert_eq!(keyed(&kumar, "k", &claim).is(403).body, first.body);
    let krupa = server.let_in(&world, "krupa");
    let unread = json!({ "wish": { "command": "approve" } });
    keyed(&krupa, "k", &unread).is(428);
    let plan = krupa.asks(COMMANDS, &json!({ "wish": { "command": "approve" }, "dry_run": true }));
    let read = json!({ "wish": { "command": "approve" }, "if": plan.json()["digest"] });
    keyed(&krupa, "k", &read).is(200);
}

/// Something that another program does to what a server keeps beside the ledgers.
fn by_hand(world: &PushDuty, sql: &str) {
    let mut run = world.sealed().command("sqlite3");
    let done = run.arg(world.data_path().join("wishes.db")).arg(sql).status();
    let done = done.expect("sqlite3 is missing: apt-get install sqlite3");
    assert!(done.success(), "{sql}");
}

/// A train whose next publish waits at a gate.
fn gated() -> (PushDuty, Remote, Gate) {
    let (world, remote) = cut();
    let gate = Gate::new(world.sealed(), "push");
    remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
    (world, remote, gate)
}

#[test]
fn who_comes_while_it_is_on_its_way_joins_it() {
    let (world, remote, gate) = gated();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| keyed(&mat, "k", &again("kick")));
        gate.wait_until_reached();
        let other = scope.spawn(|| keyed(&mat, "k", &again("kick")));
        keyed(&mat, "k", &again("something else")).is(422);
        gate.open();
        (one.join().expect("it is answered"), other.join().expect("it is answered"))
    });
    assert_eq!(one.is(200).body, other.is(200).body);
    assert_eq!(remote.tags().len(), 3, "last week's, the cut's, and one more");
}

#[test]
fn what_was_answered_is_kept_when_the_server_ends() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "");
    let first = keyed(&server.first(), "k", &again("kick")).is(200);
    server.ends().ok();
    let tags = remote.tags().len();
    let server = Server::start(&world, "mat", "");
    let mat = server.let_in(&world, "mat");
    assert_eq!(keyed(&mat, "k", &again("kick")).is(200).body, first.body);
    keyed(&mat, "k", &again("something else")).is(422);
    assert_eq!(remote.tags().len(), tags);
}

#[test]
fn a_wish_that_a_killed_server_was_at_is_not_begun_again_by_itself() {
    let (world, remote, gate) = gated();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    std::thread::scope(|scope| {
        scope.spawn(|| keyed(&mat, "k", &again("kick")));
        gate.wait_until_reached();
        server.kill();
    });
    gate.open();
    world.sealed().wait_until_still();
    remote.unhook("pre-receive");
    let server = Server::start(&world, "mat", "");
    let mat = server.let_in(&world, "mat");
    let noted = entries(&world);
    let refused = keyed(&mat, "k", &again("kick")).is(409).json();
    assert_eq!(
        (&refused["error"]["code"], &refused["error"]["exit"]),
        (&json!("left_open"), &json!(6))
    );
    let wish = again("kick")["wish"].to_string();
    let yes = mat.post("/trains/amo/do", &[("wish", &*wish), ("key", "k")]).is(303);
    let step = yes.header("location").expect("its step has a page").to_owned();
    mat.get(&step).is(200).says("what came of this was not kept");
    assert_eq!(entries(&world), noted, "nothing was begun");
    keyed(&mat, "k2", &again("kick")).is(200);
    assert_eq!(remote.tags().len(), 3, "what was begun is gone on with, and done once");
}

#[test]
fn a_yes_that_a_browser_sends_twice_is_one() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let fields = [("command", "tag"), ("again", "on"), ("because", "kick the build")];
    let plan = mat.post("/trains/amo/plan", &fields).is(200);
    let hidden = |name: &str| plan.hidden(name).expect("the plan can be agreed to");
    let (wish, digest, key) = (hidden("wish"), hidden("if"), hidden("key"));
    let yes = [("wish", &*wish), ("if", &*digest), ("key", &*key)];
    let first = mat.post("/trains/amo/do", &yes).is(303);
    let second = mat.post("/trains/amo/do", &yes).is(303);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(remote.tags().len(), 3);
}

#[test]
fn a_yes_that_is_sent_again_after_the_server_was_begun_anew_leads_to_its_step() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let wish = again("kick")["wish"].to_string();
    let yes = [("wish", &*wish), ("key", "k")];
    let first = mat.post("/trains/amo/do", &yes).is(303);
    let step = first.header("location").expect("its step has a page").to_owned();
    let headers = mat.headers().to_vec();
    server.ends().ok();
    let server = Server::start(&world, "mat", "");
    let mat = server.known(&headers);
    let second = mat.post("/trains/amo/do", &yes).is(303);
    assert_eq!(second.header("location"), Some(&*step));
    mat.get(&step).is(200).says("2026.11.26-1");
    assert_eq!(remote.tags().len(), 3, "it was done once");
}

/// A yes that a browser sent, carried out by a server that ended since: what was sent, what a program was answered to the same,
/// and the page of its step, with what the browser says with every request.
struct Sent {
    wish: String,
    answered: String,
    step: String,
    headers: Vec<(String, String)>,
}

impl Sent {
    fn on(world: &PushDuty) -> Self {
        let server = Server::start(world, "mat", "");
        let mat = server.first();
        let wish = again("kick")["wish"].to_string();
        let (step, headers) = (String::new(), mat.headers().to_vec());
        let sent = Self { wish, answered: String::new(), step, headers };
        let first = sent.again(&mat).is(303);
        let step = first.header("location").expect("its step has a page").to_owned();
        let answered = keyed(&mat, "k", &again("kick")).is(200).body;
        server.ends().ok();
        Self { answered, step, ..sent }
    }

    fn again(&self, visitor: &Visitor<'_>) -> Answer {
        visitor.post("/trains/amo/do", &[("wish", &*self.wish), ("key", "k")])
    }
}

#[test]
fn a_yes_whose_step_is_forgotten_is_told_what_its_key_knows() {
    let (world, remote) = cut();
    let sent = Sent::on(&world);
    by_hand(&world, "DELETE FROM step");
    let noted = entries(&world);
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.known(&sent.headers);
    mat.get(&sent.step).is(404);
    let told = sent.again(&mat).is(200).says("Over. By <b>mat</b>, <time datetime=");
    told.says("2026.11.26-1").never_says("was not kept");
    assert_eq!(keyed(&mat, "k", &again("kick")).is(200).body, sent.answered);
    assert_eq!((remote.tags().len(), entries(&world)), (3, noted), "nothing was done again");
}

#[test]
fn a_yes_whose_end_nobody_knows_is_told_when_it_began_and_where_to_look() {
    let (world, remote) = cut();
    let sent = Sent::on(&world);
    by_hand(&world, "DELETE FROM step; UPDATE wish SET answer = NULL");
    let noted = entries(&world);
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.known(&sent.headers);
    let told = sent.again(&mat).is(200).says("Over. By <b>mat</b>, <time datetime=");
    told.says("what came of this was not kept")
        .says("the log has what was done of it; the same wish once more goes on with it");
    let refused = keyed(&mat, "k", &again("kick")).is(409).json();
    assert_eq!(refused["error"]["code"], json!("left_open"));
    let hint = refused["error"]["hint"].as_str().expect("what to do");
    assert!(hint.contains("with a new key"), "{hint}");
    assert_eq!((remote.tags().len(), entries(&world)), (3, noted), "nothing was begun");
}

#[test]
fn a_key_knows_the_end_of_its_step_wherever_only_that_has_it() {
    let (world, _remote) = cut();
    let sent = Sent::on(&world);
    by_hand(&world, "UPDATE wish SET answer = NULL");
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.known(&sent.headers);
    assert_eq!(keyed(&mat, "k", &again("kick")).is(200).body, sent.answered);
    assert_eq!(sent.again(&mat).is(303).header("location"), Some(&*sent.step));
}

#[test]
fn a_store_that_fails_is_told_as_a_failure_and_nothing_is_begun() {
    let (world, remote) = cut();
    let sent = Sent::on(&world);
    by_hand(&world, "ALTER TABLE step RENAME TO elsewhere");
    let noted = entries(&world);
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.known(&sent.headers);
    sent.again(&mat).is(500).says("the ledger failed");
    let refused = keyed(&mat, "k", &again("kick")).is(500).json();
    assert_eq!(refused["error"]["code"], json!("ledger"));
    by_hand(&world, "ALTER TABLE elsewhere RENAME TO step");
    assert_eq!(sent.again(&mat).is(303).header("location"), Some(&*sent.step));
    assert_eq!((remote.tags().len(), entries(&world)), (3, noted), "nothing was begun");
}

/// Brings what a server keeps beside the ledgers back to the form that it had before quotes were told apart.
const THE_FORM_BEFORE: &str = "
    UPDATE step SET said = json_set(said, '$.answer', json_extract(answer, '$.answer'))
        WHERE answer IS NOT NULL;
    ALTER TABLE step DROP COLUMN answer;
    ALTER TABLE step RENAME COLUMN said TO ended;
    ALTER TABLE step DROP COLUMN run;
    DROP INDEX wish_by_step;
    UPDATE wish SET answer = json_object('answer', json_extract(answer, '$.answer'),
        'embargoed', json(iif(hears, 'true', 'false'))) WHERE answer IS NOT NULL;
    ALTER TABLE wish DROP COLUMN hears;
    DELETE FROM _sqlx_migrations WHERE version = 3;
    PRAGMA user_version = 2";

#[test]
fn what_the_version_before_kept_is_answered_alike_and_told_to_no_stranger() {
    let (world, remote) = cut();
    let sent = Sent::on(&world);
    by_hand(&world, THE_FORM_BEFORE);
    let noted = entries(&world);
    let server = Server::start(&world, "mat", "--public --every 0");
    let mat = server.known(&sent.headers);
    mat.get(&sent.step).is(200).says("2026.11.26-1").never_says("was not kept");
    assert_eq!(mat.get(&format!("/api/v1{}", sent.step)).is(200).body, sent.answered);
    assert_eq!(keyed(&mat, "k", &again("kick")).is(200).body, sent.answered);
    let anybody = server.anybody();
    let told = anybody.get(&sent.step).is(200).says("Over. By <b>mat</b>");
    told.says("for people of the train").never_says("said on the way");
    anybody.get(&format!("/api/v1{}", sent.step)).is(404);
    server.ends().ok();
    by_hand(&world, "DELETE FROM step");
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.known(&sent.headers);
    assert_eq!(keyed(&mat, "k", &again("kick")).is(200).body, sent.answered, "by its key alone");
    assert_eq!((remote.tags().len(), entries(&world)), (3, noted), "nothing was done again");
}

#[test]
fn a_step_whose_reason_was_any_text_is_read_as_it_ended() {
    let (world, _remote) = cut();
    let sent = Sent::on(&world);
    by_hand(
        &world,
        "UPDATE step SET wish = json_set(wish, '$.because', 'two' || char(10) || 'lines')",
    );
    let server = Server::start(&world, "mat", "--every 0");
    server.known(&sent.headers).get(&sent.step).is(200).says("2026.11.26-1");
}
