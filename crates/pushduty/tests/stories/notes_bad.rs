//! Bad input for the notes: long, odd, hostile, and editors that fail. Nothing is lost, and it is said in a sentence.

use std::path::Path;
use std::time::Instant;

use testkit::{PushDuty, Ran};

use crate::scene::{Scene, below, failure};

fn set(world: &PushDuty, bytes: &[u8]) -> Ran {
    std::fs::write(world.dir().join("notes.md"), bytes).expect("a file to set");
    world.hero("mat").types("notes set notes.md --yes")
}

fn text(world: &PushDuty) -> String {
    world.hero("mat").reads("notes show")["text"].as_str().expect("a page").to_owned()
}

#[test]
fn ten_megabytes_and_bytes_that_are_no_text_are_refused() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let before = text(world);
    let refused = set(world, &b"* line\n".repeat(1_500_000)).expect_code(2);
    insta::assert_snapshot!(failure(world, &refused), @"
    ✗ a page of notes takes at most 1000000 bytes; this one has 10500000.
      → keep logs and data elsewhere and put a link to them here.
    ");
    let refused = set(world, b"Blockers:\n\xff\xfe\n").expect_code(2);
    insta::assert_snapshot!(failure(world, &refused), @"
    ✗ “notes.md” is no text in UTF-8.
      → name a file that has the notes as text, or `-` for standard input.
    ");
    let refused = world.hero("mat").types("notes set nowhere.md --yes").expect_code(2);
    assert!(refused.stderr.contains("can't be read"), "{refused}");
    assert_eq!(text(world), before);
}

#[test]
fn one_line_as_long_as_a_page_and_two_thousand_items_are_taken() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    for page in [
        "x".repeat(1_000_000),
        format!(
            "Blockers:\n\n{}",
            (0..2_000).map(|at| format!("* blocker {at}\n")).collect::<String>()
        ),
        format!("Blockers:\n\n* a\n```\n{}", "Blockers:\n".repeat(500)),
        "* b1 done\n✓ version 9\n<!-- generated -->\nb1 \u{2028} (in -1) {hero}\n".to_owned(),
    ] {
        let started = Instant::now();
        set(world, page.as_bytes()).ok();
        assert_eq!(text(world), page);
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}

#[test]
fn text_that_looks_like_a_mark_is_refused_for_one_item() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    for line in [
        "Later:",
        "[x] done",
        "~~struck~~",
        "two\nlines",
        "-----",
        "none",
        "login (in -1)",
        "This week's push hero is kumar",
    ] {
        let mat = world.hero("mat");
        let refused = mat.runs(&["block", "--yes", "--", line]).expect_code(3);
        assert!(refused.stderr.contains("  → "), "{refused}");
        mat.runs(&["task", "add", "--yes", "--", line]).expect_code(3);
    }
    let refused =
        world.hero("mat").types("block \"login is broken\" --owner nobody --yes").expect_code(2);
    insta::assert_snapshot!(failure(world, &refused), @"
    ✗ nobody is called “nobody”.
      → people are set up under [people].
    ");
    assert_eq!(world.hero("mat").reads("notes show")["version"], 1);
    let early = Scene::new();
    let refused = early.mat().types("block \"login is broken\" --yes").expect_code(3);
    insta::assert_snapshot!(failure(&early.world, &refused), @"
    ✗ no push is cut.
      → `pushduty tag` cuts the next one; --push DATE names another; `pushduty pick --onto production` makes a hot-fix.
    ");
}

/// Runs `notes edit` with a script as the editor.
fn edit(world: &PushDuty, script: &str, more: &[&str]) -> Ran {
    let file = world.dir().join("editor.sh");
    std::fs::write(&file, format!("set -e\n{script}\n")).expect("an editor");
    let mut command = world.command();
    command.env("EDITOR", format!("sh {}", file.display())).env("PUSHDUTY_ACTOR", "mat");
    world.start_command(command.args(["notes", "edit"]).args(more)).wait()
}

fn drafts(world: &PushDuty) -> Vec<std::path::PathBuf> {
    below(&world.data_path())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect()
}

#[test]
fn an_editor_writes_and_what_others_wrote_meanwhile_is_merged() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let program = env!("CARGO_BIN_EXE_pushduty");
    // Somebody else writes while the editor is open.
    let script = format!(
        "{program} block \"css is gone\" --as kumar --yes >/dev/null\nsed -i 's/^Notable.*/&\\n\\n* a new form/' \"$1\""
    );
    let ran = edit(world, &script, &["--yes"]).ok();
    assert!(ran.stdout.contains("merged with what came after version 1"), "{ran}");
    let now = text(world);
    assert!(now.contains("* a new form\n") && now.contains("* css is gone\n"), "{now}");
    assert_eq!(drafts(world), [] as [&Path; 0], "what is written needs no file");
    let ran = edit(world, "true", &["--yes"]).ok();
    assert!(ran.stdout.contains("Nothing was changed."), "{ran}");
    let ran = edit(world, "echo more >> \"$1\"", &["--dry-run"]).ok();
    assert!(ran.stdout.contains("  + more\n"), "{ran}");
    assert_eq!(text(world), now);
}

#[test]
fn what_an_editor_left_is_kept_where_it_can_t_be_taken() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let before = text(world);
    let failing = [
        ("echo mine >> \"$1\"; exit 3", 1, "ended with a failure"),
        ("printf 'mine\\377\\n' >> \"$1\"", 2, "no text in UTF-8"),
        ("yes mine | head -c 2000000 >> \"$1\"", 2, "takes at most 1000000 bytes"),
    ];
    for (at, (script, code, said)) in failing.into_iter().enumerate() {
        let ran = edit(world, script, &["--yes"]).expect_code(code);
        assert!(ran.stderr.contains(said) && ran.stderr.contains("your text is in"), "{ran}");
        assert!(ran.stderr.contains("`pushduty notes set FILE --train amo --push "), "{ran}");
        let kept = drafts(world);
        assert_eq!(kept.len(), at + 1, "{kept:?}");
        let name = kept.iter().find(|file| ran.stderr.contains(&file.display().to_string()));
        let bytes =
            std::fs::read(name.unwrap_or_else(|| panic!("{ran} names one of {kept:?}"))).unwrap();
        assert!(bytes.windows(4).any(|four| four == b"mine"));
    }
    assert_eq!(text(world), before);
    let ran = edit(world, "echo mine >> \"$1\"; kill -INT $PPID; sleep 1", &["--yes"]);
    assert!([1, 130].contains(&ran.code) && ran.stderr.contains("your text is in"), "{ran}");
    let count = drafts(world).len();
    edit(world, "exit 1", &["--yes"]).expect_code(1);
    assert_eq!(drafts(world).len(), count, "a text that nobody changed is not kept");
    let refused = world.hero("mat").types("notes edit --yes").expect_code(2);
    assert!(refused.stderr.contains("no editor is set"), "{refused}");
    edit(world, "echo mine >> \"$1\"", &[]).expect_code(2);
    assert_eq!(text(world), before);
}

#[test]
fn a_view_that_was_dropped_is_made_again_from_the_events() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    world.developer("kumar").types("block \"login is broken\" --yes").ok();
    world.hero("mat").types("block \"css is gone\" --yes").ok();
    let page = text(world).replace("* login is broken\n", "* Login is broken @mat\n");
    set(world, page.as_bytes()).ok();
    world.hero("mat").types("unblock b2 --because fixed --yes").ok();
    let mut before = world.hero("mat").reads("notes show --who --history");
    let ledger =
        below(&world.data_path()).into_iter().find(|path| path.ends_with("ledger.db")).unwrap();
    runtime().block_on(async {
        use sqlx::Connection;
        let mut db = sqlx::SqliteConnection::connect(&format!("sqlite://{}", ledger.display()))
            .await
            .unwrap();
        let dropped = sqlx::query("DELETE FROM projection WHERE name LIKE 'notes/%'")
            .execute(&mut db)
            .await
            .unwrap();
        assert_eq!(dropped.rows_affected(), 2);
        db.close().await.unwrap();
    });
    let mut after = world.hero("mat").reads("notes show --who --history");
    before["as_of"] = after["as_of"].take();
    after["as_of"] = before["as_of"].clone();
    assert_eq!(after, before);
    world.hero("mat").types("verify").ok();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
