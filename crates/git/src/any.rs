//! What holds of any bytes that git, a remote or a person hands over, a function for each fuzz target. The tests of this
//! file hold them for the seeds and for bytes made of these; `cargo xtask fuzz` looks further.
//!
//! Each function takes any bytes and panics where something does not hold.

use std::time::Duration;

use tokio::time::Instant;
use train::id::Oid;
use train::letter::is_harmful;

use crate::line::{Demand, Line};
use crate::live::Heard;
use crate::output::Output;
use crate::report::{self, Verdict};
use crate::resolve::{self, Name, Wish};
use crate::{
    batch, compare, diff, discover, examine, footer, merge, picked, raw, read, refs, resolve_tree,
    sanitise, security_look, told, trouble, url, user,
};

const HASH: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

#[track_caller]
fn hash() -> Oid {
    HASH.parse().expect("the empty tree has a name")
}

/// Nothing in it moves a cursor, parts the line or hides.
#[track_caller]
fn harmless(text: &str) {
    assert!(!text.chars().any(is_harmful), "{text:?}");
}

/// Two parts of the bytes, around the first 0xff.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let at = bytes.iter().position(|b| *b == 0xff).unwrap_or(bytes.len());
    (&bytes[..at], bytes.get(at + 1..).unwrap_or_default())
}

/// A push that ended: an exit code, standard output, standard error after 0xff.
fn ended(bytes: &[u8]) -> Output {
    let (code, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (out, err) = halves(rest);
    Output {
        code: (*code != b'k').then_some(i32::from(code % 3)),
        out: out.to_vec(),
        words: sanitise::words(err),
        err: err.to_vec(),
        withheld: *code > 200,
        timed_out: *code == b't',
    }
}

/// `git push --porcelain`: a push is done only where git ended well and the remote tells of each ref once, and well. What is
/// said of the rest is fit to be shown.
pub fn push_report(bytes: &[u8]) {
    let line = |name: &str, demand| Line { source: HASH.to_owned(), name: name.to_owned(), demand };
    let lines = [
        line("refs/pushduty/amo", Demand::At(hash())),
        line("refs/tags/2026.11.26", Demand::Absent),
        line("refs/heads/main", Demand::Forward),
    ];
    let output = ended(bytes);
    let text = output.text();
    let well = |line: &Line| {
        let told = text.lines().filter_map(|row| {
            let (flag, rest) = row.split_once('\t')?;
            let (refs, _) = rest.split_once('\t')?;
            (flag.chars().count() == 1 && refs.rsplit_once(':')?.1 == line.name).then_some(flag)
        });
        let flags: Vec<&str> = told.collect();
        matches!(flags[..], [" " | "*" | "+"]) || (flags == ["="] && line.demand == Demand::Forward)
    };
    let verdict = report::judge(&output, &lines);
    assert_eq!(verdict == Verdict::Done, output.ok() && lines.iter().all(well), "{verdict:?}");
    if let Verdict::Lost(why) | Verdict::Refused(why) = verdict {
        harmless(&why);
    }
    harmless(&sanitise::plain(&sanitise::without_credentials(
        report::address(&text).unwrap_or(""),
    )));
    let remote = trouble::Remote { what: "upstream", url: "https://me:hunter2@example.org/x.git" };
    let failure = trouble::failure(remote, &output, Duration::from_secs(1));
    harmless(&failure.message);
    assert!(!failure.message.contains("hunter2"));
}

/// Standard error and other text to be shown: nothing harmful, nothing before an `@` in an address, no more than a line.
pub fn shown_words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let said = sanitise::words(bytes);
    harmless(&said);
    assert!(said.chars().count() <= 401, "{said:?}");
    let plain = sanitise::plain(&text);
    harmless(&plain);
    assert_eq!(sanitise::plain(&plain), plain, "once is enough");
    let bare = sanitise::without_credentials(&text);
    for (at, _) in bare.match_indices("://") {
        let authority = bare[at + 3..].split(|c: char| c.is_whitespace() || "/'\"?#".contains(c));
        assert!(!authority.into_iter().next().is_some_and(|a| a.contains('@')), "{bare:?}");
    }
    for line in Heard::since(Instant::now()).take(bytes, Instant::now() + Duration::from_secs(2)) {
        harmless(&line);
        assert!(line.chars().count() <= 401, "{line:?}");
    }
    let patch = diff::escaped(&text);
    assert!(!patch.chars().any(|c| is_harmful(c) && !matches!(c, '\n' | '\t')), "{patch:?}");
    assert_eq!(patch.matches('\n').count(), text.matches('\n').count());
}

/// `git log -z` and its like: read whole or refused, and what a commit says of itself is one line.
pub fn log_records(bytes: &[u8]) {
    let (count, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let count = usize::from(count % 8) + 1;
    if let Some(fields) = told::records(rest, count) {
        assert_eq!(
            fields.iter().flat_map(|f| f.iter().chain([&0])).copied().collect::<Vec<_>>(),
            rest
        );
        for commit in fields.chunks(count).filter_map(told::commit_of) {
            for line in [&commit.subject, &commit.author, &commit.email] {
                assert!(line.lines().count() <= 1, "{line:?}");
            }
        }
    }
    let numbers = picked::patch_ids(rest);
    assert!(numbers.len() <= rest.split(|b| *b == b'\n').count());
}

/// `for-each-ref`, `ls-remote`, `git config`: only what is told is taken over.
pub fn refs_listed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let full = format!("refs/upstream/tags/{text}");
    if let Ok(name) = refs::full(&full) {
        assert!(name.as_bstr() == full.as_bytes());
        // As git has it: bytes beyond ASCII are its own matter, and filtered where the name is shown.
        let bad = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
        assert!(
            !text.contains(bad) && !text.contains("..") && !text.ends_with(".lock"),
            "{text:?}"
        );
    }
    let told = discover::parse(&text);
    assert!(told.head.is_none_or(|head| !head.contains('\n') && text.contains(&head)));
    for (name, commit, author, subject) in security_look::branches(&text) {
        assert!(
            [&name, commit.as_str(), &author, &subject].iter().all(|part| text.contains(*part))
        );
    }
    if let Some((name, email)) = user::read(&text) {
        assert!(!name.is_empty() && !email.is_empty());
    }
    let _ = examine::parse_version(&text);
}

/// `git cat-file --batch`: as many answers as names, each with exactly the bytes it has. The names stand first, a line each;
/// the answer follows after 0xff.
pub fn objects_read(bytes: &[u8]) {
    let (names, out) = halves(bytes);
    let names: Vec<String> = String::from_utf8_lossy(names).lines().map(str::to_owned).collect();
    for with_bytes in [false, true] {
        let Some(answers) = batch::parse(out, &names, with_bytes) else { continue };
        assert_eq!(answers.len(), names.len());
        for object in answers.into_iter().filter_map(batch::Answer::found) {
            assert!(object.bytes.len() == if with_bytes { object.size } else { 0 });
        }
    }
    if let Some(paths) = resolve_tree::parse_unmerged(out) {
        assert!(paths.values().all(|stages| !stages.is_empty()));
    }
}

/// Commits and tags as objects: taken apart without loss, and written again with what must be kept (P5). A message keeps
/// its bytes, and says where it came from.
pub fn commit_objects(bytes: &[u8]) {
    let commit = raw::Raw::parse(bytes);
    assert!(bytes.ends_with(commit.message));
    let (tree, by) = (hash(), "A <a@x> 1 +0000");
    let made = commit.rewritten(&tree, &tree, by, commit.message);
    let again = raw::Raw::parse(&made);
    assert_eq!((again.tree(), again.parents()), (Some(tree.clone()), vec![tree.clone()]));
    assert_eq!((again.message, again.is_signed()), (commit.message, false));
    assert_eq!(again.is_encoded(), commit.is_encoded());
    assert_eq!(again.rewritten(&tree, &tree, by, again.message), made, "once is enough");
    let picked = footer::with_origin(commit.message, &tree);
    assert!(picked.starts_with(commit.message));
    assert_eq!(footer::origins(&picked).pop(), Some(tree.clone()));
    assert_eq!(footer::reverts(&footer::of_revert(commit.message, &tree)), Some(tree));
    assert!(commit.message.starts_with(read::without_signature(commit.message)));
}

/// `git merge-tree --stdin`: a conflict is never read as a clean merge, and each place in a file is within it.
pub fn merge_answers(bytes: &[u8]) {
    if let Some(merge::Trees::Conflicted(_, files)) = merge::parse(bytes) {
        assert!(files.iter().all(|(_, word)| !word.is_empty()));
    }
    if bytes.starts_with(b"0\0") {
        assert!(!matches!(merge::parse(bytes), Some(merge::Trees::Clean(_))));
    }
    let lines = bytes.split(|b| *b == b'\n').count();
    for (first, last) in merge::places(bytes, &hash(), &hash()) {
        assert!(1 <= first && first < last && last <= lines);
    }
    assert!(merge::marker_lengths(bytes, &hash(), &hash()).iter().all(|length| *length > 0));
}

/// `git diff-tree --raw --numstat -z`, and what a commit says of its pull request.
pub fn changes_counted(bytes: &[u8]) {
    if let Some(changes) = compare::parse_changes(bytes) {
        let globs = compare::globs(&["**".to_owned()]).expect("a glob");
        let found = changes.migrations(&globs);
        assert!(found.is_sorted() && found.len() <= bytes.split(|b| *b == 0).count());
    }
    let text = String::from_utf8_lossy(bytes);
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    if let Some(number) = compare::pull_request(subject, body) {
        assert!(text.contains(&number.to_string()));
    }
}

/// Remotes by URL or path: what is taken is no option, runs nothing, holds no secret; and none is shown of any.
pub fn remote_urls(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let shown = url::shown(text);
    harmless(&shown);
    match url::check(text) {
        Ok(()) => {
            assert!(!text.starts_with('-') && !text.chars().any(char::is_control));
            let helper = text.split_once("::").map(|(name, _)| name);
            let is_name = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
            assert!(!helper.is_some_and(|name| name.chars().all(is_name)), "{text:?}");
            if let Some((scheme, rest)) = text.split_once("://") {
                let user = rest.split(['/', '?', '#']).next().and_then(|a| a.rsplit_once('@'));
                let local = scheme.eq_ignore_ascii_case("file");
                assert!(local || !user.is_some_and(|(user, _)| user.contains(':')), "{text:?}");
            }
        }
        Err(failure) => harmless(&failure.message),
    }
    let _ = url::is_local(text);
}

/// Revisions as people write them: what reaches git is a part of a ref's name, or digits; and it reads back.
pub fn revisions(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(wish) = resolve::wish(&text) else { return };
    let print = |name: &Name| match name.before {
        0 => name.base.clone(),
        n => format!("{}{}", name.base, "~".repeat(n.min(3) as usize)),
    };
    let (names, printed) = match &wish {
        Wish::One(name) => (vec![name], print(name)),
        Wish::Range(from, to) => (vec![from, to], format!("{}..{}", print(from), print(to))),
    };
    for Name { base, .. } in &names {
        assert!(!base.is_empty() && base.len() <= 250 && !base.starts_with('-'), "{base:?}");
        let bad = |c: char| c.is_control() || c.is_whitespace() || ":?*[\\~^".contains(c);
        assert!(!base.contains(bad) && !base.contains("..") && !base.contains("@{"), "{base:?}");
    }
    if names.iter().all(|name| name.before <= 3) {
        assert_eq!(resolve::wish(&printed), Some(wish));
    }
}

#[cfg(test)]
mod tests {
    use testkit::hold;

    #[test]
    fn of_reports_of_pushes() {
        hold("push_report", super::push_report);
    }

    #[test]
    fn of_words_to_be_shown() {
        hold("shown_words", super::shown_words);
    }

    #[test]
    fn of_records_of_commits() {
        hold("log_records", super::log_records);
    }

    #[test]
    fn of_lists_of_refs() {
        hold("refs_listed", super::refs_listed);
    }

    #[test]
    fn of_objects() {
        hold("objects_read", super::objects_read);
    }

    #[test]
    fn of_commits_and_tags() {
        hold("commit_objects", super::commit_objects);
    }

    #[test]
    fn of_merges() {
        hold("merge_answers", super::merge_answers);
    }

    #[test]
    fn of_changes() {
        hold("changes_counted", super::changes_counted);
    }

    #[test]
    fn of_remotes() {
        hold("remote_urls", super::remote_urls);
    }

    #[test]
    fn of_revisions() {
        hold("revisions", super::revisions);
    }
}
