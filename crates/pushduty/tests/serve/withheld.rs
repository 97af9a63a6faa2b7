//! What only the security role may read is nowhere else: not on the page of a step, not in its answer (P9). And what a no has
//! beside its sentence.

use serde_json::{Value, json};
use testkit::{Gate, PushDuty, Remote};

use crate::cut;
use crate::roles::begins;
use crate::server::{Answer, Server, Stream, Visitor, until};

/// The same train, with a private twin on which a fix is reviewed; iris has the security role.
pub fn with_a_fix() -> (PushDuty, Remote, Remote) {
    let remote = Remote::with_a_page("web");
    let twin = remote.twin();
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("kumar", &["developer"])
        .person("iris", &["security"])
        .person("ines", &["security"])
        .rotation(&["mat"])
        .repo(&remote)
        .security_twin("web", &twin);
    twin.commit("hole").from("main").file("hole.js", "shut\n").subject("Close the hole").make();
    world.security("iris").types("security approve 1 --yes").ok();
    (world, remote, twin)
}

#[test]
fn a_step_of_a_security_wish_is_for_the_security_role_alone() {
    let (world, _remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public");
    let (iris, kumar) = (server.let_in(&world, "iris"), server.let_in(&world, "kumar"));
    let fields = [("command", "security_merge")];
    let plan = server.first().post("/trains/amo/plan", &fields).is(200);
    let wish = plan.hidden("wish").expect("the plan can be agreed to");
    let step = server.let_in(&world, "mat").post("/trains/amo/do", &[("wish", &*wish)]).is(303);
    let page = step.header("location").expect("the step has a page").to_owned();
    iris.get(&page).is(200).says("Over");
    for who in [&kumar, &server.anybody()] {
        who.get(&page).is(404).never_says("web");
        let answer = who.get(&format!("/api/v1{page}")).is(404);
        assert_eq!(answer.json()["error"]["code"], "not_found");
    }
    let nowhere = kumar.get("/trains/amo/steps/nowhere").is(404).body;
    assert_eq!(kumar.get(&page).body, nowhere, "as if it were not there");
}

/// What the hook of a cut that waits says.
const SAYS: &str = "remote: the hook looks at it";

/// A cut by `hero` that waits at the remote until its gate opens, and the page of its step.
fn a_cut_that_waits(world: &PushDuty, remote: &Remote, hero: &Visitor<'_>) -> (Gate, String) {
    let gate = Gate::new(world.sealed(), "remote");
    let says = "cat > /dev/null; echo 'the hook looks at it' >&2";
    remote.hook("pre-receive", &format!("{says}\n{}", gate.wait_here()));
    let fields = [("command", "tag"), ("without_security", "true"), ("because", "later")];
    let plan = hero.post("/trains/amo/plan", &fields).is(200);
    let (wish, digest) = (plan.hidden("wish").expect("a wish"), plan.hidden("if"));
    let digest = digest.unwrap_or_default();
    let step = hero.post("/trains/amo/do", &[("wish", &*wish), ("if", &*digest)]).is(303);
    gate.wait_until_reached();
    (gate, step.header("location").expect("the step has a page").to_owned())
}

#[test]
fn whoever_loses_the_role_or_their_key_reads_a_step_no_further() {
    let (world, remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public");
    let (mat, ines) = (server.first(), server.let_in(&world, "ines"));
    let iris = server.let_in(&world, "iris");
    let (gate, page) = a_cut_that_waits(&world, &remote, &mat);
    // A page, and a program.
    let places = [format!("{page}/events"), format!("/api/v1{page}")];
    let follow = |who: &Visitor<'_>| {
        let own = who.headers().iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers = format!("accept: text/event-stream\r\n{}", own.collect::<String>());
        places.each_ref().map(|place| {
            let mut stream = server.stream(place, &headers);
            stream.says("event: said");
            stream
        })
    };
    let (without_role, without_key, [mut own, mut program]) =
        (follow(&iris), follow(&ines), follow(&mat));
    let text = std::fs::read_to_string(world.config_path()).expect("a configuration");
    let (before, hers) = text.split_once("[people.\"iris\"]").expect("she is of it");
    let hers = hers.replacen("\"security\"", "\"developer\"", 1);
    let less = format!("{before}[people.\"iris\"]{hers}");
    std::fs::write(world.config_path(), less).expect("writable");
    let ends = |streams: [Stream; 2]| {
        for mut stream in streams {
            stream.ends();
            assert!(!stream.text().contains("event: answer"), "{}", stream.text());
        }
    };
    ends(without_role);
    ines.post("/sign-out/everywhere", &[]).is(303);
    ends(without_key);
    gate.open();
    own.says("event: over");
    program.says("event: answer");
}

#[test]
fn of_a_step_that_may_say_what_is_embargoed_others_see_who_does_what_and_its_end() {
    let (world, remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let (gate, page) = a_cut_that_waits(&world, &remote, &mat);
    mat.get(&page).is(200).says("data-said");
    for who in [&kumar, &server.anybody()] {
        let seen = who.get(&page).is(200).says("<b>mat</b>").says("On its way").says("The cut");
        seen.never_says("data-said").never_says("2026.11.26-").never_says("fetch");
        who.get(&format!("/api/v1{page}")).is(404);
    }
    let mut follows = server.stream(&format!("{page}/events"), "");
    let own = mat.headers().iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    server.stream(&format!("{page}/events"), &own.collect::<String>()).says(SAYS);
    gate.open();
    follows.says("event: over");
    let followed = follows.text();
    assert!(!followed.contains("said") && !followed.contains("hook"), "{followed}");
    let over = kumar.get(&page).is(200).says("Over").says("in the ledger");
    over.never_says("What was said").never_says(SAYS);
    mat.get(&page).is(200).says("Over").says("What was said").says(SAYS);
}

#[test]
fn what_remotes_say_in_a_merge_of_what_is_embargoed_is_told_to_nobody() {
    let (world, remote, twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public --every 0");
    for remote in [&remote, &twin] {
        remote.hook("post-receive", "cat > /dev/null; echo 'the hook looks at it' >&2");
    }
    let merge = [("command", "security_merge")];
    server.first().agrees("amo", &merge).is(200).says("Over").never_says(SAYS);
    assert_eq!(remote.oid("main"), twin.oid("main"), "both were pushed to");
    assert!(!server.ends().ok().stderr.contains(SAYS));
}

#[test]
fn what_a_hook_says_is_read_by_people_of_the_train_while_it_goes_on_and_by_nobody_else() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let (mat, kumar, anybody) = (server.first(), server.let_in(&world, "kumar"), server.anybody());
    remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    let gate = Gate::new(world.sealed(), "remote");
    let says = "cat > /dev/null; echo 'see https://me:s3cret@host/x' >&2";
    remote.hook("pre-receive", &format!("{says}\n{}", gate.wait_here()));
    let heard = "remote: see https://host/x";
    let page = begins(&mat, &json!({ "command": "tag", "again": true, "because": "one more" }));
    let (events, step) = (format!("{page}/events"), format!("/api/v1{page}"));
    let follow = |who: &Visitor<'_>| {
        let own = who.headers().iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        server.stream(&events, &own.collect::<String>())
    };
    let mut all = [&mat, &kumar].map(follow);
    let mut strangers = follow(&anybody);
    // The gate is closed: the push goes on.
    all.iter_mut().for_each(|one| one.says(heard));
    follow(&kumar).says(heard);
    kumar.get(&step).is(202).says(heard);
    anybody.get(&step).is(202).says("lines").never_says("host/x");
    gate.open();
    for mut one in all {
        one.says("event: over");
        assert!(!one.text().contains("s3cret"), "{}", one.text());
    }
    strangers.says("event: over");
    let told = strangers.text();
    assert!(told.contains("event: said") && !told.contains("host/x"), "{told}");
    let program = |who: &Visitor<'_>| {
        who.clone().with("accept", "text/event-stream").get(&step).is(200).says("event: said")
    };
    for who in [&mat, &kumar] {
        who.get(&page).is(200).says(heard).never_says("s3cret");
        program(who).says(heard);
    }
    anybody.get(&page).is(200).says("What was said").never_says("host/x");
    program(&anybody).says("event: answer").never_says("host/x");
}

#[test]
fn branches_are_on_the_page_of_the_push_and_in_plans_for_the_security_role_alone() {
    let (world, _remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public");
    let (iris, kumar) = (server.let_in(&world, "iris"), server.let_in(&world, "kumar"));
    let page = iris.get("/trains/amo").is(200).says("id=\"security\"");
    page.says("Close the hole").says("value=\"security_merge\"");
    for who in [&kumar, &server.anybody()] {
        who.get("/trains/amo").is(200).never_says("Close the hole").never_says("s-security");
    }
    let fields = [("command", "security_approve"), ("repo", "web"), ("branch", "1")];
    let plan = iris.post("/trains/amo/plan", &fields).is(200).says("Close the hole");
    plan.says("hole.js").says("+shut").says("I have read it");
    kumar.post("/trains/amo/plan", &fields).is(403).never_says("hole.js").never_says("Close the");
}

#[test]
fn who_tries_words_again_and_again_learns_nothing_more_and_is_in_the_log() {
    let (world, _remote, twin) = with_a_fix();
    let server = Server::start(&world, "mat", "");
    let (kumar, mat) = (server.let_in(&world, "kumar"), server.first());
    let commands = "/api/v1/trains/amo/commands";
    let wish = |text: &str| {
        let writing = json!({ "text": text, "kind": "blockers" });
        json!({ "wish": { "command": "notes", "push": "shown", "writing": { "item": writing } }, "dry_run": true })
    };
    let block = |who: &Visitor<'_>, text: &str| {
        who.post("/trains/amo/plan", &[("command", "block"), ("text", text)])
    };
    let secret = format!("see {}", &twin.oid("hole")[..10]);
    for _ in 0..5 {
        block(&kumar, &secret).is(409).says("not public yet");
    }
    let stopped = [block(&kumar, &secret).is(429), block(&kumar, "login fails").is(429)];
    let said = |answer: &Answer| {
        let (_, text) = answer.body.split_once("<main").expect("a page");
        // What they typed stands in the way back to their form.
        let text = text.split("</div>").next().unwrap_or_default();
        text.replace(|c: char| c.is_ascii_digit(), "")
    };
    assert_eq!(said(&stopped[0]), said(&stopped[1]), "nothing says whether a word told");
    kumar.asks(commands, &wish("login fails")).is(429);
    kumar.post("/trains/amo/plan", &[("command", "away")]).never_says("too much");
    block(&mat, "login fails").is(200);
    let log = server.ends().ok().stderr;
    assert!(log.contains("kumar was refused words") && log.contains("5 times"), "{log}");
    assert!(!log.contains(&twin.oid("hole")[..10]), "{log}");
}

#[test]
fn no_reason_tells_of_a_fix_and_words_tried_in_any_wish_are_counted_together() {
    let (world, _remote, twin) = with_a_fix();
    let server = Server::start(&world, "mat", "");
    let (kumar, mat) = (server.let_in(&world, "kumar"), server.first());
    let secret = format!("see {}", &twin.oid("hole")[..10]);
    // Nobody writes it where everybody reads, whatever they know.
    for command in ["hold", "cancel"] {
        let wish = [("command", command), ("because", secret.as_str())];
        mat.post("/trains/amo/plan", &wish).is(409).says("not public yet");
    }
    // Where there is nothing to do, that alone is said.
    let call = [("command", "call"), ("text", secret.as_str())];
    mat.post("/trains/amo/plan", &call).is(409).says("no push is cut").never_says("not public");
    let carried = json!({ "wish": { "command": "hold", "because": secret } });
    let answer = mat.asks("/api/v1/trains/amo/commands", &carried).is(409).json();
    assert!(answer["error"]["message"].as_str().expect("words").contains("not public yet"));
    let log = server.let_in(&world, "kumar").get("/api/v1/trains/amo/log").is(200);
    assert!(!log.body.contains(&twin.oid("hole")[..10]), "nothing of it is in the record");
    // A no is an answer: they are counted over all that takes words.
    let blocks = |who: &Visitor<'_>, text: &str| {
        who.post("/trains/amo/plan", &[("command", "block"), ("text", text)])
    };
    for _ in 0..2 {
        blocks(&mat, &secret).is(409).says("not public yet");
    }
    mat.post("/trains/amo/plan", &[("command", "hold"), ("because", "rain")]).is(429);
    blocks(&mat, "rain").is(429);
    // Who may not have a wish hears that alone, whatever they write in it.
    for n in 0..6 {
        let wish = [("command", ["call", "hold"][n % 2]), (["text", "because"][n % 2], &*secret)];
        kumar.post("/trains/amo/plan", &wish).is(403).never_says("not public yet");
    }
    blocks(&kumar, "rain").is(200);
    // Past notes are taken in by whoever runs the machine: a server would tell which of many words is one.
    let import = json!({ "wish": { "command": "import", "above": "/x", "files": [], "others": {} }, "dry_run": true });
    let no = server.let_in(&world, "iris").asks("/api/v1/trains/amo/commands", &import).is(403);
    no.says("takes no past pushes in");
}

#[test]
fn p9_no_reason_is_searched_with_for_a_hash() {
    let (world, _remote, twin) = with_a_fix();
    let server = Server::start(&world, "mat", "");
    let (kumar, mat) = (server.let_in(&world, "kumar"), server.first());
    let commands = "/api/v1/trains/amo/commands";
    let secret = twin.oid("hole")[..7].to_owned();
    let hold = |because: &str| json!({ "command": "hold", "because": because });
    let plans = |because: &str| json!({ "wish": hold(because), "dry_run": true });
    let hashes = |n: u32| (0..n).map(|n| format!("{n:07x} ")).collect::<String>();
    // With it among many, and without it, the no is the same; planned or carried out.
    let many = [&*secret, "abcdef0"].map(|last| format!("{}{last}", hashes(110)));
    for carried in [false, true] {
        let [with, without] = [&many[0], &many[1]].map(|many| {
            let wish = if carried { json!({ "wish": hold(many) }) } else { plans(many) };
            mat.asks(commands, &wish).is(409).json()["error"]["message"].clone()
        });
        assert_eq!(with, without);
        assert!(with.as_str().is_some_and(|no| no.contains("so many commits")), "{with}");
    }
    // Nor is it found by few at a time, whatever is answered to each.
    let few = |n: u32| plans(&ninety(n));
    let statuses: Vec<u16> = (1..26).map(|n| mat.asks(commands, &few(n)).status).collect();
    assert_eq!((statuses[0], statuses[24]), (200, 429), "{statuses:?}");
    mat.asks(commands, &few(1)).is(200);
    let among = |word: &str| {
        let no = mat.asks(commands, &plans(&format!("see {word}"))).is(429).json();
        no["error"]["message"].clone()
    };
    assert_eq!(mat.asks(commands, &few(24)).status, 429);
    mat.asks(commands, &plans(&ninety(23)[..8 * 20])).is(200);
    assert_eq!(among(&secret), among("abcdef0"), "nothing says which one it is");
    let notes = |text: &str| mat.post("/trains/amo/plan", &[("command", "block"), ("text", text)]);
    notes(&format!("see {}", hashes(80))).is(429);
    notes("login fails").is(200);
    mat.asks(commands, &plans("rain")).is(200);
    let other = [("command", "block"), ("text", "see abcdef0")];
    kumar.post("/trains/amo/plan", &other).is(200);
    kumar.get("/api/v1/trains/amo/log").is(200).never_says(&secret);
}

/// Ninety hashes, others for each number.
pub fn ninety(n: u32) -> String {
    (n * 90..(n + 1) * 90).map(|n| format!("{n:07x} ")).collect()
}

#[test]
fn commits_are_counted_once_each_and_nobodys_where_nothing_is_under_embargo() {
    let commands = "/api/v1/trains/amo/commands";
    let saves = |text: &str, dry_run: bool| {
        let writing = json!({ "text": { "text": text, "base": null } });
        json!({ "wish": { "command": "notes", "push": "shown", "writing": writing }, "dry_run": dry_run })
    };
    let hold = |because: &str| json!({ "command": "hold", "because": because });
    let (world, _remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    // A full page that is planned, agreed to, and saved again and again with another line: its commits are those of before.
    for n in 0..15 {
        let page = format!("Blockers:\n\n* {}\n\nNotable things:\n\n* {n}\n", ninety(1));
        mat.asks(commands, &saves(&page, true)).is(200);
        mat.asks(commands, &saves(&page, false)).is(200);
    }
    // A reason that is planned and then agreed to is one.
    for n in 2..22 {
        mat.asks(commands, &json!({ "wish": hold(&ninety(n)), "dry_run": true })).is(200);
        mat.asks(commands, &json!({ "wish": hold(&ninety(n)) })).is(200);
    }
    mat.asks(commands, &saves(&ninety(22), true)).is(200);
    mat.asks(commands, &saves(&ninety(23), true)).is(429);
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    for n in 0..30 {
        mat.asks(commands, &saves(&ninety(n), true)).is(200);
        mat.asks(commands, &json!({ "wish": hold(&ninety(n)), "dry_run": true })).is(200);
    }
}

#[test]
fn what_everybody_reads_of_the_record_tells_of_no_entry_that_is_not_theirs() {
    let (world, remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    mat.agrees("amo", &[("command", "security_merge")]).is(200);
    let log = |visitor: &Visitor<'_>| {
        visitor.get("/api/v1/trains/amo/log").is(200).json()["entries"].clone()
    };
    let read = |of: &Value, name: &str| -> Vec<Value> {
        let entries = of.as_array().cloned().unwrap_or_default();
        entries.into_iter().map(|entry| entry[name].clone()).collect()
    };
    until("the merge is public", || {
        log(&mat).as_array()?.iter().find(|e| e["words"] == "upstream of web is done").cloned()
    });
    let (own, others) = (log(&mat), log(&kumar));
    assert!(read(&own, "hash").iter().all(Value::is_string));
    assert!(read(&own, "at").len() > read(&others, "at").len());
    assert!(read(&others, "hash").iter().all(Value::is_null), "a tag’s message names one of them");
    let merge =
        others.as_array().expect("entries").iter().find(|e| e["event"]["purpose"]["is"] == "merge");
    let branches = merge.map(|merge| merge["event"]["purpose"]["branches"].clone());
    assert_eq!(branches, Some(json!([])), "a number tells of those before it");
    // A stranger reads of nobody's mail address, and not who came in.
    let stranger = log(&server.anybody()).to_string();
    assert!(!stranger.contains('@') && !stranger.contains("signed_in"), "{stranger}");
    assert!(log(&mat).to_string().contains("signed_in"));
    drop(remote);
}

#[test]
fn a_stream_moves_for_nobody_by_what_they_may_not_know_of() {
    let (world, _remote, twin) = with_a_fix();
    twin.commit("other").from("main").file("other.js", "shut\n").subject("Close it").make();
    world.security("iris").types("security list").ok();
    let server = Server::start(&world, "mat", "--public --every 0");
    let iris = server.let_in(&world, "iris");
    let (name, value) = iris.headers().first().expect("a cookie").clone();
    let mut others = server.stream("/trains/amo/events", "");
    let mut own = server.stream("/trains/amo/events", &format!("{name}: {value}\r\n"));
    // That iris came in is noted, which may take a moment.
    let at_rest = |stream: &mut Stream| {
        stream.changes(1);
        (1..20).find(|n| stream.is_still(*n)).expect("nothing goes on")
    };
    let (of_own, of_others) = (at_rest(&mut own), at_rest(&mut others));
    world.security("iris").types("security approve 2 --yes").ok();
    own.changes(of_own + 1);
    assert!(others.is_still(of_others), "that there was a review is for the role alone");
    world.hero("mat").types("hold --because rain --yes").ok();
    others.changes(of_others + 1);
}

#[test]
fn what_somebody_without_the_role_was_refused_they_read() {
    let (world, _remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public");
    let kumar = server.let_in(&world, "kumar");
    let plan = server.first().post("/trains/amo/plan", &[("command", "security_merge")]).is(200);
    let wish = plan.hidden("wish").expect("the plan can be agreed to");
    let step = kumar.post("/trains/amo/do", &[("wish", &*wish)]).is(303);
    let page = step.header("location").expect("the step has a page").to_owned();
    kumar.get(&page).is(200).says("role").says("role=\"alert\"").never_says("hole");
    server.anybody().get(&page).is(404);
}

#[test]
fn a_step_on_its_way_is_followed_and_asked_for_again_only_without_a_script() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let mat = server.first();
    remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    let gate = Gate::new(world.sealed(), "remote");
    remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
    let fields = [("command", "tag"), ("again", "true"), ("because", "one more")];
    let plan = mat.post("/trains/amo/plan", &fields).is(200);
    let (wish, digest) = (plan.hidden("wish").expect("a wish"), plan.hidden("if"));
    let digest = digest.unwrap_or_default();
    let step = mat.post("/trains/amo/do", &[("wish", &*wish), ("if", &*digest)]).is(303);
    gate.wait_until_reached();
    let path = step.header("location").expect("the step has a page").to_owned();
    let page = mat.get(&path).is(200);
    assert_eq!(page.header("refresh"), None);
    let page = page.says("<noscript><meta http-equiv=\"refresh\"");
    page.says(&format!("data-step=\"{path}/events\""));
    let mut follows = server.stream(&format!("{path}/events"), "");
    follows.says("event: said");
    server.anybody().get("/trains/amo").is(200).says("<b>mat</b> tags since").says(&path);
    gate.open();
    follows.says("event: over");
    mat.get("/trains/amo").is(200).never_says("tags since");
    mat.get(&path).is(200).never_says("<noscript><meta").never_says("data-step");
}

#[test]
fn a_step_that_says_nothing_embargoed_is_for_everybody_who_may_look() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let jason = server.let_in(&world, "jason");
    let plan = jason.post("/trains/amo/plan", &[("command", "claim")]).is(200);
    let wish = plan.hidden("wish").expect("the plan can be agreed to");
    let step = jason.post("/trains/amo/do", &[("wish", &*wish)]).is(303);
    server.anybody().get(step.header("location").expect("a page")).is(200).says("Over");
}

#[test]
fn a_failed_cut_tells_what_became_of_each_repository() {
    let ((world, remote), (other, twin)) = (cut(), cut());
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let commands = "/api/v1/trains/amo/commands";
    for remote in [&remote, &twin] {
        remote.commit_on("main", &[("more.js", "1\n")], "Add more");
        remote.hook("update", "case $1 in refs/tags/*) echo no >&2; exit 1;; esac");
    }
    let wish = json!({ "wish": { "command": "tag", "again": true, "because": "one more" } });
    let failed = mat.asks(commands, &wish).is(502).json();
    assert_eq!(failed["error"]["code"], "remote_refused");
    assert_eq!(failed["repos"][0]["outcome"], "refused");
    assert_eq!(failed["repos"], failed["shown"]["repos"]);
    let told = other.hero("mat").reads("tag --again --because \"one more\" --yes");
    assert_eq!(told["error"]["code"], "remote_refused");
    for key in ["name", "outcome", "commit", "base", "error"] {
        assert_eq!(
            failed["repos"][0][key], told["repos"][0][key],
            "{key}: as the command line has it"
        );
    }
}
