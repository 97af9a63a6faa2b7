//! The chain's bytes, computed once more as the docs tell a stranger to.

use std::collections::BTreeMap;

use sqlx::Row;

use super::World;

const DOCS: &str = include_str!("../../../../docs/src/ledger.md");

/// `<length>:<text>,` after the docs, by other code than the store's.
fn framed(fields: &[&str]) -> String {
    let text: String = fields.iter().map(|f| format!("{}:{f},", f.len())).collect();
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[tokio::test]
async fn a_stranger_can_check_the_chain() {
    let world = World::with_entries().await;
    let rows = sqlx::query("SELECT *, CAST(seq AS TEXT) AS number FROM entry LEFT JOIN payload USING (seq) ORDER BY seq")
        .fetch_all(&mut world.by_hand().await)
        .await
        .unwrap();
    assert_eq!(rows.len(), 5);
    let mut previous = "0".repeat(64);
    for row in rows {
        let text = |name| row.get::<String, _>(name);
        if let Some(body) = row.get::<Option<String>, _>("body") {
            assert_eq!(framed(&[&text("salt"), &body]), text("payload_hash"));
        }
        let fields = [
            previous,
            text("number"),
            text("at"),
            text("stream"),
            text("kind"),
            text("payload_hash"),
        ];
        previous = framed(&fields.each_ref().map(String::as_str));
        assert_eq!(previous, text("hash"));
    }
}

#[test]
fn the_docs_example_is_true() {
    let block =
        DOCS.split("```text example\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let given: BTreeMap<&str, &str> = block.lines().filter_map(|l| l.split_once(' ')).collect();
    let of = |name: &str| given[name].trim();
    let payload_hash = framed(&[of("salt"), of("body")]);
    assert_eq!(payload_hash, of("payload_hash"));
    let outer =
        framed(&[of("previous"), of("seq"), of("at"), of("stream"), of("kind"), &payload_hash]);
    assert_eq!(outer, of("hash"));
    assert_eq!(of("previous"), crate::chain::GENESIS);
}
