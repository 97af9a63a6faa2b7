//! The order of tasks: by phase, and within one as they stand, but for what says that it comes after another.

use std::collections::BTreeSet;

use super::heading::Phase;

/// A task, as far as its order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<'t> {
    /// Its name: `t7`.
    pub id: &'t str,
    /// Its text.
    pub text: &'t str,
    /// Its phase.
    pub when: Option<Phase>,
    /// What it comes after: a task's name, or words of it.
    pub after: Option<&'t str>,
}

/// The places of the tasks in the order in which they are done. Those that wait for each other stay as they stand.
#[must_use]
pub fn order(tasks: &[Due<'_>]) -> Vec<usize> {
    let mut by_phase: Vec<usize> = (0..tasks.len()).collect();
    by_phase.sort_by_key(|at| tasks[*at].when);
    let before: Vec<Option<usize>> = (0..tasks.len()).map(|at| meant(tasks, at)).collect();
    let (mut done, mut placed) = (Vec::with_capacity(tasks.len()), BTreeSet::new());
    for at in by_phase {
        // What it waits for, and that for something else: the farthest first.
        let (mut chain, mut next) = (Vec::new(), Some(at));
        while let Some(here) = next.filter(|here| !placed.contains(here) && !chain.contains(here)) {
            chain.push(here);
            next = before[here].filter(|other| tasks[*other].when == tasks[here].when);
        }
        let waits_for_itself = next.is_some_and(|here| chain.contains(&here));
        if waits_for_itself {
            chain.truncate(1);
        }
        for here in chain.into_iter().rev() {
            if placed.insert(here) {
                done.push(here);
            }
        }
    }
    done
}

/// The task that one comes after: the one of that name, or the first whose text has all the words.
fn meant(tasks: &[Due<'_>], at: usize) -> Option<usize> {
    let after = tasks[at].after?.trim();
    let words: Vec<String> = words(after);
    let named = |other: &usize| *other != at && tasks[*other].id.eq_ignore_ascii_case(after);
    let all_words = |other: &usize| {
        let own = self::words(tasks[*other].text);
        *other != at && !words.is_empty() && words.iter().all(|word| own.contains(word))
    };
    (0..tasks.len()).find(named).or_else(|| (0..tasks.len()).find(all_words))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn due<'t>(id: &'t str, text: &'t str, when: Phase, after: Option<&'t str>) -> Due<'t> {
        Due { id, text, when: Some(when), after }
    }

    #[test]
    fn what_comes_after_another_stands_behind_it_within_its_phase() {
        let (push, start) = (Phase::BeforePush, Phase::BeforeStart);
        let tasks = [
            due("t1", "flip the switch (after: deploy customs)", push, Some("deploy customs")),
            due("t2", "tell the list", start, None),
            due("t3", "Deploy the customs service", push, Some("t4")),
            due("t4", "run the migration", push, None),
            due("t5", "wait", push, Some("the moon")),
        ];
        assert_eq!(order(&tasks), [3, 2, 0, 4, 1]);
        let round = [due("t1", "a", push, Some("t2")), due("t2", "b", push, Some("t1"))];
        assert_eq!(order(&round), [0, 1]);
    }

    proptest! {
        #[test]
        fn every_task_has_one_place(
            after in prop::collection::vec(prop::option::of(0_usize..8), 0..8)
        ) {
            let ids: Vec<String> = (0..8).map(|at| format!("t{at}")).collect();
            let tasks: Vec<Due<'_>> = after
                .iter()
                .enumerate()
                .map(|(at, other)| {
                    let other = other.map(|other| ids[other].as_str());
                    due(&ids[at], "a task", Phase::BeforePush, other)
                })
                .collect();
            let mut places = order(&tasks);
            places.sort_unstable();
            prop_assert_eq!(places, (0..tasks.len()).collect::<Vec<_>>());
        }
    }
}
