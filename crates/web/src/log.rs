//! What a server tells whoever runs it: each answer, and what fails while nobody asks.

use std::time::Duration;

use conductor::failure::Failure;
use train::refusal::Code;

/// Where it is told.
pub trait Log: Send + Sync {
    /// A request was answered.
    fn answered(&self, answered: &Answered<'_>);

    /// Something failed while nobody asked for it: what it was about.
    fn failed(&self, about: &str, failure: &Failure);

    /// Somebody did what no record has.
    fn done(&self, who: &str, what: &str);

    /// Somebody who tried to come in was turned away: by which way they came, from which address, and by what kind of a no; never
    /// with what they came, which the words to them may say again.
    fn turned_away(&self, way: &str, from: &str, code: Code);
}

/// A request's name, for what is said about it.
#[derive(Debug, Clone)]
pub(crate) struct Name(pub String);

/// An answer. What an address names is not in it, since a link's secret may be: only which of our addresses it is.
#[derive(Debug)]
pub struct Answered<'a> {
    /// The request's name: what a proxy gave it, or a new one.
    pub id: &'a str,
    /// The method.
    pub method: &'a str,
    /// The address with names in place of what it names: `/trains/{train}`.
    pub route: &'a str,
    /// The status.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}
