//! `notes check`: doubts, each with its line. They stop nothing.

use std::path::Path;

use train::command::WhichPush;

use super::text_of;
use crate::session::{Ended, Session};
use crate::words;

/// Checks the page, or a file.
pub async fn run(session: &Session, file: Option<&Path>, which: WhichPush) -> Ended {
    let view = match file.map(text_of).transpose()? {
        // A file is read here, by the configuration that is here.
        Some(text) => session.conductor().await?.check_notes(which, Some(&text)).await?,
        None => session.desk().await?.check_notes(which).await?,
    };
    session.header().await?;
    session.screen.show(&words::doubts(&view));
    session.document(view).await
}
