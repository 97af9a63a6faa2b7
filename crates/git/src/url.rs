//! Which remotes are taken: paths and the plain transports, nothing that runs a command or holds a secret.

use conductor::failure::{Failure, Result};
use train::id::quoted;
use train::letter::is_harmful;
use train::refusal::Code;

/// Schemes that git speaks by itself.
const SCHEMES: &[&str] = &["file", "git", "http", "https", "ssh", "ssh+git", "git+ssh"];
/// How personal access tokens of the large forges begin.
const TOKENS: &[&str] = &[
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "ATBB",
    "x-access-token",
    "x-oauth-basic",
    "oauth2",
];
/// Longer than people's names are.
const LONG: usize = 40;
const FORMS: &str =
    "write https://host/team/repo.git, git@host:team/repo.git, a path or file:///path";
const NO_SECRET: &str =
    "leave it out: git's credential helper or SSH keeps it; then renew it, it was written down";

/// Whether the remote is on this machine: a plain path or a `file://` URL.
#[must_use]
pub fn is_local(url: &str) -> bool {
    match url.split_once("://") {
        Some((scheme, _)) => scheme.eq_ignore_ascii_case("file"),
        None => scp_like(url).is_none() && !is_helper(url),
    }
}

/// Takes a remote's URL or path, or says why not: the one place that judges. Relative paths are the caller's to resolve first.
///
/// # Errors
/// `Configuration` for option-like text, characters that nobody sees, helper transports (`ext::…`), schemes that git
/// does not speak by itself, files of another machine, and embedded passwords.
pub fn check(url: &str) -> Result<()> {
    let Some(trouble) = trouble(url) else { return Ok(()) };
    let why = match trouble {
        Trouble::Length => "it takes 1 to 2000 characters",
        Trouble::Unseen => "it holds control characters, or white space at an end",
        Trouble::Option => "git would read it as an option",
        Trouble::Helper => "helper transports can run any command",
        Trouble::Scheme => "that scheme is not taken",
        Trouble::Host => "it has no host, or one that could be read as an option",
        Trouble::Elsewhere => "that is not a path on this machine",
        Trouble::Form => "it is no URL",
        Trouble::Secret => "it holds a password or token",
    };
    let hint = if matches!(trouble, Trouble::Secret) { NO_SECRET } else { FORMS };
    Err(Failure::new(Code::Configuration, format!("{} is no remote: {why}", shown(url)), hint))
}

fn trouble(url: &str) -> Option<Trouble> {
    if url.is_empty() || url.len() > 2000 {
        return Some(Trouble::Length);
    }
    if url.chars().any(is_harmful) || url.trim() != url {
        return Some(Trouble::Unseen);
    }
    if url.starts_with('-') {
        return Some(Trouble::Option);
    }
    if is_helper(url) {
        return Some(Trouble::Helper);
    }
    match url.split_once("://") {
        Some((scheme, rest)) => of_url(url, scheme, rest),
        None => scp_like(url).and_then(|(host, path)| of_scp(host, path)),
    }
}

/// Whether what stands before `@` is an access token: forges' prefixes, or longer than people's names are.
#[must_use]
pub fn is_token(user: &str) -> bool {
    TOKENS.iter().any(|start| user.starts_with(start)) || user.len() >= LONG
}

/// Shows a URL in a message: without credentials, escapes shown as such.
pub(crate) fn shown(url: &str) -> String {
    match (url.contains("://"), url.rsplit_once('@')) {
        (false, Some((_, host))) => quoted(host),
        _ => quoted(&crate::sanitise::without_credentials(url)),
    }
}

enum Trouble {
    Length,
    Unseen,
    Option,
    Helper,
    Scheme,
    Host,
    Elsewhere,
    Form,
    Secret,
}

fn of_url(url: &str, scheme: &str, rest: &str) -> Option<Trouble> {
    let scheme = scheme.to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_str()) {
        return Some(Trouble::Scheme);
    }
    if scheme == "file" {
        let path = rest.strip_prefix("localhost").unwrap_or(rest);
        return (!path.starts_with('/')).then_some(Trouble::Elsewhere);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if user.contains(':') || is_token(user) {
        return Some(Trouble::Secret);
    }
    if host.is_empty() || host.starts_with('-') || user.starts_with('-') {
        return Some(Trouble::Host);
    }
    ::url::Url::parse(url).is_err().then_some(Trouble::Form)
}

fn of_scp(host: &str, path: &str) -> Option<Trouble> {
    let machine = host.rsplit('@').next().unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || "\"'`$;&|<>()\\".contains(c);
    if machine.is_empty() || machine.starts_with('-') || host.contains("@-") || host.contains(odd) {
        return Some(Trouble::Host);
    }
    if path.is_empty() || path.starts_with('-') {
        return Some(Trouble::Option);
    }
    // `user:secret@host/path`: a URL that lacks its scheme.
    let secret = !host.contains('@') && path.split('/').next().is_some_and(|p| p.contains('@'));
    secret.then_some(Trouble::Secret)
}

/// `[user@]host:path` as git reads it: a colon before any slash. An IPv6 host stands in brackets.
pub(crate) fn scp_like(url: &str) -> Option<(&str, &str)> {
    let hosts_end = match url.find('[') {
        Some(open) if url[..open].chars().all(|c| c != '/' && c != ':') => {
            open + url[open..].find(']')? + 1
        }
        _ => 0,
    };
    let colon = hosts_end + url[hosts_end..].find(':')?;
    let (host, path) = (&url[..colon], &url[colon + 1..]);
    (!host.contains('/')).then_some((host, path))
}

/// `name::address`, which git hands to a program `git-remote-name`.
fn is_helper(url: &str) -> bool {
    let name = url
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))
        .unwrap_or(url.len());
    url[name..].starts_with("::")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_remotes_people_have_are_taken() {
        for url in [
            "/srv/git/x.git",
            "../x.git",
            "x",
            "./a:b",
            "file:///srv/x.git",
            "https://github.com/mozilla/addons-server.git",
            "http://h:8080/x",
            "https://me@host/x.git",
            "ssh://git@host:2222/x.git",
            "git@github.com:mozilla/addons-server-security.git",
            "host:x.git",
            "git://127.0.0.1:9418/x",
            "user@[::1]:x.git",
            "ssh://[::1]:22/x",
            "/srv/a::b",
        ] {
            check(url).unwrap();
        }
    }

    #[test]
    fn what_runs_commands_or_holds_secrets_is_refused() {
        for url in [
            "",
            "-x",
            "--upload-pack=touch x",
            "ext::sh -c touch% x",
            "fd::17",
            "transport::x",
            "ext::ssh://h/x",
            "a\nb",
            "a\u{1b}[31m",
            "https://u:p@h/x",
            "https://ghp_abc@github.com/x",
            "ssh://-oProxyCommand=x/y",
            "ssh://-x@host/y",
            "-oProxyCommand=x:y",
            "u@-oProxyCommand=x:y",
            "host:-x",
            "ftp://h/x",
            "javascript://x",
            "user:pw@host:x",
            " x",
            "https:///x",
            "host:",
            "user@:x",
            "a;b:x",
            "file://host/x",
            "https://host/\u{202e}x",
            "https://ghu_abcdefghijklmnop@github.com/x",
            "https://ghp_0123456789012345678901234567890123456789@github.com/x",
            "https://h:port/x",
        ] {
            let refusal = check(url).expect_err(url);
            assert_eq!(refusal.code, Code::Configuration, "{url}");
            assert!(
                !refusal.message.contains("u:p@")
                    && !refusal.message.contains("pw")
                    && !refusal.message.contains("ghp_"),
                "{}",
                refusal.message
            );
        }
    }

    #[test]
    fn paths_and_file_urls_are_local() {
        for url in ["/x", "x", "./a:b", "file:///x", "FILE:///x"] {
            assert!(is_local(url), "{url}");
        }
        for url in ["h:x", "git@h:x", "https://h/x", "ssh://h/x", "ext::x", "[::1]:x"] {
            assert!(!is_local(url), "{url}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(url in ".*") {
            let _ = (check(&url).is_ok(), is_local(&url));
        }

        #[test]
        fn nothing_taken_starts_an_option_or_a_helper(url in "[-a-z:/@.\\[\\]]{0,20}") {
            if check(&url).is_ok() {
                prop_assert!(!url.starts_with('-') && !is_helper(&url));
            }
        }
    }
}
