//! What is done with the private twin: asked, and pushed to and from. Names and hashes of embargoed branches go to git by
//! standard input, never as arguments, where any user of the machine could read them (P9).

use conductor::failure::Result;
use conductor::ports::{Lock, Publish, Pushed, SecurityLook};
use jiff::Timestamp;

use crate::batch::strange;
use crate::environment::Environment;
use crate::guard::Guard;
use crate::line::Line;
use crate::publish::{self, Target};
use crate::refs::{At, Edit};
use crate::security_store::SecurityStore;
use crate::trouble::Remote;
use crate::{brought_back, look, numbers, objects, security_look, tidy, write};

/// Where what is being pushed is named, so that its hash is no argument.
const PUBLISHING: &str = "refs/publish";

impl SecurityStore {
    /// Asks the security remote: one fetch, then one reading.
    pub(crate) async fn look(&self, at: Timestamp) -> Result<SecurityLook> {
        let guard = self.guard().await?;
        self.make(&guard).await?;
        let mut args = look::hardened();
        args.extend([self.url(), "+refs/heads/*:refs/security/heads/*"]);
        let output = guard.run(&self.git(Environment::Transport), &args, &[]).await?;
        if !output.ok() {
            return Err(self.trouble(&output));
        }
        brought_back::take_in(&self.git(Environment::Compute), &guard).await?;
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
        let upstream = self.public().guard().await?;
        self.public().make(&upstream, None).await?;
        let sha256 = objects::format(&self.public().upstream_dir())? == gix_hash::Kind::Sha256;
        self.public().init(guard, &self.public().security_dir(), sha256).await
    }

    /// Refuses where a push to the security remote would go to another place.
    pub(crate) async fn address_holds(&self) -> Result<()> {
        let remote = Remote { what: "the security remote", url: self.url() };
        let git = self.git(Environment::Transport);
        let checked = self.public().options().rewrites.check(&git, remote).await;
        checked.map_err(|f| f.in_repo(&self.public().settings().name))
    }

    /// Pushes from this store to upstream: from then on it is public.
    pub(crate) async fn push_upstream(&self, lock: &Lock, publish: &Publish) -> Result<Pushed> {
        let lines = self.named(&publish::lines(publish)).await?;
        let pushed =
            self.public().push_upstream(&self.git(Environment::Transport), lock, &lines).await;
        // What stays is cleared by the next push: the outcome must not be lost for it.
        let _ = self.unname().await;
        pushed
    }

    /// Pushes to the security remote.
    pub(crate) async fn push_security(&self, lock: &Lock, publish: &Publish) -> Result<Pushed> {
        let lines = self.named(&publish::lines(publish)).await?;
        let remote = Remote { what: "the security remote", url: self.url() };
        let one_by_one = self.public().security_one_by_one();
        let options = self.public().options();
        let (silence, rewrites) = (options.silence, &*options.rewrites);
        let target = Target { remote, one_by_one, silence, rewrites };
        let pushed =
            publish::publish(&self.git(Environment::Transport), &target, lock, &lines).await;
        // What stays is cleared by the next push: the outcome must not be lost for it.
        let _ = self.unname().await;
        pushed.map_err(|f| f.in_repo(&self.public().settings().name))
    }

    /// Gives local refs to what is pushed. The lock is held: refs of that kind left behind belong to nobody alive.
    async fn named(&self, lines: &[Line]) -> Result<Vec<Line>> {
        self.unname().await?;
        let named: Vec<Line> = lines
            .iter()
            .enumerate()
            .map(|(n, line)| Line { source: format!("{PUBLISHING}/{n}"), ..line.clone() })
            .collect();
        let mut edits = Vec::new();
        for (line, named) in lines.iter().zip(&named) {
            let object = line.source.parse().map_err(|_| strange("push"))?;
            edits.push(Edit::Set(named.source.clone(), At::Object(object)));
        }
        self.guard().await?.change(self.git(Environment::Compute).dir(), &edits)?;
        Ok(named)
    }

    async fn unname(&self) -> Result<()> {
        let dir = self.git(Environment::Compute).dir().to_owned();
        write::remove(&dir, &self.guard().await?, "refs/publish/")
    }
}
