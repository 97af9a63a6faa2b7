//! Copies of remotes for rehearsals: bare repositories of their own, to which anything may be done.
//!
//! A copy has the remote's branches, tags and HEAD. It has no fence: what a rehearsal does there is no business of the
//! ledger that runs the real train. Nothing is ever pushed to the remote that is copied.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use conductor::failure::{self, Result};
use conductor::ports::Progress;
use train::id::RepoName;

use crate::discover::{self, Told};
use crate::environment::Environment;
use crate::group::Watch;
use crate::output::Output;
use crate::process::Git;
use crate::store::Options;
use crate::trouble::{self, Remote};
use crate::url;

/// What is copied.
const REFSPECS: [&str; 2] = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];

/// How many percent there are between two words about a transfer.
const STEP: u8 = 10;

/// A remote that is copied.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// The repository it is of.
    pub repo: &'a RepoName,
    /// Its URL or path.
    pub url: &'a str,
    /// Whether it is the private twin: nothing of what git says of it gets into a message (P9).
    pub security: bool,
}

impl Original<'_> {
    fn what(&self) -> &'static str {
        if self.security { "the security remote" } else { "upstream" }
    }
}

/// Copies a remote into the new folder `dir`, for this user alone (0700), and tells how far it is.
///
/// # Errors
/// `Unreachable` with what to do about it, `Configuration` for a URL that is not taken, `Io` where `dir` can't be made.
pub async fn copy(
    original: Original<'_>,
    dir: &Path,
    options: &Options,
    progress: Arc<dyn Progress>,
) -> Result<()> {
    let copying = Copying { original, dir, options };
    let copied = copying.copy(&progress).await;
    let words = if copied.is_ok() { "copied" } else { "not reached" };
    progress.done(original.repo, words);
    copied.map_err(|failure| failure.in_repo(original.repo))
}

struct Copying<'a> {
    original: Original<'a>,
    dir: &'a Path,
    options: &'a Options,
}

impl Copying<'_> {
    async fn copy(&self, progress: &Arc<dyn Progress>) -> Result<()> {
        let Original { repo, url, .. } = self.original;
        url::check(url)?;
        let told = self.ask().await?;
        self.make(&told).await?;
        progress.step(repo, &format!("copying {}", self.original.what()));
        let mut args = crate::look::hardened();
        args.push(url);
        args.extend(REFSPECS);
        let git = self.git(Environment::Transport).watched(percents(repo, progress));
        let output = git.status_of(args, &[]).await?;
        if output.ok() { Ok(()) } else { Err(self.trouble(&output)) }
    }

    async fn ask(&self) -> Result<Told> {
        // Outside any repository: its object format would be expected of the remote.
        let nowhere = self.dir.with_extension("none");
        let git = self.at(&nowhere, Environment::Transport);
        let output = git.status_of(discover::asked(self.original.url), &[]).await?;
        if output.ok() { Ok(discover::parse(&output.text())) } else { Err(self.trouble(&output)) }
    }

    async fn make(&self, told: &Told) -> Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(self.dir);
        made.map_err(|e| failure::io("the copy of a remote can't be made", &e))?;
        let branch = format!("--initial-branch={}", told.head.as_deref().unwrap_or("main"));
        let format = if told.sha256 { "--object-format=sha256" } else { "--object-format=sha1" };
        let init = ["init", "--quiet", "--bare", "--template=", &branch, format];
        self.git(Environment::Compute).run(init).await.map(|_| ())
    }

    fn git(&self, environment: Environment) -> Git {
        self.at(self.dir, environment)
    }

    fn at(&self, dir: &Path, environment: Environment) -> Git {
        let git = Git::new(dir, environment, Some(self.options.silence))
            .configuration(self.options.configuration.as_deref())
            .asking(self.options.asking.as_ref());
        if self.original.security { git.withheld() } else { git }
    }

    fn trouble(&self, output: &Output) -> failure::Failure {
        let remote = Remote { what: self.original.what(), url: self.original.url };
        trouble::failure(remote, output, self.options.silence)
    }
}

/// Tells every so many percent of a transfer.
fn percents(repo: &RepoName, progress: &Arc<dyn Progress>) -> Watch {
    let (repo, progress) = (repo.clone(), Arc::clone(progress));
    let told = std::sync::atomic::AtomicU8::new(0);
    Watch::new(move |said| {
        let Some(percent) = received(said) else { return };
        let step = percent / STEP * STEP;
        if told.fetch_max(step, std::sync::atomic::Ordering::Relaxed) < step {
            progress.step(&repo, &format!("copying, {step} %"));
        }
    })
}

/// How much of a transfer is here, by the last that git said of it: `Receiving objects:  42% (420/1000), 3.1 MiB`.
fn received(said: &[u8]) -> Option<u8> {
    let said = String::from_utf8_lossy(said);
    let (_, last) = said.rsplit_once("Receiving objects:")?;
    last.trim_start().split_once('%')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_transfer_is_reads_from_the_last_words_of_it() {
        let said = b"remote: Counting 3\rReceiving objects:   9% (1/11)\rReceiving objects:  42% (4/11), 2 MiB\r";
        assert_eq!(received(said), Some(42));
        assert_eq!(received(b"remote: Compressing objects: 100%"), None);
        assert_eq!(received(b"Receiving objects: \xff"), None);
    }
}
