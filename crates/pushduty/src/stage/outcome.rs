//! What came of a push that was played: the newest tag of each repository, and how to go on.

use std::path::PathBuf;

use serde::Serialize;
use train::tag::TagScheme;

use super::{Player, crew};
use crate::screen::{Line, Tone, columns};
use crate::session::Ending;

/// A repository of the stage.
pub struct Aboard {
    /// Its name.
    pub name: String,
    /// Its remote.
    pub remote: PathBuf,
    /// How its tags are named.
    pub scheme: TagScheme,
}

/// The newest tag of a repository.
#[derive(Debug, Clone, Serialize)]
pub struct TagView {
    repo: String,
    tag: String,
    before: Vec<String>,
    commit: String,
    compare_url: Option<String>,
    /// Whether it is of an earlier push.
    #[serde(skip)]
    stays: bool,
}

/// The newest tag of each, with the link that status gives; the remotes must have what is recorded.
pub async fn resulting(
    p: &Player<'_>,
    push: &str,
    aboard: Vec<Aboard>,
) -> Result<Vec<TagView>, Ending> {
    let status = p.asks(&["status", "--push", push]).await?;
    let mut tags = Vec::new();
    for Aboard { name: repo, remote, scheme } in aboard {
        let mut all = crew::tags(&remote, &scheme).await?;
        let (tag, commit) = all.pop().unwrap_or_default();
        let shown =
            status["repos"].as_array().into_iter().flatten().find(|r| r["name"] == repo.as_str());
        p.must(
            shown.is_some_and(|r| {
                r["tag"] == tag.as_str() || (tag.is_empty() && r["tag"].is_null())
            }),
            &format!("the tag of {repo} is not {tag}, which its remote has"),
        )?;
        let link = shown.and_then(|r| r["compare_url"].as_str()).map(str::to_owned);
        let is_of = |tag: &str| scheme.parse(tag).is_some_and(|r| r.push.to_string() == push);
        let before = all.into_iter().map(|(tag, _)| tag).filter(|tag| is_of(tag)).collect();
        let stays = !is_of(&tag);
        tags.push(TagView { repo, tag, before, commit, compare_url: link, stays });
    }
    Ok(tags)
}

/// The tags in a table.
pub fn left(title: &str, tags: &[TagView]) -> Vec<Line> {
    let row = |tag: &TagView| {
        vec![
            Line::of(Tone::Strong, &tag.repo),
            Line::of(Tone::Tag, &tag.tag),
            Line::of(Tone::Link, tag.compare_url.as_deref().unwrap_or("")),
            Line::of(Tone::Dim, before(tag)),
        ]
    };
    let mut lines = vec![Line::new(), Line::new(), Line::of(Tone::Strong, title), Line::new()];
    lines.extend(columns(2, tags.iter().map(row).collect()));
    lines.push(Line::new());
    lines
}

/// What a repository's newest tag follows.
fn before(tag: &TagView) -> String {
    match (tag.stays, tag.before.is_empty()) {
        (true, _) => "stays".to_owned(),
        (false, true) => String::new(),
        (false, false) => format!("after {}", tag.before.join(", ")),
    }
}

/// How to go on in a sandbox that stays.
pub fn go_on(p: &Player<'_>, who: &str) -> Result<Vec<Line>, Ending> {
    let dir = p.sandbox.dir().display().to_string();
    p.sandbox.leave_surroundings(&p.now(), who)?;
    let enter = format!("cd {} && . ./surroundings", conductor::for_a_shell(&dir));
    Ok(vec![
        Line::plain("Everything is in ")
            .put(Tone::Link, &dir)
            .text(format!(": configuration, remotes, state. Go on as {who}:")),
        typed(&enter),
        typed("pushduty status"),
        typed("pushduty log"),
        Line::of(
            Tone::Dim,
            "The crew has gone home: nothing that it looked after answers any more.",
        ),
    ])
}

/// Something to type next.
pub fn typed(text: &str) -> Line {
    Line::plain("  ").put(Tone::Link, text)
}
