//! The three surroundings that git runs in: what it may read of the user, and what it must not.
//!
//! *Compute* sees no user or system configuration, so that two people get equal objects.
//! *Transport* sees the user's credentials, SSH and proxies, and nothing that changes what a push means. *Sign* sees
//! the user's keys.

use std::path::Path;

use tokio::process::Command;

/// Which surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Environment {
    /// Objects only: the same result for everybody.
    Compute,
    /// To and from a remote, with the user's credentials.
    Transport,
    /// Making a signature with the user's keys.
    Sign,
}

/// Variables that would point git at other files, other behaviour or another reader of what it does. The first
/// two lines are `git rev-parse --local-env-vars`; the `TRACE` ones would write embargoed names to files (P9).
const REMOVED: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_TEMPLATE_DIR",
    "GIT_DEFAULT_HASH",
    "GIT_DEFAULT_REF_FORMAT",
    "GIT_REF_STORAGE_FORMAT",
    "GIT_INDEX_VERSION",
    "GIT_ATTR_SOURCE",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_REFLOG_ACTION",
    "GIT_MERGE_VERBOSITY",
    "GIT_MERGE_AUTOEDIT",
    "GIT_NOTES_REF",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
    "GIT_PUSH_OPTION_COUNT",
    "GIT_PROTOCOL",
    "GIT_PROTOCOL_FROM_USER",
    "GIT_FLUSH",
    "GIT_PAGER",
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_TRACE",
    "GIT_TRACE_FSMONITOR",
    "GIT_TRACE_PACK_ACCESS",
    "GIT_TRACE_PACKET",
    "GIT_TRACE_PACKFILE",
    "GIT_TRACE_PERFORMANCE",
    "GIT_TRACE_REFS",
    "GIT_TRACE_SETUP",
    "GIT_TRACE_SHALLOW",
    "GIT_TRACE_CURL",
    "GIT_TRACE_CURL_NO_DATA",
    "GIT_TRACE_REDACT",
    "GIT_TRACE_BARE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_TRACE2_PERF",
    "GIT_TRACE2_BRIEF",
    "GIT_CURL_VERBOSE",
];

/// What every run gets: a fixed language (words of git are read), no prompt, no lock for a mere look, no replaced objects.
const ALWAYS: &[(&str, &str)] = &[
    ("LC_ALL", "C"),
    ("LANGUAGE", ""),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    // No helper transports, not even by a rewrite in the user's configuration.
    ("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh"),
    // A child in a process group of its own would be stopped for ever by a question on the terminal.
    ("SSH_ASKPASS_REQUIRE", "force"),
];

/// Settings in force everywhere.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
    "core.logAllRefUpdates=false",
];

/// Settings that make a merge or a pick come out the same for everybody. 1000 is `diff.renameLimit`'s default today.
const COMPUTE: &[&str] = &[
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "diff.renames=true",
    "diff.renameLimit=1000",
    "merge.renames=true",
    "merge.renameLimit=7000",
    "merge.directoryRenames=conflict",
    "core.quotePath=false",
    "core.abbrev=40",
    // Refs of our own stores are read and written here too, as files: see `refs`.
    "init.defaultRefFormat=files",
];

/// Settings that keep a push to exactly what was asked, whatever the user's configuration says.
const TRANSPORT: &[&str] = &[
    "push.followTags=false",
    "push.negotiate=false",
    "push.recurseSubmodules=no",
    "push.gpgSign=false",
    "push.pushOption=",
    "push.useForceIfIncludes=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "fetch.pruneTags=false",
    "fetch.bundleURI=",
    "transfer.bundleURI=false",
];

/// Puts `command`, a git without arguments yet, into its surroundings. `configuration` stands in for the user's own.
pub(crate) fn surround(
    command: &mut Command,
    environment: Environment,
    configuration: Option<&Path>,
) {
    for name in REMOVED {
        command.env_remove(name);
    }
    command.envs(ALWAYS.iter().copied());
    let more = match environment {
        Environment::Compute => {
            command
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_ATTR_NOSYSTEM", "1");
            command.env_remove("GIT_CONFIG_COUNT");
            COMPUTE
        }
        Environment::Transport => TRANSPORT,
        Environment::Sign => &[],
    };
    if let (Environment::Transport | Environment::Sign, Some(file)) = (environment, configuration) {
        command.env("GIT_CONFIG_GLOBAL", file);
    }
    for setting in SETTINGS.iter().chain(more) {
        command.arg("-c").arg(setting);
    }
}

/// The same for a git that asks a person on the terminal: it runs alone, and where the terminal can be read.
pub(crate) fn on_the_terminal(command: &mut Command, configuration: Option<&Path>) {
    surround(command, Environment::Transport, configuration);
    command.env("GIT_TERMINAL_PROMPT", "1").env_remove("SSH_ASKPASS_REQUIRE");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    fn value(command: &Command, name: &str) -> Option<Option<String>> {
        let mut all = command.as_std().get_envs();
        let found = all.find(|(n, _)| *n == OsStr::new(name))?;
        Some(found.1.map(|v| v.to_string_lossy().into_owned()))
    }

    #[test]
    fn every_variable_that_git_calls_local_is_removed() {
        let listed = std::process::Command::new("git")
            .args(["rev-parse", "--local-env-vars"])
            .output()
            .unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        // These carry the user's own configuration, which only Compute is kept from.
        let users = ["GIT_CONFIG_COUNT"];
        for environment in [Environment::Compute, Environment::Transport, Environment::Sign] {
            let mut command = Command::new("git");
            surround(&mut command, environment, None);
            for name in
                listed.lines().filter(|n| !users.contains(n) && *n != "GIT_NO_REPLACE_OBJECTS")
            {
                assert_eq!(value(&command, name), Some(None), "{name} in {environment:?}");
            }
            assert_eq!(value(&command, "GIT_TERMINAL_PROMPT"), Some(Some("0".into())));
        }
    }

    #[test]
    fn only_compute_is_kept_from_the_users_configuration() {
        for (environment, file) in [
            (Environment::Compute, Some("/dev/null")),
            (Environment::Transport, Some("/mine")),
            (Environment::Sign, Some("/mine")),
        ] {
            let mut command = Command::new("git");
            surround(&mut command, environment, Some(Path::new("/mine")));
            assert_eq!(value(&command, "GIT_CONFIG_GLOBAL").flatten().as_deref(), file);
            let nosystem = environment == Environment::Compute;
            assert_eq!(value(&command, "GIT_CONFIG_NOSYSTEM").is_some(), nosystem);
            assert_eq!(value(&command, "GIT_CONFIG_COUNT"), nosystem.then_some(None));
        }
    }
}
