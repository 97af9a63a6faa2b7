//! How a page's items are kept: in few bytes, since they are written with every writing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::follow::{ItemId, Tracked};
use super::heading::SectionKind;
use super::page::{Declined, Known, Page, Trace};
use crate::id::PushDate;

/// A page as it is kept. Who wrote, and when, is there once however many items name it.
#[derive(Serialize, Deserialize)]
struct Form {
    version: u32,
    template: String,
    last: u32,
    traces: Vec<Trace>,
    items: Vec<Row>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    declined: Vec<Declined>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    carried: Vec<(ItemId, PushDate)>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    once: BTreeSet<String>,
}

/// An item: name, section, text, where it stands, its place among the items, its raiser and who ended it by their place
/// among the traces, and whether it is done, settled and hard.
type Row = (ItemId, SectionKind, String, Option<usize>, Option<usize>, usize, Option<usize>, u8);

const DONE: u8 = 1;
const SETTLED: u8 = 2;
const HARD: u8 = 4;

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        Form::from(self.clone()).serialize(s)
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Form::deserialize(d).map(Self::from)
    }
}

impl From<Page> for Form {
    fn from(page: Page) -> Self {
        let Page { version, template, items, last, declined, carried, once } = page;
        // An item that was carried over has its raiser from another page, within the version that brought it.
        let key = |trace: &Trace| (trace.version, trace.at, trace.by.clone());
        let traces: Vec<Trace> = items
            .iter()
            .flat_map(|known| std::iter::once(&known.raised).chain(&known.ended))
            .map(|trace| (key(trace), trace))
            .collect::<BTreeMap<_, _>>()
            .into_values()
            .cloned()
            .collect();
        let place = |trace: &Trace| {
            let own = (trace.version, trace.at, trace.by.as_str());
            traces.partition_point(|other| (other.version, other.at, other.by.as_str()) < own)
        };
        let row = |known: Known| {
            let Known { tracked, raised, ended, settled, hard } = known;
            let flag = |set: bool, flag: u8| if set { flag } else { 0 };
            let flags = flag(tracked.done, DONE) | flag(settled, SETTLED) | flag(hard, HARD);
            let Tracked { id, kind, text, at, item, .. } = tracked;
            (id, kind, text, at, item, place(&raised), ended.as_ref().map(place), flags)
        };
        let items = items.into_iter().map(row).collect();
        let carried = carried.into_iter().collect();
        Self { version, template, last, traces, items, declined, carried, once }
    }
}

impl From<Form> for Page {
    fn from(form: Form) -> Self {
        let Form { version, template, last, traces, items, declined, carried, once } = form;
        let known = |row: Row| {
            let (id, kind, text, at, item, raised, ended, flags) = row;
            let done = flags & DONE > 0;
            Some(Known {
                tracked: Tracked { id, kind, text, done, at, item },
                raised: traces.get(raised)?.clone(),
                ended: ended.and_then(|ended| traces.get(ended)).cloned(),
                settled: flags & SETTLED > 0,
                hard: flags & HARD > 0,
            })
        };
        let items = items.into_iter().filter_map(known).collect();
        let carried = carried.into_iter().collect();
        Self { version, template, items, last, declined, carried, once }
    }
}
