//! Everything that can be done to a train, a form each. Each shows its plan before the yes. What anybody may look at (a run sheet,
//! what a way back would bring back) is planned for everybody, and whoever may not do it is told so by the yes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::Conductor;
use serde::Deserialize;
use train::id::TrainName;

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
    groups: Vec<&'static (&'static str, &'static [Act])>,
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
        let settings = &conductor.settings;
        let repos = settings.repos.iter().map(|repo| repo.name.to_string()).collect();
        let people = settings.people.keys().map(ToString::to_string).collect();
        // Whether there are security remotes is in everybody's configuration; what is in them is not.
        let twins = settings.has_twins();
        Ok((repos, people, twins))
    };
    let ((repos, people, twins), _) = looked(&house, &visitor, &train, look).await?;
    let of_twins =
        |group: &(&str, &[Act])| group.1.iter().any(|act| act.command.starts_with("security"));
    let groups = ACTS.iter().filter(|group| twins || !of_twins(group)).collect();
    let layout = Layout::of(&house, &visitor, "What can be done").about(&train).at("act");
    let layout = Layout { events: None, ..layout };
    Ok(shown(&ActPage { layout, train: train.to_string(), repos, people, groups, filled }))
}

#[cfg(test)]
mod tests {
    use super::*;

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
