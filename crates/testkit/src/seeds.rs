//! What must hold of any bytes, held for the seeds of a fuzz target and for bytes made of these.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestError, TestRunner};

/// How many made-up inputs each run tries.
const CASES: u32 = 400;

/// Calls `property` with every seed of a fuzz target (`fuzz/seeds/TARGET`), then with bytes made of them and with bytes of
/// chance. A property panics where it does not hold.
///
/// # Panics
/// Where the property does not hold, with the input; where there are no seeds.
pub fn hold(target: &str, property: fn(&[u8])) {
    let seeds = seeds(target);
    for (name, bytes) in &seeds {
        let held = std::panic::catch_unwind(|| property(bytes));
        assert!(held.is_ok(), "{target} does not hold for the seed {name}");
    }
    let bytes: Vec<Vec<u8>> = seeds.into_iter().map(|(_, bytes)| bytes).collect();
    // What is found is kept as a seed, by name.
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let made = prop_oneof![4 => mixed(bytes), 1 => prop::collection::vec(any::<u8>(), 0..300)];
    let ran = TestRunner::new(config).run(&made, |bytes| {
        property(&bytes);
        Ok(())
    });
    if let Err(TestError::Fail(why, bytes)) = &ran {
        panic!("{target} does not hold, {}: {why}", bytes.escape_ascii());
    }
    ran.expect("no input is refused");
}

/// The seeds with their names, by name.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let listed = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found: Vec<(String, Vec<u8>)> = listed
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read(&path).expect("a seed can be read"))
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{target} has seeds");
    found
}

/// A seed, changed in a few places: bytes put in, left out, or taken from another seed.
fn mixed(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let seed = prop::sample::select(seeds);
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        (seed.clone(), any::<Index>(), any::<Index>()).prop_map(|(other, from, length)| {
            let from = from.index(other.len() + 1);
            let length = length.index(other.len() - from + 1);
            other[from..from + length].to_vec()
        }),
    ];
    let change = (any::<Index>(), 0..12_usize, piece);
    (seed, prop::collection::vec(change, 0..5)).prop_map(|(mut bytes, changes)| {
        for (at, length, piece) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        bytes
    })
}
