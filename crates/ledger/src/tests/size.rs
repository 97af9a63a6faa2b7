//! The size that the product is measured at: 100,000 events, 500 pushes.

use conductor::ports::{Entry, Ledger, Projection};

use super::World;
use crate::contract::{PATIENCE, of_push};

const ENTRIES: u64 = 100_000;

#[tokio::test]
async fn a_hundred_thousand_entries_are_paged_and_looking_reads_none_of_them() {
    let world = World::new();
    let ledger = world.open().await;
    let lock = ledger.lock(PATIENCE).await.unwrap();
    let mut head = ledger.head().await.unwrap();
    let project = |entries: &[Entry]| {
        let seq = entries.last().unwrap().seq;
        vec![Projection { name: "state".to_owned(), seq, body: format!("{{\"entries\":{seq}}}") }]
    };
    while head.seq < ENTRIES {
        let drafts = (0..5_000).map(|n| {
            let (year, day) = (2000 + n / 250, 1 + n % 25);
            of_push(0, &format!("{year}.11.{day:02}"), "nothing new")
        });
        ledger.append(&lock, &head, drafts.collect(), &project).await.unwrap();
        head = ledger.head().await.unwrap();
    }
    let (mut after, mut seen) = (0, 0);
    while let Some(last) = {
        let page = ledger.read(after, 10_000, None).await.unwrap();
        assert!(page.iter().map(|e| e.seq).eq(after + 1..=after + page.len() as u64));
        seen += page.len() as u64;
        page.last().map(|e| e.seq)
    } {
        after = last;
    }
    assert_eq!(seen, ENTRIES);
    let report = ledger.verify().await.unwrap();
    assert_eq!((report.entries, report.broken), (ENTRIES, None));
    looking_steps_over_few_rows(&ledger).await;
}

/// Counts instead of clocks: no query that `status` needs may scan a table.
async fn looking_steps_over_few_rows(ledger: &crate::Sqlite) {
    let queries = [
        "SELECT seq, hash, at FROM entry ORDER BY seq DESC LIMIT 1",
        "SELECT name, seq, body FROM projection WHERE name = 'state'",
        "SELECT seq FROM entry WHERE seq = 5",
        crate::read::SEQ_OF,
        "SELECT seq, body FROM entry LEFT JOIN payload USING (seq) WHERE seq > 99990 ORDER BY seq LIMIT 10",
        "SELECT seq, body FROM entry LEFT JOIN payload USING (seq) WHERE stream = 'push/2001.11.02' AND seq > 5 ORDER BY seq",
    ];
    for query in queries {
        let mut lent = ledger.lend().await.unwrap();
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}")))
                .fetch_all(&mut lent.db)
                .await
                .unwrap();
        lent.end(Ok(())).unwrap();
        let scans = |line: &str| {
            line.contains("SCAN") && !query.ends_with("LIMIT 1") || line.contains("TEMP B-TREE")
        };
        assert!(
            !plan.is_empty() && plan.iter().all(|(.., line)| !scans(line)),
            "{query}: {plan:?}"
        );
    }
}
