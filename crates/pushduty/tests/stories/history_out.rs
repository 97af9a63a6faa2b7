//! Past pushes shown and counted: what the train cut itself, what notes tell, what the mirror has.

use std::fs;

use serde_json::{Value, json};
use testkit::Remote;

use crate::history_in::{addons, notes, pages};
use crate::scene::{Scene, train};
use crate::start::Thursday;

#[test]
fn what_the_train_cut_itself_is_past_too() {
    let scene = Scene::new().cut();
    let mat = scene.mat();
    let late = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    mat.types(&format!("pick {late} --yes")).ok();
    mat.types("hold --because \"smoke tests\" --yes").ok();
    scene.world.at("2026-11-24T12:00:00Z");
    mat.types("resume --yes").ok();
    let ran = mat.types("history").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    push        hero  commits  re-tags  picks  blockers  start → end  repositories
    2026.11.26  mat   3        1        1      –                      server 2026.11.19..2026.11.26-1, web 2026.11.19..2026.11.26

    1 push
    ");
    let told = mat.reads("history --push 2026.11.26");
    let push = &told["pushes"][0];
    assert_eq!(
        (&push["origin"], &push["retags"], &push["picks"]),
        (&"own".into(), &1.into(), &1.into())
    );
    assert_eq!(push["detail"]["holds"][0]["because"], "smoke tests");
    let stats = mat.reads("stats");
    assert_eq!(stats["holds"]["known"], 1);
    assert!(stats["holds"]["spread"]["max"].as_f64().is_some_and(|hours| hours > 0.0), "{stats}");
    for unknown in ["cut_to_production", "duration", "lead_time"] {
        assert_eq!(stats[unknown]["spread"], Value::Null, "nothing says when it was in production");
    }
    assert_eq!(
        mat.reads("history --search \"arrive LATE\"")["pushes"].as_array().unwrap().len(),
        1
    );
    assert_eq!(mat.reads("history --search nobody")["pushes"].as_array().unwrap().len(), 0);
    mat.types("history --search zzzz").ok().says("The one past push does not say “zzzz”.");
    mat.types("history --from 2027.01.01").ok().says("No past push is of these days, of 1 that");
}

#[test]
fn a_repository_that_stays_hides_nobody_elses_commits() {
    let scene = Scene::new();
    scene.mat().types("tag --stay web --because \"nothing of it leaves\" --yes").ok();
    let ran = scene.mat().types("history").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    push        hero  commits  re-tags  picks  blockers  start → end  repositories
    2026.11.26  mat   1        0        0      –                      server 2026.11.19..2026.11.26, web stays

    1 push
    ");
}

#[test]
fn a_hot_fix_and_a_second_end_leave_the_push_its_base_its_commits_and_its_lead_time() {
    let thursday = Thursday::deployed_by("true");
    thursday.world.at("2026-11-26T17:00:00Z");
    let thursday = thursday.over();
    let mat = thursday.world.hero("mat");
    let parts = || {
        let told = mat.reads("history --push 2026.11.26");
        let server = told["pushes"][0]["repos"][0].clone();
        (server["base"].clone(), server["tag"].clone(), server["commits"].clone())
    };
    assert_eq!(parts(), ("2026.11.19".into(), "2026.11.26".into(), 1.into()));
    let before = mat.reads("stats");
    assert_eq!((&before["dora"]["commits"], &before["dora"]["failures"]), (&2.into(), &json!([])));
    thursday.world.at("2026-11-27T10:30:00Z");
    thursday.fixed_past_us();
    thursday.world.ops("jason").types("watch production --once").ok();
    mat.types("finish --yes").ok();
    assert_eq!(parts(), ("2026.11.19".into(), "2026.11.26-1".into(), 2.into()));
    let stats = mat.reads("stats");
    assert_eq!(stats["dora"]["commits"], before["dora"]["commits"], "{stats}");
    assert_eq!(stats["lead_time"]["spread"], before["lead_time"]["spread"], "{stats}");
    let failure = &stats["dora"]["failures"][0];
    assert_eq!(
        (&failure["push"], &failure["by"], &failure["tag"], &failure["hours"]),
        (&"2026.11.26".into(), &"tag".into(), &"2026.11.26-1".into(), &17.5.into())
    );
}

#[test]
fn a_hot_fix_onto_a_push_that_others_brought_to_production_is_its_failure() {
    let thursday = Thursday::new("");
    let running = thursday.server.commit_of("2026.11.19");
    thursday.services.runs("production-server", "2026.11.19", &running);
    let fix = thursday.server.commit_on("main", &[("fix.py", "fix\n")], "Put a fire out");
    let mat = thursday.world.hero("mat");
    mat.types(&format!("pick --onto production server:{fix} --yes")).ok().says("2026.11.19-1");
    let dora = mat.reads("stats")["dora"].clone();
    let failures = dora["failures"].as_array().unwrap();
    assert_eq!((failures.len(), &dora["judged"]), (1, &1.into()), "{dora}");
    assert_eq!(
        (&failures[0]["push"], &failures[0]["tag"]),
        (&"2026.11.19".into(), &"2026.11.19-1".into())
    );
    assert_eq!((&failures[0]["repo"], &failures[0]["hours"]), (&"server".into(), &Value::Null));
}

#[test]
fn the_mirror_says_how_many_commits_and_how_long_they_took() {
    let server = Remote::new("server");
    server.annotated_tag("2026.12.03", "main", "amo 2026.12.03");
    let two = ["b.py", "c.py"].map(|file| server.commit_on("main", &[(file, "x\n")], file));
    server.annotated_tag("2026.12.10", "main", "amo 2026.12.10");
    let compare = "compare = \"https://h/server/{base}...{head}\"";
    let world = train().repo_at("server", &server.url(), compare);
    let mat = world.hero("mat");
    mat.types("compare").ok();
    let page =
        |links: &str| format!("This week's push hero is mat\nPushing:\n{links}\nend: 17:00 UTC\n");
    let linked = page("https://h/server/2026.12.03...2026.12.10");
    let folder =
        pages(&world, "notes", &[("2026.12.03.md", &page("")), ("2026.12.10.md", &linked)]);
    mat.run(&["import", "notes", &folder, "--yes"]).ok();
    let told = mat.reads("history");
    assert_eq!(told["pushes"][0]["repos"][0]["commits"], 2, "{told}");
    let stats = mat.reads("stats");
    let end = 1796922000.0; // 2026-12-10T17:00:00Z
    let days = two.map(|commit| {
        let at: f64 = server.git(&["log", "-1", "--format=%ct", &commit]).trim().parse().unwrap();
        (end - at) / 86_400.0
    });
    let median = stats["lead_time"]["spread"]["median"].as_f64().unwrap();
    assert!((median - (days[0] + days[1]) / 2.0).abs() < 1e-6, "{days:?} in {stats}");
    assert!(stats["cut_to_production"]["known"] == 1, "an annotated tag says when it was made");
    assert_eq!(stats["dora"]["commits"], 2);
    assert_eq!(stats["cadence"]["spread"]["median"], 7.0);
    assert_eq!(stats["dora"]["deployment_frequency"], 1.0);
}

#[test]
fn four_years_of_notes_in_numbers_and_plots() {
    let (_remotes, world) = addons();
    let mat = world.hero("mat");
    mat.run(&["import", "notes", &notes().display().to_string(), "--yes"]).ok();
    let stats = mat.reads("stats --svg plots");
    assert_eq!((&stats["pushes"], &stats["from"]), (&194.into(), &"2017.01.05".into()));
    assert_eq!(stats["cadence"]["spread"]["median"], 7.0);
    assert_eq!(stats["cadence"]["by_year"].as_array().unwrap().len(), 4);
    assert_eq!(stats["lead_time"]["spread"], Value::Null, "the mirrors are empty");
    // As the table has them: 31 pages have both a start and an end that can be read.
    assert_eq!(stats["duration"]["known"].as_u64().map(|known| known + 163), Some(194));
    assert_eq!(stats["dora"]["judged"], 191);
    let plots = crate::scene::below(&world.dir().join("plots"));
    assert_eq!(plots.len(), 9);
    for plot in plots {
        let text = fs::read_to_string(&plot).unwrap();
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"), "{}", plot.display());
        assert!(text.contains("prefers-color-scheme: dark") && text.contains("aria-label"));
        assert!(!text.contains("NaN") && !text.contains("inf"), "{}", plot.display());
    }
    let one = mat.reads("stats --from 2020.01.01 --to 2020.12.31");
    assert_eq!(one["cadence"]["by_year"].as_array().unwrap().len(), 1);
    mat.types("stats --from 2020.01.01 --to 2019.01.01").expect_code(2);
    mat.types("history --push 2016.01.07")
        .expect_code(2)
        .says("nothing is known of a push of 2016.01.07");
    let none = mat.types("history --search zzzz").ok();
    none.says("None of 194 past pushes says “zzzz”.").never_says("No past push is known");
    mat.types("history --from 2020.12.01").ok().says("2020.12.10").never_says("2020.11.19 ");
    mat.types("history --push 2017.01.05").ok().says("cgrebs").says("17:20").says("2017/01/05.md");
}

#[test]
fn before_anything_is_past_that_is_said() {
    let (_remotes, world) = addons();
    world.hero("mat").types("history").ok().says("No past push is known");
    world.hero("mat").types("stats").ok().says("No past push is known");
}
