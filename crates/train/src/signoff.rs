//! Sign-offs: a person's word for one repository's tag as they saw it, and for no other (P7).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{Oid, PersonName, RepoName, quoted};
use crate::people::{Actor, Proof, Role};
use crate::refusal::{Code, Refusal};
use crate::settings::{Opens, Settings};

/// The roles that sign off. Ops claim the push instead; that of security for the private twins, which others can't see (P9).
pub const ROLES: [Role; 3] = [Role::Qa, Role::Developer, Role::Security];

/// What a person puts their name to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// In which role.
    pub role: Role,
    /// The repository.
    pub repo: RepoName,
    /// The tag's name.
    pub tag: String,
    /// The tag object, or the commit for a lightweight tag.
    pub object: Oid,
    /// The commit.
    pub commit: Oid,
    /// The commit's tree: all that would be deployed.
    pub tree: Oid,
    /// Whether it was the push's hero who said it.
    pub own: bool,
    /// The digest of the configuration it was said under.
    pub settings: String,
    /// How we know who it was.
    pub proof: Proof,
}

/// A sign-off that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signoff {
    /// What for.
    #[serde(flatten)]
    pub word: Word,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why it was taken back, if so.
    pub withdrawn: Option<String>,
}

/// The newest tag of a repository: what production would be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestTag {
    /// The repository.
    pub repo: RepoName,
    /// The tag's name.
    pub tag: String,
    /// The tag object, or the commit for a lightweight tag.
    pub object: Oid,
    /// The commit.
    pub commit: Oid,
    /// The commit's tree, where it could be read.
    pub tree: Option<Oid>,
}

/// How a sign-off stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignoffState {
    /// It counts.
    Given,
    /// Its person took it back.
    Withdrawn,
    /// The repository has another tag since, with other files.
    Overtaken,
    /// The configuration changed since.
    Reconfigured,
}

impl Signoff {
    /// How it stands beside the newest tag of its repository, under the configuration of this digest.
    #[must_use]
    pub fn state(&self, newest: Option<&NewestTag>, settings: &str) -> SignoffState {
        if self.withdrawn.is_some() {
            SignoffState::Withdrawn
        } else if !newest.is_some_and(|newest| self.is_for(newest)) {
            SignoffState::Overtaken
        } else if self.word.settings != settings {
            SignoffState::Reconfigured
        } else {
            SignoffState::Given
        }
    }

    /// Whether it is for that tag: the same object, or another one of the very same files (P7).
    #[must_use]
    pub fn is_for(&self, newest: &NewestTag) -> bool {
        let Word { repo, object, commit, tree, .. } = &self.word;
        repo == &newest.repo
            && (object == &newest.object
                || commit == &newest.commit
                || newest.tree.as_ref() == Some(tree))
    }
}

/// What a new tag does to the words that count for the one it takes the place of, a sentence for each: which stay, the files
/// being the same, and who is asked again (P7).
#[must_use]
pub fn passed_on(
    signoffs: &[Signoff],
    before: &NewestTag,
    new: &NewestTag,
    settings: &str,
) -> Vec<String> {
    let counts = |s: &&Signoff| s.state(Some(before), settings) == SignoffState::Given;
    let mut told = BTreeSet::new();
    let once = |s: &&Signoff| told.insert((s.word.role, s.by.clone()));
    let one = |s: &Signoff| {
        let (by, role, repo) = (&s.by, s.word.role.word(), &s.word.repo);
        match s.is_for(new) {
            true => format!(
                "{by}’s sign-off of {repo} as {role} stays: {} has the files of {}",
                new.tag, s.word.tag
            ),
            false => format!(
                "{by} signed off {repo} {} as {role}; {} has other files, and is to be signed off again",
                s.word.tag, new.tag
            ),
        }
    };
    signoffs.iter().filter(counts).filter(once).map(one).collect()
}

/// What sign-offs of a tag are counted by.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    /// The role.
    pub role: Role,
    /// Whether the hero's own counts.
    pub own: bool,
    /// The hero.
    pub hero: Option<&'a PersonName>,
    /// The digest of the configuration in force.
    pub settings: &'a str,
}

impl Counting<'_> {
    /// Whether `signoff` is one that counts for `newest`.
    #[must_use]
    pub fn counts(&self, signoff: &Signoff, newest: &NewestTag) -> bool {
        signoff.word.role == self.role
            && signoff.state(Some(newest), self.settings) == SignoffState::Given
            && (self.own || !self.is_heros(signoff))
    }

    fn is_heros(&self, signoff: &Signoff) -> bool {
        signoff.word.own || self.hero.is_some_and(|hero| hero.as_str() == signoff.by)
    }

    /// The people whose word counts for `newest`, each once.
    #[must_use]
    pub fn people<'s>(&self, signoffs: &'s [Signoff], newest: &NewestTag) -> BTreeSet<&'s str> {
        signoffs.iter().filter(|s| self.counts(s, newest)).map(|s| s.by.as_str()).collect()
    }
}

/// The role that a sign-off is given in: the one asked for, or the only one of the actor's that a gate of the train wants.
/// Where no gate wants any it is QA's, but whoever holds the role of ops alone is told of the claim.
pub fn role_of(settings: &Settings, actor: &Actor, asked: Option<Role>) -> Result<Role, Refusal> {
    if let Some(role) = asked {
        return Ok(role);
    }
    let wanted: Vec<Role> = settings.gates.iter().filter_map(wanted).collect();
    let wanted = if wanted.is_empty() { vec![Role::Qa] } else { wanted };
    let by_name: Vec<Role> = wanted.iter().copied().filter(|r| actor.roles.contains(r)).collect();
    let held = if by_name.is_empty() {
        wanted.iter().copied().filter(|r| actor.holds(&[*r])).collect()
    } else {
        by_name
    };
    match &held[..] {
        [one] => Ok(*one),
        [] if actor.roles.contains(&Role::Ops) => Err(ops_claim()),
        [] => actor.must_hold(&wanted, "sign off").map(|()| Role::Qa),
        several => {
            let words: Vec<&str> = several.iter().map(|role| role.word()).collect();
            Err(Refusal::new(
                Code::Ambiguous,
                format!("{} could sign off as {}", quoted(&actor.name), words.join(" or as ")),
                format!("say which: --role {}", words.join(" or --role ")),
            ))
        }
    }
}

fn wanted(gate: &crate::settings::GateRule) -> Option<Role> {
    match gate.opens {
        Opens::Signoffs { role, .. } => Some(role).filter(|role| ROLES.contains(role)),
        Opens::SeenOnDev | Opens::Command { .. } => None,
    }
}

/// A sign-off of theirs would open nothing.
fn ops_claim() -> Refusal {
    let hint = "`pushduty claim` says that you bring the push to production";
    Refusal::new(Code::Usage, "ops does not sign off: ops claims the push", hint)
}

/// Whether the actor may sign off in `role`; answers whether that is the hero's own word, which a train may not take.
pub fn may_sign(
    settings: &Settings,
    actor: &Actor,
    role: Role,
    hero: Option<&PersonName>,
) -> Result<bool, Refusal> {
    if role == Role::Ops {
        return Err(ops_claim());
    }
    if !ROLES.contains(&role) {
        let words: Vec<&str> = ROLES.iter().map(|role| role.word()).collect();
        return Err(Refusal::new(
            Code::Usage,
            format!("nobody signs off as {}", role.word()),
            format!("the roles that sign off are {}", words.join(", ")),
        ));
    }
    actor.must_hold(&[role], &format!("sign off as {}", role.word()))?;
    let own = hero.is_some_and(|hero| hero.as_str() == actor.name);
    match settings.signoffs(role) {
        Some((_, false)) if own => Err(Refusal::new(
            Code::Refused,
            format!(
                "{} is the hero of this push, and [gates] {} does not take the hero's own word",
                quoted(&actor.name),
                role.word()
            ),
            format!("somebody else with the role {} signs off", role.word()),
        )),
        _ => Ok(own),
    }
}
