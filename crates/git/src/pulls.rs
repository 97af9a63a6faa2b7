//! The commits of a history that name a pull request.

use conductor::failure::Result;
use train::facts::Commit;
use train::id::Oid;

use crate::batch::strange;
use crate::compare::pull_request;
use crate::process::Git;
use crate::told::{self, text};

/// The commits of `main` whose message names the pull request or merge request of this number, newest first. git finds
/// those that may; what they say is read as everywhere else.
pub(crate) async fn of(git: &Git, main: &Oid, number: u64) -> Result<Vec<Commit>> {
    let (pull, merge) = (format!("--grep=#{number}"), format!("--grep=!{number}"));
    let options = ["--fixed-strings", &pull, &merge];
    let named = told::log(git, "%H", 1, &options, &format!("{main}\n")).await?;
    let named: Option<Vec<Oid>> = named.iter().map(|id| told::oid(id)).collect();
    let may = told::told(git, named.ok_or_else(|| strange("log"))?).await?;
    let names = |told: &told::Told| {
        pull_request(&told.commit.subject, &text(&told.message)) == Some(number)
    };
    Ok(may.into_iter().filter(names).map(|told| told.commit).collect())
}
