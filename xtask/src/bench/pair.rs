//! Two things timed turn by turn, so that whatever the machine does meanwhile it does to both.

use std::time::{Duration, Instant};

use crate::trouble::Trouble;

/// What came of timing a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The median time of the first.
    pub ours: Duration,
    /// The median time of the second.
    pub theirs: Duration,
    /// The median of the rounds' own ratios, first by second.
    pub ratio: f64,
    /// The quarter and three quarters of those ratios: how sure it is.
    pub spread: (f64, f64),
}

/// One side of a pair.
pub type Side<'a> = &'a mut dyn FnMut() -> Result<(), Trouble>;

/// Runs both once unmeasured, then `rounds` times each, in turn; who goes first changes from round to round.
pub fn time(rounds: u32, ours: Side, theirs: Side) -> Result<Pair, Trouble> {
    time_after(rounds, &mut || Ok(()), ours, theirs)
}

/// The same, with something to set up before each round, unmeasured.
pub fn time_after(rounds: u32, before: Side, ours: Side, theirs: Side) -> Result<Pair, Trouble> {
    before()?;
    ours()?;
    theirs()?;
    let mut times = Vec::new();
    for round in 0..rounds {
        before()?;
        times.push(if round % 2 == 0 {
            let first = once(ours)?;
            (first, once(theirs)?)
        } else {
            let second = once(theirs)?;
            (once(ours)?, second)
        });
    }
    Ok(judge(&times))
}

fn once(side: Side) -> Result<Duration, Trouble> {
    let began = Instant::now();
    side()?;
    Ok(began.elapsed())
}

/// Medians and ratios of rounds; there is at least one.
fn judge(times: &[(Duration, Duration)]) -> Pair {
    let mut ours: Vec<Duration> = times.iter().map(|round| round.0).collect();
    let mut theirs: Vec<Duration> = times.iter().map(|round| round.1).collect();
    let mut ratios: Vec<f64> = times
        .iter()
        .map(|(a, b)| a.as_secs_f64() / b.as_secs_f64().max(f64::MIN_POSITIVE))
        .collect();
    ours.sort();
    theirs.sort();
    ratios.sort_by(f64::total_cmp);
    let at = |quarter: usize| ratios[(ratios.len() - 1) * quarter / 4];
    Pair {
        ours: ours[(ours.len() - 1) / 2],
        theirs: theirs[(theirs.len() - 1) / 2],
        ratio: at(2),
        spread: (at(1), at(3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn medians_and_the_ratio_of_rounds() {
        let pair = judge(&[(ms(10), ms(20)), (ms(30), ms(60)), (ms(1000), ms(20))]);
        assert_eq!((pair.ours, pair.theirs), (ms(30), ms(20)));
        assert!((pair.ratio - 0.5).abs() < 1e-9, "a single slow round does not decide: {pair:?}");
    }

    #[test]
    fn sides_take_turns_and_each_begins_as_often() {
        let calls = std::cell::RefCell::new(String::new());
        let side = |name: char| {
            let calls = &calls;
            move || {
                calls.borrow_mut().push(name);
                Ok(())
            }
        };
        time(4, &mut side('a'), &mut side('b')).unwrap();
        assert_eq!(calls.into_inner(), "ababbaabba");
    }

    #[test]
    fn a_side_that_fails_ends_the_measurement() {
        let failing = &mut || Err(Trouble::new("no", "none"));
        assert!(time(3, &mut || Ok(()), failing).is_err());
    }
}
