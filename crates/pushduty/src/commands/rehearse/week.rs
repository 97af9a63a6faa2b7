//! The week: which push it is, when things happen, and one day after another.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, ZonedDateTime};
use serde_json::Value;

use super::cast::Cast;
use super::land::Late;
use super::moments::Week;
use super::place::Place;
use super::plan::{Plan, nothing};
use super::{cut, midweek, push_day};
use crate::session::{Ending, Session};
use crate::stage::outcome::{self, TagView};
use crate::stage::player::Play;
use crate::stage::scenes::text;
use crate::stage::{Crew, Player, Sandbox, crew};

/// What came of it.
pub struct Played<'a> {
    /// The push.
    pub push: String,
    /// Who was on duty.
    pub hero: String,
    /// The player, with every step.
    pub player: Player<'a>,
    /// The tags that resulted.
    pub tags: Vec<TagView>,
}

/// Plays it.
pub async fn play<'a>(
    plan: &Plan,
    sandbox: &'a Sandbox,
    crew: &Crew,
    session: &'a Session,
) -> Result<Played<'a>, Ending> {
    let settings = &plan.loaded.settings;
    let zone = settings.timetable.zone();
    let now = conductor::ports::Clock::now(&*session.clock()).to_zoned_datetime(zone.clone());
    let play =
        Play { name: "rehearsal", day: now.date(), zone: zone.clone(), who: plan.local.clone() };
    let mut p = Player::new(sandbox, &session.screen, play);
    p.set(&now);
    let departure = next(&p, plan, sandbox, &now).await?;
    let (push, hero) = (text(&departure["push"]), departure["hero"].as_str());
    let cast = Cast::of(settings, hero, &plan.local)?;
    let (cut_at, push_at) =
        (moment(&departure["cut_at"], &zone)?, moment(&departure["push_at"], &zone)?);
    let late = Late::hold_back(settings, sandbox).await?;
    let on_fire = Place::of_hot_fixes(settings, &late.place.repo, sandbox).await?;
    let week = Week { plan, cast, push: push.clone(), cut_at, push_at, late, on_fire, crew };
    cut::eve(&mut p, &week).await?;
    cut::day(&mut p, &week).await?;
    midweek::day(&mut p, &week).await?;
    push_day::day(&mut p, &week).await?;
    let tags = outcome::resulting(&p, &push, plan.aboard(sandbox)).await?;
    let hero = week.cast.hero.clone();
    Ok(Played { push, hero, player: p, tags })
}

/// The next departure that runs, whose cut is still to come, and of which no remote has a tag.
async fn next(
    p: &Player<'_>,
    plan: &Plan,
    sandbox: &Sandbox,
    now: &ZonedDateTime,
) -> Result<Value, Ending> {
    let to = now.date().checked_add(1.year()).unwrap_or_else(|_| now.date());
    let schedule = p.asks(&["schedule", "--to", &to.strftime("%Y.%m.%d").to_string()]).await?;
    let mut taken = Vec::new();
    for repo in plan.aboard(sandbox) {
        let tags = crew::tags(&repo.remote, &repo.scheme).await?;
        taken.extend(
            tags.iter().filter_map(|(tag, _)| Some(repo.scheme.parse(tag)?.push.to_string())),
        );
    }
    let free = |departure: &&Value| {
        let runs = matches!(departure["state"].as_str(), Some("planned" | "open" | "cut"));
        let ahead = moment(&departure["cut_at"], now.time_zone())
            .is_ok_and(|cut| cut.timestamp() > now.timestamp());
        runs && ahead && !taken.contains(&text(&departure["push"]))
    };
    let found = schedule.as_array().into_iter().flatten().find(free).cloned();
    found.ok_or_else(|| nothing("the schedule has no departure that is not cut within a year"))
}

/// A time of a document, in the train's zone.
fn moment(value: &Value, zone: &TimeZone) -> Result<ZonedDateTime, Ending> {
    let read = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    read.map(|at| at.to_zoned_datetime(zone.clone()))
        .ok_or_else(|| nothing("the schedule tells no times"))
}
