//! Scenes that more than one story has.

use serde_json::Value;

use super::player::{Player, Turn};
use crate::session::Ending;

/// How much of a hash a person types.
const TYPED: usize = 10;

/// Somebody does exactly what a plan says that they read, or nothing.
pub struct Bound<'a> {
    /// Who.
    pub who: &'a str,
    /// What they type after `pushduty`, without what agrees to it.
    pub does: &'a [&'a str],
    /// When they read the plan, and why that matters; none where it is not shown.
    pub reads: Option<(&'a str, &'a str)>,
    /// When they do it.
    pub at: &'a str,
    /// Why it matters.
    pub why: &'a str,
}

/// Plays the reading and the doing; gives the plan, and what the binary wrote.
pub async fn bound(p: &mut Player<'_>, scene: Bound<'_>) -> Result<(Value, String), Ending> {
    let Bound { who, does, reads, at, why } = scene;
    let dry = with(does, &["--dry-run"]);
    if let Some((at, why)) = reads {
        p.plays(Turn { at, who, does: &dry, exit: 0, why }).await?;
    }
    if !p.begins(at, who, &with(does, &["--yes"])).await? {
        return Ok((Value::Null, String::new()));
    }
    let plan = p.asks_as(who, at, &dry).await?;
    let digest = text(&plan["digest"]);
    let does = with(does, &["--yes", "--if", &digest]);
    let told = p.does(Turn { at, who, does: &does, exit: 0, why }).await?;
    Ok((plan, told))
}

/// Follows an environment until it shows the tags, by looks so short apart that a roll-out is seen half-way.
pub async fn watched(
    p: &mut Player<'_>,
    (at, who): (&str, &str),
    environment: &str,
    why: &str,
) -> Result<String, Ending> {
    let watch = ["watch", environment, "--every", "0.05", "--limit", "30"];
    p.plays(Turn { at, who, does: &watch, exit: 0, why }).await
}

/// Words with more words behind them.
pub fn with<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    words.iter().chain(more).copied().collect()
}

/// A commit as a person names it.
pub fn named(repo: &str, hash: &str) -> String {
    format!("{repo}:{}", hash.chars().take(TYPED).collect::<String>())
}

/// A text of a document.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
