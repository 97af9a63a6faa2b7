//! What a server tells on standard error.

use std::sync::Arc;

use conductor::failure::Failure;
use conductor::ports::Clock;
use conductor::view::FailureView;
use serde_json::{Value, json};
use train::refusal::Code;
use web::{Answered, Log};

use crate::screen::{Line, Screen, Tone};

/// Its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogForm {
    /// What fails, for people
    Short,
    /// What fails and each answer, a JSON document a line
    Json,
}

/// A server's log.
pub struct ServerLog {
    /// Where it goes.
    pub screen: Screen,
    /// The time of its lines.
    pub clock: Arc<dyn Clock>,
    /// Its form.
    pub form: LogForm,
}

impl ServerLog {
    fn line(&self, kind: &str, mut body: Value) {
        if let Value::Object(body) = &mut body {
            body.insert("at".to_owned(), json!(self.clock.now().to_string()));
            body.insert("kind".to_owned(), json!(kind));
        }
        self.screen.tell(&Line::plain(body.to_string()));
    }

    /// The server says something of itself.
    pub fn says(&self, tone: Tone, words: &str) {
        match self.form {
            LogForm::Json => self.line("server", json!({ "says": words })),
            LogForm::Short => self.screen.tell(&Line::of(tone, words)),
        }
    }
}

impl Log for ServerLog {
    fn answered(&self, answered: &Answered<'_>) {
        if self.form == LogForm::Json {
            let Answered { id, method, route, status, took } = answered;
            let ms = took.as_secs_f64() * 1_000.0;
            let body =
                json!({ "id": id, "method": method, "route": route, "status": status, "ms": ms });
            self.line("answer", body);
        }
    }

    fn failed(&self, about: &str, failure: &Failure) {
        if self.form == LogForm::Json {
            return self.line("failure", json!({ "about": about, "error": error(failure) }));
        }
        let words = format!("{about}: {}", failure.message);
        let hint = format!("; {}", failure.hint);
        self.screen.tell(&Line::of(Tone::Odd, words).put(Tone::Dim, hint));
    }

    fn done(&self, who: &str, what: &str) {
        if self.form == LogForm::Json {
            return self.line("done", json!({ "who": who, "what": what }));
        }
        self.screen.tell(&Line::of(Tone::Plain, format!("{who} {what}")));
    }

    fn turned_away(&self, way: &str, from: &str, code: Code) {
        let no = Failure::new(code, "somebody was not let in", "");
        if self.form == LogForm::Json {
            let body = json!({ "way": way, "from": from, "error": error(&no) });
            return self.line("sign_in_failed", body);
        }
        let words = format!("somebody was turned away, from {from} by {way}: {}", no.message);
        self.screen.tell(&Line::of(Tone::Odd, words));
    }
}

fn error(failure: &Failure) -> Value {
    serde_json::to_value(FailureView::from(failure)).unwrap_or_default()
}
