//! The configuration: what is taken, what it means, and what is said about the rest.

use std::path::{Path, PathBuf};

use pushduty::config::{ConfigError, Configured, Holds, Source, load, read};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::settings::{Opens, Tagging};

const AMO: &str = include_str!("../samples/amo.toml");

fn taken(text: &str) -> Vec<Configured> {
    read(text, Path::new("/train")).unwrap_or_else(|p| panic!("{}", shown(text, p)))
}

fn one(text: &str) -> Configured {
    let mut all = taken(text);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn shown(text: &str, problems: pushduty::config::Problems) -> String {
    ConfigError::located("pushduty.toml", text, problems).render(false, 300)
}

fn refused(text: &str) -> String {
    match read(text, Path::new("/train")) {
        Ok(_) => panic!("taken:\n{text}"),
        Err(problems) => shown(text, problems),
    }
}

/// The sample with one thing in it changed.
fn but(from: &str, to: &str) -> String {
    assert!(AMO.contains(from), "the sample has no {from:?}");
    AMO.replacen(from, to, 1)
}

fn minimal(rest: &str) -> String {
    format!("[train]\nname = \"t\"\n[repos.a]\nupstream = \"/srv/a\"\n{rest}\n")
}

#[test]
fn the_contracts_sample_means_what_it_says() {
    let Configured { settings, later, calendars, sign_in } = one(AMO);
    assert!(sign_in.is_empty(), "nobody signs in unless that is set up");
    assert_eq!(settings.train.as_str(), "amo");
    let t = &settings.timetable;
    assert_eq!((t.zone.name(), t.every), ("America/Los_Angeles", 1));
    assert_eq!(
        (t.cut.to_string(), t.push.to_string()),
        ("Tuesday 09:00".into(), "Thursday 09:00".into())
    );
    assert_eq!((t.skip.len(), t.starting.unwrap().to_string()), (2, "2026.11.26".into()));
    assert_eq!(t.freezes[0].to, jiff::civil::date(2027, 1, 4).at(9, 0, 0, 0));
    let order: Vec<&str> = settings.rotation.iter().map(|n| n.as_str()).collect();
    assert_eq!(order, ["cgrebs", "eviljeff", "kumar", "mat", "muffinresearch", "tofumatt"]);
    assert_eq!(settings.person("Diox").unwrap().name.as_str(), "mat");
    let [server, frontend] = &settings.repos[..] else { panic!("two repositories") };
    assert_eq!(
        server.security.as_deref(),
        Some("git@github.com:mozilla/addons-server-security.git")
    );
    assert_eq!((server.branch.as_deref(), server.fence), (Some("master"), true));
    assert_eq!(server.migrations, ["**/migrations/*.py"]);
    assert_eq!(frontend.after.as_ref(), Some(&server.name));
    assert_eq!((frontend.branch.as_deref(), frontend.compare.as_deref()), (None, None));
    let environments: Vec<&str> = settings.environments.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(environments, ["stage", "production"], "in the order of the file");
    assert_eq!(settings.tagging, Tagging::Annotated);
    assert!(calendars.is_empty());
    let [qa, ops, smoke] = &settings.gates[..] else { panic!("three gates") };
    assert_eq!((qa.name.as_str(), ops.name.as_str()), ("qa", "ops"));
    assert_eq!(qa.opens, Opens::Signoffs { role: Role::Qa, need: 1, own: true });
    assert_eq!(smoke.opens, Opens::Command { command: vec!["./smoke".into(), "{tags}".into()] });
    assert_eq!(settings.components[0].environments, ["stage", "production"]);
    assert_eq!(later.notes.url.as_deref(), Some("https://push.example.org/amo-{push}"));
    assert_eq!(later.notes.template, Some(PathBuf::from("/train/notes.md")));
    assert_eq!(later.monitors[0].name, "Site health");
    let deploy = settings.environments[1].deploy.as_ref().unwrap();
    assert_eq!((deploy.command.join(" "), deploy.seconds), ("./deploy {repo} {tag}".into(), 3600));
    let slip = but("\"{tag}\"], time_limit", "\"{tags}\"], time_limit");
    assert!(refused(&slip).contains("did you mean “{tag}”"), "{slip}");
    assert_eq!(later.contacts[&settings.rotation[3]].github.as_deref(), Some("diox"));
}

#[test]
fn dev_alone_is_set_to_hold() {
    let gates = |text: &str| one(&minimal(text)).settings.gates;
    assert_eq!(gates("[gates]\ndev = { hold = true }")[0].opens, Opens::SeenOnDev);
    assert!(gates("[gates]\ndev = { hold = false }").is_empty());
    assert!(refused(&minimal("[gates]\nqa = { hold = true }")).contains("only the gate dev"));
    assert!(refused(&minimal("[gates]\ndev = { need = 1 }")).contains("is built in"));
}

#[test]
fn two_lines_are_enough() {
    let settings = one(&minimal("")).settings;
    assert_eq!(settings.timetable.cut.to_string(), "Tuesday 09:00");
    assert_eq!(settings.timetable.zone.name(), "UTC");
    assert_eq!(settings.repos[0].scheme.template(), "{date}");
    assert!(settings.people.is_empty() && settings.environments.is_empty());
}

#[test]
fn a_rotation_without_people_makes_heroes() {
    let settings = one(&minimal("[rotation]\norder = [\"mat\", \"Kumar\"]")).settings;
    let heroes: Vec<_> =
        settings.people.values().map(|p| (p.name.as_str(), p.roles.len())).collect();
    assert_eq!(heroes, [("Kumar", 1), ("mat", 1)]);
    assert!(settings.people.values().all(|p| p.roles.contains(&Role::Hero)));
    assert!(
        refused(&minimal("[rotation]\norder = [\"mat\"]\n[people]\n"))
            .contains("nobody in [people]")
    );
}

#[test]
fn an_alias_in_the_rotation_is_its_person() {
    let text = but("\"mat\", \"muffinresearch\"", "\"diox\", \"muffin\"");
    let order = one(&text).settings.rotation;
    assert_eq!((order[3].as_str(), order[4].as_str()), ("mat", "muffinresearch"));
}

#[test]
fn a_turn_gives_the_role_that_goes_with_it() {
    let text = minimal("[rotation]\norder = [\"mat\"]\n[people.mat]\n[people.kumar]\n");
    let settings = one(&text).settings;
    let hero = |name: &str| settings.person(name).unwrap().roles.contains(&Role::Hero);
    assert!(hero("mat") && !hero("kumar"));
}

#[test]
fn repositories_are_in_the_order_of_the_run_sheet() {
    let text = "[train]\nname = \"t\"\n[repos.z]\nupstream = \"z\"\nafter = \"a\"\n[repos.m]\nupstream = \"m\"\n\
                [repos.a]\nupstream = \"a\"\n";
    let repos = one(text).settings.repos;
    let names: Vec<&str> = repos.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["m", "a", "z"]);
    assert_eq!(repos[0].upstream, "/train/m", "a relative remote is the file's");
}

#[test]
fn a_date_ends_a_freeze_with_its_day() {
    let text = minimal("[[freeze]]\nfrom = 2026-12-24\nto = 2026-12-26\n");
    let freeze = one(&text).settings.timetable.freezes.remove(0);
    assert_eq!(freeze.from, jiff::civil::date(2026, 12, 24).at(0, 0, 0, 0));
    assert_eq!(freeze.to, jiff::civil::date(2026, 12, 27).at(0, 0, 0, 0));
}

#[test]
fn calendars_come_from_files_addresses_and_named_secrets() {
    let text = minimal(
        "[[calendar]]\nfile = \"h.ics\"\nholds = \"holidays\"\n[[calendar]]\nurl = \"https://h/a.ics\"\nholds = \"absences\"\n\
         [[calendar]]\nurl = { env = \"CAL\" }\nholds = \"absences\"\n",
    );
    let calendars = one(&text).calendars;
    assert_eq!(calendars[0].source, Source::Path("/train/h.ics".into()));
    assert_eq!(
        (&calendars[1].source, calendars[1].holds),
        (&Source::Url("https://h/a.ics".into()), Holds::Absences)
    );
    assert!(matches!(&calendars[2].source, Source::Secret(_)));
}

#[test]
fn a_service_may_leave_out_the_only_repository() {
    let rest = "[environments.dev]\nservices = [{ name = \"web\", version = \"http://127.0.0.1:1/__version__\" }]";
    let service = one(&minimal(rest)).settings.environments.remove(0).services.remove(0);
    assert_eq!((service.repo.as_str(), service.samples), ("a", 5));
    assert!(
        refused(&(minimal(rest) + "[repos.b]\nupstream = \"/b\"\n"))
            .contains("names no repository")
    );
}

/// Changes of the sample: what stands there, what is put in its place, what is said about it, and the mend.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    (
        "branch = \"master\"",
        "brnch = \"master\"",
        "unknown key “brnch” in [repos.addons-server]",
        "did you mean “branch”?",
    ),
    ("[gates]", "[gate]", "unknown key “gate” in this file", "did you mean “gates”?"),
    ("need = 1, own", "ned = 1, own", "unknown key “ned” in [gates.qa]", "did you mean “need”?"),
    ("\"Tuesday 09:00\"", "\"Tuseday 9\"", "“Tuseday 9” is no weekday and time", "“Tuesday 09:00”"),
    (
        "[\"cgrebs\"",
        "[\"cgreb\"",
        "“cgreb” in the rotation is nobody in [people]",
        "did you mean “cgrebs”?",
    ),
    ("\"kumar\", \"mat\"", "\"kumar\", \"KUMAR\"", "“kumar” is twice in the rotation", "once"),
    ("[\"qa\"]", "[\"qaa\"]", "“qaa” is not a word", "did you mean “qa”?"),
    (
        "fence = true",
        "fence = \"yes\"",
        "the string \"yes\", where a boolean belongs",
        "true or false",
    ),
    (
        "upstream = \"https://github.com/mozilla/addons-frontend.git\"\n",
        "",
        "[repos.addons-frontend] lacks the key “upstream”",
        "add upstream",
    ),
    ("[2026-12-24,", "[\"2026-12-24\",", "where a date belongs", "without quotes"),
    ("[2026-12-24,", "[2026-12-24T09:00,", "is no date", "2026-12-24"),
    ("\"1 week\"", "\"fortnightly\"", "is no cadence", "“2 weeks”"),
    ("starting = 2026-11-26 ", "starting = 2026-11-25 ", "is a Wednesday", "weekday"),
    (
        "America/Los_Angeles",
        "America/LosAngeles",
        "is no time zone",
        "did you mean “America/Los_Angeles”?",
    ),
    ("samples = 5", "samples = -5", "where a whole number belongs", "0 or more"),
    ("samples = 5", "samples = 51", "51 samples are not 1 to 50", "5 show"),
    ("first_suffix = 1", "first_suffix = 0", "0 is no first suffix", "write 1"),
    ("tag = \"{date}\"", "tag = \"v1\"", "is no tag template", "“v{date}”"),
    (
        "from = 2026-12-20T00:00",
        "from = 2027-12-20T00:00",
        "is over before it begins",
        "from before to",
    ),
    ("T00:00 ", "T00:00:00-08:00 ", "no date or time of the train's zone", "train's zone"),
    ("name = \"amo\"", "name = \"a/mo\"", "“a/mo” is no name", "letters"),
    ("name = \"amo\"\n", "", "[train] lacks the key “name”", "name = \"amo\""),
    ("\"1h\"", "\"soon\"", "“soon” is no time up to a day", "“90s”"),
    ("[[freeze]]", "[freeze]", "freeze is a list of tables", "[[freeze]]"),
    ("[\"muffin\"]", "[\"Diox\"]", "“Diox” already means “mat”", "one person"),
    ("mat@example.org", "mat at example.org", "is no mail address", "mat@example.org"),
    ("[repos.addons-frontend]", "[repos.\"-x\"]", "“-x” is no name", "plain name"),
    (
        "after = \"addons-server\"",
        "after = \"addons-servr\"",
        "is no repository of this train",
        "did you mean “addons-server”?",
    ),
    (
        "{base}...{head}",
        "{base}...{haed}",
        "“{haed}” is nothing a compare link can hold",
        "{base}...{head}",
    ),
    ("{base}...{head}", "{base}", "needs {base} and {head}", "{base}...{head}"),
    ("**/migrations/*.py", "[a", "“[a” is no glob", "“**/migrations/*.py”"),
    (
        "repo = \"addons-server\"",
        "repo = \"server\"",
        "“server” is no repository",
        "did you mean “addons-server”?",
    ),
    (
        "[\"stage\", \"prod",
        "[\"stagee\", \"prod",
        "“stagee” is no environment",
        "did you mean “stage”?",
    ),
    ("branch = \"master\"", "branch = \"a..b\"", "“a..b” is no branch's name", "“main”"),
    ("smoke = {", "staged = {", "“staged” is built in", "another name"),
    (
        "{ command = [\"./smoke\", \"{tags}\"] }",
        "{ need = 1 }",
        "has no command and is no role",
        "add command",
    ),
    ("[\"./smoke\", \"{tags}\"]", "[]", "names no program", "write the program"),
    ("amo-{push}", "amo-{date}", "“{date}” is nothing", "{push}"),
    ("from={start}", "from={begin}", "“{begin}” is nothing", "{start}"),
    (
        "https://example.org/__version__",
        "ftp://example.org/v",
        "is not an address of the web",
        "https://",
    ),
    ("cut = \"Tuesday 09:00\"", "cut = Tuesday", "text needs quotes here", "between quotes"),
    (
        "name = \"amo\"",
        "name = \"amo\"\nname = \"b\"",
        "stands in the file already",
        "written once",
    ),
    (
        "git@github.com:mozilla/addons-server-security.git",
        "https://github.com/mozilla/addons-server",
        "the security remote is upstream itself",
        "private twin",
    ),
    (
        "https://github.com/mozilla/addons-server.git",
        "ext::sh -c id",
        "is no remote: helper transports can run any command",
        "git@host:team/repo.git",
    ),
];

#[test]
fn every_mistake_is_told_with_its_place_and_its_mend() {
    for (from, to, message, help) in MISTAKES {
        let text = but(from, to);
        let said = refused(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(message), "{message:?} not in {said}");
        let (_, after) = said.split_once("help: ").unwrap();
        assert!(after.contains(help), "{help:?} not in {after}");
        assert!(said.contains('─') && said.contains("[pushduty.toml:"), "no caret in {said}");
    }
}

#[test]
fn the_caret_is_under_the_value() {
    let text = but("\"Tuesday 09:00\"", "\"Tuseday 9\"");
    insta::assert_snapshot!(refused(&text), @r#"
      × “Tuseday 9” is no weekday and time: write “Tuesday 09:00”
       ╭─[pushduty.toml:4:7]
     3 │ time_zone = "America/Los_Angeles"
     4 │ cut = "Tuseday 9"
       ·       ───────────
     5 │ push = "Thursday 09:00"
       ╰────
      help: write an English weekday and a time, as “Tuesday 09:00”
    "#);
}

#[test]
fn mistakes_are_told_together() {
    let shape = but("branch = ", "brnch = ").replace("roles = [\"qa\"]", "rols = [\"qa\"]");
    assert_eq!(read(&shape, Path::new("/")).unwrap_err().in_order().len(), 2);
    let sense = but("\"1 week\"", "\"soon\"")
        .replace("\"kumar\"", "\"kumarr\"")
        .replace("[gates]", "[gates]\ncut = {}");
    let problems = read(&sense, Path::new("/")).unwrap_err().in_order();
    assert_eq!(problems.len(), 3, "{problems:?}");
    let refusal = Refusal::from(ConfigError::located(
        "p.toml",
        &sense,
        read(&sense, Path::new("/")).unwrap_err(),
    ));
    assert_eq!(refusal.code, Code::Configuration);
    assert!(refusal.message.starts_with("p.toml:6:9: “soon” is no cadence"), "{}", refusal.message);
    assert!(refusal.message.contains("; p.toml:16:32: “kumarr”"), "{}", refusal.message);
}

#[test]
fn more_than_a_week_needs_a_start() {
    let text = "[train]\nname = \"t\"\nevery = \"2 weeks\"\n";
    assert!(refused(text).contains("add starting"));
    assert_eq!(one(&format!("{text}starting = 2026-11-26\n")).settings.timetable.every, 2);
}

#[test]
fn repositories_that_wait_for_each_other_are_refused() {
    let text = minimal("after = \"b\"\n[repos.b]\nupstream = \"/b\"\nafter = \"a\"");
    assert!(refused(&text).contains("a and b wait for each other"));
    assert!(refused(&minimal("after = \"a\"")).contains("a wait for each other"));
}

#[test]
fn passwords_are_refused_and_not_shown() {
    let with = |remote: &str| but("https://github.com/mozilla/addons-server.git", remote);
    for remote in ["https://me:hunter2@github.com/x", "https://ghp_hunter2hunter2@github.com/x"] {
        let said = refused(&with(remote));
        assert!(
            said.contains("it holds a password or token") && !said.contains("hunter2"),
            "{said}"
        );
        // A mistake beside it must not show it either.
        let beside = with(remote).replace("security = \"", "securty = \"");
        assert!(!refused(&beside).contains("hunter2"));
    }
}

#[test]
fn a_secret_beside_others_is_refused() {
    let text = minimal("[[calendar]]\nurl = { env = \"A\", file = \"b\" }\nholds = \"absences\"");
    assert!(refused(&text).contains("with one key"));
    for rest in ["", "file = \"a\"\nurl = \"https://h/\""] {
        let said = refused(&minimal(&format!("[[calendar]]\nholds = \"holidays\"\n{rest}")));
        assert!(said.contains("a file or a url"), "{said}");
    }
}

#[test]
fn text_that_could_lead_a_terminal_is_not_repeated() {
    for text in [
        "a = \"\u{1b}]0;x\u{7}\"",
        "\u{1b}[31m = 1",
        "[train]\nname = \"\\u001B[31m\"",
        "[train]\n\"\\u001Bx\" = 1",
    ] {
        let said = refused(text);
        assert!(!said.contains(['\u{1b}', '\u{7}']), "{said:?}");
    }
}

mod several {
    use super::*;

    const TWO: &str = include_str!("../samples/two-trains.toml");

    #[test]
    fn each_has_its_own_and_what_is_shared() {
        let all = taken(TWO);
        let names: Vec<&str> = all.iter().map(|c| c.settings.train.as_str()).collect();
        assert_eq!(names, ["amo", "services"]);
        assert_eq!(all[0].settings.rotation, all[1].settings.rotation);
        assert_eq!(all[0].settings.timetable.zone.name(), "America/Los_Angeles");
        assert_eq!(all[1].settings.timetable.push.to_string(), "Monday 14:00");
        assert_eq!((all[0].settings.repos.len(), all[1].settings.repos.len()), (1, 2));
        assert_eq!(
            (all[0].settings.timetable.freezes.len(), all[1].settings.timetable.freezes.len()),
            (1, 0)
        );
    }

    #[test]
    fn one_is_picked_by_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pushduty.toml"), TWO).unwrap();
        let pick = |train: Option<&str>| {
            load(None, folder.path(), train.map(|t| t.parse().unwrap()).as_ref())
        };
        let loaded = pick(Some("services")).unwrap();
        assert_eq!(loaded.settings.train.as_str(), "services");
        assert_eq!(loaded.trains.len(), 2);
        let none = Refusal::from(pick(None).unwrap_err());
        assert_eq!(
            (none.code.exit(), none.message.as_str()),
            (2, "pushduty.toml has several trains: amo, services")
        );
        assert!(none.hint.contains("--train"));
        let wrong = Refusal::from(pick(Some("ammo")).unwrap_err());
        assert_eq!((wrong.code.exit(), wrong.hint.as_str()), (2, "the trains are: amo, services"));
    }

    #[test]
    fn one_remote_in_two_trains_needs_two_templates() {
        let text = TWO.replace("tag = \"services-{date}\"", "first_suffix = 2");
        let said = refused(&text);
        assert!(said.contains("one remote and would make the same tags"), "{said}");
        assert!(said.contains("of the train “amo”"), "{said}");
    }

    #[test]
    fn mistakes_in_what_is_shared_are_told_once() {
        let text = TWO.replace("order = [\"kumar\"", "order = [\"kumarr\"");
        assert_eq!(read(&text, Path::new("/")).unwrap_err().in_order().len(), 1);
    }

    #[test]
    fn names_stand_in_one_place() {
        assert!(
            refused(&TWO.replace("[trains.amo]", "[trains.amo]\nname = \"x\""))
                .contains("named by its table")
        );
        assert!(refused(&format!("{TWO}\n[train]\nname = \"z\"\n")).contains("don't go together"));
        assert!(refused("[trains]\namo = 1").contains("trains.amo is a table"));
        assert!(refused("").contains("no [train]"));
    }
}

mod finding {
    use super::*;

    fn with(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("pushduty.toml"), text).expect("a file");
        folder
    }

    #[test]
    fn the_nearest_file_upward_is_read_and_is_the_root_of_paths() {
        let folder = with("[train]\nname = \"t\"\n[repos.a]\nupstream = \"remotes/a.git\"\n");
        let deep = folder.path().join("x/y");
        std::fs::create_dir_all(&deep).unwrap();
        let loaded = load(None, &deep, None).unwrap();
        assert_eq!(loaded.file, folder.path().join("pushduty.toml"));
        let wanted = folder.path().join("remotes/a.git");
        assert_eq!(Path::new(&loaded.settings.repos[0].upstream), wanted);
    }

    #[test]
    fn a_missing_file_points_to_init() {
        let folder = tempfile::tempdir().unwrap();
        for path in [None, Some(Path::new("other.toml"))] {
            let refusal = Refusal::from(load(path, folder.path(), None).unwrap_err());
            assert_eq!(refusal.code, Code::Configuration);
            assert!(refusal.hint.contains("pushduty init"), "{}", refusal.hint);
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let folder = with("");
        let said =
            |path: &str| load(Some(Path::new(path)), folder.path(), None).unwrap_err().to_string();
        assert!(said(".").contains("is a folder"));
        std::fs::write(folder.path().join("b.toml"), [0xff, 0xfe]).unwrap();
        assert_eq!(said("b.toml"), "“b.toml” is not UTF-8 text");
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
        let folder = with("\u{feff}[train]\r\nname = \"t\"\r\n");
        assert_eq!(load(None, folder.path(), None).unwrap().settings.train.as_str(), "t");
        let folder = with("[train]\r\nname = 3\r\n");
        let said = load(None, folder.path(), None).unwrap_err();
        assert!(said.to_string().starts_with("pushduty.toml:2:8: "), "{said}");
        assert!(!said.render(false, 80).contains('\r'));
    }
}
