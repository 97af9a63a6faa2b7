//! What a killed run has left without a result is settled by what its remote shows, on real remotes: the rows of
//! `docs/src/intents.md`, for each kind of intent (P2, P11, P15).

use crate::left::{KINDS, Kind, Left};

/// The exit code of the same command, run again; and what it recorded of the intent.
#[track_caller]
fn expect(left: &Left, code: i32, outcome: &str) {
    let again = left.again();
    assert_eq!(again.code, code, "{:?}: {again}", left.kind);
    assert_eq!(left.outcome().as_deref(), Some(outcome), "{:?}: {again}", left.kind);
    left.scene.upstream_was_first();
}

#[test]
fn what_is_absent_is_pushed_again() {
    for kind in KINDS {
        let left = Left::by(kind, false);
        assert_ne!(left.shown().as_deref(), Some(left.object()), "{kind:?} has not landed");
        expect(&left, 0, "published");
        assert_eq!(left.shown().as_deref(), Some(left.object()), "{kind:?}: the same object");
        left.scene.mat(&["verify"]).ok();
    }
}

#[test]
fn what_has_landed_is_recorded() {
    for kind in KINDS {
        let left = Left::by(kind, true);
        let before = left.remote().refs();
        assert_eq!(left.shown().as_deref(), Some(left.object()), "{kind:?} has landed");
        expect(&left, 0, "published");
        assert_eq!(left.remote().refs(), before, "{kind:?}: nothing more is pushed there");
        left.scene.mat(&["verify"]).ok();
    }
}

#[test]
fn the_same_commit_by_someone_else_is_as_good() {
    for kind in KINDS {
        let left = Left::by(kind, false);
        left.somebody_brings_the_commit();
        left.remote().set_ref(left.name(), left.commit());
        // A commit is the same whoever brings it: where no fence tells, it counts as ours.
        let fenced = kind.tags() || kind == Kind::Merge;
        expect(&left, 0, if fenced { "already" } else { "published" });
        assert_eq!(left.shown().as_deref(), Some(left.commit()), "{kind:?}: theirs stays");
        left.scene.mat(&["verify"]).ok();
    }
}

#[test]
fn what_is_different_is_left_alone_and_told() {
    for kind in KINDS {
        let left = Left::by(kind, false);
        match kind {
            Kind::Tag => left.remote().set_ref(left.name(), "2026.11.19"),
            Kind::Pick => left.remote().set_ref(left.name(), "2026.11.26"),
            Kind::Merge | Kind::Sync => {
                left.remote().commit_on("main", &[("b.py", "1\n")], "Somebody else's");
            }
            Kind::SetAside => left.remote().branch("aside", "main^"),
        }
        let theirs = left.shown();
        match kind {
            // The wish goes on from there: the next suffix, a merge onto what main is now.
            Kind::Pick | Kind::Merge => expect(&left, 0, "overtaken"),
            // Where it can't, that is told: the push is cut at another commit, the two diverged, the branch is taken.
            Kind::Tag | Kind::SetAside => expect(&left, 3, "overtaken"),
            Kind::Sync => expect(&left, 4, "overtaken"),
        }
        match kind {
            Kind::Merge => {
                let theirs = theirs.expect("main is there");
                let merged = ["merge-base", "--is-ancestor", &theirs, "main"];
                assert!(left.remote().try_git(&merged).status.success(), "theirs is kept");
            }
            _ => assert_eq!(left.shown(), theirs, "{kind:?}: theirs is not moved"),
        }
    }
}

#[test]
fn what_moved_on_from_ours_counts_for_a_branch_and_not_for_a_tag() {
    for kind in KINDS {
        let left = Left::by(kind, true);
        let later =
            left.remote().commit("later").from(left.commit()).file("later.py", "1\n").make();
        left.remote().set_ref(left.name(), &later);
        match kind {
            // What somebody made of the tag has the pick; a cut wants what main is.
            Kind::Pick => expect(&left, 0, "overtaken"),
            Kind::Tag => expect(&left, 3, "overtaken"),
            Kind::Merge | Kind::SetAside => expect(&left, 0, "published"),
            // Ours is there; that there is more, which upstream lacks, is told.
            Kind::Sync => expect(&left, 4, "published"),
        }
        assert_eq!(left.shown().as_deref(), Some(&*later), "{kind:?} stays where somebody put it");
    }
}

#[test]
fn what_cannot_be_looked_at_stays_open_until_it_can() {
    for kind in KINDS {
        let left = Left::by(kind, false);
        let away = left.remote().path().with_extension("away");
        std::fs::rename(left.remote().path(), &away).expect("the remote goes away");
        let again = left.again();
        assert!(matches!(again.code, 1 | 6), "{kind:?}: {again}");
        assert_eq!(left.outcome(), None, "{kind:?}: nothing is recorded of what is not known");
        assert_eq!(left.scene.open(), 1, "{kind:?}: and nothing new is begun");
        std::fs::rename(&away, left.remote().path()).expect("the remote comes back");
        expect(&left, 0, "published");
        assert_eq!(left.shown().as_deref(), Some(left.object()), "{kind:?}: the same object");
    }
}
