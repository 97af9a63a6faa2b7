//! People and rotation of the written file.

use std::collections::BTreeMap;

use super::super::guess::{Guess, PersonGuess};
use super::super::people::{is_alias, is_email};
use super::page::Page;
use super::{key, text, unique};

const ROLES: [&str; 6] = ["hero", "developer", "qa", "ops", "security", "admin"];

/// Whom each name, alias and address means, in lower case.
type Taken = BTreeMap<String, usize>;

/// Writes everybody, and whose turn comes when.
pub fn write(page: &mut Page, guess: &Guess) {
    let mut taken = Taken::new();
    let names = if guess.people.is_empty() { guess.rotation.clone() } else { Vec::new() };
    let nobody =
        names.iter().map(|name| PersonGuess { name: name.clone(), ..PersonGuess::default() });
    let people: Vec<PersonGuess> = guess.people.iter().cloned().chain(nobody).collect();
    let keys = keys(&people, &mut taken);
    if !guess.people.is_empty() {
        page.prose(&["Everybody who may act. Roles: hero, developer, qa, ops, security, admin."]);
    }
    for (n, person) in people.iter().enumerate().take(guess.people.len()) {
        write_person(page, person, &keys[n], n, &mut taken);
    }
    let mut order: Vec<String> = Vec::new();
    for name in &guess.rotation {
        let who = people.iter().position(|person| &person.name == name);
        let quoted = who.map(|n| text(&keys[n]));
        order.extend(quoted.filter(|q| !order.contains(q)));
    }
    write_rotation(page, &order, keys.first());
}

/// A plain, unique key for each.
fn keys(people: &[PersonGuess], taken: &mut Taken) -> Vec<String> {
    let mut keys = Vec::new();
    for (n, person) in people.iter().enumerate() {
        let name = unique(short(&person.name), |name| taken.contains_key(&name.to_lowercase()));
        taken.insert(name.to_lowercase(), n);
        keys.push(name);
    }
    keys
}

/// A name that is easily typed: letters and digits in lower case, one dash between them.
fn short(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let joined: String = words.collect::<Vec<_>>().join("-").chars().take(40).collect();
    let trimmed = joined.trim_end_matches('-');
    if trimmed.is_empty() { "somebody".to_owned() } else { trimmed.to_owned() }
}

fn write_person(page: &mut Page, person: &PersonGuess, name: &str, n: usize, taken: &mut Taken) {
    let mut claim = |name: &String| {
        let before = *taken.entry(name.to_lowercase()).or_insert(n);
        before == n && is_alias(name)
    };
    page.table(&format!("[people.{}]", key(name)));
    let roles: Vec<String> = ROLES
        .iter()
        .filter(|role| person.roles.iter().any(|r| r == *role))
        .map(|role| text(role))
        .collect();
    let roles = if roles.is_empty() { text("developer") } else { roles.join(", ") };
    page.guessed(format!("roles = [{roles}]"), &person.evidence);
    let mut aliases: Vec<String> = Vec::new();
    for alias in std::iter::once(&person.name).chain(&person.aliases) {
        let quoted = text(alias);
        if alias != name && !aliases.contains(&quoted) && claim(alias) {
            aliases.push(quoted);
        }
    }
    if !aliases.is_empty() {
        page.line(format!("aliases = [{}]", aliases.join(", ")), "");
    }
    if let Some(email) = person.email.as_ref().filter(|e| is_email(e) && claim(e)) {
        page.line(format!("email = {}", text(email)), "");
    }
}

fn write_rotation(page: &mut Page, order: &[String], first: Option<&String>) {
    if !order.is_empty() {
        page.table("[rotation]");
        page.guessed(
            format!("order = [{}]", order.join(", ")),
            "the recent authors above; put them in your order",
        );
        return;
    }
    page.prose(&["Who is on duty, in turn. Without [people], the names here are heroes."]);
    page.example("[rotation]", "");
    page.example(format!("order = [{}]", text(first.map_or("mat", String::as_str))), "");
}
