//! The doctor's lines for one repository, each with its mend.

use conductor::failure::{Failure, Result};
use conductor::ports::Examined;
use jiff::Timestamp;

use crate::environment::Environment;
use crate::line::{Demand, Line};
use crate::output::Output;
use crate::process::{Git, contains};
use crate::publish::arguments;
use crate::report::{self, Verdict};
use crate::sanitise::{plain, without_credentials};
use crate::store::Store;
use crate::trouble;
use crate::url::shown;

/// The oldest git that has what is used here: `--attr-source`, `merge-tree --stdin`, `fetch --porcelain`.
const OLDEST: (u32, u32) = (2, 41);

/// Examines git, upstream and the security remote. Nothing is changed on any remote.
pub(crate) async fn examine(store: &Store) -> Vec<Examined> {
    let mut lines = vec![version(store).await];
    if !lines[0].well {
        return lines;
    }
    lines.push(readable(store).await);
    if !store.is_made() {
        return lines;
    }
    let upstream = Dry {
        store,
        git: store.upstream(Environment::Transport),
        url: store.settings().upstream.clone(),
        what: "upstream",
    };
    lines.extend(upstream.examine().await);
    lines.push(fence(store).await);
    if let (Some(security), Some(url)) = (store.security_store(), store.settings().security.clone())
    {
        lines.push(twin(&security).await);
        if security.is_made() {
            let git = security.git(Environment::Transport);
            lines.extend(Dry { store, git, url, what: "the security remote" }.examine().await);
        }
    }
    lines
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
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(['.', ' ', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Fetches: what is looked at is what will be used.
async fn readable(store: &Store) -> Examined {
    match store.fetch_with_changes(Timestamp::UNIX_EPOCH).await {
        Err(failure) => ill("upstream", &failure),
        Ok(fetched) => {
            let format = store
                .upstream(Environment::Compute)
                .text(["rev-parse", "--show-object-format"])
                .await;
            let format = format.unwrap_or_else(|_| "unknown".to_owned());
            let (branch, tags) = (plain(&fetched.look.branch), fetched.look.tags.len());
            match fetched.look.main {
                Some(_) => well(
                    "upstream",
                    format!("reachable: branch {branch}, {tags} tags, {format} objects"),
                ),
                None => {
                    warn("upstream", "reachable, and empty".to_owned(), "push a first commit to it")
                }
            }
        }
    }
}

async fn twin(security: &crate::security_store::SecurityStore) -> Examined {
    match security.look(Timestamp::UNIX_EPOCH).await {
        Err(failure) => ill("the security remote", &failure),
        Ok(_) => well("the security remote", "reachable".to_owned()),
    }
}

async fn fence(store: &Store) -> Examined {
    if !store.settings().fence {
        let sentence =
            "off: a process that was paused could still push after another took over".to_owned();
        return warn(
            "fence",
            sentence,
            "take `fence = false` out, or let one machine alone conduct this train",
        );
    }
    let there = crate::look::last(store, Timestamp::UNIX_EPOCH)
        .await
        .ok()
        .flatten()
        .and_then(|look| look.fence);
    match there {
        Some(fence) if fence.body.is_none() => warn(
            "fence",
            "there, and not one that this version reads".to_owned(),
            "update pushduty, or run `pushduty adopt`",
        ),
        Some(_) => well("fence", format!("there, at {}", store.fence_ref())),
        None => well(
            "fence",
            format!(
                "will be {}; the first publish shows whether upstream takes it",
                store.fence_ref()
            ),
        ),
    }
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
        told.push(self.writable(&output, &lines));
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

    /// The address that git really pushes to: a rewrite in the user's configuration may change how, not where.
    fn address(&self, output: &Output) -> Option<Examined> {
        let text = output.text();
        let effective = plain(&without_credentials(report::address(&text)?));
        let what = "push address";
        if same_place(&self.url, &effective) {
            return Some(well(what, effective));
        }
        let sentence = format!(
            "git's configuration rewrites {} to another place, {}",
            shown(&self.url),
            shown(&effective)
        );
        let mend = "take the url.….insteadOf or pushInsteadOf out of git's configuration, or name that place in pushduty.toml";
        Some(Examined {
            what: what.to_owned(),
            well: false,
            warn: false,
            sentence,
            mend: mend.to_owned(),
        })
    }
}

/// Whether two addresses name the same repository: equal paths, whatever the transport and host; or one path with
/// more in front, as for a mirror.
fn same_place(one: &str, other: &str) -> bool {
    let (one, other) = (path_of(one), path_of(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && long.ends_with(&short)
}

/// The parts of a remote's path, without `.git` at its end.
fn path_of(url: &str) -> Vec<String> {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => match url.split_once(':') {
            Some((host, path)) if !host.contains('/') => path,
            _ => url,
        },
    };
    let path = path.trim_end_matches('/');
    path.strip_suffix(".git")
        .unwrap_or(path)
        .split('/')
        .filter(|p| !p.is_empty())
        .map(str::to_owned)
        .collect()
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

    #[test]
    fn a_rewrite_may_change_the_way_and_not_the_place() {
        let https = "https://github.com/mozilla/addons-server.git";
        for same in [
            "git@github.com:mozilla/addons-server.git",
            "ssh://git@github.com/mozilla/addons-server",
            "/mirror/mozilla/addons-server.git",
        ] {
            assert!(same_place(https, same), "{same}");
        }
        for other in [
            "https://github.com/evil/addons-server.git",
            "/srv/x.git",
            "git@github.com:mozilla/addons-frontend",
            "",
        ] {
            assert!(!same_place(https, other), "{other}");
        }
    }
}
