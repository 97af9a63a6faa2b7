//! Links in the page: which repository's, and what they show.

use std::ops::Range;

use crate::id::RepoName;
use crate::links::Target;

use super::context::Context;
use super::line::Line;
use super::token::{is_url, struck, tokens};

/// A link, wherever it stands on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub span: Range<usize>,
    /// The repository aboard it is of.
    pub repo: Option<RepoName>,
    /// What it shows there.
    pub target: Option<Target>,
    /// Whether it is struck out.
    pub struck: bool,
}

/// All links of the page.
pub(super) fn links(text: &str, lines: &[Line], context: &Context) -> Vec<Link> {
    let mut found = Vec::new();
    for line in lines {
        let content = &text[line.span.start..line.end];
        if content.contains("://") {
            in_line(content, line.span.start, context, &mut found);
        }
    }
    found
}

fn in_line(content: &str, start: usize, context: &Context, found: &mut Vec<Link>) {
    let gone = struck(content);
    let mut gone = gone.iter().peekable();
    let mut add = |span: Range<usize>| {
        while gone.next_if(|gone| gone.end <= span.start).is_some() {}
        let struck = gone.peek().is_some_and(|gone| gone.start <= span.start);
        let (repo, target) = match context.target(&content[span.clone()]) {
            Some((repo, target)) => (Some(repo.clone()), Some(target)),
            None => (None, None),
        };
        found.push(Link { span: start + span.start..start + span.end, repo, target, struck });
    };
    for token in tokens(content) {
        let inside = &content[token.span.clone()];
        if is_url(inside) {
            add(token.span);
        } else if inside.starts_with('`') {
            // A link between backquotes is a link all the same.
            for inner in tokens(inside.trim_matches('`')) {
                let ticks = inside.len() - inside.trim_start_matches('`').len();
                let span = token.span.start + ticks + inner.span.start
                    ..token.span.start + ticks + inner.span.end;
                if is_url(&content[span.clone()]) {
                    add(span);
                }
            }
        }
    }
}
