//! The second push of a merge: it is told which remote refused it and that the fix is public, and the same command again
//! brings it (P11).

use crate::stage::{Stage, TUESDAY};

#[test]
fn a_twin_that_refuses_to_follow_is_named_and_the_same_command_finishes() {
    let stage = Stage::new();
    stage.world.at(TUESDAY);
    let fix = stage.reviewed("escape");
    stage.twin.hook("pre-receive", "exit 1");
    let line = ["security", "merge", "1", "--yes"];
    let first = stage.iris().runs(&line).expect_code(6);
    let from = first.stderr.find('✗').unwrap_or_default();
    insta::assert_snapshot!(stage.world.tidy(&first.stderr[from..]), @"
    ✗ upstream of server has it and it is public; the security remote refused to follow: refs/heads/main: the remote would not take it.
      → ask whoever guards the security remote for the right, or mend its hook; the same command again finishes.
    ");
    assert!(stage.is_public(&fix));
    let again = stage.iris().runs(&line).expect_code(6);
    again.says("the security remote refused to follow").never_says("leave it out");
    stage.iris().runs(&["security", "merge", "1", "--dry-run"]).ok().says("planned");

    stage.twin.unhook("pre-receive");
    let told = stage.iris().json(&line);
    let one = &told["repos"][0];
    assert_eq!((&one["outcome"], &one["branches"]), (&"published".into(), &vec![1].into()));
    stage.in_step();
    let told = stage.iris().json(&line);
    let one = &told["repos"][0];
    assert_eq!((&one["outcome"], &one["branches"]), (&"already".into(), &vec![1].into()));
    stage.in_step();
}
