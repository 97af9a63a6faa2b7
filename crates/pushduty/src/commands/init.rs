//! `init`: a configuration from what remotes show.

use std::collections::BTreeMap;
use std::path::Path;

use crate::actor;
use crate::config::guess::Guessed;
use crate::config::{self, Guess, PersonGuess, RepoGuess, remote};
use crate::environment;
use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Ending, Session, usage};
use conductor::ports::{Clock, Ident, Repository};
use futures_util::future::join_all;
use jiff::civil::Date;
use serde::Serialize;
use train::facts::Look;
use train::guess::{self, CadenceGuess, SchemeGuess};
use train::refusal::{Code, Refusal};
use train::settings::Repo;

/// Look at remotes and write a commented pushduty.toml with which `tag` works at once
///
/// Finds the default branch, date tags and their form, cadence and weekday, and people from recent authors. What is
/// guessed is marked so in the file, with what speaks for it. The remotes are only read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty init https://github.com/mozilla/addons-server.git https://github.com/mozilla/addons-frontend.git
  pushduty init --dry-run ../server.git
  pushduty init                            the remotes of the repository here")]
pub struct Args {
    /// The remotes; those of the repository here by default
    #[arg(value_name = "URL")]
    urls: Vec<String>,
    /// The train's name; the first repository's by default
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Print the file and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
    /// Nothing is asked: a fresh file is written
    #[arg(long, short, hide = true)]
    yes: bool,
}

/// One remote as it was found.
struct Found {
    given: String,
    name: String,
    look: Look,
    scheme: Option<SchemeGuess>,
    /// Where there is no scheme: dates that are written with dashes, and the newest such tag.
    dashed: Option<(Vec<Date>, String)>,
    authors: Vec<(Ident, usize)>,
}

#[derive(Serialize)]
struct InitView {
    file: String,
    written: bool,
    repos: Vec<String>,
    text: String,
}

/// How many of the newest commits are looked at for authors.
const RECENT: usize = 400;

/// How many people are written.
const PEOPLE: usize = 8;

/// Looks, guesses, writes.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let cwd = std::env::current_dir()
        .map_err(|e| conductor::failure::io("the working directory can't be read", &e))?;
    let file = cwd.join(session.global.config.as_deref().unwrap_or(Path::new(config::FILE)));
    if file.exists() && !args.force && !args.dry_run {
        let what = format!("{} is there already", file.display());
        return Err(Refusal::new(
            Code::Usage,
            what,
            "--force writes over it; --dry-run only prints",
        )
        .into());
    }
    let folder = file.parent().unwrap_or(&cwd).to_owned();
    if !folder.is_dir() {
        let what = format!("{} is no folder", folder.display());
        return Err(Refusal::new(Code::Usage, what, "make it, or name another file").into());
    }
    let urls = if args.urls.is_empty() { git::remotes_of(&cwd).await } else { args.urls.clone() };
    if urls.is_empty() {
        return Err(usage(
            "no remote was named, and there is no repository with one here".to_owned(),
        )
        .into());
    }
    let names = names(&urls);
    let train = args.name.clone().unwrap_or_else(|| names[0].clone());
    let scratch = scratch(session)?;
    let looked = urls
        .iter()
        .zip(names)
        .map(|(url, name)| find(session, &scratch, &folder, url.clone(), name));
    let found = join_all(looked).await.into_iter().collect::<Result<Vec<_>, Ending>>()?;
    let guess = guessed(session, &train, &found);
    let text = config::write(&guess);
    if args.dry_run {
        session.screen.show(&text.lines().map(Line::plain).collect::<Vec<_>>());
    } else {
        std::fs::write(&file, &text)
            .map_err(|e| conductor::failure::io("the configuration can't be written", &e))?;
        told(session, &file, &found, &guess);
    }
    let repos = found.iter().map(|f| f.name.clone()).collect();
    let written = !args.dry_run;
    session.trainless(InitView { file: file.display().to_string(), written, repos, text });
    Ok(())
}

/// Where remotes are looked at before there is a train: gone when the command ends.
fn scratch(session: &Session) -> Result<tempfile::TempDir, Ending> {
    let data = match &session.global.data {
        Some(data) => data.clone(),
        None => environment::data_dir(&session.environment)?,
    };
    let made = std::fs::create_dir_all(&data)
        .and_then(|()| tempfile::Builder::new().prefix(".init-").tempdir_in(&data));
    Ok(made.map_err(|e| conductor::failure::io("the data folder can't be made", &e))?)
}

/// A name for each remote: its last part, made unique.
fn names(urls: &[String]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |url: &String| {
        let last = url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or(url);
        let last = last.strip_suffix(".git").unwrap_or(last);
        let plain: String = last
            .chars()
            .map(
                |c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' },
            )
            .collect();
        let plain = plain.trim_matches(['.', '-', '_']).to_owned();
        let plain = if plain.parse::<train::id::RepoName>().is_ok() {
            plain
        } else {
            "repository".to_owned()
        };
        let n = seen.entry(plain.clone()).and_modify(|n| *n += 1).or_insert(1);
        if *n == 1 { plain } else { format!("{plain}-{n}") }
    };
    urls.iter().map(name).collect()
}

async fn find(
    session: &Session,
    scratch: &tempfile::TempDir,
    folder: &Path,
    given: String,
    name: String,
) -> Result<Found, Ending> {
    let upstream = remote::read(&given, folder)
        .map_err(|(what, hint)| Refusal::new(Code::Usage, what, hint))?;
    let settings = Repo {
        fence: false,
        ..Repo::new(name.parse().map_err(|e: train::id::BadName| usage(e.to_string()))?, upstream)
    };
    let train = "init".parse().map_err(|e: train::id::BadName| usage(e.to_string()))?;
    let progress = session.progress();
    let store = git::Store::open(scratch.path(), &train, &settings, session.git_options())?
        .telling(&progress);
    progress.step(&settings.name, "fetching");
    let look = store.fetch(session.clock().now()).await;
    progress.done(&settings.name, if look.is_ok() { "fetched" } else { "not reached" });
    let look = look.map_err(|r| {
        // There is no file yet whose address could be wrong.
        let hint = r.hint.replace("the address in pushduty.toml", "the address");
        Refusal { hint, ..r }.in_repo(&settings.name)
    })?;
    let authors = match &look.main {
        Some(main) => store.authors(main, RECENT).await?,
        None => Vec::new(),
    };
    let tags = || look.tags.keys().map(String::as_str);
    let scheme = guess::scheme(tags());
    let dashed = guess::dashed(tags()).filter(|_| scheme.is_none());
    let dashed = dashed.map(|(dates, newest)| (dates, newest.to_owned()));
    Ok(Found { given, name, look, scheme, dashed, authors })
}

fn guessed(session: &Session, train: &str, found: &[Found]) -> Guess {
    let dates = |f: &Found| match (&f.scheme, &f.dashed) {
        (Some(scheme), _) => scheme.dates.clone(),
        (None, Some((dates, _))) => dates.clone(),
        (None, None) => Vec::new(),
    };
    let mut dates: Vec<Date> = found.iter().flat_map(dates).collect();
    dates.sort_unstable();
    dates.dedup();
    let cadence = guess::cadence(&dates);
    let people = people(session, found);
    let rotation = people
        .iter()
        .filter(|p| p.roles.iter().any(|r| r == "hero"))
        .map(|p| p.name.clone())
        .collect();
    Guess {
        train: train.to_owned(),
        time_zone: zone(session),
        cut: cadence.as_ref().map(cut),
        push: cadence.as_ref().map(push),
        every: cadence.as_ref().map(every),
        starting: cadence
            .as_ref()
            .filter(|c| c.weeks > 1)
            .map(|c| Guessed::new(dashed(c.latest), format!("{} has a tag", dashed(c.latest)))),
        repos: found.iter().map(repo).collect(),
        people,
        rotation,
    }
}

fn dashed(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// The machine's zone, unless that tells nothing.
fn zone(session: &Session) -> Option<Guessed> {
    let named =
        session.environment.time_zone.clone().filter(|z| jiff::tz::TimeZone::get(z).is_ok());
    let system = jiff::tz::TimeZone::system();
    let zone =
        named.or_else(|| system.iana_name().map(str::to_owned)).filter(|z| z != "Etc/Unknown")?;
    Some(Guessed::new(zone, "this machine's"))
}

fn day_name(day: jiff::civil::Weekday) -> &'static str {
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        [usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)]
}

fn push(cadence: &CadenceGuess) -> Guessed {
    let evidence = format!(
        "{} of the last {} dates in tags are of a {}; the time is not known",
        cadence.on_it,
        cadence.of,
        day_name(cadence.weekday)
    );
    Guessed::new(format!("{} 09:00", day_name(cadence.weekday)), evidence)
}

fn cut(cadence: &CadenceGuess) -> Guessed {
    let before = jiff::civil::Weekday::from_monday_zero_offset(
        (cadence.weekday.to_monday_zero_offset() + 5) % 7,
    );
    Guessed::new(
        format!("{} 09:00", before.map_or("Tuesday", day_name)),
        "two days before the push",
    )
}

fn every(cadence: &CadenceGuess) -> Guessed {
    let value =
        if cadence.weeks == 1 { "1 week".to_owned() } else { format!("{} weeks", cadence.weeks) };
    Guessed::new(value, format!("the usual gap between the last {} dates in tags", cadence.of))
}

fn repo(found: &Found) -> RepoGuess {
    let scheme = found.scheme.as_ref();
    let seen = scheme.filter(|s| s.suffix_seen > 0);
    RepoGuess {
        name: found.name.clone(),
        upstream: found.given.clone(),
        branch: found
            .look
            .main
            .as_ref()
            .map(|_| Guessed::new(found.look.branch.clone(), "the remote's default branch")),
        tag: match (scheme, &found.dashed) {
            (Some(s), _) => {
                let seen = match s.tags {
                    1 => format!("the only tag with a date is {}", s.newest),
                    tags => format!("{tags} tags are of this form, the newest {}", s.newest),
                };
                Some(Guessed::new(s.scheme.template(), seen))
            }
            (None, Some((_, newest))) => {
                Some(Guessed::new("{date}", format!("tags like {newest} go on with dots")))
            }
            (None, None) => None,
        },
        first_suffix: seen.map(|s| {
            (
                s.scheme.first_suffix(),
                format!("as in most of the {} pushes with a second tag", s.suffix_seen),
            )
        }),
        migrations: None,
    }
}

/// People from recent authors, robots left out; the user of this machine is among them, with every role.
fn people(session: &Session, found: &[Found]) -> Vec<PersonGuess> {
    // One person may write under several addresses: the name is who they are, the most used address is theirs.
    let mut counts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (ident, n) in found.iter().flat_map(|f| &f.authors) {
        let name = ident.name.to_lowercase();
        let robot =
            name.contains("[bot]") || ident.email.contains("[bot]") || name.ends_with("bot");
        if !robot && !ident.email.is_empty() {
            let same = counts.values_mut().find(|(known, _)| *known == ident.name);
            match same {
                Some((_, count)) => *count += n,
                None => {
                    counts
                        .entry(ident.email.to_lowercase())
                        .or_insert_with(|| (ident.name.clone(), 0))
                        .1 += n;
                }
            }
        }
    }
    let user = git::user();
    let mut authors: Vec<_> = counts.into_iter().collect();
    authors.sort_by_key(|(_, (_, n))| std::cmp::Reverse(*n));
    let is_user =
        |email: &str| user.as_ref().is_some_and(|(_, own)| own.eq_ignore_ascii_case(email));
    let mut people: Vec<PersonGuess> = authors
        .iter()
        .take(PEOPLE)
        .filter(|(email, _)| !is_user(email))
        .map(|(email, (name, n))| {
            person(
                name,
                Some(email.clone()),
                &["hero", "developer"],
                format!("{n} of the newest commits"),
            )
        })
        .collect();
    let all = ["hero", "developer", "qa", "ops", "security", "admin"];
    let own = match user {
        Some((name, email)) => {
            person(&name, Some(email), &all, "git's user on this machine".to_owned())
        }
        None => {
            let evidence = "the user of this machine; git has no user.name and user.email here";
            person(actor::local_user(&session.environment), None, &all, evidence.to_owned())
        }
    };
    people.insert(0, own);
    people
}

fn person(name: &str, email: Option<String>, roles: &[&str], evidence: String) -> PersonGuess {
    PersonGuess {
        name: name.to_owned(),
        aliases: Vec::new(),
        email,
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        evidence,
    }
}

/// What was found out, in lines: when the train leaves, and who is on it.
fn findings(guess: &Guess) -> [String; 2] {
    let times = match (&guess.cut, &guess.push) {
        (Some(cut), Some(push)) => {
            format!("cut {}, leaves {}: guessed from the dates of tags", cut.value, push.value)
        }
        _ => "when it is cut and leaves no tag tells: the file has an example".to_owned(),
    };
    let others = guess.people.len().saturating_sub(1);
    let who = guess.people.first().map_or("nobody", |own| own.name.as_str());
    let people = match others {
        0 => format!("{who} has every role; nobody else wrote a commit lately"),
        1 => format!("{who} has every role; one author of recent commits is a hero too"),
        _ => format!("{who} has every role; {others} authors of recent commits are heroes too"),
    };
    [times, people]
}

fn told(session: &Session, file: &Path, found: &[Found], guess: &Guess) {
    let mut lines =
        vec![Line::of(Tone::Good, "✓ ").text(format!("{} is written.", file.display()))];
    let mut rows = Vec::new();
    for f in found {
        let form = match (&f.scheme, &f.dashed) {
            (Some(s), _) if s.tags == 1 => format!("one tag, {}", s.newest),
            (Some(s), _) => format!("{} tags like {}", s.tags, s.newest),
            (None, Some((_, newest))) => format!("tags like {newest}; new ones have dots"),
            (None, None) => "no date tags yet".to_owned(),
        };
        let shows = format!("branch {}, {form}", f.look.branch);
        rows.push(vec![Line::of(Tone::Strong, &f.name), Line::plain(shows)]);
    }
    rows.extend(
        ["times", "people"]
            .into_iter()
            .zip(findings(guess))
            .map(|(what, finding)| vec![Line::of(Tone::Strong, what), Line::plain(finding)]),
    );
    lines.extend(columns(2, rows));
    lines.push(Line::plain("Read it through, above all the lines marked “guessed”. Then:"));
    for (command, what) in [
        ("pushduty check", "examines the file, git and the remotes"),
        ("pushduty compare", "what the next push would bring"),
        ("pushduty tag", "shows the plan of its cut, and asks before it tags"),
    ] {
        lines
            .push(Line::plain("  ").put(Tone::Link, format!("{command:<18}")).put(Tone::Dim, what));
    }
    session.screen.show(&lines);
}
