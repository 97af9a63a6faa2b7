//! What is learnt of a remote once: its object format and the branch that ships.

use conductor::failure::Result;

use crate::environment::Environment;
use crate::process::Git;
use crate::store::Store;

/// What a remote tells of itself before anything is fetched.
pub(crate) struct Told {
    /// The branch that HEAD names, whether it exists or not.
    pub head: Option<String>,
    /// Whether object names have 64 digits. An empty remote doesn't tell; it is taken to be SHA-1 and found out later.
    pub sha256: bool,
}

/// Asks upstream for HEAD. `dir` needs to hold no repository.
pub(crate) async fn ask(store: &Store) -> Result<Told> {
    let dir = store.upstream_dir();
    // Outside any repository: its object format would be expected of the remote.
    let git = Git::new(
        &dir.with_extension("none"),
        Environment::Transport,
        Some(store.options().silence),
    )
    .configuration(store.options().configuration.as_deref())
    .asking(store.options().asking.as_ref());
    let output = git.status_of(asked(&store.settings().upstream), &[]).await?;
    if !output.ok() {
        return Err(store.trouble(&output));
    }
    Ok(parse(&output.text()))
}

/// The arguments that ask a remote for HEAD and its branches.
pub(crate) fn asked(url: &str) -> [&str; 6] {
    ["ls-remote", "--symref", "--end-of-options", url, "HEAD", "refs/heads/*"]
}

/// Reads `ls-remote --symref`.
pub(crate) fn parse(text: &str) -> Told {
    let head =
        text.lines().find_map(|l| l.strip_prefix("ref: refs/heads/")?.strip_suffix("\tHEAD"));
    let sha256 = text
        .lines()
        .filter(|l| !l.starts_with("ref: "))
        .any(|l| l.split('\t').next().is_some_and(|o| o.len() == 64));
    Told { head: head.map(str::to_owned), sha256 }
}

/// The branch that ships: the remote's HEAD; where that names a branch that does not exist, the only one, or `main`, or
/// `master`, or the first.
pub(crate) async fn default_branch(store: &Store, branches: &[String]) -> Result<String> {
    let head = ask(store).await?.head;
    let has = |name: &str| branches.iter().find(|b| b.as_str() == name).cloned();
    let fallback = || match branches {
        [only] => Some(only.clone()),
        several => has("main").or_else(|| has("master")).or_else(|| several.first().cloned()),
    };
    Ok(head.as_deref().and_then(has).or_else(fallback).unwrap_or_else(|| "main".to_owned()))
}
