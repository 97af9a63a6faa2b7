//! `notes set`: a file becomes the page, or is merged into it.

use std::path::Path;

use train::command::{NotesWish, WhichPush, Writing};

use super::super::writing;
use super::text_of;
use crate::options::Consent;
use crate::session::{Ended, Session};

/// Plans, asks, writes.
pub async fn run(
    session: &Session,
    file: &Path,
    base: Option<u32>,
    which: WhichPush,
    consent: &Consent,
) -> Ended {
    // Without a configuration there is no page: that is said before anything is read from a pipe.
    session.desk().await?;
    let writing = Writing::Text { text: text_of(file)?, base };
    writing::change(session, consent, NotesWish { push: which, writing }).await
}
