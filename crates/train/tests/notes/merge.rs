//! Three ways into one: no line that anybody added is lost, and what both changed is told.

use std::collections::BTreeMap;
use std::time::Instant;

use proptest::prelude::*;
use train::notes::{Edit, apply, edits, merge, moved};

/// Few different lines, so that many are alike; with and without a line end at the text's end.
fn texts() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => prop::sample::select(vec!["", "* a", "* b", "Blockers:", "    ", "-----", "é\u{2028}", "* a\r"]).prop_map(str::to_owned),
        1 => "[ab *]{0,6}",
    ];
    (prop::collection::vec(line, 0..12), any::<bool>()).prop_map(|(lines, ended)| {
        let text = lines.join("\n");
        if ended && !text.is_empty() { text + "\n" } else { text }
    })
}

/// A text made of another by taking lines out and putting some in.
fn changed(base: String) -> impl Strategy<Value = (String, String)> {
    let count = base.lines().count() + 1;
    let step = (0..count, prop::option::of("[ab*é ]{0,5}"), any::<bool>());
    prop::collection::vec(step, 0..4).prop_map(move |steps| {
        let mut lines: Vec<String> = base.split_inclusive('\n').map(str::to_owned).collect();
        for (at, new, out) in steps {
            let at = at.min(lines.len());
            if out && at < lines.len() {
                lines.remove(at);
            }
            if let Some(new) = new {
                lines.insert(at, new + "\n");
            }
        }
        (base.clone(), lines.concat())
    })
}

fn bare(text: &str) -> BTreeMap<&str, usize> {
    let mut count = BTreeMap::new();
    for line in text.split('\n') {
        *count.entry(line).or_default() += 1;
    }
    count
}

/// Lines that a text has more often than its base: whoever wrote it added them.
fn added<'t>(base: &str, text: &'t str) -> Vec<(&'t str, usize)> {
    let before = bare(base);
    let more = |(line, count): (&'t str, usize)| {
        let more = count.saturating_sub(before.get(line).copied().unwrap_or(0));
        (more > 0 && !line.is_empty()).then_some((line, more))
    };
    bare(text).into_iter().filter_map(more).collect()
}

fn whole(base: &str, mine: &str, theirs: &str) {
    let merged = merge(base, mine, theirs);
    let there = bare(&merged.text);
    for text in [mine, theirs] {
        for (line, _) in added(base, text) {
            assert!(there.contains_key(line), "{line:?} of {text:?} is in {:?}", merged.text);
        }
    }
    let kept = bare(mine);
    for (line, count) in bare(base) {
        let in_both =
            kept.get(line).copied().unwrap_or(0).min(bare(theirs).get(line).copied().unwrap_or(0));
        if in_both >= count && !line.is_empty() {
            assert!(there.contains_key(line), "{line:?}, which both left, is in {:?}", merged.text);
        }
    }
    assert_eq!(merge(base, mine, theirs), merged, "the same once more");
    let other = merge(base, theirs, mine);
    assert_eq!(other.clashes.len(), merged.clashes.len(), "either way as much is told");
    for clash in &merged.clashes {
        assert!(merged.text.contains(clash.mine.trim_end_matches('\n')), "{clash:?}");
        assert!(clash.line <= merged.text.split_inclusive('\n').count() + 1);
    }
}

proptest! {
    #[test]
    fn one_side_alone_wins((base, x) in texts().prop_flat_map(changed), y in texts()) {
        for x in [&x, &y] {
            prop_assert_eq!(&merge(&base, &base, x).text, x);
            prop_assert_eq!(&merge(&base, x, &base).text, x);
            let both = merge(&base, x, x);
            prop_assert_eq!(&both.text, x);
            prop_assert!(both.clashes.is_empty());
        }
    }

    #[test]
    fn nothing_that_was_added_is_lost(
        (base, mine) in texts().prop_flat_map(changed),
        theirs in texts(),
    ) {
        whole(&base, &mine, &theirs);
    }

    #[test]
    fn nor_where_both_change_a_little(
        (base, mine, theirs) in texts().prop_flat_map(changed).prop_flat_map(|(base, mine)| {
            changed(base).prop_map(move |(base, theirs)| (base, mine.clone(), theirs))
        }),
    ) {
        whole(&base, &mine, &theirs);
    }

    #[test]
    fn edits_make_the_one_of_the_other(old in texts(), new in texts(), any in "(?s).{0,40}") {
        for (old, new) in [(&old, &new), (&old, &any), (&any, &new)] {
            let edits = edits(old, new);
            prop_assert_eq!(&apply(old, &edits), new);
            let ordered = edits.windows(2).all(|two| two[0].at.end <= two[1].at.start);
            prop_assert!(ordered, "{:?}", edits);
            prop_assert!(edits.is_empty() || old != new);
            let place = moved(&edits);
            for (at, c) in old.char_indices() {
                if let Some(now) = place(at) {
                    prop_assert_eq!(new[now..].chars().next(), Some(c));
                }
            }
        }
    }
}

#[test]
fn both_changed_one_line() {
    let base = "Blockers:\n\n* login is broken\n* css\n";
    let mine = "Blockers:\n\n* login is broken @mat\n* css\n* mine\n";
    let theirs = "Blockers:\n\n* [x] login is broken\n* css\n* theirs\n";
    let merged = merge(base, mine, theirs);
    assert_eq!(
        merged.text,
        "Blockers:\n\n* [x] login is broken\n* login is broken @mat\n* css\n* theirs\n* mine\n"
    );
    let [clash] = &merged.clashes[..] else { panic!("{:?}", merged.clashes) };
    assert_eq!((clash.line, clash.base.as_str()), (3, "* login is broken\n"));
    assert_eq!(
        (clash.theirs.as_str(), clash.mine.as_str()),
        ("* [x] login is broken\n", "* login is broken @mat\n")
    );
}

#[test]
fn one_took_out_what_the_other_changed() {
    let merged = merge("a\nb\nc\n", "a\nc\n", "a\nB\nc\n");
    assert_eq!(merged.text, "a\nB\nc\n");
    assert_eq!(merged.clashes.len(), 1);
}

#[test]
fn lines_at_an_end_without_a_line_end_are_not_glued_together() {
    let merged = merge("a", "a\nmine", "a\ntheirs");
    assert_eq!(merged.text, "a\ntheirs\nmine");
}

#[test]
fn only_words_that_changed_are_edited() {
    let old = "* login is broken (kumar)\n* css\n";
    let new = "* [x] login is broken (mat)\n* css\n* more\n";
    assert_eq!(
        edits(old, new),
        [
            Edit::insert(2, "[x] "),
            Edit { at: 19..24, text: "mat".into() },
            Edit::insert(32, "* more\n")
        ]
    );
}

#[test]
fn a_line_keeps_its_characters_when_another_is_put_before_it() {
    let old = "* css is gone\n* x\n";
    let new = "* login is broken on stage\n* css is gone @kumar\n* x\n";
    assert_eq!(
        edits(old, new),
        [Edit::insert(0, "* login is broken on stage\n"), Edit::insert(13, " @kumar")]
    );
}

#[test]
fn large_pages_take_time_in_proportion() {
    let numbered = |n: usize| (0..n).map(|at| format!("* item {at}\n")).collect::<String>();
    let alike = |n: usize| "* x\n".repeat(n);
    let reversed = |n: usize| (0..n).rev().map(|at| format!("* item {at}\n")).collect::<String>();
    let pairs =
        |n: usize| (0..n).map(|at| format!("{}\n", at * 7919 % (n / 2))).collect::<String>();
    let forms: [(&str, &dyn Fn(usize) -> String); 4] =
        [("numbered", &numbered), ("alike", &alike), ("reversed", &reversed), ("pairs", &pairs)];
    for (old_name, old) in forms {
        for (new_name, new) in forms {
            let (base, mine, theirs) = (old(50_000), new(50_000), old(50_000) + "end\n");
            let started = Instant::now();
            let merged = merge(&base, &mine, &theirs);
            assert!(merged.text.contains("end\n"));
            assert_eq!(apply(&base, &edits(&base, &mine)), mine);
            assert!(
                started.elapsed().as_secs() < 10,
                "{old_name} {new_name}: {:?}",
                started.elapsed()
            );
        }
    }
}
