//! What production runs, and which push that belongs to: what left last, what came past us, and what is settled by it.

use crate::id::{PushDate, RepoName};
use crate::pushes::Train;
use crate::settings::Repo;
use crate::state::State;

/// The tag of `repo` that production is expected to run: what left last, be it of an older push, and where that was rolled back
/// what it went back to.
#[must_use]
pub fn expected<'a>(state: &'a State, repo: &RepoName) -> Option<&'a str> {
    state.left.of(repo)?.tag.as_deref()
}

/// The push of a tag that somebody brought to production though no start allowed it; none of a tag that left properly, or that
/// was there when its push ended. What is older than this ledger was for others to start.
#[must_use]
pub fn came_past(state: &State, repo: &Repo, tag: &str) -> Option<PushDate> {
    let revision = repo.scheme.parse(tag)?;
    let push = revision.push;
    let (day, known) = (state.days.of(push), state.pushes.get(&push));
    let ours = known.is_some() || state.began.is_some_and(|began| push.0 > began);
    let left = state.left.of(&repo.name).is_some_and(|left| left.tag.as_deref() == Some(tag));
    // What a hot-fix was made of was in production before this ledger knew of the push.
    let first = known.and_then(|known| known.tags.get(&repo.name)?.first());
    let found = first.is_some_and(|first| first.tag.base.as_deref() == Some(tag));
    if !ours
        || left
        || found
        || day.allowed(&repo.name, tag)
        || state.changes.cancelled.contains_key(&push)
    {
        return None;
    }
    let was_there = day.finished.as_ref().is_some_and(|finish| match finish.tags.is_empty() {
        false => {
            let last = finish.tags.get(&repo.name).and_then(|last| repo.scheme.parse(last));
            last.is_some_and(|last| revision <= last)
        }
        // Of an end that noted no tags: all but the one that opened the push again.
        true => {
            let given = known.and_then(|known| known.tags.get(&repo.name)?.last());
            day.over().is_some() || given.is_none_or(|given| given.tag.tag != tag)
        }
    });
    (!was_there).then_some(push)
}

impl Train<'_> {
    /// Whether a tag that production shows is to be told as one that no start allowed: of the push that is looked at, of one
    /// that is cut, or of one that was over.
    #[must_use]
    pub fn is_past_us(&self, looked_at: Option<PushDate>, repo: &Repo, tag: &str) -> bool {
        let concerns = |push: PushDate| {
            looked_at == Some(push)
                || self.live().contains(&push)
                || self.state.days.of(push).finished.is_some()
        };
        came_past(self.state, repo, tag).is_some_and(concerns)
    }

    /// Whether nothing is left to be done for a repository of a push, by its newest tag: that left, and since then another
    /// push took its place in production, or this one was over and is open again for others.
    #[must_use]
    pub fn is_settled(&self, push: PushDate, repo: &RepoName, newest: &str) -> bool {
        let day = self.state.days.of(push);
        let with = day.left_with(repo, newest);
        if with.is_none() && !day.ended_with(repo, newest) {
            return false;
        }
        let reopened = day.finished.is_some() && self.over(push).is_none();
        let before = with.is_none_or(|with| day.reopened.is_none_or(|last| with <= last));
        self.state.left.is_of_another(repo, push) || (reopened && before)
    }
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
        let (issues, tags) = (Vec::new(), std::collections::BTreeMap::new());
        let finish = Finish { started, ended, issues, because, tags };
        apply(state, Event::Finished { push: date(day), finish: Box::new(finish) });
    }

    fn is_expected(state: &State) -> Option<String> {
        expected(state, &web()).map(str::to_owned)
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
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.26"));
    }

    #[test]
    fn a_hot_fix_of_an_older_push_is_what_left_last() {
        let mut state = State::default();
        cut(&mut state, 12, &["2026.11.12", "2026.11.12-1"]);
        start(&mut state, 12, 1, "2026.11.12");
        finish(&mut state, 12, None);
        let push = date(19);
        apply(
            &mut state,
            Event::Opened { push, scheduled: push, hero: None, turn: None, off_cycle: false },
        );
        let (repo, tag) = (web(), Some("2026.11.12".to_owned()));
        apply(&mut state, Event::Stayed { push, repo, tag, because: String::new() });
        start(&mut state, 12, 2, "2026.11.12-1");
        finish(&mut state, 19, None);
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.12-1"), "it stays on older news");
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
        let rollback = Rollback {
            attempt: 1,
            back: vec![back],
            unbegun: Vec::new(),
            because: "errors".to_owned(),
        };
        apply(&mut state, Event::RolledBack { push: date(19), rollback: Box::new(rollback) });
        finish(&mut state, 19, Some("it leaves next week"));
        assert_eq!(is_expected(&state).as_deref(), Some("2026.11.12"));
    }
}
