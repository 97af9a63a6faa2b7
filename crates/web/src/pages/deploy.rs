//! A deploy: which it is, how it stands or ended, and what it put out.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::Conductor;
use conductor::view::Moment;
use jiff::Timestamp;
use train::attempt::{DeployEnd, DeployFor, Deployed};
use train::id::{PushDate, TrainName};

use super::lines::seen;
use super::scene::Scene;
use super::words::{self, Mark, When};
use super::{Layout, NoPage, looked, shown};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

/// How many lines a page has of what a deploy put out: of more than these the last, where its end is.
const LINES: usize = 4_000;

/// A deploy of a push.
pub(crate) struct Deploy {
    pub key: String,
    pub repo: String,
    pub tag: String,
    /// What for.
    pub does: &'static str,
    pub attempt: u32,
    /// Which try of that attempt.
    pub round: u32,
    pub began: When,
    /// None as long as its end is not known.
    pub ended: Option<When>,
    pub mark: Mark,
    /// How it ended, where the mark's word leaves that open.
    pub says: String,
}

impl Deploy {
    pub fn of(deployed: &Deployed, conductor: &Conductor, scene: &Scene) -> Self {
        let at = |at: Timestamp| scene.near(&Moment(conductor.local(at)));
        let end = deployed.ended.as_ref();
        let (mark, says) = stands(end.map(|(end, _)| end));
        let run = &deployed.run;
        Self {
            key: run.key.clone(),
            repo: run.repo.to_string(),
            tag: run.tag.clone(),
            does: match run.purpose {
                DeployFor::Start => "to production",
                DeployFor::Promote => "takes over",
                DeployFor::Rollback => "the way back",
            },
            attempt: run.attempt,
            round: run.round,
            began: at(deployed.at),
            ended: end.map(|(_, when)| at(*when)),
            mark,
            says,
        }
    }
}

/// How a deploy stands. What its program said last is among what it put out.
fn stands(end: Option<&DeployEnd>) -> (Mark, String) {
    let (shape, word) = match end {
        None => ("wait", "goes on"),
        Some(DeployEnd::Succeeded) => ("pass", "done"),
        Some(DeployEnd::Failed { .. }) => ("fail", "failed"),
        Some(DeployEnd::TimedOut) => ("fail", "took too long"),
        Some(DeployEnd::Stopped) => ("skip", "stopped"),
        Some(DeployEnd::Unknown) => ("odd", "nobody knows"),
    };
    let says = match end {
        Some(DeployEnd::Failed { exit: Some(exit), .. }) => format!("with exit code {exit}"),
        _ => String::new(),
    };
    (Mark { shape, word }, says)
}

#[derive(Template)]
#[template(path = "deploy.html")]
struct DeployPage {
    layout: Layout,
    train: String,
    push: String,
    deploy: Deploy,
    /// How much is left out before these lines; empty where nothing is.
    before: String,
    lines: Vec<String>,
}

/// What a deploy put out, line by line, and how many lines before these are left out.
fn lines(output: &[u8]) -> (usize, Vec<String>) {
    let text = String::from_utf8_lossy(output);
    let before = text.lines().count().saturating_sub(LINES);
    let line = |line: &str| seen(line.trim_end_matches('\r'));
    (before, text.lines().skip(before).map(line).collect())
}

/// `/trains/{train}/pushes/{push}/deploys/{key}`: for people of the train, as programs say more than is meant for everybody.
pub(crate) async fn deploy(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, push, key)): Path<(TrainName, PushDate, String)>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.is_known().map_err(no)?;
    visitor.is_aboard(&house, &train).map_err(no)?;
    let look = async move |conductor: &Conductor| -> conductor::failure::Result<_> {
        let (deployed, output) = conductor.deploy_of(push, &key).await?;
        Ok((Deploy::of(&deployed, conductor, &Scene::of(conductor)), output))
    };
    let ((deploy, output), zone) = looked(&house, &visitor, &train, look).await?;
    let title = format!("{} {}, {}", deploy.repo, deploy.tag, deploy.does);
    let layout = Layout::of(&house, &visitor, &title).about(&train).at("push").in_zone(&zone);
    let (before, lines) = lines(&output);
    let before = if before > 0 { words::count(before, "line") } else { String::new() };
    let (train, push) = (train.to_string(), push.to_string());
    Ok(shown(&DeployPage { layout, train, push, deploy, before, lines }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_out_is_seen_for_what_it_is() {
        let (before, lines) = lines(b"a\tb\r\n\x1b[2Jc\xff\n\nlast");
        assert_eq!(
            (before, &lines[..]),
            (0, &["a\tb", "\u{fffd}[2Jc\u{fffd}", "", "last"].map(String::from)[..])
        );
        assert_eq!(super::lines(b""), (0, Vec::new()));
    }

    #[test]
    fn of_more_than_a_page_has_the_end_is_shown() {
        let all: String = (1..=LINES + 3).map(|n| format!("{n}\n")).collect();
        let (before, lines) = lines(all.as_bytes());
        assert_eq!((before, lines.len(), lines[0].as_str()), (3, LINES, "4"));
    }

    #[test]
    fn how_it_ended_is_a_word_and_what_that_leaves_open() {
        let failed =
            |exit| DeployEnd::Failed { exit, sentence: "a secret of the program".to_owned() };
        let of = |end: Option<&DeployEnd>| {
            let (mark, says) = stands(end);
            format!("{} {says}", mark.word)
        };
        assert_eq!(of(None), "goes on ");
        assert_eq!(of(Some(&failed(Some(3)))), "failed with exit code 3");
        assert_eq!(of(Some(&failed(None))), "failed ");
        assert_eq!(of(Some(&DeployEnd::Unknown)), "nobody knows ");
    }
}
