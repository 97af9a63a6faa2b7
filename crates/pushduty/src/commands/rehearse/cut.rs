//! The eve of the cut, and the cut: the schedule, what waits on the private twins, the tags, stage.

use serde_json::Value;
use train::people::Role;

use super::moments::Week;
use super::plan::has_services;
use crate::session::Ending;
use crate::stage::scenes::{Bound, bound, text, watched};
use crate::stage::{Player, Turn};

/// The day before: who is on duty, and what is reviewed.
pub async fn eve(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    p.day(week.eve(0).date(), "the day before the cut");
    let at = p.set(&week.eve(0));
    let hero = &week.cast.hero;
    let why = format!("Dates and turns are computed. {hero} is on duty for {}.", week.push);
    p.plays(Turn { at: &at, who: hero, does: &["schedule"], exit: 0, why: &why }).await?;
    if week.plan.twins().is_empty() {
        return Ok(());
    }
    let security = week.cast.of_role(Role::Security);
    let who = security.first().unwrap_or(hero);
    let at = p.set(&week.eve(10));
    let why = "For those who hold the security role. Without it there is nothing to see, not even how many.";
    p.plays(Turn { at: &at, who, does: &["security", "list"], exit: 0, why }).await?;
    reviewed(p, week, &security).await
}

/// Somebody who may reviews the first branch that waits in each private twin.
async fn reviewed(p: &mut Player<'_>, week: &Week<'_>, people: &[String]) -> Result<(), Ending> {
    let at = p.set(&week.eve(15));
    let listed = p.asks(&["security", "list"]).await?;
    let mut reviewed = false;
    for repo in listed["repos"].as_array().into_iter().flatten() {
        let open = |branch: &&Value| matches!(branch["state"].as_str(), Some("open" | "moved"));
        let Some(branch) = repo["branches"].as_array().into_iter().flatten().find(open) else {
            continue;
        };
        let (name, number) = (text(&repo["name"]), branch["n"].to_string());
        let approve = ["security", "approve", &number, "--repo", &name];
        for who in people.iter().chain([&week.cast.hero]) {
            let dry = [&approve[..], &["--dry-run"]].concat();
            if p.tries(who, &at, &dry).await?.0 != 0 {
                continue;
            }
            let why = "The approval is for this very hash; a branch that moves afterwards is held.";
            let does = [&approve[..], &["--yes"]].concat();
            p.plays(Turn { at: &at, who, does: &does, exit: 0, why }).await?;
            reviewed = true;
            break;
        }
    }
    if !reviewed {
        p.remark("Nothing waits that somebody could review.");
    }
    Ok(())
}

/// The day of the cut.
pub async fn day(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    p.day(week.cut_at.date(), &format!("{} cuts {}", week.cast.hero, week.push));
    let left = merged(p, week).await?;
    cut(p, week, left).await?;
    let hero = &week.cast.hero;
    let settings = &week.plan.loaded.settings;
    if has_services(settings, STAGE) {
        let at = p.set(&week.after_cut(4));
        let why = "The crew takes every new tag to stage; half-rolled is said as half-rolled.";
        watched(p, (&at, hero), STAGE, why).await?;
    } else {
        p.remark("No stage is set up, so nothing can be seen of it; its gate passes and says so.");
    }
    let at = p.set(&week.after_cut(8));
    let why = "Read from the record, so it is there at once, and says how old it is.";
    p.plays(Turn { at: &at, who: hero, does: &["status"], exit: 0, why }).await?;
    let status = p.asks(&["status"]).await?;
    p.must(status["push"] == week.push.as_str(), "another push was cut")
}

/// The environment whose versions the gate `staged` looks at.
pub const STAGE: &str = "stage";

/// What is reviewed becomes public, before the cut. Tells whether something reviewed could not be merged.
async fn merged(p: &mut Player<'_>, week: &Week<'_>) -> Result<bool, Ending> {
    if week.plan.twins().is_empty() {
        return Ok(false);
    }
    let hero = &week.cast.hero;
    let (reads, does) = (p.set(&week.after_cut(-10)), week.after_cut(-5));
    let merge = ["security", "merge"];
    let (exit, plan) = p.tries(hero, &reads, &["security", "merge", "--dry-run"]).await?;
    if exit != 0 {
        let why = "It would stop the real week at this place too. The cut goes on without it.";
        let does = ["security", "merge", "--dry-run"];
        p.plays(Turn { at: &reads, who: hero, does: &does, exit, why }).await?;
        return Ok(true);
    }
    let brings = |repo: &Value| repo["branches"].as_array().is_some_and(|b| !b.is_empty());
    if !plan["repos"].as_array().into_iter().flatten().any(brings) {
        p.remark("Nothing reviewed waits on the security remotes.");
        return Ok(false);
    }
    let first = "The difference that becomes public, to read before it does.";
    let at = does.strftime("%H:%M").to_string();
    let why = "Upstream gets it first, then the twin follows: the two never drift apart.";
    let reads = Some((&*reads, first));
    bound(p, Bound { who: hero, does: &merge, reads, at: &at, why }).await?;
    Ok(false)
}

async fn cut(p: &mut Player<'_>, week: &Week<'_>, left: bool) -> Result<(), Ending> {
    let hero = &week.cast.hero;
    let reads = p.set(&week.after_cut(0));
    let mut does = vec!["tag"];
    if left {
        does.extend(["--without-security", "--because", "it does not merge"]);
    }
    let (_, plan) = p.tries(hero, &reads, &[&does[..], &["--dry-run"]].concat()).await?;
    if plan["push"].as_str().is_some_and(|push| push != week.push) {
        does.extend(["--push", &week.push]);
    }
    let stays = staying(&plan);
    for repo in &stays {
        does.extend(["--stay", repo]);
    }
    if !stays.is_empty() && !left {
        does.extend(["--because", "nothing new"]);
    }
    let first =
        "One plan to read: commits, migrations, the base and why it is that. Nothing is done yet.";
    let at = week.after_cut(2).strftime("%H:%M").to_string();
    let why = "Exactly the plan that was read, or nothing. Nobody typed a tag, a date or a link.";
    let reads = Some((&*reads, first));
    bound(p, Bound { who: hero, does: &does, reads, at: &at, why }).await?;
    Ok(())
}

/// The repositories that would get a tag with nothing new on it, where others have something.
fn staying(plan: &Value) -> Vec<String> {
    let repos = || plan["repos"].as_array().into_iter().flatten();
    let nothing = |repo: &&Value| repo["commit_count"] == 0 && repo["base"].is_string();
    if repos().all(|repo| nothing(&repo)) {
        return Vec::new();
    }
    repos().filter(nothing).map(|repo| text(&repo["name"])).collect()
}
