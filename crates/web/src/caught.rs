//! A panic in what is done for one is no end of what is done for others. What it says of itself may be about anything, and goes
//! to whoever runs the server alone (P9).

use std::any::Any;
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
    AssertUnwindSafe(work).catch_unwind().await.map_err(|said| told(log, about, &*said))
}

/// Tells of a panic, and gives the no for others.
pub(crate) fn told(log: &dyn Log, about: &str, said: &(dyn Any + Send)) -> Refusal {
    let text = said.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| said.downcast_ref::<&str>().copied()).unwrap_or("it does not say");
    let what = format!("the program panicked: {}", train::id::quoted(text));
    log.failed(about, &Refusal::new(Code::Io, what, "report it to those who make pushduty"));
    fault()
}

/// The no for others.
pub(crate) fn fault() -> Refusal {
    let hint = "try once more; tell whoever runs the server";
    Refusal::new(Code::Io, "the server failed at it", hint)
}
