//! Asks: the commits and pull requests that somebody wants picked.

use std::ops::Range;

use crate::id::{PushDate, RepoName};
use crate::links::Target;

use super::context::Context;
use super::done::{Done, Manner, said};
use super::heading::SectionKind;
use super::item::{Item, without_comments, without_strikes};
use super::line::Line;
use super::link::Link;
use super::token::{Kind, struck, tokens};
use super::weight::{Weight, weigh};

/// A pick that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The item it stands in, by its place among the page's items.
    pub item: usize,
    /// The link or the `REPO@hash`.
    pub span: Range<usize>,
    /// Where its line's text ends.
    pub line_end: usize,
    /// The repository; none when a bare hash doesn't say.
    pub repo: Option<RepoName>,
    /// A commit, or a pull request.
    pub what: Target,
    /// What follows it on its line: *when it's merged*, *if krupa agrees*.
    pub condition: String,
    /// Whether it is picked or settled otherwise, and how that was said.
    pub done: Option<Done>,
    /// *do not pick …*: kept, not asked for.
    pub forbidden: bool,
}

impl Ask {
    /// Whether it is the one that somebody names so: by its hash or a part of it, long or short, or by `#12`.
    #[must_use]
    pub fn is_named(&self, repo: Option<&RepoName>, commit: &str) -> bool {
        let same_repo = repo.is_none() || self.repo.is_none() || self.repo.as_ref() == repo;
        let same = match &self.what {
            Target::Commit(hash) => {
                let named = commit.to_ascii_lowercase();
                named.len() >= 7 && (hash.starts_with(&named) || named.starts_with(hash.as_str()))
            }
            Target::Pull(number) => commit.strip_prefix('#') == Some(&number.to_string()),
            Target::Issue(_) | Target::Compare { .. } => false,
        };
        same_repo && same
    }

    /// What it is of, in a word: the hash as it is written, or `#12`.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.what {
            Target::Commit(hash) => hash.clone(),
            Target::Pull(number) => format!("#{number}"),
            Target::Issue(_) | Target::Compare { .. } => String::new(),
        }
    }
}

/// The asks of the page, in its order.
pub(super) fn asks(
    text: &str,
    lines: &[Line],
    items: &[Item],
    links: &[Link],
    context: &Context,
) -> Vec<Ask> {
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate().filter(|(_, item)| item.kind == SectionKind::Picks) {
        let first = lines.partition_point(|line| line.span.end <= item.span.start);
        let last = lines.partition_point(|line| line.span.start < item.span.end);
        let within =
            |link: &&Link| item.span.contains(&link.span.start) && !fenced(item, link.span.start);
        let from = links.partition_point(|link| link.span.start < item.span.start);
        let own: Vec<&Link> = links[from..]
            .iter()
            .take_while(|l| l.span.start < item.span.end)
            .filter(within)
            .collect();
        let commits = own.iter().any(|link| matches!(link.target, Some(Target::Commit(_))));
        let mut own = own.into_iter().peekable();
        for line in &lines[first..last] {
            let place = item.span.start.max(line.span.start)..line.end.min(item.span.end);
            let asker = Asker { text, item, at, context, line: place };
            let mut wanted: Vec<&Link> = Vec::new();
            while let Some(link) = own.next_if(|link| link.span.start < asker.line.end) {
                let asks = match link.target {
                    Some(Target::Commit(_)) => true,
                    Some(Target::Pull(_)) => !commits,
                    _ => false,
                };
                wanted.extend(asks.then_some(link));
            }
            if !wanted.is_empty() {
                found.extend(asker.linked(&wanted));
            } else if !commits && !fenced(item, line.span.start) {
                found.extend(asker.written());
            }
        }
    }
    found
}

fn fenced(item: &Item, at: usize) -> bool {
    let next = item.commands.partition_point(|command| command.span.end <= at);
    item.commands.get(next).is_some_and(|command| command.span.contains(&at))
}

/// What the words of a line say of its asks.
struct Words {
    said: Option<Done>,
    forbidden: bool,
}

impl Words {
    /// The same for one ask, which may be struck.
    fn but(&self, struck: bool) -> (Option<Done>, bool) {
        let done = if struck { Some(Done::Struck) } else { self.said.clone() };
        (done, self.forbidden)
    }
}

/// One line of an item.
struct Asker<'t> {
    text: &'t str,
    item: &'t Item,
    at: usize,
    context: &'t Context,
    line: Range<usize>,
}

impl Asker<'_> {
    fn linked(&self, links: &[&Link]) -> Vec<Ask> {
        let words = self.words();
        let ends = links.iter().skip(1).map(|next| next.span.start).chain([self.line.end]);
        let asks = links.iter().zip(ends);
        asks.filter_map(|(link, end)| {
            let what = link.target.clone()?;
            Some(self.ask(link.span.clone(), end, link.repo.clone(), what, words.but(link.struck)))
        })
        .collect()
    }

    /// What the words of the line say, for all asks on it.
    fn words(&self) -> Words {
        let line = &self.text[self.line.clone()];
        let words = tokens(line);
        let negative = Weight::Negative;
        Words {
            said: said(line, &words, Manner { tags: true, verified: false }),
            forbidden: self.item.weight == negative || weigh(line, &words) == negative,
        }
    }

    /// `REPO@hash`, or a hash alone at the line's beginning.
    fn written(&self) -> Option<Ask> {
        let content = &self.text[self.line.clone()];
        let gone = struck(content);
        let mut first = true;
        for token in tokens(content).iter().filter(|token| token.kind != Kind::Mark('*')) {
            let Some(word) = token.word(content) else { continue };
            let (repo, hash) = match word.split_once('@') {
                Some((repo, hash)) if !repo.is_empty() => (self.context.repo(repo).cloned(), hash),
                _ if first => (self.item.repo.clone(), word),
                _ => continue,
            };
            first = false;
            let hex = (7..=64).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit());
            let named = word.contains('@') && repo.is_some();
            if hex && (named || hash.bytes().any(|b| b.is_ascii_digit())) {
                let span = self.line.start + token.span.start..self.line.start + token.span.end;
                let struck = gone.iter().any(|gone| gone.contains(&token.span.start));
                let what = Target::Commit(hash.to_ascii_lowercase());
                return Some(self.ask(span, self.line.end, repo, what, self.words().but(struck)));
            }
        }
        None
    }

    fn ask(
        &self,
        span: Range<usize>,
        end: usize,
        repo: Option<RepoName>,
        what: Target,
        (own, forbidden): (Option<Done>, bool),
    ) -> Ask {
        let rest = &self.text[span.end..end.max(span.end)];
        let condition = behind_link(&self.text[self.line.start..span.start], rest)
            .trim_matches(|c: char| c.is_whitespace() || c == '~');
        // A strike that began before the link ends here, alone.
        let condition = without_strikes(&without_comments(condition)).replace("~~", "");
        Ask {
            item: self.at,
            line_end: self.line.end,
            done: self
                .item
                .done
                .clone()
                .filter(|done| *done != Done::Struck || own.is_none())
                .or(own),
            condition: without_mark(&condition).to_owned(),
            span,
            repo,
            what,
            forbidden,
        }
    }
}

/// What stands behind a link: of `[words](link "title")` behind its bracket.
fn behind_link<'t>(before: &str, rest: &'t str) -> &'t str {
    let Some(inner) = before.strip_suffix('<').unwrap_or(before).strip_suffix("](") else {
        return rest;
    };
    let closed = |title: &str| {
        let title = title.trim_start_matches('>').trim();
        title.is_empty() || title.starts_with(['"', '\''])
    };
    match rest.split_once(')') {
        Some((title, behind)) if inner.contains('[') && closed(title) => behind,
        _ => rest,
    }
}

/// Without the mark that the machine writes behind an ask that is on a tag: `(in -1)`, `(in 2026.11.26)`.
fn without_mark(condition: &str) -> &str {
    let marked = condition.strip_suffix(')').and_then(|text| text.rsplit_once("(in "));
    let tag = |word: &str| {
        let digits = word.strip_prefix('-').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        digits && word.len() > 1 || word.parse::<PushDate>().is_ok()
    };
    match marked {
        Some((said, word)) if tag(word) => said.trim_end(),
        _ => condition,
    }
}
