//! Words that are under embargo are refused in notes and in reasons (P9), and a no to a word is an answer. So the noes of each person are counted
//! and told to whoever runs the server, and after a few of them nothing of that person's is looked at for a while: not what
//! tells of a fix, nor what does not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;
use train::id::PersonName;
use train::refusal::{Code, Refusal};

use crate::log::Log;

/// How many noes somebody has, and after how many seconds one of them is forgotten.
const MOST: u32 = 5;
const SECONDS: u64 = 600;

/// The noes of everybody.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    /// Of each person when they were told no, the oldest first.
    noes: Mutex<HashMap<PersonName, Vec<Instant>>>,
}

impl Guesses {
    /// Refuses whoever has had too many noes, whatever it is that they write now.
    pub fn may_write(&self, who: &PersonName) -> Result<(), Refusal> {
        let mut noes = self.noes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(own) = noes.get_mut(who) else { return Ok(()) };
        own.retain(|at| at.elapsed().as_secs() < SECONDS);
        let first = own.first().map_or(0, |at| SECONDS - at.elapsed().as_secs());
        match u32::try_from(own.len()).is_ok_and(|count| count < MOST) {
            true => Ok(()),
            false => {
                let what =
                    "too much of what you wrote was refused: nothing more of it is taken for now";
                let hint = format!("write again in {first} s; what others write is taken");
                Err(Refusal::new(Code::TooMany, what, hint))
            }
        }
    }

    /// Takes in a no, where it is one to words under embargo, and tells of it.
    pub fn heard(&self, who: &PersonName, train: &str, no: &Refusal, log: &dyn Log) {
        if !conductor::is_embargoed(no) {
            return;
        }
        let count = {
            let mut noes = self.noes.lock().unwrap_or_else(PoisonError::into_inner);
            noes.retain(|_, own| {
                own.retain(|at| at.elapsed().as_secs() < SECONDS);
                !own.is_empty()
            });
            let own = noes.entry(who.clone()).or_default();
            own.push(Instant::now());
            own.len()
        };
        let what = format!(
            "{who} was refused words that are under embargo, {count} times in {} minutes",
            SECONDS / 60
        );
        let hint = "one who meant no harm knows by now; ask whoever goes on";
        log.failed(train, &Refusal::new(Code::Refused, what, hint));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::log::Answered;

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Log for Told {
        fn answered(&self, _: &Answered<'_>) {}

        fn failed(&self, _: &str, failure: &Refusal) {
            self.0.lock().unwrap().push(failure.message.clone());
        }

        fn done(&self, _: &str, _: &str) {}

        fn turned_away(&self, _: &str, _: &str, _: Code) {}
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_few_noes_nothing_of_that_person_is_looked_at_for_a_while() {
        let (guesses, log) = (Guesses::default(), Told::default());
        let (mat, ada) = ("mat".parse().unwrap(), "ada".parse().unwrap());
        let other = Refusal::new(Code::Refused, "another no", "");
        let no = conductor::embargoed_words();
        for _ in 0..9 {
            guesses.heard(&mat, "amo", &other, &log);
        }
        for _ in 0..MOST {
            assert_eq!(guesses.may_write(&mat), Ok(()));
            guesses.heard(&mat, "amo", &no, &log);
        }
        let stopped = guesses.may_write(&mat).unwrap_err();
        assert_eq!(stopped.code, Code::TooMany);
        assert_eq!(guesses.may_write(&ada), Ok(()));
        let told = log.0.lock().unwrap().clone();
        assert_eq!(told.len(), 5);
        assert!(told[4].contains("mat") && told[4].contains("5 times"), "{told:?}");
        tokio::time::advance(Duration::from_secs(SECONDS)).await;
        assert_eq!(guesses.may_write(&mat), Ok(()));
    }
}
