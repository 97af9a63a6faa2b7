//! What a pick keeps of its commit, beside git's own cherry-pick in a work tree.

use testkit::Remote;

use crate::scene::{alone, train};

/// `git cherry-pick -x` of these commits onto a tag, in a clone; the commit it comes to.
fn by_git(
    world: &testkit::PushDuty,
    remote: &Remote,
    onto: &str,
    commits: &[&str],
) -> (std::path::PathBuf, String) {
    let (sealed, clone) = (world.sealed(), world.sealed().path("clone"));
    let dir = clone.to_str().expect("a temporary path is text");
    sealed.git(sealed.home(), &["clone", "--quiet", &remote.url(), dir]);
    sealed.git(&clone, &["checkout", "--quiet", &format!("{onto}^{{commit}}")]);
    sealed.git(&clone, &[&["cherry-pick", "-x"], commits].concat());
    let tip = sealed.git(&clone, &["rev-parse", "HEAD"]);
    (clone, tip)
}

/// A raw commit without what must differ: its parent and its committer.
fn kept(raw: &[u8]) -> Vec<Vec<u8>> {
    let differs = |line: &&[u8]| line.starts_with(b"parent ") || line.starts_with(b"committer ");
    raw.split(|b| *b == b'\n').filter(|l| !differs(l)).map(<[u8]>::to_vec).collect()
}

#[test]
fn author_date_encoding_and_message_are_gits_byte_for_byte() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    let messages: [&[u8]; 4] = [
        b"Subject only",
        b"Fix caf\xe9\n\nA body in latin-1: \xe4\xf6\xfc\n",
        b"With trailers\n\nBody.\n\nSigned-off-by: A <a@x>\nPush-Task: restart\n",
        b"Already picked\n\n(cherry picked from commit 0123456789012345678901234567890123456789)\n",
    ];
    let mut commits = Vec::new();
    for (n, message) in messages.iter().enumerate() {
        let draft = server
            .commit("main")
            .message(message)
            .file(&format!("f{n}"), "x")
            .author("J\u{f6}rg  <j@example.org>")
            .authored_at("1700000000 +0545");
        let draft = if n == 1 { draft.encoding("ISO-8859-1") } else { draft };
        commits.push(draft.make());
    }
    let commits: Vec<&str> = commits.iter().map(String::as_str).collect();
    world.hero("mat").types(&format!("pick {} --yes", commits.join(" "))).ok();
    let (clone, tip) = by_git(&world, &server, "2026.11.26", &commits);
    let lines = |raw: Vec<u8>| -> Vec<String> {
        kept(&raw).iter().map(|line| line.escape_ascii().to_string()).collect()
    };
    for (back, commit) in commits.iter().rev().enumerate() {
        let ours = server.try_git(&["cat-file", "commit", &format!("2026.11.26-1~{back}")]).stdout;
        let ours = lines(ours);
        let gits = format!("{tip}~{back}");
        let gits = lines(world.sealed().try_git(&clone, &["cat-file", "commit", &gits]).stdout);
        // Git writes a message in UTF-8, whatever it was; a pick keeps the bytes, and the header that says how to read them.
        if ours.iter().all(|line| !line.starts_with("encoding")) {
            assert_eq!(ours, gits);
            continue;
        }
        let original = lines(server.try_git(&["cat-file", "commit", commit]).stdout);
        assert_eq!(ours[1..original.len() - 1], original[1..original.len() - 1]);
        assert_eq!(ours[0], gits[0], "the tree");
        assert!(ours.contains(&format!("(cherry picked from commit {commit})")));
    }
}

#[test]
fn on_a_real_history_trees_are_those_of_cherry_pick() {
    let tecken = Remote::tecken();
    let main = tecken.git(&["symbolic-ref", "--short", "HEAD"]);
    let listed =
        tecken.git(&["log", "--first-parent", "--no-merges", "--format=%H", "-n", "12", &main]);
    let late: Vec<&str> = listed.lines().rev().collect();
    let older = format!("{}~1", late[0]);
    let world = train().repo_at("tecken", &tecken.file_url(), "tag = \"{date}\"");
    world.hero("mat").types(&format!("tag --at {} --yes", tecken.commit_of(&older))).ok();
    world.hero("mat").types(&format!("pick {} --yes", late.join(" "))).ok();
    let (clone, tip) = by_git(&world, &tecken, "2026.11.26", &late);
    let gits = world.sealed().git(&clone, &["rev-parse", &format!("{tip}^{{tree}}")]);
    assert_eq!(tecken.tree("2026.11.26-1"), gits);
    let count = tecken.log("2026.11.26..2026.11.26-1").len();
    assert_eq!(count, late.len());
}
