//! Plays one turn after another: moves the clock, runs the binary as somebody, shows what was typed and what it answered,
//! and stops the demo where the answer is not the one that the story expects.

use std::process::{Output, Stdio};

use conductor::failure;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use train::refusal::{Code, Refusal};
use unicode_width::UnicodeWidthStr;

use super::world::{World, sealed};
use crate::screen::{Line, Screen, Tone};
use crate::session::Ending;

/// How far the binary's words are indented, and the story's own.
const INDENT: usize = 9;
/// How wide the story's own words run.
const WIDTH: usize = 88;

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
    pub fn happens(&self, at: &str, who: &str, what: &str) {
        let head = Line::plain("  ").put(Tone::Dim, at).text("  ").put(Tone::Strong, who);
        let mut lines = vec![Line::new()];
        for (n, what) in wrapped(what).into_iter().enumerate() {
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
            return Err(self.wrong(&format!("it ended with {exit} instead of {}", turn.exit)));
        }
        self.remark(turn.why);
        Ok(text.into_owned())
    }

    /// What the binary answers to the same person at the same time, as a document.
    pub async fn asks(&self, does: &[&str]) -> Result<Value, Ending> {
        let output = self.run(&["--quiet", "--json"], does).await?;
        serde_json::from_slice(&output.stdout)
            .map_err(|_| self.wrong(&format!("`{} --json` gives no document", typed(does))))
    }

    /// The same for somebody else, at another time: who plays and when is theirs from then on.
    pub async fn asks_as(&mut self, who: &str, at: &str, does: &[&str]) -> Result<Value, Ending> {
        (self.time, self.who) = (at.to_owned(), who.to_owned());
        self.asks(does).await
    }

    /// Stops the demo unless the story goes as it should.
    pub fn must(&self, holds: bool, what: &str) -> Result<(), Ending> {
        if holds { Ok(()) } else { Err(self.wrong(what)) }
    }

    fn wrong(&self, words: &str) -> Ending {
        let last = self.steps.last().map_or("pushduty demo", |step| &step.command);
        let day = self.day.strftime("%A");
        let what = format!(
            "the demo stopped on {day} at {}, after {}’s `{last}`: {words}",
            self.time, self.who
        );
        let hint = if self.world.stays() {
            format!("the answer above says why; the sandbox is {}", self.world.dir().display())
        } else {
            "the answer above says why; --keep DIR leaves the sandbox to look into".to_owned()
        };
        Refusal::new(Code::Differs, what, hint).into()
    }

    /// One quiet sentence.
    fn remark(&self, words: &str) {
        let mut lines = vec![Line::new()];
        for (n, words) in wrapped(words).into_iter().enumerate() {
            let lead = if n == 0 { "       · " } else { "         " };
            lines.push(Line::of(Tone::Dim, lead).put(Tone::Dim, words));
        }
        self.screen.show(&lines);
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

    /// The binary's own words, indented; they were filtered where they were made. The first line, that this is a
    /// rehearsal, the opening has said for all.
    fn answer(&self, text: &str) {
        if self.screen.json {
            return;
        }
        let first = |line: &&str| line.contains("rehearsal") && line.width() < 24;
        let indented = |line: &str| {
            let indent = if line.is_empty() { 0 } else { INDENT };
            format!("{}{line}\n", " ".repeat(indent))
        };
        let lines = text.trim_end().lines().enumerate();
        let told = lines.filter(|(n, line)| *n > 0 || !first(line)).map(|(_, line)| indented(line));
        self.screen.raw(&told.collect::<String>());
    }
}

/// Words in lines of a readable width.
fn wrapped(words: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let full = lines.last().is_some_and(|l| l.width() + word.width() >= WIDTH);
        match lines.last_mut() {
            Some(line) if !full && !line.is_empty() => *line += &format!(" {word}"),
            Some(line) if line.is_empty() => line.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A command as a person types it.
fn typed(args: &[&str]) -> String {
    let word = |arg: &&str| {
        if arg.contains([' ', '\'', '"', '*']) { format!("\"{arg}\"") } else { (*arg).to_owned() }
    };
    let words: Vec<String> = args.iter().map(word).collect();
    format!("pushduty {}", words.join(" "))
}
