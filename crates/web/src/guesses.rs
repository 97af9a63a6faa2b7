//! Words that are under embargo are refused in notes and in reasons (P9), and a no to a word is an answer. So the noes of each
//! person are counted and told to whoever runs the server, and after a few of them nothing of that person's is looked at for a
//! while: not what tells of a fix, nor what does not. The commits that somebody names are counted before they are looked at, so
//! that nobody has many guesses answered at once: each once, however often they plan it, say yes to it or save the page that it
//! stands in.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use conductor::ports::Guesser;
use tokio::time::Instant;
use train::id::PersonName;
use train::refusal::{Code, Refusal};

use crate::log::Log;

/// How many noes somebody has, and after how many seconds one of them is forgotten.
const MOST: usize = 5;
const SECONDS: u64 = 600;
/// How many commits somebody may name within that time: twenty pages full of them. Who guesses at seven digits takes years for one.
const MOST_NAMED: usize = 2_000;
/// How much of one person's is looked at at once: what may be on its way, and as many plans.
const MOST_AT_ONCE: usize = 16;

/// What everybody had looked at.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    all: Mutex<HashMap<PersonName, Own>>,
}

/// What one person had looked at.
#[derive(Debug, Default)]
struct Own {
    /// When they were told no, the oldest first.
    noes: Vec<Instant>,
    /// Which commits they named, in small letters, and when.
    named: HashMap<String, Instant>,
    /// How much is being looked at.
    under_way: usize,
}

/// Something of somebody's that is being looked at, until this is dropped.
#[derive(Debug)]
pub(crate) struct Look {
    guesses: Arc<Guesses>,
    who: PersonName,
}

impl Guesses {
    /// Takes something of somebody's to be looked at; refuses whoever has had too many noes, whatever it is that they write now,
    /// and whoever has too much looked at.
    pub fn look(self: &Arc<Self>, who: &PersonName) -> Result<Look, Refusal> {
        self.of(who, |own| {
            own.may()?;
            own.under_way += 1;
            Ok(Look { guesses: Arc::clone(self), who: who.clone() })
        })
    }

    /// Forgets all that is to be forgotten, of everybody: where more is to be remembered.
    fn forget(&self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, own| {
            own.forget();
            own.is_known()
        });
    }

    /// Does something with what is known of one person, without what is forgotten by now. This is asked for at each key somebody
    /// types: nobody else's is looked through for it.
    fn of<T>(&self, who: &PersonName, act: impl FnOnce(&mut Own) -> T) -> T {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.entry(who.clone()).or_default();
        own.forget();
        let done = act(own);
        if !own.is_known() {
            all.remove(who);
        }
        done
    }
}

impl Own {
    fn forget(&mut self) {
        let now = Instant::now();
        let counts = |at: &Instant| now.duration_since(*at).as_secs() < SECONDS;
        self.noes.retain(counts);
        self.named.retain(|_, at| counts(at));
    }

    fn is_known(&self) -> bool {
        self.under_way > 0 || !self.noes.is_empty() || !self.named.is_empty()
    }

    fn may(&self) -> Result<(), Refusal> {
        if self.noes.len() >= MOST {
            let what =
                "too much of what you wrote was refused: nothing more of it is taken for now";
            return Err(Refusal::new(Code::TooMany, what, again(self.noes.first())));
        }
        if self.under_way >= MOST_AT_ONCE {
            let what = format!("{} wishes of yours are looked at already", self.under_way);
            return Err(Refusal::new(Code::TooMany, what, "wait for the answer to one of them"));
        }
        Ok(())
    }

    /// Counts commits that they did not name before; takes all of them or none.
    fn names(&mut self, hashes: &[&str]) -> Result<(), Refusal> {
        let all = hashes.iter().map(|hash| hash.to_lowercase());
        let new: BTreeSet<String> = all.filter(|hash| !self.has_named(hash)).collect();
        if self.named.len() + new.len() > MOST_NAMED {
            let what = "what you wrote names too many commits: no more of them are taken for now";
            return Err(Refusal::new(Code::TooMany, what, again(self.named.values().min())));
        }
        let now = Instant::now();
        self.named.extend(new.into_iter().map(|hash| (hash, now)));
        Ok(())
    }

    /// Whether they named it, or what it begins with: the answer to that is one to the whole, and who types a hash comes by all of
    /// its beginnings.
    fn has_named(&self, hash: &str) -> bool {
        let begins = |end: usize| hash.get(..end).is_some_and(|it| self.named.contains_key(it));
        (1..=hash.len()).any(begins)
    }
}

/// When to write again, once the first of what is too much is forgotten.
fn again(first: Option<&Instant>) -> String {
    let wait = first.map_or(0, |at| SECONDS.saturating_sub(at.elapsed().as_secs()));
    format!("write again in {wait} s; what others write is taken")
}

impl Guesser for Look {
    fn names(&self, hashes: &[&str]) -> Result<(), Refusal> {
        if hashes.is_empty() {
            return Ok(());
        }
        self.guesses.forget();
        self.guesses.of(&self.who, |own| own.names(hashes))
    }
}

impl Look {
    /// Takes in a no, where it is one to words under embargo, and tells of it.
    pub fn heard(&self, train: &str, no: &Refusal, log: &dyn Log) {
        if !conductor::is_embargoed(no) {
            return;
        }
        let count = self.guesses.of(&self.who, |own| {
            own.noes.push(Instant::now());
            own.noes.len()
        });
        let what = format!(
            "{} was refused words that are under embargo, {count} times in {} minutes",
            self.who,
            SECONDS / 60
        );
        let hint = "one who meant no harm knows by now; ask whoever goes on";
        log.failed(train, &Refusal::new(Code::Refused, what, hint));
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.guesses.of(&self.who, |own| own.under_way = own.under_way.saturating_sub(1));
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
        let (guesses, log) = (Arc::new(Guesses::default()), Told::default());
        let (mat, ada) = ("mat".parse().unwrap(), "ada".parse().unwrap());
        let other = Refusal::new(Code::Refused, "another no", "");
        let no = conductor::embargoed_words();
        for _ in 0..9 {
            guesses.look(&mat).unwrap().heard("amo", &other, &log);
        }
        for _ in 0..MOST {
            guesses.look(&mat).unwrap().heard("amo", &no, &log);
        }
        let stopped = guesses.look(&mat).unwrap_err();
        assert_eq!(stopped.code, Code::TooMany);
        assert!(guesses.look(&ada).is_ok());
        let told = log.0.lock().unwrap().clone();
        assert_eq!(told.len(), 5);
        assert!(told[4].contains("mat") && told[4].contains("5 times"), "{told:?}");
        tokio::time::advance(Duration::from_secs(SECONDS)).await;
        assert!(guesses.look(&mat).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn p9_what_is_looked_at_is_counted_before_it_is_and_at_once_it_is_a_few() {
        let guesses = Arc::new(Guesses::default());
        let (mat, ada) = ("mat".parse().unwrap(), "ada".parse().unwrap());
        let mut looks: Vec<Look> = (0..MOST_AT_ONCE).map(|_| guesses.look(&mat).unwrap()).collect();
        assert_eq!(guesses.look(&mat).unwrap_err().code, Code::TooMany);
        assert!(guesses.look(&ada).is_ok());
        looks.pop();
        looks.push(guesses.look(&mat).unwrap());
        assert!(guesses.look(&mat).is_err());
    }

    /// So many hashes from this one on.
    fn hashes(from: usize, many: usize) -> Vec<String> {
        (from..from + many).map(|n| format!("{n:07x}")).collect()
    }

    fn names(look: &Look, hashes: &[String]) -> Result<(), Refusal> {
        look.names(&hashes.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[tokio::test(start_paused = true)]
    async fn p9_commits_are_counted_whatever_the_answer_and_words_without_any_are_taken() {
        let guesses = Arc::new(Guesses::default());
        let (mat, ada) = ("mat".parse().unwrap(), "ada".parse().unwrap());
        for n in 0..MOST_NAMED / 100 {
            names(&guesses.look(&mat).unwrap(), &hashes(n * 100, 100)).unwrap();
        }
        let look = guesses.look(&mat).expect("words without any are taken");
        let stopped = names(&look, &hashes(MOST_NAMED, 1)).unwrap_err();
        assert!(stopped.message.contains("too many commits"), "{stopped:?}");
        assert_eq!(stopped.code, Code::TooMany);
        let one_is_new = [hashes(0, 50), hashes(MOST_NAMED, 1)].concat();
        assert!(names(&look, &one_is_new).is_err(), "among others it is looked at no more");
        names(&guesses.look(&ada).unwrap(), &hashes(0, 100)).expect("others have theirs");
        tokio::time::advance(Duration::from_secs(SECONDS)).await;
        names(&look, &hashes(MOST_NAMED, 100)).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn p9_what_was_named_is_no_new_guess_and_neither_is_what_goes_on_from_it() {
        let guesses = Arc::new(Guesses::default());
        let mat = "mat".parse().unwrap();
        let look = guesses.look(&mat).unwrap();
        names(&look, &hashes(0, MOST_NAMED - 1)).unwrap();
        for _ in 0..50 {
            names(&guesses.look(&mat).unwrap(), &hashes(0, 100)).expect("it is saved again");
        }
        let whole = "ABCDEF0123456789abcdef0123456789abcdef01";
        for end in 7..=whole.len() {
            look.names(&[&whole[..end]]).expect("it is typed letter by letter");
        }
        for other in ["abcdef1", "bcdef01"] {
            assert!(look.names(&[other]).is_err(), "{other}");
        }
        let shorter =
            Own { named: [("abcdef01".to_owned(), Instant::now())].into(), ..Own::default() };
        assert!(!shorter.has_named("abcdef0"), "fewer digits are more commits");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_remembered_for_longer_than_what_they_had_looked_at() {
        let guesses = Arc::new(Guesses::default());
        let mat = "mat".parse().unwrap();
        let look = guesses.look(&mat).unwrap();
        names(&look, &hashes(0, 7)).unwrap();
        tokio::time::advance(Duration::from_secs(SECONDS)).await;
        assert_eq!(guesses.all.lock().unwrap().len(), 1, "it is still looked at");
        drop(look);
        assert!(guesses.all.lock().unwrap().is_empty());
    }
}
