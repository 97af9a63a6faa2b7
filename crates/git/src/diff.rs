//! The difference between two commits, to be read by a person before a yes.

use conductor::failure::Result;
use train::id::Oid;
use train::letter::is_harmful;

use crate::batch::strange;
use crate::process::Git;
use crate::told::oid;

/// One form for everybody: the same two commits give the same bytes.
const FORM: [&str; 9] = [
    "diff-tree",
    "--stdin",
    "-r",
    "--no-commit-id",
    "--full-index",
    "--find-renames=50%",
    "--diff-algorithm=histogram",
    "--no-ext-diff",
    "--no-textconv",
];

/// The difference as statistics and patch. Control characters are escaped; line ends and tabs stay.
pub(crate) async fn diff(git: &Git, from: &Oid, to: &Oid) -> Result<String> {
    let out = run(git, &["--stat=100", "--patch"], from, to).await?;
    Ok(escaped(&String::from_utf8_lossy(&out)))
}

/// A digest of that difference, contents of binary files included.
pub(crate) async fn diff_digest(git: &Git, from: &Oid, to: &Oid) -> Result<String> {
    let patch = run(git, &["--patch", "--binary"], from, to).await?;
    let mut framed = b"difference\0".to_vec();
    framed.extend_from_slice(&patch);
    let digest = git.with_input(["hash-object", "-t", "blob", "--stdin"], &framed).await?.out;
    oid(&digest).map(|digest| digest.to_string()).ok_or_else(|| strange("hash-object"))
}

/// Both commits go by standard input: either may be embargoed (P9).
async fn run(git: &Git, options: &[&str], from: &Oid, to: &Oid) -> Result<Vec<u8>> {
    let input = format!("{to} {from}\n");
    Ok(git.with_input(FORM.iter().chain(options), input.as_bytes()).await?.out)
}

pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) && !matches!(c, '\n' | '\t') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_turned_text_are_shown_for_what_they_are() {
        assert_eq!(escaped("+\u{1b}[2J\u{202e}x\r\n\tend"), "+\\u{1b}[2J\\u{202e}x\\u{d}\n\tend");
    }

    proptest! {
        #[test]
        fn nothing_shown_moves_the_cursor(text: String) {
            prop_assert!(escaped(&text).chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
        }
    }
}
