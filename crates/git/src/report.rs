//! What a remote reported of a push (`git push --porcelain`), read exactly.

use crate::process::Output;
use crate::publish::{Demand, Line};
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
    if has(ALONG, reason) {
        // A remote that takes all or nothing blames every ref alike, and says on standard error which it was.
        let err = String::from_utf8_lossy(&output.err);
        return match () {
            () if reason.starts_with("atomic push") => Word::Along,
            () if has(LOST, &err) || err.contains("but expected") => Word::Lost,
            () => Word::Refused,
        };
    }
    // What a hook says is its own: a hook may speak of refs that already exist, too.
    if has(LOST, reason) && !reason.contains("hook") { Word::Lost } else { Word::Refused }
}
