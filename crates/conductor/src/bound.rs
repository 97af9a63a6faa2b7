//! A yes holds for the plan that was seen, and for no other.

use train::refusal::{Code, Refusal};

use crate::failure::Result;

/// Refuses unless the plan is the one that the person saw (`--if`, exit 5).
pub(crate) fn same_plan(saw: Option<&str>, now: &str) -> Result<()> {
    match saw {
        Some(saw) if saw != now => Err(Refusal::new(
            Code::PlanChanged,
            format!("the plan has changed: it is {now} now, not {}", train::id::quoted(saw)),
            "read the new plan and say yes to that",
        )),
        _ => Ok(()),
    }
}
