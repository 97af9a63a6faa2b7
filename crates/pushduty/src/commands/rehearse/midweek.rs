//! Between cut and departure: an ask and its pick, a blocker that another tag mends, and the week's two exceptions.

use serde_json::Value;

use super::cut::STAGE;
use super::moments::Week;
use super::place::MENDS;
use super::plan::has_services;
use super::retag::another_tag;
use super::{by_hand, hot_fix};
use crate::session::Ending;
use crate::stage::scenes::{Bound, bound, named, text, watched};
use crate::stage::{Player, Turn};

/// What can't wait for the next push.
pub async fn day(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    p.day(week.midweek(0).date(), "what can't wait goes on top");
    let developer = week.cast.developer();
    let at = p.set(&week.midweek(0));
    let now = p.now();
    let commit = week.late.land(p.sandbox, &developer, &now).await?;
    let repo = week.late.place.repo.as_str();
    let what = match week.late.is_real() {
        true => format!(
            "The newest of {repo}’s own commits lands: it was held back on the copy until now."
        ),
        false => format!(
            "A commit lands on {repo}; it is pretended, for none of your own could be held back."
        ),
    };
    p.happens(&at, &developer, &what).await?;
    picked(p, week, &commit).await?;
    blocked(p, week).await?;
    by_hand::resolved(p, week).await?;
    hot_fix::made(p, week).await?;
    synced(p, week).await?;
    if has_services(&week.plan.loaded.settings, STAGE) {
        let at = p.set(&week.midweek(95));
        watched(p, (&at, &week.cast.hero), STAGE, "Stage has it.").await?;
    }
    Ok(())
}

/// Somebody asks for it, and the hero picks what is asked for.
async fn picked(p: &mut Player<'_>, week: &Week<'_>, commit: &str) -> Result<(), Ending> {
    let (developer, hero) = (week.cast.developer(), &week.cast.hero);
    let commit = named(week.late.place.repo.as_str(), commit);
    let at = p.set(&week.midweek(3));
    let ask = ["ask", &commit, "to see how a pick goes", "--this", "--yes"];
    let why = "Tried at once: whoever asks knows while still at the keyboard whether it applies.";
    p.plays(Turn { at: &at, who: &developer, does: &ask, exit: 0, why }).await?;
    let reads = p.set(&week.midweek(6));
    let pick = ["pick", "--asked"];
    let (exit, _) = p.tries(hero, &reads, &["pick", "--asked", "--dry-run"]).await?;
    if exit != 0 {
        let does = ["pick", "--asked", "--dry-run"];
        let why =
            "This is what a conflict looks like; `pick --resolve` would open a work tree at it.";
        p.plays(Turn { at: &reads, who: hero, does: &does, exit, why }).await?;
        return Ok(());
    }
    let at = week.midweek(9).strftime("%H:%M").to_string();
    let first = "What is asked for, in main's order, onto the next suffix.";
    let why = "A new tag with the commit's author and origin; the one before stays where it is.";
    let reads = Some((&*reads, first));
    bound(p, Bound { who: hero, does: &pick, reads, at: &at, why }).await?;
    Ok(())
}

/// The private twins follow what landed.
async fn synced(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    if week.plan.twins().is_empty() {
        return Ok(());
    }
    let at = p.set(&week.midweek(92));
    let why = "The twins follow what landed. A server does this by itself, all week.";
    let sync = ["security", "sync", "--yes"];
    let (exit, _) = p.tries(&week.cast.hero, &at, &["security", "sync", "--dry-run"]).await?;
    p.plays(Turn { at: &at, who: &week.cast.hero, does: &sync, exit, why }).await?;
    Ok(())
}

/// A blocker comes, and another tag mends it.
async fn blocked(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    let (developer, hero) = (week.cast.developer(), &week.cast.hero);
    let at = p.set(&week.midweek(20));
    let mut block = vec!["block", PAGE, "--yes"];
    if !week.plan.loaded.settings.people.is_empty() {
        block.extend(["--owner", &developer]);
    }
    let why = "Anybody may stop the train. It stays stopped until somebody settles it by name.";
    p.plays(Turn { at: &at, who: &developer, does: &block, exit: 0, why }).await?;
    let status = p.asks(&["status"]).await?;
    let held =
        |b: &&Value| b["open"] == true && b["text"].as_str().is_some_and(|t| t.contains(PAGE));
    let open = status["blockers"].as_array().into_iter().flatten().find(held);
    let id = open.map(|blocker| text(&blocker["id"])).unwrap_or_default();
    p.must(!id.is_empty(), "the blocker is not there")?;
    let because = match mended(p, week).await? {
        Some(tag) => format!("fixed in {tag}"),
        None => "only on an old browser, and known".to_owned(),
    };
    let at = p.set(&week.midweek(30));
    let unblock = ["unblock", &id, "--because", &because, "--yes"];
    let why = "Settled by the hero, with a reason that stays in the notes.";
    p.plays(Turn { at: &at, who: hero, does: &unblock, exit: 0, why }).await?;
    Ok(())
}

/// What mends the blocker lands, and gets another tag; none where it does not go onto this one.
async fn mended(p: &mut Player<'_>, week: &Week<'_>) -> Result<Option<String>, Ending> {
    let (developer, hero) = (week.cast.developer(), &week.cast.hero);
    let (place, at) = (&week.late.place, p.set(&week.midweek(24)));
    let now = p.now();
    let commit = place.pretend(p.sandbox, &developer, &now, &MENDS).await?;
    p.happens(&at, &developer, &format!("lands what mends it on {}; it is pretended.", place.repo))
        .await?;
    let commit = named(place.repo.as_str(), &commit);
    let at = p.set(&week.midweek(28));
    let pick = ["pick", &commit, "--because", PAGE];
    let why = "Another tag, with every pick of the one before; a sign-off for that one is over.";
    another_tag(p, place, (&at, hero), &pick, why).await
}

/// What the blocker is known by.
const PAGE: &str = "the second page of results is empty";
