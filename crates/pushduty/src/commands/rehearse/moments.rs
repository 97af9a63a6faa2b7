//! What the days are played with, and when things happen in them.

use jiff::{ToSpan, ZonedDateTime};

use super::cast::Cast;
use super::land::Late;
use super::place::Place;
use super::plan::Plan;
use crate::stage::Crew;

/// How much time between cut and departure the story takes at its usual pace, in minutes.
const USUAL: i64 = 6 * 60;

/// Everything that the days are played with.
pub struct Week<'a> {
    /// The rehearsal.
    pub plan: &'a Plan,
    /// Who plays.
    pub cast: Cast<'a>,
    /// The push.
    pub push: String,
    /// When it is cut.
    pub cut_at: ZonedDateTime,
    /// When it leaves.
    pub push_at: ZonedDateTime,
    /// What lands after the cut.
    pub late: Late,
    /// Where a hot-fix can land; nowhere where nothing can be seen of production.
    pub on_fire: Vec<Place>,
    /// The crew.
    pub crew: &'a Crew,
}

impl Week<'_> {
    /// So many minutes after this time on the day before the cut.
    pub fn eve(&self, minutes: i64) -> ZonedDateTime {
        let before = self.cut_at.checked_sub(1.day()).unwrap_or_else(|_| self.cut_at.clone());
        before.checked_add(minutes.minutes()).unwrap_or(before)
    }

    /// A moment so many minutes from the cut, at the story's usual pace; slower weeks wait, faster ones hurry.
    pub fn after_cut(&self, minutes: i64) -> ZonedDateTime {
        self.paced(&self.cut_at, minutes)
    }

    /// The same from the departure.
    pub fn by_departure(&self, minutes: i64) -> ZonedDateTime {
        self.paced(&self.push_at, minutes)
    }

    /// The same from half-way between them.
    pub fn midweek(&self, minutes: i64) -> ZonedDateTime {
        let half = self.between() / 2;
        let middle =
            self.cut_at.checked_add(half.minutes()).unwrap_or_else(|_| self.cut_at.clone());
        self.paced(&middle, minutes)
    }

    fn between(&self) -> i64 {
        let seconds = self.push_at.timestamp().as_second() - self.cut_at.timestamp().as_second();
        seconds.max(0) / 60
    }

    fn paced(&self, from: &ZonedDateTime, minutes: i64) -> ZonedDateTime {
        let minutes = minutes * self.between().min(USUAL) / USUAL;
        from.checked_add(minutes.minutes()).unwrap_or_else(|_| from.clone())
    }
}
