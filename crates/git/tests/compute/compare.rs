//! What lies between two commits.

use conductor::ports::Repository;
use train::refusal::Code;

use crate::{Bench, oid};

#[tokio::test]
async fn a_comparison_tells_commits_people_requests_tasks_migrations_and_size() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    bench
        .remote
        .commit("topic")
        .from(&base)
        .author("Bo <bo@x>")
        .file("app/migrations/0002.py", "x\ny\n")
        .message(
            b"Add a table (#12)\n\nPush-Task: run the\n  backfill on stage\npush-task: tell ops\n",
        )
        .make();
    let merge = bench.remote.merge_on("main", "topic", "Merge pull request #13 from x/topic");
    bench.remote.commit_as(
        "Bo <bo@x>",
        "main",
        &[("README.md", "# new\n"), ("migrations/notes.txt", "")],
        "Say so (#12)",
    );
    let head = bench
        .remote
        .commit("main")
        .author("Al <al@x>")
        .file("b", "b\n")
        .message(b"Merge branch 'b'\n\nSee merge request g/p!14\n")
        .make();
    let side = bench.remote.commit("side").from(&base).file("s", "s").subject("Side").make();
    bench.fetch().await;

    let all = bench.store.compare(Some(&oid(&base)), &oid(&head), 100).await.unwrap();
    let subjects: Vec<_> = all.commits.iter().map(|c| c.subject.as_str()).collect();
    assert_eq!(subjects[0], "Merge branch 'b'");
    assert_eq!((all.commit_count, all.behind_count, subjects.len()), (4, 0, 4));
    let authors: Vec<_> = all.authors.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(authors, [("Bo", 2), ("Al", 1), ("Ann Author", 1)]);
    assert_eq!(all.pull_requests, [14, 12, 13]);
    let tasks: Vec<_> = all.tasks.iter().map(|(_, task)| task.as_str()).collect();
    assert_eq!(tasks, ["run the backfill on stage", "tell ops"]);
    assert_eq!(all.tasks[0].0, oid(&bench.remote.git(&["rev-parse", "topic"])));
    assert_eq!(all.migrations, ["app/migrations/0002.py"]);
    assert_eq!((all.files, all.insertions, all.deletions), (4, 4, 1));

    let few = bench.store.compare(Some(&oid(&base)), &oid(&head), 2).await.unwrap();
    assert_eq!((few.commits.len(), few.commit_count, few.authors), (2, 4, all.authors.clone()));
    let apart = bench.store.compare(Some(&oid(&side)), &oid(&merge), 100).await.unwrap();
    assert_eq!((apart.commit_count, apart.behind_count), (2, 1));
    let same = bench.store.compare(Some(&oid(&head)), &oid(&head), 100).await.unwrap();
    assert_eq!(same, train::facts::Comparison::default());

    let first = bench.store.compare(None, &oid(&head), 1).await.unwrap();
    assert_eq!((first.commit_count, first.commits.len(), first.files), (5, 1, 4));
    assert_eq!(
        (first.pull_requests, first.tasks),
        (vec![14], vec![]),
        "a first push has no tasks of old"
    );
}

#[tokio::test]
async fn hostile_words_stay_in_their_fields() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let head = bench
        .remote
        .commit("main")
        .author("A\u{1b}]0;x\u{7} <a@x>")
        .file("a\nb", "1")
        .message(b"\x1b[31mRed\x0c\r\nmore\n\n\x1e\nPush-Task: \x1b[m\n")
        .make();
    bench.fetch().await;
    let compared = bench.store.compare(Some(&oid(&base)), &oid(&head), 9).await.unwrap();
    let commit = &compared.commits[0];
    assert_eq!((commit.subject.lines().count(), compared.files), (1, 1));
    assert_eq!(commit.author, "A\u{1b}]0;x\u{7}");
}

#[tokio::test]
async fn migrations_are_those_added_changed_or_moved_to() {
    let bench = Bench::new();
    let base = bench.remote.commit_on(
        "main",
        &[("m/migrations/1.py", "one\n"), ("m/migrations/2.py", "two\n"), ("old.py", "a\nb\nc\n")],
        "Base",
    );
    let head = bench
        .remote
        .commit("main")
        .file("m/migrations/1.py", "changed\n")
        .delete("m/migrations/2.py")
        .delete("old.py")
        .file("m/migrations/3.py", "a\nb\nc\n")
        .subject("Head")
        .make();
    bench.fetch().await;
    let found = bench.store.migrations(&oid(&base), &oid(&head)).await.unwrap();
    assert_eq!(found, ["m/migrations/1.py", "m/migrations/3.py"]);
    assert!(bench.store.migrations(&oid(&head), &oid(&head)).await.unwrap().is_empty());
    let stranger = oid(&"a".repeat(40));
    assert_eq!(
        bench.store.migrations(&oid(&base), &stranger).await.unwrap_err().code,
        Code::NoSuchCommit
    );
}

#[tokio::test]
async fn each_commit_is_told_with_what_it_touches() {
    let bench = Bench::new();
    let remote = &bench.remote;
    let base = remote.git(&["rev-parse", "main"]);
    remote.commit_on("main", &[("src/a.py", "a\n"), ("src/b.py", "b\n")], "Add two (#12)");
    remote.branch("topic", "main");
    remote.commit_on("topic", &[("topic", "t\n")], "On a topic");
    remote.commit("main").delete("src/b.py").subject("Drop one").make();
    let head = remote.merge_on("main", "topic", "Merge it");
    bench.fetch().await;
    let (base, head) = (oid(&base), oid(&head));
    let touched = bench.store.touched(&base, &head, 10).await.unwrap();
    let mut told: Vec<(String, Option<u64>, String)> = touched
        .into_iter()
        .map(|mut one| {
            one.files.sort();
            (one.commit.subject, one.pull, one.files.join(" "))
        })
        .collect();
    told.sort();
    let row = |subject: &str, pull, files: &str| (subject.to_owned(), pull, files.to_owned());
    assert_eq!(
        told,
        [
            row("Add two (#12)", Some(12), "src/a.py src/b.py"),
            row("Drop one", None, "src/b.py"),
            row("On a topic", None, "topic"),
        ]
    );
    assert_eq!(bench.store.touched(&base, &head, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_long_range_is_told_in_full_whatever_is_listed_of_it() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let mut script = String::new();
    // One author in three, a request that two of them name, and a task at either end.
    for n in 0..2_500 {
        let (author, request) = (["Al", "Bo", "Cy"][n % 3], n / 2);
        let task =
            if n == 0 || n == 2_499 { format!("\n\nPush-Task: do {n}") } else { String::new() };
        let message = format!("Change {n} (#{request}){task}\n");
        let at = 1_700_000_000 + n;
        script.push_str(&format!(
            "commit refs/heads/long\nauthor {author} <a@x> {at} +0000\ncommitter C <c@x> {at} +0000\n\
             data {}\n{message}\n",
            message.len()
        ));
        if n == 0 {
            script.push_str(&format!("from {base}\n"));
        }
    }
    let imported = bench.feed(bench.remote.path(), &["fast-import", "--quiet"], script.as_bytes());
    assert!(imported.status.success());
    bench.fetch().await;
    let head = oid(&bench.remote.git(&["rev-parse", "long"]));
    let told = bench.store.compare(Some(&oid(&base)), &head, 1_500).await.unwrap();
    assert_eq!((told.commit_count, told.behind_count, told.commits.len()), (2_500, 0, 1_500));
    let numbers: Vec<_> =
        told.commits.iter().map(|c| c.subject.split(' ').nth(1).unwrap()).collect();
    assert!(numbers.iter().copied().eq((1_000..2_500).rev().map(|n| n.to_string())));
    let authors: Vec<_> = told.authors.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(authors, [("Al", 834), ("Bo", 833), ("Cy", 833)]);
    assert!(told.pull_requests.iter().copied().eq((0..1_250).rev()), "each once, newest first");
    let tasks: Vec<_> = told.tasks.iter().map(|(_, task)| task.as_str()).collect();
    assert_eq!(tasks, ["do 2499", "do 0"]);
}
