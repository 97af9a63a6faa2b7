//! Wednesday's two exceptions: a conflict that is finished by hand, and a hot-fix onto what production runs.

use std::path::PathBuf;

use super::cast::{MARA, OTTO, THEO};
use super::goals;
use super::landed::{self, COUNT, SEARCH_BY_HAND};
use super::world::{self, named, newest};
use crate::session::Ending;
use crate::stage::scenes::{Bound, bound, text};
use crate::stage::{Crew, Player, Rolls, Turn};

/// The hero opens the work tree, edits the file as a person does, and goes on.
pub async fn resolved(p: &mut Player<'_>, stars: &str) -> Result<(), Ending> {
    let resolve = ["pick", stars, "--resolve"];
    let why = "A scratch work tree at the conflict, and exact instructions. Nothing is published.";
    p.aims(Some(&goals::BY_HAND));
    p.plays(Turn { at: "10:30", who: MARA, does: &resolve, exit: 0, why }).await?;
    if p.is_done() {
        p.aims(None);
        return Ok(());
    }
    let tree = PathBuf::from(text(&p.asks(&["pick", "--abort", "--dry-run"]).await?["dir"]));
    let file = tree.join("search.py");
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    p.must(there.contains("<<<<<<<"), "the work tree shows no conflict")?;
    p.edits("10:36", MARA, &file, SEARCH_BY_HAND).await?;
    let first = "Read before it is published, as every plan is; a marker left over would stop it.";
    let why = "#216 is on the tag with its author and its origin, and mara as who resolved it.";
    let goes_on = ["pick", "--continue"];
    let reads = Some(("10:40", first));
    bound(p, Bound { who: MARA, does: &goes_on, reads, at: "10:42", why }).await?;
    p.aims(None);
    newest(p, "server", "2026.11.26-2").await
}

/// Production can't wait for Thursday: what it runs gets one commit more, while this week's push is cut.
pub async fn hot_fix(p: &mut Player<'_>, crew: &Crew) -> Result<(), Ending> {
    let what = "finds that downloads are counted twice, and lands #218 on the server.";
    p.happens("14:40", THEO, what).await?;
    world::land(p.sandbox, "server", &landed::fire()).await?;
    let fix = named(p, "server", COUNT).await?;
    let because = "downloads are counted twice";
    let pick = ["pick", "--onto", "production", &fix, "--because", because, "--yes"];
    let why = "A hot-fix: the next suffix of what production runs, and nothing of this week's push. \
               That push lacks it now, and is told so.";
    p.aims(Some(&goals::HOT_FIX));
    p.plays(Turn { at: "14:50", who: MARA, does: &pick, exit: 0, why }).await?;
    p.aims(None);
    let tags = world::tags(p.sandbox, "server").await?;
    let made = tags.iter().any(|(tag, _)| tag == HOT);
    p.must(made, "the server has no tag for the hot-fix")?;
    let server = p.sandbox.remote("server");
    p.happens("14:55", OTTO, "deploys 2026.11.19-1 of the server to production.").await?;
    crew.deploys("production", Some(&server), &Rolls::Tag(HOT.to_owned())).await;
    // Two looks at production: half of the machines have it, then all of them.
    for _ in 0..2 {
        p.asks_as(OTTO, "14:58", &["compare"]).await?;
    }
    let why = "Out within a quarter of an hour; this week's push asks for it on Thursday.";
    p.plays(Turn { at: "15:00", who: THEO, does: &["where", &fix], exit: 0, why }).await?;
    let status = p.asks(&["status"]).await?;
    let asks = status["notes"].as_array().into_iter().flatten();
    let asked = asks.filter_map(|note| note.as_str()).any(|note| note.contains(COUNT));
    p.must(asked, "this week's push does not ask for the hot-fix")?;
    let why =
        "Last week's push is over again, so that from here on every command means this week's.";
    let finish = ["finish", "--push", "2026.11.19", "--yes"];
    p.aims(Some(&goals::LAST_OVER));
    p.plays(Turn { at: "15:05", who: MARA, does: &finish, exit: 0, why }).await?;
    p.aims(None);
    Ok(())
}

/// The tag of the hot-fix.
const HOT: &str = "2026.11.19-1";
