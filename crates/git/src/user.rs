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

/// The last value of each key counts, as for git itself.
fn read(text: &str) -> Option<(String, String)> {
    let value = |key: &str| {
        let entries = text.split('\0').filter_map(|entry| entry.split_once('\n'));
        entries
            .filter(|(k, _)| *k == key)
            .last()
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
