//! Addresses: git remotes and web pages, refused where git or a reader of the file could be led astray.

use std::path::Path;

use train::id::quoted;
use url::Url;

/// An address that was not taken: what is wrong, and what to write.
pub type Wrong = (String, &'static str);

const REMOTE_FORMS: &str =
    "write https://host/team/repo.git, git@host:team/repo.git, a path or file:///path";
const NO_PASSWORD: &str = "leave it out: git's credential helper or SSH keeps it; then renew the password, it stood in a file";

/// Reads a git remote. A relative path is resolved against `folder`, that of the configuration; `~` is not expanded.
pub fn read(text: &str, folder: &Path) -> Result<String, Wrong> {
    plain(text)?;
    if text.starts_with('~') {
        let help = "write the path in full, or relative to the configuration's folder";
        return Err((
            format!("{} starts with “~”, which is not expanded here", quoted(text)),
            help,
        ));
    }
    if let Some((scheme, _)) = text.split_once("::")
        && !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
    {
        let what =
            format!("{} names a helper program ({scheme}::) in place of a remote", quoted(text));
        return Err((what, REMOTE_FORMS));
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        return with_scheme(text, scheme, rest);
    }
    match text.split_once(':') {
        Some((host, path)) if !host.contains('/') => scp_like(text, host, path),
        _ => Ok(folder.join(text.trim_start_matches("./")).to_string_lossy().into_owned()),
    }
}

fn plain(text: &str) -> Result<(), Wrong> {
    if text.is_empty() || text != text.trim() {
        return Err((format!("{} is no address", quoted(text)), REMOTE_FORMS));
    }
    if text.chars().any(train::letter::is_harmful) {
        return Err((format!("{} holds control characters", quoted(text)), REMOTE_FORMS));
    }
    if text.starts_with('-') {
        return Err((format!("{} looks like an option", quoted(text)), REMOTE_FORMS));
    }
    Ok(())
}

fn with_scheme(text: &str, scheme: &str, rest: &str) -> Result<String, Wrong> {
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "https" | "http" | "ssh" | "git" | "git+ssh" | "ssh+git" | "file")
    {
        let what = format!("{} is no kind of remote that is used here", quoted(&scheme));
        return Err((what, REMOTE_FORMS));
    }
    if scheme == "file" {
        let local = rest.strip_prefix("localhost").unwrap_or(rest);
        return if local.starts_with('/') {
            Ok(text.to_owned())
        } else {
            Err((format!("{} is not a path on this machine", quoted(text)), "write file:///path"))
        };
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    no_password(authority)?;
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() || host.starts_with('-') || authority.starts_with('-') {
        return Err((format!("{} has no host", quoted(text)), REMOTE_FORMS));
    }
    if Url::parse(text).is_err() {
        return Err((format!("{} is no URL", quoted(text)), REMOTE_FORMS));
    }
    Ok(text.to_owned())
}

fn scp_like(text: &str, host: &str, path: &str) -> Result<String, Wrong> {
    let machine = host.rsplit('@').next().unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || "\"'`$;&|<>()\\".contains(c);
    if machine.is_empty() || machine.starts_with('-') || path.is_empty() || path.starts_with('-') {
        return Err((
            format!("{} looks like an option or lacks a part", quoted(text)),
            REMOTE_FORMS,
        ));
    }
    if host.contains(odd) {
        return Err((format!("{} has no host", quoted(text)), REMOTE_FORMS));
    }
    // `user:secret@host/path`: a URL that lacks its scheme.
    if !host.contains('@') && path.split('/').next().is_some_and(|first| first.contains('@')) {
        return Err(("the URL holds a password".to_owned(), NO_PASSWORD));
    }
    Ok(text.to_owned())
}

fn no_password(authority: &str) -> Result<(), Wrong> {
    let Some((user, _)) = authority.rsplit_once('@') else { return Ok(()) };
    if user.contains(':') {
        return Err(("the URL holds a password".to_owned(), NO_PASSWORD));
    }
    if token_like(user) {
        return Err(("the URL holds a token in place of a user's name".to_owned(), NO_PASSWORD));
    }
    Ok(())
}

/// Whether what stands before `@` is an access token: forges' prefixes, or longer than people's names are.
pub(crate) fn token_like(user: &str) -> bool {
    const PREFIXES: [&str; 7] = ["ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "ATBB"];
    PREFIXES.iter().any(|p| user.starts_with(p)) || user.len() >= 40
}

/// Reads the address of a page: http or https, no password. Placeholders are filled in later.
pub fn page(text: &str) -> Result<String, Wrong> {
    const FORM: &str = "write https://host/path";
    plain(text).map_err(|(what, _)| (what, FORM))?;
    let url = Url::parse(text).map_err(|_| (format!("{} is no URL", quoted(text)), FORM))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err((format!("{} is not an address of the web", quoted(text)), FORM));
    }
    if url.password().is_some() || token_like(url.username()) {
        return Err((
            "the URL holds a password".to_owned(),
            "leave it out; then renew the password, it stood in a file",
        ));
    }
    Ok(text.to_owned())
}

/// The `{words}` of a template that are none of `known`.
#[must_use]
pub fn strange<'a>(template: &'a str, known: &[&str]) -> Option<&'a str> {
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let inner = &rest[open + 1..];
        let Some(close) = inner.find('}') else { return Some(&rest[open..]) };
        if !known.contains(&&inner[..close]) {
            return Some(&rest[open..open + close + 2]);
        }
        rest = &inner[close..];
    }
    None
}

/// What two spellings of one remote have in common: host and path, without scheme, user, port 443 and `.git`.
#[must_use]
pub fn identity(remote: &str) -> String {
    let (host, path) = match remote.split_once("://") {
        Some(("file", path)) => ("", path.strip_prefix("localhost").unwrap_or(path)),
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        None => match remote.split_once(':') {
            Some((host, path)) if !host.contains('/') => (host, path),
            _ => ("", remote),
        },
    };
    let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":22")).unwrap_or(&host);
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    if host.is_empty() {
        path.to_owned()
    } else {
        format!("{host}/{}", path.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken(text: &str) -> Result<String, Wrong> {
        read(text, Path::new("/train"))
    }

    #[test]
    fn real_remotes_are_taken_as_they_are() {
        for good in [
            "https://github.com/mozilla/addons-server.git",
            "git@github.com:mozilla/addons-server-security.git",
            "ssh://git@host:2222/x.git",
            "git://host/x",
            "http://127.0.0.1:8080/x.git",
            "/srv/git/x.git",
            "file:///srv/git/x.git",
            "https://me@host/x",
        ] {
            assert_eq!(taken(good).unwrap(), good);
        }
    }

    #[test]
    fn relative_paths_are_the_files() {
        assert_eq!(taken("remotes/x.git").unwrap(), "/train/remotes/x.git");
        assert_eq!(taken("./x.git").unwrap(), "/train/x.git");
        assert_eq!(taken("../x.git").unwrap(), "/train/../x.git");
        assert_eq!(taken("./odd:name.git").unwrap(), "/train/odd:name.git");
    }

    #[test]
    fn what_could_lead_git_astray_is_refused() {
        for bad in [
            "",
            " x",
            "-x",
            "--upload-pack=touch /tmp/x",
            "ext::sh -c touch% /tmp/x",
            "fd::17",
            "EXT::x",
            "foo-bar::https://host/x",
            "https://user:secret@host/x.git",
            "https://ghp_abcdefghijklmnop@host/x",
            "ssh://-oProxyCommand=x/y",
            "ssh://u@-oProxyCommand=x/y",
            "-oProxyCommand=x:y",
            "u@-oProxyCommand=x:y",
            "host:-x",
            "user:secret@host/x",
            "ssh:git@host:2222/x",
            "https:///x",
            "ftp://host/x",
            "javascript://x",
            "file://host/x",
            "~/x.git",
            "a\nb",
            "/x\u{1b}[31m",
            "https://host/\u{202e}x",
        ] {
            assert!(taken(bad).is_err(), "{bad:?} was taken");
        }
        let (said, _) = taken("https://user:hunter2@host/x").unwrap_err();
        assert!(!said.contains("hunter2"));
    }

    #[test]
    fn spellings_of_one_remote_are_one() {
        let all = [
            "https://github.com/mozilla/x.git",
            "https://GitHub.com/mozilla/x/",
            "git@github.com:mozilla/x.git",
            "ssh://git@github.com:22/mozilla/x",
        ];
        assert!(
            all.iter().all(|a| identity(a) == "github.com/mozilla/x"),
            "{:?}",
            all.map(identity)
        );
        assert_eq!(identity("file:///srv/x.git"), identity("/srv/x"));
        assert_ne!(identity("/srv/x"), identity("/srv/y"));
    }

    #[test]
    fn placeholders_nobody_fills_are_found() {
        assert_eq!(strange("{base}...{head}", &["base", "head"]), None);
        assert_eq!(strange("{base}...{haed}", &["base", "head"]), Some("{haed}"));
        assert_eq!(strange("x{base", &["base", "head"]), Some("{base"));
        assert_eq!(strange("x{", &["base"]), Some("{"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*") {
            let _ = (page(&text), identity(&text), strange(&text, &["a"]));
            if let Ok(remote) = taken(&text) {
                prop_assert!(!remote.starts_with('-'));
                prop_assert!(!remote.chars().any(char::is_control));
            }
        }
    }
}
