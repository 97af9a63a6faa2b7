//! `notes edit`: in the person's editor, merged on saving.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use conductor::ShownNotes;
use conductor::failure::{self, Failure};
use conductor::view::NotesView;
use train::command::{NotesWish, WhichPush, Writing};
use train::id::quoted;
use train::refusal::{Code, Refusal};

use super::super::writing::{planned, written};
use crate::desk::Desk;
use crate::editor;
use crate::keeping::DRAFTS;
use crate::options::Consent;
use crate::screen::{Line, Screen};
use crate::session::{Ended, Session};
use crate::words;

/// Opens the editor, and writes what was saved.
pub async fn run(session: &Session, which: WhichPush, consent: &Consent) -> Ended {
    let editor = editor::of(session)?;
    if !consent.yes && !consent.dry_run && !session.screen.asks {
        return Err(Refusal::new(
            Code::NeedsYes,
            "what is saved is written, and there is no terminal to edit on",
            "add --yes to do it, or use `pushduty notes set FILE`",
        )
        .into());
    }
    session.header().await?;
    let desk = session.desk().await?;
    let view = desk.notes(which, ShownNotes::default()).await?;
    // Whoever may not write is told so before they have written anything.
    let (unchanged, _) = planned(&desk, &writing(&view, view.text.clone())).await?;
    let draft = Draft::of(session, &desk, &view)?;
    let saved = editor::edit(&editor, &draft.file).and_then(|()| draft.saved());
    let text = match saved {
        Ok(text) => text,
        Err(refusal) => return Err(draft.kept(refusal).into()),
    };
    if text == view.text {
        draft.gone();
        session.screen.show(&[Line::plain("Nothing was changed.")]);
        return session.document(unchanged).await;
    }
    write(session, &desk, &writing(&view, text), consent, draft).await
}

fn writing(view: &NotesView, text: String) -> NotesWish {
    let writing = Writing::Text { text, base: Some(view.version) };
    NotesWish { push: WhichPush::On(view.push), writing }
}

async fn write(
    session: &Session,
    desk: &Desk<'_>,
    wish: &NotesWish,
    consent: &Consent,
    draft: Draft,
) -> Ended {
    let done = match consent.dry_run {
        true => planned(desk, wish).await.map(|(view, _)| view),
        false => written(desk, wish).await,
    };
    let done = match done {
        Ok(done) => done,
        Err(refusal) => return Err(draft.kept(refusal).into()),
    };
    session.screen.show(&words::writing(&done));
    if consent.dry_run {
        // Dropped, the draft says where it is.
        drop(draft);
    } else {
        draft.gone();
        session.screen.show(&words::written(&done));
    }
    session.document(done).await
}

/// The command that takes a text from its file: into the same page, of whoever has it, merged with what came since.
fn again(desk: &Desk<'_>, view: &NotesView) -> String {
    let NotesView { push, version, .. } = view;
    let train = &desk.settings().train;
    let server = desk.place().map(|place| format!(" --server {}", conductor::for_a_shell(place)));
    let server = server.unwrap_or_default();
    format!("pushduty notes set FILE --train {train} --push {push} --base {version}{server}")
}

/// The page in a file of its own: until it is written it is nowhere else.
struct Draft {
    file: PathBuf,
    /// How it is written from there.
    again: String,
    /// What it began as.
    before: String,
    /// Where it is told of, should nobody come to write it.
    screen: Screen,
    open: bool,
}

impl Drop for Draft {
    /// Interrupted: what was saved is nowhere else.
    fn drop(&mut self) {
        if self.open && !self.is_untouched() {
            self.screen.tell(&Line::plain(self.place()));
        }
    }
}

impl Draft {
    /// In the folder for the train's state on this machine, wherever the train is.
    fn of(session: &Session, desk: &Desk<'_>, view: &NotesView) -> Result<Self, Failure> {
        let cant =
            |error: std::io::Error| failure::io("the notes can't be put into a file", &error);
        session.works_there()?;
        let train = desk.settings().train.as_str();
        let folder = session.all_data()?.join(train).join(DRAFTS);
        fs::create_dir_all(&folder).map_err(cant)?;
        let mut file = tempfile::Builder::new()
            .prefix(&format!("notes-{}-", view.push))
            .suffix(".md")
            .tempfile_in(&folder)
            .map_err(cant)?;
        file.write_all(view.text.as_bytes()).map_err(cant)?;
        let (_, file) = file.keep().map_err(|error| cant(error.error))?;
        let (again, screen) = (again(desk, view), session.screen.clone());
        Ok(Self { file, again, before: view.text.clone(), screen, open: true })
    }

    fn saved(&self) -> Result<String, Failure> {
        fs::read_to_string(&self.file).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => {
                Refusal::new(Code::Usage, "what was saved is no text in UTF-8", "save it as UTF-8")
            }
            _ => failure::io("what was saved can't be read", &error),
        })
    }

    /// Where the text is, and how it is written from there.
    fn place(&self) -> String {
        let file = quoted(&self.file.display().to_string());
        format!("your text is in {file}; `{}` takes it from there", self.again)
    }

    fn is_untouched(&self) -> bool {
        self.saved().is_ok_and(|text| text == self.before)
    }

    /// A failure, with where the text is; one that was not changed is of no use.
    fn kept(mut self, refusal: Failure) -> Failure {
        if self.is_untouched() {
            self.gone();
            return refusal;
        }
        self.open = false;
        let hint = match refusal.hint.is_empty() {
            true => self.place(),
            false => format!("{}; {}", refusal.hint, self.place()),
        };
        Failure { hint, ..refusal }
    }

    /// It is written, or nothing of it is worth keeping.
    fn gone(mut self) {
        self.open = false;
        // A file that stays behind harms nobody.
        let _ = fs::remove_file(&self.file);
    }
}
