//! Wishes that are being carried out: each goes on whether or not somebody still waits for it, and whoever may look may join
//! and read along. The record keeps what came of one; here is what it says meanwhile, which is kept beside the record.

mod end;
mod kept;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use conductor::ports::KeptSteps;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::task::LocalPoolHandle;
use train::command::Command;
use train::id::{PersonName, TrainName};
use train::refusal::{Code, Refusal};

use conductor::Conductor;
use conductor::carry::Plan;

use crate::answer::Answer;
use crate::caught::caught;
use crate::guesses::Look;
use crate::log::Log;
use crate::said::{Heard, Hears, Said};
use crate::secret::is_key_id;
pub(crate) use end::End;

/// How many steps are at hand after their end.
const KEPT: usize = 100;
/// How many bytes the wishes of those at hand have together: a wish may be a whole page of notes.
const BYTES: usize = 8_000_000;
/// How many wishes of one person may be on their way.
const MOST_OF_ONE: usize = 8;
/// How many lines of one are kept: the newest.
const LINES: usize = 2_000;

/// What a step said: the newest lines, and how many came before.
#[derive(Default, Serialize, Deserialize)]
struct Lines {
    gone: usize,
    #[serde(rename = "said")]
    kept: VecDeque<Said>,
}

/// A wish on its way.
pub(crate) struct Step {
    pub id: String,
    pub train: TrainName,
    pub by: PersonName,
    pub at: Timestamp,
    pub wish: Command,
    /// How large the wish is.
    bytes: usize,
    /// Whether whoever wished it is told of what is embargoed: then what it says is for those with the security role alone (P9).
    pub hears: bool,
    /// Whether that it is there at all is for them: a wish about security branches.
    pub secret: bool,
    said: Mutex<Lines>,
    /// What is answered about it, once it is over.
    end: OnceLock<End>,
    changed: watch::Sender<u64>,
}

/// What of a step somebody may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// All of it.
    Whole,
    /// What it says itself, and what came of it. What remotes and programs put out meanwhile is not meant for everybody, nor what
    /// of it stands in a sentence.
    Sentences,
    /// That it goes on, by whose wish and since when, and that it is over.
    Outline,
    /// Not even that it is there.
    Nothing,
}

impl Open {
    /// How much somebody may read of what is embargoed to nobody: who is of its train, or who is not.
    pub fn of(aboard: bool) -> Self {
        if aboard { Self::Whole } else { Self::Sentences }
    }

    /// A plan, as far as they may read it.
    pub fn plan(self, plan: Plan) -> Plan {
        if self == Self::Whole { plan } else { plan.for_strangers() }
    }

    /// A no, as far as they may read it.
    pub fn no(self, refusal: Refusal) -> Refusal {
        if self == Self::Whole { refusal } else { refusal.for_strangers() }
    }

    /// This, as far as they may read it; none where they may not.
    pub fn told(self, said: Said) -> Option<Said> {
        match self {
            Self::Whole => Some(said),
            Self::Sentences => said.for_strangers(),
            Self::Outline | Self::Nothing => None,
        }
    }
}

/// All of them.
pub(crate) struct Steps {
    /// Where they are kept beyond this process.
    store: Arc<dyn KeptSteps>,
    /// Those at hand, the newest first.
    all: Mutex<VecDeque<Arc<Step>>>,
    running: watch::Sender<usize>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Steps {
    pub fn kept_in(store: Arc<dyn KeptSteps>) -> Self {
        Self { store, all: Mutex::default(), running: watch::Sender::default() }
    }

    /// Begins to carry `wish` out. It goes on by itself; what is to be known of it is told to the log, and tried words are
    /// counted.
    pub fn begin(
        self: &Arc<Self>,
        stage: &LocalPoolHandle,
        conductor: Conductor,
        step: Arc<Step>,
        saw: Option<String>,
        (log, look): (Arc<dyn Log>, Option<Arc<Look>>),
    ) {
        let mut all = locked(&self.all);
        all.push_front(Arc::clone(&step));
        let bytes = |all: &VecDeque<Arc<Step>>| all.iter().map(|step| step.bytes).sum::<usize>();
        while (all.len() > KEPT || bytes(&all) > BYTES)
            && let Some(last) = all.iter().rposition(|step| step.is_over())
        {
            all.remove(last);
        }
        drop(all);
        let running = self.runs(&step);
        let conductor = conductor.telling(Arc::new(Heard(Arc::clone(&step))));
        stage.spawn_pinned(async move || {
            let about = format!("step {} of {}", step.id, step.train);
            // Whatever begins is known of after this process, too.
            let kept = running.steps.store.keep(&step.as_kept(None)).await;
            let end = match kept {
                Ok(()) => {
                    let carried = conductor.carry(&step.wish, saw.as_deref());
                    caught(&*log, &about, carried).await.unwrap_or_else(Err)
                }
                Err(refusal) => Err(refusal),
            };
            let no = end.as_ref().map_or_else(Some, |done| done.refusal.as_ref());
            if let (Some(look), Some(no)) = (look, no) {
                look.heard(step.train.as_str(), no, &*log);
            }
            let well = end.as_ref().is_ok_and(|done| done.refusal.is_none());
            let end = End::of(&conductor, end);
            running.keeps(&end).await;
            // Its answer is kept: whoever wished it can read it, whatever becomes of this server.
            if well {
                let read = conductor.read_by_whoever_wished(&step.wish);
                if let Err(refusal) = caught(&*log, &about, read).await.unwrap_or_else(Err) {
                    step.hear(Said::failed(refusal));
                    running.keeps(&end).await;
                }
            }
            step.ends(end);
            // What was recorded is announced, as after every command.
            let _ = caught(&*log, &about, conductor.tell_news()).await;
            drop(running);
        });
    }

    /// Refuses one more wish of somebody who has too many on their way.
    pub fn has_room_for(&self, by: &PersonName) -> Result<(), Refusal> {
        let all = locked(&self.all);
        let running = all.iter().filter(|step| step.by == *by && !step.is_over()).count();
        if running < MOST_OF_ONE {
            return Ok(());
        }
        let what = format!("{running} wishes of yours are on their way already");
        Err(Refusal::new(Code::TooMany, what, "wait for one of them to end"))
    }

    /// Counts it among those on their way, until what is given back is dropped.
    fn runs(self: &Arc<Self>, step: &Arc<Step>) -> OnItsWay {
        self.running.send_modify(|running| *running += 1);
        OnItsWay { steps: Arc::clone(self), step: Arc::clone(step) }
    }

    /// How many are on their way that everybody may know of.
    pub fn told_running(&self) -> usize {
        locked(&self.all).iter().filter(|step| !step.secret && !step.is_over()).count()
    }

    /// Those of a train that are on their way, the one that began last first.
    pub fn on_their_way(&self, train: &TrainName) -> Vec<Arc<Step>> {
        let all = locked(&self.all);
        all.iter().filter(|step| step.train == *train && !step.is_over()).cloned().collect()
    }

    /// One that is on its way, or was not long ago.
    fn at_hand(&self, id: &str) -> Option<Arc<Step>> {
        locked(&self.all).iter().find(|step| step.id == id).cloned()
    }

    /// One of them, also of an earlier process.
    pub async fn get(&self, id: &str) -> Result<Option<Arc<Step>>, Refusal> {
        if let Some(step) = self.at_hand(id) {
            return Ok(Some(step));
        }
        // Anybody may ask for anything: the store, where wishes begin, is asked for what could be there.
        if !is_key_id(id) {
            return Ok(None);
        }
        let kept = self.store.kept(id).await?;
        Ok(kept.and_then(Step::of_kept).map(Arc::new))
    }

    /// Waits until none is on its way, or for so long.
    pub async fn drained(&self, patience: Duration) -> bool {
        let mut running = self.running.subscribe();
        let none = running.wait_for(|running| *running == 0);
        tokio::time::timeout(patience, none).await.is_ok()
    }
}

/// A step that goes on. However it stops, it has an end, and nobody waits for it for ever.
struct OnItsWay {
    steps: Arc<Steps>,
    step: Arc<Step>,
}

impl OnItsWay {
    /// Keeps it with what it said so far and what is answered; where that can't be, it is said here alone.
    async fn keeps(&self, end: &End) {
        if let Err(refusal) = self.steps.store.keep(&self.step.as_kept(Some(end))).await {
            self.step.hear(Said::failed(refusal));
        }
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if !self.step.is_over() {
            self.step.ends(Answer::fault().into());
        }
        self.steps.running.send_modify(|running| *running -= 1);
    }
}

impl Step {
    pub fn new(id: String, train: TrainName, by: PersonName, at: Timestamp, wish: Command) -> Self {
        let (said, end, changed) = (Mutex::default(), OnceLock::new(), watch::Sender::new(0));
        let (hears, secret) = (false, false);
        let bytes = serde_json::to_vec(&wish).map_or(0, |wish| wish.len());
        Self { id, train, by, at, wish, bytes, hears, secret, said, end, changed }
    }

    /// The same, wished by somebody who is told of what is embargoed, or about what is.
    pub fn embargoed(self, hears: bool, secret: bool) -> Self {
        Self { hears, secret, ..self }
    }

    /// What of it somebody may read: a person of its train, or nobody whom that knows; `hears`: whether they are told of what is
    /// embargoed. Whoever wished it was told by their own right to be.
    pub fn open_to(&self, who: Option<&PersonName>, hears: bool) -> Open {
        let own = who == Some(&self.by) && !self.hears;
        let may_quote = self.end.get().is_some_and(|end| end.may_quote);
        match (hears || own, self.secret, self.hears) {
            (false, false, false) if who.is_none() && may_quote => Open::Outline,
            (false, false, false) if who.is_none() => Open::Sentences,
            (true, ..) | (_, false, false) => Open::Whole,
            (false, true, _) => Open::Nothing,
            (false, false, true) => Open::Outline,
        }
    }

    /// This is what became of it.
    fn ends(&self, end: End) {
        let _ = self.end.set(end);
        self.changed.send_modify(|n| *n += 1);
    }

    /// What is answered about it to whoever may read so much of it; none while it goes on.
    pub fn answer(&self, open: Open) -> Option<&Answer> {
        Some(self.end.get()?.told(open))
    }

    /// Whether it goes on no more.
    pub fn is_over(&self) -> bool {
        self.end.get().is_some()
    }

    /// What it said so far, to whoever may read so much of it.
    pub fn lines(&self, open: Open) -> Vec<String> {
        let lines = locked(&self.said);
        let told = lines.kept.iter().filter_map(|said| open.told(said.clone()));
        told.map(|said| said.to_string()).collect()
    }

    /// Waits for its end.
    pub async fn over(&self) {
        let mut changed = self.changed.subscribe();
        while !self.is_over() && changed.changed().await.is_ok() {}
    }

    /// Waits for its end, for so long.
    pub async fn ended(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.over()).await;
    }

    /// What it said after so many lines, and how many there are with it; waits for it, and is none where the step ended
    /// and said no more.
    pub async fn next(&self, from: usize) -> Option<(Said, usize)> {
        let mut changed = self.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let over = self.is_over();
            let next = {
                let lines = locked(&self.said);
                let at = from.saturating_sub(lines.gone);
                lines.kept.get(at).map(|said| (said.clone(), lines.gone + at + 1))
            };
            if next.is_some() || over || changed.changed().await.is_err() {
                return next;
            }
        }
    }
}

impl Hears for Step {
    fn hear(&self, said: Said) {
        let mut lines = locked(&self.said);
        if lines.kept.len() == LINES {
            lines.kept.pop_front();
            lines.gone += 1;
        }
        lines.kept.push_back(said);
        drop(lines);
        self.changed.send_modify(|n| *n += 1);
    }
}

/// That a step is not here; the same where it is not for whoever asks (P9).
pub(crate) fn gone() -> Refusal {
    let what = "that step is not, or no longer, here";
    Refusal::new(Code::NotFound, what, "the log has what came of it")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use async_trait::async_trait;
    use conductor::ports::{Begun, KeptStep, KeyedWish};

    use super::*;

    /// Steps that are kept as long as somebody has them.
    #[derive(Default)]
    pub(super) struct Memory(Mutex<BTreeMap<String, KeptStep>>);

    #[async_trait]
    impl KeptSteps for Memory {
        async fn begin(&self, _: &KeyedWish) -> Result<Begun, Refusal> {
            Ok(Begun::New)
        }

        async fn keep(&self, step: &KeptStep) -> Result<(), Refusal> {
            locked(&self.0).insert(step.id.clone(), step.clone());
            Ok(())
        }

        async fn kept(&self, id: &str) -> Result<Option<KeptStep>, Refusal> {
            Ok(locked(&self.0).get(id).cloned())
        }
    }

    #[tokio::test]
    async fn a_step_that_stops_without_an_end_gets_one_and_is_waited_for_no_more() {
        let steps = Arc::new(Steps::kept_in(Arc::new(Memory::default())));
        let (train, by) = ("amo".parse().unwrap(), "mat".parse().unwrap());
        let wish = Command::Claim { push: None };
        let step = Arc::new(Step::new("s".to_owned(), train, by, Timestamp::UNIX_EPOCH, wish));
        let running = steps.runs(&step);
        locked(&steps.all).push_front(Arc::clone(&step));
        assert_eq!(steps.on_their_way(&step.train).len(), 1);
        assert!(steps.on_their_way(&"other".parse().unwrap()).is_empty(), "another train has none");
        let stage = LocalPoolHandle::new(1);
        let stopped = stage.spawn_pinned(move || async move {
            let _running = running;
            panic!("embargoed words");
        });
        step.ended(Duration::from_secs(20)).await;
        let answer = step.answer(Open::Whole).expect("it has an end");
        assert_eq!(answer.status, 500);
        assert!(!answer.body.to_string().contains("embargoed"), "{}", answer.body);
        assert!(stopped.await.is_err());
        assert!(steps.drained(Duration::from_secs(20)).await);
        assert!(steps.on_their_way(&step.train).is_empty(), "what ended is not on its way");
    }
}
