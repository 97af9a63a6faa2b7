//! Upstream first: what security's main may be moved to (P1).

use train::intent::{Expect, Update};
use train::refusal::{Code, Refusal};
use train::security;

use crate::{oid, repo};

#[test]
fn p1_security_follows_upstream_as_it_was_seen_and_nothing_else() {
    let follow = |upstream: Option<char>, main: Option<char>, ahead: &[char], behind| {
        let (upstream, main) = (upstream.map(oid), main.map(oid));
        let ahead: Vec<_> = ahead.iter().copied().map(oid).collect();
        let (upstream, main) = (upstream.as_ref(), main.as_ref());
        security::to_follow(&repo().name, "main", upstream, main, &ahead, behind)
    };
    let due = |update: Result<Option<Update>, Refusal>| update.unwrap().map(|u| (u.new, u.expect));
    let forward = |from| Expect::FastForward(oid(from));
    assert_eq!(due(follow(Some('b'), Some('a'), &[], true)), Some((oid('b'), forward('a'))));
    assert_eq!(due(follow(Some('b'), None, &[], true)), Some((oid('b'), Expect::Absent)));
    assert_eq!(due(follow(Some('b'), Some('b'), &[], false)), None);
    assert_eq!(due(follow(None, Some('a'), &[], true)), None, "upstream is empty");
    for behind in [false, true] {
        let refusal = follow(Some('b'), Some('a'), &['a'], behind).unwrap_err();
        assert_eq!(refusal.code, Code::Diverged);
    }
}
