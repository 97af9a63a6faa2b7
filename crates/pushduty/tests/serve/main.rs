//! The server as people and programs meet it, over real HTTP.

mod acting;
mod bad_requests;
mod coming_in;
mod deploys;
mod described;
mod editor;
mod ending;
mod fleet;
mod following;
mod forms;
mod identities;
mod issuers;
mod keeping;
mod keys;
mod looking;
mod looks;
mod markup;
mod matrix;
mod matrix_answers;
mod matrix_carried;
mod matrix_documents;
mod matrix_doors;
mod matrix_pages;
mod matrix_read;
mod no_demo;
mod notes;
mod packed;
mod plans;
mod quoted;
mod reasons;
mod remote;
mod remote_edit;
mod repair;
mod roles;
mod rotation;
mod server;
mod shown;
mod sign_in;
mod slow;
mod stations;
mod steps;
mod subscribing;
mod told;
mod views;
mod waiting;
mod withheld;
mod working;
mod yjs;

use testkit::{PushDuty, Remote};

/// A train of one repository, cut: mat is the hero, jason is ops, kumar develops, ada is an admin.
pub fn cut() -> (PushDuty, Remote) {
    let remote = Remote::with_a_page("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .crew()
        .person("jason", &["ops"])
        .person("ada", &["admin"])
        .repo(&remote);
    world.hero("mat").types("tag --yes").ok();
    (world, remote)
}
