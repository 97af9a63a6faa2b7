//! What a scene is for, as the record shows it: a visitor of the demo may have done it before the scene came.

use serde_json::Value;

/// What a scene is for.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    /// Who asks: somebody who may know.
    pub who: &'static str,
    /// What they ask, after `pushduty`.
    pub asks: &'static [&'static str],
    /// Whether the document that is answered shows it done.
    pub done: fn(&Value) -> bool,
}
