//! The director of a week that is played before visitors: a scene begins when somebody asks for the next, or a while after the
//! last one; what was played is told on the pages, and the rehearsal's clock is set on with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::ZonedDateTime;
use tokio::sync::watch;
use train::refusal::{Code, Refusal};
use web::{Part, Show, Stands, Told, ToldScene};

use crate::clock::Wall;
use crate::session::Ending;

/// How long a scene is left to be read before the next one is played.
const READ: Duration = Duration::from_secs(5);
/// How long whoever asked for the next scene waits for its end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who may hear of a scene (P9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Veil {
    /// Everybody.
    None,
    /// Before it is over, whoever holds the security role; then everybody: it made public what was under embargo.
    Ahead,
    /// Whoever holds the security role.
    Whole,
}

/// A scene that is about to be played.
#[derive(Debug, Clone)]
pub struct Cue {
    /// When it is.
    pub at: ZonedDateTime,
    /// Who acts.
    pub who: String,
    /// What they type.
    pub types: Option<String>,
    /// What happens, where they type nothing.
    pub says: String,
    /// Who may hear of it.
    pub veil: Veil,
}

impl Cue {
    fn scene(&self) -> ToldScene {
        let at = self.at.strftime("%a %H:%M").to_string();
        ToldScene { at, who: self.who.clone(), types: self.types.clone(), says: self.says.clone() }
    }
}

/// Why a week ends before its time, or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// The demo is over.
    Demo,
    /// It is to be played anew.
    Anew,
}

#[derive(Debug)]
struct State {
    now: Option<Cue>,
    next: Option<Cue>,
    /// The scene that was played last, and the last that everybody may hear of.
    last: Option<ToldScene>,
    last_open: Option<ToldScene>,
    /// Whether those are two.
    veiled: bool,
    clock: ZonedDateTime,
    /// Nobody was here yet for whom the week begins.
    waits_for_somebody: bool,
    plays: bool,
    /// Somebody asked for the next scene; whether they may hear of every one.
    asked: Option<bool>,
    astray: bool,
    over: bool,
    ends: Option<Ends>,
}

/// The director.
pub struct Director {
    clock: Arc<Wall>,
    cast: Vec<Part>,
    again: bool,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Director {
    /// Before the first scene, at this time. The week begins to play with its first visitor where it `plays`, else it waits to
    /// be asked; `again` is whether it can be played anew.
    pub fn new(begin: ZonedDateTime, cast: Vec<Part>, plays: bool, again: bool) -> Self {
        let clock = Arc::new(Wall::standing(begin.timestamp()));
        let state = State {
            now: None,
            next: None,
            last: None,
            last_open: None,
            veiled: false,
            clock: begin,
            waits_for_somebody: plays,
            plays: false,
            asked: None,
            astray: false,
            over: false,
            ends: None,
        };
        Self { clock, cast, again, state: Mutex::new(state), changes: watch::Sender::new(0) }
    }

    /// The clock that is set on with each scene.
    pub fn clock(&self) -> Arc<Wall> {
        Arc::clone(&self.clock)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something that is told.
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changes.send_modify(|n| *n += 1);
    }

    /// Waits for a scene's turn.
    pub async fn cue(&self, cue: Cue) -> Result<(), Ending> {
        self.change(|state| state.next = Some(cue.clone()));
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let plays = {
                let mut state = self.state();
                if state.ends.is_some() {
                    return Err(Refusal::new(Code::Interrupted, "the demo ends", "").into());
                }
                if let Some(security) = state.asked {
                    // Whoever may not hear of this scene asked for the one after it.
                    let told = security || cue.veil != Veil::Whole;
                    state.asked = state.asked.filter(|_| !told);
                    break;
                }
                state.plays
            };
            let changed = changes.changed();
            if !plays {
                let _ = changed.await;
            } else if tokio::time::timeout(READ, changed).await.is_err() {
                break;
            }
        }
        self.clock.set_on(cue.at.timestamp());
        self.change(|state| {
            state.clock = cue.at.clone();
            state.next = None;
            state.now = Some(cue);
        });
        Ok(())
    }

    /// It is this time by now.
    pub fn is(&self, at: &ZonedDateTime) {
        self.clock.set_on(at.timestamp());
    }

    /// The scene that was begun is over; this is what came of it.
    pub fn tells(&self, says: &str) {
        self.change(|state| {
            let Some(cue) = state.now.take() else { return };
            let scene = ToldScene { says: says.to_owned(), ..cue.scene() };
            state.veiled = cue.veil == Veil::Whole;
            if !state.veiled {
                state.last_open = Some(scene.clone());
            }
            state.last = Some(scene);
        });
    }

    /// The week goes another way than it was written.
    pub fn astray(&self, words: &str) {
        self.tells("");
        self.change(|state| {
            state.astray = true;
            let open = state.last_open.as_mut().filter(|_| !state.veiled);
            for scene in state.last.as_mut().into_iter().chain(open) {
                if !scene.says.contains(words) {
                    scene.says = format!("{} {words}", scene.says).trim().to_owned();
                }
            }
        });
    }

    /// The last scene was played.
    pub fn over(&self) {
        self.change(|state| {
            state.over = true;
            state.plays = false;
        });
    }

    /// It ends after the scene that is being played.
    pub fn ends(&self, ends: Ends) {
        self.change(|state| state.ends = state.ends.or(Some(ends)));
    }

    /// Waits until it is to end.
    pub async fn ended(&self) -> Ends {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            if let Some(ends) = self.state().ends {
                return ends;
            }
            let _ = changes.changed().await;
        }
    }
}

#[async_trait]
impl Show for Director {
    fn cast(&self) -> &[Part] {
        &self.cast
    }

    fn told(&self, security: bool) -> Told {
        let state = self.state();
        let heard = |cue: &&Cue| security || cue.veil == Veil::None;
        let scene = |cue: &Option<Cue>| cue.as_ref().filter(heard).map(Cue::scene);
        let stands = match (state.over, state.plays) {
            (true, _) => Stands::Over,
            (false, true) => Stands::Plays,
            (false, false) => Stands::Waits,
        };
        Told {
            clock: state.clock.strftime("%A %-d %B, %H:%M").to_string(),
            zone: state.clock.time_zone().iana_name().unwrap_or("UTC").to_owned(),
            stands,
            now: scene(&state.now),
            last: if security { state.last.clone() } else { state.last_open.clone() },
            next: scene(&state.next),
            astray: state.astray,
            again: self.again,
        }
    }

    fn seen(&self) {
        if std::mem::take(&mut self.state().waits_for_somebody) {
            self.change(|state| state.plays = true);
        }
    }

    async fn next(&self, security: bool) {
        let mut changes = self.changes.subscribe();
        self.change(|state| state.asked = Some(security));
        let played = async {
            loop {
                changes.mark_unchanged();
                let done = {
                    let state = self.state();
                    let played =
                        state.asked.is_none() && state.now.is_none() && state.next.is_some();
                    played || state.over || state.ends.is_some()
                };
                if done || changes.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, played).await;
    }

    fn plays(&self, on: bool) {
        self.change(|state| {
            state.plays = on && !state.over;
            state.waits_for_somebody = false;
        });
    }

    fn anew(&self) {
        if self.again {
            self.ends(Ends::Anew);
        }
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
