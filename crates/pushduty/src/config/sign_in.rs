//! `[sign_in.NAME]`: who vouches for people that come to the server, and which person somebody is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use conductor::ports::Identity;
use schemars::JsonSchema;
use serde::Deserialize;
use train::id::{PersonName, quoted};
use url::{Host, Url};

use super::at::At;
use super::people::{People, is_alias};
use super::problem::Problems;
use super::secret::Secret;
use super::shape::Entry;

/// Where one has an account on GitHub, if nothing else is said.
const GITHUB: &str = "https://github.com";
/// The host of the accounts that `github` of a person means, where there are several GitHubs.
const GITHUB_HOST: &str = "github.com";

/// Who vouches for people.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// How it is asked.
    #[serde(default)]
    #[schemars(extend("default" = "oidc"))]
    pub kind: Kind,
    /// Its address: of `oidc` the issuer's, of `github` where GitHub is.
    pub issuer: Option<At<String>>,
    /// Our name there.
    pub client_id: At<String>,
    /// Where what proves that it is us is to be had; a public client has none.
    pub client_secret: Option<Secret>,
    /// What the button says; the name of the table by default.
    pub label: Option<At<String>>,
}

/// How an issuer is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// By OpenID Connect.
    #[default]
    Oidc,
    /// As GitHub is.
    Github,
}

/// The same, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedSignIn {
    /// Its name.
    pub name: String,
    /// How it is asked.
    pub kind: Kind,
    /// Where it is.
    pub issuer: Url,
    /// Our name there.
    pub client_id: String,
    /// Where our secret is to be had.
    pub client_secret: Option<Secret>,
    /// What people call it.
    pub label: String,
    /// The folder that the secret's file is named from.
    pub folder: PathBuf,
}

/// Checks all of them, and that nobody is known to one that is not there.
pub fn check(
    raw: &[Entry<SignIn>],
    people: Option<&People>,
    folder: &std::path::Path,
    problems: &mut Problems,
) -> Vec<CheckedSignIn> {
    let mut all = Vec::new();
    for (name, sign_in) in raw {
        all.extend(sign_in.check(name, folder, problems));
    }
    let subjects = people.into_iter().flat_map(|people| &people.subjects);
    for (issuer, span) in subjects.filter(|_| !raw.is_empty()) {
        if !raw.iter().any(|(name, _)| &name.value == issuer) {
            let what = format!("there is no [sign_in.{}]", super::plain::safe(issuer));
            problems.at(span, what, "name one of the tables under sign_in");
        }
    }
    all
}

impl SignIn {
    fn check(
        &self,
        name: &At<String>,
        folder: &std::path::Path,
        problems: &mut Problems,
    ) -> Option<CheckedSignIn> {
        let slug = name.parse::<train::id::RepoName>();
        problems.take(&name.span, slug, "give it a plain name, as [sign_in.team]")?;
        let mut texts = std::iter::once(&self.client_id).chain(&self.label);
        if let Some(text) = texts.find(|text| !is_alias(text)) {
            let what = format!("{} is no name", quoted(text));
            problems.at(&text.span, what, "a name has 1 to 200 characters on one line");
            return None;
        }
        let (given, span) = match (&self.issuer, self.kind) {
            (Some(issuer), _) => (issuer.as_str(), &issuer.span),
            (None, Kind::Github) => (GITHUB, &name.span),
            (None, Kind::Oidc) => {
                let what = format!("[sign_in.{}] lacks the key “issuer”", name.value);
                problems.at(&name.span, what, "add issuer = \"https://id.example.org\"");
                return None;
            }
        };
        let Some(issuer) = given.parse().ok().filter(is_private) else {
            let what = format!("{} is no issuer's address", quoted(given));
            problems.at(span, what, "write it as the issuer does: https://id.example.org");
            return None;
        };
        if self.kind == Kind::Github && self.client_secret.is_none() {
            let what = format!("[sign_in.{}] lacks the key “client_secret”", name.value);
            problems.at(&name.span, what, "GitHub takes no client without: { env = \"NAME\" }");
            return None;
        }
        let label = self.label.as_ref().unwrap_or(name);
        Some(CheckedSignIn {
            name: name.value.clone(),
            kind: self.kind,
            issuer,
            client_id: self.client_id.value.clone(),
            client_secret: self.client_secret.clone(),
            label: label.value.clone(),
            folder: folder.to_owned(),
        })
    }
}

/// An address where nobody listens: over TLS, or on this machine.
fn is_private(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return false,
    };
    let plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain && (url.scheme() == "https" || (here && url.scheme() == "http"))
}

/// The names of those that know people by the accounts under `github`: the one GitHub there is, or that at github.com. At any
/// other, somebody else may have the same name.
#[must_use]
pub fn of_accounts(all: &[CheckedSignIn]) -> Vec<&str> {
    let ours: Vec<_> = all.iter().filter(|one| one.kind == Kind::Github).collect();
    let is_one = ours.windows(2).all(|two| two[0].issuer.origin() == two[1].issuer.origin());
    let meant = |one: &&CheckedSignIn| is_one || one.issuer.host_str() == Some(GITHUB_HOST);
    ours.into_iter().filter(meant).map(|one| one.name.as_str()).collect()
}

/// How a person is known to those who vouch for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The mail address.
    pub email: Option<String>,
    /// The account at a GitHub, by the issuer's name.
    pub accounts: BTreeMap<String, String>,
    /// An issuer's own name for them, by the issuer's.
    pub subjects: BTreeMap<String, String>,
}

/// Which person it is that `issuer` vouches for. An issuer's own name for somebody goes before all else, and of whom one is
/// written down nothing else counts there: addresses and accounts change hands. Letters' case is ignored as far as ASCII goes:
/// beyond it, other letters would be taken for ours.
#[must_use]
pub fn whose<'a>(
    people: &'a BTreeMap<PersonName, Known>,
    issuer: &str,
    identity: &Identity,
) -> Option<&'a PersonName> {
    let is = |wanted: Option<&String>, given: &Option<String>| match (wanted, given) {
        (Some(wanted), Some(given)) => wanted.eq_ignore_ascii_case(given),
        _ => false,
    };
    let named = |known: &Known| known.subjects.get(issuer).cloned();
    let mut by_name = people.iter().filter(|(_, k)| named(k).as_ref() == Some(&identity.subject));
    if let Some((name, _)) = by_name.next() {
        return Some(name);
    }
    let mut open = people.iter().filter(|(_, known)| named(known).is_none());
    let found = open.find(|(_, known)| {
        is(known.email.as_ref(), &identity.email)
            || is(known.accounts.get(issuer), &identity.account)
    });
    found.map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> BTreeMap<PersonName, Known> {
        let known = |email: &str, github: &str, subjects: &[(&str, &str)]| Known {
            email: Some(email.to_owned()),
            accounts: BTreeMap::from([("github".to_owned(), github.to_owned())]),
            subjects: subjects.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
        };
        BTreeMap::from([
            ("mat".parse().unwrap(), known("mat@example.org", "diox", &[])),
            ("kumar".parse().unwrap(), known("kumar@example.org", "kumar", &[("team", "42")])),
        ])
    }

    fn who(
        issuer: &str,
        subject: &str,
        email: Option<&str>,
        account: Option<&str>,
    ) -> Option<String> {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let identity =
            Identity { subject: subject.to_owned(), email: text(email), account: text(account) };
        whose(&people(), issuer, &identity).map(ToString::to_string)
    }

    #[test]
    fn an_address_or_an_account_names_a_person() {
        assert_eq!(who("team", "1", Some("Mat@Example.org"), None).as_deref(), Some("mat"));
        assert_eq!(who("github", "1", None, Some("Diox")).as_deref(), Some("mat"));
        assert_eq!(who("team", "1", None, None), None);
        assert_eq!(who("team", "1", Some("mat@example.org.evil.org"), None), None);
        // KELVIN SIGN is a k in lower case, and no k.
        assert_eq!(who("github", "1", None, Some("\u{212a}umar")), None);
        assert_eq!(who("enterprise", "1", None, Some("diox")), None, "the name of another there");
    }

    fn sign_in(name: &str, kind: Kind, issuer: &str) -> CheckedSignIn {
        CheckedSignIn {
            name: name.to_owned(),
            kind,
            issuer: issuer.parse().unwrap(),
            client_id: "pushduty".to_owned(),
            client_secret: None,
            label: name.to_owned(),
            folder: PathBuf::new(),
        }
    }

    #[test]
    fn accounts_are_of_one_github_alone() {
        let team = sign_in("team", Kind::Oidc, "https://id.example.org");
        let public = sign_in("github", Kind::Github, GITHUB);
        let ours = sign_in("enterprise", Kind::Github, "https://github.example.org");
        let other = sign_in("other", Kind::Github, "https://github.com.example.org");
        let again = sign_in("again", Kind::Github, "https://github.example.org/");
        for (all, names) in [
            (vec![&team], vec![]),
            (vec![&team, &public], vec!["github"]),
            (vec![&ours], vec!["enterprise"]),
            (vec![&ours, &public, &team], vec!["github"]),
            (vec![&public, &other], vec!["github"]),
            (vec![&ours, &other], vec![]),
            (vec![&ours, &again], vec!["enterprise", "again"]),
        ] {
            let all: Vec<CheckedSignIn> = all.into_iter().cloned().collect();
            assert_eq!(of_accounts(&all), names);
        }
    }

    #[test]
    fn an_issuers_own_name_for_somebody_goes_before_all_else() {
        assert_eq!(who("team", "42", Some("mat@example.org"), None).as_deref(), Some("kumar"));
        assert_eq!(who("team", "43", Some("kumar@example.org"), None), None);
        assert_eq!(who("other", "43", Some("kumar@example.org"), None).as_deref(), Some("kumar"));
    }
}
