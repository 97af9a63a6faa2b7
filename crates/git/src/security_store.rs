//! The private twin of a repository, in an object store of its own that borrows upstream's objects (P9).
//!
//! Names and hashes of embargoed branches go to git by standard input, never as arguments, where any user of the
//! machine could read them; and what git says of them stays here.

use conductor::failure::{Failure, Result};
use conductor::ports::{Lock, Publish, Pushed, SecurityLook};
use jiff::Timestamp;
use train::id::Oid;
use train::intent::IntentId;

use crate::environment::Environment;
use crate::guard::Guard;
use crate::process::{Git, Output};
use crate::publish::{self, Line, Target};
use crate::store::Store;
use crate::trouble::{self, Remote};
use crate::{look, numbers, security_look, tidy, write};

/// Where what is being pushed is named, so that its hash is no argument.
const PUBLISHING: &str = "refs/publish";

/// The security side of a repository: what is fetched into it is never seen by the public side.
///
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct SecurityStore {
    store: Store,
    url: String,
}

impl SecurityStore {
    /// The twin of `store`, where one is configured.
    pub(crate) fn of(store: &Store) -> Option<Self> {
        let url = store.settings().security.clone()?;
        Some(Self { store: store.clone(), url })
    }

    /// The public side.
    pub(crate) fn public(&self) -> &Store {
        &self.store
    }

    /// git on the security store. What it says never gets into a message.
    pub(crate) fn git(&self, environment: Environment) -> Git {
        self.store.git_at(&self.store.security_dir(), environment).withheld()
    }

    /// Whether it was ever fetched.
    pub(crate) fn is_made(&self) -> bool {
        self.store.security_dir().join("HEAD").exists()
    }

    /// The right to write refs of this store.
    pub(crate) async fn guard(&self) -> Result<Guard> {
        Guard::of(&self.store.security_dir(), self.store.patience()).await
    }

    /// Asks the security remote: one fetch, then one reading.
    pub(crate) async fn look(&self, at: Timestamp) -> Result<SecurityLook> {
        let guard = self.guard().await?;
        self.make(&guard).await?;
        let mut args = look::hardened();
        args.extend([self.url.as_str(), "+refs/heads/*:refs/security/heads/*"]);
        let output = guard.run(&self.git(Environment::Transport), &args, &[]).await?;
        if !output.ok() {
            return Err(self.trouble(&output));
        }
        tidy::tidy(&self.git(Environment::Compute), &guard).await?;
        numbers::give(self, &guard).await?;
        security_look::read(self, at).await
    }

    /// As last fetched.
    pub(crate) async fn last(&self, at: Timestamp) -> Result<Option<SecurityLook>> {
        if !self.is_made() {
            return Ok(None);
        }
        security_look::read(self, at).await.map(Some)
    }

    /// Makes the store where there is none, in upstream's object format: it could borrow no others.
    async fn make(&self, guard: &Guard) -> Result<()> {
        if self.is_made() {
            return Ok(());
        }
        let upstream = self.store.guard().await?;
        self.store.make(&upstream, None).await?;
        let git = self.store.upstream(Environment::Compute);
        let sha256 = git.text(["rev-parse", "--show-object-format"]).await? == "sha256";
        self.store.init(guard, &self.store.security_dir(), sha256).await
    }

    /// Keeps objects until the intent is settled.
    pub(crate) async fn keep_objects(&self, intent: &IntentId, objects: &[Oid]) -> Result<()> {
        write::keep(&self.git(Environment::Compute), &self.guard().await?, intent, objects).await
    }

    /// Lets them go.
    pub(crate) async fn release_objects(&self, intent: &IntentId) -> Result<()> {
        write::release(&self.git(Environment::Compute), &self.guard().await?, intent).await
    }

    /// Whether `commit` is `tip` or in its history.
    pub(crate) async fn has(&self, tip: &Oid, commit: &Oid) -> Result<bool> {
        let input = format!("{commit}\n^{tip}\n");
        let git = self.git(Environment::Compute);
        Ok(git
            .with_input(["rev-list", "--max-count=1", "--stdin"], input.as_bytes())
            .await?
            .out
            .is_empty())
    }

    /// Pushes from this store to upstream: from then on it is public.
    pub(crate) async fn push_upstream(&self, lock: &Lock, publish: &Publish) -> Result<Pushed> {
        let lines = self.named(&publish::lines(publish)).await?;
        let pushed =
            self.store.push_upstream(&self.git(Environment::Transport), lock, &lines).await;
        // What stays is cleared by the next push: the outcome must not be lost for it.
        let _ = self.unname().await;
        pushed
    }

    /// Pushes to the security remote.
    pub(crate) async fn push_security(&self, lock: &Lock, publish: &Publish) -> Result<Pushed> {
        let lines = self.named(&publish::lines(publish)).await?;
        let remote = Remote { what: "the security remote", url: &self.url };
        let one_by_one = self.store.security_one_by_one();
        let target = Target { remote, one_by_one, silence: self.store.options().silence };
        let pushed =
            publish::publish(&self.git(Environment::Transport), &target, lock, &lines).await;
        // What stays is cleared by the next push: the outcome must not be lost for it.
        let _ = self.unname().await;
        pushed.map_err(|f| f.in_repo(&self.store.settings().name))
    }

    /// Gives local refs to what is pushed. The lock is held: refs of that kind left behind belong to nobody alive.
    async fn named(&self, lines: &[Line]) -> Result<Vec<Line>> {
        self.unname().await?;
        let named: Vec<Line> = lines
            .iter()
            .enumerate()
            .map(|(n, line)| Line { source: format!("{PUBLISHING}/{n}"), ..line.clone() })
            .collect();
        let refs: String = lines
            .iter()
            .zip(&named)
            .map(|(line, named)| format!("update {} {}\n", named.source, line.source))
            .collect();
        write::change_refs(&self.git(Environment::Compute), &self.guard().await?, &refs).await?;
        Ok(named)
    }

    async fn unname(&self) -> Result<()> {
        let git = self.git(Environment::Compute);
        let there =
            git.text(["for-each-ref", "--format=delete %(refname)", "refs/publish/"]).await?;
        if there.is_empty() {
            return Ok(());
        }
        write::change_refs(&git, &self.guard().await?, &(there + "\n")).await
    }

    fn trouble(&self, output: &Output) -> Failure {
        let remote = Remote { what: "the security remote", url: &self.url };
        trouble::failure(remote, output, self.store.options().silence)
            .in_repo(&self.store.settings().name)
    }
}
