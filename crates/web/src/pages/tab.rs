//! What a browser's tab shows of a push: it has room for a word and a small picture.

use conductor::view::PushState;

/// A push's state in a word or two.
pub(crate) fn word(state: PushState) -> &'static str {
    match state {
        PushState::Planned => "planned",
        PushState::Open => "open",
        PushState::Cut => "cut",
        PushState::Staged => "staged",
        PushState::Approved => "approved",
        PushState::Pushing => "pushing",
        PushState::Watching => "watched",
        PushState::Done => "done",
        PushState::Held => "held",
        PushState::RolledBack => "rolled back",
        PushState::Cancelled => "does not run",
    }
}

/// The picture of it: each has a shape of its own beside its colour.
pub(crate) fn picture(state: PushState) -> &'static str {
    match state {
        PushState::Pushing | PushState::Watching => "signal-moving.svg",
        PushState::Held | PushState::RolledBack => "signal-held.svg",
        PushState::Done => "signal-done.svg",
        PushState::Planned
        | PushState::Open
        | PushState::Cut
        | PushState::Staged
        | PushState::Approved
        | PushState::Cancelled => "signal.svg",
    }
}
