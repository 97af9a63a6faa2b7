//! Rewrites of addresses in the user's configuration: they may change how a remote is reached, not where it is. Asked for
//! before a push: what went to another place can't be taken back (P2, P9).

use conductor::failure::{Failure, Result};
use tokio::sync::OnceCell;
use train::refusal::Code;

use crate::place;
use crate::process::Git;
use crate::sanitise::{plain, without_credentials};
use crate::trouble::Remote;
use crate::url::shown;

/// What to do about a rewrite to another place.
pub(crate) const MEND: &str = "take the url.….insteadOf or pushInsteadOf out of git's configuration, or name that place in pushduty.toml";

/// The settings that can change where a push goes; and those by which a configuration can differ from folder to folder.
const SETTINGS: &str = r"^(url\..*\.(push)?insteadof|remote\..*\.(push)?url|includeif\..*\.path)$";

/// The rewrites of this process: git is asked once for all repositories, unless its configuration depends on the folder.
#[derive(Debug, Default)]
pub struct Rewrites {
    first: OnceCell<Rules>,
}

impl Rewrites {
    /// Refuses where a push to `remote` would go to another place.
    pub(crate) async fn check(&self, git: &Git, remote: Remote<'_>) -> Result<()> {
        match self.against(git, remote.url).await? {
            None => Ok(()),
            Some(why) => {
                let message = format!("nothing was sent to {}: {why}", remote.what);
                Err(Failure::new(Code::Configuration, message, MEND))
            }
        }
    }

    /// Why a push to `url` may not be made, where it would go to another place.
    pub(crate) async fn against(&self, git: &Git, url: &str) -> Result<Option<String>> {
        let first = self.first.get_or_try_init(|| Rules::of(git)).await?;
        let own = if first.depends { Some(Rules::of(git).await?) } else { None };
        let pushed_to = own.as_ref().unwrap_or(first).pushed_to(url);
        Ok(pushed_to.iter().find_map(|to| elsewhere(url, to)))
    }
}

/// What git's configuration says of addresses, in its order.
#[derive(Debug, Default)]
struct Rules {
    /// What an address begins with, and what stands for that instead.
    any: Vec<(String, String)>,
    /// The same for pushes only.
    push: Vec<(String, String)>,
    /// Remotes by name: their addresses, and those for pushes. A name may be an address.
    urls: Vec<(String, String)>,
    push_urls: Vec<(String, String)>,
    /// Whether parts of the configuration hold in some folders only.
    depends: bool,
}

impl Rules {
    async fn of(git: &Git) -> Result<Self> {
        let args = ["config", "--null", "--get-regexp", SETTINGS];
        // It asks no remote, so nobody needs to be asked.
        let output = git.clone().asking(None).status_of(args, &[]).await?;
        match output.code {
            Some(0) => Ok(Self::read(&String::from_utf8_lossy(&output.out))),
            // No such setting.
            Some(1) => Ok(Self::default()),
            _ => Err(git.failed(&args.map(Into::into), &output)),
        }
    }

    fn read(text: &str) -> Self {
        let mut rules = Self::default();
        for (key, value) in text.split('\0').filter_map(|entry| entry.split_once('\n')) {
            let parts = key.split_once('.').zip(key.rsplit_once('.'));
            let Some(((section, _), (whole, name))) = parts else { continue };
            let Some(middle) = whole.get(section.len() + 1..) else { continue };
            let into = match (section, name) {
                ("url", "insteadof") => &mut rules.any,
                ("url", "pushinsteadof") => &mut rules.push,
                ("remote", "url") => &mut rules.urls,
                ("remote", "pushurl") => &mut rules.push_urls,
                _ => {
                    rules.depends |= section == "includeif";
                    continue;
                }
            };
            into.push(match section {
                "url" => (value.to_owned(), middle.to_owned()),
                _ => (middle.to_owned(), value.to_owned()),
            });
        }
        rules
    }

    /// Where `git push URL` goes: as git-config(1) has it, `pushurl` before all, then
    /// `pushInsteadOf`, then `insteadOf`; of several the longest, of equals the first.
    fn pushed_to(&self, url: &str) -> Vec<String> {
        let named = |all: &[(String, String)]| -> Vec<String> {
            let of_it = all.iter().filter(|(name, to)| name == url && !to.is_empty());
            of_it.map(|(_, to)| to.clone()).collect()
        };
        let for_pushes = named(&self.push_urls);
        if !for_pushes.is_empty() {
            let pushed_to = |url: String| rewritten(&self.any, &url).unwrap_or(url);
            return for_pushes.into_iter().map(pushed_to).collect();
        }
        let mut urls = named(&self.urls);
        if urls.is_empty() {
            urls.push(url.to_owned());
        }
        let pushed_to = |url: String| {
            let rewritten = rewritten(&self.push, &url).or_else(|| rewritten(&self.any, &url));
            rewritten.unwrap_or(url)
        };
        urls.into_iter().map(pushed_to).collect()
    }
}

fn rewritten(rules: &[(String, String)], url: &str) -> Option<String> {
    let fitting = rules.iter().filter(|(start, _)| url.starts_with(start.as_str()));
    // The last of the longest is taken: so the first stands last.
    let (start, instead) = fitting.rev().max_by_key(|(start, _)| start.len())?;
    Some(format!("{instead}{}", url.get(start.len()..)?))
}

/// What is wrong with a push to `url` that goes to `effective`; nothing where that is the same place.
pub(crate) fn elsewhere(url: &str, effective: &str) -> Option<String> {
    if url == effective {
        return None;
    }
    let effective = plain(&without_credentials(effective));
    let sentence = || {
        format!(
            "git's configuration rewrites {} to another place, {}",
            shown(url),
            shown(&effective)
        )
    };
    (!place::same(url, &effective)).then(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewrite_to_the_same_path_on_another_host_is_told_without_its_secrets() {
        let url = "https://github.com/mozilla/addons-server.git";
        assert_eq!(elsewhere(url, "git@github.com:mozilla/addons-server.git"), None);
        let private = "https://me:hunter2@git.example.org/mozilla/addons-server.git";
        let told = elsewhere(url, private).unwrap();
        assert!(told.contains("to another place") && told.contains("git.example.org"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn git_goes_where_it_is_said_to_go() {
        let sealed = testkit::Sealed::new();
        let dir = sealed.path("asked");
        std::fs::create_dir(&dir).unwrap();
        let file = dir.join("gitconfig");
        let run = |args: &[&str]| {
            let mut git = std::process::Command::new("git");
            git.args(args).current_dir(&dir).env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
            git.env("GIT_CONFIG_GLOBAL", &file).output().unwrap()
        };
        let text = "[user]\n\tname = A\n\temail = a@x\n\
            [url \"/nowhere/b/\"]\n\tinsteadOf = /nowhere/a/\n\tpushInsteadOf = /nowhere/c/\n\
            [url \"/nowhere/d/\"]\n\tinsteadOf = /nowhere/a/\n\tinsteadOf = /nowhere/a/long/\n\tinsteadOf = /nowhere/c/\n\
            [remote \"file:///nowhere/e\"]\n\tpushurl = /nowhere/a/f\n\
            [remote \"file:///nowhere/g\"]\n\turl = /nowhere/c/h\n";
        std::fs::write(&file, text).unwrap();
        assert!(run(&["init", "--quiet"]).status.success());
        assert!(run(&["commit", "--allow-empty", "--quiet", "-m", "x"]).status.success());
        let listed = run(&["config", "--null", "--get-regexp", SETTINGS]).stdout;
        let rules = Rules::read(&String::from_utf8(listed).unwrap());
        for (url, place) in [
            ("/nowhere/a/x", "/nowhere/b/x"),
            ("/nowhere/a/long/x", "/nowhere/d/x"),
            ("/nowhere/c/x", "/nowhere/b/x"),
            ("/nowhere/z", "/nowhere/z"),
            ("file:///nowhere/e", "/nowhere/b/f"),
            ("file:///nowhere/g", "/nowhere/b/h"),
        ] {
            assert_eq!(rules.pushed_to(url), [place]);
            // It names the place that it can't reach.
            let args = ["push", "--dry-run", "--end-of-options", url, "HEAD:refs/heads/x"];
            let said = String::from_utf8(run(&args).stderr).unwrap();
            assert!(said.contains(&format!("'{place}'")), "{url} to {place}: {said}");
        }
    }
}
