//! `[repos.NAME]`: the repositories aboard, in the order of the run sheet.

use std::ops::Range;
use std::path::Path;

use globset::Glob;
use schemars::JsonSchema;
use serde::Deserialize;
use train::id::{RepoName, quoted};
use train::letter::is_harmful;
use train::settings::Repo as Aboard;
use train::tag::TagScheme;

use super::artifacts::{self, Artifact};
use super::at::At;
use super::nearest::suggest;
use super::problem::Problems;
use super::remote;
use super::shape::Entry;

/// A repository aboard the train.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repo {
    /// The remote that ships: a URL, a path relative to this file, or `file://`.
    pub upstream: At<String>,
    /// The private twin where embargoed fixes wait.
    pub security: Option<At<String>>,
    /// The branch that ships; without it, the remote's HEAD.
    pub branch: Option<At<String>>,
    /// How tags are named, with `{date}` where the push's date goes.
    #[schemars(extend("default" = "{date}"))]
    pub tag: Option<At<String>>,
    /// The number of the first tag after the plain one; some teams start at 2.
    #[schemars(range(min = 1, max = 99), extend("default" = 1))]
    pub first_suffix: Option<At<u32>>,
    /// The compare link, with `{base}` and `{head}`; without it, the form of upstream's host.
    pub compare: Option<At<String>>,
    /// Globs of files that are migrations.
    #[serde(default)]
    #[schemars(extend("default" = []))]
    pub migrations: Vec<At<String>>,
    /// Whether every publish also moves `refs/pushduty/TRAIN`, which keeps a second conductor out.
    #[serde(default = "yes")]
    pub fence: bool,
    /// The repository this one is deployed after.
    pub after: Option<At<String>>,
    /// How it is found out whether what is built from its tags is there; the gate `built` waits for it.
    pub artifact: Option<At<Artifact>>,
}

fn yes() -> bool {
    true
}

/// Checks all repositories; the result is in the order of the run sheet.
pub fn check(raw: &[Entry<Repo>], folder: &Path, problems: &mut Problems) -> Vec<Aboard> {
    let names: Vec<&str> = raw.iter().map(|(name, _)| name.as_str()).collect();
    for after in raw.iter().filter_map(|(_, repo)| repo.after.as_ref()) {
        if !names.contains(&after.as_str()) {
            let what = format!("{} is no repository of this train", quoted(after));
            problems.at(&after.span, what, suggest(after, &names, "repositories"));
        }
    }
    let checked: Vec<Option<Aboard>> =
        raw.iter().map(|(name, repo)| repo.check(name, folder, problems)).collect();
    let order = in_order(raw, problems);
    let mut checked = checked;
    order.into_iter().filter_map(|n| checked[n].take()).collect()
}

impl Repo {
    fn check(&self, key: &At<String>, folder: &Path, problems: &mut Problems) -> Option<Aboard> {
        let help = "give the repository a plain name, as addons-server";
        let name = problems.take(&key.span, key.parse::<RepoName>(), help);
        let upstream = problems.address(&self.upstream.span, remote::read(&self.upstream, folder));
        let security = match &self.security {
            Some(at) => problems.address(&at.span, remote::read(at, folder)),
            None => None,
        };
        if let (Some(at), Some(twin), Some(up)) = (&self.security, &security, &upstream)
            && remote::identity(twin) == remote::identity(up)
        {
            let help =
                "an embargoed fix on it would be public: name the private twin, or leave it out";
            problems.at(&at.span, "the security remote is upstream itself", help);
        }
        if let Some(branch) = self.branch.as_ref().filter(|b| !is_branch(b)) {
            let what = format!("{} is no branch's name", quoted(branch));
            problems.at(
                &branch.span,
                what,
                "write it as git shows it, without refs/heads/: “main”",
            );
        }
        self.check_compare(problems);
        self.check_migrations(problems);
        let scheme = self.scheme(problems);
        let text = |at: &Option<At<String>>| at.as_ref().map(|at| at.value.clone());
        Some(Aboard {
            name: name?,
            upstream: upstream?,
            security,
            branch: text(&self.branch),
            scheme: scheme?,
            compare: text(&self.compare),
            migrations: self.migrations.iter().map(|glob| glob.value.clone()).collect(),
            fence: self.fence,
            after: self.after.as_ref().and_then(|after| after.parse().ok()),
            artifact: self
                .artifact
                .as_ref()
                .and_then(|at| artifacts::check(&at.value, &at.span, problems)),
        })
    }

    /// How its tags are named.
    fn scheme(&self, problems: &mut Problems) -> Option<TagScheme> {
        let (template, span) = match &self.tag {
            Some(tag) => (tag.as_str(), &tag.span),
            None => ("{date}", &self.upstream.span),
        };
        let first = self.first_suffix.as_ref().map_or(1, |n| n.value);
        let read = TagScheme::new(template, 1);
        problems.take(span, read, "the template is a tag's name with {date}, as “v{date}”")?;
        let span = self.first_suffix.as_ref().map_or(span, |n| &n.span);
        problems.take(
            span,
            TagScheme::new(template, first),
            "write 1, or 2 where your team starts there",
        )
    }

    /// What a quarrel about the tags points at.
    #[must_use]
    pub fn tag_place(&self) -> Range<usize> {
        self.tag.as_ref().map_or(&self.upstream.span, |tag| &tag.span).clone()
    }

    fn check_compare(&self, problems: &mut Problems) {
        let Some(compare) = &self.compare else { return };
        let help = "write the link with both, as https://host/repo/compare/{base}...{head}";
        if problems.address(&compare.span, remote::page(compare)).is_none() {
            return;
        }
        if let Some(strange) = remote::strange(compare, &["base", "head"]) {
            let what = format!("{} is nothing a compare link can hold", quoted(strange));
            problems.at(&compare.span, what, help);
        } else if !compare.contains("{base}") || !compare.contains("{head}") {
            problems.at(&compare.span, "a compare link needs {base} and {head}", help);
        }
    }

    fn check_migrations(&self, problems: &mut Problems) {
        for glob in &self.migrations {
            if let Err(why) = Glob::new(glob) {
                let what = format!("{} is no glob: {}", quoted(glob), why.kind());
                problems.at(&glob.span, what, "write a pattern as “**/migrations/*.py”");
            }
        }
    }
}

/// Whether git takes it as a branch (git-check-ref-format).
pub fn is_branch(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || is_harmful(c) || "~^:?*[\\".contains(c);
    let part = |p: &str| !p.is_empty() && !p.starts_with('.') && !p.ends_with(".lock");
    !text.starts_with('-')
        && !text.starts_with("refs/")
        && text != "@"
        && text.len() <= 200
        && !text.ends_with('.')
        && !text.contains("..")
        && !text.contains("@{")
        && !text.contains(odd)
        && text.split('/').all(part)
}

/// The places of the repositories, each behind the one it comes after, else as in the file.
fn in_order(raw: &[Entry<Repo>], problems: &mut Problems) -> Vec<usize> {
    let at = |name: &str| raw.iter().position(|(key, _)| key.as_str() == name);
    let mut order: Vec<usize> = Vec::new();
    let mut waiting: Vec<usize> = (0..raw.len()).collect();
    loop {
        let ready = |n: &usize| {
            let before = raw[*n].1.after.as_ref().and_then(|after| at(after));
            before.is_none_or(|before| order.contains(&before))
        };
        let Some(next) = waiting.iter().position(ready) else { break };
        order.push(waiting.remove(next));
    }
    if let Some(after) = waiting.first().and_then(|n| raw[*n].1.after.as_ref()) {
        let names: Vec<&str> = waiting.iter().map(|n| raw[*n].0.as_str()).collect();
        let what = format!("{} wait for each other by after", names.join(" and "));
        problems.at(
            &after.span,
            what,
            "leave one of them out: the first to be deployed comes after none",
        );
    }
    order
}
