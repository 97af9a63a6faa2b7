//! Which remotes are taken: paths and the plain transports, nothing that runs a command or holds a secret.

use conductor::failure::{Failure, Result};
use train::id::quoted;
use train::refusal::Code;

/// Schemes that git speaks by itself.
const SCHEMES: &[&str] = &["file", "git", "http", "https", "ssh", "ssh+git", "git+ssh"];
/// How personal access tokens of the large forges begin.
const TOKENS: &[&str] =
    &["ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "x-access-token", "x-oauth-basic", "oauth2"];

/// Whether the remote is on this machine: a plain path or a `file://` URL.
#[must_use]
pub fn is_local(url: &str) -> bool {
    match url.split_once("://") {
        Some((scheme, _)) => scheme.eq_ignore_ascii_case("file"),
        None => scp_like(url).is_none() && !is_helper(url),
    }
}

/// Takes a remote's URL or path, or says why not. Relative paths are the caller's to resolve first.
///
/// # Errors
/// `Configuration` for option-like text, control characters, helper transports (`ext::…`), schemes that git
/// does not speak by itself, and embedded passwords.
pub fn check(url: &str) -> Result<()> {
    let bad = |why: &str, hint: &str| {
        Err(Failure::new(Code::Configuration, format!("{} is no remote: {why}", shown(url)), hint))
    };
    let plain_hint = "write a path, or a URL that starts with https://, ssh:// or file://";
    if url.is_empty() || url.len() > 2000 {
        return bad("it takes 1 to 2000 characters", plain_hint);
    }
    if url.chars().any(char::is_control) || url.trim() != url {
        return bad("it holds control characters, or white space at an end", plain_hint);
    }
    if url.starts_with('-') {
        return bad("git would read it as an option", plain_hint);
    }
    if is_helper(url) {
        return bad("helper transports can run any command", plain_hint);
    }
    let credentials_hint = "leave the secret out and let git's credential helper or SSH supply it";
    match url.split_once("://") {
        Some((scheme, rest)) => match check_url(scheme, rest) {
            Some(Trouble::Scheme) => bad("that scheme is not taken", plain_hint),
            Some(Trouble::Host) => bad("its host or user would be read as an option", plain_hint),
            Some(Trouble::Secret) => bad("it holds a password or token", credentials_hint),
            None => Ok(()),
        },
        None => match scp_like(url) {
            Some((host, path))
                if host.starts_with('-')
                    || host.contains("@-")
                    || path.starts_with('-')
                    || path.is_empty() =>
            {
                bad("its host or path would be read as an option", plain_hint)
            }
            Some((host, path))
                if !host.contains('@')
                    && path.split('/').next().is_some_and(|p| p.contains('@')) =>
            {
                bad("it holds a password or token", credentials_hint)
            }
            _ => Ok(()),
        },
    }
}

/// Shows a URL in a message: without credentials, escapes shown as such.
pub(crate) fn shown(url: &str) -> String {
    match (url.contains("://"), url.rsplit_once('@')) {
        (false, Some((_, host))) => quoted(host),
        _ => quoted(&crate::sanitise::without_credentials(url)),
    }
}

enum Trouble {
    Scheme,
    Host,
    Secret,
}

fn check_url(scheme: &str, rest: &str) -> Option<Trouble> {
    let scheme = scheme.to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_str()) {
        return Some(Trouble::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if scheme == "file" {
        return None;
    }
    if host.is_empty() || host.starts_with('-') || user.starts_with('-') {
        return Some(Trouble::Host);
    }
    let secret = user.contains(':') || TOKENS.iter().any(|t| user.starts_with(t));
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
