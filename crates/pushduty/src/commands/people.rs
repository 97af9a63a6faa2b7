//! `people`: who is aboard and what they may do; roles that an admin gives and takes.

use clap::Subcommand;
use conductor::view::PersonView;
use train::command::Command;
use train::id::PersonName;
use train::people::Role;
use train::refusal::{Code, Refusal};

use super::{departure_move, named};
use crate::options::Consent;
use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Ending, Session};
use crate::words;

/// Who is aboard and what they may do; give a role, or take it
///
/// Roles come from the configuration, or from an admin: what an admin gives is in the record, and holds for this train until
/// it is taken. What the configuration says is changed there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty people
  pushduty people give kumar ops
  pushduty people take kumar ops")]
pub struct Args {
    #[command(subcommand)]
    change: Option<Change>,
}

/// A change of roles.
#[derive(Debug, Subcommand)]
enum Change {
    /// Give somebody of the configuration a role
    #[command(after_help = "Examples:
  pushduty people give kumar ops --dry-run
  pushduty people give kumar ops")]
    Give {
        /// Who
        name: String,
        #[command(flatten)]
        what: What,
    },
    /// Take a role that was given
    #[command(after_help = "Examples:
  pushduty people take kumar ops --dry-run
  pushduty people take kumar ops")]
    Take {
        /// From whom
        name: String,
        #[command(flatten)]
        what: What,
    },
}

#[derive(Debug, clap::Args)]
struct What {
    /// hero, developer, qa, ops, security or admin
    #[arg(value_parser = role)]
    role: Role,
    #[command(flatten)]
    consent: Consent,
}

fn role(word: &str) -> Result<Role, String> {
    let all = [Role::Hero, Role::Developer, Role::Qa, Role::Ops, Role::Security, Role::Admin];
    let found = all.into_iter().find(|role| role.word() == word);
    found.ok_or_else(|| "the roles are hero, developer, qa, ops, security and admin".to_owned())
}

/// Shows them, or changes what somebody may do.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let (wish, consent) = match &args.change {
        None => return show(session).await,
        Some(Change::Give { name, what }) => {
            let who = person(session, name).await?;
            (Command::GiveRole { who, role: what.role }, &what.consent)
        }
        Some(Change::Take { name, what }) => {
            let who = person(session, name).await?;
            (Command::TakeRole { who, role: what.role }, &what.consent)
        }
    };
    departure_move::change(session, consent, &wish).await
}

async fn person(session: &Session, name: &str) -> Result<PersonName, Ending> {
    let desk = session.desk().await?;
    let settings = desk.settings();
    if settings.people.is_empty() {
        session.header().await?;
        let what = "no people are set up: whoever acts holds every role";
        let hint = "add [people.NAME] with roles to the configuration";
        return Err(Refusal::new(Code::NotFound, what, hint).into());
    }
    let found = named::person(settings, name);
    if found.is_err() {
        session.header().await?;
    }
    Ok(found?)
}

async fn show(session: &Session) -> Ended {
    let view = session.desk().await?.people().await?;
    session.header().await?;
    let rows = view.people.iter().map(|person| {
        vec![
            Line::of(Tone::Strong, person.name.as_str()),
            Line::plain(roles(person)),
            given(person),
        ]
    });
    let lines = match view.people.is_empty() {
        true => vec![Line::of(Tone::Dim, "No people are set up: whoever acts holds every role.")],
        false => columns(0, rows.collect()),
    };
    session.screen.show(&lines);
    session.document(view).await
}

fn roles(person: &PersonView) -> String {
    let words: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(", ") }
}

fn given(person: &PersonView) -> Line {
    let each = person.given.iter().map(|given| {
        format!("{}, given by {} on {}", given.role.word(), given.by, words::time(&given.at))
    });
    Line::of(Tone::Dim, each.collect::<Vec<_>>().join("; "))
}
