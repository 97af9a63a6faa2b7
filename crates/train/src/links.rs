//! Compare and commit links for the host that upstream's URL names; and hashes out of links that people paste.

use crate::id::quoted;
use crate::settings::Repo;

/// The forms of compare links that are built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    GitHub,
    GitLab,
    Gitea,
    Bitbucket,
}

/// Where a repository is browsed: host and path, when upstream's URL tells.
fn place(upstream: &str) -> Option<(String, String)> {
    let rest = match upstream.split_once("://") {
        Some(("https" | "http" | "ssh" | "git", rest)) => {
            rest.replacen(':', "/", usize::from(!rest.contains('/')))
        }
        Some(_) => return None,
        None => {
            // scp's form: user@host:path; a plain path has no colon before its first slash.
            let (host, path) = upstream
                .split_once(':')
                .filter(|(host, _)| !host.contains('/') && host.len() > 1)?;
            format!("{host}/{path}")
        }
    };
    let rest = rest.rsplit_once('@').map_or(rest.as_str(), |(_, r)| r);
    let (host, path) = rest.split_once('/')?;
    let host = host.split(':').next()?;
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let plain = |s: &str| {
        !s.is_empty()
            && s.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '~'))
    };
    (plain(host) && plain(path)).then(|| (host.to_ascii_lowercase(), path.to_owned()))
}

fn form(host: &str) -> Option<Form> {
    let has = |word: &str| {
        host == word || host.split('.').any(|part| part == word.trim_end_matches(".com"))
    };
    [
        ("github.com", Form::GitHub),
        ("gitlab.com", Form::GitLab),
        ("gitea.com", Form::Gitea),
        ("codeberg.org", Form::Gitea),
        ("forgejo", Form::Gitea),
        ("bitbucket.org", Form::Bitbucket),
    ]
    .into_iter()
    .find(|(word, _)| has(word))
    .map(|(_, form)| form)
}

/// The link that compares `base` with `head`: by the configured template, or in the form of upstream's host. None for
/// hosts that are not known, and for paths.
#[must_use]
pub fn compare(repo: &Repo, base: &str, head: &str) -> Option<String> {
    if let Some(template) = &repo.compare {
        return Some(template.replace("{base}", base).replace("{head}", head));
    }
    let (host, path) = place(&repo.upstream)?;
    let form = form(&host)?;
    Some(match form {
        Form::GitHub | Form::Gitea => format!("https://{host}/{path}/compare/{base}...{head}"),
        Form::GitLab => format!("https://{host}/{path}/-/compare/{base}...{head}"),
        Form::Bitbucket => format!("https://{host}/{path}/branches/compare/{head}%0D{base}"),
    })
}

/// Where a repository is browsed, when upstream's URL tells: `https://github.com/mozilla/addons-server`.
#[must_use]
pub fn home(repo: &Repo) -> Option<String> {
    place(&repo.upstream).map(|(host, path)| format!("https://{host}/{path}"))
}

/// The link that shows a commit, in the form of the host that upstream's URL names, or that the compare links are on.
#[must_use]
pub fn commit(repo: &Repo, commit: &str) -> Option<String> {
    let linked = compare(repo, "", "")?;
    let at = |middle: &str| linked.find(middle).map(|at| &linked[..at]);
    let (before, word) = match (at("/-/compare/"), at("/branches/compare/"), at("/compare/")) {
        (Some(before), ..) => (before, "-/commit"),
        (_, Some(before), _) => (before, "commits"),
        (.., Some(before)) => (before, "commit"),
        _ => return None,
    };
    Some(format!("{before}/{word}/{commit}"))
}

/// What a link to a repository shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One commit, by its hash or the beginning of it, lower case; also one seen inside a pull request.
    Commit(String),
    /// A pull or merge request.
    Pull(u64),
    /// An issue.
    Issue(u64),
    /// A comparison, as the link has it.
    Compare {
        /// What is compared with.
        base: String,
        /// What is compared.
        head: String,
    },
}

/// The commit in a link to one, when the link is of this repository: `…/commit/HASH`, `…/commits/HASH`, `…/-/commit/HASH`,
/// `…/pull/12/commits/HASH`.
#[must_use]
pub fn commit_in(repo: &Repo, link: &str) -> Option<String> {
    match target_in(repo, link)? {
        Target::Commit(hash) => Some(hash),
        _ => None,
    }
}

/// What the link shows, when it is of this repository.
#[must_use]
pub fn target_in(repo: &Repo, link: &str) -> Option<Target> {
    Browsed::of(repo).target(link)
}

/// Where a repository is browsed, worked out once for many links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browsed {
    places: Vec<(String, String)>,
    compared: Option<String>,
}

impl Browsed {
    /// Where this repository is browsed.
    #[must_use]
    pub fn of(repo: &Repo) -> Self {
        // A mirror's compare links say where the repository is browsed.
        let mirrored = repo.compare.as_deref().and_then(|link| {
            let (before, _) =
                link.split_once("/-/compare/").or_else(|| link.split_once("/compare/"))?;
            place(before)
        });
        let places = place(&repo.upstream).into_iter().chain(mirrored).collect();
        Self { places, compared: compare(repo, "{base}", "{head}") }
    }

    /// What the link shows, when it is of this repository.
    #[must_use]
    pub fn target(&self, link: &str) -> Option<Target> {
        let bare = link.split(['?', '#']).next()?;
        let compared = || {
            let template = self.compared.as_deref()?;
            compared_in(template, bare).or_else(|| compared_in(template, link))
        };
        self.places.iter().find_map(|(host, path)| target_at(host, path, bare)).or_else(compared)
    }
}

/// Base and head out of a link made by `template`.
fn compared_in(template: &str, link: &str) -> Option<Target> {
    let (base, head) = (template.find("{base}")?, template.find("{head}")?);
    let (first, second) = (base.min(head), base.max(head));
    let rest = cut_prefix(link, &template[..first])?;
    let rest = rest.strip_suffix(&template[second + 6..])?;
    let (one, two) = rest.split_once(&template[first + 6..second])?;
    let (base, head) = if base < head { (one, two) } else { (two, one) };
    let fine = |name: &str| !name.is_empty() && !name.contains("...");
    (fine(base) && fine(head))
        .then(|| Target::Compare { base: base.to_owned(), head: head.to_owned() })
}

/// `text` after `prefix`, whatever the letters' case.
fn cut_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn target_at(host: &str, path: &str, link: &str) -> Option<Target> {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    let (link_host, link_path) = rest.split_once('/')?;
    if !link_host.eq_ignore_ascii_case(host) {
        return None;
    }
    let inside = cut_prefix(link_path, path)?.strip_prefix('/')?;
    let mut parts = inside.split('/').filter(|part| !matches!(*part, "" | "-"));
    let what = parts.next()?;
    let number = |text: Option<&str>| text?.parse().ok();
    match what {
        "commit" | "commits" => hash(parts.next()?),
        "pull" | "pulls" | "merge_requests" | "pull-requests" => {
            let pull = number(parts.next())?;
            match (parts.next(), parts.next()) {
                (Some("commits"), Some(of)) => hash(of),
                _ => Some(Target::Pull(pull)),
            }
        }
        "issues" => number(parts.next()).map(Target::Issue),
        _ => None,
    }
}

fn hash(text: &str) -> Option<Target> {
    let fine = (4..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    fine.then(|| Target::Commit(text.to_ascii_lowercase()))
}

/// Whether a text is a link at all: one that no repository aboard knows is refused, not resolved.
#[must_use]
pub fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The refusal for a link to nothing aboard.
#[must_use]
pub fn no_such_link(text: &str) -> crate::refusal::Refusal {
    crate::refusal::Refusal::new(
        crate::refusal::Code::NoSuchCommit,
        format!("{} is no link to a commit of a repository aboard", quoted(text)),
        "name the commit as REPO:HASH",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    fn repo(upstream: &str, compare: Option<&str>) -> Repo {
        Repo { compare: compare.map(Into::into), ..Repo::new("server".parse().unwrap(), upstream) }
    }

    #[test]
    fn a_commit_s_link_reads_back_as_that_commit() {
        for upstream in [
            "https://github.com/mozilla/server.git",
            "https://gitlab.com/g/app.git",
            "https://codeberg.org/o/r.git",
            "git@bitbucket.org:o/r.git",
        ] {
            let repo = Repo::new("server".parse().unwrap(), upstream);
            let link = commit(&repo, "0a675a178c0a675a").unwrap();
            assert_eq!(commit_in(&repo, &link).as_deref(), Some("0a675a178c0a675a"), "{link}");
        }
        assert_eq!(commit(&Repo::new("server".parse().unwrap(), "/srv/x"), "0a675a1"), None);
    }

    #[test]
    fn each_host_has_its_form() {
        let link = |upstream| compare(&repo(upstream, None), "a", "b");
        assert_eq!(
            link("https://github.com/mozilla/addons-server.git").unwrap(),
            "https://github.com/mozilla/addons-server/compare/a...b"
        );
        assert_eq!(
            link("git@github.com:mozilla/addons-server.git").unwrap(),
            "https://github.com/mozilla/addons-server/compare/a...b"
        );
        assert_eq!(
            link("ssh://git@gitlab.example.org:2222/group/sub/app.git").unwrap(),
            "https://gitlab.example.org/group/sub/app/-/compare/a...b"
        );
        assert_eq!(
            link("https://codeberg.org/o/r").unwrap(),
            "https://codeberg.org/o/r/compare/a...b"
        );
        for none in
            ["/srv/git/server.git", "file:///srv/server.git", "https://example.org/x.git", "C:/x"]
        {
            assert_eq!(link(none), None, "{none}");
        }
        assert_eq!(
            compare(&repo("/x", Some("https://h/{base}..{head}")), "a", "b").unwrap(),
            "https://h/a..b"
        );
    }

    #[test]
    fn commits_are_read_out_of_links_to_this_repository_only() {
        let r = repo("https://github.com/mozilla/addons-server.git", None);
        let hash = "3f2a91c0aa";
        for path in
            ["commit/3f2a91c0aa", "pull/12/commits/3F2A91C0AA", "commit/3f2a91c0aa?w=1#diff"]
        {
            assert_eq!(
                commit_in(&r, &format!("https://github.com/Mozilla/addons-server/{path}")).unwrap(),
                hash
            );
        }
        for other in [
            "https://github.com/mozilla/addons-server-security/commit/3f2a91c0aa",
            "https://evil.org/mozilla/addons-server/commit/3f2a91c0aa",
            "https://github.com/mozilla/addons-server/commit/--all",
        ] {
            assert_eq!(commit_in(&r, other), None, "{other}");
        }
    }

    #[test]
    fn a_link_says_what_it_shows() {
        let target = |upstream, template, link: &str| target_in(&repo(upstream, template), link);
        let github = "https://github.com/mozilla/addons-server.git";
        let at = |path: &str| target(github, None, &format!("https://github.com/mozilla/{path}"));
        let compared =
            |base: &str, head: &str| Some(Target::Compare { base: base.into(), head: head.into() });
        assert_eq!(at("addons-server/pull/12/"), Some(Target::Pull(12)));
        assert_eq!(at("addons-server/pull/12/files#diff"), Some(Target::Pull(12)));
        assert_eq!(at("addons-server/issues/7#issuecomment-1"), Some(Target::Issue(7)));
        assert_eq!(at("addons-server/compare/a-1...b?expand=1"), compared("a-1", "b"));
        assert_eq!(at("addons-server/compare/a...b...c"), None);
        assert_eq!(at("addons-server/0e5bdcd925edbf"), None);
        assert_eq!(at("addons-server-security/compare/a...b"), None);
        let own = Some("https://h/x?to={head}&from={base}");
        assert_eq!(
            target("/srv/x", Some("https://h/{base}..{head}/"), "https://h/a..b/"),
            compared("a", "b")
        );
        assert_eq!(target("/srv/x", own, "https://h/x"), None);
        assert_eq!(target("/srv/x", own, "https://h/x?to=b&from=a"), compared("a", "b"));
        assert_eq!(
            target(
                "git@bitbucket.org:o/r.git",
                None,
                "https://bitbucket.org/o/r/branches/compare/b%0Da"
            ),
            compared("a", "b")
        );
        let gitlab = "https://gitlab.example.org/g/app/-/merge_requests/9";
        assert_eq!(
            target("https://gitlab.example.org/g/app.git", None, gitlab),
            Some(Target::Pull(9))
        );
    }
}
