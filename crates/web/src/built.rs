//! What a program is built from.

/// What a program is built from, as far as whoever built it said: the words of Dockerflow's `/__version__`.
#[derive(Debug, Clone, Copy)]
pub struct Built {
    /// The address of its sources.
    pub source: Option<&'static str>,
    /// Its version.
    pub version: &'static str,
    /// The commit of its sources.
    pub commit: Option<&'static str>,
    /// The address of the run that built it.
    pub build: Option<&'static str>,
}
