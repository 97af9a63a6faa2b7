//! Roles that an admin gives and takes: in force at once, in the record, and shown.

use serde_json::{Value, json};
use testkit::{PushDuty, Remote};

fn team() -> (Remote, PushDuty) {
    let remote = Remote::with_a_page("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .crew()
        .person("ada", &["admin"])
        .toml("[gates]\nops = { need = 1 }")
        .repo(&remote);
    world.hero("mat").types("tag --yes").ok();
    (remote, world)
}

fn of(people: &Value, name: &str) -> Value {
    let mut all = people["people"].as_array().expect("people").iter();
    all.find(|person| person["name"] == name).expect("they are aboard").clone()
}

#[test]
fn an_admin_gives_a_role_and_takes_it() {
    let (_remote, world) = team();
    let kumar = world.developer("kumar");
    kumar.types("claim --yes").expect_code(3).says("that takes the role ops");
    let ready = world.hero("mat").types("ready --json").json();
    let ask = |ready: &Value| {
        let gates = ready["gates"].as_array().expect("gates").clone();
        gates.into_iter().find(|gate| gate["name"] == "ops").expect("the gate ops")["ask"].clone()
    };
    assert_ne!(ask(&ready), json!("kumar"));
    world.admin("ada").types("people give kumar ops --yes").ok();
    assert_eq!(ask(&world.hero("mat").types("ready --json").json()), json!("kumar"));
    let again = world.admin("ada").types("people give kumar ops --yes").ok();
    again.says("has the role ops already");
    let people = kumar.types("people --json").json();
    let given = of(&people, "kumar");
    assert_eq!(
        (&given["given"][0]["role"], &given["given"][0]["by"]),
        (&json!("ops"), &json!("ada"))
    );
    kumar.types("people").ok().says("ops, given by ada");
    kumar.types("claim --yes").ok();
    world.admin("ada").types("people take kumar ops --yes").ok();
    kumar.types("log").ok().says("gave kumar the role ops").says("took the role ops from kumar");
    world.at("2026-11-24T09:01:00Z");
    kumar.types("hold --because late --yes").expect_code(3);
    world.hero("mat").types("verify").ok();
}

#[test]
fn nobody_else_gives_roles_and_none_gives_the_first_one() {
    let (_remote, world) = team();
    for name in ["mat", "kumar", "krupa", "stranger"] {
        let refused = world.as_person(name).types("people give kumar admin --yes");
        refused.expect_code(3).says("that takes the role admin");
        world.as_person(name).types("people take krupa qa --yes").expect_code(3);
    }
    let ada = world.admin("ada");
    ada.types("people take krupa qa --yes").expect_code(3).says("under [people.krupa]");
    ada.types("people give zed ops --yes").expect_code(2).says("zed");
    ada.types("people give kumar emperor --yes").expect_code(2).says("the roles are hero");
    // An admin that an admin made is one.
    ada.types("people give kumar admin --yes").ok();
    world.developer("kumar").types("people give krupa security --yes").ok();
    world.developer("kumar").types("people take ada admin --yes").expect_code(3);
}

#[test]
fn a_given_role_is_of_one_train() {
    let (_remote, world) = team();
    world.admin("ada").types("people give kumar ops --yes").ok();
    let other = world.elsewhere();
    let people = other.as_person("kumar").types("people --json").json();
    assert_eq!(of(&people, "kumar")["given"], json!([]));
}
