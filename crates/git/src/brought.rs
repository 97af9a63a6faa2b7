//! What tags brought, and when they were made: for the history of many pushes, walked in this process.

use conductor::failure::Result;
use gix_object::Kind;
use jiff::Timestamp;
use train::facts::Brought;
use train::id::Oid;

use crate::footer;
use crate::history::History;
use crate::objects::{self, Objects};
use crate::process::Git;
use crate::raw::Raw;

/// What each head has over its base, newest first.
pub(crate) async fn brought(git: &Git, spans: &[(Oid, Oid)]) -> Result<Vec<Vec<Brought>>> {
    let spans = spans.to_vec();
    git.apart(move |objects| {
        let history = History::of(objects);
        let span = |(base, head): &(Oid, Oid)| {
            let new = history.without(std::slice::from_ref(head), std::slice::from_ref(base))?;
            new.iter().map(|id| one(objects, id)).collect()
        };
        spans.iter().map(span).collect()
    })
    .await
}

fn one(objects: &Objects, id: &Oid) -> Result<Brought> {
    let bytes = objects.commit(id)?.ok_or_else(|| objects::no_such(id))?;
    let raw = Raw::parse(&bytes);
    let origin = footer::origins(raw.message).pop();
    let landed = match &origin {
        Some(origin) => objects.commit(origin)?.map(|bytes| Raw::parse(&bytes).committed()),
        None => None,
    };
    Ok(Brought {
        commit: id.clone(),
        merge: raw.parents().len() > 1,
        origin,
        landed_at: at(landed.unwrap_or_else(|| raw.committed())),
    })
}

/// When each of these tag objects was made.
pub(crate) async fn tagged_at(git: &Git, tags: &[Oid]) -> Result<Vec<Option<Timestamp>>> {
    let tags = tags.to_vec();
    git.apart(move |objects| {
        let tagged = |id: &Oid| {
            let tag = objects.find(id)?.filter(|found| found.kind == Kind::Tag);
            Ok(tag.and_then(|tag| Raw::parse(&tag.bytes).tagged()).map(at))
        };
        tags.iter().map(tagged).collect()
    })
    .await
}

/// An instant; one that is in no calendar is the first of all.
fn at(seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or_default();
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
