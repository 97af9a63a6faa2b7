//! The demo as somebody meets it who opens it for the first time.

use crate::scenario::played;
use crate::served::Served;

#[test]
fn a_visitor_steps_through_the_demo_and_takes_parts() {
    let served = Served::start(&["--paused"]);
    played(
        "demo",
        &serde_json::json!({ "base": served.url(), "train": "demo", "push": "2026.11.26", "links": {} }),
    );
    served.ends();
}
