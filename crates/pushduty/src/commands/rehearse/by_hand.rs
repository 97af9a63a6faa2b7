//! A conflict that is finished by hand.

use std::path::PathBuf;

use super::moments::Week;
use super::place::{BY_HAND, TWICE};
use crate::session::Ending;
use crate::stage::scenes::{Bound, bound, named, text};
use crate::stage::{Player, Turn};

/// What a conflict of picks ends with.
const CONFLICT: i32 = 4;

/// What a conflict in a text begins with.
const MARKER: &[u8] = b"<<<<<<<";

/// The same line changes twice, and the later change alone is wanted: the hero opens the work tree, edits the file as a
/// person does, and goes on.
pub async fn resolved(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    let (developer, hero) = (week.cast.developer(), &week.cast.hero);
    let (place, at) = (&week.late.place, p.set(&week.midweek(40)));
    let now = p.now();
    let mut commit = String::new();
    for change in &TWICE {
        commit = place.pretend(p.sandbox, &developer, &now, change).await?;
    }
    let what = format!(
        "changes one line of {} twice, in {}, and would like the second change out this week; both are pretended.",
        TWICE[0].file, place.repo
    );
    p.happens(&at, &developer, &what).await?;
    let commit = named(place.repo.as_str(), &commit);
    let at = p.set(&week.midweek(42));
    let dry = ["pick", &commit, "--dry-run"];
    let (exit, _) = p.tries(hero, &at, &dry).await?;
    let why = match exit {
        CONFLICT => {
            "A conflict names the file, the place, and the commit that is likely needed first. \
             It is finished by hand."
        }
        _ => "No conflict here, so nothing to finish by hand.",
    };
    p.plays(Turn { at: &at, who: hero, does: &dry, exit, why }).await?;
    if exit != CONFLICT {
        return Ok(());
    }
    let at = p.set(&week.midweek(45));
    let resolve = ["pick", &commit, "--resolve"];
    let why = "A scratch work tree at the conflict, and exact instructions. Nothing is published.";
    p.plays(Turn { at: &at, who: hero, does: &resolve, exit: 0, why }).await?;
    goes_on(p, week).await
}

async fn goes_on(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    let hero = &week.cast.hero;
    let tree = PathBuf::from(text(&p.asks(&["pick", "--abort", "--dry-run"]).await?["dir"]));
    let file = tree.join(TWICE[0].file);
    let there = std::fs::read(&file).unwrap_or_default();
    if !there.windows(MARKER.len()).any(|seen| seen == MARKER) {
        let at = p.set(&week.midweek(50));
        let does = ["pick", "--abort", "--yes"];
        let why = "Here git marks no conflict in such a file, by the repository’s attributes: whoever \
                   works on it says by `git add` that it is done. This one is given up.";
        p.plays(Turn { at: &at, who: hero, does: &does, exit: 0, why }).await?;
        return Ok(());
    }
    let at = p.set(&week.midweek(50));
    p.edits(&at, hero, &file, BY_HAND).await?;
    let reads = p.set(&week.midweek(54));
    let first = "Read before it is published, as every plan is; a marker left over would stop it.";
    let at = week.midweek(57).strftime("%H:%M").to_string();
    let why = "On the tag with its author and its origin, and with who resolved it.";
    let reads = Some((&*reads, first));
    let scene = Bound { who: hero, does: &["pick", "--continue"], reads, at: &at, why };
    let (plan, _) = bound(p, scene).await?;
    let repos = plan["repos"].as_array().into_iter().flatten();
    for tag in repos.map(|repo| text(&repo["tag"])) {
        week.late.place.must_have(p, &tag).await?;
    }
    Ok(())
}
