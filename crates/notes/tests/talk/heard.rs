//! What several editors of one page say in turn, as its room hears it.

#[path = "honest.rs"]
mod honest;
#[path = "made_up.rs"]
mod made_up;

use std::collections::BTreeMap;
use std::sync::Arc;

use conductor::ports::{Message, SharedTexts};
use conductor::{LivePage, MACHINE};
use notes::Yrs;
use train::notes::Edit;
use train::notes::embargo::Embargoed;
use train::refusal::Refusal;

use super::in_words;
use honest::Honest;
use made_up::{MadeUp, Place};

/// So many messages show what many do, and are heard in no time.
const MANY: usize = 64;

/// Each message is read or refused in a sentence, and what is read is written down the same. Of the bytes each takes one for
/// who and how, one for its length, and what it says. Two of the editors write as editors do: of what they send nothing is
/// ever odd, whatever the others do, and in the end they read what everybody reads.
pub fn heard(bytes: &[u8]) {
    let (mut talk, mut rest) = (Talk::begin(), bytes);
    while let [how, length, more @ ..] = rest
        && talk.said.len() < MANY
    {
        let (what, after) = more.split_at(usize::from(*length).min(more.len()));
        talk.goes_on(*how, what);
        rest = after;
    }
    talk.ends();
}

/// A page that several write in.
struct Talk {
    live: LivePage,
    /// What a server keeps: the page as it was begun, and what was taken in since.
    begun: Vec<u8>,
    kept: Vec<Vec<u8>>,
    seats: [Seat; 3],
    honest: [Honest; 2],
    said: Vec<Vec<u8>>,
    /// What somebody may write beside: by whom, and where in what they wrote.
    places: Vec<Place>,
    /// How far what was made up by a number was taken in.
    written: BTreeMap<u64, u64>,
}

/// An editor: whose, and by which number.
struct Seat {
    name: &'static str,
    number: u64,
}

impl Talk {
    fn begin() -> Self {
        let mut page = Yrs.open(None, "mat").expect("a page opens");
        page.write(&[Edit::insert(0, "Blockers:\n\n* one 🎉\n* two\n")]);
        let mark = |name| u64::from(Yrs.mark(name)) << 32;
        let units = u64::try_from(page.text().encode_utf16().count()).expect("it is short");
        let seats = ["mat", "kumar", "krupa"].map(|name| Seat { name, number: mark(name) + 1 });
        let begun = page.kept();
        let places = (0..units).map(|at| (mark("mat"), at)).collect();
        let honest =
            ["jason", "otto"].map(|name| Honest::open(name, mark(name) + (1 << 31), &begun));
        let live = opened(&begun, &[]);
        let (kept, said, written) = Default::default();
        Self { live, begun, kept, seats, honest, said, places, written }
    }

    /// One of them says what stands there, types, makes up more at once, says again what was said before, or goes on by another
    /// number.
    fn goes_on(&mut self, how: u8, what: &[u8]) {
        if how & 0x20 != 0 {
            return self.goes_on_well(usize::from((how >> 4) & 1), (how >> 2) & 3, what);
        }
        let seat = usize::from(how & 3) % self.seats.len();
        match (how >> 2) & 3 {
            _ if how & 0x10 != 0 => self.makes_up(seat, what),
            0 => {
                self.hears(seat, what.to_vec());
            }
            1 => self.types(seat, what),
            2 => {
                let which = what.first().map_or(0, |which| usize::from(*which));
                if let Some(before) = self.said.get(which).cloned() {
                    self.hears(seat, before);
                }
            }
            _ => self.seats[seat].number += 1,
        }
    }

    /// One who is honest types, takes out or moves, hears some of what is kept, or sends what is not sent.
    fn goes_on_well(&mut self, who: usize, how: u8, what: &[u8]) {
        let editor = &mut self.honest[who];
        match how {
            0 => editor.types(what),
            1 => editor.takes_out(what),
            2 => {
                let many = what.first().map_or(usize::MAX, |many| usize::from(*many));
                editor.hears(&self.kept, many);
            }
            _ => self.sends(who, what.first().is_some_and(|how| how % 2 == 1)),
        }
    }

    /// One who is honest sends what is not sent, key by key or as whoever comes back does.
    fn sends(&mut self, who: usize, comes_back: bool) {
        let editor = &mut self.honest[who];
        let (name, number, written) = (editor.name, editor.number, editor.written());
        let unsent =
            if comes_back { editor.missing(&self.live.shared.have()) } else { editor.keys() };
        for update in unsent {
            self.said.push(Yrs.bytes(&Message::Written(update.clone())));
            if let Err(why) = self.writes(name, update) {
                // By what others wrote a name may come of it that is under embargo: the page is opened anew.
                assert!(!why.message.contains("can't be"), "{name} is honest: {why:?}");
                self.honest[who] = Honest::open(name, number + 1, &self.begun);
                return;
            }
        }
        if let Some(last) = written.checked_sub(1) {
            self.places.extend([(number, 0), (number, last)]);
        }
    }

    /// Whoever is honest sends and hears all that there is, and reads what everybody reads.
    fn ends(&mut self) {
        for who in 0..self.honest.len() {
            self.sends(who, false);
        }
        for editor in &mut self.honest {
            editor.hears(&self.kept, usize::MAX);
            assert_eq!(
                editor.text(),
                self.live.shared.text(),
                "{} reads what is kept",
                editor.name
            );
        }
    }

    /// Somebody puts words between two places that there are, whichever these are, or at an end.
    fn types(&mut self, seat: usize, what: &[u8]) {
        let place = |at: usize| {
            let which = usize::from(*what.get(at)?) % (self.places.len() + 1);
            self.places.get(which).copied()
        };
        let beside = [place(0), place(1)];
        let words = String::from_utf8_lossy(what.get(2..).unwrap_or_default());
        let number = self.seats[seat].number;
        let mut update = MadeUp::default();
        update.begins(number, self.written(number));
        update.writes(number, beside, &words);
        self.sends_made_up(seat, &update);
    }

    /// Somebody writes by three numbers at once, between any two places of the page or of these: on from what each wrote, or
    /// again from its beginning; and what stands nowhere, or nothing.
    fn makes_up(&mut self, seat: usize, what: &[u8]) {
        let numbers = [0, 1, 2].map(|more| self.seats[seat].number + more);
        let mut places = self.places.clone();
        places.extend(numbers.iter().flat_map(|number| (0..4).map(|at| (*number, at))));
        let place = |which: u8| places.get(usize::from(which) % (places.len() + 1)).copied();
        let mut update = MadeUp::default();
        for block in what.chunks_exact(4).take(8) {
            let number = numbers[usize::from(block[0]) % numbers.len()];
            let begin = if block[0] & 0x80 != 0 { 0 } else { self.written(number) };
            update.begins(number, begin);
            match (block[0] >> 4) & 7 {
                0 => {}
                1 => update.collected(number, u64::from(block[3] % 4) + 1),
                _ => {
                    let words = ["x", "yz", "🎉", "v🎉w"][usize::from(block[3]) % 4];
                    update.writes(number, [place(block[1]), place(block[2])], words);
                }
            }
        }
        self.sends_made_up(seat, &update);
    }

    fn written(&self, number: u64) -> u64 {
        self.written.get(&number).copied().unwrap_or_default()
    }

    /// What was made up, and taken in, is something to write beside.
    fn sends_made_up(&mut self, seat: usize, update: &MadeUp) {
        if self.hears(seat, Yrs.bytes(&Message::Written(update.bytes()))) {
            for (number, end) in update.ends() {
                let before = self.written(number);
                if before < end {
                    self.written.insert(number, end);
                    self.places.extend([(number, before), (number, end - 1)]);
                }
            }
        }
    }

    /// Whether it was an update, and taken in.
    fn hears(&mut self, seat: usize, bytes: Vec<u8>) -> bool {
        let read = Yrs.read(&bytes);
        self.said.push(bytes);
        let message = match read {
            Ok(message) => message,
            Err(why) => {
                in_words(&why);
                return false;
            }
        };
        assert_eq!(Yrs.read(&Yrs.bytes(&message)).expect("it is read again"), message);
        match message {
            Message::Have(have) => {
                assert!(self.live.shared.since(&have).is_ok());
                false
            }
            Message::Missing(update) | Message::Written(update) => {
                self.writes(self.seats[seat].name, update).is_ok()
            }
            _ => false,
        }
    }

    /// What is refused changes nothing. What is taken in makes the page no larger than it is itself, tells nothing that is
    /// embargoed, and is there for whoever opens the page next, in the same order.
    fn writes(&mut self, name: &str, update: Vec<u8>) -> Result<(), Refusal> {
        let (before, size) = (self.live.shared.text(), self.live.shared.kept().len());
        let new = match self.live.take_in(&update, name, None) {
            Ok(new) => new,
            Err(why) => {
                in_words(&why);
                if self.live.is_spoiled() {
                    self.live = opened(&self.begun, &self.kept);
                }
                assert_eq!(self.live.shared.text(), before);
                return Err(why);
            }
        };
        let (text, kept) = (self.live.shared.text(), self.live.shared.kept());
        assert!(text.len() <= before.len() + update.len(), "the text grows by what was sent");
        // What is put into a run of text, or taken out of it, makes two of it.
        assert!(kept.len() <= size + 64 * update.len(), "{} of {}", kept.len(), update.len());
        let told = embargoed();
        assert!(!text.lines().any(|line| told.told_by(line)), "{text:?}");
        self.kept.extend(new);
        assert_eq!(opened(&self.begun, &self.kept).shared.text(), text, "it is as it was kept");
        let mut peer = Yrs.open(None, "otto").expect("a page opens");
        let all = self.live.shared.since(&peer.have()).expect("there is all of it");
        peer.take_in(&all).expect("it is taken in");
        assert_eq!(peer.text(), text, "whoever comes next reads the same");
        Ok(())
    }
}

/// The page as a room opens it: from what is kept.
fn opened(begun: &[u8], kept: &[Vec<u8>]) -> LivePage {
    let mut shared = Yrs.open(Some(begun), MACHINE).expect("what is kept opens");
    for update in kept {
        shared.take_in(update).expect("what was kept is taken in");
    }
    let push = "2026.11.26".parse().expect("it is a date");
    LivePage::new(push, shared, Arc::new(Yrs), embargoed())
}

fn embargoed() -> Embargoed {
    Embargoed { names: vec!["bug-1800042".to_owned()], ..Embargoed::default() }
}
