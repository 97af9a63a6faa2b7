//! Whether a tag has a commit: in its history or as a pick, and not taken back there; and which hot-fixes a push that was cut
//! before them still lacks (P6).

use crate::id::{Oid, PushDate, RepoName};
use crate::intent::PickRecord;
use crate::state::State;

/// A commit of one repository, with all that stands for it on tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The commit, then what it was picked as, or picked from.
    names: Vec<Oid>,
    /// Commits on tags that bring it or take it back, oldest first; whether each takes it back.
    turns: Vec<(Oid, bool)>,
}

/// How a commit stands on a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// It is not in the tag's history in any form.
    Absent,
    /// The tag has it, as this commit.
    There(Oid),
    /// It is in the tag's history and was taken back by a later commit there.
    TakenBack,
}

impl Trace {
    /// Traces `commit` by the record of those tags that `on_remote` knows.
    #[must_use]
    pub fn of(
        state: &State,
        repo: &RepoName,
        commit: &Oid,
        on_remote: impl Fn(&str) -> bool,
    ) -> Self {
        let given = state.pushes.values().filter_map(|push| push.tags.get(repo)).flatten();
        let records: Vec<&PickRecord> =
            given.filter(|g| on_remote(&g.tag.tag)).flat_map(|g| &g.tag.picks).collect();
        let mut names = vec![commit.clone()];
        let origin = records.iter().find(|p| !p.reverted && &p.made == commit);
        names.extend(origin.map(|p| p.commit.clone()).filter(|origin| origin != commit));
        for pick in records.iter().filter(|p| !p.reverted) {
            if names.contains(&pick.commit) && !names.contains(&pick.made) {
                names.push(pick.made.clone());
            }
        }
        let of_it = records.into_iter().filter(|p| names.contains(&p.commit));
        let turns = of_it.map(|p| (p.made.clone(), p.reverted)).collect();
        Self { names, turns }
    }

    /// The commit, then what it was picked from, and what it was picked as.
    #[must_use]
    pub fn names(&self) -> &[Oid] {
        &self.names
    }

    /// Every commit that [`Self::on`] may ask for.
    pub fn commits(&self) -> impl Iterator<Item = &Oid> {
        self.names.iter().chain(self.turns.iter().map(|(made, _)| made))
    }

    /// How it stands on a tag whose history has what `has` says: of what brings it and takes it back, the last counts.
    #[must_use]
    pub fn on(&self, has: impl Fn(&Oid) -> bool) -> Stands {
        let Some(name) = self.names.iter().find(|name| has(name)) else { return Stands::Absent };
        match self.turns.iter().rev().find(|(made, _)| has(made)) {
            Some((_, true)) => Stands::TakenBack,
            _ => Stands::There(name.clone()),
        }
    }
}

/// A pick or revert that was put on an older push's tag after a later push had been cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HotFix<'a> {
    /// The repository.
    pub repo: &'a RepoName,
    /// What was put there.
    pub pick: &'a PickRecord,
}

/// The hot-fixes that older pushes got since `push` was cut, by the ledger: those it may lack.
#[must_use]
pub fn hot_fixes(state: &State, push: PushDate) -> Vec<HotFix<'_>> {
    let Some(known) = state.pushes.get(&push) else { return Vec::new() };
    let older = state.pushes.range(..push).flat_map(|(_, older)| &older.tags);
    let since_cut = older.flat_map(|(repo, given)| {
        let cut_at = known.tags.get(repo).and_then(|own| own.first()).map(|first| first.at);
        let later = given.iter().filter(move |given| cut_at.is_some_and(|at| given.at >= at));
        let new = later.flat_map(|given| given.tag.picks.iter().filter(|p| p.tag == given.tag.tag));
        new.map(move |pick| HotFix { repo, pick })
    });
    since_cut.collect()
}

impl HotFix<'_> {
    /// Whether a tag on which the commit stands so lacks it: a fix has to be there, what was taken back has not.
    #[must_use]
    pub fn is_lacking(&self, stands: &Stands) -> bool {
        matches!(stands, Stands::There(_)) == self.pick.reverted
    }

    /// The sentence that asks for it in `push`.
    #[must_use]
    pub fn ask(&self, push: PushDate) -> String {
        let Self { repo, pick } = self;
        let option = if pick.reverted { "--revert " } else { "" };
        let commit = pick.commit.short();
        format!(
            "{push} is cut and lacks what {} has of {repo}: {commit} {}: `pushduty pick --push {push} {option}{repo}:{commit}` brings it there",
            pick.tag,
            crate::id::quoted(&pick.subject),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::Tagged;
    use crate::state::{Given, Push};

    fn oid(letter: char) -> Oid {
        letter.to_string().repeat(40).parse().expect("40 hexadecimal digits")
    }

    fn pick(commit: char, made: char, tag: &str) -> PickRecord {
        let (commit, made) = (oid(commit), oid(made));
        let (subject, author) = ("Mend it".to_owned(), "A".to_owned());
        let tag = tag.to_owned();
        PickRecord { commit, made, subject, author, whose: None, reverted: false, tag }
    }

    fn revert(commit: char, made: char, tag: &str) -> PickRecord {
        PickRecord { reverted: true, ..pick(commit, made, tag) }
    }

    fn given(tag: &str, at: i64, picks: Vec<PickRecord>) -> Given {
        let tag = Tagged {
            tag: tag.to_owned(),
            object: oid('0'),
            commit: oid('0'),
            base: None,
            base_from: crate::base::BaseFrom::Nothing,
            picks,
            resolved_by: None,
            because: None,
        };
        let at = jiff::Timestamp::from_second(at).expect("a time");
        Given { tag, at, by_other: false }
    }

    fn date(text: &str) -> PushDate {
        text.parse().expect("a date")
    }

    fn state(pushes: impl IntoIterator<Item = (&'static str, Vec<Given>)>) -> State {
        let mut state = State::default();
        for (push, tags) in pushes {
            let tags = [("web".parse().expect("a name"), tags)].into();
            let push = date(push);
            let known = Push {
                scheduled: push,
                hero: None,
                opened_at: jiff::Timestamp::UNIX_EPOCH,
                tags,
                stays: std::collections::BTreeMap::new(),
                overrides: Vec::new(),
            };
            state.pushes.insert(push, known);
        }
        state
    }

    fn on(state: &State, commit: char, history: &str) -> Stands {
        let web: RepoName = "web".parse().expect("a name");
        Trace::of(state, &web, &oid(commit), |_| true)
            .on(|id| history.chars().any(|c| &oid(c) == id))
    }

    #[test]
    fn of_a_pick_its_revert_and_another_pick_the_last_on_the_tag_counts() {
        let tags = vec![
            given("2026.11.26-1", 1, vec![pick('a', '1', "2026.11.26-1")]),
            given(
                "2026.11.26-2",
                2,
                vec![pick('a', '1', "2026.11.26-1"), revert('a', '2', "2026.11.26-2")],
            ),
            given(
                "2026.11.26-3",
                3,
                vec![
                    pick('a', '1', "2026.11.26-1"),
                    revert('a', '2', "2026.11.26-2"),
                    pick('a', '3', "2026.11.26-3"),
                ],
            ),
        ];
        let state = state([("2026-11-26", tags)]);
        assert_eq!(on(&state, 'a', "1"), Stands::There(oid('1')));
        assert_eq!(on(&state, 'a', "12"), Stands::TakenBack);
        assert_eq!(on(&state, 'a', "123"), Stands::There(oid('1')));
        assert_eq!(on(&state, '1', "12"), Stands::TakenBack, "asked for by the commit made");
        assert_eq!(on(&state, 'a', "9"), Stands::Absent, "dropped: rebuilt without it");
    }

    #[test]
    fn what_main_had_and_the_tag_took_back_is_taken_back() {
        let state = state([(
            "2026-11-26",
            vec![given("2026.11.26-1", 1, vec![revert('a', '2', "2026.11.26-1")])],
        )]);
        assert_eq!(on(&state, 'a', "a"), Stands::There(oid('a')));
        assert_eq!(on(&state, 'a', "a2"), Stands::TakenBack);
    }

    #[test]
    fn only_what_came_after_the_cut_is_a_hot_fix_for_it() {
        let state = state([
            (
                "2026-11-19",
                vec![
                    given("2026.11.19-1", 1, vec![pick('a', '1', "2026.11.19-1")]),
                    given(
                        "2026.11.19-2",
                        9,
                        vec![
                            pick('a', '1', "2026.11.19-1"),
                            pick('b', '2', "2026.11.19-2"),
                            revert('c', '3', "2026.11.19-2"),
                        ],
                    ),
                ],
            ),
            ("2026-11-26", vec![given("2026.11.26", 5, Vec::new())]),
        ]);
        let fixes = hot_fixes(&state, date("2026-11-26"));
        let commits: Vec<&Oid> = fixes.iter().map(|fix| &fix.pick.commit).collect();
        assert_eq!(commits, [&oid('b'), &oid('c')]);
        assert!(fixes[0].is_lacking(&Stands::Absent) && fixes[0].is_lacking(&Stands::TakenBack));
        assert!(!fixes[0].is_lacking(&Stands::There(oid('b'))));
        assert!(fixes[1].is_lacking(&Stands::There(oid('c'))));
        assert!(!fixes[1].is_lacking(&Stands::TakenBack));
        assert!(fixes[1].ask(date("2026-11-26")).contains("--revert web:ccccccc"));
        assert_eq!(hot_fixes(&state, date("2026-11-19")), []);
    }
}
