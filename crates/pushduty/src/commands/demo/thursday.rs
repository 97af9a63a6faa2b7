//! Thursday: what still holds the push, production, and the hand-over.

use jiff::civil::date;

use super::cast::{IRIS, MARA, NOOR, OTTO, QUINN, THEO};
use super::goals;
use super::landed::{self, COUNT, PAGES};
use super::world::{self, named, newest};
use crate::session::Ending;
use crate::stage::scenes::{Bound, bound, text, watched};
use crate::stage::{Crew, Player, Rolls, Turn};

/// What noor finds: visitors may have raised blockers of their own.
const EMPTY: &str = "the second page of results is empty";

/// Thursday, from the first look to the mail.
pub async fn thursday(p: &mut Player<'_>, crew: &Crew) -> Result<(), Ending> {
    p.day(date(2026, 11, 26), "the push leaves at 09:00");
    let why = "Every gate with its sentence and whom to ask; nobody hunts for the answer in chat.";
    let seen = p.plays(Turn { at: "07:00", who: MARA, does: &["ready"], exit: 3, why }).await?;
    p.must(seen.contains(COUNT), "the hot-fix of production is not asked for")?;
    let why = "The task came by itself, from a trailer of #212; theo has done it.";
    let done = ["task", "done", "t1", "--this", "--yes"];
    p.aims(Some(&goals::INDEXED));
    p.plays(Turn { at: "07:01", who: THEO, does: &done, exit: 0, why }).await?;
    p.aims(None);
    let why = "A task for the moment before the start: it is on the run sheet by itself.";
    let task = ["task", "add", "tell support", "--when", "before-start", "--this", "--yes"];
    p.aims(Some(&goals::SUPPORT));
    p.plays(Turn { at: "07:02", who: MARA, does: &task, exit: 0, why }).await?;
    p.aims(None);
    let blocked = blocked(p).await;
    p.goes_on(blocked)?;
    let signed = signed(p).await;
    p.goes_on(signed)?;
    let left = left(p, crew).await;
    p.goes_on(left)?;
    let handed_over = handed_over(p).await;
    p.goes_on(handed_over)
}

async fn blocked(p: &mut Player<'_>) -> Result<(), Ending> {
    let block = ["block", EMPTY, "--owner", THEO, "--yes"];
    let why = "Anybody may stop the train. It stays stopped until somebody settles it by name.";
    p.aims(Some(&goals::BLOCKED));
    p.plays(Turn { at: "07:10", who: NOOR, does: &block, exit: 0, why }).await?;
    p.aims(None);
    p.happens("07:35", THEO, "lands #217 on the server, which mends it.").await?;
    world::land(p.sandbox, "server", &landed::thursday()).await?;
    let (pages, count) = (named(p, "server", PAGES).await?, named(p, "server", COUNT).await?);
    let because = "the second page is empty, and what production got on Wednesday";
    let pick = ["pick", &count, &pages, "--because", because, "--yes"];
    let why = "The server has another tag, with every pick of the one before and the hot-fix; the frontend keeps its own.";
    p.aims(Some(&goals::MENDED));
    p.plays(Turn { at: "07:40", who: MARA, does: &pick, exit: 0, why }).await?;
    p.aims(None);
    newest(p, "server", "2026.11.26-4").await?;
    let ready = p.asks(&["ready"]).await?;
    let carried = ready["gates"].as_array().into_iter().flatten().find(|g| g["name"] == "carried");
    p.must(carried.is_some_and(|g| g["state"] == "pass"), "the hot-fix is not carried")?;
    let status = p.asks(&["status"]).await?;
    let says = |b: &&serde_json::Value| text(&b["text"]).contains(EMPTY);
    let open = status["blockers"].as_array().into_iter().flatten();
    let open = open.filter(|b| b["open"] == true).find(says);
    let blocker = open.map(|b| text(&b["id"])).unwrap_or_default();
    let unblock = ["unblock", &blocker, "--because", "fixed in 2026.11.26-4", "--yes"];
    let why = "Settled by the hero, with a reason that stays in the notes.";
    p.aims(Some(&goals::UNBLOCKED));
    p.plays(Turn { at: "07:42", who: MARA, does: &unblock, exit: 0, why }).await?;
    p.aims(None);
    let sync = ["security", "sync", "--yes"];
    let why = "The twin follows what theo landed. A server does this by itself, all week.";
    p.plays(Turn { at: "07:44", who: MARA, does: &sync, exit: 0, why }).await?;
    let why = "Stage has it.";
    watched(p, ("07:45", MARA), "stage", why).await?;
    Ok(())
}

async fn signed(p: &mut Player<'_>) -> Result<(), Ending> {
    let why =
        "What changed, and then one word for exactly these tags: another tag would have none.";
    p.aims(Some(&goals::TRIED));
    sign(p, ("08:00", QUINN), "qa", why).await?;
    p.aims(None);
    let why = "What the twin holds is for iris to know. Her word is for everybody to see.";
    p.aims(Some(&goals::ANSWERED));
    sign(p, ("08:05", IRIS), "security", why).await?;
    p.aims(None);
    let why = "It is known who will be there.";
    let claim = ["claim", "--yes"];
    p.aims(Some(&goals::CLAIMED));
    p.plays(Turn { at: "08:10", who: OTTO, does: &claim, exit: 0, why }).await?;
    p.aims(None);
    Ok(())
}

async fn sign(
    p: &mut Player<'_>,
    (at, who): (&str, &str),
    role: &str,
    why: &str,
) -> Result<(), Ending> {
    let does = ["approve", "--role", role];
    bound(p, Bound { who, does: &does, reads: None, at, why }).await?;
    Ok(())
}

async fn left(p: &mut Player<'_>, crew: &Crew) -> Result<(), Ending> {
    let dry = ["start", "--dry-run"];
    let why =
        "All of it on one sheet: what leaves in which order, what is to be done, and where back.";
    p.plays(Turn { at: "08:50", who: OTTO, does: &dry, exit: 0, why }).await?;
    p.aims(Some(&goals::STARTED));
    let why = "Support was not told: the task holds the start.";
    if p.begins("08:58", OTTO, &["start", "--yes"]).await? {
        let digest = text(&p.asks(&dry).await?["digest"]);
        let shut = ["start", "--yes", "--if", &digest];
        p.does(Turn { at: "08:58", who: OTTO, does: &shut, exit: 3, why }).await?;
    }
    let because = "told by phone, they are on it";
    // What is let go is bound with what closes it now: a blocker raised after this look would stop it.
    let lets_go = ["start", "--override", "tasks", "--because", because];
    let why = "An override has a name, a reason, and an end: with other tags it is over.";
    if p.begins("09:00", OTTO, &[&lets_go[..], &["--yes"]].concat()).await? {
        let plan = p.asks(&[&lets_go[..], &["--dry-run"]].concat()).await?;
        let digest = text(&plan["digest"]);
        let go = [&lets_go[..], &["--yes", "--if", &digest]].concat();
        p.does(Turn { at: "09:00", who: OTTO, does: &go, exit: 0, why }).await?;
    }
    p.aims(None);
    p.happens("09:02", OTTO, "deploys: the server first, then the frontend.").await?;
    crew.deploys("production", None, &Rolls::Newest).await;
    let why = "Half-rolled is said as half-rolled; this ends when every machine shows the tags.";
    let seen = watched(p, ("09:03", OTTO), "production", why).await?;
    p.must_see(seen.contains("mixed") && seen.contains("current"), "no mixed fleet was seen")?;
    let status = p.asks(&["status"]).await?;
    p.must(status["state"] == "watching", "production does not have the push")
}

async fn handed_over(p: &mut Player<'_>) -> Result<(), Ending> {
    let finish = ["finish", "--issue", "search was slow for two minutes", "--yes"];
    let why = "Times, mail and topic are written; what nobody ticked is in the next push's notes.";
    p.aims(Some(&goals::OVER));
    let told = p.plays(Turn { at: "09:40", who: MARA, does: &finish, exit: 0, why }).await?;
    p.aims(None);
    p.must_see(told.contains("This week's push is done!"), "there is no mail")?;
    let why = "theo's turn. The week is over, and nobody typed a tag, a date or a link.";
    p.plays(Turn { at: "10:00", who: THEO, does: &["status"], exit: 0, why }).await?;
    let status = p.asks(&["status"]).await?;
    p.must(status["hero"] == THEO, "theo is not on duty")?;
    let why = "What this train did, counted from its own record.";
    p.plays(Turn { at: "10:05", who: THEO, does: &["history"], exit: 0, why }).await?;
    Ok(())
}
