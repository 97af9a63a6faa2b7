//! `[notes]`: where the push's notes are found, and what they begin as.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use train::id::quoted;
use train::letter::is_harmful;

use super::at::At;
use super::problem::Problems;
use super::remote;

/// The push's notes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// The notes' address for mail and topic where no server runs; `{push}` and `{train}` are filled in.
    pub url: Option<At<String>>,
    /// The file that a push's notes begin as, relative to this file; without it, the runbook's headings.
    pub template: Option<At<String>>,
}

/// The notes' settings, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckedNotes {
    /// The address with its placeholders.
    pub url: Option<String>,
    /// The file, with its folder.
    pub template: Option<PathBuf>,
}

impl Notes {
    /// Checks address and file name; whether the file is there is looked at when it is needed.
    pub fn check(&self, folder: &Path, problems: &mut Problems) -> CheckedNotes {
        if let Some(at) = &self.url {
            problems.address(&at.span, remote::page(at));
            if let Some(strange) = remote::strange(at, &["push", "train"]) {
                let what = format!("{} is nothing the notes' address can hold", quoted(strange));
                problems.at(
                    &at.span,
                    what,
                    "use {push} for the push's date and {train} for the train's name",
                );
            }
        }
        if let Some(at) = self.template.as_ref().filter(|t| !is_file_name(t)) {
            problems.at(
                &at.span,
                format!("{} is no file's name", quoted(at)),
                "write a path, as “notes.md”",
            );
        }
        CheckedNotes {
            url: self.url.as_ref().map(|at| at.value.clone()),
            template: self.template.as_ref().map(|at| folder.join(&at.value)),
        }
    }
}

/// Whether a file can have that name.
#[must_use]
pub fn is_file_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('~') && !text.chars().any(is_harmful)
}
