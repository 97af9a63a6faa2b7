//! Hostile and broken input: an exit code of the contract, one sentence what happened, one what to do.

use std::path::{Path, PathBuf};

use testkit::{Daemon, Line, Proxy, PushDuty, Ran, Remote};

use crate::scene::{Scene, alone, below, failure, outcomes, tags, train};

/// A failure as people and scripts must get it: two lines, one document, this code.
#[track_caller]
fn fails_well(world: &PushDuty, args: &[&str], exit: i32) -> Ran {
    let mat = world.hero("mat");
    let ran = mat.runs(&[&["--quiet", "--color", "never"], args].concat()).expect_code(exit);
    assert_clean(&ran);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    if let Some(at) = lines.iter().position(|l| l.starts_with('✗')) {
        assert!(
            lines.get(at + 1).is_some_and(|l| l.starts_with("  → ")),
            "what to do is said: {ran}"
        );
    }
    if !args.contains(&"--json") {
        let told = mat.runs(&[&["--json"], args].concat()).expect_code(exit).json();
        let error = &told["error"];
        for key in ["code", "exit", "message", "hint", "repo", "retry"] {
            assert!(error.get(key).is_some(), "{key} is in {told}");
        }
        assert_eq!(error["exit"], exit);
        assert!(
            error["code"]
                .as_str()
                .is_some_and(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        );
        assert!(error["message"].as_str().is_some_and(|words| !words.is_empty()));
        assert!(told["repos"].is_array());
    }
    ran
}

/// No control character but a line's end in anything that was written.
#[track_caller]
fn assert_clean(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        let bad = text.chars().find(|c| c.is_control() && *c != '\n');
        assert!(bad.is_none(), "{bad:?} is written by {ran}");
    }
}

#[test]
fn what_looks_like_an_option_or_a_path_is_never_one() {
    let scene = Scene::new().cut();
    let refs = (scene.server.refs(), scene.web.refs());
    let long = "x".repeat(5000);
    let table: [&[&str]; 22] = [
        &["tag", "--repo", "--upload-pack=touch x", "--yes"],
        &["tag", "--repo=--upload-pack=touch x", "--yes"],
        &["tag", "--repo=../../etc", "--yes"],
        &["tag", "--repo=a\nb", "--yes"],
        &["tag", "--stay=\u{1b}[31mred", "--yes"],
        &["tag", "--at=server:--output=x", "--again", "--yes"],
        &["tag", "--at=server:main:README.md", "--again", "--yes"],
        &["tag", "--from=server:--exec=x", "--pick=server:abcdef1", "--again", "--yes"],
        &["tag", "--from=server:../x", "--pick=server:abcdef1", "--again", "--yes"],
        &["pick", "--upload-pack=x", "--yes"],
        &["pick", "--yes", "--", "--upload-pack=x"],
        &["pick", "server:-x", "--yes"],
        &["pick", "server:", "--yes"],
        &["pick", "server:abc\u{7}def", "--yes"],
        &["pick", "server:@{-1}", "--yes"],
        &["pick", "server::/Add", "--yes"],
        &["pick", "server:..", "--yes"],
        &["pick", "server:^main", "--yes"],
        &["pick", "server:refs/pushduty/amo", "--yes"],
        &["pick", long.as_str(), "--yes"],
        &["where", "server:HEAD@{now}"],
        &["compare", "server", "--output=x..main"],
    ];
    for args in table {
        fails_well(&scene.world, args, 2);
    }
    assert_eq!((scene.server.refs(), scene.web.refs()), refs);
    assert!(!scene.world.dir().join("x").exists());
}

#[test]
fn helper_transports_passwords_and_options_are_no_remotes() {
    for url in [
        "ext::sh -c 'touch x'",
        "--upload-pack=touch x",
        "https://user:secret@example.org/x.git",
        "fd::3",
        "ssh://-oProxyCommand=touch x/y",
        "a\\u001bb",
        "",
    ] {
        let text = format!(
            "[train]\nname = \"amo\"\ntime_zone = \"UTC\"\ncut = \"Tuesday 09:00\"\npush = \"Thursday 09:00\"\n[people.mat]\nroles = [\"hero\"]\n[repos.server]\nupstream = \"{url}\"\n"
        );
        let world = train();
        std::fs::write(world.config_path(), text).unwrap();
        let ran = fails_well(&world, &["tag", "--yes"], 2);
        ran.never_says("secret");
        assert!(!world.dir().join("x").exists());
    }
}

#[test]
fn terminal_escapes_in_commits_never_reach_a_terminal() {
    let server = Remote::tagged("server");
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2JFix\u{9b}31m \u{202e}it\rnow";
    let author = "Eve\u{1b}[1;31m\u{8} <eve\u{1b}@example.org>";
    let draft = server
        .commit("main")
        .message(format!("{hostile}\n\nPush-Task: \u{1b}[5mblink\n").as_bytes());
    draft.author(author).file("odd\u{1b}[31m\nname.py", "x").make();
    let world = alone(&server);
    let mat = world.hero("mat");
    assert_clean(&mat.types("compare --color never").ok());
    assert_clean(&mat.types("tag --yes --color never").ok());
    let draft = server.commit("main").message(hostile.as_bytes()).author(author);
    let late = draft.file("README.md", "\u{1b}[31mred\n").make();
    let second = server
        .commit("main")
        .message(hostile.as_bytes())
        .file("README.md", "\u{1b}[32mgreen\n")
        .make();
    for line in [
        format!("where {late}"),
        format!("pick {second} --dry-run"),
        format!("pick {second} --yes"),
        format!("pick {second} --resolve"),
        "pick --abort --yes".to_owned(),
        format!("pick {late} --yes"),
        "status".to_owned(),
        "log".to_owned(),
        "verify".to_owned(),
    ] {
        assert_clean(&mat.types(&format!("{line} --color never")));
        let ran = mat.types(&format!("{line} --json"));
        assert!(!ran.stdout.contains('\u{1b}'), "{ran}");
    }
}

#[test]
fn what_a_remote_says_is_not_passed_through() {
    let server = Remote::new("server");
    server.hook("pre-receive", "printf '\\033[31mred\\007\\r\\033]0;x\\007 no\\n' >&2; exit 1");
    let world = alone(&server);
    let ran = fails_well(&world, &["tag", "--yes"], 1);
    ran.says("no");
}

#[test]
fn hostile_tags_on_the_remote_are_no_tags_of_the_train() {
    let server = Remote::new("server");
    for tag in [
        "--upload-pack=x",
        "2026.11.26;rm",
        "2026.11.26-99999999999999999999",
        "２０２６.11.26",
        "2026.11.26-\u{202e}1",
        "0000.00.00",
    ] {
        server.set_ref(&format!("refs/tags/{tag}"), "main");
    }
    let world = alone(&server);
    let ran = world.hero("mat").types("tag --yes --color never").ok();
    assert_clean(&ran);
    assert!(tags(&server).contains(&"2026.11.26".to_owned()));
    let told = world.hero("mat").reads("tag --again --because again --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
}

#[test]
fn a_tag_of_a_tree_or_of_a_tag_does_not_stop_a_cut() {
    let server = Remote::new("server");
    server.set_ref("refs/tags/2026.11.12", "main^{tree}");
    let inner = server.annotated_tag("2026.11.05", "main", "inner");
    server.git(&["tag", "-a", "-m", "outer", "2026.11.06", &inner]);
    let told = alone(&server).hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published");
}

#[test]
fn a_remote_of_sha256_is_cut_or_refused_whole() {
    let server = Remote::sha256("server");
    let world = alone(&server);
    let ran = world.hero("mat").types("tag --yes");
    if ran.code == 0 {
        assert_eq!(tags(&server), ["2026.11.26"]);
    } else {
        fails_well(&world, &["tag", "--yes"], 1);
        assert!(tags(&server).is_empty());
    }
}

#[test]
fn a_hash_of_the_other_format_is_no_commit_of_a_store() {
    let (server, web) = (Remote::sha256("server"), Remote::new("web"));
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).repo(&server).repo(&web);
    let world = world.person("mat", &["hero"]).rotation(&["mat"]);
    let mat = world.hero("mat");
    let (long, short) = (server.oid("main"), web.oid("main"));
    for hash in ["0123456789012345678901234567890123456789", &"7".repeat(64)] {
        mat.types(&format!("where {hash}")).expect_code(2).says("no commit");
    }
    mat.types(&format!("where {short}")).ok().says("web");
    // Forty digits of sixty-four are an abbreviation.
    mat.types(&format!("where {}", &long[..40])).ok().says("server");
    mat.types(&format!("where {long}")).ok().says("server");
}

#[test]
fn a_remote_without_atomic_pushes_gets_its_tag_all_the_same() {
    let server = Remote::new("server");
    server.config("receive.advertiseAtomic", "false");
    let world = alone(&server);
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published");
    world.hero("mat").types("check").ok().says("atomic");
}

#[test]
fn a_silent_remote_is_given_up_after_its_time() {
    let server = Remote::new("server");
    let daemon = Daemon::serving(&[&server]);
    let proxy = Proxy::to(daemon.address());
    let url = format!("git://{}/server.git", proxy.address());
    let world = train().repo_at("server", &url, "");
    world.at_the_real_time();
    proxy.down(Line::good().hanging_after(0));
    let ran = fails_well(&world, &["tag", "--yes", "--silence", "1"], 1);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: upstream (“[server]”) made no progress for 1s.
      → run the same command again when it answers.
    ");
}

/// Every file of the data directory whose name ends so.
fn files(dir: &Path, end: &str) -> Vec<PathBuf> {
    below(dir).into_iter().filter(|path| path.to_string_lossy().ends_with(end)).collect()
}

#[test]
fn a_ledger_that_is_garbage_or_cut_short_is_said_and_nothing_done() {
    for damage in ["garbage", "short", "nothing"] {
        let server = Remote::new("server");
        let world = alone(&server);
        world.hero("mat").types("tag --yes").ok();
        let refs = server.refs();
        for ledger in
            files(&world.data_path(), "-wal").into_iter().chain(files(&world.data_path(), "-shm"))
        {
            std::fs::remove_file(ledger).unwrap();
        }
        let found: Vec<_> = [".db", ".sqlite", ".sqlite3"]
            .iter()
            .flat_map(|e| files(&world.data_path(), e))
            .collect();
        let [ledger] = &found[..] else { panic!("one ledger: {found:?}") };
        let whole = std::fs::read(ledger).unwrap();
        let damaged = match damage {
            "garbage" => vec![b'x'; whole.len()],
            "short" => whole[..whole.len() / 2].to_vec(),
            _ => Vec::new(),
        };
        std::fs::write(ledger, damaged).unwrap();
        server.commit_on("main", &[("x", "x")], "Go on");
        let main = server.refs();
        let ran = world.hero("mat").runs(&["tag", "--again", "--yes", "--quiet"]);
        assert!(ran.code == 1 || ran.code == 3, "{damage}: {ran}");
        assert!(ran.stderr.contains("  → "), "{ran}");
        let told = world.hero("mat").reads("tag --again --yes");
        assert!(told["error"]["code"].is_string(), "{damage}: {told}");
        assert_eq!(server.refs(), main, "{damage}");
        assert_ne!(refs, main);
    }
}

#[test]
fn a_file_in_the_place_of_the_data_directory_is_said() {
    let server = Remote::new("server");
    let world = alone(&server);
    std::fs::write(world.data_path(), "not a directory").unwrap();
    let ran = fails_well(&world, &["tag", "--yes"], 1);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ the data directory “[home]/data/amo” can't be made: Not a directory (os error 20).
      → mend it and run the same command again: nothing was lost.
    ");
    assert!(server.tags().is_empty());
}

#[test]
fn a_rehearsal_clock_is_for_rehearsals_alone() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.at_the_real_time().run(&["status"]).ok();
    world.at("2026-11-24T09:00:00Z");
    let ran = fails_well(&world, &["tag", "--yes"], 2);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ the clock is set to 2026-11-24T09:00:00Z, but this ledger is no rehearsal.
      → unset PUSHDUTY_NOW, or rehearse in another directory with --data.
    ");

    let daemon = Daemon::serving(&[&server]);
    let far = train().repo_at("server", &format!("git://{}/server.git", daemon.address()), "");
    let ran = fails_well(&far, &["tag", "--yes"], 2);
    insta::assert_snapshot!(failure(&far, &ran), @"
    ✗ PUSHDUTY_NOW sets the clock for rehearsals only, and a remote is no local path.
      → unset PUSHDUTY_NOW, or rehearse with --data on a fresh folder and remotes that are local paths.
    ");

    let nonsense = alone(&server);
    nonsense.at("yesterday");
    fails_well(&nonsense, &["tag", "--yes"], 2);
    assert!(server.tags().is_empty());
}

#[test]
fn wrong_use_is_two_with_json_too() {
    let scene = Scene::new();
    for args in [
        &["tga"][..],
        &["tag", "--nonsense"],
        &["tag", "--dry-run", "--yes"],
        &["tag", "--leave", "abcdef1", "--yes"],
        &["pick", "--continue", "--abort"],
        &["tag", "--config", "nowhere.toml", "--yes"],
        &["tag", "--train", "other", "--yes"],
        &[],
    ] {
        let ran = scene.mat().runs(args).expect_code(2);
        assert_clean(&ran);
        if !args.is_empty() {
            let told = scene.mat().runs(&[args, &["--json"]].concat()).expect_code(2).json();
            assert_eq!(told["error"]["exit"], 2, "{told}");
        }
    }
}

#[test]
fn a_name_with_control_characters_acts_for_nobody() {
    let scene = Scene::new();
    for name in ["mat\u{1b}[31m", "mat\nzed", " "] {
        let ran = scene.world.run(&["--as", name, "status"]).expect_code(2);
        let said = failure(&scene.world, &ran);
        assert!(said.starts_with("✗ --as names nobody: "), "{ran}");
        assert!(!ran.stderr.contains('\u{1b}') && said.lines().count() == 2, "{ran}");
        let command = &mut scene.world.command();
        let ran = scene.world.start_command(command.env("PUSHDUTY_ACTOR", name).arg("log")).wait();
        ran.expect_code(2).says("PUSHDUTY_ACTOR names nobody");
        assert_clean(&scene.world.as_person(name).types("tag --yes --color never"));
    }
}
