//! The runbook's table says of a line that it is planned only where no command does it yet.

use std::collections::BTreeSet;

use crate::init_works::nobody;
use crate::tree::{Command, commands};

const WEEK: &str = include_str!("../../../../docs/src/week.md");

/// The rows of the page's tables that have a status: what does it, and the status.
fn rows() -> Vec<(&'static str, &'static str)> {
    let cells = WEEK.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = cells.filter_map(|row| match row.split(" | ").collect::<Vec<_>>()[..] {
        [_, what, status] => Some((what, status)),
        _ => None,
    });
    let rows: Vec<_> = rows.filter(|(_, status)| *status != "status").collect();
    assert!(rows.len() > 30, "{} rows", rows.len());
    rows
}

/// The commands that a cell names as they are typed: `pushduty security merge` and the like.
fn named(cell: &str) -> Vec<&str> {
    let typed = cell.split('`').skip(1).step_by(2);
    typed.filter_map(|code| code.strip_prefix("pushduty ")).collect()
}

/// Whether what is typed begins with a command that there is.
fn exists(all: &BTreeSet<String>, typed: &str) -> bool {
    let words: Vec<&str> = typed.split(' ').collect();
    all.contains(words[0])
        && words.get(1).is_none_or(|next| {
            let group = all.iter().any(|name| name.starts_with(&format!("{} ", words[0])));
            let word = next.chars().all(|c| c.is_ascii_lowercase());
            !group || !word || all.contains(&words[..2].join(" "))
        })
}

/// What a status says is planned: all of the row, or the words before `planned`.
fn planned(status: &str) -> Option<&str> {
    let part = status.rsplit([',', ';']).find(|part| part.trim_end().ends_with("planned"))?;
    Some(part.trim().trim_end_matches("planned").trim())
}

#[test]
fn a_line_is_planned_only_where_no_command_does_it() {
    let all: BTreeSet<String> = commands(&nobody()).iter().map(Command::name).collect();
    for (what, status) in rows() {
        let typed = named(what);
        match planned(status) {
            None => {
                let missing = typed.iter().find(|typed| !exists(&all, typed));
                assert_eq!(missing, None, "{what}: {status}");
            }
            Some("") => {
                let there = typed.iter().find(|typed| exists(&all, typed));
                assert_eq!(there, None, "{what}: is there, and said to be planned");
            }
            Some(part) => {
                let there = part.split(' ').map(|word| word.trim_matches('`'));
                let there: Vec<&str> = there.filter(|word| all.contains(*word)).collect();
                assert!(there.is_empty(), "{what}: {there:?} is there, and said to be planned");
                let of_it = |typed: &&str| !part.split(' ').any(|word| typed.starts_with(word));
                let missing = typed.iter().filter(|typed| of_it(typed));
                let missing: Vec<_> = missing.filter(|typed| !exists(&all, typed)).collect();
                assert!(missing.is_empty(), "{what}: {missing:?}");
            }
        }
    }
}

#[test]
fn the_page_is_read_as_people_read_it() {
    assert_eq!((planned("this release"), planned("planned")), (None, Some("")));
    assert_eq!(planned("the list this release, the verdict planned"), Some("the verdict"));
    assert_eq!(named("`pushduty tag`: one plan; `pick` too, `pushduty pick C`"), ["tag", "pick C"]);
    let all: BTreeSet<String> =
        ["tag", "security", "security merge"].map(str::to_owned).into_iter().collect();
    assert!(exists(&all, "tag --from TAG") && exists(&all, "security merge"));
    assert!(!exists(&all, "verdict") && !exists(&all, "security mend"));
}
