//! What writing in the notes tells: as much as is read, and no mark as more than it is.

use serde_json::json;
use testkit::PushDuty;

use crate::scene::Scene;

fn set(world: &PushDuty, who: &str, page: &str) -> testkit::Ran {
    std::fs::write(world.dir().join("notes.md"), page).expect("a file to set");
    world.as_person(who).types("notes set notes.md --yes").ok()
}

fn page(world: &PushDuty) -> String {
    world.hero("mat").reads("notes show")["text"].as_str().expect("a page").to_owned()
}

#[test]
fn a_page_of_many_changes_is_told_in_part_and_in_lines_that_fit() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let mut blockers: Vec<String> = (0..30).map(|at| format!("* part {at} is broken")).collect();
    blockers[0] = format!("* {}", "long ".repeat(200));
    let with =
        page(world).replace("Blockers:\n", &format!("Blockers:\n\n{}\n", blockers.join("\n")));
    let ran = set(world, "mat", &with);
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 100), "{ran}");
    let ran = ran.says("  and 10 more");
    assert_eq!(ran.stdout.matches(" new  ").count(), 20, "{ran}");
    assert!(ran.stdout.lines().count() < 60, "{ran}");
}

#[test]
fn a_mark_that_does_not_count_is_told_as_one_to_be_confirmed() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    world.hero("mat").types("block \"login is broken\" --yes").ok();
    let open = page(world);
    let ran = set(world, "kumar", &open.replace("* login", "* [x] login"));
    let ran = ran.says("b1 marked, to be confirmed  login is broken");
    ran.says("1 line in, 1 out");
    world
        .ops("jason")
        .types("ready")
        .expect_code(3)
        .says("b1 “login is broken”, marked as done by kumar, confirm");
    let ran = set(world, "kumar", &page(world).replace("* [x] login is broken\n", ""));
    ran.says("b1 removed, to be confirmed  login is broken");
    world
        .ops("jason")
        .types("ready")
        .expect_code(3)
        .says("b1 “login is broken”, removed by kumar, confirm");
    let ran = set(world, "mat", &format!("{}\n* css is gone\n", page(world).trim_end()));
    ran.never_says("to be confirmed");
}

#[test]
fn several_blockers_are_settled_at_once_or_none_is() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    for what in ["login is broken", "css is gone", "the form crashes"] {
        world.developer("kumar").types(&format!("block \"{what}\" --yes")).ok();
    }
    let mat = world.hero("mat");
    let open = || {
        let told = mat.reads("status");
        let all = told["blockers"].as_array().expect("a list").iter();
        all.filter(|one| one["open"] == true).count()
    };
    mat.types("unblock b1 b9 --yes").expect_code(2).says("have no b9");
    assert_eq!(open(), 3, "nothing was written");
    let told = mat.reads("unblock b1 b2 b1 --dry-run");
    assert_eq!(
        (&told["done"], told["blockers"].as_array().map(Vec::len)),
        (&json!(false), Some(2))
    );
    let told = mat.reads("unblock b1 b2 --because \"fixed on stage\" --yes");
    assert_eq!((&told["done"], open()), (&json!(true), 1));
    assert_eq!(mat.reads("unblock b3 --yes")["item"], "b3", "of one it is as ever");
}
