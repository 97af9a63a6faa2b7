//! A step as it is kept beyond this process: before it begins, and with what it said once it is over. One that has no end and is
//! not at hand was left off: its process ended, or could not keep its end.

use conductor::ports::{KeptEnd, KeptStep};
use train::reason;
use train::refusal::{Code, Refusal};

use super::{End, Step, locked};
use crate::answer::Answer;

impl Step {
    /// As it is kept: with what it said, where it ended so.
    pub fn as_kept(&self, end: Option<&End>) -> KeptStep {
        let end = end.map(|end| KeptEnd {
            said: serde_json::to_string(&*locked(&self.said)).unwrap_or_default(),
            answer: serde_json::to_string(end).unwrap_or_default(),
        });
        KeptStep {
            id: self.id.clone(),
            train: self.train.clone(),
            by: self.by.clone(),
            at: self.at,
            hears: self.hears,
            secret: self.secret,
            wish: serde_json::to_string(&self.wish).unwrap_or_default(),
            end,
        }
    }

    /// One that was kept, and goes on no more; none where another version kept it in a form that is not known here.
    pub fn of_kept(kept: KeptStep) -> Option<Self> {
        let KeptStep { id, train, by, at, hears, secret, wish, end } = kept;
        let wish = reason::read_kept(wish.as_bytes()).ok()?;
        let step = Self::new(id, train, by, at, wish).embargoed(hears, secret);
        let Some(end) = end else { return Some(step.over_with(None)) };
        *locked(&step.said) = serde_json::from_str(&end.said).ok()?;
        let end = serde_json::from_str(&end.answer).ok()?;
        Some(step.over_with(Some(end)))
    }

    /// The same, over since before: as it ended, or left off where nobody knows.
    pub fn over_with(self, end: Option<End>) -> Self {
        self.ends(end.unwrap_or_else(|| Answer::no(&left_off().into()).into()));
        self
    }
}

/// What is said of a step that nobody knows the end of.
fn left_off() -> Refusal {
    let what = "what came of this was not kept: the server ended before it was over, or could not write it down";
    let hint =
        "the log has what was done of it; the same wish once more, with a new key, goes on with it";
    Refusal::new(Code::LeftOpen, what, hint)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use conductor::ports::KeptSteps;
    use jiff::Timestamp;
    use serde_json::json;
    use train::command::Command;

    use super::*;
    use crate::said::{Hears, Said};
    use crate::steps::tests::Memory;
    use crate::steps::{LINES, Open, Steps};

    const ID: &str = "a-step-of-it";

    fn step() -> Step {
        let (train, by) = ("amo".parse().unwrap(), "mat".parse().unwrap());
        let wish = Command::Claim { push: None };
        Step::new(ID.to_owned(), train, by, Timestamp::UNIX_EPOCH, wish)
    }

    #[tokio::test]
    async fn what_a_step_said_and_what_was_answered_is_read_in_another_process_as_here() {
        let (here, store) = (step(), Arc::new(Memory::default()));
        for n in 0..LINES + 2 {
            here.hear(Said::Remark { words: n.to_string(), unquoted: None });
        }
        let answer = Answer { status: 200, body: json!({ "beside": ["and more"] }) };
        store.keep(&here.as_kept(Some(&answer.clone().into()))).await.unwrap();
        let there = Steps::kept_in(store).get(ID).await.unwrap().expect("it is kept");
        assert!(there.is_over());
        assert_eq!((there.at, &there.wish), (here.at, &here.wish));
        assert_eq!(there.lines(Open::Whole), here.lines(Open::Whole));
        let (first, next) = there.next(0).await.expect("it said something");
        assert_eq!((first.to_string(), next), ("2".to_owned(), 3), "the first two are gone");
        assert_eq!(there.next(LINES + 2).await, None, "and nothing more comes");
        let answered = there.answer(Open::Whole).expect("it is over");
        assert_eq!((answered.status, &answered.body), (200, &answer.body));
        assert_eq!(answered.beside(), ["and more"]);
    }

    #[tokio::test]
    async fn what_a_program_said_is_kept_from_strangers_in_another_process_too() {
        let (here, store) = (step(), Arc::new(Memory::default()));
        let (repo, words) = ("web".parse().unwrap(), "failed: ask kaliningrad".to_owned());
        here.hear(Said::Done { repo, words, unquoted: Some("failed".to_owned()) });
        let failure = Refusal::new(Code::Git, "not seen: ask kaliningrad", "mend it");
        here.hear(Said::failed(failure.unquoted("not seen")));
        let answer = |words: &str| Answer { status: 500, body: json!(words) };
        let end = End { unquoted: Some(answer("less")), ..answer("kaliningrad").into() };
        store.keep(&here.as_kept(Some(&end))).await.unwrap();
        let there = Steps::kept_in(store).get(ID).await.unwrap().expect("it is kept");
        let read = |open| (there.lines(open), there.answer(open).expect("an end").body.clone());
        let (of_train, answered) = read(Open::Whole);
        assert_eq!(of_train, ["web  failed: ask kaliningrad", "not seen: ask kaliningrad"]);
        assert_eq!(answered, "kaliningrad");
        let (of_strangers, answered) = read(Open::Sentences);
        assert_eq!(of_strangers, ["web  failed", "not seen"]);
        assert_eq!(answered, "less");
    }

    /// A step as an earlier version kept it, brought up to this one's form: nothing tells what of it quotes.
    #[test]
    fn of_one_that_may_quote_strangers_read_that_it_is_over() {
        let kept = |hears, secret| {
            let answer = json!({ "status": 500, "body": "kaliningrad" });
            let end = KeptEnd {
                said: json!({ "gone": 0, "said": [{ "is": "remark", "words": "kaliningrad" }] })
                    .to_string(),
                answer: json!({ "answer": answer, "may_quote": true }).to_string(),
            };
            let begun = step().embargoed(hears, secret).as_kept(None);
            Step::of_kept(KeptStep { end: Some(end), ..begun }).expect("it can be read")
        };
        let step = kept(false, false);
        assert_eq!(step.open_to(None, false), Open::Outline);
        let kumar = "kumar".parse().unwrap();
        assert_eq!(step.open_to(Some(&kumar), false), Open::Whole);
        assert_eq!(step.lines(Open::Whole), ["kaliningrad"]);
        assert_eq!(step.answer(Open::Whole).expect("an end").body, "kaliningrad");
        assert_eq!(kept(false, true).open_to(None, false), Open::Nothing);
        assert_eq!(kept(true, false).open_to(None, false), Open::Outline);
    }

    #[tokio::test]
    async fn one_that_the_process_ended_at_was_left_off_and_says_what_to_do() {
        let store = Arc::new(Memory::default());
        store.keep(&step().as_kept(None)).await.unwrap();
        let steps = Steps::kept_in(store);
        let left = steps.get(ID).await.unwrap().expect("its beginning is kept");
        let refusal = left.answer(Open::Whole).and_then(Answer::refusal).expect("it has an end");
        assert_eq!(refusal.code, Code::LeftOpen);
        assert!(refusal.hint.contains("once more"), "{}", refusal.hint);
        assert!(left.lines(Open::Whole).is_empty() && left.next(0).await.is_none());
        assert!(steps.get("another-step").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_is_no_name_of_a_step_is_not_looked_for() {
        let odd = ["", "short", "a-step-of-it-and-more", "a step of it", "a-step-of-i="];
        let store = Arc::new(Memory::default());
        for id in odd {
            let kept = Step { id: id.to_owned(), ..step() }.as_kept(None);
            store.keep(&kept).await.unwrap();
        }
        store.keep(&step().as_kept(None)).await.unwrap();
        let steps = Steps::kept_in(store);
        assert!(steps.get(ID).await.unwrap().is_some());
        for id in odd {
            assert!(steps.get(id).await.unwrap().is_none(), "{id:?}");
        }
    }

    #[test]
    fn what_was_withheld_here_is_withheld_there_from_the_same_people() {
        let (mat, kumar) = ("mat".parse().unwrap(), "kumar".parse().unwrap());
        for (hears, secret) in [(false, false), (true, false), (false, true), (true, true)] {
            let here = step().embargoed(hears, secret);
            let there = Step::of_kept(here.as_kept(None)).expect("it can be read");
            let open = |step: &Step| {
                let of = |who| [false, true].map(|role| step.open_to(who, role));
                [of(None), of(Some(&mat)), of(Some(&kumar))]
            };
            assert_eq!(open(&there), open(&here));
            let others = there.open_to(Some(&kumar), false);
            assert_eq!(others == Open::Whole, !hears && !secret);
            let strangers = there.open_to(None, false);
            assert_eq!(strangers == Open::Sentences, !hears && !secret);
            assert_ne!(strangers, Open::Whole);
        }
    }

    #[test]
    fn one_in_a_form_of_another_version_is_not_here() {
        let begun = || step().as_kept(None);
        let answer = Answer { status: 200, body: json!({}) };
        let known = || step().as_kept(Some(&answer.clone().into())).end.expect("it is over");
        let strange = || "{}".to_owned();
        let of = |end| Step::of_kept(KeptStep { end: Some(end), ..begun() });
        assert!(of(known()).is_some());
        assert!(of(KeptEnd { said: strange(), ..known() }).is_none());
        assert!(of(KeptEnd { answer: strange(), ..known() }).is_none());
        let wish = "{\"command\":\"of another version\"}".to_owned();
        assert!(Step::of_kept(KeptStep { wish, ..begun() }).is_none());
    }
}
