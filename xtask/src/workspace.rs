//! The workspace as plain values, read once: what the laws and the generated documents look at.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::environment;
use crate::trouble::Trouble;

/// Every crate of ours and every source file in them.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The folder of the root manifest.
    pub root: PathBuf,
    /// Where cargo builds to.
    pub target: PathBuf,
    /// Our crates, by name.
    pub crates: Vec<Crate>,
    /// Their Rust files, by path.
    pub sources: Vec<Source>,
}

/// One crate of ours.
#[derive(Debug, Clone, Default)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// The manifest's one sentence.
    pub description: String,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
}

/// One dependency of a crate.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The crate depended on.
    pub name: String,
    /// Whether it is a crate of this workspace.
    pub ours: bool,
    /// Whether only tests use it.
    pub dev: bool,
}

/// One Rust file.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The crate it belongs to.
    pub krate: String,
    /// Its path from the workspace's root.
    pub path: PathBuf,
    /// Its path from the crate's `src`, where it lies there.
    pub module: Option<PathBuf>,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Whether the whole file is tests: `tests.rs`, or beneath a folder `tests`.
    pub fn tests(&self) -> bool {
        self.path.iter().any(|part| part == "tests" || part == "tests.rs")
    }
}

impl Workspace {
    /// Reads the workspace around the working directory.
    pub fn read() -> Result<Self, Trouble> {
        let metadata =
            MetadataCommand::new().cargo_path(environment::cargo()).no_deps().exec().map_err(
                |e| Trouble::new(format!("the workspace cannot be read: {e}"), "mend the manifest"),
            )?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let target = metadata.target_directory.clone().into_std_path_buf();
        let mut workspace = Self { root, target, ..Self::default() };
        for package in metadata.workspace_packages() {
            let dependencies = package.dependencies.iter().map(|dependency| Dependency {
                name: dependency.name.clone(),
                ours: dependency.path.is_some(),
                dev: dependency.kind == DependencyKind::Development,
            });
            workspace.crates.push(Crate {
                name: package.name.to_string(),
                description: package.description.clone().unwrap_or_default(),
                dependencies: dependencies.collect(),
            });
            if let Some(folder) = package.manifest_path.parent() {
                workspace.add_sources(&package.name, folder.as_std_path())?;
            }
        }
        workspace.crates.sort_by(|a, b| a.name.cmp(&b.name));
        workspace.sources.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(workspace)
    }

    fn add_sources(&mut self, krate: &str, folder: &Path) -> Result<(), Trouble> {
        for path in files(folder, "rs")? {
            self.sources.push(Source {
                krate: krate.to_owned(),
                module: path.strip_prefix(folder.join("src")).ok().map(Path::to_owned),
                text: read(&path)?,
                path: path.strip_prefix(&self.root).unwrap_or(&path).to_owned(),
            });
        }
        Ok(())
    }
}

/// The text of a file.
pub fn read(path: &Path) -> Result<String, Trouble> {
    fs::read_to_string(path).map_err(|e| unreadable(path, &e))
}

/// Every file under `folder` whose name ends in `.{extension}`, by path; links, hidden folders and build output are
/// left out.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| unreadable(&folder, &e))? {
            let entry = entry.map_err(|e| unreadable(&folder, &e))?;
            let kind = entry.file_type().map_err(|e| unreadable(&folder, &e))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules"
            {
                folders.push(entry.path());
            } else if kind.is_file() && entry.path().extension().is_some_and(|e| e == extension) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(
        format!("{} cannot be read: {error}", path.display()),
        "see whether it is there and yours",
    )
}
