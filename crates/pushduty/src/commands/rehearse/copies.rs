//! The copies: bare repositories with what this person can read of each remote, upstream and security apart.

use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use git::Original;
use train::id::{RepoName, quoted};
use train::refusal::{Code, Refusal};
use train::settings::Repo;

use super::plan::Plan;
use crate::config::rehearsal;
use crate::session::{Ending, Session};
use crate::stage::{Sandbox, git};

/// Makes them all at once. An upstream that can't be read ends the rehearsal; a private twin is left out, and that is told.
pub async fn make(plan: &mut Plan, sandbox: &Sandbox, session: &Session) -> Result<(), Ending> {
    let options = session.git_options();
    let copy = |repo: RepoName, url: String, dir: PathBuf, security: bool| {
        let (options, progress) = (&options, session.progress());
        async move {
            let original = Original { repo: &repo, url: &url, security };
            ::git::copy(original, &dir, options, progress).await
        }
    };
    let upstreams = plan.copied.iter().map(|one| {
        let dir = sandbox.dir().join(rehearsal::upstream(&one.name));
        copy(one.name.clone(), one.upstream.clone(), dir, false)
    });
    for copied in join_all(upstreams).await {
        copied?;
    }
    for repo in &plan.loaded.settings.repos {
        ships(repo, &sandbox.dir().join(rehearsal::upstream(&repo.name))).await?;
    }
    let twins = plan.copied.iter().filter_map(|one| {
        let dir = sandbox.dir().join(rehearsal::twin(&one.name));
        let made = copy(one.name.clone(), one.security.clone()?, dir, true);
        Some(async move { (one.name.clone(), made.await) })
    });
    for (repo, made) in join_all(twins).await {
        let Err(failure) = made else { continue };
        let words = format!("the security remote of {repo}: {}", failure.message);
        session.progress().remark(&words);
        plan.left_out.push(words);
        if let Some(one) = plan.copied.iter_mut().find(|one| one.name == repo) {
            one.security = None;
        }
    }
    Ok(())
}

/// Sees to it that the branch that ships is there, and that the copy's HEAD names it.
async fn ships(repo: &Repo, copy: &Path) -> Result<(), Ending> {
    let branches =
        git(copy, &["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"], None).await?;
    let branches: Vec<&str> = branches.lines().collect();
    let refused = |what: String, hint: &str| {
        let refusal = Refusal::new(Code::Configuration, what, hint);
        Err(refusal.in_repo(&repo.name).into())
    };
    if branches.is_empty() {
        let what = format!("{} has no commit yet, so there is nothing to rehearse", repo.name);
        return refused(what, "push a first commit to its upstream");
    }
    if let Some(branch) = &repo.branch {
        if branches.contains(&branch.as_str()) {
            return Ok(());
        }
        let what = format!("upstream of {} has no branch {}", repo.name, quoted(branch));
        return refused(what, "set `branch` of this repository in pushduty.toml");
    }
    let head = git(copy, &["symbolic-ref", "--short", "HEAD"], None).await?;
    if branches.contains(&head.as_str()) {
        return Ok(());
    }
    // As for a remote whose HEAD names a branch that is not there.
    let has = |name: &str| branches.iter().find(|branch| **branch == name);
    let only = if let [only] = &branches[..] { Some(only) } else { None };
    let chosen = only.or_else(|| has("main")).or_else(|| has("master")).or(branches.first());
    let full = format!("refs/heads/{}", chosen.unwrap_or(&"main"));
    git(copy, &["symbolic-ref", "HEAD", &full], None).await?;
    Ok(())
}

/// The ref of the branch that ships, in a copy of upstream.
pub async fn main_of(repo: &Repo, copy: &Path) -> Result<String, Ending> {
    match &repo.branch {
        Some(branch) => Ok(format!("refs/heads/{branch}")),
        None => git(copy, &["symbolic-ref", "HEAD"], None).await,
    }
}
