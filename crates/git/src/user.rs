//! Who git says the user is.

use std::process::{Command, Stdio};

/// `user.name` and `user.email` of the user's git configuration; none unless both are set.
#[must_use]
pub fn user() -> Option<(String, String)> {
    let output = Command::new("git")
        .args(["config", "--null", "--get-regexp", r"^user\.(name|email)$"])
        .env_remove("GIT_DIR")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    read(&String::from_utf8_lossy(&output.stdout))
}

/// The URLs of the remotes of the repository that `dir` is in: `upstream` and `origin` first, only the first counts, since one
/// repository here is one repository aboard.
pub async fn remotes_of(dir: &std::path::Path) -> Vec<String> {
    let output = tokio::process::Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(["config", "--null", "--get-regexp", r"^remote\..*\.url$"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .await;
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    let mut found: Vec<(usize, &str)> = text
        .split('\0')
        .filter_map(|entry| entry.split_once('\n'))
        .map(|(key, url)| {
            (
                ["remote.upstream.url", "remote.origin.url"]
                    .iter()
                    .position(|k| *k == key)
                    .unwrap_or(2),
                url,
            )
        })
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().take(1).map(|(_, url)| url.to_owned()).collect()
}

/// The last value of each key counts, as for git itself.
pub(crate) fn read(text: &str) -> Option<(String, String)> {
    let value = |key: &str| {
        let mut entries = text.split('\0').filter_map(|entry| entry.split_once('\n'));
        entries
            .rfind(|(k, _)| *k == key)
            .map(|(_, v)| v.trim().to_owned())
            .filter(|v| !v.is_empty())
    };
    Some((value("user.name")?, value("user.email")?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_last_value_counts_and_both_are_needed() {
        let both = "user.name\nMat\0user.email\nold@x\0user.email\nmat@x\0";
        assert_eq!(super::read(both), Some(("Mat".into(), "mat@x".into())));
        assert_eq!(super::read("user.name\nMat\0"), None);
    }
}
