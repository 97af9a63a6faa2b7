//! Commits by the pull request that they name.

use conductor::ports::Repository;

use crate::{Bench, oid};

#[tokio::test]
async fn every_commit_of_main_that_names_a_pull_request_is_found_and_no_other() {
    let bench = Bench::new();
    let says = |message: &str| {
        let draft = bench.remote.commit("main").file("said", message);
        draft.message(message.as_bytes()).make()
    };
    let first = says("Fix it (#12)\n");
    says("Fix another (#123)\n");
    says("Speak of #12 alone\n");
    says("Revert \"Fix it (#12)\"\n");
    let forge = says("Merge branch 'b'\n\nSee merge request g/p!12\n");
    bench.remote.commit("side").file("side", "side").subject("Beside it (#12)").make();
    bench.fetch().await;
    let main = oid(&bench.remote.oid("main"));
    let found = bench.store.of_pull_request(&main, 12).await.unwrap();
    let found: Vec<&str> = found.iter().map(|commit| commit.id.as_str()).collect();
    assert_eq!(found, [forge, first]);
    assert_eq!(bench.store.of_pull_request(&main, 1).await.unwrap(), []);
}
