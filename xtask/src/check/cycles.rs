//! Law: modules don't import each other in circles.
//!
//! Two modules that need each other are one module in two files: neither can be read, tested or moved alone. Held at
//! every level of a crate: among the children of one parent, counting all that lies beneath each of them. A parent and
//! its own children are a family and don't count, nor do tests, which may see everything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::code;
use super::law::{Finding, Law};
use crate::workspace::{Source, Workspace};

/// The law.
pub const LAW: Law = Law {
    name: "module circles",
    reason: "modules that import each other in a circle are one module in several files; move what they share",
    find,
};

/// A module's path in its crate; empty for the root.
type Module = Vec<String>;
/// Who imports whom.
type Arrows = BTreeMap<Module, BTreeSet<Module>>;

fn find(workspace: &Workspace) -> Finding {
    let mut crates: BTreeMap<&str, Vec<(Module, &Source)>> = BTreeMap::new();
    for source in &workspace.sources {
        if source.tests() {
            continue;
        }
        if let Some(module) = source.module.as_deref().and_then(module) {
            crates.entry(&source.krate).or_default().push((module, source));
        }
    }
    Finding::of(crates.iter().flat_map(|(krate, files)| circles(krate, files)).collect())
}

/// The module that a file under `src` holds.
fn module(path: &Path) -> Option<Module> {
    let mut module: Module =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let last = module.last().cloned()?;
    if matches!(last.as_str(), "mod" | "lib" | "main") {
        module.pop();
    }
    Some(module)
}

fn circles(krate: &str, files: &[(Module, &Source)]) -> Vec<String> {
    let known: BTreeSet<Module> = files.iter().map(|(module, _)| module.clone()).collect();
    let mut arrows = Arrows::new();
    for (module, source) in files {
        let bare = code::bare(&source.text);
        for target in targets(code::before_tests(&bare), module, &known) {
            let shared = module.iter().zip(&target).take_while(|(a, b)| a == b).count();
            if shared < module.len() && shared < target.len() {
                let child = |of: &Module| of[..=shared].to_vec();
                arrows.entry(child(module)).or_default().insert(child(&target));
            }
        }
    }
    circle(&arrows)
        .map(|modules| {
            let names: Vec<String> = modules.iter().map(|module| module.join("::")).collect();
            format!("{krate}: {}", names.join(" → "))
        })
        .into_iter()
        .collect()
}

/// The modules that `code`, in `module`, names by `crate::`, `super::` or `self::`.
fn targets(code: &str, module: &Module, known: &BTreeSet<Module>) -> BTreeSet<Module> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("::") {
        let word = code[..at]
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default();
        let start = at - word.len();
        if code[..start].ends_with("::") {
            continue;
        }
        let mut base = match word {
            "crate" => Module::new(),
            "self" => module.clone(),
            "super" => module[..module.len().saturating_sub(1)].to_vec(),
            _ => continue,
        };
        let mut rest = &code[at + 2..];
        while let Some(further) = rest.strip_prefix("super::") {
            base.pop();
            rest = further;
        }
        for path in paths(rest) {
            found.insert(deepest(&base, &path, known));
        }
    }
    found
}

/// The paths that a use tree spells: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(tree: &str) -> Vec<Module> {
    let tree = tree.trim_start();
    if let Some(group) = tree.strip_prefix('{') {
        return members(group).into_iter().flat_map(paths).collect();
    }
    let end = tree.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tree.len());
    let (head, tail) = tree.split_at(end);
    if head.is_empty() {
        return vec![Module::new()];
    }
    let tails = tail.strip_prefix("::").map_or_else(|| vec![Module::new()], paths);
    tails.into_iter().map(|tail| std::iter::once(head.to_owned()).chain(tail).collect()).collect()
}

/// The members of a group, up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let mut members = Vec::new();
    let (mut depth, mut from) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                members.push(&group[from..at]);
                return members;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    members
}

/// The deepest module that exists on the way from `base` along `path`; what follows are items in it.
fn deepest(base: &Module, path: &Module, known: &BTreeSet<Module>) -> Module {
    let mut module = base.clone();
    for part in path {
        module.push(part.clone());
        if !known.contains(&module) {
            module.pop();
            break;
        }
    }
    module
}

/// One circle among the arrows, its first module named again at the end.
fn circle(arrows: &Arrows) -> Option<Vec<Module>> {
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|start| walk(start, arrows, &mut Vec::new(), &mut done))
}

fn walk(
    at: &Module,
    arrows: &Arrows,
    trail: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
    if let Some(first) = trail.iter().position(|module| module == at) {
        return Some(trail[first..].iter().chain([at]).cloned().collect());
    }
    if done.contains(at) {
        return None;
    }
    trail.push(at.clone());
    let found = arrows.get(at).into_iter().flatten().find_map(|to| walk(to, arrows, trail, done));
    trail.pop();
    done.insert(at.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(files: &[(&str, &str)]) -> Vec<String> {
        let source = |(path, text): &(&str, &str)| Source {
            krate: "k".into(),
            module: Some(path.into()),
            path: path.into(),
            text: (*text).into(),
        };
        find(&Workspace { sources: files.iter().map(source).collect(), ..Workspace::default() })
            .broken
    }

    #[test]
    fn a_circle_of_two_is_found() {
        let found = broken(&[("a.rs", "use crate::b::B;"), ("b.rs", "fn f() -> crate::a::A {}")]);
        assert_eq!(found, ["k: a → b → a"]);
    }

    #[test]
    fn a_circle_of_three_through_groups_is_found() {
        let found = broken(&[
            ("a.rs", "use crate::{d, b::{self, B}};"),
            ("b.rs", "use crate::c::{C, D};"),
            ("c.rs", "use super::a::A;"),
            ("d.rs", ""),
        ]);
        assert_eq!(found, ["k: a → b → c → a"]);
    }

    #[test]
    fn a_circle_between_folders_is_found_through_their_files() {
        let found = broken(&[
            ("x/mod.rs", "mod one;"),
            ("x/one.rs", "use crate::y::two::Two;"),
            ("y/mod.rs", "mod two;"),
            ("y/two.rs", "use crate::x::one::One;"),
        ]);
        assert_eq!(found, ["k: x → y → x"]);
    }

    #[test]
    fn a_circle_among_the_children_of_one_parent_is_found() {
        let found = broken(&[
            ("x/mod.rs", ""),
            ("x/one.rs", "use super::two::Two;"),
            ("x/two.rs", "use super::one::One;"),
        ]);
        assert_eq!(found, ["k: x::one → x::two → x::one"]);
    }

    #[test]
    fn families_tests_comments_and_straight_lines_hold() {
        let found = broken(&[
            ("lib.rs", "pub use crate::a::A;"),
            ("a.rs", "use crate::b::B;\n#[cfg(test)]\nmod tests {\n use crate::c::C;\n}\n"),
            ("b.rs", "// crate::a::A is what this serves\nuse crate::x::X;"),
            ("c.rs", "use crate::a::A;"),
            ("x/mod.rs", "pub use self::one::One;"),
            ("x/one.rs", "use super::X;\nuse std::fmt;"),
            ("a/tests.rs", "use crate::c::C;"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }
}
