//! P9 on the line: every byte that is sent to upstream's server before the merge.

use jiff::{Timestamp, tz::TimeZone};
use testkit::{Daemon, Proxy, PushDuty, Remote};

use crate::search::{Secret, plant};
use crate::stage::people;
use crate::wire;

/// A train by the machine's clock, cut today and pushed the day after tomorrow.
#[expect(
    clippy::disallowed_methods,
    reason = "only local paths can be rehearsed, and this is a server"
)]
fn by_the_real_clock(world: PushDuty) -> PushDuty {
    let today = Timestamp::now().to_zoned_datetime(TimeZone::UTC).date();
    let day = |days: i64| {
        let date = today.checked_add(jiff::Span::new().days(days)).unwrap();
        date.strftime("%A").to_string()
    };
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    let text = text.replace("Tuesday 09:00", &format!("{} 00:00", day(0)));
    let text = text.replace("Thursday 09:00", &format!("{} 12:00", day(2)));
    std::fs::write(world.config_path(), text).unwrap();
    world.at_the_real_time();
    world
}

#[test]
fn nothing_of_it_is_sent_to_upstream_before_the_merge() {
    let upstream = Remote::new("server");
    upstream.annotated_tag("2019.11.19", "main", "amo 2019.11.19");
    upstream.commit_on("main", &[("form.py", "form = 1\n")], "Add a form");
    let twin = upstream.twin();
    let daemon = Daemon::serving(&[&upstream]);
    let proxy = Proxy::to(daemon.address());
    let url = daemon.url_by(proxy.address(), &upstream);
    let world = people(PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))).repo_at("server", &url, "");
    let world = by_the_real_clock(world.security_twin("server", &twin));
    let commit = plant(&twin);
    let secret = Secret::of(&twin, &upstream);
    proxy.record();

    let iris = world.security("iris");
    let hana = world.as_person("hana");
    iris.runs(&["security", "list"]).ok();
    iris.runs(&["security", "approve", "1", "--yes"]).ok();
    let late = upstream.commit_on("main", &[("late.py", "late\n")], "A late fix");
    for args in [
        &["check"][..],
        &["compare"],
        &["where", &commit],
        &["status"],
        &["verify"],
        &["security", "merge", "--dry-run"],
        &["tag", "--dry-run"],
        &["tag", "--yes"],
    ] {
        for who in ["dora", "mat", "iris", "hana"] {
            world.as_person(who).runs(args);
        }
    }
    hana.runs(&["tag", "--yes", "--without-security", "--because", "next week"]).ok();
    upstream.commit_on("main", &[("later.py", "later\n")], "Another");
    hana.runs(&["security", "sync", "--yes"]).ok();
    hana.runs(&["pick", &upstream.oid("main"), "--yes"]).ok();
    hana.runs(&["pick", &commit, "--yes"]).expect_code(2);
    assert!(upstream.tags().values().any(|tag| tag.commit == late), "it was a real week");

    let before = proxy.sent_up();
    assert!(wire::packs(&before) > 1, "tags and picks were sent");
    assert_eq!(wire::holds(&secret, &before, &upstream), None);
    assert_eq!(secret.in_store(upstream.path()), None);

    // The same look at the same line turns red with the merge: it sees into what is sent.
    hana.runs(&["security", "merge", "--yes"]).ok();
    let after = proxy.sent_up();
    let found = wire::holds(&secret, &after[before.len()..], &twin);
    assert!(found.is_some_and(|found| found.starts_with("a pack with ")));
}
