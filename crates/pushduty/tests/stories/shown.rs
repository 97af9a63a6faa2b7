//! What services show, and what the commands that look make of it: the truth with its age, or that it is not known.

use serde_json::Value;
use testkit::Remote;

use crate::scene::{Scene, of, train};

#[test]
fn compare_names_ten_pull_requests_and_its_document_all() {
    let server = Remote::new("server");
    server.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
    for n in 1..=12 {
        let file = format!("{n}.py");
        server.commit_on("main", &[(&file, "x\n")], &format!("Change it (#{n})"));
    }
    let world = train().repo(&server);
    let told = world.developer("kumar").reads("compare");
    assert_eq!(of(&told, "server")["pull_requests"].as_array().map(Vec::len), Some(12));
    let ran = world.developer("kumar").types("compare").ok();
    let line = ran.stdout.lines().find(|line| line.contains("pull requests")).expect("a line");
    assert_eq!(line.matches('#').count(), 10, "{line}");
    assert!(line.ends_with(" and 2 more"), "{line}");
}

#[test]
fn a_revert_says_who_takes_back_whose_commit() {
    let scene = Scene::new();
    let bad = scene.server.commit_as(
        "Kumar <kumar@example.org>",
        "main",
        &[("bad.py", "bad\n")],
        "Break the form",
    );
    let scene = scene.cut();
    let plan = scene.mat().reads(&format!("pick --revert server:{bad} --dry-run"));
    let planned = of(&plan, "server")["picks"][0].clone();
    assert_eq!((&planned["reverted"], &planned["whose"]), (&true.into(), &"Kumar".into()));
    let by = planned["author"].as_str().expect("an author").to_owned();
    assert_ne!(by, "Kumar");
    let ran = scene.mat().types(&format!("pick --revert server:{bad} --yes")).ok();
    ran.says(&format!("(of Kumar, taken back by {by})"));
    let told = scene.mat().reads("status");
    let kept = &of(&told, "server")["picks"][0];
    assert_eq!((&kept["author"], &kept["whose"]), (&by.as_str().into(), &"Kumar".into()));
    scene.mat().types("status").ok().says(&format!("(of Kumar, taken back by {by})"));
    // A pick is its author's.
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    let plan = scene.mat().reads(&format!("pick server:{late} --dry-run"));
    let picked = &of(&plan, "server")["picks"][0];
    assert_eq!((&picked["author"], &picked["whose"]), (&"Ann Author".into(), &Value::Null));
}
