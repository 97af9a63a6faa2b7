//! What lies between two commits.

use std::collections::HashSet;

use conductor::failure::{Failure, Result};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use train::facts::Comparison;
use train::id::{Oid, quoted};
use train::refusal::Code;

use crate::batch::strange;
use crate::history::{History, Side};
use crate::process::Git;
use crate::read::by_count;
use crate::size::{self, Size};
use crate::told::{self, Told, text};
use crate::tree::{self, Change};

/// A commit and its tasks.
const TASKS: &str = "%H%x00%(trailers:key=Push-Task,valueonly,unfold)";
/// What the message of a commit with a task holds, in any case.
const TASK: &[u8] = b"push-task";
/// How many commits are held at once with what they say: of a long range only what is told of it stays.
const AT_ONCE: usize = 1_000;

/// Builds the globs of migrations: `*` stays within a directory, `**` crosses them.
pub(crate) fn globs(patterns: &[String]) -> Result<GlobSet> {
    let bad = |pattern: &str| {
        let message = format!("the migrations' glob {} can't be read", quoted(pattern));
        Failure::new(Code::Configuration, message, "write it like `**/migrations/*.py`")
    };
    let mut all = GlobSetBuilder::new();
    for pattern in patterns {
        all.add(
            GlobBuilder::new(pattern).literal_separator(true).build().map_err(|_| bad(pattern))?,
        );
    }
    all.build().map_err(|_| bad(&patterns.join(" ")))
}

/// What lies between. Without a base, all commits of `head` are counted, and what commits say is read from the listed
/// ones alone: a first push takes no tasks from the whole history.
pub(crate) async fn compare(
    git: &Git,
    migrations: &GlobSet,
    base: Option<&Oid>,
    head: &Oid,
    limit: usize,
) -> Result<Comparison> {
    let changes = changes(git, base, head).await?;
    let mut compared = match base {
        Some(base) => commits_between(git, base, head, limit).await?,
        None => all_commits(git, head, limit).await?,
    };
    compared.migrations = changes.migrations(migrations);
    compared.files = changes.files;
    compared.insertions = changes.insertions;
    compared.deletions = changes.deletions;
    Ok(compared)
}

/// Migrations that `from..to` added or changed.
pub(crate) async fn migrations(
    git: &Git,
    globs: &GlobSet,
    from: &Oid,
    to: &Oid,
) -> Result<Vec<String>> {
    if globs.is_empty() || from == to {
        return Ok(Vec::new());
    }
    match written(git, from, to).await? {
        Some(written) => Ok(Changes { written, ..Changes::default() }.migrations(globs)),
        None => Ok(changes(git, Some(from), to).await?.migrations(globs)),
    }
}

/// The paths that stand after a change and were not so before: a renamed one by its new name, whatever is taken for a
/// rename. None where git is to be asked.
async fn written(git: &Git, from: &Oid, to: &Oid) -> Result<Option<Vec<String>>> {
    let (from, to) = (from.clone(), to.clone());
    git.apart(move |objects| {
        let trees = (objects.tree_of(&from)?, objects.tree_of(&to)?);
        let changes = tree::changes(objects, Some(&trees.0), Some(&trees.1))?;
        Ok(changes.map(|changes| paths(&changes)))
    })
    .await
}

fn paths(changes: &[Change]) -> Vec<String> {
    changes.iter().filter(|c| c.to.is_some()).map(|c| text(&c.path)).collect()
}

async fn commits_between(git: &Git, base: &Oid, head: &Oid, limit: usize) -> Result<Comparison> {
    let (left, right) = (base.clone(), head.clone());
    let sided = git.apart(move |objects| History::of(objects).difference(&[left], &[right]));
    let (behind, ahead): (Vec<_>, Vec<_>) =
        sided.await?.into_iter().partition(|(side, _)| *side == Side::Left);
    let ahead: Vec<Oid> = ahead.into_iter().map(|(_, id)| id).collect();
    let mut compared = summed(git, &ahead, limit).await?;
    compared.behind_count = behind.len();
    Ok(compared)
}

async fn all_commits(git: &Git, head: &Oid, limit: usize) -> Result<Comparison> {
    let all = told::log(git, "%H%x00%an", 2, &[], &format!("{head}\n")).await?;
    let newest: Option<Vec<Oid>> =
        all.chunks(2).take(limit).map(|record| told::oid(&record[0])).collect();
    let mut listed = summed(git, &newest.ok_or_else(|| strange("log"))?, limit).await?;
    listed.commit_count = all.len() / 2;
    listed.authors = by_count(all.chunks(2).map(|record| text(&record[1])));
    Ok(listed)
}

/// What commits tell, newest first; the first `limit` of them are listed.
async fn summed(git: &Git, all: &[Oid], limit: usize) -> Result<Comparison> {
    let mut compared = Comparison { commit_count: all.len(), ..Comparison::default() };
    let (mut authors, mut named) = (Vec::with_capacity(all.len()), HashSet::new());
    for some in all.chunks(AT_ONCE) {
        let some = told::told(git, some.to_vec()).await?;
        for Told { commit, message } in &some {
            if let Some(number) = pull_request(&commit.subject, &text(message))
                && named.insert(number)
            {
                compared.pull_requests.push(number);
            }
        }
        compared.tasks.extend(tasks(git, &some).await?);
        for Told { commit, .. } in some {
            authors.push(commit.author.clone());
            if compared.commits.len() < limit {
                compared.commits.push(commit);
            }
        }
    }
    compared.authors = by_count(authors.into_iter());
    Ok(compared)
}

/// What the `Push-Task` trailers of commits say. What a trailer is, git decides; it is asked of those that may have one.
async fn tasks(git: &Git, all: &[Told]) -> Result<Vec<(Oid, String)>> {
    let may =
        |told: &&Told| told.message.to_ascii_lowercase().windows(TASK.len()).any(|w| w == TASK);
    let input: String =
        all.iter().filter(may).map(|told| format!("{}\n", told.commit.id)).collect();
    if input.is_empty() {
        return Ok(Vec::new());
    }
    let fields = told::log(git, TASKS, 2, &["--no-walk=unsorted"], &input).await?;
    let mut tasks = Vec::new();
    for record in fields.chunks(2) {
        let id = told::oid(&record[0]).ok_or_else(|| strange("log"))?;
        let values = text(&record[1]);
        let said = values.lines().map(str::trim).filter(|task| !task.is_empty());
        tasks.extend(said.map(|task| (id.clone(), task.to_owned())));
    }
    Ok(tasks)
}

/// The pull request that a commit names: `Merge pull request #12 from …`, `… (#12)` (GitHub, Gitea), `… (!12)` and
/// `See merge request group/project!12` (GitLab), `(pull request #12)` (Bitbucket).
pub(crate) fn pull_request(subject: &str, body: &str) -> Option<u64> {
    if let Some((n, _)) = number(subject, &["Merge pull request #"]) {
        return Some(n);
    }
    let gitea = subject.strip_prefix("Merge pull request '").and_then(|s| s.rsplit_once("' (#"));
    if let Some((n, _)) = gitea.and_then(|(_, rest)| number(rest, &[""])) {
        return Some(n);
    }
    let last =
        subject.rfind('(').and_then(|at| number(&subject[at..], &["(#", "(!", "(pull request #"]));
    if let Some((n, ")")) = last {
        return Some(n);
    }
    let request = body.lines().find_map(|line| line.strip_prefix("See merge request "))?;
    Some(number(request.rsplit_once('!')?.1, &[""])?.0)
}

/// The number after one of these beginnings, and what follows it.
fn number<'a>(text: &'a str, after: &[&str]) -> Option<(u64, &'a str)> {
    let rest = after.iter().find_map(|before| text.strip_prefix(before))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    Some((rest[..digits].parse().ok()?, &rest[digits..]))
}

/// What a difference between two trees comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Paths that are there after it and were not so before, by name.
    written: Vec<String>,
    files: usize,
    insertions: usize,
    deletions: usize,
}

impl Changes {
    pub(crate) fn migrations(&self, globs: &GlobSet) -> Vec<String> {
        let mut found: Vec<String> =
            self.written.iter().filter(|p| globs.is_match(p)).cloned().collect();
        found.sort_unstable();
        found
    }
}

async fn changes(git: &Git, from: Option<&Oid>, to: &Oid) -> Result<Changes> {
    if let Some(from) = from
        && let Some(counted) = counted(git, from, to).await?
    {
        return Ok(counted);
    }
    let empty = empty_tree(to);
    let from = from.map_or(empty, Oid::as_str);
    let args =
        ["diff-tree", "-r", "-z", "-M", "--raw", "--numstat", "--no-ext-diff", "--no-textconv"];
    let out = git.bytes(args.into_iter().chain(["--end-of-options", from, to.as_str()])).await?;
    parse_changes(&out).ok_or_else(|| strange("diff-tree"))
}

/// The same in this process, where no rename can be in play. None where git is to be asked.
async fn counted(git: &Git, from: &Oid, to: &Oid) -> Result<Option<Changes>> {
    let (from, to) = (from.clone(), to.clone());
    git.apart(move |objects| {
        let trees = (objects.tree_of(&from)?, objects.tree_of(&to)?);
        let changes = tree::changes(objects, Some(&trees.0), Some(&trees.1))?;
        let Some(changes) = changes.filter(|changes| tree::is_plain(changes)) else {
            return Ok(None);
        };
        let (written, files) = (paths(&changes), changes.len());
        Ok(size::of(objects, &changes)?.map(|Size { insertions, deletions }| Changes {
            written,
            files,
            insertions,
            deletions,
        }))
    })
    .await
}

/// The tree without entries, which git knows without storing it, in the format of `like`.
pub(crate) fn empty_tree(like: &Oid) -> &'static str {
    match like.as_str().len() {
        40 => "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        _ => "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    }
}

/// Reads `--raw --numstat -z`. None when the bytes are no such answer.
pub(crate) fn parse_changes(out: &[u8]) -> Option<Changes> {
    let mut changes = Changes::default();
    let mut fields = out.split(|b| *b == 0);
    while let Some(field) = fields.next().filter(|f| !f.is_empty()) {
        let record = text(field);
        if let Some(raw) = record.strip_prefix(':') {
            let status = raw.split(' ').nth(4)?;
            let mut path = fields.next()?;
            if status.starts_with(['R', 'C']) {
                path = fields.next()?;
            }
            if !status.starts_with('D') {
                changes.written.push(text(path));
            }
            continue;
        }
        let mut counts = record.splitn(3, '\t');
        let lines = |count: &str| if count == "-" { Some(0) } else { count.parse::<usize>().ok() };
        changes.insertions = changes.insertions.checked_add(lines(counts.next()?)?)?;
        changes.deletions = changes.deletions.checked_add(lines(counts.next()?)?)?;
        changes.files += 1;
        if counts.next()?.is_empty() {
            fields.next()?;
            fields.next()?;
        }
    }
    Some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pull_requests_are_read_in_the_forms_of_each_forge() {
        for (subject, body, number) in [
            ("Merge pull request #12 from a/b", "", Some(12)),
            ("Fix it (#12)", "", Some(12)),
            ("Fix #3 (#12) (#13)", "", Some(13)),
            ("Revert \"Fix it (#12)\" (#13)", "", Some(13)),
            ("Revert \"Fix it (#12)\"", "", None),
            ("Merge pull request 'Fix (x)' (#7) from a into b", "", Some(7)),
            (
                "Merge branch 'x' into 'main'",
                "Fix\n\nSee merge request group/sub/project!34",
                Some(34),
            ),
            ("Fix (!8)", "", Some(8)),
            ("Merged in x (pull request #5)", "", Some(5)),
            ("Fix #12", "see #13", None),
            ("Fix (#99999999999999999999999)", "", None),
        ] {
            assert_eq!(pull_request(subject, body), number, "{subject}");
        }
    }

    #[test]
    fn changes_are_counted_and_the_paths_that_stand_after_them_kept() {
        let out = b":100644 100644 a b M\0m/1.py\0:100644 000000 a b D\0gone\0:100644 100644 a b R100\0old\0m/2.py\0\
            1\t2\tm/1.py\0-\t-\tgone\x000\t0\t\0old\0m/2.py\0";
        let read = parse_changes(out).unwrap();
        assert_eq!(read.written, ["m/1.py", "m/2.py"]);
        assert_eq!((read.files, read.insertions, read.deletions), (3, 1, 2));
        let globs = globs(&["**/m/*.py".to_owned()]).unwrap();
        assert_eq!(read.migrations(&globs), ["m/1.py", "m/2.py"]);
    }

    #[test]
    fn a_glob_that_is_none_is_said() {
        assert_eq!(globs(&["a[".to_owned()]).unwrap_err().code, Code::Configuration);
        let star = globs(&["m/*.py".to_owned()]).unwrap();
        assert!(star.is_match("m/a.py") && !star.is_match("m/x/a.py"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(out: Vec<u8>, subject in ".*", body in ".*") {
            let _ = parse_changes(&out);
            let _ = pull_request(&subject, &body);
        }

        #[test]
        fn what_looks_like_an_answer_is_read_or_refused(out in "[:0-9 \tRM\\-\u{0}a]{0,60}") {
            let _ = parse_changes(out.as_bytes());
        }
    }
}
