//! Plays one turn after another: moves the clock, runs the binary as somebody, shows what was typed and what it answered,
//! and stops the demo where the answer is not the one that the story expects.

use std::process::{Output, Stdio};

use conductor::failure;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use train::refusal::{Code, Refusal};

use super::world::{World, sealed};
use crate::screen::{Line, Screen, Tone};
use crate::session::Ending;

/// Somebody does something at a time.
pub struct Turn<'a> {
    /// The time of day, in the train's zone.
    pub at: &'a str,
    /// Who.
    pub who: &'a str,
    /// What they type after `pushduty`.
    pub does: &'a [&'a str],
    /// The exit code that the story expects.
    pub exit: i32,
    /// Why it matters.
    pub why: &'a str,
}

/// A turn that was played, for the document.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// As it was typed.
    pub command: String,
    /// Who typed it.
    pub who: String,
    /// When, on the rehearsal's clock.
    pub at: String,
    /// What it ended with.
    pub exit: i32,
    /// Whether that is what the story expects.
    pub ok: bool,
}

/// The stage: the sandbox, the screen, and the clock.
pub struct Player<'a> {
    /// The sandbox.
    pub world: &'a World,
    /// What was played.
    pub steps: Vec<Step>,
    screen: &'a Screen,
    day: Date,
    time: String,
    who: String,
}

impl<'a> Player<'a> {
    /// Before the first day.
    pub fn new(world: &'a World, screen: &'a Screen) -> Self {
        let (time, who) = ("00:00".to_owned(), "mara".to_owned());
        Self { world, steps: Vec::new(), screen, day: Date::constant(2026, 11, 23), time, who }
    }

    /// The rehearsal's time now. Paris is an hour ahead of UTC in November.
    pub fn now(&self) -> String {
        format!("{}T{}:00+01:00", self.day, self.time)
    }

    /// Another day dawns.
    pub fn day(&mut self, day: Date, about: &str) {
        self.day = day;
        let name = day.strftime("%A %-d %B").to_string();
        self.screen.show(&[
            Line::new(),
            Line::new(),
            Line::of(Tone::Strong, &name).put(Tone::Dim, format!("   {about}")),
        ]);
    }

    /// Something happens that no command of ours does.
    pub fn happens(&self, at: &str, who: &str, what: &[String]) {
        let head = Line::plain("  ").put(Tone::Dim, at).text("  ").put(Tone::Strong, who);
        let mut lines = vec![Line::new()];
        for (n, what) in what.iter().enumerate() {
            let lead = if n == 0 { head.clone() } else { Line::plain(" ".repeat(head.width())) };
            lines.push(lead.text("  ").text(what));
        }
        self.screen.show(&lines);
    }

    /// Plays a turn; gives what the binary wrote.
    pub async fn plays(&mut self, turn: Turn<'_>) -> Result<String, Ending> {
        self.time = turn.at.to_owned();
        self.who = turn.who.to_owned();
        let command = typed(turn.does);
        let head = Line::plain("  ").put(Tone::Dim, turn.at).text("  ").put(Tone::Strong, turn.who);
        let head = head.put(Tone::Dim, "  $ ").put(Tone::Link, &command);
        self.screen.show(&[Line::new(), head, Line::new()]);
        let color = if self.screen.color { "always" } else { "never" };
        let output = self.run(&["--quiet", "--color", color], turn.does).await?;
        let text =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        self.answer(&text);
        let exit = output.status.code().unwrap_or(-1);
        let ok = exit == turn.exit;
        self.steps.push(Step { command, who: self.who.clone(), at: self.now(), exit, ok });
        if !ok {
            let words = format!("ended with {exit}, and {} was expected", turn.exit);
            return Err(self.wrong(&words));
        }
        self.screen.show(&[Line::new(), Line::plain("         ").put(Tone::Dim, turn.why)]);
        Ok(text.into_owned())
    }

    /// What the binary answers to the same person at the same time, as a document.
    pub async fn asks(&self, does: &[&str]) -> Result<Value, Ending> {
        let output = self.run(&["--quiet", "--json"], does).await?;
        serde_json::from_slice(&output.stdout)
            .map_err(|_| self.wrong(&format!("got no document from {}", typed(does))))
    }

    /// Stops the demo unless the story goes as it should.
    pub fn must(&self, holds: bool, what: &str) -> Result<(), Ending> {
        if holds { Ok(()) } else { Err(self.wrong(what)) }
    }

    fn wrong(&self, words: &str) -> Ending {
        let command = self.steps.last().map_or("pushduty demo", |step| &step.command);
        let when = format!("{} at {}", self.day.strftime("%A"), self.time);
        let what =
            format!("the demo stopped on {when}: after `{command}` by {}, it {words}", self.who);
        let hint = "the answer above says why; --keep DIR leaves the sandbox to look into";
        Refusal::new(Code::Differs, what, hint).into()
    }

    async fn run(&self, options: &[&str], does: &[&str]) -> Result<Output, Ending> {
        let failed = |e: std::io::Error| failure::io("pushduty can't be started again", &e);
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = sealed(program);
        command.args(options).args(does).current_dir(self.world.dir());
        command.env("PUSHDUTY_DATA", self.world.data());
        command.env("PUSHDUTY_NOW", self.now()).env("PUSHDUTY_ACTOR", &self.who);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command.output().await.map_err(failed)?)
    }

    /// The binary's own words, indented. They were filtered where they were made.
    fn answer(&self, text: &str) {
        if self.screen.json {
            return;
        }
        let indented = |line: &str| {
            if line.is_empty() { "\n".to_owned() } else { format!("         {line}\n") }
        };
        self.screen.raw(&text.trim_end().lines().map(indented).collect::<String>());
    }
}

/// A command as a person types it.
fn typed(args: &[&str]) -> String {
    let word = |arg: &&str| {
        if arg.contains([' ', '\'', '"', '*']) { format!("\"{arg}\"") } else { (*arg).to_owned() }
    };
    let words: Vec<String> = args.iter().map(word).collect();
    format!("pushduty {}", words.join(" "))
}
