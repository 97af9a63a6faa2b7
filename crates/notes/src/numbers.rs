//! The numbers that people write by: of 53 bits, as Yjs takes them, the high ones say whose a number is.

/// How many of an author's number's 53 bits say whose it is. The others tell their editors apart: 0 is this program, when
/// it writes for them.
const MARK_BITS: u32 = 21;
const EDITOR_BITS: u32 = 32;

/// The high bits of an author's numbers.
pub fn mark(author: &str) -> u32 {
    // FNV-1a: it tells names apart; nothing rests on its being hard to meet.
    let hash = author.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u32::try_from(hash >> (64 - MARK_BITS)).unwrap_or_default()
}

/// The number that an author's hand has in the document: the same for the same name, in the 53 bits that Yjs takes.
pub fn client(author: &str) -> u64 {
    u64::from(mark(author)) << EDITOR_BITS
}

/// Whether a number is of an editor of this author's.
pub fn is_editor_of(number: u64, author: &str) -> bool {
    let editor = number & ((1 << EDITOR_BITS) - 1);
    mark_of(number) == mark(author) && editor != 0
}

/// Whose a number is.
pub fn mark_of(number: u64) -> u32 {
    u32::try_from(number >> EDITOR_BITS).unwrap_or_default()
}
