//! How the server fares, in counts and times alone: nothing in it is about what a train ships.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use train::id::TrainName;

/// The bounds of an answer's time, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    route: String,
    status: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTrain {
    train: String,
}

/// What is counted and measured.
pub(crate) struct Meters {
    registry: Registry,
    answers: Family<Answer, Counter>,
    seconds: Histogram,
    rounds: Family<OfTrain, Counter>,
    failed: Family<OfTrain, Counter>,
    round_seconds: Family<OfTrain, Gauge<f64, AtomicU64>>,
    waiting: Family<OfTrain, Gauge>,
    followers: Gauge,
    /// Editors of notes that are open.
    pub editors: Gauge,
    steps: Gauge,
}

impl Default for Meters {
    fn default() -> Self {
        let mut meters = Self {
            registry: Registry::with_prefix("pushduty"),
            answers: Family::default(),
            seconds: Histogram::new(BOUNDS),
            rounds: Family::default(),
            failed: Family::default(),
            round_seconds: Family::default(),
            waiting: Family::default(),
            followers: Gauge::default(),
            editors: Gauge::default(),
            steps: Gauge::default(),
        };
        meters.register();
        meters
    }
}

impl Meters {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("http_answers", "Requests answered", self.answers.clone());
        registry.register("http_answer_seconds", "How long answers took", self.seconds.clone());
        registry.register("rounds", "Rounds made over a train", self.rounds.clone());
        registry.register("rounds_failed", "Rounds in which something failed", self.failed.clone());
        registry.register(
            "round_seconds",
            "How long the last round took",
            self.round_seconds.clone(),
        );
        registry.register("outbox_waiting", "Announcements on their way", self.waiting.clone());
        registry.register("followers", "Pages that follow a train", self.followers.clone());
        registry.register("editors_open", "Editors of notes that are open", self.editors.clone());
        registry.register("steps_running", "Steps on their way", self.steps.clone());
    }

    /// A request was answered; without a status where that could tell what it was.
    pub fn answered(&self, (route, status): (&str, Option<u16>), took: Duration) {
        let answer = Answer { route: route.to_owned(), status };
        self.answers.get_or_create(&answer).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// A round over a train was made.
    pub fn round(&self, train: &TrainName, took: Duration, well: bool) {
        let train = OfTrain { train: train.to_string() };
        self.rounds.get_or_create(&train).inc();
        let failed = self.failed.get_or_create(&train);
        if !well {
            failed.inc();
        }
        self.round_seconds.get_or_create(&train).set(took.as_secs_f64());
    }

    /// How many follow and how many steps are on their way, now.
    pub fn now(&self, followers: usize, steps: usize) {
        self.followers.set(count(followers));
        self.steps.set(count(steps));
    }

    /// How many announcements of a train are on their way. (How many entries its ledger has is nobody's to count: of some even
    /// the number is embargoed, P9.)
    pub fn of_train(&self, train: &TrainName, waiting: usize) {
        let train = OfTrain { train: train.to_string() };
        self.waiting.get_or_create(&train).set(count(waiting));
    }

    /// All of it as text.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
