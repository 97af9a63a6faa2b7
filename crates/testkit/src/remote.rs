//! A real bare repository that plays a remote, written to without a work tree.

mod copy;
mod draft;
mod look;

use std::path::{Path, PathBuf};
use std::process::Output;

pub use draft::CommitDraft;
pub(crate) use draft::feed;
pub use look::TagSeen;

use crate::sealed::Sealed;

/// A bare repository in a sealed home of its own; gone when dropped.
#[derive(Debug)]
pub struct Remote {
    sealed: Sealed,
    name: String,
    path: PathBuf,
}

impl Remote {
    /// A remote with one commit, *Start*, on `main`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let remote = Self::empty(name);
        remote.commit_on("main", &[("README.md", "# start\n")], "Start");
        remote
    }

    /// The same, as a train left it last week: its commit is tagged `2026.11.19`.
    #[must_use]
    pub fn tagged(name: &str) -> Self {
        let remote = Self::new(name);
        remote.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
        remote
    }

    /// The same with something new since, for a train to cut: *Add a page*.
    #[must_use]
    pub fn with_a_page(name: &str) -> Self {
        let remote = Self::tagged(name);
        remote.commit_on("main", &[("page.js", "page\n")], "Add a page");
        remote
    }

    /// A remote without any commit; its HEAD names `main`.
    #[must_use]
    pub fn empty(name: &str) -> Self {
        Self::of_format(name, "sha1")
    }

    /// A remote whose objects have SHA-256 names, with one commit, *Start*, on `main`.
    #[must_use]
    pub fn sha256(name: &str) -> Self {
        let remote = Self::of_format(name, "sha256");
        remote.commit_on("main", &[("README.md", "# start\n")], "Start");
        remote
    }

    /// The real history of a service (tecken: `main` and 238 date tags), from `tecken.bundle`.
    ///
    /// # Panics
    /// When the bundle is not at `../shared/data` beside the workspace nor at `$PUSHDUTY_SHARED/data`.
    #[must_use]
    pub fn tecken() -> Self {
        let bundle = shared("data/tecken.bundle");
        let remote = Self::empty("tecken");
        let bundle = bundle.to_str().expect("the bundle's path is text");
        remote.git(&["fetch", "--quiet", bundle, "+refs/*:refs/*"]);
        remote
    }

    /// A security twin: another remote that starts with the same branches, tags and HEAD.
    #[must_use]
    pub fn twin(&self) -> Self {
        let format = self.git(&["rev-parse", "--show-object-format"]);
        let twin = Self::of_format(&format!("{}-security", self.name), &format);
        let all = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
        twin.git(&["fetch", "--quiet", &self.url(), all[0], all[1]]);
        twin.git(&["symbolic-ref", "HEAD", &self.git(&["symbolic-ref", "HEAD"])]);
        twin.sealed.continues(&self.sealed);
        twin
    }

    fn of_format(name: &str, format: &str) -> Self {
        let sealed = Sealed::new();
        let path = sealed.path(&format!("{name}.git"));
        let format = format!("--object-format={format}");
        let place = path.to_str().expect("a temporary path is text");
        sealed.git(
            sealed.home(),
            &["init", "--quiet", "--bare", "--template=", "--initial-branch=main", &format, place],
        );
        // Written in one go: a process per key would be most of the time that a test takes.
        let calm = "[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n[core]\n\tfsync = none\n";
        let config = path.join("config");
        let before = std::fs::read_to_string(&config).expect("git wrote a configuration");
        std::fs::write(&config, before + calm).expect("a new repository is writable");
        Self { sealed, name: name.to_owned(), path }
    }

    /// The name it was made with, for configurations and snapshots.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The repository's directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory as text: a remote that git takes as a local path.
    ///
    /// # Panics
    /// When the temporary directory's path is not UTF-8.
    #[must_use]
    pub fn url(&self) -> String {
        self.path.to_str().expect("a temporary path is text").to_owned()
    }

    /// The directory as a `file://` URL, over which git speaks its whole protocol.
    #[must_use]
    pub fn file_url(&self) -> String {
        format!("file://{}", self.url())
    }

    /// Runs git in the repository and gives what it wrote.
    ///
    /// # Panics
    /// When git fails.
    pub fn git(&self, args: &[&str]) -> String {
        self.sealed.git(&self.path, args)
    }

    /// Runs git in the repository, whatever comes of it.
    pub fn try_git(&self, args: &[&str]) -> Output {
        self.sealed.try_git(&self.path, args)
    }

    /// Starts a commit on a branch; [`CommitDraft::make`] makes it.
    pub fn commit<'a>(&'a self, branch: &str) -> CommitDraft<'a> {
        CommitDraft::new(self, branch)
    }

    /// Commits files on top of a branch (made where there is none) and gives the commit's full name.
    pub fn commit_on(&self, branch: &str, files: &[(&str, &str)], subject: &str) -> String {
        self.commit(branch).files(files).subject(subject).make()
    }

    /// As [`Remote::commit_on`], by an author written `Name <mail>`.
    pub fn commit_as(
        &self,
        author: &str,
        branch: &str,
        files: &[(&str, &str)],
        subject: &str,
    ) -> String {
        self.commit(branch).author(author).files(files).subject(subject).make()
    }

    /// Merges `other` (a branch or a commit) into a branch by a merge commit.
    ///
    /// # Panics
    /// When the two conflict.
    pub fn merge_on(&self, branch: &str, other: &str, subject: &str) -> String {
        let (ours, theirs) = (self.commit_of(branch), self.commit_of(other));
        let merged = self.git(&["merge-tree", "--write-tree", &ours, &theirs]);
        let made = self.git(&["commit-tree", &merged, "-p", &ours, "-p", &theirs, "-m", subject]);
        self.set_ref(&format!("refs/heads/{branch}"), &made);
        made
    }

    /// Makes a branch at a commit, tag or branch.
    pub fn branch(&self, name: &str, at: &str) {
        self.make_ref(&format!("refs/heads/{name}"), &self.commit_of(at));
    }

    /// Makes a lightweight tag, and gives the commit it names.
    pub fn tag(&self, name: &str, at: &str) -> String {
        let commit = self.commit_of(at);
        self.make_ref(&format!("refs/tags/{name}"), &commit);
        commit
    }

    /// Makes an annotated tag, and gives the tag object's name.
    pub fn annotated_tag(&self, name: &str, at: &str, message: &str) -> String {
        self.git(&["tag", "--annotate", "--message", message, name, &self.commit_of(at)]);
        self.oid(&format!("refs/tags/{name}"))
    }

    /// Points a ref somewhere else, whatever it was before: what nobody should do to a tag.
    pub fn set_ref(&self, full_name: &str, at: &str) {
        self.git(&["update-ref", full_name, &self.oid(at)]);
    }

    /// Deletes a ref by its full name.
    pub fn delete_ref(&self, full_name: &str) {
        self.git(&["update-ref", "-d", full_name]);
    }

    fn make_ref(&self, full_name: &str, oid: &str) {
        let none = "0".repeat(oid.len());
        self.git(&["update-ref", full_name, oid, &none]);
    }

    /// Sets a key of the repository's configuration.
    pub fn config(&self, key: &str, value: &str) {
        self.git(&["config", key, value]);
    }

    /// Installs a server-side hook: `script` is what a shell runs.
    ///
    /// # Panics
    /// When the hook cannot be written.
    pub fn hook(&self, name: &str, script: &str) {
        self.sealed.script(&format!("{}.git/hooks/{name}", self.name), script);
    }

    /// Takes a hook away again.
    pub fn unhook(&self, name: &str) {
        let _ = std::fs::remove_file(self.path.join("hooks").join(name));
    }
}

/// A file of the shared inputs: `../shared` beside the workspace, or `$PUSHDUTY_SHARED`.
///
/// # Panics
/// When it is in neither place.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "where the shared inputs lie is the machine's choice"
)]
pub fn shared(relative: &str) -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("PUSHDUTY_SHARED").map_or(beside, PathBuf::from);
    let place = root.join(relative);
    assert!(
        place.exists(),
        "{} is missing: put the shared inputs beside the project, or name them in PUSHDUTY_SHARED",
        place.display()
    );
    place
}
