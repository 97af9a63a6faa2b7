//! What the scenes of the demo are for, as the record shows it: a visitor may have done it first.

use serde_json::Value;

use super::cast::{IRIS, MARA};
use super::landed::{COUNT, FOCUS, PAGES, SESSIONS, STARS, WAIT};
use crate::stage::Goal;

/// What the record says of this push, and of last week's.
const STATUS: &[&str] = &["status", "--push", super::PUSH];
const LAST: &[&str] = &["status", "--push", "2026.11.19"];

const fn status(done: fn(&Value) -> bool) -> Goal {
    Goal { who: MARA, asks: STATUS, done }
}

const fn security(done: fn(&Value) -> bool) -> Goal {
    Goal { who: IRIS, asks: &["security", "list"], done }
}

/// The fix of Monday, and that of Wednesday, was reviewed.
pub static REVIEWED: [Goal; 2] = [
    security(|list| branch(list, 1, &["reviewed", "merged"])),
    security(|list| branch(list, 2, &["reviewed", "merged"])),
];
/// The same, on upstream.
pub static MERGED: [Goal; 2] =
    [security(|list| branch(list, 1, &["merged"])), security(|list| branch(list, 2, &["merged"]))];
/// The push is cut.
pub static CUT: Goal =
    status(|status| repo(status, "server").is_some_and(|repo| repo["tag"].is_string()));
/// What can't wait is on the tags.
pub static PICKED: Goal =
    status(|status| picked(status, "server", WAIT) && picked(status, "frontend", FOCUS));
/// So is what does not apply by itself.
pub static BY_HAND: Goal = status(|status| picked(status, "server", STARS));
/// So is the fix that can't wait for next week.
pub static URGENT: Goal = status(|status| picked(status, "server", SESSIONS));
/// Production's tag has what mends it.
pub static HOT_FIX: Goal =
    Goal { who: MARA, asks: LAST, done: |status| picked(status, "server", COUNT) };
/// Last week's push is over again.
pub static LAST_OVER: Goal =
    Goal { who: MARA, asks: LAST, done: |status| status["state"] == "done" };
/// The index was made anew.
pub static INDEXED: Goal =
    status(|status| each(&status["tasks"]).any(|t| t["id"] == "t1" && t["done"] == true));
/// Somebody is to tell support.
pub static SUPPORT: Goal = status(|status| each(&status["tasks"]).any(|t| says(t, "tell support")));
/// The second page is in the way.
pub static BLOCKED: Goal =
    status(|status| each(&status["blockers"]).any(|b| says(b, "second page")));
/// What mends it is on the tag, with what production got.
pub static MENDED: Goal =
    status(|status| picked(status, "server", PAGES) && picked(status, "server", COUNT));
/// Nothing is in the way.
pub static UNBLOCKED: Goal = status(|status| each(&status["blockers"]).all(|b| b["open"] != true));
/// QA has signed off.
pub static TRIED: Goal = status(|status| passes(status, "qa"));
/// Ops will be there.
pub static CLAIMED: Goal = status(|status| each(&status["claims"]).next().is_some());
/// It has left.
pub static STARTED: Goal =
    status(|status| matches!(status["state"].as_str(), Some("pushing" | "watching" | "done")));
/// It is over.
pub static OVER: Goal = status(|status| status["state"] == "done");
/// The security role has answered for the twin.
pub static ANSWERED: Goal =
    Goal { who: IRIS, asks: STATUS, done: |status| signed(status, "security") };

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn says(item: &Value, words: &str) -> bool {
    item["text"].as_str().is_some_and(|text| text.contains(words))
}

fn repo<'v>(status: &'v Value, name: &str) -> Option<&'v Value> {
    each(&status["repos"]).find(|repo| repo["name"] == name)
}

fn picked(status: &Value, name: &str, subject: &str) -> bool {
    repo(status, name)
        .is_some_and(|repo| each(&repo["picks"]).any(|pick| pick["subject"] == subject))
}

fn passes(status: &Value, name: &str) -> bool {
    each(&status["gates"]).any(|gate| gate["name"] == name && gate["state"] == "pass")
}

fn signed(status: &Value, role: &str) -> bool {
    each(&status["signoffs"]).any(|s| s["role"] == role && s["state"] == "given")
}

fn branch(list: &Value, n: u64, states: &[&str]) -> bool {
    let mut branches = each(&list["repos"]).flat_map(|repo| each(&repo["branches"]));
    branches.any(|b| b["n"] == n && states.iter().any(|state| b["state"] == *state))
}
