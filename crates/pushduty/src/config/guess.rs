//! What `init` found out about a team's remotes, to be written as a configuration.

/// A value that was guessed, with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guessed {
    /// The value, as it is to stand in the file.
    pub value: String,
    /// What speaks for it, as the rest of a sentence: “9 of the last 10 tags are of a Thursday”.
    pub evidence: String,
}

impl Guessed {
    /// A value with its evidence.
    pub fn new(value: impl Into<String>, evidence: impl Into<String>) -> Self {
        Self { value: value.into(), evidence: evidence.into() }
    }
}

/// All that was found out. Where nothing was, `None`: the file then shows the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guess {
    /// The train's name.
    pub train: String,
    /// The zone, an IANA name.
    pub time_zone: Option<Guessed>,
    /// When repositories are tagged, “Tuesday 09:00”.
    pub cut: Option<Guessed>,
    /// When production is started, “Thursday 09:00”.
    pub push: Option<Guessed>,
    /// The cadence, “1 week”.
    pub every: Option<Guessed>,
    /// The date of one push, `YYYY-MM-DD`; needed where the cadence is over one week.
    pub starting: Option<Guessed>,
    /// The repositories.
    pub repos: Vec<RepoGuess>,
    /// People, from recent authors.
    pub people: Vec<PersonGuess>,
    /// The heroes in turn, by the names in `people`.
    pub rotation: Vec<String>,
}

/// What a remote shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RepoGuess {
    /// Its name; made unique and plain where it is not.
    pub name: String,
    /// The remote as given. It is to pass [`super::remote::read`] before.
    pub upstream: String,
    /// The default branch.
    pub branch: Option<Guessed>,
    /// The tag template, “{date}”.
    pub tag: Option<Guessed>,
    /// The number of the first tag after the plain one.
    pub first_suffix: Option<(u32, String)>,
    /// Globs of migrations, with what they were found by.
    pub migrations: Option<(Vec<String>, String)>,
}

/// Somebody who wrote commits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonGuess {
    /// The author's name; made into a plain key, itself kept as an alias.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// The address.
    pub email: Option<String>,
    /// Roles, in the configuration's words.
    pub roles: Vec<String>,
    /// What speaks for it: “37 commits since August”.
    pub evidence: String,
}
