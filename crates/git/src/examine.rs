//! The doctor's lines for one repository, each with its mend.

use conductor::failure::{Failure, Result};
use conductor::ports::Examined;
use jiff::Timestamp;

use crate::environment::Environment;
use crate::line::{Demand, Line};
use crate::look;
use crate::output::{Output, contains};
use crate::process::Git;
use crate::publish::arguments;
use crate::report::{self, Verdict};
use crate::rewrite;
use crate::sanitise::{plain, without_credentials};
use crate::security_store::SecurityStore;
use crate::store::Store;
use crate::trouble;
use crate::url;

/// The oldest git that has what is used here: `--attr-source`, `merge-tree --stdin`, `fetch --porcelain`.
const OLDEST: (u32, u32) = (2, 41);

/// Examines git, upstream and the security remote. Nothing is changed on any remote.
pub(crate) async fn examine(store: &Store) -> Vec<Examined> {
    let mut lines = vec![version(store).await];
    if !lines[0].well {
        return lines;
    }
    lines.push(readable(store).await);
    // What can't be read now can't be written either, for the same reason: said once.
    let read = lines.last().is_some_and(|line| line.well);
    if read {
        lines.extend(written(store).await);
    }
    if let Some(security) = store.security_store() {
        lines.extend(twin(store, &security).await);
    }
    lines
}

/// Whether upstream can be written to.
async fn written(store: &Store) -> Vec<Examined> {
    let upstream = Dry {
        store,
        git: store.upstream(Environment::Transport),
        url: store.settings().upstream.clone(),
        what: "upstream",
    };
    upstream.examine().await
}

async fn version(store: &Store) -> Examined {
    let git = Git::new(&store.upstream_dir(), Environment::Compute, None);
    match git.text(["version"]).await {
        Err(failure) => ill("git", &failure),
        Ok(text) => {
            let found = plain(text.trim_start_matches("git version "));
            match parse_version(&found) {
                Some(found_version) if found_version >= OLDEST => {
                    well("git", format!("git {found}"))
                }
                _ => Examined {
                    what: "git".to_owned(),
                    well: false,
                    warn: false,
                    sentence: format!("git {found} is too old"),
                    mend: format!("install git {}.{} or newer", OLDEST.0, OLDEST.1),
                },
            }
        }
    }
}

/// Major and minor of `2.47.3`, `2.39.2 (Apple Git-143)`, `2.43.0.windows.1`.
pub(crate) fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(['.', ' ', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Fetches: what is looked at is what will be used.
async fn readable(store: &Store) -> Examined {
    match look::fetch(store, Timestamp::UNIX_EPOCH).await {
        Err(failure) => ill("upstream", &failure),
        Ok(look) => {
            let format = store
                .upstream(Environment::Compute)
                .text(["rev-parse", "--show-object-format"])
                .await;
            let format = format.unwrap_or_else(|_| "unknown".to_owned());
            let tags = match look.tags.len() {
                1 => "1 tag".to_owned(),
                tags => format!("{tags} tags"),
            };
            let branch = plain(&look.branch);
            match look.main {
                Some(_) => well(
                    "upstream",
                    format!("reachable: branch {branch}, {tags}, {format} objects"),
                ),
                None => {
                    warn("upstream", "reachable, and empty".to_owned(), "push a first commit to it")
                }
            }
        }
    }
}

/// The private twin: read, and written to.
async fn twin(store: &Store, security: &SecurityStore) -> Vec<Examined> {
    let what = "the security remote";
    let Some(url) = store.settings().security.clone() else { return Vec::new() };
    if let Err(failure) = security.look(Timestamp::UNIX_EPOCH).await {
        return vec![ill(what, &failure)];
    }
    let mut lines = vec![well(what, "reachable".to_owned())];
    let git = security.git(Environment::Transport);
    lines.extend(Dry { store, git, url, what }.examine().await);
    lines
}

/// A push that is only tried: as far as a remote tells without one.
struct Dry<'a> {
    store: &'a Store,
    git: Git,
    url: String,
    what: &'static str,
}

impl Dry<'_> {
    async fn examine(&self) -> Vec<Examined> {
        match self.examined().await {
            Ok(lines) => lines,
            Err(failure) => vec![ill(self.what, &failure)],
        }
    }

    async fn examined(&self) -> Result<Vec<Examined>> {
        let blob = self
            .git
            .with_input(["hash-object", "-w", "-t", "blob", "--stdin"], b"{}\n")
            .await?
            .text();
        let name = format!("{}-check", self.store.fence_ref());
        let lines = [Line { source: blob, name, demand: Demand::Forward }];
        let mut output = self.tried(&lines, &["--dry-run", "--atomic"]).await?;
        let mut told = Vec::new();
        if contains(&output.err, b"the receiving end does not support --atomic push") {
            let sentence = format!(
                "{} takes no several refs at once: a publish moves them one by one, tags last",
                self.what
            );
            told.push(warn(
                "atomic push",
                sentence,
                "let the remote advertise it (receive.advertiseAtomic), if it can",
            ));
            output = self.tried(&lines, &["--dry-run"]).await?;
        }
        let (writable, atomic) = (self.writable(&output, &lines), told.is_empty());
        if writable.well {
            told.insert(0, self.credentials());
            if atomic {
                told.push(well("atomic push", "all refs of a publish move, or none".to_owned()));
            }
        }
        told.insert(0, writable);
        told.extend(self.address(&output));
        Ok(told)
    }

    async fn tried(&self, lines: &[Line], more: &[&str]) -> Result<Output> {
        self.git.status_of(arguments(&self.url, lines, more), &[]).await
    }

    fn writable(&self, output: &Output, lines: &[Line]) -> Examined {
        let what = format!("{}, writing", self.what);
        match report::judge(output, lines) {
            Verdict::Done => well(
                &what,
                "a push is let in; hooks and protection show only at a real one".to_owned(),
            ),
            _ => {
                let remote = trouble::Remote { what: self.what, url: &self.url };
                let failure = trouble::failure(remote, output, self.store.options().silence);
                let mend = format!("give this user the right to push; {}", failure.hint);
                Examined { what, well: false, warn: false, sentence: failure.message, mend }
            }
        }
    }

    /// By what right git was let in.
    fn credentials(&self) -> Examined {
        let by = match self.url.split_once("://") {
            _ if url::is_local(&self.url) => "none are needed: a path on this machine",
            Some(("http" | "https", _)) => {
                "accepted: those of git's credential helper, if any were asked for"
            }
            Some(("git", _)) => "none are asked for: git:// knows nobody",
            _ => "accepted: the SSH key of this user",
        };
        well("credentials", by.to_owned())
    }

    /// The address that git really pushes to: a rewrite in the user's configuration may change how, not where.
    fn address(&self, output: &Output) -> Option<Examined> {
        let text = output.text();
        let effective = report::address(&text)?;
        let what = "push address";
        let Some(sentence) = rewrite::elsewhere(&self.url, effective) else {
            return Some(well(what, plain(&without_credentials(effective))));
        };
        Some(Examined {
            what: what.to_owned(),
            well: false,
            warn: false,
            sentence,
            mend: rewrite::MEND.to_owned(),
        })
    }
}

fn well(what: &str, sentence: String) -> Examined {
    Examined { what: what.to_owned(), well: true, warn: false, sentence, mend: String::new() }
}

fn warn(what: &str, sentence: String, mend: &str) -> Examined {
    Examined { what: what.to_owned(), well: true, warn: true, sentence, mend: mend.to_owned() }
}

fn ill(what: &str, failure: &Failure) -> Examined {
    Examined {
        what: what.to_owned(),
        well: false,
        warn: false,
        sentence: failure.message.clone(),
        mend: failure.hint.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_every_packager_are_read() {
        for (text, version) in [
            ("2.47.3", (2, 47)),
            ("2.39.2 (Apple Git-143)", (2, 39)),
            ("2.43.0.windows.1", (2, 43)),
            ("3.0-rc1", (3, 0)),
        ] {
            assert_eq!(parse_version(text), Some(version));
        }
        assert_eq!(parse_version("git"), None);
    }
}
