//! The story: Monday to Wednesday of a push, as the people of the demo live it.

use jiff::civil::date;

use super::by_hand;
use super::cast::{IRIS, MARA, NOOR, THEO};
use super::goals::{self, MERGED, REVIEWED};
use super::landed::{self, FOCUS, PULL, SESSIONS, SORT, STARS, WAIT};
use super::world::{self, named, newest};
use crate::session::Ending;
use crate::stage::scenes::{Bound, bound, watched};
use crate::stage::{Crew, Player, Turn, git};

/// Monday: everybody writes; the calendar and the machine know what will leave when.
pub async fn monday(p: &mut Player<'_>) -> Result<(), Ending> {
    p.day(date(2026, 11, 23), "what lands before Tuesday 09:00 leaves on Thursday");
    p.plays(Turn {
        at: "09:30",
        who: NOOR,
        does: &["schedule", "--to", "2026.12.17"],
        exit: 0,
        why: "Dates and turns are computed; nobody keeps a list. mara is this week's hero.",
    })
    .await?;
    p.happens("10:12", NOOR, "lands #211 on the server, and later #87 on the frontend.").await?;
    for (remote, stream) in landed::monday() {
        world::land(p.sandbox, remote, &stream).await?;
    }
    p.happens("11:40", THEO, "lands #212 on the server, with a migration.").await?;
    let what = "pushes a fix to the server's security twin, for nobody to see yet.";
    p.secretly("13:05", THEO, what).await?;
    world::land(p.sandbox, "server-security", &landed::embargoed()).await?;
    let sort = named(p, "server", SORT).await?;
    p.plays(Turn {
        at: "15:00",
        who: NOOR,
        does: &["where", &sort],
        exit: 0,
        why: "“Is it out yet?” has an answer before anybody is asked.",
    })
    .await?;
    p.plays(Turn {
        at: "16:10",
        who: IRIS,
        does: &["security", "list"],
        exit: 0,
        why: "iris holds the security role. Without it there is nothing to see, not even how many.",
    })
    .await?;
    let why = "The approval is for this very hash; a branch that moves afterwards is held.";
    p.aims(Some(&REVIEWED[0]));
    p.plays(Turn {
        at: "16:15",
        who: IRIS,
        does: &["security", "approve", "1", "--yes"],
        exit: 0,
        why,
    })
    .await?;
    p.aims(None);
    Ok(())
}

/// Tuesday: the cut.
pub async fn tuesday(p: &mut Player<'_>) -> Result<(), Ending> {
    p.day(date(2026, 11, 24), "mara cuts the push");
    let why = "Upstream got the fix first, then the twin followed: the two never drift apart.";
    p.aims(Some(&MERGED[0]));
    let merged = merge(p, ("08:50", "08:55"), why).await;
    p.goes_on(merged)?;
    p.aims(Some(&goals::CUT));
    let cut = cut(p).await;
    p.goes_on(cut)?;
    p.aims(None);
    let why = "At the first look half of the machines had the new tag: mixed, and said so.";
    let seen = watched(p, ("09:04", MARA), "stage", why).await?;
    p.must_see(seen.contains("mixed") && seen.contains("current"), "no mixed fleet was seen")?;
    p.plays(Turn {
        at: "09:06",
        who: MARA,
        does: &["status"],
        exit: 0,
        why: "Read from the record, so it is there at once, and says how old it is. Production is \
              last week's until Thursday.",
    })
    .await?;
    let status = p.asks(&["status"]).await?;
    p.must(status["state"] == "staged", "the push is not on stage")?;
    let afternoon = afternoon(p).await;
    p.goes_on(afternoon)
}

async fn cut(p: &mut Player<'_>) -> Result<(), Ending> {
    let does = ["tag", "--stay", "worker", "--because", "nothing new"];
    let first = "One plan to read, counted from what production really runs. Nothing is done yet.";
    let why = "Exactly the plan that was read, or nothing. The links show what ships.";
    let reads = Some(("09:00", first));
    bound(p, Bound { who: MARA, does: &does, reads, at: "09:02", why }).await?;
    for repo in ["server", "frontend"] {
        newest(p, repo, super::PUSH).await?;
    }
    Ok(())
}

async fn afternoon(p: &mut Player<'_>) -> Result<(), Ending> {
    let what = "merges pull request #213 on the server, by the button, after the cut.";
    p.happens("14:10", NOOR, what).await?;
    world::land(p.sandbox, "server", &landed::pull_request()).await?;
    let what = "kicks the frontend's build the old way: `git tag 2026.11.26-1`, by hand.";
    p.happens("15:20", THEO, what).await?;
    let by_hand = ["tag", "2026.11.26-1", "2026.11.26^{commit}"];
    let kicked = git(&p.sandbox.remote("frontend"), &by_hand, None).await.map(drop);
    p.goes_on(kicked)?;
    let pull = named(p, "server", PULL).await?;
    p.plays(Turn {
        at: "15:40",
        who: MARA,
        does: &["pick", &pull],
        exit: 3,
        why: "A merge commit is never picked; those it brought are named to choose from.",
    })
    .await?;
    p.happens("16:45", THEO, "lands #214 on the server.").await?;
    world::land(p.sandbox, "server", &landed::tuesday_late()).await
}

/// Wednesday: picks, a conflict, a fix that can't wait, and one that can't even wait for Thursday.
pub async fn wednesday(p: &mut Player<'_>, crew: &Crew) -> Result<(), Ending> {
    p.day(date(2026, 11, 25), "what can't wait goes on top");
    let what = "lands #216 on the server, and would like to have it out this week.";
    p.happens("09:10", THEO, what).await?;
    for (remote, stream) in landed::wednesday() {
        world::land(p.sandbox, remote, &stream).await?;
    }
    p.happens("09:25", NOOR, "lands #88 on the frontend, and would like so too.").await?;
    let stars = named(p, "server", STARS).await?;
    p.plays(Turn {
        at: "10:00",
        who: MARA,
        does: &["pick", &stars, "--dry-run"],
        exit: 4,
        why: "A conflict names the file, the place, and the commit that is likely needed first. \
              That one is too much for this week: mara will finish #216 by hand.",
    })
    .await?;
    let picks = picks(p).await;
    p.goes_on(picks)?;
    let resolved = by_hand::resolved(p, &stars).await;
    p.goes_on(resolved)?;
    let urgent = urgent(p).await;
    p.goes_on(urgent)?;
    let fixed = by_hand::hot_fix(p, crew).await;
    p.goes_on(fixed)?;
    p.plays(Turn {
        at: "17:00",
        who: MARA,
        does: &["verify"],
        exit: 0,
        why: "The record is a chain, anchored in the tags themselves: a page torn out would show.",
    })
    .await?;
    let why = "Who did what, and when; each deed is written down before it is done, and after.";
    p.plays(Turn { at: "17:05", who: MARA, does: &["log"], exit: 0, why }).await?;
    Ok(())
}

async fn picks(p: &mut Player<'_>) -> Result<(), Ending> {
    let (wait, sort) = (named(p, "server", WAIT).await?, named(p, "server", SORT).await?);
    let focus = named(p, "frontend", FOCUS).await?;
    p.aims(Some(&goals::PICKED));
    p.plays(Turn {
        at: "10:15",
        who: MARA,
        does: &["pick", &wait, &sort, &focus, "--yes"],
        exit: 0,
        why: "All or nothing over both repositories. What the tag holds already is left out, and \
              the frontend's number that theo took by hand is not used again.",
    })
    .await?;
    p.aims(None);
    newest(p, "server", "2026.11.26-1").await?;
    newest(p, "frontend", "2026.11.26-2").await
}

async fn urgent(p: &mut Player<'_>) -> Result<(), Ending> {
    let what = "finds that sessions outlive their sign-out, and pushes a fix to the twin.";
    p.secretly("13:20", NOOR, what).await?;
    world::land(p.sandbox, "server-security", &landed::urgent()).await?;
    p.aims(Some(&REVIEWED[1]));
    p.plays(Turn {
        at: "13:40",
        who: IRIS,
        does: &["security", "approve", "2", "--yes"],
        exit: 0,
        why: "After the cut nothing changes: reviewed first, then merged, then shipped.",
    })
    .await?;
    p.aims(Some(&MERGED[1]));
    merge(p, ("13:55", "14:00"), "From now on it is public, and production does not have it yet.")
        .await?;
    let fix = named(p, "server", SESSIONS).await?;
    p.aims(Some(&goals::URGENT));
    p.plays(Turn {
        at: "14:05",
        who: MARA,
        does: &["pick", &fix, "--because", "sessions outlive their sign-out", "--yes"],
        exit: 0,
        why: "The next suffix keeps every pick of the one before.",
    })
    .await?;
    p.aims(None);
    newest(p, "server", "2026.11.26-3").await?;
    let status = p.asks(&["status"]).await?;
    let kept = status["repos"][0]["picks"].as_array().map_or(0, Vec::len);
    p.must(kept == 3, &format!("the server's tag has {kept} picks instead of 3"))?;
    let why = "The crew takes every new tag to stage by itself; watching is enough.";
    watched(p, ("14:10", MARA), "stage", why).await?;
    p.plays(Turn {
        at: "14:15",
        who: NOOR,
        does: &["where", &fix],
        exit: 0,
        why: "From the find to stage in less than an hour, and out on Thursday.",
    })
    .await?;
    Ok(())
}

/// The hero reads the merge of what is reviewed, and does exactly that.
async fn merge(p: &mut Player<'_>, (reads, does): (&str, &str), why: &str) -> Result<(), Ending> {
    let first = "The difference that becomes public, to read before it does.";
    let merge = ["security", "merge"];
    let scene = Bound { who: MARA, does: &merge, reads: Some((reads, first)), at: does, why };
    bound(p, scene).await?;
    let main = ["rev-parse", "refs/heads/main"];
    let upstream = git(&p.sandbox.remote("server"), &main, None).await?;
    let twin = git(&p.sandbox.remote("server-security"), &main, None).await?;
    p.must(upstream == twin, "the server and its security twin differ")
}
