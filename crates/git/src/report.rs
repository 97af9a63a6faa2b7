//! What a remote reported of a push (`git push --porcelain`), read exactly.

use crate::line::{Demand, Line};
use crate::output::Output;
use crate::sanitise;

/// What a report comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every ref is where it was pushed to, by the remote's word.
    Done,
    /// A ref was not as demanded; nothing moved.
    Lost(String),
    /// The remote would not; nothing moved.
    Refused(String),
    /// Some refs moved and others did not, or a ref is not told of.
    Mixed,
    /// There is no report.
    None,
}

/// One ref's line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// git's flag: blank moved forward, `+` forced, `-` deleted, `*` new, `!` refused, `=` as it was.
    pub flag: char,
    /// The ref's full name on the remote.
    pub name: String,
    /// What git says of it, with the reason in brackets.
    pub summary: String,
}

/// What is said of one ref.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    Moved,
    /// It was there already: well for a branch, a loss for what had to be new.
    Was,
    Lost,
    Refused,
    /// Stopped because another ref was.
    Along,
    Nothing,
}

/// Reasons by which git or the remote says that a ref was not as demanded.
const LOST: &[&str] = &[
    "non-fast-forward",
    "fetch first",
    "needs force",
    "stale info",
    "already exists",
    "remote ref updated since checkout",
    "failed to update ref",
    "cannot lock ref",
    "incorrect old value provided",
    "reference already exists",
    "failed to lock",
];
/// Reasons by which a ref is stopped because of another one.
const ALONG: &[&str] = &[
    "atomic push failed",
    "atomic push failure",
    "atomic transaction failed",
    "transaction failed",
];

/// The lines of standard output that tell of refs.
pub(crate) fn read(out: &str) -> Vec<Told> {
    out.lines().filter_map(line).collect()
}

/// The address that git pushed to, after every rewrite of the user's configuration, as git prints it.
pub(crate) fn address(out: &str) -> Option<&str> {
    out.lines().find_map(|line| line.strip_prefix("To "))
}

fn line(line: &str) -> Option<Told> {
    let mut parts = line.splitn(3, '\t');
    let (flag, refs, summary) = (parts.next()?, parts.next()?, parts.next()?);
    let mut flags = flag.chars();
    let (flag, None) = (flags.next()?, flags.next()) else { return None };
    let (_, name) = refs.rsplit_once(':')?;
    Some(Told { flag, name: name.to_owned(), summary: summary.to_owned() })
}

/// What a push of `lines` came to. Done takes the remote's word for every ref, and an exit code of 0.
pub(crate) fn judge(output: &Output, lines: &[Line]) -> Verdict {
    let told = read(&output.text());
    if told.is_empty() {
        return Verdict::None;
    }
    let words: Vec<(&Line, Word, String)> = lines.iter().map(|l| one(l, &told, output)).collect();
    let any = |word: &Word| words.iter().find(|(_, w, _)| w == word);
    let stopped = any(&Word::Lost).or_else(|| any(&Word::Refused)).or_else(|| any(&Word::Along));
    if any(&Word::Nothing).is_some()
        || (any(&Word::Moved).is_some() && (stopped.is_some() || !output.ok()))
    {
        return Verdict::Mixed;
    }
    match stopped {
        Some((_, Word::Lost, why)) => Verdict::Lost(why.clone()),
        Some((_, Word::Refused, why)) => Verdict::Refused(why.clone()),
        Some(_) => Verdict::Mixed,
        None if !output.ok() => Verdict::Mixed,
        None => was_there(&words).map_or(Verdict::Done, Verdict::Lost),
    }
}

/// A ref that had to be new and was there with our very object: somebody was first.
fn was_there(words: &[(&Line, Word, String)]) -> Option<String> {
    let first = words
        .iter()
        .find(|(line, word, _)| *word == Word::Was && line.demand != Demand::Forward)?;
    Some(format!("{} was there already", sanitise::plain(&first.0.name)))
}

fn one<'a>(line: &'a Line, told: &[Told], output: &Output) -> (&'a Line, Word, String) {
    let mut of_it = told.iter().filter(|t| t.name == line.name);
    let (Some(told), None) = (of_it.next(), of_it.next()) else {
        return (line, Word::Nothing, String::new());
    };
    let reason =
        told.summary.split_once(" (").map_or("", |(_, r)| r.strip_suffix(')').unwrap_or(r));
    let word = match told.flag {
        ' ' | '*' | '+' => Word::Moved,
        '=' => Word::Was,
        '!' => refused(&told.summary, reason, output),
        _ => Word::Nothing,
    };
    let reason = if output.withheld && word == Word::Refused {
        "the remote would not take it"
    } else {
        reason
    };
    let why = format!("{}: {}", sanitise::plain(&line.name), sanitise::plain(reason));
    let why = if word == Word::Refused && !output.words.is_empty() {
        format!("{why} ({})", output.words)
    } else {
        why
    };
    (line, word, why)
}

fn refused(summary: &str, reason: &str, output: &Output) -> Word {
    let has = |list: &[&str], text: &str| list.iter().any(|part| text.contains(part));
    if summary.starts_with("[remote failure]") || reason.is_empty() {
        return Word::Nothing;
    }
    let err = String::from_utf8_lossy(&output.err);
    if err.contains("exists; cannot create '") {
        // A ref below one of that name, or above it: no second try finds it gone.
        return Word::Refused;
    }
    if has(ALONG, reason) {
        // A remote that takes all or nothing blames every ref alike, and says on standard error which it was.
        return match () {
            () if reason.starts_with("atomic push") => Word::Along,
            () if has(LOST, &err) || err.contains("but expected") => Word::Lost,
            () => Word::Refused,
        };
    }
    // What a hook says is its own: a hook may speak of refs that already exist, too.
    if has(LOST, reason) && !reason.contains("hook") { Word::Lost } else { Word::Refused }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TAG: &str = "refs/tags/2026.11.26";
    const FENCE: &str = "refs/pushduty/amo";
    const MAIN: &str = "refs/heads/main";

    fn line(name: &str, demand: Demand) -> Line {
        Line { source: "a".repeat(40), name: name.to_owned(), demand }
    }

    /// What a push of the fence, a tag and main comes to, by a report and standard error.
    fn judged(code: i32, report: &[(&str, &str, &str)], err: &str) -> Verdict {
        let lines =
            [line(FENCE, Demand::Absent), line(TAG, Demand::Absent), line(MAIN, Demand::Forward)];
        let told =
            report.iter().map(|(flag, name, summary)| format!("{flag}\tx:{name}\t{summary}\n"));
        let out = format!("To /x\n{}Done\n", told.collect::<String>()).into_bytes();
        let output = Output {
            code: Some(code),
            out,
            words: sanitise::words(err.as_bytes()),
            err: err.as_bytes().to_vec(),
            withheld: false,
            timed_out: false,
        };
        judge(&output, &lines)
    }

    #[test]
    fn done_takes_the_remotes_word_for_every_ref_and_an_exit_of_0() {
        let all = [("*", FENCE, "[new reference]"), ("*", TAG, "[new tag]"), (" ", MAIN, "a..b")];
        assert_eq!(judged(0, &all, ""), Verdict::Done);
        assert_eq!(judged(1, &all, ""), Verdict::Mixed);
        assert_eq!(judged(0, &all[..2], ""), Verdict::Mixed, "a ref that is not told of");
        let twice = [all[0], all[1], all[2], ("!", TAG, "[rejected] (stale info)")];
        assert_eq!(judged(0, &twice, ""), Verdict::Mixed, "a ref that is told of twice");
        let some = [all[0], ("!", TAG, "[rejected] (stale info)"), all[2]];
        assert_eq!(judged(1, &some, ""), Verdict::Mixed);
        assert_eq!(judged(0, &[], ""), Verdict::None);
    }

    #[test]
    fn what_was_there_is_a_loss_for_a_tag_and_none_for_a_branch() {
        let main_there =
            [("*", FENCE, "[new]"), ("*", TAG, "[new tag]"), ("=", MAIN, "[up to date]")];
        assert_eq!(judged(0, &main_there, ""), Verdict::Done);
        let tag_there = [("*", FENCE, "[new]"), ("=", TAG, "[up to date]"), (" ", MAIN, "a..b")];
        assert_eq!(judged(0, &tag_there, ""), Verdict::Lost(format!("{TAG} was there already")));
    }

    #[test]
    fn a_loss_and_a_refusal_are_told_apart() {
        let stopped = |reason: &str, err: &str| {
            let summary = format!("[remote rejected] ({reason})");
            let along = "[remote rejected] (atomic push failure)";
            judged(1, &[("!", FENCE, along), ("!", TAG, &summary), ("!", MAIN, along)], err)
        };
        for lost in [
            "stale info",
            "fetch first",
            "non-fast-forward",
            "already exists",
            "failed to update ref",
        ] {
            assert!(matches!(stopped(lost, ""), Verdict::Lost(_)), "{lost}");
        }
        for refused in [
            "pre-receive hook declined",
            "hook declined",
            "protected branch hook declined",
            "deny updating a hidden ref",
        ] {
            assert!(matches!(stopped(refused, ""), Verdict::Refused(_)), "{refused}");
        }
        let hooks_words = stopped("hook declined: the tag already exists", "remote: no\n");
        assert!(matches!(hooks_words, Verdict::Refused(why) if why.ends_with("(remote: no)")));
        let all = "[remote rejected] (atomic transaction failed)";
        let all = [("!", FENCE, all), ("!", TAG, all), ("!", MAIN, all)];
        let locked =
            "remote: error: cannot lock ref 'refs/tags/2026.11.26': reference already exists";
        assert!(matches!(judged(1, &all, locked), Verdict::Lost(_)));
        let below = "remote: error: cannot lock ref 'refs/tags/2026.11.26': 'refs/tags/2026.11.26/x' exists; cannot create 'refs/tags/2026.11.26'";
        assert!(matches!(judged(1, &all, below), Verdict::Refused(_)), "no second try helps");
        assert!(matches!(
            judged(1, &all, "remote: error: ref updates aborted by hook"),
            Verdict::Refused(_)
        ));
        let silent = "[remote failure] (remote failed to report status)";
        assert_eq!(
            judged(1, &[("!", FENCE, silent), ("!", TAG, silent), ("!", MAIN, silent)], ""),
            Verdict::Mixed
        );
    }

    proptest! {
        #[test]
        fn any_report_is_judged_and_none_is_done_by_chance(out in "[ *=!\\t:a-z/.\\[\\]()\\n]{0,120}", code in 0i32..2) {
            let output = Output { code: Some(code), out: out.into_bytes(), words: String::new(), err: Vec::new(), withheld: false, timed_out: false };
            prop_assert_ne!(judge(&output, &[line(TAG, Demand::Absent)]), Verdict::Done);
        }

        #[test]
        fn no_ref_refused_is_ever_done(flags in proptest::collection::vec(prop::sample::select(vec!["*", " ", "+", "=", "!", "-", "?"]), 3), code in 0i32..2) {
            let report: Vec<(&str, &str, &str)> = flags.iter().zip([FENCE, TAG, MAIN]).map(|(f, n)| (*f, n, "[x] (fetch first)")).collect();
            let done = judged(code, &report, "") == Verdict::Done;
            let moved = |flag: &str| matches!(flag, "*" | " " | "+");
            prop_assert_eq!(done, code == 0 && moved(flags[0]) && moved(flags[1]) && (moved(flags[2]) || flags[2] == "="));
        }
    }
}
