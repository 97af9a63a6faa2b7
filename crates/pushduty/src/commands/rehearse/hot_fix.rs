//! A hot-fix: what production runs gets one commit more while this push is cut, and this push then carries it.

use train::settings::PRODUCTION;

use super::moments::Week;
use super::place::{FIRE, Place};
use super::retag::another_tag;
use crate::session::Ending;
use crate::stage::scenes::named;
use crate::stage::{Player, Rolls, Turn};

/// From the find to production, and back into this push; none where nothing can be seen of production.
pub async fn made(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    let status = p.asks(&["status", "--push", &week.push]).await?;
    // What stays is on production's tag already.
    let leaves = |place: &&Place| {
        let repos = status["repos"].as_array().into_iter().flatten();
        let mut own = repos.filter(|repo| repo["name"] == place.repo.as_str());
        own.any(|repo| repo["stays"] == false && repo["tag"].is_string())
    };
    let Some(place) = week.on_fire.iter().find(leaves) else {
        p.remark(
            "Nothing that leaves with this push is seen in production, so no hot-fix can be shown.",
        );
        return Ok(());
    };
    let repo = place.repo.as_str();
    let (developer, hero) = (week.cast.developer(), &week.cast.hero);
    let at = p.set(&week.midweek(65));
    let now = p.now();
    let commit = place.pretend(p.sandbox, &developer, &now, &FIRE).await?;
    let what = format!(
        "finds what can’t wait in production, and lands what mends it on {repo}; it is pretended."
    );
    p.happens(&at, &developer, &what).await?;
    let commit = named(repo, &commit);
    let at = p.set(&week.midweek(68));
    let pick = ["pick", "--onto", "production", &commit, "--because", FOUND];
    let why = "A hot-fix: the next suffix of what production runs, and nothing of this push. \
               This push lacks it now, and is told so.";
    let Some(tag) = another_tag(p, place, (&at, hero), &pick, why).await? else { return Ok(()) };
    deployed(p, week, place, (&tag, &commit)).await?;
    let at = p.set(&week.midweek(85));
    let pick = ["pick", &commit, "--because", "production has it", "--push", &week.push];
    let why = "This push carries it now; without that its gate would hold.";
    another_tag(p, place, (&at, hero), &pick, why).await?;
    let ready = p.asks(&["ready"]).await?;
    let gates = ready["gates"].as_array().into_iter().flatten();
    let carried =
        gates.filter(|gate| gate["name"] == "carried").all(|gate| gate["state"] == "pass");
    p.must(carried, "this push does not carry the hot-fix")
}

/// The crew brings it to production, and the push that it went onto is over again.
async fn deployed(
    p: &mut Player<'_>,
    week: &Week<'_>,
    place: &Place,
    (tag, commit): (&str, &str),
) -> Result<(), Ending> {
    let (hero, ops) = (&week.cast.hero, week.cast.starter());
    week.crew.deploys(PRODUCTION, Some(&place.copy), &Rolls::Tag(tag.to_owned())).await;
    let at = p.set(&week.midweek(71));
    p.happens(&at, &ops, &format!("deploys {tag} of {} to production.", place.repo)).await?;
    // Two looks at production: half of the machines have it, then all of them.
    for minutes in [73, 74] {
        let at = p.set(&week.midweek(minutes));
        p.asks_as(&ops, &at, &["compare"]).await?;
    }
    let status = p.asks(&["status", "--push", &week.push]).await?;
    let told = status["notes"].as_array().into_iter().flatten();
    let asked = told.filter_map(|note| note.as_str()).any(|note| note.contains(FIRE.message));
    p.must(asked, "this push does not ask for the hot-fix")?;
    let at = p.set(&week.midweek(77));
    let why = "Where it is by now; this push asks for it until it has it.";
    p.plays(Turn { at: &at, who: hero, does: &["where", commit], exit: 0, why }).await?;
    let reopened = place.push_of(tag).unwrap_or_default();
    let at = p.set(&week.midweek(80));
    let finish = ["finish", "--push", &reopened];
    let (exit, _) = p.tries(hero, &at, &[&finish[..], &["--dry-run"]].concat()).await?;
    let why = "The push before is over again, so that from here on every command means this one.";
    let mut does = finish.to_vec();
    if exit != 0 {
        does.extend(["--because", "a rehearsal goes on"]);
    }
    does.push("--yes");
    p.plays(Turn { at: &at, who: hero, does: &does, exit: 0, why }).await?;
    Ok(())
}

/// Why it can't wait.
const FOUND: &str = "downloads are counted twice";
