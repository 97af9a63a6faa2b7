//! What git said when it ended.

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output, as it came.
    pub out: Vec<u8>,
    /// Standard error, fit for a message; empty for the security store.
    pub words: String,
    /// Standard error as it came, to be matched and never shown.
    pub err: Vec<u8>,
    /// Whether nothing of what git or a remote said may be told (P9).
    pub withheld: bool,
    /// Whether it was ended for making no progress.
    pub timed_out: bool,
}

impl Output {
    /// Whether it ended well.
    pub(crate) fn ok(&self) -> bool {
        self.code == Some(0)
    }

    /// Standard output as text, lossily, without the line end.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).trim_end_matches('\n').to_owned()
    }
}

/// Whether `stream` holds `part`: how git's own words, in a fixed language, are recognised.
pub(crate) fn contains(stream: &[u8], part: &[u8]) -> bool {
    stream.windows(part.len()).any(|w| w == part)
}
