//! The configuration file of a story, as a team would write it.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Everything that the file is written from.
#[derive(Debug, Clone)]
pub(super) struct Board {
    pub(super) train: String,
    pub(super) zone: String,
    pub(super) train_lines: Vec<String>,
    pub(super) people: Vec<(String, Vec<String>)>,
    pub(super) rotation: Vec<String>,
    pub(super) repos: Vec<(String, RepoEntry)>,
    pub(super) services: BTreeMap<String, Vec<ServiceEntry>>,
    pub(super) extra: Vec<String>,
}

/// A repository aboard.
#[derive(Debug, Clone)]
pub(super) struct RepoEntry {
    pub(super) url: String,
    pub(super) security: Option<String>,
    pub(super) lines: String,
}

/// A service of an environment, named as the repository that it runs.
#[derive(Debug, Clone)]
pub(super) struct ServiceEntry {
    pub(super) repo: String,
    pub(super) url: String,
    pub(super) samples: u32,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            train: "amo".to_owned(),
            zone: "UTC".to_owned(),
            train_lines: Vec::new(),
            people: Vec::new(),
            rotation: Vec::new(),
            repos: Vec::new(),
            services: BTreeMap::new(),
            extra: Vec::new(),
        }
    }
}

impl Board {
    /// The file's text.
    pub(super) fn toml(&self) -> String {
        let mut text = format!(
            "[train]\nname = {}\ntime_zone = {}\ncut = \"Tuesday 09:00\"\npush = \"Thursday 09:00\"\n",
            quoted(&self.train),
            quoted(&self.zone)
        );
        self.train_lines.iter().for_each(|lines| line(&mut text, lines));
        if !self.rotation.is_empty() {
            line(&mut text, &format!("\n[rotation]\norder = {}", list(&self.rotation)));
        }
        for (name, roles) in &self.people {
            line(&mut text, &format!("\n[people.{}]\nroles = {}", quoted(name), list(roles)));
        }
        for (name, repo) in &self.repos {
            let upstream = quoted(&repo.url);
            line(&mut text, &format!("\n[repos.{}]\nupstream = {upstream}", quoted(name)));
            if let Some(security) = &repo.security {
                line(&mut text, &format!("security = {}", quoted(security)));
            }
            line(&mut text, &repo.lines);
        }
        for (environment, services) in &self.services {
            let services: Vec<String> = services.iter().map(inline).collect();
            let services = services.join(", ");
            let table =
                format!("\n[environments.{}]\nservices = [{services}]", quoted(environment));
            line(&mut text, &table);
        }
        self.extra.iter().for_each(|lines| line(&mut text, lines));
        text
    }
}

fn inline(service: &ServiceEntry) -> String {
    let (repo, url) = (quoted(&service.repo), quoted(&service.url));
    format!("{{ name = {repo}, repo = {repo}, version = {url}, samples = {} }}", service.samples)
}

fn line(text: &mut String, lines: &str) {
    let _ = writeln!(text, "{lines}");
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|i| quoted(i)).collect();
    format!("[{}]", items.join(", "))
}

/// A basic string of TOML; JSON's escapes are among its own.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
