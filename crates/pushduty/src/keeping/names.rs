//! The names that members of an archive may have: those that a backup gives, and no others. Whatever else stands there
//! (`../x`, `/etc/passwd`, a file of git's) is no backup's.

use train::id::{RepoName, TrainName};

pub const MANIFEST: &str = "manifest.json";
pub const CONFIGURATION: &str = "pushduty.toml";
pub const KEYS: &str = "accounts.db";
pub const WISHES: &str = "wishes.db";
pub const LEDGER: &str = "ledger.db";
pub const TYPED: &str = "typed.db";
/// What people were resolving by hand: for them to read, and nothing that goes on by itself.
pub const SCRATCH: &str = "scratch.brought";
/// What people were writing when their editor ended badly.
pub const DRAFTS: &str = "drafts";
/// What of a deploy's folder tells what became of it.
pub const DEPLOY: [&str; 5] = ["order.json", "began", "output", "ended.json", "stop"];
/// What of a repository's folder no remote has.
const BROUGHT: [&str; 3] = ["numbers.json", "kept.json", "kept.pack"];

/// Whether a backup gives such a name to a member.
pub fn is_ours(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|part| part.is_empty() || *part == "." || *part == "..") {
        return false;
    }
    match parts.as_slice() {
        [one] => [CONFIGURATION, KEYS, WISHES].contains(one),
        [train, rest @ ..] if train.parse::<TrainName>().is_ok() => match rest {
            [file] => [LEDGER, TYPED].contains(file),
            ["deploys", key, file] => is_key(key) && DEPLOY.contains(file),
            ["repos", repo, "tags.json"] => repo.parse::<RepoName>().is_ok(),
            ["repos", repo, "upstream.brought" | "security.brought", file] => {
                repo.parse::<RepoName>().is_ok() && BROUGHT.contains(file)
            }
            [DRAFTS | SCRATCH, .., _] => !rest.contains(&".git") && is_readable(path),
            _ => false,
        },
        _ => false,
    }
}

fn is_key(key: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !key.starts_with('.') && key.chars().all(plain)
}

fn is_readable(path: &str) -> bool {
    !path.chars().any(train::letter::is_harmful)
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_names_that_a_backup_gives_are_taken() {
        for ours in [
            "accounts.db",
            "pushduty.toml",
            "amo/ledger.db",
            "amo/typed.db",
            "amo/deploys/2026.11.26-1-web/ended.json",
            "amo/repos/web/tags.json",
            "amo/repos/web/security.brought/numbers.json",
            "amo/scratch.brought/web-90085aa489/src/page.js",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in [
            "",
            "/etc/passwd",
            "../x",
            "amo/../x",
            "amo/./ledger.db",
            "amo//ledger.db",
            "amo/ledger.db/",
            "amo/lock",
            "in-use",
            "amo/repos/web/upstream.git/config",
            "amo/repos/../tags.json",
            "amo/deploys/../ended.json",
            "amo/deploys/.x/ended.json",
            "amo/deploys/k/lock",
            "amo/scratch.brought",
            "amo/scratch.brought/web/.git",
            "amo/scratch.brought/../ledger.db",
            "amo/scratch.brought/a\u{1b}[2J",
            "amo/hooks/post-receive",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
