//! What several editors of one page say in turn, as its room hears it.

#[path = "honest.rs"]
mod honest;

use std::sync::Arc;

use conductor::ports::{Message, SharedTexts};
use conductor::{LivePage, MACHINE};
use notes::Yrs;
use train::notes::Edit;
use train::notes::embargo::Embargoed;
use train::refusal::Refusal;

use super::in_words;
use honest::Honest;

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
    places: Vec<(u64, u64)>,
}

/// An editor: whose, by which number, and how far it wrote.
struct Seat {
    name: &'static str,
    number: u64,
    written: u64,
}

impl Talk {
    fn begin() -> Self {
        let mut page = Yrs.open(None, "mat").expect("a page opens");
        page.write(&[Edit::insert(0, "Blockers:\n\n* one 🎉\n* two\n")]);
        let mark = |name| u64::from(Yrs.mark(name)) << 32;
        let units = u64::try_from(page.text().encode_utf16().count()).expect("it is short");
        let seats =
            ["mat", "kumar", "krupa"].map(|name| Seat { name, number: mark(name) + 1, written: 0 });
        let begun = page.kept();
        let places = (0..units).map(|at| (mark("mat"), at)).collect();
        let honest =
            ["jason", "otto"].map(|name| Honest::open(name, mark(name) + (1 << 31), &begun));
        let live = opened(&begun, &[]);
        Self { live, begun, kept: Vec::new(), seats, honest, said: Vec::new(), places }
    }

    /// One of them says what stands there, types, says again what was said before, or goes on by another number.
    fn goes_on(&mut self, how: u8, what: &[u8]) {
        if how & 0x20 != 0 {
            return self.goes_on_well(usize::from((how >> 4) & 1), (how >> 2) & 3, what);
        }
        let seat = usize::from(how & 3) % self.seats.len();
        match (how >> 2) & 3 {
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
            _ => {
                let Seat { number, written, .. } = &mut self.seats[seat];
                (*number, *written) = (*number + 1, 0);
            }
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
        let Seat { number, written, .. } = self.seats[seat];
        let update = written_by(number, written, beside, &words);
        if self.hears(seat, Yrs.bytes(&Message::Written(update))) {
            let units = u64::try_from(words.encode_utf16().count()).expect("it is short");
            self.seats[seat].written += units;
            self.places.extend([(number, written), (number, written + units - 1)]);
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
        if new {
            self.kept.push(update);
        }
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

/// An update as an editor writes it, in bytes: words at this place of its own, between two others.
fn written_by(author: u64, place: u64, beside: [Option<(u64, u64)>; 2], words: &str) -> Vec<u8> {
    let mut bytes = vec![1, 1];
    number(&mut bytes, author);
    number(&mut bytes, place);
    let [left, right] = beside.map(|side| u8::from(side.is_some()));
    bytes.push(4 | (left << 7) | (right << 6));
    for (whose, at) in beside.into_iter().flatten() {
        number(&mut bytes, whose);
        number(&mut bytes, at);
    }
    if beside == [None; 2] {
        bytes.extend_from_slice(b"\x01\x05notes");
    }
    number(&mut bytes, words.len() as u64);
    bytes.extend_from_slice(words.as_bytes());
    bytes.push(0);
    bytes
}

/// A number, as an update has it: seven bits a byte, the lowest first.
fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
