//! `notes edit` with `--server`: one's own editor on the page of a server, which takes what was saved as it takes everybody's.

use std::path::PathBuf;

use testkit::{Gate, Ran, Running};

use crate::editor::Editor;
use crate::remote::Far;

const PUSH: &str = "2026.11.26";

/// Starts it on the laptop, with lines of shell as the editor; `name` tells it from others that are open.
fn edits(far: &Far, token: &str, name: &str, lines: &str, more: &str) -> Running {
    let editor = far.laptop.sealed().script(&format!("editor-{name}"), &format!("set -e\n{lines}"));
    let mut command = far.laptop.command();
    command.args(["notes", "edit"]).args(testkit::words(more)).env("EDITOR", editor);
    command.env("PUSHDUTY_TOKEN", token).env("PUSHDUTY_SERVER", far.server.url());
    far.laptop.start_command(&mut command)
}

/// The same by mat, where the train is.
fn edited_here(far: &Far, lines: &str, more: &str) -> Ran {
    let editor = far.world.sealed().script("editor", &format!("set -e\n{lines}"));
    let mut command = far.world.hero("mat").command();
    command.args(["notes", "edit"]).args(testkit::words(more)).env("EDITOR", editor);
    far.world.start_command(&mut command).wait()
}

/// The page as it is, where the train is.
fn page(far: &Far) -> String {
    far.world.hero("mat").types("notes show --raw").ok().stdout
}

/// What editors left on the laptop.
fn drafts(far: &Far) -> Vec<PathBuf> {
    let folder = far.laptop.data_path().join("amo").join("drafts");
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect()
}

#[test]
fn two_editors_and_a_browser_write_at_once_and_every_line_is_there_by_its_writer() {
    let far = Far::new();
    let gates = ["mat", "kumar"].map(|who| Gate::new(far.laptop.sealed(), who));
    let [one, two] = &gates;
    let writes = |who: &str, heading: &str, words: &str, gate: &Gate| {
        let line = format!("sed -i 's/^{heading}.*/&\\n\\n* {words}/' \"$1\"");
        edits(&far, &far.token(who), who, &format!("{line}\n{}", gate.wait_here()), "--yes")
    };
    let mat = writes("mat", "Blockers", "css is gone", one);
    let kumar = writes("kumar", "Notable", "a new form", two);
    for gate in &gates {
        gate.wait_until_reached();
    }
    one.open();
    mat.wait().ok();
    let krupa = far.server.let_in(&far.world, "krupa");
    let mut browser = Editor::open(&far.server, &krupa, PUSH);
    browser.hears("mat's line", |editor| editor.text().contains("css is gone"));
    browser.types("Before we push", "\n* typed in a browser");
    browser.is_kept();
    two.open();
    kumar.wait().ok().says("merged with what came after version");
    browser.hears("kumar's line", |editor| editor.text().contains("a new form"));
    let shown = far.world.hero("mat").types("notes show --who").ok().stdout;
    for (words, who) in
        [("css is gone", "mat"), ("typed in a browser", "krupa"), ("a new form", "kumar")]
    {
        let line = shown.lines().find(|line| line.contains(words)).unwrap_or_default();
        assert!(line.contains(who), "{words} by {who}:\n{shown}");
    }
    assert!(drafts(&far).is_empty(), "what is written needs no file");
    far.world.hero("mat").types("verify").ok();
}

#[test]
fn the_same_is_shown_as_where_the_train_is() {
    let far = Far::new();
    let (token, before) = (far.token("mat"), page(&far));
    let more = "echo more >> \"$1\"";
    for (lines, line) in [
        ("true", "--yes"),
        ("true", "--yes --json"),
        ("true", "--next --yes --json"),
        ("true", "--push 2019.01.01 --yes"),
        (more, ""),
        (more, "--dry-run"),
        (more, "--dry-run --json"),
        ("exit 3", "--yes"),
    ] {
        let here = edited_here(&far, lines, line);
        let there = edits(&far, &token, "mat", lines, line).wait();
        assert_eq!((here.code, &here.stdout), (there.code, &there.stdout), "{line}: {there}");
    }
    edits(&far, &token, "mat", "true", "--yes").wait().ok().says("Nothing was changed.");
    assert_eq!(page(&far), before);
    let ran = edits(&far, &token, "mat", more, "--yes --json").wait().ok().json();
    assert_eq!((&ran["done"], &ran["changed"]), (&true.into(), &true.into()), "{ran}");
    assert_eq!(page(&far), format!("{before}more\n"));
}

#[test]
fn who_may_not_write_is_told_so_before_their_editor_opens() {
    let far = Far::new();
    let (mat, opened) =
        (far.server.let_in(&far.world, "mat"), far.laptop.sealed().path("it-is-open"));
    let lines = format!(": > '{}'\necho '* mine' >> \"$1\"", opened.display());
    let look = edits(&far, &mat.token_to("read"), "look", &lines, "--yes").wait();
    look.expect_code(3).says("this token is for looking");
    edits(&far, "made-up", "nobody", &lines, "--yes").wait().expect_code(2).never_says("made-up");
    assert!(!opened.exists() && drafts(&far).is_empty());
    edits(&far, &mat.token_to("notes"), "notes", &lines, "--yes").wait().ok();
    assert!(opened.exists() && page(&far).contains("* mine\n"));
}

#[test]
fn what_was_saved_is_kept_where_the_server_does_not_take_it() {
    let far = Far::new();
    let (token, before) = (far.token("mat"), page(&far));
    let failing = [
        ("echo mine >> \"$1\"; exit 3", 1, "ended with a failure"),
        ("printf 'mine\\377\\n' >> \"$1\"", 2, "no text in UTF-8"),
        ("yes mine | head -c 2000000 >> \"$1\"", 2, "takes at most 1000000 bytes"),
    ];
    for (at, (lines, code, said)) in failing.into_iter().enumerate() {
        let ran = edits(&far, &token, "mat", lines, "--yes").wait().expect_code(code);
        ran.says(said).says("your text is in");
        assert_eq!(drafts(&far).len(), at + 1);
    }
    let version = far.world.hero("mat").reads("notes show")["version"].clone();
    let gate = Gate::new(far.laptop.sealed(), "gone");
    let lines = format!("echo mine >> \"$1\"\n{}", gate.wait_here());
    let editing = edits(&far, &token, "mat", &lines, "--yes");
    gate.wait_until_reached();
    far.server.kill();
    gate.open();
    let again = format!("notes set FILE --train amo --push {PUSH} --base {version} --server");
    let gone = editing.wait();
    // A connection may be lost with the words on their way, and then nobody knows.
    let gone = match gone.code {
        6 => gone.says("whether it was done is not known").says(&again),
        _ => gone.expect_code(1).says("see whether it runs").says(&again),
    };
    let kept = drafts(&far);
    assert_eq!(kept.len(), failing.len() + 1);
    let file = kept.iter().find(|file| gone.stderr.contains(&file.display().to_string()));
    let text = std::fs::read_to_string(file.expect("it is named")).expect("it is text");
    assert!(text.ends_with("mine\n"), "{text}");
    // Nothing was opened where there is nobody to take it.
    edits(&far, &token, "mat", &lines, "--yes").wait().expect_code(1);
    assert_eq!(drafts(&far).len(), kept.len());
    assert_eq!(page(&far), before);
}
