//! `cargo xtask docs`: the parts of the documents that are generated, so that they cannot drift.
//!
//! A generated part stands between two marks in a file that people write otherwise. `cargo xtask check docs` compares.

mod picture;
mod terminal;

use std::fs;
use std::path::Path;

use crate::trouble::Trouble;
use crate::workspace::{Workspace, files, read};
use crate::{npm, planted, process, say};

/// Write the generated parts of the documents.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Make the pictures too: of the terminal by playing the demo, of pages by the test that otherwise compares them
    #[arg(long)]
    pictures: bool,
    /// Build the book too, into docs/book; takes mdbook
    #[arg(long)]
    book: bool,
}

/// A generated part.
struct Part {
    /// The file it stands in, from the workspace's root.
    file: &'static str,
    /// The word in its marks.
    name: &'static str,
    /// Its text, each line with its end.
    text: fn(&Workspace) -> Result<String, Trouble>,
}

const PARTS: &[Part] = &[
    Part { file: "ARCHITECTURE.md", name: "crates", text: crates },
    Part { file: "docs/adr/README.md", name: "decisions", text: decisions },
    Part { file: "docs/src/promises.md", name: "planted", text: planted::table },
];

/// Writes every generated part.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let workspace = Workspace::read()?;
    for part in PARTS {
        let path = workspace.root.join(part.file);
        let old = read(&path)?;
        let new = part.placed_in(&old, &(part.text)(&workspace)?)?;
        if new != old {
            fs::write(&path, new).map_err(|e| {
                Trouble::new(
                    format!("{} cannot be written: {e}", part.file),
                    "see whether it is yours",
                )
            })?;
            say::line(format!("written: {} ({})", part.file, part.name));
        }
    }
    // The reference of commands is written by the test that otherwise compares it.
    process::run(
        process::cargo()
            .args(["test", "--quiet", "--package", "pushduty", "--test", "reference"])
            .env("PUSHDUTY_WRITE_DOCS", "1"),
    )?;
    if arguments.pictures {
        terminal::write(&workspace)?;
        pages()?;
    }
    if arguments.book {
        process::run(
            std::process::Command::new("mdbook").arg("build").arg(workspace.root.join("docs")),
        )?;
    }
    Ok(())
}

/// Writes the pictures of pages; takes what the tests take.
fn pages() -> Result<(), Trouble> {
    npm::modules()?;
    let test = ["--package", "pushduty", "--features", "services", "--test", "browser", "pages::"];
    process::run(
        process::cargo().args(["test", "--quiet"]).args(test).env("PUSHDUTY_WRITE_DOCS", "1"),
    )
}

/// Fails where a generated part is not what would be written.
pub fn check(workspace: &Workspace) -> Result<(), Trouble> {
    for part in PARTS {
        let old = read(&workspace.root.join(part.file))?;
        if part.placed_in(&old, &(part.text)(workspace)?)? != old {
            return Err(Trouble::new(
                format!("the {} in {} are not what the project has", part.name, part.file),
                "run `cargo xtask docs`",
            ));
        }
    }
    Ok(())
}

impl Part {
    /// `text` with this part put between its marks.
    fn placed_in(&self, text: &str, part: &str) -> Result<String, Trouble> {
        let (open, close) = (format!("<!-- generated: {} -->\n", self.name), "<!-- end -->");
        text.split_once(&open)
            .and_then(|(before, rest)| Some((before, rest.split_once(close)?.1)))
            .map(|(before, after)| format!("{before}{open}\n{part}\n{close}{after}"))
            .ok_or_else(|| {
                Trouble::new(
                    format!("{} has no place for its {}", self.file, self.name),
                    format!("put `{}` and `{close}` where they belong", open.trim_end()),
                )
            })
    }
}

/// Each crate with its manifest's description.
fn crates(workspace: &Workspace) -> Result<String, Trouble> {
    let mut table = String::from("| crate | what it is |\n|---|---|\n");
    for krate in &workspace.crates {
        if krate.description.is_empty() {
            return Err(Trouble::new(
                format!("{} has no description", krate.name),
                "give its manifest one sentence",
            ));
        }
        table += &format!("| `{}` | {} |\n", krate.name, krate.description);
    }
    Ok(table)
}

/// Each decision with its title and its status.
fn decisions(workspace: &Workspace) -> Result<String, Trouble> {
    let mut table = String::from("| decision | status |\n|---|---|\n");
    for path in files(&workspace.root.join("docs/adr"), "md")? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name != "README.md" {
            table += &decision(&name, &read(&path)?)?;
        }
    }
    Ok(table)
}

fn decision(name: &str, text: &str) -> Result<String, Trouble> {
    let title = text.lines().next().and_then(|line| line.strip_prefix("# "));
    let status = text.lines().find_map(|line| line.strip_prefix("Status: "));
    let (Some(title), Some(status)) = (title, status) else {
        let form = Path::new("docs/adr/README.md").display();
        return Err(Trouble::new(
            format!("docs/adr/{name} has no title or no status"),
            format!("see the form in {form}"),
        ));
    };
    Ok(format!("| [{title}]({name}) | {status} |\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Crate;

    const PART: Part = Part { file: "A.md", name: "crates", text: crates };

    fn workspace(description: &str) -> Workspace {
        let krate =
            Crate { name: "train".into(), description: description.into(), ..Crate::default() };
        Workspace { crates: vec![krate], ..Workspace::default() }
    }

    #[test]
    fn a_part_is_put_between_its_marks_and_stays() {
        let table = crates(&workspace("The rules.")).unwrap();
        let once = PART
            .placed_in("a\n<!-- generated: crates -->\nold\n<!-- end -->\nb\n", &table)
            .unwrap();
        assert_eq!(
            once,
            "a\n<!-- generated: crates -->\n\n| crate | what it is |\n|---|---|\n| `train` | The rules. |\n\n<!-- end -->\nb\n"
        );
        assert_eq!(PART.placed_in(&once, &table).unwrap(), once);
    }

    #[test]
    fn a_changed_description_and_a_new_crate_are_found() {
        let table = crates(&workspace("The rules.")).unwrap();
        let text = PART
            .placed_in(
                "<!-- generated: crates --><!-- end -->".replace("-->", "-->\n").as_str(),
                &table,
            )
            .unwrap();
        let changed = crates(&workspace("Other rules.")).unwrap();
        assert_ne!(PART.placed_in(&text, &changed).unwrap(), text);
        let mut more = workspace("The rules.");
        more.crates.push(Crate {
            name: "web".into(),
            description: "Pages.".into(),
            ..Crate::default()
        });
        assert_ne!(PART.placed_in(&text, &crates(&more).unwrap()).unwrap(), text);
    }

    #[test]
    fn a_file_without_marks_and_a_crate_without_description_are_found() {
        assert!(PART.placed_in("a\n", "b\n").is_err());
        assert!(crates(&workspace("")).is_err());
    }

    #[test]
    fn a_decision_has_title_and_status() {
        let row = decision("0001-a.md", "# 1. A\n\nStatus: accepted\n").unwrap();
        assert_eq!(row, "| [1. A](0001-a.md) | accepted |\n");
        assert!(decision("0001-a.md", "# 1. A\n").is_err());
    }
}
