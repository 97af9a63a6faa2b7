//! Publishing: one atomic push that demands what every ref must be, and the reading of what the remote said.
//!
//! Branches go without force (the remote's compare-and-swap is the lease), tags demand that
//! there is none of the name (P2), the fence demands its old value (P12). The remote's own word is the outcome; without
//! it the outcome is unknown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use conductor::failure::{Failure, Result};
use conductor::ports::{Lock, Publish, Pushed};
use train::intent::Expect;
use train::refusal::Code;

use crate::environment::Environment;
use crate::line::{Demand, Line};
use crate::output::{Output, contains};
use crate::process::Git;
use crate::report::{self, Verdict};
use crate::rewrite::Rewrites;
use crate::store::Store;
use crate::trouble::{self, Remote};

/// The lines of a publish, in the order in which they are pushed where all at once is not to be had: the fence first,
/// tags last.
pub(crate) fn lines(publish: &Publish) -> Vec<Line> {
    let fence = publish.fence.iter().map(|fence| Line {
        source: fence.to.to_string(),
        name: fence.name.clone(),
        demand: fence.from.clone().map_or(Demand::Absent, Demand::At),
    });
    let mut updates: Vec<Line> = publish
        .updates
        .iter()
        .map(|update| Line {
            source: update.new.to_string(),
            name: update.name.clone(),
            demand: match update.expect {
                Expect::Absent => Demand::Absent,
                Expect::FastForward(_) => Demand::Forward,
            },
        })
        .collect();
    updates.sort_by_key(|line| line.name.starts_with("refs/tags/"));
    fence.chain(updates).collect()
}

/// What a push came to.
pub(crate) enum End {
    /// The remote took the push up; its word, or the lack of it.
    Pushed(Pushed),
    /// It takes no several refs at once; nothing was sent.
    NotAtomic,
    /// git never got to talk to it; nothing was sent.
    NotReached(Output),
}

/// Pushes all `lines` at once, or none. The lock stays open in git and in its children.
pub(crate) async fn all(git: &Git, url: &str, lock: &Lock, lines: &[Line]) -> Result<End> {
    let output = run(git, url, lock, lines, &["--atomic"]).await?;
    if contains(&output.err, b"the receiving end does not support --atomic push") {
        return Ok(End::NotAtomic);
    }
    Ok(judged(output, lines))
}

/// Pushes one ref after the other: for remotes that take no several at once. Stops at the first that did not move.
pub(crate) async fn one_by_one(git: &Git, url: &str, lock: &Lock, lines: &[Line]) -> Result<End> {
    let mut moved = Vec::new();
    for line in lines {
        let one = std::slice::from_ref(line);
        let end = judged(run(git, url, lock, one, &[]).await?, one);
        match end {
            End::Pushed(Pushed::Done) => moved.push(line),
            // A fence that moved alone changes nothing for anybody.
            end if moved.iter().all(|m| m.name.starts_with("refs/pushduty/")) => return Ok(end),
            _ => {
                let sentence =
                    "the remote takes no several refs at once, and moved some of them only"
                        .to_owned();
                return Ok(End::Pushed(Pushed::Unknown(sentence)));
            }
        }
    }
    Ok(End::Pushed(Pushed::Done))
}

async fn run(git: &Git, url: &str, lock: &Lock, lines: &[Line], more: &[&str]) -> Result<Output> {
    git.holding(lock.file(), arguments(url, lines, more), &[]).await
}

/// The arguments of one push. Nothing of the user's configuration adds to it (see `environment`).
pub(crate) fn arguments(url: &str, lines: &[Line], more: &[&str]) -> Vec<String> {
    let fixed = [
        "push",
        "--porcelain",
        "--progress",
        "--no-verify",
        "--no-follow-tags",
        "--no-signed",
        "--recurse-submodules=no",
    ];
    let mut args: Vec<String> = fixed.iter().chain(more).map(|&arg| arg.to_owned()).collect();
    for line in lines {
        match &line.demand {
            Demand::Forward => {}
            Demand::Absent => args.push(format!("--force-with-lease={}:", line.name)),
            Demand::At(oid) => args.push(format!("--force-with-lease={}:{oid}", line.name)),
        }
    }
    args.extend(["--end-of-options".to_owned(), url.to_owned()]);
    args.extend(lines.iter().map(|line| format!("{}:{}", line.source, line.name)));
    args
}

fn judged(output: Output, lines: &[Line]) -> End {
    let unknown = |why: &str| End::Pushed(Pushed::Unknown(why.to_owned()));
    if output.timed_out {
        return unknown("the remote made no progress in time, and git was ended");
    }
    match report::judge(&output, lines) {
        Verdict::Done => End::Pushed(Pushed::Done),
        Verdict::Lost(why) => End::Pushed(Pushed::Lost(why)),
        Verdict::Refused(why) => End::Pushed(Pushed::Refused(why)),
        Verdict::Mixed => unknown("the remote's report does not say what became of every ref"),
        Verdict::None if trouble::nothing_sent(&output) => End::NotReached(output),
        Verdict::None => unknown("the remote did not report"),
    }
}

/// A remote to publish to.
pub(crate) struct Target<'a> {
    /// What it is, for messages, and its address.
    pub remote: Remote<'a>,
    /// Set once it said that it takes no several refs at once, so that it is not asked again.
    pub one_by_one: &'a AtomicBool,
    /// How long without progress before git is ended.
    pub silence: Duration,
    /// Where the user's configuration sends pushes.
    pub rewrites: &'a Rewrites,
}

/// Pushes `lines` to `target` from the store that `git` runs on.
pub(crate) async fn publish(
    git: &Git,
    target: &Target<'_>,
    lock: &Lock,
    lines: &[Line],
) -> Result<Pushed> {
    if let Some(line) = lines.iter().find(|line| !is_ref(&line.name)) {
        let message = format!("{} is no ref that is published", train::id::quoted(&line.name));
        return Err(Failure::new(Code::Refused, message, "name the tag or branch otherwise"));
    }
    if lines.is_empty() {
        return Ok(Pushed::Done);
    }
    let url = target.remote.url;
    if let Some(why) = target.rewrites.against(git, url).await? {
        return Ok(Pushed::Refused(format!("nothing was sent: {why}")));
    }
    let mut end = End::NotAtomic;
    if !target.one_by_one.load(Ordering::Relaxed) {
        end = all(git, url, lock, lines).await?;
    }
    if matches!(end, End::NotAtomic) {
        target.one_by_one.store(true, Ordering::Relaxed);
        end = one_by_one(git, url, lock, lines).await?;
    }
    match end {
        End::Pushed(pushed) => Ok(pushed),
        End::NotReached(output) => Err(trouble::failure(target.remote, &output, target.silence)),
        End::NotAtomic => Ok(Pushed::Unknown("the remote contradicts itself".to_owned())),
    }
}

/// A full name that means one ref and nothing else in a refspec or an option.
fn is_ref(name: &str) -> bool {
    let plain =
        |c: char| !c.is_control() && !matches!(c, ' ' | ':' | '*' | '?' | '[' | '\\' | '^' | '~');
    name.starts_with("refs/")
        && !name.contains("..")
        && !name.ends_with('/')
        && name.chars().all(plain)
}

impl Store {
    /// Pushes to upstream from the mirror.
    pub(crate) async fn push(&self, lock: &Lock, what: &Publish) -> Result<Pushed> {
        let git = self.aloud(self.upstream(Environment::Transport));
        self.push_upstream(&git, lock, &lines(what)).await
    }

    /// Refuses where a push to upstream would go to another place.
    pub(crate) async fn address_holds(&self) -> Result<()> {
        let remote = Remote { what: "upstream", url: &self.settings().upstream };
        let git = self.upstream(Environment::Transport);
        let checked = self.options().rewrites.check(&git, remote).await;
        checked.map_err(|f| f.in_repo(&self.settings().name))
    }

    /// Pushes to upstream from the store that `git` runs on.
    pub(crate) async fn push_upstream(
        &self,
        git: &Git,
        lock: &Lock,
        lines: &[Line],
    ) -> Result<Pushed> {
        let remote = Remote { what: "upstream", url: &self.settings().upstream };
        let target = Target {
            remote,
            one_by_one: self.upstream_one_by_one(),
            silence: self.options().silence,
            rewrites: &self.options().rewrites,
        };
        publish(git, &target, lock, lines).await.map_err(|f| f.in_repo(&self.settings().name))
    }
}
