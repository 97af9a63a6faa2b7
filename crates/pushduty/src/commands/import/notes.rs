//! `import notes`: the files, the plan with its doubts, a yes, the record.

use std::path::Path;

use train::command::Command;
use train::id::quoted;
use train::import::Folder;
use train::refusal::{Code, Refusal};

use super::{folder, repository};
use crate::options::Consent;
use crate::session::{Ended, Ending, Session};
use crate::words;

/// Reads, shows, asks, and takes in.
pub async fn run(session: &Session, place: &str, consent: &Consent) -> Ended {
    // Without a configuration nothing is read from anywhere.
    let conductor = session.conductor().await?;
    let wish = Command::Import(Box::new(found(session, place).await?));
    let Command::Import(folder) = &wish else { return Ok(()) };
    conductor.progress.remark(&format!("reading {} files", folder.files.len()));
    let plan = conductor.plan_import(folder).await?;
    let view = plan.view();
    session.header().await?;
    session.screen.show(&words::import_plan(&view));
    if view.pushes == 0 {
        let what = format!("no file in {} is the page of a push", quoted(place));
        let hint = "name pages by their pushes' dates, as 2026/11/26.md or 2026-11-26.md";
        return session.judged(view, Some(Refusal::new(Code::NotFound, what, hint))).await;
    }
    if consent.dry_run || !plan.adds_something() {
        return session.document(view).await;
    }
    if !consent.yes {
        session.agree(&format!("Take {} in?", words::pushes(plan.added()))).await?;
    }
    let done = conductor.import(folder).await?.view();
    session.screen.show(&[words::imported(&done)]);
    session.document(done).await
}

/// The files of a folder, or of a repository.
async fn found(session: &Session, place: &str) -> Result<Folder, Ending> {
    let path = Path::new(place);
    let is_folder = path.is_dir();
    if is_folder && !repository::is_bare(path) {
        return Ok(folder::read(path)?);
    }
    if !is_folder && git::url::is_local(place) && !place.contains("://") {
        let (what, hint) = match path.exists() {
            true => ("is no folder", "name the folder that the pages are in"),
            false => ("is not there", "name a folder, or a git repository by its URL or path"),
        };
        return Err(Refusal::new(Code::NotFound, format!("{} {what}", quoted(place)), hint).into());
    }
    repository::read(session, place).await
}
