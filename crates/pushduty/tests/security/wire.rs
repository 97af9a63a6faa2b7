//! What was sent over a line: the words of git's protocol, and the packs within, opened by git itself.

use std::io::Write;
use std::process::Stdio;

use testkit::{Remote, Sealed};

use crate::search::Secret;

/// How a pack begins.
const PACK: &[u8] = b"PACK\0\0\0\x02";

/// What the recorded bytes hold of the secret. `base` has everything that the packs may build on.
pub fn holds(secret: &Secret, sent: &[u8], base: &Remote) -> Option<String> {
    let starts = (0..sent.len()).filter(|&at| sent[at..].starts_with(PACK));
    let in_packs = starts.flat_map(|at| packed(&sent[at..], base)).find(|id| secret.has(id));
    in_packs.map(|id| format!("a pack with {id}")).or_else(|| secret.anything_in(sent))
}

/// How many packs were sent.
pub fn packs(sent: &[u8]) -> usize {
    sent.windows(PACK.len()).filter(|w| *w == PACK).count()
}

/// The objects of the pack that `bytes` begins with.
fn packed(bytes: &[u8], base: &Remote) -> Vec<String> {
    let sealed = Sealed::new();
    sealed.git(sealed.home(), &["init", "--quiet", "--bare", "--template=", "opened.git"]);
    let store = sealed.path("opened.git");
    let borrowed = format!("{}\n", base.path().join("objects").display());
    std::fs::create_dir_all(store.join("objects/info")).unwrap();
    std::fs::write(store.join("objects/info/alternates"), borrowed).unwrap();
    let mut index = sealed.git_command();
    index.current_dir(&store).args(["index-pack", "--stdin", "--fix-thin"]);
    index.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = index.spawn().unwrap();
    // git stops reading at the pack's end: what follows it is of another connection.
    let _ = child.stdin.take().unwrap().write_all(bytes);
    let done = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "a pack that was sent can be opened: {words}");
    let args = ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"];
    let borrowed = std::fs::remove_file(store.join("objects/info/alternates"));
    borrowed.expect("the file was written above");
    sealed.git(&store, &args).lines().map(str::to_owned).collect()
}
