//! The files of a git repository, fetched into a folder that is gone afterwards, and read from its objects.

use std::path::Path;

use conductor::ports::{Clock, Repository};
use git::Content;
use train::id::{BadName, quoted};
use train::import::{Folder, LONGEST, Unread};
use train::refusal::{Code, Refusal};
use train::settings::Repo;

use crate::config::remote;
use crate::session::{Ending, Session, usage};

/// What the repository is called while it is fetched.
const NAME: &str = "notes";

/// Whether a folder is a repository without a work tree.
pub fn is_bare(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && ["objects", "refs"].iter().all(|dir| folder.join(dir).is_dir())
}

/// The files on the default branch of the repository at `place`.
pub async fn read(session: &Session, place: &str) -> Result<Folder, Ending> {
    let here = std::env::current_dir()
        .map_err(|e| conductor::failure::io("the working directory can't be read", &e))?;
    let upstream =
        remote::read(place, &here).map_err(|(what, hint)| Refusal::new(Code::Usage, what, hint))?;
    let name = || NAME.parse().map_err(|e: BadName| usage(e.to_string()));
    let settings = Repo { fence: false, ..Repo::new(name()?, upstream) };
    let train = NAME.parse().map_err(|e: BadName| usage(e.to_string()))?;
    let scratch = scratch(session).await?;
    let options = git::Options { silence: session.global.patience(), ..git::Options::default() };
    let progress = &session.conductor().await?.progress;
    let store = git::Store::open(scratch.path(), &train, &settings, options)?.telling(progress);
    progress.step(&settings.name, "fetching");
    let look = store.fetch(session.clock().now()).await;
    progress.done(&settings.name, if look.is_ok() { "fetched" } else { "not reached" });
    let look = look.map_err(|failure| Refusal {
        message: failure.message.replacen("upstream (", "the repository of the notes (", 1),
        hint: failure.hint.replace("the address in pushduty.toml", "the address"),
        ..failure
    });
    let Some(main) = look?.main else {
        let what = format!("the repository at {} is empty", quoted(place));
        return Err(Refusal::new(Code::NotFound, what, "push the notes there first").into());
    };
    let mut folder = Folder::default();
    for file in store.files(&main, LONGEST, Folder::may_be_a_page).await? {
        folder.add(file.path, || match file.content {
            Content::Bytes(bytes) => String::from_utf8(bytes).map_err(|_| Unread::NotText),
            Content::Long(size) => Err(Unread::TooLong(size)),
            Content::Link => Err(Unread::Link),
            Content::Unread => Err(Unread::Failed("it was not asked for".to_owned())),
        });
    }
    Ok(folder)
}

/// Where it is fetched to: gone when the command ends.
async fn scratch(session: &Session) -> Result<tempfile::TempDir, Ending> {
    let data = session.data().await?;
    let made = std::fs::create_dir_all(&data)
        .and_then(|()| tempfile::Builder::new().prefix(".import-").tempdir_in(&data));
    Ok(made.map_err(|e| conductor::failure::io("the data folder can't be written", &e))?)
}
