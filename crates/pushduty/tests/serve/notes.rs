//! Notes that several write at once, over real sockets: what is typed is seen by everybody, kept, and on record; and nobody
//! writes what they may not.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering};

use conductor::ports::{Message, Presence};
use serde_json::json;
use tungstenite::Message as Frame;

use crate::cut;
use crate::editor::{Editor, connect, opening};
use crate::server::{Server, Visitor};
use crate::withheld::{ninety, with_a_fix};

const PUSH: &str = "2026.11.26";

#[test]
fn two_who_write_at_once_come_to_one_text_that_is_on_record_by_their_names() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let mut one = Editor::open(&server, &mat, PUSH);
    let mut two = Editor::open(&server, &kumar, PUSH);
    for editor in [&mut one, &mut two] {
        editor.hears("the page", |editor| editor.text().contains("Blockers"));
    }
    one.types("Blockers", "\n* the login page is down");
    two.types("Notable", "\n* a new page");
    for editor in [&mut one, &mut two] {
        editor.hears("both words", |editor| {
            editor.text().contains("login page is down") && editor.text().contains("a new page")
        });
        editor.is_kept();
    }
    assert_eq!(one.text(), two.text());
    // What is typed holds the push, without another word.
    let blocked = || {
        let status = mat.get(&format!("/api/v1/trains/amo/notes?push={PUSH}")).is(200).body;
        status.contains("\"text\":\"the login page is down\"")
    };
    crate::server::until("the blocker is on record", || blocked().then_some(()));
    world.hero("mat").types("verify").ok();
    let shown = world.hero("mat").types("notes show --who").ok().stdout;
    let by = |words: &str| shown.lines().find(|line| line.contains(words)).unwrap_or("").to_owned();
    assert!(by("login page is down").contains("mat"), "{shown}");
    assert!(by("a new page").contains("kumar"), "{shown}");
}

#[test]
fn what_commands_write_is_seen_by_whoever_has_the_page_open() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let mut one = Editor::open(&server, &mat, PUSH);
    one.hears("the page", |editor| editor.text().contains("Blockers"));
    one.types("Blockers", "\n* typed here");
    one.is_kept();
    // At once: what is typed is on record before what a command writes.
    world.as_person("kumar").types("block \"written elsewhere\" --yes").ok();
    one.hears("the command's words", |editor| editor.text().contains("written elsewhere"));
    let shown = world.hero("mat").types("notes show").ok().stdout;
    assert!(shown.contains("typed here") && shown.contains("written elsewhere"), "{shown}");
    one.types("* typed here", " and changed");
    one.is_kept();
    crate::server::until("it is on record", || {
        world
            .hero("mat")
            .types("notes show")
            .ok()
            .stdout
            .contains("typed here and changed")
            .then_some(())
    });
}

#[test]
fn who_is_there_is_seen_and_who_goes_is_gone() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let number: u64 = opening(&mat, PUSH)["client"].as_str().unwrap().parse().unwrap();
    let mut one = Editor::with_number(&server, &mat, PUSH, number);
    let mut two = Editor::open(&server, &kumar, PUSH);
    let says = |name: &str, clock| {
        let state = Some(json!({ "user": { "name": name }, "cursor": null }).to_string());
        Message::Present(vec![Presence { number, clock, state }])
    };
    // kumar can't speak for mat's editor, nor mat be another name.
    two.say(&says("kumar", 9));
    one.say(&says("kumar", 1));
    one.say(&says("mat", 2));
    two.hears("mat is there", |editor| editor.present.contains_key(&number));
    assert!(two.present[&number].as_deref().unwrap().contains("\"mat\""));
    one.frame(Frame::Close(None));
    drop(one);
    two.hears("mat is gone", |editor| editor.present[&number].is_none());
}

#[test]
fn nobody_writes_as_somebody_else_or_what_makes_no_sense() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let number =
        |visitor| -> u64 { opening(visitor, PUSH)["client"].as_str().unwrap().parse().unwrap() };
    let mut watching = Editor::open(&server, &mat, PUSH);
    watching.hears("the page", |editor| editor.text().contains("Blockers"));
    let before = watching.text();
    let open = |number| {
        let mut editor = Editor::with_number(&server, &kumar, PUSH, number);
        editor.hears("the page", |editor| editor.text().contains("Blockers"));
        editor
    };
    // By mat's number, by the machine's own of kumar, by a number of nobody.
    for number in [number(&mat), number(&kumar) >> 32 << 32, 7] {
        let mut forger = open(number);
        forger.types("Blockers", "\n* forged");
        assert_eq!(forger.is_ended(), 4403, "{:?}", forger.ended);
    }
    // After a gap: what somebody wrote elsewhere and never sent.
    let mut ahead = open(number(&kumar));
    let whole = ahead.all();
    ahead.types("Blockers", "\n* one");
    ahead.is_kept();
    let mut behind = open(number(&kumar));
    behind.hears("one", |editor| editor.text().contains("* one"));
    behind.writes(vec![1, 1, 255, 1, 0, 4, 1, 5, b'n', b'o', b't', b'e', b's', 1, b'x', 0]);
    assert_eq!(behind.is_ended(), 4403, "a number of nobody");
    let mut cut_short = open(number(&kumar));
    cut_short.writes(whole[..whole.len() / 2].to_vec());
    assert_eq!(cut_short.is_ended(), 4403);
    for bytes in
        [vec![], vec![9], vec![0, 7, 0], vec![0, 2, 200], vec![1, 3, 1, 2, 3], vec![0xff; 40]]
    {
        let mut odd = open(number(&kumar));
        odd.bytes(bytes.clone());
        assert_eq!(odd.is_ended(), 4400, "{bytes:?}: {:?}", odd.ended);
    }
    let mut words = open(number(&kumar));
    words.frame(Frame::text("hello"));
    assert_eq!(words.is_ended(), 4400);
    let mut much = open(number(&kumar));
    for _ in 0..2_000 {
        much.bytes(vec![3]);
    }
    assert_eq!(much.is_ended(), 4429);
    // Whoever only looks may read along, and write nothing.
    let mut stranger = Editor::with_number(&server, &server.anybody(), PUSH, 7);
    stranger.hears("the page", |editor| editor.text().contains("* one"));
    stranger.types("Blockers", "\n* by nobody");
    assert_eq!(stranger.is_ended(), 4403);
    watching.hears("what was written well", |editor| editor.text().contains("* one"));
    assert_eq!(watching.text().replace("\n* one", ""), before, "nothing else came of it");
}

#[test]
fn what_others_would_read_in_another_order_is_taken_from_nobody() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let mut good = Editor::open(&server, &mat, PUSH);
    let mut hostile = Editor::open(&server, &kumar, PUSH);
    for editor in [&mut good, &mut hostile] {
        editor.hears("the page", |editor| editor.text().contains("Blockers"));
    }
    let odd = hostile.out_of_order();
    // What a command writes meanwhile is missed by nobody.
    world.as_person("krupa").types("block \"by command\" --yes").ok();
    good.types("Blockers", "\n* by mat");
    hostile.writes(odd);
    assert_eq!(hostile.is_ended(), 4403, "{:?}", hostile.ended);
    assert!(hostile.ended.as_ref().is_some_and(|(_, why)| why.contains("order")));
    good.is_kept();
    good.hears("what a command wrote", |editor| editor.text().contains("by command"));
    let mut later = Editor::open(&server, &kumar, PUSH);
    later.hears("what was written well", |editor| editor.text() == good.text());
    assert!(good.text().contains("* by mat"));
}

#[test]
fn whose_role_is_taken_writes_no_more_and_is_told_so() {
    let (world, _remote) = cut();
    let world = world.person("temp", &[]);
    let server = Server::start(&world, "mat", "");
    let (ada, temp) = (server.let_in(&world, "ada"), server.let_in(&world, "temp"));
    let developer = |command| [("command", command), ("who", "temp"), ("role", "developer")];
    ada.agrees("amo", &developer("give")).is(200).says("Over");
    let mut editor = Editor::open(&server, &temp, PUSH);
    editor.hears("the page", |editor| editor.text().contains("Blockers"));
    editor.types("Blockers", "\n* written by right");
    editor.is_kept();
    ada.agrees("amo", &developer("take")).is(200).says("Over");
    assert_eq!(editor.is_ended(), 4403);
    let (_, reason) = editor.ended.clone().expect("it is ended");
    assert!(reason.contains("was taken"), "{reason}");
    // Opened anew the page is for reading.
    let opening = opening(&temp, PUSH);
    assert_eq!(opening["write"], false);
}

#[test]
fn an_allowance_is_a_persons_from_whichever_of_their_browsers() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let mut editors: Vec<_> = (0..5).map(|_| Editor::open(&server, &mat, PUSH)).collect();
    let ended = editors.iter_mut().any(|editor| {
        for _ in 0..200 {
            editor.frame(Frame::Ping(Vec::new().into()));
        }
        editor.hears("an end, or that it goes on", |editor| {
            editor.ended.is_some() || editor.pongs >= 200
        });
        editor.ended.as_ref().is_some_and(|(code, _)| *code == 4429)
    });
    assert!(ended, "1000 messages at once by five connections of one person");
}

#[test]
fn whoever_only_reads_sends_nothing_as_large_as_a_page() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let path = format!("/trains/amo/pushes/{PUSH}/notes/live");
    let mut socket = connect(&server, &server.anybody(), &path, &[]).expect("anybody may read");
    let _ = socket.send(Frame::binary(vec![0; 100_000]));
    let closed = crate::server::until("it is ended", || match socket.read() {
        Ok(Frame::Close(said)) => Some(said),
        Ok(_) => None,
        Err(tungstenite::Error::Io(error))
            if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
        {
            None
        }
        Err(_) => Some(None),
    });
    assert!(closed.is_none(), "it is not even read: {closed:?}");
}

#[test]
fn somebody_has_so_many_notes_open_on_however_many_pages() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let number: u64 = opening(&mat, PUSH)["client"].as_str().unwrap().parse().unwrap();
    let open = |n: u64| {
        let push = ["2026.11.26", "2026.12.03", "2026.12.10"][usize::try_from(n % 3).unwrap()];
        let mut editor = Editor::with_number(&server, &mat, push, number + n);
        editor.hears("the page, or an end", |editor| {
            editor.text().contains("Blockers") || editor.ended.is_some()
        });
        editor
    };
    let mut editors: Vec<Editor> = (0..50).map(open).collect();
    assert!(editors.iter().all(|editor| editor.ended.is_none()), "each page has room for them");
    let (code, reason) = open(50).ended.expect("it is one too many");
    assert!(code == 4429 && reason.contains("close some of yours"), "{code}: {reason}");
    let mut others = Editor::open(&server, &kumar, PUSH);
    others.hears("the page", |editor| editor.text().contains("Blockers"));
    drop(editors.pop());
    // The server hears of it in its own time.
    crate::server::until("whoever closes one has room", || open(51).ended.is_none().then_some(()));
}

#[test]
fn p9_who_types_commits_by_the_hundred_has_no_more_of_them_looked_at() {
    let (world, _remote, twin) = with_a_fix();
    let server = Server::start(&world, "mat", "");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let opens = |who: &Visitor<'_>| {
        let mut editor = Editor::open(&server, who, PUSH);
        editor.hears("the page", |editor| editor.text().contains("Blockers"));
        editor
    };
    let mut one = opens(&kumar);
    for n in 1..23 {
        one.types("Blockers", &format!("\n{}", ninety(n)));
        one.is_kept();
    }
    one.types("Blockers", "\nlogin fails");
    one.types("Blockers", &format!("\n{}", &ninety(0)[..8 * 20]));
    one.is_kept();
    // The last of them was taken; of the one after it nothing tells whether it is one.
    let secret = twin.oid("hole")[..7].to_owned();
    let ends = [secret.as_str(), "abcdef0"].map(|word| {
        let mut editor = opens(&kumar);
        editor.types("Blockers", &format!("\nsee {word}"));
        assert_eq!(editor.is_ended(), 4403);
        editor.ended
    });
    assert!(ends[0].as_ref().is_some_and(|(_, why)| why.contains("too many commits")), "{ends:?}");
    assert_eq!(ends[0], ends[1]);
    // Words without any are taken from them, and others write on: a whole hash, letter by letter.
    let mut again = opens(&kumar);
    again.types("login fails", " for everybody");
    again.is_kept();
    let mut other = opens(&mat);
    assert!(!other.text().contains("see abcdef0"));
    let mut line = "zzz".to_owned();
    other.types("Blockers", &format!("\n{line}"));
    for letter in [" ", "c0ffee0", "1", "2", "3", "4", "5", "6", "7"] {
        other.types(&line, letter);
        line.push_str(letter);
    }
    other.is_kept();
    again.hears("the hash", |editor| editor.text().contains("c0ffee01234567"));
}

#[test]
fn a_page_has_an_end() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let mut one = Editor::open(&server, &mat, PUSH);
    one.hears("the page", |editor| editor.text().contains("Blockers"));
    one.types("Blockers", &format!("\n{}", "x".repeat(900_000)));
    one.is_kept();
    one.types("Blockers", &format!("\n{}", "y".repeat(200_000)));
    assert_eq!(one.is_ended(), 4413, "{:?}", one.ended);
}

#[test]
fn sockets_are_for_our_own_pages_and_for_who_may_look() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let path = format!("/trains/amo/pushes/{PUSH}/notes/live");
    let status = |visitor: &Visitor<'_>, path: &str, more: &[(&str, &str)]| {
        connect(&server, visitor, path, more).map(|_| ()).err()
    };
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")];
    assert_eq!(status(&mat, &path, &foreign), Some(403), "the page of another site");
    assert_eq!(status(&mat, &path, &[("origin", "null")]), Some(403));
    let own = format!("http://{}", server.address());
    assert_eq!(status(&mat, &path, &[("origin", &own)]), None);
    assert_eq!(status(&server.anybody(), &path, &[]), Some(401));
    mat.get(&path).is(400);
    let missing = "/trains/nothing/pushes/2026.11.26/notes/live";
    assert_eq!(status(&mat, missing, &[]), Some(404));
    assert_eq!(status(&mat, "/trains/amo/pushes/tomorrow/notes/live", &[]), Some(404));
}

/// What an editor was told is kept is there after the server was killed in that very moment; and what was typed meanwhile comes
/// with the editor.
#[test]
fn a_kill_in_the_middle_of_typing_loses_nothing_that_was_kept() {
    let (world, _remote) = cut();
    let mut server = Server::start(&world, "mat", "");
    let mat = server.first();
    let number: u64 = opening(&mat, PUSH)["client"].as_str().unwrap().parse().unwrap();
    let cookie = mat.headers().to_vec();
    let mut told = String::new();
    for round in 0..4 {
        let visitor = server.known(&cookie);
        let mut one = Editor::with_number(&server, &visitor, PUSH, number + round);
        one.hears("the page", |editor| editor.text().contains("Blockers"));
        assert!(one.text().contains(&told), "round {round}: {told:?} is there");
        for key in 0..20 {
            told = format!("\n* round {round} key {key}");
            one.types("Blockers", &told);
            one.is_kept();
        }
        one.types("Blockers", "\n* not kept, perhaps");
        server.killed();
        server = Server::start(&world, "mat", "");
    }
    server.killed();
    // Without a server, the next command puts it on record.
    world.as_person("kumar").types("block \"another\" --yes").ok();
    let shown = world.hero("mat").types("notes show").ok().stdout;
    for round in 0..4 {
        for key in 0..20 {
            assert!(shown.contains(&format!("* round {round} key {key}\n")), "{shown}");
        }
    }
    world.hero("mat").types("verify").ok();
}

/// Writes line after line until the server is gone; gives those that it was told are kept, and the one on its way.
fn writes(
    server: &Server,
    visitor: &Visitor<'_>,
    name: &str,
    before: &[String],
    told: &AtomicUsize,
) -> (Vec<String>, String) {
    let mut editor = Editor::open(server, visitor, PUSH);
    editor.hears("the page, with all that was kept", |editor| {
        let text = editor.text();
        text.contains("Blockers") && before.iter().all(|line| text.contains(line))
    });
    let mut kept = Vec::new();
    loop {
        let line = format!("* {name} key {}.", kept.len());
        editor.types("Blockers", &format!("\n{line}"));
        if editor.is_kept_or_ended().is_some() {
            return (kept, line);
        }
        kept.push(line);
        told.fetch_add(1, Ordering::Relaxed);
    }
}

/// The same where several write at once: nothing that any of them was told is kept is lost or there twice, and what was on its way
/// is there whole or not at all.
#[test]
fn a_kill_while_several_write_loses_nothing_that_any_was_told_is_kept() {
    let (world, _remote) = cut();
    let mut server = Server::start(&world, "mat", "");
    let names = ["mat", "kumar", "krupa"];
    let cookies = names.map(|name| server.let_in(&world, name).headers().to_vec());
    let mut kept: Vec<String> = Vec::new();
    let mut on_their_way: Vec<String> = Vec::new();
    for round in 0..3 {
        let told = names.map(|_| AtomicUsize::new(0));
        let written: Vec<(Vec<String>, String)> = std::thread::scope(|scope| {
            let (server, before) = (&server, &kept);
            let authors = names.iter().zip(&cookies).zip(&told);
            let writing = authors.map(|((name, cookie), told)| {
                scope.spawn(move || {
                    let visitor = server.known(cookie);
                    writes(server, &visitor, &format!("{name} round {round}"), before, told)
                })
            });
            let writing: Vec<_> = writing.collect();
            crate::server::until("each was told that some is kept", || {
                told.iter().all(|told| told.load(Ordering::Relaxed) >= 8).then_some(())
            });
            server.kill();
            writing.into_iter().map(|author| author.join().expect("nobody fails")).collect()
        });
        for (lines, last) in written {
            kept.extend(lines);
            on_their_way.push(last);
        }
        server.over();
        server = Server::start(&world, "mat", "");
    }
    server.killed();
    // Without a server, the next command puts it on record.
    world.as_person("kumar").types("block \"another\" --yes").ok();
    let shown = world.hero("mat").types("notes show --json").ok().json();
    let shown = shown["text"].as_str().expect("the page has a text");
    for line in &kept {
        assert_eq!(shown.lines().filter(|one| one == line).count(), 1, "{line}: {shown}");
    }
    for line in shown.lines().filter(|line| line.contains(" key ")) {
        let known = kept.iter().chain(&on_their_way).any(|one| one == line);
        assert!(known, "half of what somebody wrote: {line}");
    }
    world.hero("mat").types("verify").ok();
}
