//! Notes of past pushes are taken in: the add-ons team's own 194, and what happens the second time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{PushDuty, Remote};

use crate::scene::train;

/// The add-ons team's repositories, by the addresses that its notes link to.
pub const REPOS: [&str; 3] = ["addons-server", "addons-frontend", "addons-code-manager"];

/// A train whose remotes are here, and which are browsed where the notes say.
pub fn addons() -> (Vec<Remote>, PushDuty) {
    let remotes: Vec<Remote> = REPOS.map(Remote::new).into();
    let aboard = |world: PushDuty, remote: &Remote| {
        let url = format!("https://github.com/mozilla/{}/compare", remote.name());
        let compare = format!("compare = \"{url}/{{base}}...{{head}}\"");
        world.repo_at(remote.name(), &remote.url(), &compare)
    };
    let world = remotes.iter().fold(train(), aboard);
    (remotes, world)
}

/// The real notes.
pub fn notes() -> PathBuf {
    testkit::shared("data/notes")
}

fn rows(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(testkit::shared(name)).expect("the table is there");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// What the ledger has, without the time of the look.
pub fn record(world: &PushDuty) -> Value {
    let mut log = world.json(&["log"]);
    log["as_of"] = Value::Null;
    log
}

fn number(told: &Value, name: &str) -> u64 {
    told[name].as_u64().unwrap_or_else(|| panic!("{name} in {told}"))
}

fn text<'a>(told: &'a Value, name: &str) -> &'a str {
    told[name].as_str().unwrap_or_default()
}

#[test]
fn all_194_pages_are_taken_in_and_reproduce_the_tables_of_facts() {
    let (_remotes, world) = addons();
    let (mat, notes) = (world.hero("mat"), notes().display().to_string());
    let told = mat.json(&["import", "notes", &notes, "--yes"]);
    let counted = ["pushes", "links", "picks", "blockers", "tasks", "times", "added", "changed"];
    assert_eq!(counted.map(|name| number(&told, name)), [194, 464, 345, 86, 192, 63, 194, 0]);
    for problem in told["problems"].as_array().unwrap() {
        assert!(problem["line"].is_u64() && problem["suggestion"].is_string(), "{problem}");
        assert!(notes_line(problem).is_some(), "{problem}");
    }
    let shown = mat.reads("history");
    let pushes = shown["pushes"].as_array().unwrap();
    let table = rows("data/pushes-2017-2020.csv");
    assert_eq!(pushes.len(), table.len());
    let mut picks = (0, 0);
    for (push, row) in pushes.iter().rev().zip(&table) {
        assert_eq!(
            (text(push, "push"), number(push, "links").to_string()),
            (row[0].as_str(), row[2].clone())
        );
        // Where the table has one name, so has the page; the table's pattern reads no struck names and no `@`.
        if !row[1].is_empty() && row[0] != "2018.05.04" {
            assert_eq!(text(push, "hero_written"), row[1], "{push}");
        }
        picks.0 += number(push, "picks");
        picks.1 += row[3].parse::<u64>().unwrap();
    }
    // Nine commits stand elsewhere on their pages, each told as a problem; three picks are no plain links to commits.
    let aside = told["problems"].as_array().unwrap().iter().filter(|p| p["kind"] == "commit_aside");
    assert_eq!((picks, aside.count()), ((345, 351), 9));
    let links = rows("data/compare-links-2017-2020.csv");
    let mut found = Vec::new();
    for push in table.iter().map(|row| &row[0]) {
        let one = mat.json(&["history", "--push", push]);
        for link in one["pushes"][0]["detail"]["links"].as_array().unwrap() {
            let repo = format!("mozilla/{}", text(link, "repo"));
            found.push(vec![
                push.clone(),
                repo,
                text(link, "base").into(),
                text(link, "head").into(),
            ]);
        }
    }
    assert_eq!(found, links);
}

/// The line that a problem is about.
fn notes_line(problem: &Value) -> Option<String> {
    let page = fs::read_to_string(notes().join(problem["file"].as_str()?)).ok()?;
    let line = usize::try_from(problem["line"].as_u64()?).ok()?;
    page.lines().nth(line - 1).map(str::to_owned)
}

#[test]
fn a_second_import_adds_nothing() {
    let (_remotes, world) = addons();
    let (mat, notes) = (world.hero("mat"), notes().display().to_string());
    let first = mat.json(&["import", "notes", &notes, "--yes"]);
    let before = record(&world);
    let ran = mat.run(&["import", "notes", &notes, "--yes"]).ok();
    ran.says("nothing: the record has all of it");
    let again = mat.json(&["import", "notes", &notes, "--yes"]);
    assert_eq!((number(&again, "added"), number(&again, "pushes")), (0, 194));
    assert_eq!(again["problems"], first["problems"], "every doubt is told again");
    // A part of the same pages, from another folder.
    let part = format!("{notes}/2018");
    assert_eq!(number(&mat.json(&["import", "notes", &part, "--yes"]), "added"), 0);
    assert_eq!(record(&world), before);
}

/// A folder with these pages.
pub fn pages(world: &PushDuty, name: &str, files: &[(&str, &str)]) -> String {
    let folder = world.dir().join(name);
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(&folder)).expect("the home is writable");
        fs::write(path, text).expect("the home is writable");
    }
    folder.display().to_string()
}

const PAGE: &str = "This week's push hero is eviljeff
Blockers:
* login is broken
Pushing:
https://github.com/mozilla/addons-server/compare/2020.12.03...2020.12.10-1
start: 9:02am PT
end: 9:40am PT
";

#[test]
fn a_page_that_was_changed_takes_the_place_of_its_earlier_version() {
    let (_remotes, world) = addons();
    let mat = world.hero("mat");
    let folder =
        pages(&world, "notes", &[("2020-12-10.md", PAGE), ("2020-12-03.md", "Blockers:\n")]);
    mat.run(&["import", "notes", &folder, "--yes"]).ok().says("2 pushes taken in");
    pages(&world, "notes", &[("2020-12-10.md", &PAGE.replace("eviljeff", "mat"))]);
    let ran = mat.run(&["import", "notes", &folder, "--yes"]).ok();
    ran.says("1 push, 1 of them in a new version").says("1 push taken in, 1 in a new version");
    let told = mat.reads("history --push 2020.12.10");
    let push = &told["pushes"][0];
    assert_eq!((text(push, "hero"), number(push, "versions")), ("mat", 2));
    assert_eq!(push["start"], "2020-12-10T17:02:00+00:00");
    let log = mat.reads("log --push 2020.12.10");
    assert_eq!(log["entries"].as_array().unwrap().len(), 2, "both are in the record: {log}");
}

#[test]
fn what_the_configuration_learns_is_read_anew() {
    let server = Remote::new("addons-server");
    let compare = "compare = \"https://github.com/mozilla/addons-server/compare/{base}...{head}\"";
    let folder = |world: &PushDuty| pages(world, "notes", &[("2020-12-10.md", PAGE)]);
    let world = train().repo(&Remote::new("other"));
    let (mat, notes) = (world.hero("mat"), folder(&world));
    let told = mat.json(&["import", "notes", &notes, "--yes"]);
    assert_eq!((number(&told, "links"), number(&told, "added")), (0, 1));
    assert_eq!(told["problems"][0]["kind"], "unread_link", "{told}");
    let world = world.repo_at("addons-server", &server.url(), compare);
    let told = world.hero("mat").json(&["import", "notes", &notes, "--yes"]);
    assert_eq!(
        (number(&told, "links"), number(&told, "added"), number(&told, "changed")),
        (1, 1, 1)
    );
}

#[test]
fn nothing_is_taken_in_without_a_yes() {
    let (_remotes, world) = addons();
    let (mat, folder) = (world.hero("mat"), pages(&world, "notes", &[("2020-12-10.md", PAGE)]));
    let before = record(&world);
    mat.run(&["import", "notes", &folder]).expect_code(2).says("--yes");
    let told = mat.json(&["import", "notes", &folder, "--dry-run"]);
    assert_eq!((&told["done"], number(&told, "added")), (&Value::Bool(false), 1));
    world.as_person("eve").run(&["import", "notes", &folder, "--yes"]).expect_code(3);
    assert_eq!(record(&world), before);
}

/// A remote that has these files on its main.
fn remote_with(files: &BTreeMap<String, String>) -> Remote {
    let remote = Remote::new("notes");
    let files: Vec<(&str, &str)> = files.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    remote.commit_on("main", &files, "Keep the notes");
    remote
}

/// Every real page of a year, by its path.
fn of_a_year(year: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for path in crate::scene::below(&notes().join(year)) {
        if path.is_file() {
            let name = path.strip_prefix(notes()).unwrap_or(Path::new("")).display().to_string();
            found.insert(name, fs::read_to_string(&path).expect("the page can be read"));
        }
    }
    found
}

#[test]
fn a_repository_is_read_without_a_checkout_as_a_folder_is() {
    let (_remotes, world) = addons();
    let mat = world.hero("mat");
    let remote = remote_with(&of_a_year("2018"));
    let by_path = mat.json(&["import", "notes", &remote.url(), "--dry-run"]);
    let by_url = mat.json(&["import", "notes", &remote.file_url(), "--yes"]);
    let folder = mat.json(&["import", "notes", &notes().display().to_string(), "--dry-run"]);
    for told in [&by_path, &by_url] {
        assert_eq!((number(told, "pushes"), number(told, "links")), (48, 95), "{told}");
    }
    assert_eq!(number(&folder, "added"), 194 - 48, "the same pages are the same");
    let left = crate::scene::below(&world.data_path());
    let gone = |path: &&PathBuf| path.display().to_string().contains(".import-");
    assert_eq!(left.iter().find(gone), None, "the clone is gone");
}
