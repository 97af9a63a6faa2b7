//! What the configuration says of issuers: refused where it makes no sense, examined where it does.

use serde_json::json;

use crate::cut;
use crate::identities::{secret, with};
use crate::issuers::Issuer;

#[test]
fn check_asks_every_issuer_whether_it_knows_us() {
    let issuer = Issuer::real(&json!({}));
    let (world, _remote) = with(&issuer);
    let check = || world.as_person("mat").types("check --json").json();
    let line = |of: &serde_json::Value| {
        let mut lines = of["lines"].as_array().expect("lines").iter();
        lines.find(|line| line["about"] == "sign-in" && line["what"] == "team").cloned()
    };
    secret(&world, "a secret: with signs & spaces");
    let well = line(&check()).expect("it is examined");
    assert_eq!((&well["warn"], &well["sentence"]), (&json!(false), &json!("Team <ID> knows us")));
    secret(&world, "another");
    let ill = line(&check()).expect("it is examined");
    let says = ill["sentence"].as_str().expect("a sentence");
    assert!(ill["warn"] == json!(true) && says.contains("invalid_client"), "{ill}");
    assert!(!ill.to_string().contains("another"), "{ill}");
    drop(issuer);
    let gone = line(&check()).expect("it is examined");
    assert_eq!(gone["warn"], json!(true), "{gone}");
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused_with_its_place() {
    let (world, _remote) = cut();
    let text = std::fs::read_to_string(world.config_path()).expect("a configuration");
    for (tables, words) in [
        ("[sign_in.team]\nclient_id = \"x\"", "lacks the key “issuer”"),
        (
            "[sign_in.team]\nissuer = \"http://id.example.org\"\nclient_id = \"x\"",
            "is no issuer's address",
        ),
        (
            "[sign_in.team]\nissuer = \"https://id.example.org?x=1\"\nclient_id = \"x\"",
            "is no issuer's address",
        ),
        ("[sign_in.gh]\nkind = \"github\"\nclient_id = \"x\"", "lacks the key “client_secret”"),
        ("[sign_in.gh]\nkind = \"saml\"\nclient_id = \"x\"", "“saml” is not a word"),
        (
            "[sign_in.t]\nissuer = \"https://i.org\"\nclient_id = \"x\"\nclient_secret = \"hunter2\"",
            "in the open",
        ),
        (
            "[sign_in.t]\nissuer = \"https://i.org\"\nclient_id = \"x\"\n[people.zed]\nsign_in = { other = \"1\" }",
            "there is no [sign_in.other]",
        ),
        (
            "[people.zed]\ngithub = \"octo\"\n[people.una]\ngithub = \"Octo\"",
            "“Octo” already means somebody else there",
        ),
    ] {
        std::fs::write(world.config_path(), format!("{text}\n{tables}\n")).expect("writable");
        let ran = world.as_person("mat").run(&["status"]);
        assert_eq!(ran.code, 2, "{tables}");
        assert!(ran.stderr.contains(words), "{tables}: {}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
    let missing = "[sign_in.t]\nissuer = \"https://i.org\"\nclient_id = \"x\"\nclient_secret = { env = \"NOT_SET\" }";
    std::fs::write(world.config_path(), format!("{text}\n{missing}\n")).expect("writable");
    world.as_person("mat").run(&["status"]).ok();
    let ran = world.as_person("mat").run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("the variable “NOT_SET” holds no secret"), "{}", ran.stderr);
}
