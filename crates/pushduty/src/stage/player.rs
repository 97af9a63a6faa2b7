//! Plays one turn after another: moves the clock, runs the binary as somebody, shows what was typed and what it answered,
//! and stops the story where the answer is not the one that it expects.

mod visited;

use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;

use conductor::failure;
use jiff::ZonedDateTime;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use train::refusal::{Code, Refusal};
use unicode_width::UnicodeWidthStr;

use self::visited::Aim;
use super::director::{Director, Veil};
use super::sandbox::{Sandbox, sealed};
use crate::screen::{Line, Screen, Tone};
use crate::session::Ending;

/// How far the binary's words are indented, and the story's own.
const INDENT: usize = 9;
/// How wide the story's own words run.
const WIDTH: usize = 88;
/// How many lines of an answer are shown at most.
const LONGEST: usize = 120;

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
    /// Why it matters; nothing is said where that is empty.
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
    /// What it came to: the first line of the answer that says something.
    pub result: String,
}

/// What is played, and where.
#[derive(Debug, Clone)]
pub struct Play {
    /// What it is called, as in “the demo stopped”.
    pub name: &'static str,
    /// The first day.
    pub day: Date,
    /// The train's zone.
    pub zone: TimeZone,
    /// Who acts first.
    pub who: String,
}

/// The stage: the sandbox, the screen, and the clock.
pub struct Player<'a> {
    /// The sandbox.
    pub sandbox: &'a Sandbox,
    /// What was played.
    pub steps: Vec<Step>,
    screen: &'a Screen,
    play: Play,
    time: String,
    director: Option<Arc<Director>>,
    goal: Option<Aim>,
}

impl<'a> Player<'a> {
    /// Before the first day.
    pub fn new(sandbox: &'a Sandbox, screen: &'a Screen, play: Play) -> Self {
        let (time, director, goal) = ("00:00".to_owned(), None, None);
        Self { sandbox, steps: Vec::new(), screen, play, time, director, goal }
    }

    /// The rehearsal's time now (RFC 3339), in the train's zone.
    pub fn now(&self) -> String {
        let local = self.local(&self.time);
        local.map_or_else(String::new, |at| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }

    /// A time of this day.
    fn local(&self, time: &str) -> Option<ZonedDateTime> {
        let time = time.parse().unwrap_or(Time::midnight());
        self.play.day.to_datetime(time).to_zoned_datetime(self.play.zone.clone()).ok()
    }

    /// Another day dawns.
    pub fn day(&mut self, day: Date, about: &str) {
        self.play.day = day;
        self.time = "00:00".to_owned();
        let name = day.strftime("%A %-d %B").to_string();
        self.screen.show(&[
            Line::new(),
            Line::new(),
            Line::of(Tone::Strong, &name).put(Tone::Dim, format!("   {about}")),
        ]);
    }

    /// It is now this time; gives it as a turn has it.
    pub fn set(&mut self, at: &ZonedDateTime) -> String {
        self.play.day = at.date();
        self.time = at.strftime("%H:%M").to_string();
        self.time.clone()
    }

    /// Who acted last.
    pub fn who(&self) -> String {
        self.play.who.clone()
    }

    /// Something happens that no command of ours does.
    pub async fn happens(&mut self, at: &str, who: &str, what: &str) -> Result<(), Ending> {
        self.goes_by(at, who, what, Veil::None).await
    }

    /// The same, where only the security role may hear of it (P9).
    pub async fn secretly(&mut self, at: &str, who: &str, what: &str) -> Result<(), Ending> {
        self.goes_by(at, who, what, Veil::Whole).await
    }

    async fn goes_by(&mut self, at: &str, who: &str, what: &str, veil: Veil) -> Result<(), Ending> {
        if self.is_told(at, who, what, veil).await? {
            return Ok(());
        }
        let head = Line::plain("  ").put(Tone::Dim, at).text("  ").put(Tone::Strong, who);
        let mut lines = vec![Line::new()];
        for (n, what) in wrapped(what).into_iter().enumerate() {
            let lead = if n == 0 { head.clone() } else { Line::plain(" ".repeat(head.width())) };
            lines.push(lead.text("  ").text(what));
        }
        self.screen.show(&lines);
        Ok(())
    }

    /// Somebody writes a file in an editor; what it says then is shown.
    pub async fn edits(
        &mut self,
        at: &str,
        who: &str,
        file: &Path,
        text: &str,
    ) -> Result<(), Ending> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        self.happens(at, who, &format!("opens {name} in an editor, and leaves it as it is to be:"))
            .await?;
        let line = |line: &str| {
            let bar = Line::of(Tone::Dim, format!("{}│ ", " ".repeat(INDENT)));
            bar.text(line.replace('\t', "    "))
        };
        let lines = std::iter::once(Line::new()).chain(text.lines().map(line));
        self.screen.show(&lines.collect::<Vec<_>>());
        let written = std::fs::write(file, text);
        Ok(written.map_err(|e| failure::io("the work tree can't be written to", &e))?)
    }

    /// Plays a turn; gives what the binary wrote.
    pub async fn plays(&mut self, turn: Turn<'_>) -> Result<String, Ending> {
        match self.begins(turn.at, turn.who, turn.does).await? {
            true => self.does(turn).await,
            false => Ok(String::new()),
        }
    }

    /// Plays a turn that has begun.
    pub async fn does(&mut self, turn: Turn<'_>) -> Result<String, Ending> {
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
        let (who, at, result) = (self.play.who.clone(), self.now(), result(&text));
        self.tells(ok, turn.why, &result);
        self.steps.push(Step { command, who, at, exit, ok, result });
        if !ok && self.director.is_none() {
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

    /// What somebody's command would come to: its exit code, and its document.
    pub async fn tries(
        &mut self,
        who: &str,
        at: &str,
        does: &[&str],
    ) -> Result<(i32, Value), Ending> {
        let told = self.asks_as(who, at, does).await?;
        let exit = told["error"]["exit"].as_i64().and_then(|exit| exit.try_into().ok());
        Ok((exit.unwrap_or(0), told))
    }

    /// The same for somebody else, at another time: who plays and when is theirs from then on.
    pub async fn asks_as(&mut self, who: &str, at: &str, does: &[&str]) -> Result<Value, Ending> {
        self.turns_to(at, who);
        self.asks(does).await
    }

    /// It is this time of day, and somebody's turn. The clock never goes back: an earlier time is the next day's.
    fn turns_to(&mut self, at: &str, who: &str) {
        if *at < *self.time {
            self.play.day = self.play.day.tomorrow().unwrap_or(self.play.day);
        }
        at.clone_into(&mut self.time);
        who.clone_into(&mut self.play.who);
        if let (Some(director), Some(now)) = (&self.director, self.local(&self.time)) {
            director.is(&now);
        }
    }

    /// Stops the story unless it goes as it should.
    pub fn must(&self, holds: bool, what: &str) -> Result<(), Ending> {
        match &self.director {
            _ if holds => Ok(()),
            None => Err(self.wrong(what)),
            Some(director) => {
                director.astray(&format!("Here it goes another way: {what}."));
                Ok(())
            }
        }
    }

    fn wrong(&self, words: &str) -> Ending {
        let name = self.play.name;
        let own = format!("pushduty {name}");
        let last = self.steps.last().map_or(&own, |step| &step.command);
        let day = self.play.day.strftime("%A");
        let what = format!(
            "the {name} stopped on {day} at {}, after {}’s `{last}`: {words}",
            self.time, self.play.who
        );
        let hint = if self.sandbox.stays() {
            format!("the answer above says why; the sandbox is {}", self.sandbox.dir().display())
        } else {
            "the answer above says why; --keep DIR leaves the sandbox to look into".to_owned()
        };
        Refusal::new(Code::Differs, what, hint).into()
    }

    /// One quiet sentence; none where there are no words.
    pub fn remark(&self, words: &str) {
        if words.is_empty() {
            return;
        }
        let mut lines = vec![Line::new()];
        for (n, words) in wrapped(words).into_iter().enumerate() {
            let lead = if n == 0 { "       · " } else { "         " };
            lines.push(Line::of(Tone::Dim, lead).put(Tone::Dim, words));
        }
        self.screen.show(&lines);
    }

    async fn run(&self, options: &[&str], does: &[&str]) -> Result<Output, Ending> {
        self.run_as(&self.play.who, options, does).await
    }

    async fn run_as(&self, who: &str, options: &[&str], does: &[&str]) -> Result<Output, Ending> {
        let failed = |e: std::io::Error| failure::io("pushduty can't be started again", &e);
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = sealed(program);
        command.args(options).args(does).current_dir(self.sandbox.dir());
        command.env("PUSHDUTY_DATA", self.sandbox.data());
        command.env("PUSHDUTY_NOW", self.now()).env("PUSHDUTY_ACTOR", who);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command.output().await.map_err(failed)?)
    }

    /// The binary's own words, indented; they were filtered where they were made. The first line, that this is a
    /// rehearsal, the opening has said for all.
    fn answer(&self, text: &str) {
        if self.screen.json {
            return;
        }
        let indented = |line: &str| {
            let indent = if line.is_empty() { 0 } else { INDENT };
            format!("{}{line}\n", " ".repeat(indent))
        };
        let lines = text.trim_end().lines().enumerate();
        let told: Vec<&str> =
            lines.filter(|(n, line)| *n > 0 || !is_header(line)).map(|(_, line)| line).collect();
        let shown: String = told.iter().take(LONGEST).map(|line| indented(line)).collect();
        self.screen.raw(&shown);
        if told.len() > LONGEST {
            let more = format!("{}… {} lines more", " ".repeat(INDENT), told.len() - LONGEST);
            self.screen.show(&[Line::of(Tone::Dim, more)]);
        }
    }
}

/// Whether a line says that this is a rehearsal, in colour or not.
fn is_header(line: &str) -> bool {
    line.contains("rehearsal") && line.width() < 24
}

/// The first line of an answer that says something, without colour.
fn result(text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    let mut lines = plain.lines().map(str::trim);
    lines.find(|line| !line.is_empty() && !is_header(line)).unwrap_or_default().to_owned()
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
