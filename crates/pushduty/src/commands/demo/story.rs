//! The story: Monday to Wednesday of a push, as the people of the demo live it.

use jiff::civil::date;
use serde_json::Value;

use super::landed::{self, FOCUS, PULL, SESSIONS, SORT, STARS, WAIT};
use super::player::{Player, Turn};
use super::world::git;
use crate::session::Ending;

/// The hero of this push.
const MARA: &str = "mara";
/// Wrote most of what lands.
const NOOR: &str = "noor";
/// Is on duty next.
const THEO: &str = "theo";
/// Reviews embargoed fixes.
const IRIS: &str = "iris";

/// How much of a hash a person types.
const TYPED: usize = 10;

/// Monday: everybody writes; the calendar and the machine know what will leave when.
pub async fn monday(p: &mut Player<'_>) -> Result<(), Ending> {
    p.day(date(2026, 11, 23), "what lands before Tuesday 09:00 leaves on Thursday");
    p.plays(Turn {
        at: "09:30",
        who: NOOR,
        does: &["schedule", "--to", "2026.12.17"],
        exit: 0,
        why: "Dates and turns are computed; nobody keeps a list.",
    })
    .await?;
    for (remote, stream) in landed::monday() {
        p.world.land(remote, &stream).await?;
    }
    p.world.land("server-security", &landed::embargoed()).await?;
    let landed = |text: &str| text.to_owned();
    p.happens("10:12", NOOR, &[landed("lands two changes: server #211 and frontend #87.")]);
    p.happens(
        "11:40",
        THEO,
        &[
            landed("lands server #212, with a migration, and pushes a fix to the security twin,"),
            landed("on a branch that only the security role may know of."),
        ],
    );
    let sort = short(&p.world.commit("server", SORT).await?);
    p.plays(Turn {
        at: "15:00",
        who: NOOR,
        does: &["where", &format!("server:{sort}")],
        exit: 0,
        why: "“Is it out yet?” has an answer before anybody is asked.",
    })
    .await?;
    review(p, "16:10", "1").await
}

/// Someone with the security role looks and approves.
async fn review(p: &mut Player<'_>, at: &str, n: &str) -> Result<(), Ending> {
    p.plays(Turn {
        at,
        who: IRIS,
        does: &["security", "list"],
        exit: 0,
        why: "Anybody else is told nothing: not the names, not how many.",
    })
    .await?;
    p.plays(Turn {
        at,
        who: IRIS,
        does: &["security", "approve", n],
        exit: 0,
        why: "The approval is for this hash. A branch that moves is held.",
    })
    .await?;
    Ok(())
}

/// Tuesday: the cut.
pub async fn tuesday(p: &mut Player<'_>) -> Result<(), Ending> {
    p.day(date(2026, 11, 24), "mara cuts the push");
    merge(
        p,
        "08:55",
        "Upstream gets the fix first, then the twin follows: the two never drift apart.",
    )
    .await?;
    cut(p).await?;
    let seen = p
        .plays(Turn {
            at: "09:04",
            who: MARA,
            does: &["watch", "stage", "--every", "0.05", "--limit", "10"],
            exit: 0,
            why: "Half of the machines had the new tag at the first look: mixed, then current.",
        })
        .await?;
    p.must(seen.contains("mixed") && seen.contains("current"), "never showed a mixed fleet")?;
    p.plays(Turn {
        at: "09:06",
        who: MARA,
        does: &["status"],
        exit: 0,
        why: "Read from the record alone, so it is there at once; it says how old it is.",
    })
    .await?;
    let status = p.asks(&["status"]).await?;
    p.must(status["state"] == "staged", "did not find the push on stage")?;
    afternoon(p).await
}

async fn cut(p: &mut Player<'_>) -> Result<(), Ending> {
    let tag = ["tag", "--stay", "worker", "--because", "nothing new"];
    let dry: Vec<&str> = tag.iter().copied().chain(["--dry-run"]).collect();
    p.plays(Turn {
        at: "09:00",
        who: MARA,
        does: &dry,
        exit: 0,
        why: "One plan to read, based on what production really runs. Nothing is done yet.",
    })
    .await?;
    let plan = p.asks(&dry).await?;
    let digest = text(&plan["digest"]);
    let does: Vec<&str> = tag.iter().copied().chain(["--yes", "--if", &digest]).collect();
    p.plays(Turn {
        at: "09:02",
        who: MARA,
        does: &does,
        exit: 0,
        why: "Exactly the plan that was read, or nothing. The links show what ships.",
    })
    .await?;
    for repo in ["server", "frontend"] {
        let tags = p.world.tags(repo).await?;
        let there = tags.last().is_some_and(|(tag, _)| tag == "2026.11.26");
        p.must(there, &format!("left {repo} without the tag 2026.11.26"))?;
    }
    Ok(())
}

async fn afternoon(p: &mut Player<'_>) -> Result<(), Ending> {
    p.world.land("server", &landed::tuesday()).await?;
    p.happens(
        "14:10",
        NOOR,
        &["merges pull request #213 by the button, after the cut.".to_owned()],
    );
    let by_hand = ["tag", "2026.11.26-1", "2026.11.26^{commit}"];
    git(&p.world.remote("frontend"), &by_hand, None).await?;
    p.happens(
        "15:20",
        THEO,
        &["kicks the frontend's build the old way: git tag 2026.11.26-1, by hand.".to_owned()],
    );
    let pull = short(&p.world.commit("server", PULL).await?);
    p.plays(Turn {
        at: "15:40",
        who: MARA,
        does: &["pick", &format!("server:{pull}")],
        exit: 3,
        why: "A merge commit is never picked; the commits it brought are the ones to choose from.",
    })
    .await?;
    Ok(())
}

/// Wednesday: picks, a conflict, and a fix that can't wait.
pub async fn wednesday(p: &mut Player<'_>) -> Result<(), Ending> {
    p.day(date(2026, 11, 25), "what can't wait goes on top");
    for (remote, stream) in landed::wednesday() {
        p.world.land(remote, &stream).await?;
    }
    let named = async |repo: &str, subject: &str| -> Result<String, Ending> {
        Ok(format!("{repo}:{}", short(&p.world.commit(repo, subject).await?)))
    };
    let (wait, sort) = (named("server", WAIT).await?, named("server", SORT).await?);
    let (stars, focus) = (named("server", STARS).await?, named("frontend", FOCUS).await?);
    p.plays(Turn {
        at: "10:00",
        who: MARA,
        does: &["pick", &stars, "--dry-run"],
        exit: 4,
        why: "A conflict names the file, the place, and the commit that is likely needed first.",
    })
    .await?;
    p.plays(Turn {
        at: "10:15",
        who: MARA,
        does: &["pick", &wait, &sort, &focus, "--yes"],
        exit: 0,
        why: "All or nothing over both repositories. The tag made by hand kept its number, so the\n         frontend takes the next one.",
    })
    .await?;
    urgent(p).await?;
    p.plays(Turn {
        at: "17:00",
        who: MARA,
        does: &["verify"],
        exit: 0,
        why: "The record is a chain that is anchored in the tags themselves.",
    })
    .await?;
    p.plays(Turn { at: "17:00", who: MARA, does: &["log"], exit: 0, why: "Who did what, when." })
        .await?;
    Ok(())
}

async fn urgent(p: &mut Player<'_>) -> Result<(), Ending> {
    p.world.land("server-security", &landed::urgent()).await?;
    p.happens(
        "13:20",
        NOOR,
        &["finds that a session outlives its sign-out, and fixes it in the twin.".to_owned()],
    );
    review(p, "13:40", "2").await?;
    merge(p, "14:00", "From now on it is public: the clock runs until production has it.").await?;
    let fix = format!("server:{}", short(&p.world.commit("server", SESSIONS).await?));
    p.plays(Turn {
        at: "14:05",
        who: MARA,
        does: &["pick", &fix, "--because", "sessions outlive their sign-out", "--yes"],
        exit: 0,
        why: "The next suffix holds every pick of the one before.",
    })
    .await?;
    p.plays(Turn {
        at: "14:10",
        who: MARA,
        does: &["watch", "stage", "--every", "0.05", "--limit", "10"],
        exit: 0,
        why: "The crew took the new tags up by itself.",
    })
    .await?;
    p.plays(Turn {
        at: "14:15",
        who: NOOR,
        does: &["where", &fix],
        exit: 0,
        why: "From the question on Monday to the proof on Wednesday.",
    })
    .await?;
    Ok(())
}

/// The hero reads the merge of what is reviewed, and does exactly that.
async fn merge(p: &mut Player<'_>, at: &str, why: &str) -> Result<(), Ending> {
    p.plays(Turn {
        at,
        who: MARA,
        does: &["security", "merge", "--dry-run"],
        exit: 0,
        why: "The difference that becomes public, before it does.",
    })
    .await?;
    let plan = p.asks(&["security", "merge", "--dry-run"]).await?;
    let digest = text(&plan["digest"]);
    let does = ["security", "merge", "--yes", "--if", &digest];
    p.plays(Turn { at, who: MARA, does: &does, exit: 0, why }).await?;
    let main = ["rev-parse", "refs/heads/main"];
    let upstream = git(&p.world.remote("server"), &main, None).await?;
    let twin = git(&p.world.remote("server-security"), &main, None).await?;
    p.must(upstream == twin, "left the server and its security twin apart")
}

fn short(hash: &str) -> String {
    hash.chars().take(TYPED).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
