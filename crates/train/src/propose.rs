//! Who should own a blocker that nobody owns: the author of a change that touches what it names. A proposal, never more.

use serde::{Deserialize, Serialize};

use crate::facts::Commit;
use crate::id::RepoName;

/// A change of the push, with the paths it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The commit.
    pub commit: Commit,
    /// The pull request that its message names.
    pub pull: Option<u64>,
    /// The paths, by name.
    pub files: Vec<String>,
}

/// Who should own a blocker, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The author's name.
    pub author: String,
    /// Their mail address.
    pub email: String,
    /// Why, in a sentence without its full stop.
    pub because: String,
}

/// What a word of a blocker says about a change: that it is this one, or that it touches what is named.
const NAMED: u32 = 20;
const PATH: u32 = 8;
const STEM: u32 = 5;
const PART: u32 = 3;
const SUBJECT: u32 = 2;
/// Less is chance: one word of a subject, one folder of a path.
const ENOUGH: u32 = 5;

/// Words that name nothing.
const EMPTY: &[&str] = &[
    "the",
    "and",
    "for",
    "with",
    "when",
    "from",
    "that",
    "this",
    "does",
    "doesn",
    "broken",
    "fails",
    "failing",
    "error",
    "errors",
    "wrong",
    "missing",
    "stage",
    "production",
    "push",
    "test",
    "tests",
    "should",
    "cannot",
    "work",
    "works",
    "blocker",
    "after",
    "before",
    "into",
    "page",
    "main",
    "fix",
];

/// The author to propose for a blocker of that text, among the changes of a push. Where two say as much, the newer one.
#[must_use]
pub fn propose(text: &str, changes: &[(RepoName, Touched)]) -> Option<Proposal> {
    let named = Named::of(text);
    let mut best: Option<(u32, &RepoName, &Touched, String)> = None;
    for (repo, change) in changes {
        let (score, what) = named.score(change);
        let newer = best.as_ref().is_none_or(|(least, _, other, _)| {
            let time = |change: &Touched| change.commit.committed_at;
            score > *least || score == *least && time(change) > time(other)
        });
        if score >= ENOUGH && newer {
            best = Some((score, repo, change, what));
        }
    }
    best.map(|(_, repo, change, what)| {
        let Commit { author, email, id, subject, .. } = &change.commit;
        Proposal {
            author: author.clone(),
            email: email.clone(),
            because: format!("wrote {repo}@{} {}, {what}", id.short(), crate::id::quoted(subject)),
        }
    })
}

/// What a text names.
struct Named {
    hashes: Vec<String>,
    pulls: Vec<u64>,
    paths: Vec<String>,
    words: Vec<String>,
}

impl Named {
    fn of(text: &str) -> Self {
        let mut named = Self { hashes: vec![], pulls: vec![], paths: vec![], words: vec![] };
        for raw in text.split_whitespace() {
            let bare = raw.trim_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '/');
            let path = path_of(bare);
            named.pulls.extend(number(bare));
            let last = bare.rsplit(['/', '@']).next().unwrap_or_default().to_lowercase();
            let hex = last.len() >= 7 && last.bytes().all(|b| b.is_ascii_hexdigit());
            if hex && last.contains(|c: char| c.is_ascii_digit()) {
                named.hashes.push(last);
            } else if bare.contains("://") {
                continue;
            } else if path.contains(['/', '.']) && !bare.starts_with('#') {
                named.paths.push(path.trim_start_matches('/').to_lowercase());
            }
            // A file is itself or nothing: its pieces are in many another one.
            if without_extension(path) == path {
                named.words.extend(words(bare));
            }
        }
        named.words.sort();
        named.words.dedup();
        named
    }

    /// How much is said about a change, and what of it the most.
    fn score(&self, change: &Touched) -> (u32, String) {
        let id = change.commit.id.as_str();
        if self.hashes.iter().any(|hash| id.starts_with(hash.as_str())) {
            return (NAMED, "which it names".to_owned());
        }
        if let Some(number) = change.pull.filter(|number| self.pulls.contains(number)) {
            return (NAMED, format!("of #{number}, which it names"));
        }
        let (mut score, mut touches) = (0, None);
        let at = |file: &str, path: &str| file == path || file.ends_with(&format!("/{path}"));
        for path in &self.paths {
            if let Some(file) = change.files.iter().find(|file| at(&file.to_lowercase(), path)) {
                score += PATH;
                touches = touches.or(Some(file));
            }
        }
        let subject: Vec<String> = words(&change.commit.subject).collect();
        for word in &self.words {
            let has = |file: &str| words(without_extension(file)).any(|part| part == *word);
            let stem = |file: &&String| has(file.rsplit('/').next().unwrap_or_default());
            let whole = change.files.iter().find(stem).map(|file| (STEM, file));
            let part = || change.files.iter().find(|file| has(file)).map(|file| (PART, file));
            if let Some((more, file)) = whole.or_else(part) {
                score += more;
                touches = touches.or(Some(file));
            }
            score += if subject.contains(word) { SUBJECT } else { 0 };
        }
        let what = match touches {
            Some(file) => format!("which touches {}", crate::id::quoted(file)),
            None => "which is of the same".to_owned(),
        };
        (score, what)
    }
}

/// The number in `#12`, `…/pull/12`, `…/merge_requests/12`.
fn number(word: &str) -> Option<u64> {
    if let Some(rest) = word.strip_prefix('#') {
        return rest.parse().ok();
    }
    let (before, rest) =
        word.split_once("/pull/").or_else(|| word.split_once("/merge_requests/"))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    before.contains("://").then(|| digits.parse().ok())?
}

/// The path that a word is or begins with: `models.py` of `models.py:12`.
fn path_of(word: &str) -> &str {
    let of_path = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@');
    word.split(|c: char| !of_path(c)).next().unwrap_or_default().trim_end_matches('.')
}

/// A path without what its file's name ends in: `src/login` of `src/login.html.j2`.
fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    let ends = |end: &str| (1..=10).contains(&end.len()) && end.chars().all(char::is_alphanumeric);
    let mut whole = path;
    while let Some((stem, end)) = whole.rsplit_once('.')
        && stem.len() > name
        && ends(end)
    {
        whole = stem;
    }
    whole
}

/// Words that may name something, in small letters.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 3 && !EMPTY.contains(&word.as_str()))
        .filter(|word| word.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn change(digit: char, author: &str, subject: &str, files: &[&str]) -> (RepoName, Touched) {
        let commit = Commit {
            id: digit.to_string().repeat(40).parse().unwrap(),
            parents: vec![],
            subject: subject.to_owned(),
            author: author.to_owned(),
            email: format!("{author}@x"),
            committed_at: Timestamp::from_second(i64::from(u32::from(digit))).unwrap(),
        };
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        let pull = (digit == '3').then_some(12);
        ("server".parse().unwrap(), Touched { commit, pull, files })
    }

    fn changes() -> Vec<(RepoName, Touched)> {
        vec![
            change('1', "ann", "Rework the login form", &["src/users/login.py", "README.md"]),
            change('2', "bob", "Add a search index", &["src/search/index.py"]),
            change('3', "eve", "Tidy", &["src/users/models.py"]),
        ]
    }

    #[test]
    fn the_author_of_what_it_names_is_proposed_with_the_reason() {
        let who = |text: &str| propose(text, &changes()).map(|found| found.author);
        for (text, author) in [
            ("login is broken", Some("ann")),
            ("search finds nothing", Some("bob")),
            ("src/search/index.py throws", Some("bob")),
            ("models.py: no such column", Some("eve")),
            ("broken since #12", Some("eve")),
            ("broken since https://github.com/mozilla/server/pull/12", Some("eve")),
            ("see server@1111111111", Some("ann")),
            ("https://github.com/mozilla/server/commit/1111111", Some("ann")),
            ("models.py:12 throws", Some("eve")),
            ("login/logout is broken", Some("ann")),
            ("css is gone", None),
            // A file that no change touches, and what files end in, name nobody.
            ("login.txt is broken", None),
            ("src/login.txt is empty", None),
            ("the stage is broken", None),
            ("", None),
        ] {
            assert_eq!(who(text).as_deref(), author, "{text}");
        }
        assert_eq!(
            propose("login is broken", &changes()).unwrap().because,
            "wrote server@1111111111 “Rework the login form”, which touches “src/users/login.py”"
        );
    }

    #[test]
    fn of_two_that_say_as_much_the_newer_one_is_taken() {
        let both = [
            change('1', "ann", "Rework login", &["login.py"]),
            change('2', "bob", "Rework login", &["login.py"]),
        ];
        assert_eq!(propose("login is broken", &both).unwrap().author, "bob");
    }

    #[test]
    fn what_a_file_ends_in_is_no_evidence() {
        let changes = [change('1', "ann", "Tidy", &["b.txt", "c.html.j2"])];
        for text in ["login.txt is broken", "the txt is broken", "html is broken", "b.html"] {
            assert_eq!(propose(text, &changes), None, "{text}");
        }
        assert_eq!(propose("b.txt is broken", &changes).unwrap().author, "ann");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            let _ = propose(&text, &changes());
        }
    }
}
