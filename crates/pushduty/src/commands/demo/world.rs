//! The demo's own sandbox: its remotes with the weeks that were, its machines, its configuration.

use std::fmt::Write;

use conductor::failure;
use futures_util::future::try_join_all;
use train::refusal::{Code, Refusal};
use train::tag::TagScheme;

use super::landed;
use crate::session::Ending;
use crate::stage::outcome::Aboard;
use crate::stage::{Crew, Player, Post, Rolls, Sandbox, crew, git, scenes};

/// How many machines each service has; a look asks every one of them.
const MACHINES: usize = 4;

/// Makes the remotes with the weeks that were, all at once.
pub async fn furnish(sandbox: &Sandbox) -> Result<(), Ending> {
    let all = landed::before().into_iter().map(async |(name, history)| {
        let dir = sandbox.remote(name);
        let made = std::fs::create_dir_all(&dir);
        made.map_err(|e| failure::io("a remote can't be made", &e))?;
        let init = ["init", "--quiet", "--bare", "--initial-branch=main", "--template="];
        git(&dir, &init, None).await?;
        land(sandbox, name, &history).await
    });
    try_join_all(all).await.map(drop)
}

/// Puts history on a remote.
pub async fn land(sandbox: &Sandbox, remote: &str, stream: &str) -> Result<(), Ending> {
    sandbox.land(&sandbox.remote(remote), stream).await
}

/// The commit with this subject, on a branch of the remote.
pub async fn commit(sandbox: &Sandbox, remote: &str, subject: &str) -> Result<String, Ending> {
    let log = git(&sandbox.remote(remote), &["log", "--branches", "--format=%H %s"], None).await?;
    let found = log.lines().find_map(|line| line.split_once(' ').filter(|(_, s)| *s == subject));
    let missing = || format!("{remote} has no commit {subject}");
    found
        .map(|(hash, _)| hash.to_owned())
        .ok_or_else(|| Refusal::new(Code::NoSuchCommit, missing(), "").into())
}

/// A remote's date tags with the commits they are at, oldest first.
pub async fn tags(sandbox: &Sandbox, remote: &str) -> Result<Vec<crew::Release>, Ending> {
    crew::tags(&sandbox.remote(remote), &TagScheme::default()).await
}

/// The machines: stage gets each new tag, production what it is told to.
pub fn posts(sandbox: &Sandbox) -> Vec<Post> {
    let environments = [("stage", Rolls::Newest), ("production", Rolls::Nothing)];
    let post = |environment: &str, rolls: &Rolls, repo: &str| Post {
        environment: environment.to_owned(),
        service: repo.to_owned(),
        remote: sandbox.remote(repo),
        scheme: TagScheme::default(),
        machines: MACHINES,
        rolls: rolls.clone(),
    };
    let all = environments.iter().flat_map(|(environment, rolls)| {
        landed::REPOS.map(|repo| post(environment, rolls, repo)).into_iter()
    });
    all.collect()
}

/// The repositories, for what came of it.
pub fn aboard(sandbox: &Sandbox) -> Vec<Aboard> {
    let one = |repo: &str| Aboard {
        name: repo.to_owned(),
        remote: sandbox.remote(repo),
        scheme: TagScheme::default(),
    };
    landed::REPOS.map(one).into()
}

/// Writes `pushduty.toml`; services answer on this port.
pub fn configure(sandbox: &Sandbox, port: u16) -> Result<(), Ending> {
    let mut text = include_str!("demo.toml").to_owned();
    for environment in ["stage", "production"] {
        text += &format!("\n[environments.{environment}]\nservices = [\n");
        for repo in landed::REPOS {
            let url = Crew::address(port, environment, repo);
            let _ = writeln!(
                text,
                "  {{ name = \"{repo}\", repo = \"{repo}\", version = \"{url}\", samples = {MACHINES} }},"
            );
        }
        text += "]\n";
    }
    sandbox.write("pushduty.toml", &text)
}

/// The remote itself must show this tag as its newest.
pub async fn newest(p: &Player<'_>, repo: &str, tag: &str) -> Result<(), Ending> {
    let tags = tags(p.sandbox, repo).await?;
    let found = tags.last().map_or("none", |(tag, _)| tag);
    p.must(found == tag, &format!("the newest tag of {repo} is {found} instead of {tag}"))
}

/// A commit as a person names it.
pub async fn named(p: &Player<'_>, repo: &str, subject: &str) -> Result<String, Ending> {
    Ok(scenes::named(repo, &commit(p.sandbox, repo, subject).await?))
}
