//! The add-ons team as its notes know it.

use train::id::PushDate;
use train::notes::Context;
use train::people::Person;
use train::settings::Repo;
/// Names and the other names that the pages use.
const PEOPLE: &[(&str, &[&str])] = &[
    ("bobsilverberg", &["bsilverberg", "Bob"]),
    ("cgrebs", &["EnTeQuAk", "Christopher"]),
    ("eviljeff", &["Andrew"]),
    ("jason", &[]),
    ("jorgev", &["Jorge"]),
    ("krupa", &[]),
    ("kumar", &["kumar303"]),
    ("mat", &["diox", "Mathieu"]),
    ("mstriemer", &[]),
    ("muffinresearch", &["Stuart"]),
    ("tofumatt", &[]),
    ("ulfr", &[]),
    ("wezhou", &["wei"]),
    ("willdurand", &["Will"]),
];

/// The team, its three repositories, for one push; the template is the runbook's.
pub fn context(push: Option<PushDate>) -> Context {
    let person = |(name, aliases): &(&str, &[&str])| Person {
        name: name.parse().expect("a name"),
        roles: Default::default(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        email: None,
        irc: None,
        github: None,
    };
    let people: Vec<Person> = PEOPLE.iter().map(person).collect();
    let repos = ["addons-server", "addons-frontend", "addons-code-manager"].map(repo).to_vec();
    let environments = ["dev", "stage", "production"].map(str::to_owned).to_vec();
    let zone = "America/Los_Angeles".parse().expect("a zone");
    Context::new(&people, repos, environments, zone).with(train::notes::TEMPLATE, push)
}

fn repo(name: &str) -> Repo {
    Repo::new(name.parse().expect("a name"), format!("https://github.com/mozilla/{name}.git"))
}
