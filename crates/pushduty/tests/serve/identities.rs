//! Coming in by an issuer of identities: a real one, one that lies, and GitHub.

use serde_json::{Value, json};
use testkit::{PushDuty, Remote};

use crate::cut;
use crate::issuers::{BASE, Begun, Issuer, cookie, signs_in};
use crate::server::{Answer, Server};

/// What the obedient issuer is told of the time.
const NOW: i64 = 1_795_510_800;

/// A train whose people come by `issuer`: zoe by her address and her account, ned by the issuer's own name for him.
pub fn with(issuer: &Issuer) -> (PushDuty, Remote) {
    let (world, remote) = cut();
    let address = &issuer.address;
    let world = world.toml(&format!(
        r#"
[people.zoe]
roles = ["qa"]
email = "Zoe@Example.org"
github = "Zoe-Octo"

[people.ned]
email = "ned@example.org"
sign_in = {{ team = "ned-1", github = "42" }}

[sign_in.team]
label = "Team <ID>"
issuer = "{address}"
client_id = "pushduty"
client_secret = {{ file = "client.secret" }}

[sign_in.github]
kind = "github"
label = "GitHub"
issuer = "{address}"
client_id = "pushduty"
client_secret = {{ file = "client.secret" }}
"#
    ));
    secret(&world, "hunter2");
    (world, remote)
}

pub fn secret(world: &PushDuty, secret: &str) {
    std::fs::write(world.dir().join("client.secret"), secret).expect("a secret is written");
}

/// A real provider, and a server that people come to by it.
fn real(told: &Value) -> (Issuer, PushDuty, Remote, Server) {
    let issuer = Issuer::real(told);
    let (world, remote) = with(&issuer);
    secret(&world, "a secret: with signs & spaces");
    let server = serve(&world);
    (issuer, world, remote, server)
}

fn serve(world: &PushDuty) -> Server {
    Server::start(world, "mat", &format!("--base-url {BASE} --log json"))
}

/// Whether nobody was let in.
#[track_caller]
fn stays_out(answer: Answer, words: &str) {
    assert_eq!(cookie(&answer, "__Host-pushduty"), None, "nobody is let in");
    answer.is(403).says(words);
}

fn events(world: &PushDuty) -> Vec<Value> {
    let log = world.hero("mat").types("log --json").json();
    log["entries"].as_array().expect("entries").clone()
}

#[test]
fn people_sign_in_at_a_real_provider_and_come_to_the_page_they_wanted() {
    let ways = [
        ("RS256", "client_secret_basic"),
        ("ES256", "client_secret_post"),
        ("EdDSA", "client_secret_basic"),
    ];
    for (alg, auth) in ways {
        let (_issuer, world, _remote, server) = real(&json!({ "alg": alg, "auth": auth }));
        let sent = server.anybody().get("/pd/trains/amo/ledger").is(303);
        let page = sent.header("location").expect("to where one signs in").to_owned();
        assert_eq!(page, "/pd/sign-in?next=%2Ftrains%2Famo%2Fledger");
        let page = server.anybody().get(&page).is(200).says("Sign in with Team &#60;ID&#62;");
        let (_, way) = page.body.split_once("href=\"/pd/sign-in/with/team").expect("a way");
        let rest = way.split('"').next().unwrap_or_default();
        let begun = Begun::at(&server, &format!("/pd/sign-in/with/team{rest}"));
        let back = signs_in(&begun.location, "zoe");
        let answer = begun.comes_back(&server, &back).is(303);
        assert_eq!(answer.header("location"), Some("/pd/trains/amo/ledger"), "{alg}");
        let session = cookie(&answer, "__Host-pushduty").expect("a session is begun");
        let zoe = server.anybody().with("cookie", &session);
        zoe.get("/trains/amo/ledger").is(200).says("<b>zoe</b>").says("signed in");
        let last = events(&world).pop().expect("an entry");
        assert_eq!((&last["kind"], &last["actor"]), (&json!("signed_in"), &json!("zoe")));
        assert_eq!(last["proof"], json!({ "oidc": "team" }));
    }
}

#[test]
fn a_browser_comes_back_with_its_own_state_or_not_at_all() {
    let (_issuer, _world, _remote, server) = real(&json!({}));
    let begun = Begun::by(&server, "team");
    let back = signs_in(&begun.location, "zoe");
    let other = Begun::by(&server, "team");
    let words = "this browser did not begin this sign-in";
    stays_out(other.comes_back(&server, &back), words);
    stays_out(server.anybody().get(&back), words);
    for state in ["", "x", &other.asked("state"), &begun.asked("nonce")] {
        let wrong = back.replace(&begun.asked("state"), state);
        stays_out(begun.comes_back(&server, &wrong), words);
    }
    stays_out(begun.comes_back(&server, &back.replace("/team/", "/github/")), words);
    let elsewhere = back.replace("iss=http%3A%2F%2F", "iss=http%3A%2F%2Fevil.");
    assert_ne!(elsewhere, back, "the provider says who it is");
    stays_out(begun.comes_back(&server, &elsewhere), "another issuer did");
    begun.comes_back(&server, &back).is(303);
}

#[test]
fn a_code_is_good_once() {
    let (_issuer, _world, _remote, server) = real(&json!({}));
    let begun = Begun::by(&server, "team");
    let back = signs_in(&begun.location, "zoe");
    let answer = begun.comes_back(&server, &back).is(303);
    let cleared = answer.headers.iter().any(|(name, value)| {
        name == "set-cookie"
            && value.starts_with("__Host-pushduty-way=;")
            && value.contains("Max-Age=0")
    });
    assert!(cleared, "{:?}", answer.headers);
    stays_out(begun.comes_back(&server, &back), "does not take this code");
}

#[test]
fn a_code_of_another_browser_is_worth_nothing() {
    let (_issuer, _world, _remote, server) = real(&json!({}));
    let victim = Begun::by(&server, "team");
    let stolen = signs_in(&victim.location, "zoe");
    let code = stolen.split("code=").nth(1).and_then(|rest| rest.split('&').next());
    let thief = Begun::by(&server, "team");
    let iss = stolen.split("iss=").nth(1).expect("the provider says who it is");
    let path = format!("{}&iss={iss}", thief.back("team", code.expect("a code")));
    // The verifier that the thief's browser is bound to is not the one that the code was asked for with.
    stays_out(thief.comes_back(&server, &path), "does not take this code");
}

#[test]
fn a_token_that_is_over_lets_nobody_in() {
    let (_issuer, _world, _remote, server) = real(&json!({ "now": "2026-11-24T05:00:00Z" }));
    let begun = Begun::by(&server, "team");
    let back = signs_in(&begun.location, "zoe");
    stays_out(begun.comes_back(&server, &back), "sends a token that is over");
}

#[test]
fn only_verified_addresses_of_people_of_the_configuration_come_in() {
    let (_issuer, world, _remote, server) = real(&json!({}));
    let entries = events(&world).len();
    for (login, words) in [
        ("unverified-zoe", "without a verified mail address"),
        ("stranger", "knows you as “stranger@example.org”"),
        // Somebody else there who has ned's address by now: he is written down by another name.
        ("ned", "knows you as “ned@example.org”"),
    ] {
        let begun = Begun::by(&server, "team");
        let back = signs_in(&begun.location, login);
        let answer = begun.comes_back(&server, &back);
        assert!(answer.body.contains("ask an admin to write"), "{}", answer.body);
        stays_out(answer, words);
    }
    assert_eq!(events(&world).len(), entries, "nobody makes the record grow who is nobody here");
    let begun = Begun::by(&server, "team");
    let back = signs_in(&begun.location, "ned-1");
    begun.comes_back(&server, &back).is(303);
}

#[test]
fn keys_may_be_changed_at_any_time() {
    let (issuer, _world, _remote, server) = real(&json!({}));
    let begun = Begun::by(&server, "team");
    let back = signs_in(&begun.location, "zoe");
    begun.comes_back(&server, &back).is(303);
    let port = issuer.port();
    drop(issuer);
    let begun = Begun::by(&server, "team");
    let iss = format!("&iss={}", crate::server::encoded(&format!("http://127.0.0.1:{port}")));
    let path = begun.back("team", "x") + &iss;
    let unreached = begun.comes_back(&server, &path).is(502);
    unreached.says("refuses the connection").never_says("127.0.0.1");
    let _again = Issuer::real(&json!({ "port": port }));
    let begun = Begun::by(&server, "team");
    let back = signs_in(&begun.location, "zoe");
    begun.comes_back(&server, &back).is(303);
}

#[test]
fn a_token_that_is_not_just_right_lets_nobody_in() {
    let issuer = Issuer::obedient();
    let (world, _remote) = with(&issuer);
    let server = Server::start(&world, "mat", &format!("--base-url {BASE} --behind-proxy"));
    let good = |begun: &Begun| {
        json!({ "iss": issuer.address, "sub": "1", "aud": "pushduty", "exp": NOW + 60, "iat": NOW, "nonce": begun.asked("nonce"),
            "email": "zoe@example.org", "email_verified": true })
    };
    let tries: [(Value, Value, &str); 13] = [
        (json!({ "key": "foreign", "kid": "own" }), json!({}), "none of its keys signed"),
        (json!({ "key": "foreign", "kid": "new" }), json!({}), "none of its keys signed"),
        (json!({ "key": "weak" }), json!({}), "none of its keys signed"),
        (json!({ "alg": "none" }), json!({}), "in a way that is not taken"),
        (json!({ "alg": "HS256" }), json!({}), "in a way that is not taken"),
        (json!({}), json!({ "exp": NOW - 3600 }), "a token that is over"),
        (json!({}), json!({ "iat": NOW + 3600 }), "of the time to come"),
        (json!({}), json!({ "nonce": "x" }), "of another sign-in"),
        (json!({}), json!({ "nonce": null }), "of another sign-in"),
        (json!({}), json!({ "aud": "somebody" }), "for somebody else"),
        (json!({}), json!({ "aud": ["pushduty", "somebody"] }), "for somebody else"),
        (json!({}), json!({ "iss": "https://id.example.org" }), "of another issuer"),
        (json!({}), json!({ "email_verified": "no" }), "without a verified mail address"),
    ];
    for (n, (how, change, words)) in tries.iter().enumerate() {
        let begun = Begun::by(&server, "team");
        let mut claims = good(&begun);
        for (key, value) in change.as_object().into_iter().flatten() {
            claims[key] = value.clone();
        }
        let mut told = how.clone();
        told["claims"] = claims;
        let path = begun.back("team", &begun.code(told));
        // Each comes from elsewhere: how often one may try is another test.
        let browser = server.anybody().with("cookie", &begun.cookie);
        stays_out(browser.with("x-forwarded-for", &format!("192.0.2.{n}")).get(&path), words);
    }
    let begun = Begun::by(&server, "team");
    let code = begun.code(json!({ "claims": good(&begun) }));
    begun.comes_back(&server, &begun.back("team", &code)).is(303);
}

#[test]
fn what_is_told_beside_a_token_is_of_the_same_person() {
    let issuer = Issuer::obedient();
    let (world, _remote) = with(&issuer);
    let server = serve(&world);
    let comes = |userinfo: Value| {
        let begun = Begun::by(&server, "team");
        let claims = json!({ "iss": issuer.address, "sub": "1", "aud": "pushduty", "exp": NOW + 60, "iat": NOW,
            "nonce": begun.asked("nonce") });
        let code = begun.code(json!({ "claims": claims, "userinfo": userinfo }));
        begun.comes_back(&server, &begun.back("team", &code))
    };
    let zoe = |sub: &str, verified: bool| json!({ "sub": sub, "email": "zoe@example.org", "email_verified": verified });
    stays_out(comes(zoe("2", true)), "without a verified mail address");
    stays_out(comes(zoe("1", false)), "without a verified mail address");
    comes(zoe("1", true)).is(303);
}

#[test]
fn people_sign_in_with_their_account_on_github() {
    let issuer = Issuer::obedient();
    let (world, _remote) = with(&issuer);
    let server = serve(&world);
    let comes = |login: &str, id: u64| {
        let begun = Begun::by(&server, "github");
        assert!(begun.location.starts_with(&format!("{}/login/oauth/authorize?", issuer.address)));
        assert_eq!(
            (begun.asked("scope"), begun.asked("code_challenge_method")),
            (String::new(), "S256".to_owned())
        );
        let path = begun.back("github", &begun.code(json!({ "login": login, "id": id })));
        (begun.comes_back(&server, &path), begun, path)
    };
    let (answer, begun, path) = comes("zoe-octo", 7);
    let session = cookie(&answer.is(303), "__Host-pushduty").expect("a session is begun");
    server.anybody().with("cookie", &session).get("/me").is(200).says("zoe");
    assert_eq!(events(&world).pop().expect("an entry")["proof"], json!({ "github": "github" }));
    stays_out(begun.comes_back(&server, &path), "does not take this code");
    // ned is written down by the number of his account: its name may be somebody else's by now.
    stays_out(comes("ned", 43).0, "knows you as “ned”");
    comes("renamed", 42).0.is(303);
    let (stranger, ..) = comes("<script>alert(1)</script>", 9);
    stays_out(stranger.never_says("<script>alert"), "sign_in = { github = ");
}

#[test]
fn nobody_is_sent_to_another_site() {
    let issuer = Issuer::obedient();
    let (world, _remote) = with(&issuer);
    let server = serve(&world);
    for next in [
        "//evil.example.org",
        "https://evil.example.org",
        "/%5Cevil.example.org",
        "/%09/evil.example.org",
    ] {
        let begun = Begun::at(&server, &format!("/sign-in/with/github?next={next}"));
        let code = begun.code(json!({ "login": "zoe-octo", "id": 7 }));
        let answer = begun.comes_back(&server, &begun.back("github", &code)).is(303);
        assert_eq!(answer.header("location"), Some("/pd/"), "{next}");
    }
    // What the issuer says comes in words, and filtered.
    let begun = Begun::by(&server, "github");
    let path = format!(
        "/sign-in/with/github/back?error=%1b%5B31m%3Cb%3Eno%3C%2Fb%3E&state={}",
        begun.asked("state")
    );
    let answer = begun.comes_back(&server, &path);
    stays_out(answer.never_says("<b>no</b>").never_says("\u{1b}"), "did not sign you in");
    server.anybody().get("/sign-in/with/nobody").is(404);
    server.anybody().get("/sign-in/with/..%2f..%2f").is(404);
}

#[test]
fn whoever_tries_too_often_waits_and_whoever_is_in_goes_on() {
    let issuer = Issuer::obedient();
    let (world, _remote) = with(&issuer);
    let server = serve(&world);
    let zoe = {
        let begun = Begun::by(&server, "github");
        let code = begun.code(json!({ "login": "zoe-octo", "id": 7 }));
        let answer = begun.comes_back(&server, &begun.back("github", &code)).is(303);
        server.anybody().with("cookie", &cookie(&answer, "__Host-pushduty").expect("a session"))
    };
    let made = zoe.post("/me/tokens", &[("label", "a board")]).is(200);
    let (_, rest) = made.body.split_once("shown this once: <code>").expect("the token is shown");
    let token = format!("Bearer {}", rest.split('<').next().unwrap_or_default());
    let entries = events(&world).len();
    // Any page of the web can send its readers to that address: without what was begun here it is no try of theirs.
    for _ in 0..20 {
        server.anybody().get("/sign-in/with/team/back?code=guess&state=guess").is(403);
    }
    let begun = "__Host-pushduty-way=guess~team~0~Lw";
    let back = || {
        let browser = server.anybody().with("cookie", begun);
        browser.get("/sign-in/with/team/back?code=guess&state=guess")
    };
    for n in 0..10 {
        let status = match n % 3 {
            0 => server.anybody().post(&format!("/sign-in/guess-{n}"), &[]).status,
            1 => {
                server.anybody().with("authorization", "Bearer guess").get("/api/v1/trains").status
            }
            _ => back().status,
        };
        assert!(matches!(status, 401 | 403), "{n}: {status}");
    }
    let waits = server.anybody().post("/sign-in/guess", &[]).is(429).says("too many tries");
    assert_eq!(waits.header("retry-after"), Some("30"));
    back().is(429);
    let program =
        server.anybody().with("authorization", "Bearer guess").get("/api/v1/trains").is(429);
    assert_eq!(program.json()["error"]["code"], "too_many");
    // Without the proxy nobody says where they come from.
    let claims = server.anybody().with("x-forwarded-for", "192.0.2.1");
    claims.post("/sign-in/guess", &[]).is(429);
    zoe.get("/trains/amo").is(200);
    server.anybody().with("authorization", &token).get("/api/v1/trains").is(200);
    assert_eq!(events(&world).len(), entries, "what fails is not recorded");
    let ended = server.ends().ok();
    let lines = ended.stderr.lines().filter(|line| line.contains("sign_in_failed"));
    let lines: Vec<Value> =
        lines.map(|line| serde_json::from_str(line).expect("a document")).collect();
    assert_eq!(lines.len(), 10, "what has to wait is not told once more");
    assert_eq!((&lines[0]["way"], &lines[0]["from"]), (&json!("link"), &json!("127.0.0.1")));
    assert!(!ended.stderr.contains("guess"), "what was brought is not told");
}

#[test]
fn behind_a_proxy_each_address_has_its_own_tries() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--behind-proxy");
    let from = |address: &str| server.anybody().with("x-forwarded-for", address);
    for _ in 0..10 {
        from("10.0.0.1, 192.0.2.1").post("/sign-in/guess", &[]).is(403);
    }
    from("10.9.9.9, 192.0.2.1").post("/sign-in/guess", &[]).is(429);
    from("192.0.2.1, 192.0.2.2").post("/sign-in/guess", &[]).is(403);
}

#[test]
fn whoever_is_no_person_of_the_configuration_any_more_is_out_at_once() {
    let issuer = Issuer::obedient();
    let (world, _remote) = with(&issuer);
    let server = serve(&world);
    let begun = Begun::by(&server, "github");
    let code = begun.code(json!({ "login": "zoe-octo", "id": 7 }));
    let answer = begun.comes_back(&server, &begun.back("github", &code)).is(303);
    let zoe =
        server.anybody().with("cookie", &cookie(&answer, "__Host-pushduty").expect("a session"));
    zoe.get("/trains/amo").is(200);
    let text = std::fs::read_to_string(world.config_path()).expect("a configuration");
    std::fs::write(world.config_path(), text.replace("[people.zoe]", "[people.una]"))
        .expect("writable");
    crate::server::until("the configuration is read anew", || {
        (zoe.get("/trains/amo").status == 303).then_some(())
    });
}
