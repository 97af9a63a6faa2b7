//! `check`: the doctor.

use std::sync::Arc;

use conductor::ports::{ChainReport, Clock, Examined};
use serde::Serialize;
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::settings::PRODUCTION;

use super::verify::NEWEST_COPY;
use crate::config::Loaded;
use crate::door::Door;
use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Ending, Session};
use crate::words::sentence;

/// Examine everything the train needs, on one screen, each line with its mend
///
/// Configuration, git, credentials, every remote (reachable, writable by a dry-run push, atomic), the fence, zone, clock,
/// people, the chain of the ledger and services. Nothing is changed on any remote. Exit code 2 for the configuration, 1 for the world.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty check
  pushduty check --json")]
pub struct Args {}

#[derive(Serialize)]
struct CheckView {
    well: bool,
    lines: Vec<CheckLine>,
}

#[derive(Serialize)]
struct CheckLine {
    about: String,
    #[serde(flatten)]
    examined: Examined,
}

/// Examines.
pub async fn run(_: &Args, session: &Session) -> Ended {
    let loaded = session.loaded().await?;
    let conductor = session.conductor().await?;
    let mut lines =
        vec![well("train", "configuration", format!("{} is read", loaded.file.display()))];
    lines.extend(here(session, conductor).await?);
    let today = conductor.local(session.clock().now()).date();
    lines.extend(crate::calendars::examine(&loaded, today).await.into_iter().map(calendar));
    for (repo, examined) in conductor.examine().await? {
        let about = repo.to_string();
        lines.extend(
            examined.into_iter().map(|examined| CheckLine { about: about.clone(), examined }),
        );
    }
    lines.extend(services(conductor).await?);
    lines.extend(channels(conductor).await?);
    lines.extend(issuers(session, &loaded).await);
    merge_git(&mut lines);
    session.header().await?;
    show(session, &lines);
    let ill = lines.iter().find(|l| !l.examined.well).map(|l| {
        let what = format!("{}: {}", l.about, l.examined.sentence);
        Refusal::new(Code::Unreachable, what, l.examined.mend.clone())
    });
    session.judged(CheckView { well: ill.is_none(), lines }, ill).await
}

fn line(about: &str, what: &str, sentence: String, mend: &str, warn: bool) -> CheckLine {
    let examined =
        Examined { what: what.to_owned(), well: true, warn, sentence, mend: mend.to_owned() };
    CheckLine { about: about.to_owned(), examined }
}

fn well(about: &str, what: &str, sentence: String) -> CheckLine {
    line(about, what, sentence, "", false)
}

/// What is on this machine: zone, clock, people, ledger.
async fn here(
    session: &Session,
    conductor: &conductor::Conductor,
) -> Result<Vec<CheckLine>, Ending> {
    let state = conductor.state().await?;
    let now = session.clock().now();
    let local = conductor.local(now);
    let zone = conductor.settings.timetable.zone_name();
    let mut lines = vec![well(
        "train",
        "zone",
        format!("{zone}, where it is {}", local.strftime("%a %d %b %H:%M")),
    )];
    lines.push(match state.last_at {
        Some(last) if last > now => line(
            "train",
            "clock",
            "the clock is behind the ledger's last entry".to_owned(),
            "set this machine's clock (NTP); event time waits meanwhile",
            true,
        ),
        _ => well("train", "clock", "the clock is not behind the ledger".to_owned()),
    });
    lines.push(people(conductor, &state));
    let rehearsal = if conductor.ledger.identity().rehearsal { ", a rehearsal" } else { "" };
    lines.push(well(
        "train",
        "ledger",
        format!(
            "{} in {}{rehearsal}",
            conductor.ledger.identity().id,
            session.data().await?.display()
        ),
    ));
    lines.push(chain(conductor.ledger.verify().await?));
    Ok(lines)
}

/// Whether the record still says what was recorded; against the remotes it is `verify` that compares it.
fn chain(report: ChainReport) -> CheckLine {
    let Some(why) = report.broken else {
        return well("train", "chain", "every entry of the ledger is as it was written".to_owned());
    };
    let mut line = line("train", "chain", why, NEWEST_COPY, false);
    line.examined.well = false;
    line
}

/// A calendar kept elsewhere: the train runs without it.
fn calendar(read: Result<String, String>) -> CheckLine {
    let mend =
        "mend the calendar, or its place under [[calendar]]; the train runs without what it says";
    match read {
        Err(why) => line("train", "calendar", why, mend, true),
        Ok(name) => well("train", "calendar", format!("{name} is read")),
    }
}

fn people(conductor: &conductor::Conductor, state: &train::state::State) -> CheckLine {
    let actor = conductor.acting(state);
    if conductor.settings.people.is_empty() {
        let words = format!("no people are set up: {} holds every role", actor.name);
        return line(
            "train",
            "people",
            words,
            "add [people.NAME] with roles, and [rotation]",
            true,
        );
    }
    if actor.roles.is_empty() {
        let words = format!("{} is nobody in the configuration and may only look", actor.name);
        return line(
            "train",
            "people",
            words,
            "add them under [people], or act with --as NAME",
            true,
        );
    }
    let roles: Vec<&str> = actor.roles.iter().map(|r: &Role| r.word()).collect();
    well("train", "people", format!("{} acts, as {}", actor.name, roles.join(", ")))
}

/// Every configured service, asked once.
async fn services(conductor: &conductor::Conductor) -> Result<Vec<CheckLine>, Ending> {
    let answers = conductor.ask(|_| true).await?;
    let past_us = conductor.past_us_now(&answers).await?;
    let mut lines = Vec::new();
    for ((environment, service), answer) in &answers {
        let fleet = conductor::fleet(answer);
        let versions: Vec<String> = fleet
            .shown
            .iter()
            .map(|s| s.version.clone().unwrap_or_else(|| "no version".to_owned()))
            .collect();
        lines.push(match fleet.failures.first() {
            Some(why) => line(
                environment,
                service,
                why.clone(),
                "mend the service, or its address under [environments]",
                true,
            ),
            None => well(environment, service, format!("shows {}", versions.join(" and "))),
        });
    }
    lines.extend(past_us.iter().map(|one| {
        let mend = "`pushduty start` has it on record once the gates hold; else bring back what ran before";
        line(PRODUCTION, one.repo.as_str(), one.words(), mend, true)
    }));
    Ok(lines)
}

/// Every channel, and whether announcements wait for a person.
async fn channels(conductor: &conductor::Conductor) -> Result<Vec<CheckLine>, Ending> {
    let mut lines = Vec::new();
    for named in &conductor.outgoing.channels {
        let examined = named.channel.examine().await;
        lines.push(CheckLine { about: named.name.clone(), examined });
    }
    let waiting = if lines.is_empty() { 0 } else { conductor.waiting().await? };
    if waiting > 0 {
        let sentence = format!("{} for a person", crate::words::count(waiting, "announcement"));
        let mend = "`pushduty tell --dry-run` says why, `pushduty tell --again` tries once more";
        lines.push(line("train", "told", sentence, mend, true));
    } else {
        let sentence = match lines.is_empty() {
            true => "not set up: nothing is announced",
            false => "no announcement waits for a person",
        };
        lines.push(well("train", "told", sentence.to_owned()));
    }
    Ok(lines)
}

/// Every issuer that people sign in with: whether it answers, and knows us.
async fn issuers(session: &Session, loaded: &Loaded) -> Vec<CheckLine> {
    let about = "sign-in";
    let clock: Arc<dyn Clock> = session.clock();
    let issuers = match Door::of(loaded, &clock) {
        Ok(door) => door.issuers,
        Err(failure) => return vec![line(about, "secret", failure.message, &failure.hint, true)],
    };
    let mut lines = Vec::new();
    for (name, issuer) in issuers {
        lines.push(match issuer.examine().await {
            Ok(()) => well(about, &name, format!("{} knows us", issuer.label())),
            Err(failure) => line(about, &name, failure.message, &failure.hint, true),
        });
    }
    lines
}

/// git's own line is the same for every repository: said once.
fn merge_git(lines: &mut Vec<CheckLine>) {
    let mut seen = false;
    lines.retain_mut(|l| {
        let is_git = l.examined.what == "git";
        if is_git {
            l.about = "train".to_owned();
        }
        !is_git || !std::mem::replace(&mut seen, true)
    });
    lines.sort_by_key(|l| l.about != "train");
}

fn show(session: &Session, lines: &[CheckLine]) {
    let mut about = "";
    let mut rows = Vec::new();
    for l in lines {
        let e = &l.examined;
        let (tone, sign) = match (e.well, e.warn) {
            (true, false) => (Tone::Good, "✓"),
            (true, true) => (Tone::Odd, "◆"),
            (false, _) => (Tone::Bad, "✗"),
        };
        let head = if l.about == about { "" } else { &l.about };
        about = &l.about;
        rows.push(vec![
            Line::of(Tone::Strong, head),
            Line::of(tone, sign),
            Line::plain(&e.what),
            Line::plain(sentence(&e.sentence)),
        ]);
        if !e.mend.is_empty() {
            rows.push(vec![
                Line::new(),
                Line::new(),
                Line::new(),
                Line::of(Tone::Dim, "→ ").text(sentence(&e.mend)),
            ]);
        }
    }
    session.screen.show(&columns(0, rows));
}
