//! The text is what was written, in whatever order it arrives.

mod hostile;

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
fn by_number(number: u64, place: u64, beside: Option<wire::Place>) -> Vec<u8> {
    put(number, place, [beside, None])
}

/// The same, between two.
fn put(number: u64, place: u64, between: [Option<wire::Place>; 2]) -> Vec<u8> {
    let mut bytes = vec![1, 1];
    talk::number(&mut bytes, number);
    talk::number(&mut bytes, place);
    let [left, right] = between.map(|side| u8::from(side.is_some()));
    bytes.push(4 | (left << 7) | (right << 6));
    for (whose, at) in between.into_iter().flatten() {
        talk::number(&mut bytes, whose);
        talk::number(&mut bytes, at);
    }
    if between == [None; 2] {
        bytes.extend_from_slice(b"\x01\x05notes");
    }
    bytes.extend_from_slice(b"\x03one\x00");
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
fn a_piece_is_put_between_two_that_stood_side_by_side() {
    let [mat, kumar, krupa, jason] =
        ["mat", "kumar", "krupa", "jason"].map(|name| u64::from(Yrs.mark(name)) << 32);
    let mut page = open(None, "mat");
    rewrite(&mut *page, "abcd");
    let (a, b, c) = (Some((mat, 0)), Some((mat, 1)), Some((mat, 2)));
    let takes = |page: &dyn SharedText, between| match page.by(&put(jason + 1, 0, between), "jason")
    {
        Ok(_) => true,
        Err(no) => {
            assert!(no.code == Code::Refused && no.message.contains("another order"), "{no:?}");
            false
        }
    };
    assert!(takes(&*page, [a, b]));
    for between in [[b, a], [a, a], [a, c], [c, a], [None, b]] {
        assert!(!takes(&*page, between), "{between:?}");
    }
    // Two write in one place at once, then it is emptied: what was taken out counts.
    for (number, name) in [(kumar + 1, "kumar"), (krupa + 1, "krupa")] {
        let update = put(number, 0, [a, b]);
        assert_eq!(page.by(&update, name), Ok(3));
        page.take_in(&update).unwrap();
    }
    assert_eq!(page.text(), "aoneonebcd");
    page.write(&[Edit { at: 1..7, text: String::new() }]);
    let (first, second) = (kumar.min(krupa) + 1, kumar.max(krupa) + 1);
    let ends = |number| (Some((number, 0)), Some((number, 2)));
    let ((first, first_end), (second, second_end)) = (ends(first), ends(second));
    // By whoever has both, one of them, none, or of one its beginning alone.
    for between in [
        [first_end, second],
        [a, first],
        [second_end, b],
        [a, second],
        [first_end, b],
        [a, b],
        [first, second],
    ] {
        assert!(takes(&*page, between), "{between:?}");
    }
    for between in [[second_end, first], [second, first_end], [first_end, second_end], [second, a]]
    {
        assert!(!takes(&*page, between), "{between:?}");
    }
}

#[test]
fn what_is_said_to_be_long_and_taken_out_takes_no_room() {
    let [mat, kumar, krupa] = ["mat", "kumar", "krupa"].map(|name| u64::from(Yrs.mark(name)) << 32);
    let mut page = open(None, "mat");
    rewrite(&mut *page, "ab");
    let between = [Some((mat, 0)), Some((mat, 1))];
    for (number, name) in [(kumar + 1, "kumar"), (krupa + 1, "krupa")] {
        let mut update = put(number, 0, between);
        // Of a length alone, instead of its text.
        update.truncate(update.len() - 5);
        let mut kind = vec![1, 1];
        talk::number(&mut kind, number);
        assert_eq!(std::mem::replace(&mut update[kind.len() + 1], 0xc1), 0xc4);
        talk::number(&mut update, 2_000_000_000);
        update.push(0);
        assert_eq!(page.by(&update, name), Ok(0));
        page.take_in(&update).unwrap();
    }
    let (first, second) = (kumar.min(krupa) + 1, kumar.max(krupa) + 1);
    let beside = put(mat + 1, 0, [Some((first, 1_999_999_999)), Some((second, 0))]);
    assert_eq!(page.by(&beside, "mat"), Ok(3));
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
