//! A pick that makes another tag, where it goes.

use super::place::Place;
use crate::session::Ending;
use crate::stage::scenes::{text, with};
use crate::stage::{Player, Turn};

/// A pick, where it goes; gives the tag that it makes. Where it does not go, that is shown as the real week would.
pub async fn another_tag(
    p: &mut Player<'_>,
    place: &Place,
    (at, who): (&str, &str),
    pick: &[&str],
    why: &str,
) -> Result<Option<String>, Ending> {
    let dry = with(pick, &["--dry-run"]);
    let (exit, plan) = p.tries(who, at, &dry).await?;
    if exit != 0 {
        let why = "It would be so in the real week too.";
        p.plays(Turn { at, who, does: &dry, exit, why }).await?;
        return Ok(None);
    }
    let repos = plan["repos"].as_array().into_iter().flatten();
    let own = repos.filter(|repo| repo["name"] == place.repo.as_str());
    let tag = own.map(|repo| text(&repo["tag"])).next().unwrap_or_default();
    p.plays(Turn { at, who, does: &with(pick, &["--yes"]), exit: 0, why }).await?;
    place.must_have(p, &tag).await?;
    Ok(Some(tag))
}
