//! The documents' links: each relative link leads to a file, and each page of the book is in its summary.

use std::path::{Component, Path, PathBuf};

use crate::trouble::Trouble;
use crate::workspace::{Workspace, files, read};

/// Fails on a link that leads nowhere and on a page that nobody finds.
pub fn check(workspace: &Workspace) -> Result<(), Trouble> {
    let mut broken = Vec::new();
    for path in files(&workspace.root, "md")? {
        let folder = path.parent().unwrap_or(&workspace.root);
        for target in targets(&read(&path)?) {
            if !folder.join(&target).exists() {
                let from = path.strip_prefix(&workspace.root).unwrap_or(&path);
                broken.push(format!("{} links to {target}, which is not there", from.display()));
            }
        }
    }
    let docs = workspace.root.join("docs");
    let summary = targets(&read(&docs.join("src/SUMMARY.md"))?);
    let listed: Vec<PathBuf> = summary.iter().map(|target| plain(Path::new(target))).collect();
    for page in unlisted(&pages(&docs)?, &listed) {
        broken.push(format!("{} is not in docs/src/SUMMARY.md", page.display()));
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(Trouble::new("the documents do not hang together", broken.join("\n  ")))
}

/// The book's pages as the summary names them; the decisions lie beside `src` and are linked into it as `adr`.
fn pages(docs: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let within = |folder: &Path, under: &Path| -> Result<Vec<PathBuf>, Trouble> {
        let found = files(folder, "md")?;
        Ok(found
            .iter()
            .filter_map(|page| Some(under.join(page.strip_prefix(folder).ok()?)))
            .collect())
    };
    let mut pages = within(&docs.join("src"), Path::new(""))?;
    pages.extend(within(&docs.join("adr"), Path::new("adr"))?);
    Ok(pages)
}

fn unlisted<'a>(pages: &'a [PathBuf], listed: &[PathBuf]) -> Vec<&'a PathBuf> {
    pages.iter().filter(|page| page.as_os_str() != "SUMMARY.md" && !listed.contains(page)).collect()
}

/// The path without its `./`.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// The relative files that a Markdown text links to, outside code.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second part lies between back-ticks.
        for prose in line.split('`').step_by(2) {
            found.extend(prose.split("](").skip(1).filter_map(|rest| {
                let target = rest.split([')', '#', ' ']).next()?;
                let file = !target.is_empty() && !target.contains(':');
                file.then(|| target.to_owned())
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_read_and_others_left_alone() {
        let text = "[a](b.md#part) and [c](https://example.org), ![d](e.svg) `[f](g.md)` [h](#i)\n```\n[j](k.md)\n```\n";
        assert_eq!(targets(text), ["b.md", "e.svg"]);
    }

    #[test]
    fn a_link_with_code_in_its_text_is_read() {
        assert_eq!(targets("[`pushduty tag`](tag.md)"), ["tag.md"]);
    }

    #[test]
    fn a_page_outside_the_summary_is_found() {
        let pages = ["SUMMARY.md", "week.md", "lost.md"].map(PathBuf::from);
        assert_eq!(unlisted(&pages, &[plain(Path::new("./week.md"))]), [&PathBuf::from("lost.md")]);
    }
}
