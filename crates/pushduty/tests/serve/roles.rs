//! Somebody of each role, one after the other, before the same server: what the matrix of roles is made with.

use std::fmt::Write as _;

use serde_json::{Value, json};
use testkit::{PushDuty, Remote};

use crate::server::{Answer, Server, Visitor, until};

/// Who comes, by the name of the column.
pub const ROLES: &[&str] =
    &["stranger", "look", "developer", "hero", "qa", "ops", "security", "admin", "all"];

/// Those of them who are known by a name, in the order of the columns.
pub const KNOWN: &[&str] = &["kumar", "mat", "krupa", "jason", "iris", "ada", "all"];

/// The push of the world.
pub const PUSH: &str = "2026.11.26";

/// What fills the holes in an address.
const HOLES: &[(&str, &str)] = &[
    ("{train}", "amo"),
    ("{push}", PUSH),
    ("{repo}", "web"),
    ("{step}", "none"),
    ("{key}", "none"),
    ("{secret}", "nothing"),
    ("{way}", "nobody"),
    ("{name}", "look.css"),
];

/// A train with somebody of each role, and one of all; mat is on duty.
pub fn crew() -> PushDuty {
    let all = ["admin", "security", "hero", "ops", "qa", "developer"];
    PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .crew()
        .person("jason", &["ops"])
        .person("iris", &["security"])
        .person("ada", &["admin"])
        .person("all", &all)
        .rotation(&["mat", "all"])
}

/// A train that is cut, with a fix on its private twin that nobody may hear of.
pub fn world() -> (PushDuty, Remote, Remote) {
    let remote = Remote::with_a_page("web");
    let twin = remote.twin();
    let world = crew().repo(&remote).security_twin("web", &twin);
    twin.commit("hole").from("main").file("hole.js", "shut\n").subject("Close the hole").make();
    world.hero("mat").types("tag --yes").ok();
    world.security("iris").types("security approve 1 --yes").ok();
    world.hero("mat").types("block \"the page is blank\" --owner kumar --yes").ok();
    world.hero("mat").types("ask web:main \"it is short\" --yes").ok();
    (world, remote, twin)
}

/// The visitors, in the order of the columns.
pub fn visitors<'s>(world: &PushDuty, server: &'s Server) -> Vec<Visitor<'s>> {
    let looking =
        server.let_in(world, "kumar").post("/me/tokens", &[("label", "x"), ("scope", "read")]);
    let (_, token) = looking.body.split_once("shown this once: <code>").expect("it is shown");
    let token = format!("Bearer {}", token.split('<').next().unwrap_or_default());
    let known = KNOWN.iter().map(|name| server.let_in(world, name));
    let outside = [server.anybody(), server.anybody().with("authorization", &token)];
    outside.into_iter().chain(known).collect()
}

/// Whoever has a role.
pub fn of<'v, 's>(visitors: &'v [Visitor<'s>], role: &str) -> &'v Visitor<'s> {
    let at = ROLES.iter().position(|one| *one == role).expect("there is such a role");
    &visitors[at]
}

/// Something of a world that an address can name.
pub struct Real {
    /// The hole that it fills.
    pub hole: &'static str,
    /// Whose it is, or of what.
    pub of: String,
    /// As it stands in an address.
    pub is: String,
}

/// The fix that nobody may hear of, as an answer tells of it.
pub struct Fix {
    commit: String,
}

impl Fix {
    /// That of a world, on its private twin.
    pub fn on(twin: &Remote) -> Self {
        Self { commit: twin.oid("hole")[..7].to_owned() }
    }

    /// Whether an answer tells of it: by the word that its branch, its subject and its file have, or by its commit.
    pub fn is_told(&self, answer: &Answer) -> bool {
        let mut words = answer.body.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word == "hole") || answer.body.contains(&self.commit)
    }

    /// Holds that nobody without the right to is told of it.
    pub fn is_heard_by_those_who_may(&self, answers: &[Answer], at: &str) {
        for (role, answer) in ROLES.iter().zip(answers) {
            assert!(hears(role) || !self.is_told(answer), "{role} at {at}: {}", answer.body);
        }
    }
}

/// Wishes that were carried out, as the addresses of steps name them: one that says nothing embargoed, one of somebody who is
/// told of what is, and one about security branches.
pub fn begun(visitors: &[Visitor<'_>]) -> Vec<Real> {
    let wishes = [
        ("ops", json!({ "command": "claim", "push": PUSH })),
        ("the hero", json!({ "command": "resume", "push": PUSH })),
        ("security", json!({ "command": "security_sync", "repo": "web" })),
    ];
    wishes.iter().map(|(whose, wish)| step(visitors, whose, wish)).collect()
}

/// Begins a wish by the yes of a form, and gives the address of its step.
pub fn begins(visitor: &Visitor<'_>, wish: &Value) -> String {
    let step = visitor.post("/trains/amo/do", &[("wish", &*wish.to_string())]).is(303);
    step.header("location").expect("the step has a page").to_owned()
}

/// Carries a wish out, and waits for the end of its step.
fn step(visitors: &[Visitor<'_>], whose: &str, wish: &Value) -> Real {
    let visitor = of(visitors, whose.trim_start_matches("the "));
    let page = begins(visitor, wish);
    let at = format!("/api/v1{page}");
    let end = until("the step is over", || Some(visitor.get(&at)).filter(|a| a.status != 202));
    assert_eq!(end.status, 200, "{}", end.body);
    let (_, id) = page.rsplit_once('/').expect("the page is of a step");
    Real { hole: "{step}", of: format!("of {whose}"), is: id.to_owned() }
}

/// An address as it is asked for, each time with its name: filled with everything of the world that it can name, and with what
/// is nowhere.
pub fn each(address: &str, real: &[Real]) -> Vec<(String, String)> {
    let own = real.iter().filter(|one| address.contains(one.hole));
    let named = |one: &Real| {
        (format!("{address}, {}", one.of), filled(&address.replace(one.hole, &one.is)))
    };
    let mut all: Vec<(String, String)> = own.map(named).collect();
    let last = if all.is_empty() { "" } else { ", of nobody" };
    all.push((format!("{address}{last}"), filled(address)));
    all
}

/// Whether a role is told of what is under embargo. Whoever is on duty has the security role meanwhile.
pub fn hears(role: &str) -> bool {
    ["security", "hero", "all"].contains(&role)
}

/// What each visitor comes to, all at the same time; in the order of the columns.
pub fn columns<T: Send>(visitors: &[Visitor<'_>], of: impl Fn(&Visitor<'_>) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let of = &of;
        let asking: Vec<_> = visitors.iter().map(|v| scope.spawn(move || of(v))).collect();
        asking.into_iter().map(|asking| asking.join().expect("nobody fails")).collect()
    })
}

/// An address with its holes filled; one that nothing fills is not told to the matrix.
pub fn filled(address: &str) -> String {
    let filled = HOLES.iter().fold(address.to_owned(), |at, (hole, value)| at.replace(hole, value));
    assert!(!filled.contains('{'), "what fills the holes of {address}?");
    filled
}

/// The reason of a no from the interface for programs.
pub fn refusal(answer: &Answer) -> Option<String> {
    answer.json()["error"]["code"].as_str().map(str::to_owned)
}

/// Codes as they fit a column.
pub fn short(code: &str) -> &str {
    match code {
        "not_allowed" => "may not",
        "not_signed_in" => "sign in",
        other => other,
    }
}

/// A matrix that has its first line.
pub fn table() -> String {
    let mut text = String::new();
    row(&mut text, "", &ROLES.iter().map(ToString::to_string).collect::<Vec<_>>());
    text
}

/// A line of the matrix.
pub fn row(text: &mut String, name: &str, cells: &[String]) {
    let cells = cells.iter().map(|cell| format!("{cell:<12}"));
    let line = format!("{name:<44} {}", cells.collect::<String>());
    writeln!(text, "{}", line.trim_end()).expect("a text takes what is written");
}
