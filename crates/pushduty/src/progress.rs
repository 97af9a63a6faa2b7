//! What goes on, for people who wait: a line per repository on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use conductor::ports::{Progress, Silent};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use train::id::RepoName;

use crate::screen::{Line, Screen, Tone, clean};

/// How often a second the lines are drawn at most.
const HERTZ: u8 = 12;

/// The progress that suits a screen.
#[must_use]
pub fn on(screen: &Screen) -> Arc<dyn Progress> {
    if screen.quiet {
        Arc::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Arc::new(Bars::new())
    } else {
        Arc::new(Plain { screen: screen.clone() })
    }
}

/// A line per repository, redrawn in place, gone when all is done.
struct Bars {
    all: MultiProgress,
    bars: Mutex<BTreeMap<RepoName, ProgressBar>>,
}

impl Bars {
    fn new() -> Self {
        Self {
            all: MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(HERTZ)),
            bars: Mutex::default(),
        }
    }

    fn with(&self, repo: &RepoName, act: impl FnOnce(&ProgressBar)) {
        let Ok(mut bars) = self.bars.lock() else { return };
        let bar = bars.entry(repo.clone()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix:<24} {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(repo.to_string());
            bar.enable_steady_tick(Duration::from_millis(80));
            bar
        });
        act(bar);
    }
}

impl Progress for Bars {
    fn step(&self, repo: &RepoName, words: &str) {
        self.with(repo, |bar| bar.set_message(clean(words)));
    }

    fn done(&self, repo: &RepoName, words: &str) {
        self.with(repo, |bar| bar.set_message(clean(words)));
        let Ok(mut bars) = self.bars.lock() else { return };
        if let Some(bar) = bars.remove(repo) {
            bar.finish_and_clear();
        }
    }

    fn output(&self, repo: &RepoName, line: &str) {
        let _ = self.all.println(format!("  {repo} │ {}", clean(line)));
    }

    fn remark(&self, words: &str) {
        let _ = self.all.println(clean(words));
    }

    fn make_room(&self, asking: bool) {
        if asking {
            let _ = self.all.clear();
            self.all.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            self.all.set_draw_target(ProgressDrawTarget::stderr_with_hz(HERTZ));
        }
    }
}

/// A line per step, for logs.
struct Plain {
    screen: Screen,
}

impl Progress for Plain {
    fn step(&self, repo: &RepoName, words: &str) {
        self.screen.tell(&Line::of(Tone::Dim, format!("{repo}: {words}")));
    }

    fn done(&self, repo: &RepoName, words: &str) {
        self.screen.tell(&Line::of(Tone::Dim, format!("{repo}: {words}")));
    }

    fn output(&self, repo: &RepoName, line: &str) {
        self.screen.tell(&Line::of(Tone::Dim, format!("{repo} │ {line}")));
    }

    fn remark(&self, words: &str) {
        self.screen.tell(&Line::of(Tone::Dim, words));
    }
}
