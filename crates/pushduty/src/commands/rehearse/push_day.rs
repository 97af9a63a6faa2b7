//! The day of the departure: gates, sign-offs, production by the crew, the hand-over.

use std::collections::BTreeSet;

use serde_json::Value;
use train::people::Role;
use train::settings::PRODUCTION;

use super::moments::Week;
use super::plan::has_services;
use crate::session::Ending;
use crate::stage::scenes::{Bound, bound, text, watched};
use crate::stage::{Player, Rolls, Turn};

/// Why a gate is let go that nobody here can open.
const LET_GO: &str = "a rehearsal goes on";

/// From the first look to the mail.
pub async fn day(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    p.day(
        week.push_at.date(),
        &format!("{} leaves at {}", week.push, week.push_at.strftime("%H:%M")),
    );
    let at = p.set(&week.by_departure(-60));
    let hero = &week.cast.hero;
    let (exit, _) = p.tries(hero, &at, &["ready"]).await?;
    let why =
        "Every gate with its sentence and whom to ask. What is not set up passes and says so.";
    p.plays(Turn { at: &at, who: hero, does: &["ready"], exit, why }).await?;
    signed(p, week).await?;
    started(p, week).await?;
    finished(p, week).await
}

/// Those sign off whom the gates wait for.
async fn signed(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    for (role, minutes) in [(Role::Qa, -50), (Role::Developer, -45)] {
        let Some(signers) = week.cast.signers(role) else { continue };
        let at = p.set(&week.by_departure(minutes));
        if signers.is_empty() {
            p.remark(&format!(
                "Nobody in [people] can sign off as {}: the gate will hold.",
                role.word()
            ));
        }
        for who in signers {
            sign(p, &who, &at, role).await?;
        }
    }
    if !week.plan.twins().is_empty() {
        let at = p.set(&week.by_departure(-40));
        let security = week.cast.of_role(Role::Security);
        let who = security.first().unwrap_or(&week.cast.hero).clone();
        sign(p, &who, &at, Role::Security).await?;
    }
    for who in week.cast.signers(Role::Ops).unwrap_or_default() {
        let at = p.set(&week.by_departure(-35));
        let claim = ["claim", "--yes"];
        let why = "It is known who will be there.";
        p.plays(Turn { at: &at, who: &who, does: &claim, exit: 0, why }).await?;
    }
    Ok(())
}

async fn sign(p: &mut Player<'_>, who: &str, at: &str, role: Role) -> Result<(), Ending> {
    let does = ["approve", "--role", role.word()];
    let dry = ["approve", "--role", role.word(), "--dry-run"];
    let (exit, _) = p.tries(who, at, &dry).await?;
    if exit != 0 {
        let why = "It would be so in the real week too; the gate holds.";
        p.plays(Turn { at, who, does: &dry, exit, why }).await?;
        return Ok(());
    }
    let why = "For exactly these tags: another tag of a repository would have none.";
    bound(p, Bound { who, does: &does, reads: None, at, why }).await?;
    Ok(())
}

async fn started(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    let who = week.cast.starter();
    let reads = p.set(&week.by_departure(-10));
    let dry = ["start", "--dry-run"];
    let why =
        "All of it on one sheet: what leaves in which order, what is to be done, and where back.";
    p.plays(Turn { at: &reads, who: &who, does: &dry, exit: 0, why }).await?;
    let digest = text(&p.asks(&dry).await?["digest"]);
    let at = p.set(&week.by_departure(0));
    let (_, ready) = p.tries(&who, &at, &["ready"]).await?;
    let closed = closed(&ready);
    if !closed.is_empty() {
        let shut = ["start", "--yes", "--if", &digest];
        let why = "A gate that does not pass holds production.";
        p.plays(Turn { at: &at, who: &who, does: &shut, exit: 3, why }).await?;
    }
    let mut go = vec!["start"];
    for gate in &closed {
        go.extend(["--override", gate]);
    }
    if !closed.is_empty() {
        go.extend(["--because", LET_GO]);
    }
    // What is let go is bound with what closes it now.
    let reads: Vec<&str> = go.iter().copied().chain(["--dry-run"]).collect();
    let digest = text(&p.asks(&reads).await?["digest"]);
    go.extend(["--yes", "--if", &digest]);
    let why = match closed.is_empty() {
        true => {
            "Every gate holds. From here on it is known who brought what to production, and when."
        }
        false => "An override has a name, a reason, and an end: with other tags it is over.",
    };
    p.plays(Turn { at: &at, who: &who, does: &go, exit: 0, why }).await?;
    deployed(p, week, &who).await
}

/// The gates that hold, by their names.
fn closed(ready: &Value) -> BTreeSet<String> {
    let gates = ready["gates"].as_array().into_iter().flatten();
    let holds = |gate: &&Value| gate["state"] != "pass" && gate["overridden"].is_null();
    gates.filter(holds).map(|gate| text(&gate["name"])).collect()
}

async fn deployed(p: &mut Player<'_>, week: &Week<'_>, who: &str) -> Result<(), Ending> {
    week.crew.deploys(PRODUCTION, None, &Rolls::Newest).await;
    let settings = &week.plan.loaded.settings;
    let at = p.set(&week.by_departure(2));
    if has_services(settings, PRODUCTION) {
        p.happens(&at, who, "deploys; it is the crew that pretends to, and no program of yours.")
            .await?;
        let at = p.set(&week.by_departure(3));
        let why = "This ends when every machine shows the tags.";
        watched(p, (&at, who), PRODUCTION, why).await?;
    } else {
        p.happens(&at, who, "deploys. Production is not set up, so nothing can be seen of it.")
            .await?;
    }
    let at = p.set(&week.by_departure(10));
    let promote = ["promote", "--yes"];
    let (exit, _) = p.tries(who, &at, &["promote", "--dry-run"]).await?;
    let (promote, exit): (&[&str], i32) = match exit {
        0 => (&promote, 0),
        _ => (&["promote", "--because", LET_GO, "--yes"], 0),
    };
    let why = "Where taking over is a step of its own, its own tasks come first.";
    p.plays(Turn { at: &at, who, does: promote, exit, why }).await?;
    Ok(())
}

async fn finished(p: &mut Player<'_>, week: &Week<'_>) -> Result<(), Ending> {
    let hero = &week.cast.hero;
    let at = p.set(&week.by_departure(30));
    let finish = ["finish", "--yes"];
    let why = "Times, mail and topic are written; what nobody ticked is in the next push's notes.";
    let told = p.plays(Turn { at: &at, who: hero, does: &finish, exit: 0, why }).await?;
    p.must(told.contains("push is done!"), "there is no mail")?;
    let at = p.set(&week.by_departure(40));
    let why = "The record is a chain, anchored in the tags themselves: a page torn out would show.";
    p.plays(Turn { at: &at, who: hero, does: &["verify"], exit: 0, why }).await?;
    let at = p.set(&week.by_departure(45));
    let why = "What comes next, and whose turn it is.";
    p.plays(Turn { at: &at, who: hero, does: &["status"], exit: 0, why }).await?;
    Ok(())
}
