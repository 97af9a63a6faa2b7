//! What a git that could not talk to a remote means, as a sentence and what to do.

use std::time::Duration;

use conductor::failure::Failure;
use train::refusal::Code;

use crate::output::{Output, contains};
use crate::url::shown;

/// A remote in a message: what it is, and its address where that may be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remote<'a> {
    /// `upstream` or `the security remote`.
    pub what: &'a str,
    /// Its URL or path.
    pub url: &'a str,
}

/// A kind of trouble and the words of git, SSH and curl that tell it.
struct Sign {
    code: Code,
    words: &'static [&'static str],
    happened: &'static str,
    mend: &'static str,
}

/// In the order they are looked for: the first that fits names the trouble.
const SIGNS: &[Sign] = &[
    Sign {
        code: Code::Io,
        words: &["No space left on device"],
        happened: "could not be read: a disk is full",
        mend: "free some disk space and run the same command again: nothing was lost",
    },
    Sign {
        code: Code::Configuration,
        words: &["' not allowed"],
        happened: "is rewritten by git's configuration to a helper transport, which can run any command",
        mend: "take the url.….insteadOf out of git's configuration",
    },
    Sign {
        code: Code::Unsupported,
        words: &[
            "mismatched algorithms",
            "the receiving end does not support this repository's hash algorithm",
        ],
        happened: "uses another object format (SHA-1 or SHA-256) than this store or its twin",
        mend: "use twins of one object format; if upstream was made anew, remove this repository's folder under --data",
    },
    Sign {
        code: Code::Unreachable,
        words: &["dubious ownership"],
        happened: "belongs to another user, so git does not trust it",
        mend: "run `git config --global --add safe.directory PATH` with its path",
    },
    Sign {
        code: Code::Unreachable,
        words: &["Authentication failed"],
        happened: "does not take that user name and password",
        mend: "run the same command again with the right ones, or mend what git's credential helper has; many hosts take a token in place of the password",
    },
    Sign {
        code: Code::Unreachable,
        words: &[
            "could not read Username",
            "could not read Password",
            "Permission denied (",
            "terminal prompts disabled",
            "Host key verification failed",
            "returned error: 401",
            "returned error: 403",
            "Too many authentication failures",
        ],
        happened: "does not let this user in",
        mend: "make `git ls-remote` of it work without a question: a credential helper, an SSH agent, a known host key; on a terminal it is asked for",
    },
    Sign {
        code: Code::Unreachable,
        words: &[
            "does not appear to be a git repository",
            "does not exist",
            "not found",
            "Repository not found",
            "returned error: 404",
            "access denied or repository not exported",
            "no such repository",
            "unable to access '/",
        ],
        happened: "has no repository there, or none that this user may see",
        mend: "check the address in pushduty.toml, and that this user has access",
    },
    Sign {
        code: Code::Unreachable,
        words: &[
            "Could not resolve host",
            "Connection refused",
            "Connection timed out",
            "Network is unreachable",
            "No route to host",
            "Name or service not known",
            "Temporary failure in name resolution",
            "Failed to connect",
            "unable to connect",
            "Couldn't connect",
            "unable to look up",
        ],
        happened: "can't be reached",
        mend: "check the network and the address, and run the same command again",
    },
];

/// The failure that `output` of a git talking to `remote` is. `silence` is how long it was waited for.
pub(crate) fn failure(remote: Remote<'_>, output: &Output, silence: Duration) -> Failure {
    const BROKE_OFF: Sign = Sign {
        code: Code::Unreachable,
        words: &[],
        happened: "broke off",
        mend: "run the same command again; if it stays so, run `pushduty check`",
    };
    let name = format!("{} ({})", remote.what, shown(remote.url));
    if output.timed_out {
        let message = format!("{name} made no progress for {silence:?}");
        let unquoted = format!("{} made no progress for {silence:?}", remote.what);
        let hint = "run the same command again when it answers";
        return Failure::new(Code::Unreachable, message, hint).unquoted(unquoted);
    }
    let said =
        if output.words.is_empty() { String::new() } else { format!(" (git: {})", output.words) };
    let sign = sign(output).or_else(|| full_here(output)).unwrap_or(&BROKE_OFF);
    // Where it is, and what it says, is for people of the train.
    Failure::new(sign.code, format!("{name} {}{said}", sign.happened), sign.mend)
        .unquoted(format!("{} {}", remote.what, sign.happened))
}

/// Whether git ended before it could send anything: a push that ended so did nothing.
pub(crate) fn nothing_sent(output: &Output) -> bool {
    !output.timed_out && output.code.is_some() && sign(output).is_some()
}

/// That git could not write a file of ours: it does not say why. What a remote says of its own files is another matter, and
/// a push that ended so may well have been sent.
fn full_here(output: &Output) -> Option<&'static Sign> {
    const HERE: Sign = Sign {
        code: Code::Io,
        words: &["couldn't write '", "unable to write "],
        happened: "could not be taken in: a file under --data could not be written",
        mend: "look for a full disk or a missing right under --data, mend it and run the same command again: nothing was lost",
    };
    let ours = |line: &&[u8]| !line.starts_with(b"remote:");
    let mut lines = output.err.split(|b| matches!(b, b'\n' | b'\r')).filter(ours);
    let says = |line: &[u8]| HERE.words.iter().any(|word| contains(line, word.as_bytes()));
    lines.any(says).then_some(&HERE)
}

fn sign(output: &Output) -> Option<&'static Sign> {
    SIGNS.iter().find(|sign| sign.words.iter().any(|w| contains(&output.err, w.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(err: &str) -> Output {
        Output {
            code: Some(128),
            out: Vec::new(),
            words: err.trim_end().to_owned(),
            err: err.as_bytes().to_vec(),
            withheld: false,
            timed_out: false,
        }
    }

    fn told(err: &str) -> Failure {
        failure(Remote { what: "upstream", url: "/srv/git" }, &ended(err), Duration::from_secs(1))
    }

    #[test]
    fn a_file_of_ours_that_could_not_be_written_is_no_fault_of_the_remote() {
        for err in [
            "error: couldn't write '/data/refs/remotes/main.lock'\n",
            "fatal: early EOF\nerror: unable to write file /data/objects/pack/tmp\n",
        ] {
            let told = told(err);
            assert_eq!(told.code, Code::Io, "{told:?}");
            assert!(told.message.contains("could not be written"), "{told:?}");
            assert!(!nothing_sent(&ended(err)), "a push may have been sent before");
        }
    }

    #[test]
    fn what_the_remote_could_not_write_is_its_own() {
        let told = told("remote: error: couldn't write '/srv/git/refs/tags/x.lock'\n");
        assert_eq!(told.code, Code::Unreachable);
    }
}
