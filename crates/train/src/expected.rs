//! What production is expected to run between pushes: what the last push left there.

use crate::id::{PushDate, RepoName};
use crate::pushday::PushDay;
use crate::state::{Push, State};

/// The tag of `repo` that production is expected to run by the pushes before `push`, or by all: of the newest that was finished or
/// started the tag that left last, and where that was rolled back the one it went back to.
#[must_use]
pub fn expected(state: &State, repo: &RepoName, push: Option<PushDate>) -> Option<String> {
    let earlier = |date: &PushDate| push.is_none_or(|push| *date < push);
    let mut known = state.pushes.iter().rev().filter(|(date, _)| earlier(date));
    known.find_map(|(date, known)| left_there(known, state.days.of(*date), repo))
}

/// What one push left in production, if anything.
fn left_there(known: &Push, day: &PushDay, repo: &RepoName) -> Option<String> {
    for attempt in day.attempts.iter().rev() {
        let back = attempt.rolled_back.as_ref().map(|(rollback, _)| &rollback.back);
        if let Some(back) = back.into_iter().flatten().find(|back| back.repo == *repo) {
            return back.to.clone();
        }
        if let Some(left) = attempt.leaving.iter().find(|left| left.repo == *repo) {
            return Some(left.tag.clone());
        }
    }
    let over = day.over().is_some();
    let stays = known.stays.get(repo).filter(|_| over).cloned().flatten();
    // Where nothing was started, people brought there what was tagged last; unless it ended for a reason alone.
    let for_a_reason = day.finished.as_ref().is_some_and(|finish| finish.because.is_some());
    let by_people = over && day.attempts.is_empty() && !for_a_reason;
    let tagged = known.tags.get(repo).filter(|_| by_people).and_then(|tags| tags.last());
    stays.or_else(|| tagged.map(|given| given.tag.tag.clone()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::attempt::{Back, Finish, Leaving, Rollback, Start};
    use crate::event::{Event, Outcome};
    use crate::id::Oid;
    use crate::intent::{Intent, IntentId, Purpose, Remote, Tagged};

    fn oid() -> Oid {
        "a".repeat(40).parse().expect("a hash")
    }

    fn web() -> RepoName {
        "web".parse().expect("a name")
    }

    fn date(day: i8) -> PushDate {
        PushDate(jiff::civil::date(2026, 11, day))
    }

    /// A push that was cut with these tags.
    fn cut(state: &mut State, day: i8, tags: &[&str]) {
        let push = date(day);
        let opened =
            Event::Opened { push, scheduled: push, hero: None, turn: None, off_cycle: false };
        apply(state, opened);
        for tag in tags {
            let head = crate::facts::Head { seq: 1, hash: format!("{tag}-{day}") };
            let id = IntentId::after(&head, &web(), Remote::Upstream);
            let tagged = Tagged {
                tag: (*tag).to_owned(),
                object: oid(),
                commit: oid(),
                base: None,
                base_from: crate::base::BaseFrom::Nothing,
                picks: Vec::new(),
                resolved_by: None,
                because: None,
            };
            let intent = Intent {
                id: id.clone(),
                push: Some(push),
                repo: web(),
                remote: Remote::Upstream,
                purpose: Purpose::Tag(tagged),
                updates: Vec::new(),
                fence: None,
                settings: String::new(),
            };
            apply(state, Event::Intended(Box::new(intent)));
            apply(state, Event::Settled { intent: id, outcome: Outcome::Published });
        }
    }

    fn apply(state: &mut State, event: Event) {
        state.apply(&event, Timestamp::UNIX_EPOCH, "mat");
    }

    fn start(state: &mut State, day: i8, attempt: u32, tag: &str) {
        let leaving =
            Leaving { repo: web(), tag: tag.to_owned(), object: oid(), commit: oid(), from: None };
        let start = Start {
            attempt,
            leaving: vec![leaving],
            tagset: String::new(),
            notes: None,
            settings: String::new(),
        };
        apply(state, Event::Started { push: date(day), start: Box::new(start), gates: Vec::new() });
    }

    fn finish(state: &mut State, day: i8, because: Option<&str>) {
        let (started, ended) = (None, Timestamp::UNIX_EPOCH);
        let because = because.map(str::to_owned);
        let finish = Finish { started, ended, issues: Vec::new(), because };
        apply(state, Event::Finished { push: date(day), finish: Box::new(finish) });
    }

    fn is_expected(state: &State) -> Option<String> {
        expected(state, &web(), Some(date(26)))
    }

    #[test]
    fn the_last_push_that_left_counts_and_one_that_never_did_does_not() {
        let mut state = State::default();
        cut(&mut state, 12, &["2026.11.12", "2026.11.12-1"]);
        assert_eq!(is_expected(&state), None);
        finish(&mut state, 12, None);
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.12-1"), "brought by people");
        cut(&mut state, 18, &["2026.11.18"]);
        finish(&mut state, 18, Some("it leaves tomorrow"));
        cut(&mut state, 19, &["2026.11.19"]);
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.12-1"), "neither left");
        start(&mut state, 19, 1, "2026.11.19");
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.19"));
        cut(&mut state, 26, &["2026.11.26"]);
        finish(&mut state, 26, None);
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.19"), "the push itself is asked");
        assert_eq!(expected(&state, &web(), None).as_deref(), Some("2026.11.26"));
    }

    #[test]
    fn what_was_rolled_back_left_what_it_went_back_to() {
        let mut state = State::default();
        cut(&mut state, 19, &["2026.11.19"]);
        start(&mut state, 19, 1, "2026.11.19");
        let back = Back {
            repo: web(),
            tag: "2026.11.19".to_owned(),
            commit: oid(),
            to: Some("2026.11.12".to_owned()),
        };
        let rollback = Rollback { attempt: 1, back: vec![back], because: "errors".to_owned() };
        apply(&mut state, Event::RolledBack { push: date(19), rollback: Box::new(rollback) });
        finish(&mut state, 19, Some("it leaves next week"));
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.12"));
    }
}
