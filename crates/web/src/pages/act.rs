//! Everything that can be done to a train, a form each. Each shows its plan before the yes. What anybody may look at (a run sheet,
//! what a way back would bring back) is planned for everybody, and whoever may not do it is told so by the yes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::Conductor;
use serde::Deserialize;
use train::id::TrainName;
use train::people::{Actor, Role};

use super::{Layout, NoPage, looked, shown};
use crate::acts::{ACTS, Act, Field, form, name};
use crate::asked::{Path, Query};
use crate::fields::Fields;
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    layout: Layout,
    train: String,
    repos: Vec<String>,
    people: Vec<String>,
    groups: Vec<(&'static str, Vec<(&'static Act, bool)>)>,
    filled: Filled,
}

/// What an address fills in: the form that stands open, by its command, and fields of it by their names. A link never says
/// the yes.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Filled(BTreeMap<String, String>);

impl Filled {
    /// Whether the form of a command stands open.
    fn opens(&self, command: &str) -> bool {
        self.of("command") == command
    }

    /// What a field begins with; empty where the address says nothing of it.
    fn of(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// The same in the form of a command: what is not of its form stands in none, save the push, which is every form's.
    fn within(&self, command: &str, field: &str) -> &str {
        if field == "push" || self.opens(command) { self.of(field) } else { "" }
    }

    /// Whether one of several is chosen, or a flag is up.
    fn has(&self, command: &str, field: &str, value: &str) -> bool {
        self.within(command, field).split(',').any(|one| one == value)
    }
}

/// The role that a word for who may do something stands for; none where what they are to the push says it, as its author.
fn role(who: &str) -> Option<Role> {
    Some(match who {
        "hero" | "heroes" | "its hero" | "who takes turns" | "whom it is offered to" => Role::Hero,
        "developers" => Role::Developer,
        "QA" => Role::Qa,
        "ops" => Role::Ops,
        "security" => Role::Security,
        "admin" => Role::Admin,
        _ => return None,
    })
}

/// The forms of a group, each with whether it may be for somebody: theirs first.
fn theirs_first(acts: &'static [Act], actor: &Actor) -> Vec<(&'static Act, bool)> {
    let may = |who: &str| role(who).is_none_or(|role| actor.holds(&[role]));
    let mut all: Vec<_> = acts.iter().map(|act| (act, act.who.split(", ").any(may))).collect();
    all.sort_by_key(|(_, theirs)| !theirs);
    all
}

/// The address of a form with fields filled in.
pub(crate) fn address(train: &TrainName, command: &str, fields: &[(&str, String)]) -> String {
    let mut said = url::form_urlencoded::Serializer::new(String::new());
    said.append_pair("command", command);
    for (name, value) in fields {
        said.append_pair(name, value);
    }
    format!("/trains/{train}/act?{}#{command}", said.finish())
}

/// The address of the form that somebody sent, filled in as they filled it in; none where it is none of these.
pub(crate) fn filled_in(train: &TrainName, sent: &Fields) -> Option<String> {
    let command = sent.one("command")?;
    let filled = form(command)?.fields.iter().filter_map(|field| {
        // Boxes that are ticked stand behind commas in an address; a line of text has its words, and lines are apart.
        let between = match field {
            Field::Repos(..) => ",",
            Field::Lines(..) => "\n",
            _ => " ",
        };
        let name = name(field);
        let values: Vec<&str> = sent.every(name).collect();
        (!values.is_empty()).then(|| (name, values.join(between)))
    });
    Some(address(train, command, &filled.collect::<Vec<_>>()))
}

/// `/trains/{train}/act`.
pub(crate) async fn act_page(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(filled): Query<Filled>,
) -> Result<Response, NoPage> {
    visitor.may_act().map_err(|refusal| NoPage::of(&house, &visitor, refusal))?;
    let look = async move |conductor: &Conductor| {
        let state = conductor.state().await?;
        let (settings, actor) = (&conductor.settings, conductor.acting(&state));
        let repos = settings.repos.iter().map(|repo| repo.name.to_string()).collect();
        let people = settings.people.keys().map(ToString::to_string).collect();
        // Whether there are security remotes is in everybody's configuration; what is in them is not.
        let twins = settings.has_twins();
        Ok((repos, people, twins, actor))
    };
    let ((repos, people, twins, actor), _) = looked(&house, &visitor, &train, look).await?;
    let of_twins =
        |group: &(&str, &[Act])| group.1.iter().any(|act| act.command.starts_with("security"));
    let groups = ACTS.iter().filter(|group| twins || !of_twins(group));
    let groups = groups.map(|(about, acts)| (*about, theirs_first(acts, &actor))).collect();
    let layout = Layout::of(&house, &visitor, "What can be done").about(&train).at("act");
    let layout = Layout { events: None, ..layout };
    Ok(shown(&ActPage { layout, train: train.to_string(), repos, people, groups, filled }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_for_who_may_is_a_role_or_what_somebody_is_to_the_push() {
        let no_role = ["everybody", "their author", "themselves", "its raiser"];
        let all = ACTS.iter().flat_map(|(_, acts)| *acts).flat_map(|act| act.who.split(", "));
        for who in all {
            assert_eq!(role(who).is_none(), no_role.contains(&who), "{who}");
        }
    }

    #[test]
    fn a_form_that_was_sent_is_found_again_as_it_was_filled_in() {
        let train = "amo".parse().unwrap();
        let again = |form: &str| filled_in(&train, &Fields::read(form.as_bytes()));
        let tag = "command=tag&push=2026.11.26&stay=web&stay=server&from=&pick=web%3Aaa+web%3Abb&again=true";
        let filled = "/trains/amo/act?command=tag&push=2026.11.26&stay=web%2Cserver&again=true&pick=web%3Aaa+web%3Abb#tag";
        assert_eq!(again(tag).as_deref(), Some(filled));
        let finish = again("command=finish&issue=it+was+slow&issue=a+page");
        let filled = "/trains/amo/act?command=finish&issue=it+was+slow%0Aa+page#finish";
        assert_eq!(finish.as_deref(), Some(filled));
        assert_eq!(again("command=give&who=mat&role=qa"), None);
        assert_eq!(again("wish=%7B%7D"), None);
    }
}
