//! The process's environment: read here, once, and nowhere else.

use std::ffi::OsString;
use std::path::PathBuf;

use etcetera::BaseStrategy;
use train::refusal::{Code, Refusal};

use crate::config::Hidden;

/// What the environment says.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `PUSHDUTY_CONFIG`: the configuration.
    pub config: Option<PathBuf>,
    /// `PUSHDUTY_DATA`: where state lives.
    pub data: Option<PathBuf>,
    /// `PUSHDUTY_SERVER`: the server to talk to.
    pub server: Option<String>,
    /// `PUSHDUTY_TOKEN`: what it is spoken to with.
    pub token: Option<Hidden>,
    /// `PUSHDUTY_TRAIN`: which train, where a file has several.
    pub train: Option<String>,
    /// `PUSHDUTY_ACTOR`: who acts on a local run.
    pub actor: Option<String>,
    /// `PUSHDUTY_NOW`: a rehearsal's clock (RFC 3339), as it was given.
    pub now: Option<String>,
    /// `NO_COLOR`, set to anything but nothing (no-color.org).
    pub no_color: bool,
    /// `TERM` is `dumb`.
    pub dumb_terminal: bool,
    /// The user's folder.
    pub home: Option<PathBuf>,
    /// The platform's folder for state: `$XDG_DATA_HOME`, or `~/.local/share` on Linux.
    pub platform_data: Option<PathBuf>,
    /// The platform's folder for configuration: `$XDG_CONFIG_HOME`, or `~/.config` on Linux.
    pub platform_config: Option<PathBuf>,
    /// The platform's folder for caches: `$XDG_CACHE_HOME`, or `~/.cache` on Linux.
    pub platform_cache: Option<PathBuf>,
    /// The name that the machine knows the user by.
    pub user: Option<String>,
    /// Whether a continuous integration runs us (`CI`).
    pub ci: bool,
    /// `VISUAL`, or else `EDITOR`.
    pub editor: Option<String>,
    /// `TZ`, as it was given.
    pub time_zone: Option<String>,
    /// Whether a person sits before a desktop that can open a browser.
    pub desktop: bool,
}

impl Environment {
    /// Reads the process's environment. Variables that are set to nothing count as not set.
    #[must_use]
    pub fn read() -> Self {
        let platform = etcetera::choose_base_strategy().ok();
        let read = Self::from(variable);
        Self {
            home: platform.as_ref().map(|p| p.home_dir().to_owned()),
            platform_data: platform.as_ref().map(BaseStrategy::data_dir),
            platform_config: platform.as_ref().map(BaseStrategy::config_dir),
            platform_cache: platform.as_ref().map(BaseStrategy::cache_dir),
            ..read
        }
    }

    /// What variables say, looked up by name; the platform's folders are left open.
    pub fn from(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        // Text that is not UTF-8 is no name, zone or time; it is refused where it is read.
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            config: set("PUSHDUTY_CONFIG").map(PathBuf::from),
            data: set("PUSHDUTY_DATA").map(PathBuf::from),
            server: text("PUSHDUTY_SERVER"),
            token: text("PUSHDUTY_TOKEN").map(Hidden::new),
            train: text("PUSHDUTY_TRAIN"),
            actor: text("PUSHDUTY_ACTOR"),
            now: text("PUSHDUTY_NOW"),
            no_color: set("NO_COLOR").is_some(),
            dumb_terminal: text("TERM").as_deref() == Some("dumb"),
            user: text("USER").or_else(|| text("LOGNAME")).or_else(|| text("USERNAME")),
            ci: set("CI").is_some_and(|value| value != "false" && value != "0"),
            editor: text("VISUAL").or_else(|| text("EDITOR")),
            time_zone: text("TZ"),
            desktop: cfg!(target_os = "macos")
                || set("DISPLAY").or_else(|| set("WAYLAND_DISPLAY")).is_some(),
            ..Self::default()
        }
    }
}

/// A variable of the environment, for a secret that the configuration names.
#[must_use]
pub fn secret(name: &str) -> Option<String> {
    // A name with these can't be looked up.
    if name.is_empty() || name.contains(['=', '\0']) {
        return None;
    }
    variable(name).and_then(|value| value.into_string().ok())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Where state lives: `PUSHDUTY_DATA`, or `pushduty` in the platform's folder for state.
///
/// Refuses where neither is known, as for a user without a home.
pub fn data_dir(environment: &Environment) -> Result<PathBuf, Refusal> {
    let platform = || environment.platform_data.as_ref().map(|folder| folder.join("pushduty"));
    environment.data.clone().or_else(platform).ok_or_else(|| {
        Refusal::new(
            Code::Usage,
            "this user has no home, so there is no place to keep state",
            "say where with --data DIR or PUSHDUTY_DATA",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Environment {
        let find = |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into());
        Environment::from(find)
    }

    #[test]
    fn variables_stand_for_their_options() {
        let e = with(&[
            ("PUSHDUTY_CONFIG", "/c.toml"),
            ("PUSHDUTY_ACTOR", "mat"),
            ("PUSHDUTY_NOW", "2026-11-24T09:00:00-08:00"),
            ("PUSHDUTY_TOKEN", "hunter2"),
            ("PUSHDUTY_SERVER", ""),
            ("NO_COLOR", "1"),
            ("EDITOR", "vi"),
            ("CI", "false"),
        ]);
        assert_eq!(e.config, Some("/c.toml".into()));
        assert_eq!((e.actor.as_deref(), e.editor.as_deref()), (Some("mat"), Some("vi")));
        assert_eq!((e.server.as_deref(), e.no_color, e.ci), (None, true, false));
        assert!(!format!("{e:?}").contains("hunter2"));
    }

    #[test]
    fn state_lives_where_the_platform_keeps_it() {
        let platform = Environment { platform_data: Some("/h/.local/share".into()), ..with(&[]) };
        assert_eq!(data_dir(&platform).unwrap(), PathBuf::from("/h/.local/share/pushduty"));
        let said = Environment { data: Some("/d".into()), ..platform };
        assert_eq!(data_dir(&said).unwrap(), PathBuf::from("/d"));
        assert_eq!(data_dir(&with(&[])).unwrap_err().code.exit(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn on_linux_that_is_xdg() {
        let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let e = Environment::read();
        let home = e.home.clone().unwrap();
        let wanted = absolute("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"));
        assert_eq!(e.platform_data, Some(wanted));
    }

    #[test]
    fn a_secrets_name_that_no_variable_can_have_is_none() {
        assert_eq!(secret("A=B").or_else(|| secret("")).or_else(|| secret("a\0b")), None);
    }
}
