//! Text given by command or chat.

use train::notes::{Phase, SectionKind, given};

use crate::world::context;

#[test]
fn a_plain_line_is_taken_as_it_is() {
    let context = context(None);
    for text in [
        "login is broken",
        "login is broken @kumar",
        "[kumar](https://x.org/k) login is broken",
        "maybe slow: https://github.com/mozilla/addons-server/issues/1",
        "run `./manage.py x --y` on stage",
        "It's done with mirrors",
    ] {
        for kind in [SectionKind::Blockers, SectionKind::Tasks(Phase::AfterDone)] {
            assert_eq!(given::text(text, kind, &context).as_deref(), Ok(text));
        }
    }
    assert_eq!(given::text("  a   b ", SectionKind::Blockers, &context).as_deref(), Ok("a b"));
}

#[test]
fn what_would_be_read_as_something_else_is_refused_with_its_reason() {
    let context = context(None);
    let long = "x".repeat(1001);
    for (text, why) in [
        ("a\nb", "more than one line"),
        ("a\u{1b}[31m", "more than one line"),
        ("a\u{2028}b", "more than one line"),
        ("Blockers: x", "reads as a heading"),
        ("## Testing", "reads as a heading"),
        ("start: 9:02", "reads as a heading"),
        ("Before we push", "reads as a heading"),
        ("This week's push hero is mat", "reads as a heading"),
        ("addons-server", "says nothing"),
        ("-----", "says nothing"),
        ("None", "says nothing"),
        ("", "says nothing"),
        ("…", "says nothing"),
        ("<!-- x -->", "says nothing"),
        ("```", "says nothing"),
        ("[x] a", "reads as a mark"),
        ("~~a~~", "reads as a mark"),
        ("* a", "reads as a mark"),
        ("a (in -1)", "reads as a mark"),
        ("login is broken DONE", "reads as a mark"),
        (long.as_str(), "too long"),
    ] {
        let refusal = given::text(text, SectionKind::Blockers, &context).expect_err(text);
        assert!(refusal.to_string().contains(why), "{text:?}: {refusal}");
    }
}
