//! A panic in what is done for one is no end of what is done for others. What it says of itself may be about anything, and goes
//! to whoever runs the server alone (P9).

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use train::refusal::{Code, Refusal};

use crate::log::Log;

/// Does it; where it panics that is told to whoever runs the server, and the answer is the no that others get.
///
/// What is borrowed or shared by the work is either of the work alone or stays whole by itself: locks here are taken again
/// whatever became of who held them.
pub(crate) async fn caught<T>(
    log: &dyn Log,
    about: &str,
    work: impl Future<Output = T>,
) -> Result<T, Refusal> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| told(log, about))
}

/// Tells that there was one, and gives the no for others. What it said may be about anything that is under embargo; where it
/// was, the program's own word on standard error tells.
pub(crate) fn told(log: &dyn Log, about: &str) -> Refusal {
    let hint = "report where to those who make pushduty: standard error names file and line";
    log.failed(about, &Refusal::new(Code::Io, "the program panicked", hint));
    fault()
}

/// The no for others.
pub(crate) fn fault() -> Refusal {
    let hint = "try once more; tell whoever runs the server";
    Refusal::new(Code::Io, "the server failed at it", hint)
}
