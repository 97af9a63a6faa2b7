//! Addresses: git remotes and web pages, refused where git or a reader of the file could be led astray.

use std::path::Path;

use train::id::quoted;
use url::Url;

/// An address that was not taken: what is wrong, and what to write.
pub type Wrong = (String, String);

/// Reads a git remote, as git's side judges it. A relative path is resolved against `folder`, that of the configuration; `~`
/// is not expanded.
pub fn read(text: &str, folder: &Path) -> Result<String, Wrong> {
    if text.starts_with('~') {
        let what = format!("{} starts with “~”, which is not expanded here", quoted(text));
        let help = "write the path in full, or relative to the configuration's folder";
        return Err((what, help.to_owned()));
    }
    git::url::check(text).map_err(|failure| (failure.message, failure.hint))?;
    if git::url::is_local(text) && !text.contains("://") {
        return Ok(folder.join(text.trim_start_matches("./")).to_string_lossy().into_owned());
    }
    Ok(text.to_owned())
}

/// Reads the address of a page: http or https, no password. Placeholders are filled in later.
pub fn page(text: &str) -> Result<String, Wrong> {
    let wrong =
        |why: &str| Err((format!("{} {why}", quoted(text)), "write https://host/path".to_owned()));
    if text.chars().any(train::letter::is_harmful) || text != text.trim() {
        return wrong("holds control characters, or white space at an end");
    }
    let Ok(url) = Url::parse(text) else { return wrong("is no URL") };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("is not an address of the web");
    }
    if url.password().is_some() || git::url::is_token(url.username()) {
        let help = "leave it out; then renew the password, it stood in a file";
        return Err(("the URL holds a password".to_owned(), help.to_owned()));
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
