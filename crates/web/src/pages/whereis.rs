//! Where a commit is: the answer first, then the way that it goes, and its names.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use conductor::Conductor;
use conductor::view::{FailureView, Moment, OnTag, UnclearEnvironment, WhereRepo, WhereView};
use serde::Deserialize;
use train::command::RepoCommit;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use super::hints::{self, Led};
use super::when::Timed;
use super::words::{self, When};
use super::{Layout, NoPage, encoded, looked, on_a_page, shown};
use crate::asked::{Path, Query};
use crate::house::House;
use crate::visitor::Visitor;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    commit: Option<String>,
}

#[derive(Template)]
#[template(path = "where.html")]
struct WherePage {
    layout: Layout,
    train: String,
    /// What somebody typed; empty where nothing was.
    asked: String,
    /// The answer, as a headline.
    answer: Timed,
    /// What stands below it: what to do about a name that nothing goes by.
    hint: Option<String>,
    places: Vec<Place>,
    /// Where nobody was asked: when what was seen longest ago was seen.
    seen: Option<When>,
}

/// The commit in one repository.
struct Place {
    repo: String,
    answer: Timed,
    /// Its name, short and whole; none where the remote was not reached.
    commit: Option<(String, String)>,
    subject: String,
    author: String,
    push: Option<String>,
    stops: Vec<Stop>,
    /// What main has of it, where that is another commit.
    on_main_as: Option<String>,
    /// What it was picked as, tag by tag.
    picks: Vec<(String, String)>,
    /// Why nothing is known of it, and what to do.
    trouble: Option<(String, String)>,
    /// What comes next, as the command line has it.
    command: Option<String>,
    wanted: Option<Wanted>,
}

/// A commit that is left out, though it could be picked.
struct Wanted {
    pick: Led,
    /// What the form of an ask is filled with, where it is one commit.
    ask: Option<String>,
}

/// A stop on its way.
struct Stop {
    name: String,
    /// `past`, `now` or `ahead`.
    place: &'static str,
    mark: &'static str,
    /// Clock and day.
    at: Option<(When, When)>,
    says: String,
    tags: Vec<Tag>,
}

/// A tag that has it.
struct Tag {
    name: String,
    push: String,
    /// The newest tag of that push, where it is another.
    newest: Option<String>,
}

/// What is known of a stop by itself.
struct Known {
    name: String,
    reached: bool,
    at: Option<(When, When)>,
    says: String,
    tags: Vec<Tag>,
}

fn at(moment: &Moment) -> (When, When) {
    (When::clock(moment), When::day(moment))
}

/// The times that its answer may name.
fn times(repo: &WhereRepo) -> impl Iterator<Item = &Moment> {
    let shown = repo.environments.iter().flat_map(|on| on.since.iter().chain([&on.observed_at]));
    repo.leaves_at.iter().chain(shown)
}

impl Place {
    fn of(repo: &WhereRepo, environments: &[String]) -> Self {
        let wanted = repo.command.as_deref().and_then(hints::led);
        let picked = |on: &OnTag| Some((on.tag.clone(), on.picked_as.as_ref()?.to_string()));
        let trouble = |error: &FailureView| {
            let (message, hint) = (hints::said(&error.message), hints::said(&error.hint));
            (words::sentence(&message), words::sentence(&hint))
        };
        Self {
            repo: repo.name.to_string(),
            answer: Timed::of(&words::sentence(&repo.answer), times(repo)),
            commit: repo.commit.as_ref().map(|id| (id.short().to_owned(), id.to_string())),
            subject: repo.subject.clone().unwrap_or_default(),
            author: repo.author.clone().unwrap_or_default(),
            push: repo.push.map(|push| push.to_string()),
            stops: if repo.commit.is_some() { stops(repo, environments) } else { Vec::new() },
            on_main_as: repo.on_main_as.as_ref().map(ToString::to_string),
            picks: repo.tags.iter().filter_map(picked).collect(),
            trouble: repo.error.as_ref().map(trouble),
            command: repo.command.clone(),
            wanted: wanted.filter(|led| led.command == "pick").map(Wanted::of),
        }
    }
}

impl Wanted {
    fn of(pick: Led) -> Self {
        let said = |name: &str| -> Vec<&str> {
            let fields = pick.fields.iter().filter(|(field, _)| *field == name);
            fields.map(|(_, value)| value.as_str()).collect()
        };
        let ask = match &said("commit")[..] {
            [one] => {
                let push = said("push").first().map(|push| format!("&push={}", encoded(push)));
                Some(format!("command=ask&commit={}{}", encoded(one), push.unwrap_or_default()))
            }
            _ => None,
        };
        Self { ask, pick }
    }
}

/// Main, the tags, and the environments in the order of the configuration; one that has it before any tag has stands before them.
fn stops(repo: &WhereRepo, environments: &[String]) -> Vec<Stop> {
    let all = environments.iter().map(|name| on_environment(repo, name));
    let (early, late): (Vec<Known>, Vec<Known>) =
        all.partition(|stop| stop.reached && repo.tags.is_empty());
    let mut known = vec![on_main(repo)];
    known.extend(early);
    known.push(on_tags(repo));
    known.extend(late);
    let here = known.iter().position(|stop| !stop.reached);
    let last = known.len().saturating_sub(1);
    let stop = |(n, known): (usize, Known)| {
        let (place, mark) = match (known.reached, here == Some(n)) {
            (true, _) => ("past", "pass"),
            (false, true) => ("now", "here"),
            (false, false) if n == last => ("ahead", "end"),
            (false, false) => ("ahead", "stop"),
        };
        let Known { name, at, says, tags, .. } = known;
        Stop { name, place, mark, at, says, tags }
    };
    known.into_iter().enumerate().map(stop).collect()
}

fn on_main(repo: &WhereRepo) -> Known {
    let reached = repo.on_main == Some(true);
    let author = repo.author.as_deref().unwrap_or("somebody");
    Known {
        name: "Main".to_owned(),
        reached,
        at: repo.on_main_since.as_ref().map(at),
        says: if reached { format!("by {author}") } else { format!("by {author}, not merged") },
        tags: Vec::new(),
    }
}

fn on_tags(repo: &WhereRepo) -> Known {
    let tag = |on: &OnTag| Tag {
        name: on.tag.clone(),
        push: on.push.to_string(),
        newest: Some(on.newest.clone()).filter(|newest| *newest != on.tag),
    };
    let says = match (&repo.taken_off, repo.tags.is_empty(), repo.push) {
        (Some(tag), ..) => format!("taken off again with {tag}"),
        (None, true, Some(push)) => format!("{push} will carry it"),
        (None, true, None) => "in none".to_owned(),
        (None, false, _) => String::new(),
    };
    Known {
        name: "Tag".to_owned(),
        reached: repo.taken_off.is_none() && !repo.tags.is_empty(),
        at: None,
        says,
        tags: repo.tags.iter().map(tag).collect(),
    }
}

fn on_environment(repo: &WhereRepo, name: &str) -> Known {
    let on = repo.environments.iter().find(|on| on.name == name);
    let unclear = repo.unclear.iter().find(|one| one.name == name);
    let says = on.map(|on| match &on.failing {
        Some(_) => format!("showed {}; it gives no good answer now", on.version),
        None => format!("shows {}", on.version),
    });
    Known {
        name: capital(name),
        reached: on.is_some(),
        at: on.and_then(|on| on.since.as_ref()).map(at),
        says: says
            .or_else(|| unclear.map(UnclearEnvironment::says))
            .unwrap_or_else(|| "not seen there".to_owned()),
        tags: Vec::new(),
    }
}

/// A name as it stands at the head of a line.
fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The answer in one line: of several repositories that answer differently, which they are.
fn headline(repos: &[WhereRepo]) -> String {
    let known: Vec<&WhereRepo> = repos.iter().filter(|repo| repo.commit.is_some()).collect();
    match &known[..] {
        [] => "Not known: no repository was reached.".to_owned(),
        [first, rest @ ..] if rest.iter().all(|repo| repo.answer == first.answer) => {
            words::sentence(&first.answer)
        }
        several => {
            let names: Vec<&str> = several.iter().map(|repo| repo.name.as_str()).collect();
            format!("Found in {}.", names.join(" and "))
        }
    }
}

/// Whether a no is an answer to what was typed: nothing goes by it, or several things do.
fn is_answer(code: Code) -> bool {
    matches!(code, Code::NoSuchCommit | Code::Ambiguous | Code::Usage | Code::MergeCommit)
}

/// What the closure of the page tells: what was found, or why nothing was; and the names of the environments.
type Told = (Result<Option<WhereView>, Refusal>, Vec<String>);

/// What was typed, without letters that turn the direction of text, or that nobody sees.
fn typed(sought: Sought) -> String {
    let text: String = sought.commit.unwrap_or_default();
    text.chars().filter(|c| !train::letter::is_harmful(*c)).collect::<String>().trim().to_owned()
}

/// `/trains/{train}/where`: is it out yet?
pub(crate) async fn whereis(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(sought): Query<Sought>,
) -> Result<Response, NoPage> {
    let asked = typed(sought);
    let named = Some(asked.clone()).filter(|asked| !asked.is_empty());
    let look = async move |conductor: &Conductor| -> conductor::failure::Result<Told> {
        let environments = &conductor.settings.environments;
        let environments = environments.iter().map(|one| one.name.clone()).collect();
        let Some(commit) = named else { return Ok((Ok(None), environments)) };
        match conductor.find_commit(&RepoCommit { repo: None, commit }).await {
            Ok((view, _)) => Ok((Ok(Some(view)), environments)),
            Err(no) if is_answer(no.code) => Ok((Err(no), environments)),
            Err(no) => Err(no),
        }
    };
    let ((found, environments), zone) = looked(&house, &visitor, &train, look).await?;
    let title =
        if asked.is_empty() { "Where is…".to_owned() } else { format!("Where is {asked}?") };
    let layout = Layout::of(&house, &visitor, &title).about(&train).at("where").in_zone(&zone);
    let mut page = WherePage {
        layout,
        train: train.to_string(),
        asked,
        answer: Timed::of("Where is my commit?", []),
        hint: None,
        places: Vec::new(),
        seen: None,
    };
    let mut status = StatusCode::OK;
    match found {
        Ok(None) => {}
        Ok(Some(view)) => page.says(&view, &environments),
        Err(no) => {
            status = StatusCode::from_u16(no.code.status()).unwrap_or(StatusCode::NOT_FOUND);
            let no = on_a_page(visitor.reads(&house, &train).no(no));
            page.answer = Timed::of(&words::sentence(&no.message), []);
            page.hint = Some(words::sentence(&no.hint));
        }
    }
    Ok((status, shown(&page)).into_response())
}

impl WherePage {
    /// Says what was found.
    fn says(&mut self, view: &WhereView, environments: &[String]) {
        self.answer = Timed::of(&headline(&view.repos), view.repos.iter().flat_map(times));
        self.places = view.repos.iter().map(|repo| Place::of(repo, environments)).collect();
        let seen = view.repos.iter().filter_map(|repo| repo.seen_at.as_ref());
        self.seen = seen.min_by_key(|at| at.0.timestamp()).map(When::date);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, answer: &str) -> WhereRepo {
        let commit = "3f2a91c0aa3f2a91c0aa3f2a91c0aa3f2a91c0aa".parse().ok();
        let unknown = WhereRepo::unknown(name.parse().unwrap());
        WhereRepo { commit, answer: answer.to_owned(), on_main: Some(true), ..unknown }
    }

    #[test]
    fn the_headline_is_the_answer_or_where_answers_are() {
        let (web, server) = (found("web", "in 2026.11.26"), found("server", "on main"));
        assert_eq!(headline(std::slice::from_ref(&web)), "In 2026.11.26.");
        assert_eq!(headline(&[web.clone(), server]), "Found in web and server.");
        let same = WhereRepo { name: "server".parse().unwrap(), ..web.clone() };
        assert_eq!(headline(&[web.clone(), same]), "In 2026.11.26.");
        let unknown = WhereRepo::unknown("server".parse().unwrap());
        assert_eq!(headline(&[web, unknown.clone()]), "In 2026.11.26.");
        assert_eq!(headline(&[unknown]), "Not known: no repository was reached.");
    }

    #[test]
    fn the_first_stop_that_it_has_not_reached_is_where_it_waits() {
        let of = |repo: &WhereRepo| -> Vec<String> {
            let environments = ["stage".to_owned(), "production".to_owned()];
            let stops = stops(repo, &environments);
            stops.iter().map(|stop| format!("{} {}", stop.name, stop.place)).collect()
        };
        let repo = found("web", "on main");
        assert_eq!(of(&repo), ["Main past", "Tag now", "Stage ahead", "Production ahead"]);
        let repo = WhereRepo { on_main: Some(false), ..repo };
        assert_eq!(of(&repo), ["Main now", "Tag ahead", "Stage ahead", "Production ahead"]);
    }

    #[test]
    fn a_stop_that_is_not_clear_is_not_reached_and_says_what_is_known() {
        let stage = UnclearEnvironment { name: "stage".to_owned(), with: Some(3), of: Some(5) };
        let production = UnclearEnvironment::not_known("production".to_owned());
        let on_both = WhereRepo { unclear: vec![stage, production], ..found("web", "on main") };
        let says = |name: &str| {
            let stop = on_environment(&on_both, name);
            (stop.reached, stop.says)
        };
        assert_eq!(says("stage"), (false, "on 3 of 5 samples".to_owned()));
        assert_eq!(says("production"), (false, "not known".to_owned()));
        assert_eq!(says("dev"), (false, "not seen there".to_owned()));
    }

    #[test]
    fn what_is_left_out_can_be_asked_for_by_its_name() {
        let of = |command: &str| Wanted::of(hints::led(command).unwrap()).ask;
        assert_eq!(
            of("pushduty pick --push 2026.11.26 web:3f2a91c0aa").as_deref(),
            Some("command=ask&commit=web%3A3f2a91c0aa&push=2026.11.26")
        );
        assert_eq!(
            of("pushduty pick web:3f2a91c0aa").as_deref(),
            Some("command=ask&commit=web%3A3f2a91c0aa")
        );
        assert_eq!(of("pushduty pick web:3f2a91c0aa web:aaaaaaaaaa"), None);
    }

    #[test]
    fn nothing_unseen_is_looked_for() {
        let sought = |text: &str| typed(Sought { commit: Some(text.to_owned()) });
        assert_eq!(sought(" 3f2a91c \u{1b}"), "3f2a91c");
        assert_eq!(sought("\u{0}\u{202e}"), "");
        assert_eq!(typed(Sought::default()), "");
    }
}
