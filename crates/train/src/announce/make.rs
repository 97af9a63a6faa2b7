//! An announcement of an entry: its name, and for how long it is worth telling.

use jiff::{Timestamp, ToSpan};

use super::words::Said;
use super::{Announcement, Audience, Facts, Kind, News};
use crate::id::PushDate;

/// For how many hours news are worth telling.
const NEWS: i64 = 24;

/// For how many hours the end of a push is: the mail, and who is next.
const END: i64 = 7 * 24;

/// For how many hours a topic is: until the next one, as a rule.
const TOPIC: i64 = 14 * 24;

/// The announcement of an entry.
pub(super) fn make(
    facts: Facts<'_>,
    news: &News,
    kind: Kind,
    push: PushDate,
    audience: Audience,
    said: Said,
) -> Announcement {
    let hours = match kind {
        Kind::Finished | Kind::HeroHandover | Kind::Offered => END,
        Kind::Topic => TOPIC,
        _ => NEWS,
    };
    Announcement {
        id: format!("{}-{kind}", news.hash.get(..16).unwrap_or(&news.hash)),
        kind,
        train: facts.settings.train.clone(),
        push: Some(push),
        audience,
        subject: said.0,
        text: said.1,
        at: news.at,
        expires_at: news.at.checked_add(hours.hours()).unwrap_or(Timestamp::MAX),
        rehearsal: facts.rehearsal,
    }
}

/// One entry tells several people: each by a name of its own.
pub(super) fn each(one: Announcement, news: &News) -> Announcement {
    match &one.audience {
        Audience::Person { name, .. } => Announcement {
            id: format!("{}-{name}-{}", news.hash.get(..16).unwrap_or(&news.hash), one.kind),
            ..one
        },
        Audience::Channel | Audience::List => one,
    }
}
