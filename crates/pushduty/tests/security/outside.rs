//! P9: what a publish leaves on the public remote tells nothing of how often security acted before it.

use testkit::Remote;

use crate::stage::{MONDAY, Stage, TUESDAY};

/// Every tag and the fence of a remote, as anybody reads them there, hashes hidden.
fn read_by_anybody(remote: &Remote) -> Vec<String> {
    let mut read: Vec<String> = remote.tags().keys().map(|tag| raw(remote, tag)).collect();
    read.push(raw(remote, "refs/pushduty/amo"));
    read.iter().map(|text| without_hashes(text)).collect()
}

fn raw(remote: &Remote, name: &str) -> String {
    let kind = remote.git(&["cat-file", "-t", name]);
    format!("{name}\n{}", remote.git(&["cat-file", kind.trim(), name]))
}

/// Runs of 16 digits and more are hashes: of objects, of entries, of intents; ledgers' names are random as well.
fn without_hashes(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_hexdigit();
    let words = text.split_inclusive(|c| !is_digit(c)).map(|word| {
        let digits = word.trim_end_matches(|c| !is_digit(c));
        if digits.len() < 16 { word.to_owned() } else { word.replace(digits, "[hash]") }
    });
    words.collect()
}

#[test]
fn tags_and_fences_are_the_same_whether_the_ledger_has_withheld_entries_or_not() {
    let [none, many] = [(), ()].map(|()| Stage::new());
    for stage in [&none, &many] {
        stage.world.at(MONDAY);
        stage.hana().runs(&["status"]).ok();
    }
    many.upstream.hook("pre-receive", "exit 1");
    for branch in ["escape", "leak", "overflow"] {
        many.reviewed(branch);
        many.iris().runs(&["security", "merge", "--yes"]).expect_code(1);
    }
    many.upstream.unhook("pre-receive");
    for stage in [&none, &many] {
        stage.world.at(TUESDAY);
        for again in [&[][..], &["--again", "--because", "kick the build"]] {
            let cut = ["tag", "--yes", "--without-security", "--because", "next week"];
            let cut = if again.is_empty() { &cut[..] } else { &cut[..3] };
            stage.hana().runs(&[cut, again].concat()).ok();
        }
    }
    let entries = |stage: &Stage| stage.iris().json(&["log"])["entries"].as_array().unwrap().len();
    assert!(entries(&none) + 6 < entries(&many), "security acted in one of the two");
    let [one, other] = [&none, &many].map(|stage| read_by_anybody(&stage.upstream));
    assert_eq!(one.len(), 4, "last week's tag, two new ones, the fence: {one:?}");
    assert_eq!(one, other);
    for stage in [&none, &many] {
        stage.iris().runs(&["verify"]).ok().says("3 anchors outside agree");
    }
}

#[test]
fn a_number_in_a_tag_or_a_fence_would_be_seen() {
    let hash = "0123456789abcdef".repeat(4);
    for told in [
        "Ledger: 00112233445566778899aabbccddeeff SEQ HASH",
        r#"{"head":{"seq":SEQ,"hash":"HASH"}}"#,
    ] {
        let told = told.replace("HASH", &hash);
        let [one, other] = ["7", "19"].map(|seq| without_hashes(&told.replace("SEQ", seq)));
        assert_ne!(one, other);
        assert!(one.contains("[hash]") && !one.contains(&hash), "{one}");
    }
}
