//! What is told while git is on its way to or from a remote: each line that the remote says, and from time to time how far a
//! long transfer is. It is made as fit to be shown as a message. What git itself says of a failure is in the failure.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use conductor::ports::Progress;
use tokio::time::Instant;
use train::id::RepoName;

use crate::group::Watch;
use crate::sanitise;

/// How git marks what a remote says.
const REMOTE: &str = "remote:";

/// How long a transfer goes on before it is told how far it is, and how long until it is told again.
const PAUSE: Duration = Duration::from_secs(1);

/// How many bytes a line may have; a longer one is passed over.
const WIDEST: usize = 16_384;

/// How many lines are told; a remote may say as much as it likes.
const MOST: usize = 1_000;

/// Who is told.
#[derive(Clone)]
pub(crate) struct Live(Arc<dyn Progress>);

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Live")
    }
}

impl Live {
    /// One that tells `progress`.
    pub(crate) fn of(progress: &Arc<dyn Progress>) -> Self {
        Self(Arc::clone(progress))
    }

    /// Reads along in what a git says that works for `repo`.
    pub(crate) fn watch(&self, repo: &RepoName) -> Watch {
        let (progress, repo) = (Arc::clone(&self.0), repo.clone());
        let heard = Mutex::new(Heard::since(Instant::now()));
        Watch::new(move |said| {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            for line in heard.take(said, Instant::now()) {
                progress.output(&repo, &line);
            }
        })
    }
}

/// What was read so far.
pub(crate) struct Heard {
    /// The bytes since the last end of a line or of a state of it.
    piece: Vec<u8>,
    /// What the remote said last in the line that goes on: it may end its lines as a line that is written over.
    last: Option<String>,
    /// What was told last of how far it is, until its end is.
    state: Option<String>,
    /// Since when nothing was told of how far it is.
    since: Instant,
    told: usize,
}

impl Heard {
    /// Nothing yet, of a git that starts now.
    pub(crate) fn since(now: Instant) -> Self {
        Self { piece: Vec::new(), last: None, state: None, since: now, told: 0 }
    }

    /// Takes in what was said next, and gives what is to be told of it.
    pub(crate) fn take(&mut self, said: &[u8], now: Instant) -> Vec<String> {
        let mut told = Vec::new();
        for byte in said {
            let one = match byte {
                b'\n' => self.line(),
                b'\r' => self.written_over(now),
                _ => {
                    // One more than may be tells that it is too long.
                    if self.piece.len() <= WIDEST {
                        self.piece.push(*byte);
                    }
                    None
                }
            };
            told.extend(one.and_then(|line| self.counted(line)));
        }
        told
    }

    /// What was read of a line, if it says anything.
    fn words(&mut self) -> Option<String> {
        let piece = std::mem::take(&mut self.piece);
        let words = if piece.len() > WIDEST { String::new() } else { sanitise::line(&piece) };
        let is_told = |words: &str| !words.is_empty() && !sanitise::tells_of_alerts(words);
        Some(words).filter(|words| is_told(words) && words != REMOTE)
    }

    /// A line has ended: it is told if it is the remote's, or ends what was told to be under way.
    fn line(&mut self) -> Option<String> {
        let last = self.last.take();
        let Some(words) = self.words() else { return last };
        let ends = self.state.take_if(|state| title(state) == title(&words)).is_some();
        if ends || is_the_remotes(&words) { Some(words) } else { last }
    }

    /// A line will be written over: it is told where it is time to tell how far it is.
    fn written_over(&mut self, now: Instant) -> Option<String> {
        let words = self.words()?;
        let goes_on = words.starts_with(REMOTE) || !sanitise::matters(&words);
        let is_new = self.state.as_deref().is_none_or(|told| tenth(told) != tenth(&words));
        if goes_on && is_new && now.duration_since(self.since) >= PAUSE {
            (self.since, self.last, self.state) = (now, None, Some(words.clone()));
            return Some(words);
        }
        if is_the_remotes(&words) {
            self.last = Some(words);
        }
        None
    }

    /// The line, as long as there are not too many.
    fn counted(&mut self, line: String) -> Option<String> {
        self.told += 1;
        match self.told {
            ..MOST => Some(line),
            MOST => Some("…".to_owned()),
            _ => None,
        }
    }
}

/// Whether the remote says something there, and not only how far it is.
fn is_the_remotes(words: &str) -> bool {
    words.starts_with(REMOTE) && sanitise::matters(words)
}

/// What a state of a transfer is of.
fn title(state: &str) -> &str {
    state.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default()
}

/// A state of a transfer up to the tens of its percents, or its count: of two that are alike in that, one is enough.
fn tenth(state: &str) -> &str {
    let is_digit = |c: char| c.is_ascii_digit();
    match state.split_once('%') {
        Some((way, _)) => way.strip_suffix(is_digit).unwrap_or(way),
        None => state.trim_end_matches(is_digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of pieces that come so many milliseconds after the start.
    fn told(pieces: &[(u64, &str)]) -> Vec<String> {
        let begun = Instant::now();
        let mut heard = Heard::since(begun);
        let take = |(at, said): &(u64, &str)| {
            heard.take(said.as_bytes(), begun + Duration::from_millis(*at))
        };
        pieces.iter().flat_map(take).collect()
    }

    #[test]
    fn a_remotes_lines_are_told_as_they_end_and_made_fit() {
        let told = told(&[
            (0, "remote: looking at \u{1b}[31mht"),
            (1, "tps://me:s3cret@h/x\u{1b}[0m        \nremote: \nremote: it is"),
            (2, " fine\r\nremote: and ours        \rremote: \nhint: try harder\n"),
        ]);
        assert_eq!(
            told,
            ["remote: looking at https://h/x", "remote: it is fine", "remote: and ours"]
        );
    }

    #[test]
    fn what_github_found_to_be_vulnerable_is_not_told() {
        for (counts, lists) in [
            (
                "GitHub found 1 vulnerability on o/r's default branch (1 high).",
                "security/dependabot/1",
            ),
            ("GitHub found 17 vulnerabilities on o/r's default branch (17 low).", "network/alerts"),
        ] {
            for end in ["\n", "        \n", "\r\n", "\r"] {
                let counts = format!("remote: {counts} To find out more, visit:{end}");
                let lists = format!("remote:      https://github.com/o/r/{lists}{end}");
                let pieces = [
                    (0, "remote: \n"),
                    (2000, counts.as_str()),
                    (4000, lists.as_str()),
                    (6000, "remote: \nremote: see https://github.com/o/r/pull/new/a\n"),
                ];
                assert_eq!(told(&pieces), ["remote: see https://github.com/o/r/pull/new/a"]);
            }
        }
    }

    #[test]
    fn what_is_soon_over_and_what_is_no_remotes_is_not_told() {
        let pieces = [
            (
                0,
                "remote: Counting objects:  50% (1/2)\rremote: Counting objects: 100% (2/2), done.\n",
            ),
            (10, "remote: Total 2 (delta 0), reused 0 (delta 0)\nWriting objects:  50% (1/2)\r"),
            (20, "Writing objects: 100% (2/2), 1 KiB | 1 MiB/s, done.\n"),
            (5000, "Warning: Permanently added 'h' to the list of known hosts.\r\n"),
            (5001, "fatal: Could not read from remote repository.\n"),
        ];
        assert_eq!(told(&pieces), [""; 0]);
    }

    #[test]
    fn a_long_transfer_is_told_each_second_at_most_and_each_tenth_once() {
        let all = told(&[
            (500, "Receiving objects:   1% (1/99)\r"),
            (1000, "Receiving objects:   2% (2/99)\r"),
            (1999, "Receiving objects:  15% (15/99)\r"),
            (2000, "Receiving objects:  18% (18/99), 2 MiB | 1 MiB/s\r"),
            (3500, "Receiving objects:  19% (19/99), 2 MiB | 1 MiB/s\r"),
            (3550, "remote: Total 99 (delta 9), reused 0 (delta 0)\n"),
            (3600, "Receiving objects: 100% (99/99), 9 MiB | 1 MiB/s, done.\n"),
            (3700, "Resolving deltas: 100% (9/9)\rResolving deltas: 100% (9/9), done.\n"),
        ]);
        assert_eq!(
            all,
            [
                "Receiving objects: 2% (2/99)",
                "Receiving objects: 18% (18/99), 2 MiB | 1 MiB/s",
                "Receiving objects: 100% (99/99), 9 MiB | 1 MiB/s, done.",
                "Resolving deltas: 100% (9/9)",
                "Resolving deltas: 100% (9/9), done.",
            ]
        );
        let counted = [
            (1000, "remote: Enumerating objects: 7\r"),
            (9000, "remote: Enumerating objects: 812\r"),
        ];
        assert_eq!(told(&counted), ["remote: Enumerating objects: 7"]);
    }

    #[test]
    fn a_remote_that_says_without_end_is_not_told_without_end() {
        let all = told(&[(0, "remote: more\n".repeat(3 * MOST).as_str())]);
        assert_eq!((all.len(), all.last().map(String::as_str)), (MOST, Some("…")));
        let wide = format!("remote: {}https://me:s3cret@h/x\nremote: next\n", " ".repeat(WIDEST));
        assert_eq!(told(&[(0, wide.as_str())]), ["remote: next"]);
    }
}
