//! The text is what was written, in whatever order it arrives.

use proptest::prelude::*;
use train::notes::{Edit, apply, edits};

use super::*;

fn open(kept: Option<&[u8]>, author: &str) -> Box<dyn SharedText> {
    Yrs.open(kept, author).unwrap()
}

/// Rewrites a text as a whole, by what is different.
fn rewrite(page: &mut dyn SharedText, text: &str) -> Vec<u8> {
    let edits = edits(&page.text(), text);
    page.write(&edits)
}

proptest! {
    #[test]
    fn it_is_the_text_that_was_written(texts in prop::collection::vec("(?s)[\u{0}-\u{ff}🎉é\n* ]{0,40}", 1..6)) {
        let mut page = open(None, "mat");
        let mut updates = Vec::new();
        for text in &texts {
            updates.push(rewrite(&mut *page, text));
            prop_assert_eq!(&page.text(), text);
            prop_assert_eq!(&open(Some(&page.kept()), "kumar").text(), text);
        }
        let mut again = open(None, "kumar");
        for update in &updates {
            again.take_in(update).unwrap();
            again.take_in(update).unwrap();
        }
        prop_assert_eq!(again.text(), page.text());
    }

    #[test]
    fn three_who_write_at_once_come_to_one_text(
        base in "[a-c\n]{0,20}",
        texts in prop::collection::vec("[a-c\n🎉]{0,20}", 3),
        order in Just([0usize, 1, 2]).prop_shuffle(),
    ) {
        let mut first = open(None, "mat");
        rewrite(&mut *first, &base);
        let kept = first.kept();
        let authors = ["mat", "kumar", "krupa"];
        let updates: Vec<Vec<u8>> = authors
            .iter()
            .zip(&texts)
            .map(|(author, text)| rewrite(&mut *open(Some(&kept), author), text))
            .collect();
        let mut here = open(Some(&kept), "mat");
        let mut there = open(Some(&kept), "jason");
        for at in 0..3 {
            here.take_in(&updates[at]).unwrap();
            there.take_in(&updates[order[at]]).unwrap();
        }
        prop_assert_eq!(here.text(), there.text());
    }

    #[test]
    fn what_is_cut_short_is_refused(text in "[a-c\n🎉]{1,20}", at in any::<prop::sample::Index>()) {
        let mut page = open(None, "mat");
        let update = rewrite(&mut *page, &text);
        let short = &update[..at.index(update.len())];
        let refused = Yrs.open(Some(short), "kumar").err().map(|refusal| refusal.code);
        prop_assert_eq!(refused, Some(Code::Ledger));
    }

    #[test]
    fn what_is_changed_on_its_way_breaks_nothing(
        texts in prop::collection::vec("[a-c\n🎉]{0,20}", 1..5),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut page = open(None, "mat");
        let mut updates: Vec<_> = texts.iter().map(|text| rewrite(&mut *page, text)).collect();
        updates.push(page.kept());
        for update in &mut updates {
            for (at, byte) in &changes {
                let at = at.index(update.len());
                update[at] = *byte;
            }
        }
        let mut other = open(None, "kumar");
        for update in &updates {
            // Refused, and nothing changed; or taken, and kept as a page that opens.
            let before = other.text();
            let taken = other.take_in(update);
            prop_assert!(taken.is_ok() || other.text() == before);
            open(Some(&other.kept()), "jason").text();
        }
    }
}

/// An update of one author, who wrote *one*.
fn written_by(author: &[u8]) -> Vec<u8> {
    [b"\x01\x01", author, b"\x00\x04\x01\x05notes\x03one\x00"].concat()
}

#[test]
fn an_author_s_number_that_does_not_fit_is_refused_in_a_sentence() {
    let widest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    assert_eq!(open(Some(&written_by(&widest)), "mat").text(), "one");
    let mut page = open(Some(&written_by(&[7])), "mat");
    for wide in [
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10][..],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ] {
        let refused = page.take_in(&written_by(wide)).unwrap_err();
        assert_eq!(refused.code, Code::Ledger);
        let said =
            "an update of the notes can't be read: an author's number in it has over 53 bits";
        assert_eq!(refused.message, said);
    }
    assert_eq!(page.text(), "one");
}

#[test]
fn updates_that_come_late_wait_for_what_is_before_them() {
    let mut page = open(None, "mat");
    let updates = ["a\n", "a\nb\n", "a\nc\n"].map(|text| rewrite(&mut *page, text));
    let mut other = open(None, "kumar");
    for update in updates.iter().rev() {
        other.take_in(update).unwrap();
    }
    assert_eq!(other.text(), "a\nc\n");
}

#[test]
fn an_author_goes_on_where_they_left_off() {
    let mut page = open(None, "mat");
    let first = rewrite(&mut *page, "one\n");
    let mut later = open(Some(&page.kept()), "mat");
    let second = later.write(&[Edit::insert(4, "two\n")]);
    let mut other = open(None, "kumar");
    other.take_in(&second).unwrap();
    other.take_in(&first).unwrap();
    assert_eq!(other.text(), "one\ntwo\n");
    assert_eq!(apply("one\n", &[Edit::insert(4, "two\n")]), other.text());
}

#[test]
fn years_of_writing_stay_small() {
    let line = "* a blocker that somebody raised, with a link to https://example.org/issues/1\n";
    let mut page = open(None, "mat");
    rewrite(&mut *page, &line.repeat(1_300));
    for at in 0..300 {
        let mut next = open(Some(&page.kept()), if at % 2 == 0 { "mat" } else { "kumar" });
        next.write(&[Edit::insert(line.len() * at, "* more\n")]);
        page = next;
    }
    assert!(page.kept().len() < 2 * page.text().len(), "{}", page.kept().len());
}

/// An update by an editor of somebody's, which stands beside this place where there is one.
fn by_number(number: u64, place: u64, beside: Option<(u64, u64)>) -> Vec<u8> {
    let mut bytes = vec![1, 1];
    talk::number(&mut bytes, number);
    talk::number(&mut bytes, place);
    match beside {
        None => bytes.extend_from_slice(b"\x04\x01\x05notes\x03one\x00"),
        Some((whose, at)) => {
            bytes.push(0x84);
            talk::number(&mut bytes, whose);
            talk::number(&mut bytes, at);
            bytes.extend_from_slice(b"\x03one\x00");
        }
    }
    bytes
}

#[test]
fn an_editor_brings_what_its_author_wrote_and_nothing_else() {
    let mut page = open(None, "mat");
    rewrite(&mut *page, "Blockers:\n");
    let mat = u64::from(Yrs.mark("mat")) << 32;
    let refused = |page: &dyn SharedText, update: &[u8], author| {
        page.by(update, author).err().map(|no| no.code)
    };
    let own = by_number(mat + 1, 0, None);
    assert_eq!(page.by(&own, "mat"), Ok(3), "bytes of text");
    let earlier = by_number(mat + 7, 0, None);
    assert_eq!(page.by(&earlier, "mat"), Ok(3), "of another editor of theirs");
    assert_eq!(refused(&*page, &earlier, "kumar"), Some(Code::Refused), "and of theirs alone");
    assert_eq!(refused(&*page, &own, "kumar"), Some(Code::Refused), "somebody else's number");
    assert_eq!(
        refused(&*page, &by_number(mat, 10, None), "mat"),
        Some(Code::Refused),
        "this program's own"
    );
    assert_eq!(
        refused(&*page, &by_number(mat + 1, 1, None), "mat"),
        Some(Code::Refused),
        "a gap before it"
    );
    assert_eq!(
        page.by(&by_number(mat + 1, 0, Some((mat, 9))), "mat"),
        Ok(3),
        "beside what is there"
    );
    let nobody = by_number(mat + 1, 0, Some((mat, 10)));
    assert_eq!(refused(&*page, &nobody, "mat"), Some(Code::Refused), "beside what nobody wrote");
    page.take_in(&own).unwrap();
    assert_eq!(page.by(&own, "mat"), Ok(3), "what is known may come again");
    // What somebody else wrote comes from nobody but them: its words may be others than theirs.
    assert_eq!(refused(&*page, &own, "kumar"), Some(Code::Refused));
    assert_eq!(refused(&*page, &page.kept(), "kumar"), Some(Code::Refused));
}

#[test]
fn each_piece_says_who_wrote_it() {
    let mut page = open(None, "mat");
    rewrite(&mut *page, "Blockers:\n* 🚂 à côté\n");
    let mut page = open(Some(&page.kept()), "kumar");
    page.write(&[Edit { at: 0..9, text: String::new() }, Edit::insert(12, "one ")]);
    let mut lengths: Vec<(u32, usize)> = Vec::new();
    for (length, mark) in page.pieces() {
        match lengths.last_mut().filter(|(last, _)| *last == mark) {
            Some((_, sum)) => *sum += length,
            None => lengths.push((mark, length)),
        }
    }
    let [mat, kumar] = ["mat", "kumar"].map(|name| Yrs.mark(name));
    assert_eq!(page.text(), "\n* one 🚂 à côté\n");
    assert_eq!(lengths, [(mat, 3), (kumar, 4), (mat, page.text().len() - 7)]);
}

proptest! {
    #[test]
    fn what_is_missing_is_all_that_is_missing(texts in prop::collection::vec("[a-c\n🎉]{0,20}", 2..6)) {
        let mut page = open(None, "mat");
        let mut other = open(None, "kumar");
        for text in &texts {
            rewrite(&mut *page, text);
            let missing = page.since(&other.have()).unwrap();
            other.take_in(&missing).unwrap();
            prop_assert_eq!(other.text(), page.text());
            prop_assert_eq!(other.have(), page.have());
        }
    }
}
