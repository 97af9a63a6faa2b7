//! Pages held against each other and against the tags of the remotes: does each push begin where the last one ended?

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Compared, Imported};
use super::page::Page;
use super::problem::{Kind, OwnKind, Problem};
use super::revision::{Revision, in_year};
use crate::id::{PushDate, RepoName};
use crate::nearest::nearest;
use crate::notes::ProblemKind;

/// How far a tag's date may be from its push's for a mistyped year to explain nothing: most of a year, in days.
const FAR: i32 = 200;
/// How near a tag's date is to its push's once its year is mended.
const NEAR: i32 = 60;

/// The tags of each repository, where its remote was ever asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known(pub BTreeMap<RepoName, BTreeSet<String>>);

impl Known {
    /// Whether `tag` is on the remote; none where that is not known: tags of that time are not there, or were never asked for.
    fn has(&self, repo: &RepoName, tag: &str, push: PushDate) -> Option<bool> {
        let tags = self.0.get(repo)?;
        let reaches = || tags.iter().filter_map(|tag| Revision::of(tag)).any(|r| r.push <= push);
        let has = tags.contains(tag);
        (has || reaches()).then_some(has)
    }
}

/// What is doubtful about the links of `pages`, which are in the order of their pushes.
pub(super) fn doubts(
    pages: &[Page],
    before: &BTreeMap<PushDate, Imported>,
    known: &Known,
) -> Vec<Problem> {
    let mut all: BTreeMap<PushDate, (&Imported, Option<&Page>)> =
        before.iter().map(|(push, imported)| (*push, (imported, None))).collect();
    for page in pages {
        all.insert(page.imported.push, (&page.imported, Some(page)));
    }
    let repos: BTreeSet<&RepoName> = all
        .values()
        .flat_map(|(imported, _)| imported.links.iter().map(|link| &link.repo))
        .collect();
    let mut found = Vec::new();
    for repo in repos {
        let mut chain = Chain::of(repo, &all, known);
        for (push, (imported, page)) in &all {
            found.extend(chain.next(*push, imported, *page));
        }
    }
    found
}

/// One repository's links, push after push.
struct Chain<'a> {
    repo: &'a RepoName,
    known: &'a Known,
    /// The heads of all pages.
    heads: BTreeSet<&'a str>,
    /// Those of the pages so far.
    seen: BTreeSet<&'a str>,
    /// Those of the last page that has some, and its push.
    last: Option<(PushDate, Vec<&'a str>)>,
}

impl<'a> Chain<'a> {
    fn of(
        repo: &'a RepoName,
        all: &BTreeMap<PushDate, (&'a Imported, Option<&Page>)>,
        known: &'a Known,
    ) -> Self {
        let links = all.values().flat_map(|(imported, _)| standing(imported, repo));
        let heads = links.map(|(_, link)| link.head.as_str()).collect();
        Self { repo, known, heads, seen: BTreeSet::new(), last: None }
    }

    /// Judges a page's links, where it is one of those that are imported now, and goes on behind it.
    fn next(
        &mut self,
        push: PushDate,
        imported: &'a Imported,
        page: Option<&Page>,
    ) -> Vec<Problem> {
        let links: Vec<(usize, &Compared)> = standing(imported, self.repo).collect();
        let mut found = Vec::new();
        if let Some(page) = page {
            for (at, link) in &links {
                let own = links.iter().map(|(_, other)| other.head.as_str());
                let own: Vec<&str> = own.filter(|head| *head != link.head).collect();
                let line = page.lines.get(*at).copied().unwrap_or(1);
                let doubt = self.doubt(push, link, &own);
                found.extend(doubt.map(|doubt| doubt.of(&page.file, line)));
            }
        }
        if !links.is_empty() {
            let heads: Vec<&str> = links.iter().map(|(_, link)| link.head.as_str()).collect();
            self.seen.extend(&heads);
            self.last = Some((push, heads));
        }
        found
    }

    /// The newest of the heads of the last page: what was pushed.
    fn pushed(&self) -> Option<&'a str> {
        let (_, heads) = self.last.as_ref()?;
        heads.iter().max_by_key(|head| Revision::of(head)).copied()
    }

    /// The first thing that is doubtful about a link.
    fn doubt(&self, push: PushDate, link: &Compared, own: &[&str]) -> Option<Doubt> {
        self.typo(push, link).or_else(|| self.no_tag(push, link)).or_else(|| {
            let (base, head) = (Revision::of(&link.base)?, Revision::of(&link.head)?);
            if link.base == link.head {
                let what = format!("{} is compared with itself", link.head);
                return Some(Doubt::own(OwnKind::EmptyLink, what, self.usual_base()));
            }
            if head < base {
                let what =
                    format!("{} is older than what it is compared with, {}", link.head, link.base);
                let hint = Some(format!("{}...{}", link.head, link.base));
                return Some(Doubt { kind: Kind::Page(ProblemKind::HeadBeforeBase), what, hint });
            }
            self.broken(link, base, own)
        })
    }

    /// A tag that would fit in another year, and in its own is none.
    fn typo(&self, push: PushDate, link: &Compared) -> Option<Doubt> {
        let far = |r: Revision| (r.push.0 - push.0).get_days().abs() > FAR;
        for (tag, is_base) in [(&link.base, true), (&link.head, false)] {
            let Some(read) = Revision::of(tag).filter(|r| far(*r)) else { continue };
            let is_there = self.known.has(self.repo, tag, push) == Some(true);
            // A base that some page has as its head is an old one, not a mistyped one.
            if is_there || is_base && self.heads.contains(tag.as_str()) {
                continue;
            }
            let mut mended = (-1..=1).filter_map(|more| in_year(tag, push.0.year() + more));
            let fits = |mended: &String| {
                let near = Revision::of(mended)
                    .is_some_and(|r| (r.push.0 - push.0).get_days().abs() <= NEAR);
                let told = self.heads.contains(mended.as_str())
                    || self.known.has(self.repo, mended, push) == Some(true);
                near && (told || !is_base)
            };
            if let Some(mended) = mended.find(fits) {
                let what =
                    format!("{tag} is of {}, most likely a slip of the year", read.push.0.year());
                return Some(Doubt::own(OwnKind::YearTypo, what, Some(mended)));
            }
        }
        None
    }

    fn no_tag(&self, push: PushDate, link: &Compared) -> Option<Doubt> {
        for (tag, kind) in [(&link.base, OwnKind::BaseNoTag), (&link.head, OwnKind::HeadNoTag)] {
            let known = self.known.has(self.repo, tag, push);
            if known == Some(false) || known.is_none() && Revision::of(tag).is_none() {
                let what = match known {
                    Some(_) => format!("{tag} is no tag of {}", self.repo),
                    None => format!("{tag} is no tag: it has no date"),
                };
                let hint = self.nearest_tag(tag).or_else(|| match kind {
                    OwnKind::BaseNoTag => self.usual_base(),
                    _ => Some(push.to_string()),
                });
                return Some(Doubt::own(kind, what, hint));
            }
        }
        None
    }

    /// A tag on the remote that is most like one that is not there.
    fn nearest_tag(&self, tag: &str) -> Option<String> {
        let tags = self.known.0.get(self.repo)?;
        let date = Revision::of(tag).map(|r| r.push);
        let same =
            tags.iter().rev().find(|t| date.is_some() && Revision::of(t).map(|r| r.push) == date);
        same.cloned().or_else(|| nearest(tag, tags.iter().map(String::as_str)).map(str::to_owned))
    }

    fn usual_base(&self) -> Option<String> {
        self.pushed().map(str::to_owned)
    }

    /// A base that is not what was pushed last, nor on the page itself.
    fn broken(&self, link: &Compared, base: Revision, own: &[&str]) -> Option<Doubt> {
        let (last_push, _) = self.last.as_ref()?;
        let pushed = self.pushed()?;
        if link.base == pushed || own.contains(&link.base.as_str()) {
            return None;
        }
        let older = Revision::of(pushed).is_some_and(|pushed| base < pushed);
        if older || self.seen.contains(link.base.as_str()) {
            let what = format!("{} skips {pushed}, which {last_push} pushed after it", link.base);
            return Some(Doubt::own(OwnKind::SkipsPush, what, Some(pushed.to_owned())));
        }
        let what = format!(
            "no page tells of {}: {last_push} ended with {pushed}; a hot-fix, or another tag that its notes leave out",
            link.base
        );
        let hint = format!("{pushed}; or the link to {} in the notes of {last_push}", link.base);
        Some(Doubt::own(OwnKind::UnknownBase, what, Some(hint)))
    }
}

/// A page's links of a repository that are not struck out, each with its place among all.
fn standing<'i>(
    imported: &'i Imported,
    repo: &RepoName,
) -> impl Iterator<Item = (usize, &'i Compared)> {
    let of = imported.links.iter().enumerate();
    of.filter(move |(_, link)| &link.repo == repo && !link.struck)
}

struct Doubt {
    kind: Kind,
    what: String,
    hint: Option<String>,
}

impl Doubt {
    fn own(kind: OwnKind, what: String, hint: Option<String>) -> Self {
        Self { kind: Kind::Import(kind), what, hint }
    }

    fn of(self, file: &str, line: usize) -> Problem {
        Problem {
            file: file.to_owned(),
            line: Some(line),
            kind: self.kind,
            message: self.what,
            suggestion: self.hint,
        }
    }
}
