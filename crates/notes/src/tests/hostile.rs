//! What editors that mean harm send is refused, and leaves nothing behind.

use super::*;
use crate::wire::Place;

type Between = [Option<Place>; 2];

/// What one number writes from a place of its own on, block by block: between which two, and what.
type Section<'s> = (u64, u64, &'s [(Between, &'s str)]);

fn made(sections: &[Section<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    count(&mut bytes, sections.len());
    for (number, begin, blocks) in sections {
        count(&mut bytes, blocks.len());
        talk::number(&mut bytes, *number);
        talk::number(&mut bytes, *begin);
        for (between, words) in *blocks {
            block(&mut bytes, *between, words);
        }
    }
    bytes.push(0);
    bytes
}

fn block(bytes: &mut Vec<u8>, between: Between, words: &str) {
    let [left, right] = between.map(|side| u8::from(side.is_some()));
    bytes.push(4 | (left << 7) | (right << 6));
    for (whose, at) in between.into_iter().flatten() {
        talk::number(bytes, whose);
        talk::number(bytes, at);
    }
    if between == [None; 2] {
        bytes.extend_from_slice(b"\x01\x05notes");
    }
    count(bytes, words.len());
    bytes.extend_from_slice(words.as_bytes());
}

fn count(bytes: &mut Vec<u8>, many: usize) {
    talk::number(bytes, many as u64);
}

/// A page of mat's, and where the numbers of two others begin.
fn page(text: &str) -> (Box<dyn SharedText>, u64, [u64; 2]) {
    let mut page = open(None, "mat");
    rewrite(&mut *page, text);
    let [mat, kumar, krupa] = ["mat", "kumar", "krupa"].map(|name| u64::from(Yrs.mark(name)) << 32);
    (page, mat, [kumar, krupa])
}

/// Why an update is refused.
fn no(page: &dyn SharedText, update: &[u8], author: &str) -> String {
    let refusal = page.by(update, author).expect_err("it is refused");
    assert_eq!(refusal.code, Code::Refused, "{refusal:?}");
    refusal.message
}

/// A letter of each of so many numbers, each behind the one before.
fn chain(first: u64, many: u64, [left, right]: Between) -> Vec<[(Between, &'static str); 1]> {
    let before = |which: u64| which.checked_sub(1).map_or(left, |before| Some((first + before, 0)));
    (0..many).map(|which| [([before(which), right], "x")]).collect()
}

/// The numbers of a chain, each with its letter.
fn links<'a>(first: u64, chain: &'a [[(Between, &'static str); 1]]) -> Vec<Section<'a>> {
    chain.iter().zip(first..).map(|(blocks, number)| (number, 0, &blocks[..])).collect()
}

#[test]
fn so_many_authors_in_one_update_are_refused_on_a_small_stack() {
    let heard = || {
        let (mut page, mat, [kumar, _]) = page("ab");
        let numbers: Vec<u64> = (1..=25_000).map(|which| kumar + which).collect();
        let none: &[(Between, &str)] = &[];
        let nothing: Vec<Section<'_>> = numbers.iter().map(|number| (*number, 0, none)).collect();
        assert!(no(&*page, &made(&nothing), "kumar").contains("more authors"));
        assert!(page.take_in(&made(&nothing)).is_err());
        assert!(no(&*page, &made(&nothing[..3]), "kumar").contains("wrote nothing"));
        let between = [Some((mat, 0)), Some((mat, 1))];
        let blocks = [(between, "x")];
        let many: Vec<Section<'_>> =
            numbers.iter().take(65).map(|number| (*number, 0, &blocks[..])).collect();
        assert!(no(&*page, &made(&many), "kumar").contains("one editor too many"));
        assert_eq!(page.by(&made(&many[..64]), "kumar"), Ok(64));
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(heard).unwrap();
    assert!(thread.join().is_ok());
}

#[test]
fn one_person_writes_in_a_page_by_so_many_numbers_and_no_more() {
    let (mut page, mat, [kumar, krupa]) = page("ab");
    let between = [Some((mat, 0)), Some((mat, 1))];
    let chain = chain(kumar + 1, 501, between);
    let links = links(kumar + 1, &chain);
    for some in links[..500].chunks(50) {
        assert_eq!(page.by(&made(some), "kumar"), Ok(50));
        page.take_in(&made(some)).unwrap();
    }
    assert!(no(&*page, &made(&links[500..]), "kumar").contains("one editor too many"));
    let on = made(&[(kumar + 7, 1, &[([Some((kumar + 7, 0)), Some((kumar + 8, 0))], "y")])]);
    assert_eq!(page.by(&on, "kumar"), Ok(1), "who writes goes on");
    let other = made(&[(krupa + 1, 0, &[(between, "y")])]);
    assert_eq!(page.by(&other, "krupa"), Ok(1), "and so do others");
}

#[test]
fn a_page_of_as_many_numbers_as_there_may_be_opens() {
    let (mut page, mat, [kumar, krupa]) = page("ab");
    let between = [Some((mat, 0)), Some((mat, 1))];
    let chain = chain(kumar + 1, 3_999, between);
    page.take_in(&made(&links(kumar + 1, &chain))).unwrap();
    assert_eq!(page.text().len(), 4_001);
    let again = open(Some(&page.kept()), "mat");
    assert_eq!(again.text(), page.text());
    let one_more = made(&[(krupa + 1, 0, &[(between, "y")])]);
    assert!(no(&*again, &one_more, "krupa").contains("one editor too many"));
}

#[test]
fn two_that_stand_on_each_other_are_refused() {
    let (mut page, mat, [kumar, _]) = page("abcd");
    let right = Some((mat, 3));
    let [one, other] = [kumar + 1, kumar + 2];
    let circle = made(&[
        (one, 0, &[([Some((other, 0)), right], "p")]),
        (other, 0, &[([Some((one, 0)), right], "q")]),
    ]);
    assert!(no(&*page, &circle, "kumar").contains("builds on what was never sent"));
    assert!(!page.fits(&circle));
    // Nothing that waits is known: what is said of it is no word for what comes.
    page.take_in(&circle).unwrap();
    let well = made(&[(one, 0, &[([Some((mat, 0)), Some((mat, 1))], "p")])]);
    assert_eq!(page.by(&well, "kumar"), Ok(1));
    page.take_in(&well).unwrap();
    let turned = made(&[(one, 1, &[([Some((one, 0)), right], "x")])]);
    assert!(no(&*page, &turned, "kumar").contains("another order"));
}

#[test]
fn what_stands_on_each_other_in_turn_is_taken_in_whole() {
    let (mut page, mat, [kumar, _]) = page("abcd");
    let [one, other] = [kumar + 1, kumar + 2];
    let (a, b) = (Some((mat, 0)), Some((mat, 1)));
    let ladder = made(&[
        (one, 0, &[([a, b], "p"), ([Some((other, 0)), b], "r")]),
        (other, 0, &[([Some((one, 0)), b], "q"), ([Some((one, 1)), b], "s")]),
    ]);
    assert_eq!(page.by(&ladder, "kumar"), Ok(4));
    page.take_in(&ladder).unwrap();
    assert_eq!(page.text(), "apqrsbcd");
}

#[test]
fn of_what_is_known_nothing_else_is_kept_or_told() {
    let (mut page, mat, [kumar, _]) = page("a🎉b");
    let begun = page.kept();
    let number = kumar + 1;
    let first = made(&[(number, 0, &[([Some((mat, 0)), Some((mat, 1))], "one")])]);
    page.take_in(&first).unwrap();
    let known = page.kept();
    let end = Some((mat, 3));
    for (forged, text) in [
        // Other words, and then more.
        (made(&[(number, 0, &[([Some((mat, 0)), Some((mat, 1))], "two, too")])]), "aone, too🎉b"),
        // Neighbours in the middle of a letter of two units.
        (
            made(&[(
                number,
                0,
                &[
                    ([Some((mat, 1)), Some((mat, 2))], "two"),
                    ([Some((number, 2)), Some((mat, 1))], "!"),
                ],
            )]),
            "aone!🎉b",
        ),
    ] {
        let mut page = open(Some(&known), "mat");
        assert!(page.by(&forged, "kumar").is_ok());
        let told = page.take_in(&forged).unwrap().unwrap();
        assert_eq!(page.text(), text);
        for order in [[&begun, &first, &told], [&told, &first, &begun], [&first, &told, &begun]] {
            let mut other = open(None, "krupa");
            for update in order {
                other.take_in(update).unwrap();
            }
            assert_eq!(other.text(), text);
        }
        assert_eq!(page.take_in(&forged), Ok(None), "all of it is known");
    }
    let beside = made(&[(number, 0, &[([Some((mat, 0)), end], "two")])]);
    assert_eq!(page.take_in(&beside), Ok(None));
}

#[test]
fn what_yjs_collected_comes_from_no_editor() {
    let (page, _, [kumar, _]) = page("ab");
    let mut collected = vec![1, 1];
    talk::number(&mut collected, kumar + 1);
    collected.extend_from_slice(&[0, 0, 2, 0]);
    assert!(no(&*page, &collected, "kumar").contains("no page of plain text"));
    assert!(page.fits(&collected), "on record it is left as it is");
}

#[test]
fn too_much_in_one_place_at_once_is_refused() {
    let (mut page, mat, [kumar, krupa]) = page("ab");
    let (a, b) = (Some((mat, 0)), Some((mat, 1)));
    let before = |at: u64| at.checked_sub(1).map_or(b, |before| Some((kumar + 1, before)));
    let pieces: Vec<_> = (0..1_100).map(|at| ([a, before(at)], "x")).collect();
    let one_by_one = made(&[(kumar + 1, 0, &pieces)]);
    assert_eq!(page.by(&one_by_one, "kumar"), Ok(1_100), "each before the last, as lists grow");
    page.take_in(&one_by_one).unwrap();
    let krupas = |right| made(&[(krupa + 1, 0, &[([a, right], "z")])]);
    assert!(no(&*page, &krupas(b), "krupa").contains("too much"));
    assert!(no(&*page, &krupas(Some((kumar + 1, 1_000))), "krupa").contains("too much"));
    assert_eq!(page.by(&krupas(Some((kumar + 1, 1_099))), "krupa"), Ok(1), "where it is now");
}

#[test]
fn what_makes_a_page_slow_to_open_is_refused_however_it_is_spread() {
    let (mut page, mat, [kumar, krupa]) = page(&"-".repeat(20));
    let [low, high] = [kumar.min(krupa) + 1, kumar.max(krupa) + 1];
    let of = |number: u64| if number == kumar + 1 { "kumar" } else { "krupa" };
    let refused = (0..18).find_map(|at| {
        let [a, b] = [at, at + 1].map(|at| Some((mat, at)));
        let begin = at * 900;
        let before = |n: u64| if n == 0 { b } else { Some((low, begin + n - 1)) };
        let crowd: Vec<_> = (0..900).map(|n| ([a, before(n)], "x")).collect();
        page.take_in(&made(&[(low, begin, &crowd)])).unwrap();
        let through: Vec<_> = (0..99).map(|_| ([a, b], "y")).collect();
        let through = made(&[(high, at * 99, &through)]);
        let refusal = page.by(&through, of(high)).err();
        page.take_in(&through).unwrap();
        refusal
    });
    assert!(refused.is_some_and(|refusal| refusal.message.contains("too much")));
    let seen = open(Some(&page.kept()), "mat");
    let end = made(&[(krupa + 7, 0, &[([Some((mat, 19)), None], "z")])]);
    assert_eq!(seen.by(&end, "krupa"), Ok(1), "where nothing is in the way it goes on");
}

#[test]
fn beside_what_makes_no_sense_from_before_people_write_as_they_see_it() {
    let (mut page, mat, [kumar, krupa]) = page("abcd");
    let letter = |at| Some((mat, at));
    let odd = made(&[(kumar + 1, 0, &[([letter(0), letter(2)], "-")])]);
    assert!(no(&*page, &odd, "kumar").contains("another order"));
    page.take_in(&odd).unwrap();
    let order: Vec<Option<Place>> = page
        .text()
        .chars()
        .map(|c| "abcd".find(c).map_or(Some((kumar + 1, 0)), |at| letter(at as u64)))
        .collect();
    assert_eq!(order.len(), 5);
    for pair in order.windows(2) {
        let beside = made(&[(krupa + 1, 0, &[([pair[0], pair[1]], "x")])]);
        assert_eq!(page.by(&beside, "krupa"), Ok(1), "{pair:?} in {:?}", page.text());
    }
}
