//! Our shared document beside the reference implementation, which browsers run: what one writes the other reads, in any
//! order, once or more often; and what is cut short is refused.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use conductor::ports::{SharedText, SharedTexts};
use notes::Yrs;
use serde_json::{Value, json};
use train::notes::edits;

/// The reference, running.
struct Reference {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Reference {
    fn start() -> Self {
        let mut child = testkit::node("yjs.mjs")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed: cargo xtask test sees to it");
        let to = child.stdin.take().expect("piped");
        let from = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, to, from }
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.to, "{question}").expect("node reads");
        let mut line = String::new();
        self.from.read_line(&mut line).expect("node answers");
        serde_json::from_str(&line).expect("an answer is a line of JSON")
    }

    fn text_of(&mut self, updates: &[Vec<u8>]) -> Value {
        let updates: Vec<String> = updates.iter().map(|update| STANDARD.encode(update)).collect();
        self.ask(&json!({ "read": updates }))
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same numbers for the same seed (Knuth's multiplier).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }

    /// Another order, with some more than once.
    fn shuffled(&mut self, updates: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut all = updates.to_vec();
        for _ in 0..updates.len() / 3 {
            all.push(updates[self.below(updates.len())].clone());
        }
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
        all
    }
}

fn page() -> Box<dyn SharedText> {
    Yrs.open(None, "mat").expect("a page opens")
}

#[test]
fn what_browsers_write_reads_the_same_here_in_any_order() {
    let mut reference = Reference::start();
    for seed in 1..=25 {
        let written =
            reference.ask(&json!({ "write": { "seed": seed, "authors": 4, "edits": 60 } }));
        let list = written["updates"].as_array().expect("updates");
        let decode =
            |update: &Value| STANDARD.decode(update.as_str().expect("text")).expect("base64");
        let updates: Vec<Vec<u8>> = list.iter().map(decode).collect();
        let mut dice = Dice(seed);
        for _ in 0..4 {
            let mut here = page();
            for update in dice.shuffled(&updates) {
                here.take_in(&update).expect("what Yjs writes is taken in");
            }
            assert_eq!(here.text(), written["text"], "seed {seed}");
            let kept = here.kept();
            assert_eq!(
                reference.text_of(std::slice::from_ref(&kept))["text"],
                written["text"],
                "seed {seed}"
            );
            assert_eq!(Yrs.open(Some(&kept), "kumar").expect("opens").text(), written["text"]);
        }
        let joined = Yrs.joined(&updates).expect("they join");
        assert_eq!(reference.text_of(&[joined])["text"], written["text"], "seed {seed}");
    }
}

#[test]
fn what_is_written_here_reads_the_same_in_browsers() {
    let mut reference = Reference::start();
    for seed in 1..=25 {
        let mut dice = Dice(seed);
        let mut pages: Vec<Box<dyn SharedText>> =
            ["mat", "kumar", "krupa"].map(|name| Yrs.open(None, name).expect("opens")).into();
        let mut updates = Vec::new();
        for round in 0..30 {
            let at = dice.below(pages.len());
            let text = pages[at].text();
            let cut = text.char_indices().map(|(at, _)| at).nth(dice.below(text.len() + 1) / 2);
            let new = format!("{}* {round} 🎉 é\n", &text[..cut.unwrap_or(text.len())]);
            let update = pages[at].write(&edits(&text, &new));
            if round % 3 == 0 {
                for page in &mut pages {
                    page.take_in(&update).expect("taken in");
                }
            }
            updates.push(update);
        }
        for page in &mut pages {
            for update in &updates {
                page.take_in(update).expect("taken in");
            }
        }
        let text = pages[0].text();
        assert!(pages.iter().all(|page| page.text() == text), "seed {seed}");
        let shuffled = dice.shuffled(&updates);
        assert_eq!(reference.text_of(&shuffled)["text"], text, "seed {seed}");
    }
}

#[test]
fn what_is_cut_short_is_refused() {
    let mut reference = Reference::start();
    let written = reference.ask(&json!({ "write": { "seed": 3, "authors": 2, "edits": 12 } }));
    for update in written["updates"].as_array().expect("updates") {
        let update = STANDARD.decode(update.as_str().expect("text")).expect("base64");
        for end in 0..update.len() {
            let mut here = page();
            assert!(here.take_in(&update[..end]).is_err(), "{end} bytes of {update:?}");
            assert_eq!(here.text(), "");
        }
    }
}
