//! Makes the object stores: whole or not at all, in the remote's object format.

use std::fs::DirBuilder;
use std::path::Path;

use conductor::failure::{self, Result};

use crate::brought_back;
use crate::discover;
use crate::environment::Environment;
use crate::guard::Guard;
use crate::store::Store;

impl Store {
    /// Makes the mirror where there is none, in the remote's object format: upstream is asked unless `sha256` is told.
    pub(crate) async fn make(&self, guard: &Guard, sha256: Option<bool>) -> Result<()> {
        if self.is_made() {
            return Ok(());
        }
        let sha256 = match sha256 {
            Some(told) => told,
            None => discover::ask(self).await?.sha256,
        };
        self.init(guard, &self.upstream_dir(), sha256).await
    }

    /// Makes the mirror again in the other object format, as long as it holds nothing: an empty remote did not tell its
    /// own. False when it holds something.
    pub(crate) async fn make_anew(&self, guard: &Guard) -> Result<bool> {
        let git = self.upstream(Environment::Compute);
        if !git.text(["for-each-ref", "--count=1"]).await?.is_empty() {
            return Ok(false);
        }
        let sha256 = git.text(["rev-parse", "--show-object-format"]).await? == "sha256";
        std::fs::remove_dir_all(self.upstream_dir())
            .map_err(|e| failure::io("the store could not be made again", &e))?;
        self.make(guard, Some(!sha256)).await?;
        Ok(true)
    }

    /// Makes a bare store beside `dir` and moves it there: it exists whole or not at all. git holds the guard while it
    /// works there, also when it outlives this process.
    pub(crate) async fn init(&self, guard: &Guard, dir: &Path, sha256: bool) -> Result<()> {
        let new = dir.with_extension("new");
        let io = |e: &std::io::Error| failure::io("the store could not be made", e);
        match std::fs::remove_dir_all(&new) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(&e)),
            _ => {}
        }
        let format = if sha256 { "--object-format=sha256" } else { "--object-format=sha1" };
        let git = self.git_at(&new, Environment::Compute);
        let args = ["init", "--quiet", "--bare", "--template=", "--initial-branch=none", format];
        let output = guard.run(&git, &args, &[]).await?;
        if !output.ok() {
            return Err(git.failed(&args.map(Into::into), &output));
        }
        if dir == self.security_dir() {
            let info = new.join("objects").join("info");
            DirBuilder::new().recursive(true).create(&info).map_err(|e| io(&e))?;
            std::fs::write(info.join("alternates"), "../../upstream.git/objects\n")
                .map_err(|e| io(&e))?;
        }
        brought_back::numbers_into(dir, &new).map_err(|e| io(&e))?;
        self.close();
        std::fs::rename(&new, dir).map_err(|e| io(&e))
    }
}
