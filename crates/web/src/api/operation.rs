//! An operation of the interface: where it is, what it takes and gives, and who answers.

use axum::routing::MethodRouter;
use schemars::{Schema, SchemaGenerator};

use crate::house::House;

/// Makes a schema, and notes what it names.
pub(super) type Form = fn(&mut SchemaGenerator) -> Schema;

/// What is sent or answered: in which form, and what it is.
#[derive(Clone, Copy)]
pub(super) struct Body {
    pub status: u16,
    pub kind: &'static str,
    pub about: &'static str,
    pub form: Form,
}

/// One address with its method.
pub(super) struct Operation {
    /// Its name: unique.
    pub id: &'static str,
    /// Whether it changes something.
    pub acts: bool,
    /// Below `/api/v1`.
    pub path: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// More of them.
    pub about: &'static str,
    /// What can be asked behind the question mark: an object's properties.
    pub query: Form,
    /// Headers that it heeds, each with what it is.
    pub headers: &'static [(&'static str, &'static str)],
    /// What is sent.
    pub takes: Option<Body>,
    /// What is answered when all is well.
    pub gives: &'static [Body],
    /// The statuses of its noes.
    pub noes: &'static [u16],
    /// Whether it is answered to whoever asks, known or not.
    pub open: bool,
    pub serves: Serves,
}

/// Who answers.
#[derive(Clone, Copy)]
pub(super) enum Serves {
    /// A handler.
    By(fn() -> MethodRouter<House>),
    /// The description that is made from this table.
    Description,
    /// The same as a page.
    Page,
}
