//! `init` on remotes of every kind: what it writes works at once, whatever there is or isn't.

use testkit::{PushDuty, Remote};

/// A machine that knows nobody: no configuration, no user of git.
pub fn nobody() -> PushDuty {
    PushDuty::without_configuration(env!("CARGO_BIN_EXE_pushduty"))
}

/// A machine whose git has a user.
pub fn mat() -> PushDuty {
    let world = nobody();
    let user = "[user]\n\tname = Mathieu Pillard\n\temail = mat@example.org\n";
    std::fs::write(world.sealed().path(".gitconfig"), user).unwrap();
    world
}

/// Runs `init` on these remotes; answers with the file.
pub fn init(world: &PushDuty, remotes: &[&Remote]) -> String {
    let urls: Vec<String> = remotes.iter().map(|remote| remote.url()).collect();
    let words: Vec<&str> = ["init"].into_iter().chain(urls.iter().map(String::as_str)).collect();
    world.run(&words).ok();
    std::fs::read_to_string(world.config_path()).unwrap()
}

/// What a person does next: looks, plans, cuts, looks again.
#[track_caller]
fn works(world: &PushDuty, remote: &Remote, tag: &str) {
    let head = remote.oid("HEAD");
    world.run(&["status"]).ok();
    world.run(&["compare"]).ok();
    world.run(&["where", &head]).ok().says(&head[..10]);
    world.run(&["schedule"]).ok();
    let before = remote.refs();
    world.run(&["tag", "--dry-run"]).ok().says(tag);
    assert_eq!(remote.refs(), before, "a dry run changes nothing");
    world.run(&["tag", "--yes"]).ok().says(tag);
    assert_eq!(remote.commit_of(tag), head);
    world.run(&["where", &head]).ok().says(tag);
    world.run(&["verify"]).ok();
}

#[test]
fn date_tags_of_every_form_go_on_as_they_were() {
    for (tags, lines, next) in [
        (&["2026.11.05", "2026.11.12", "2026.11.19"][..], &["tag = \"{date}\""][..], "2026.11.26"),
        (
            &["2026.11.12", "2026.11.19", "2026.11.19-1"],
            &["tag = \"{date}\"", "first_suffix = 1"],
            "2026.11.26",
        ),
        (&["v2026.11.12", "v2026.11.19", "v2026.11.19-1"], &["tag = \"v{date}\""], "v2026.11.26"),
        (
            &["2026.11.12", "2026.11.12-2", "2026.11.19", "2026.11.19-2"],
            &["first_suffix = 2"],
            "2026.11.26",
        ),
        (&["rel/2026.11.12", "rel/2026.11.19"], &["tag = \"rel/{date}\""], "rel/2026.11.26"),
        (
            &["2019.01.03", "2019.01.10", "2019.01.17", "v2026.11.12", "v2026.11.19"],
            &["tag = \"v{date}\""],
            "v2026.11.26",
        ),
        (&["1.0", "1.1", "nightly-20261119"], &["tag = \"{date}\""], "2026.11.26"),
        (&[], &["tag = \"{date}\""], "2026.11.26"),
    ] {
        let (server, world) = (Remote::new("server"), mat());
        tags.iter().for_each(|tag| drop(server.annotated_tag(tag, "main", tag)));
        server.commit_on("main", &[("form.py", "form\n")], "Add a form");
        let text = init(&world, &[&server]);
        for line in lines {
            assert!(text.lines().any(|l| l.starts_with(line)), "{line} for {tags:?} in\n{text}");
        }
        works(&world, &server, next);
    }
}

#[test]
fn tags_with_dashes_are_told_and_new_ones_have_dots() {
    let (server, world) = (Remote::new("server"), mat());
    for tag in ["2026-11-05", "2026-11-12", "2026-11-19"] {
        server.annotated_tag(tag, "main", tag);
    }
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let ran = world.run(&["init", &server.url()]).ok();
    ran.says("2026-11-19");
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    assert!(text.contains("guessed: tags like 2026-11-19 go on with dots"), "{text}");
    assert!(
        text.contains("every = \"1 week\"") && text.contains("guessed: the usual gap"),
        "{text}"
    );
    works(&world, &server, "2026.11.26");
}

#[test]
fn it_works_where_there_is_no_tag_no_person_no_environment_and_no_user() {
    let (server, world) = (Remote::new("server"), nobody());
    let text = init(&world, &[&server]);
    assert!(text.contains("[people.somebody]") && !text.contains("\n[environments"), "{text}");
    works(&world, &server, "2026.11.26");
}

#[test]
fn any_default_branch_ships() {
    let (server, world) = (Remote::new("server"), mat());
    server.git(&["branch", "-m", "main", "release/next"]);
    server.git(&["symbolic-ref", "HEAD", "refs/heads/release/next"]);
    server.branch("main", "release/next");
    server.commit_on("release/next", &[("form.py", "form\n")], "Add a form");
    let text = init(&world, &[&server]);
    assert!(text.contains("branch = \"release/next\""), "{text}");
    works(&world, &server, "2026.11.26");
}

#[test]
fn several_repositories_are_one_train_and_one_that_is_named_twice_is_one() {
    let (server, web, world) = (Remote::new("server"), Remote::new("web"), mat());
    let again = Remote::new("server");
    let text = init(&world, &[&server, &web, &again, &server]);
    let names: Vec<&str> =
        text.lines().filter_map(|l| l.strip_prefix("[repos.")?.strip_suffix(']')).collect();
    assert_eq!(names, ["server", "web", "server-2"], "{text}");
    world.run(&["tag", "--yes"]).ok();
    for remote in [&server, &web, &again] {
        assert!(remote.tags().contains_key("2026.11.26"), "{}", remote.name());
    }
}

#[test]
fn the_remote_of_the_clone_here_is_taken_and_none_is_said() {
    let (server, world) = (Remote::new("server"), mat());
    world.run(&["init"]).expect_code(2).says("no remote was named");
    let git = |args: &[&str]| {
        let mut command = world.sealed().git_command();
        assert!(command.current_dir(world.dir()).args(args).status().unwrap().success());
    };
    git(&["init", "--quiet"]);
    git(&["remote", "add", "origin", &server.url()]);
    git(&["remote", "add", "fork", "/nowhere"]);
    world.run(&["init"]).ok();
    works(&world, &server, "2026.11.26");
}

#[test]
fn a_relative_path_is_the_files() {
    let (server, world) = (Remote::new("server"), mat());
    let folder = world.dir().join("remotes");
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(server.path(), folder.join("server.git")).unwrap();
    world.run(&["init", "remotes/server.git"]).ok();
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    assert!(text.contains("upstream = \"remotes/server.git\""), "{text}");
    let below = world.dir().join("deep/er");
    std::fs::create_dir_all(&below).unwrap();
    let mut command = world.command();
    world.start_command(command.current_dir(&below).args(["tag", "--yes"])).wait().ok();
    assert!(server.tags().contains_key("2026.11.26"));
}

#[test]
fn an_empty_remote_is_taken_and_waits_for_its_first_commit() {
    let (server, world) = (Remote::empty("server"), mat());
    init(&world, &[&server]);
    world.run(&["tag", "--yes"]).expect_code(2).says("has no commit on main");
    assert!(server.tags().is_empty());
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    works(&world, &server, "2026.11.26");
}
