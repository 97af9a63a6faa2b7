//! No form without a sample: each migration brings a dump of a ledger in its form, which must come up to the newest.

use std::fs;
use std::path::{Path, PathBuf};

use conductor::ports::{ChainReport, Ledger, Outbox};
use sqlx::Connection;

use super::{World, run};
use crate::contract::{add, of_train};
use crate::schema;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The numbers that the files of a folder begin with.
fn numbers(name: &str) -> Vec<i64> {
    let files =
        fs::read_dir(folder(name)).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<i64> = files.map(|f| f[..4].parse().unwrap()).collect();
    all.sort_unstable();
    all
}

/// A line `-- name: value` of a sample.
fn noted<'a>(sample: &'a str, name: &str) -> &'a str {
    sample.lines().find_map(|l| l.strip_prefix(&format!("-- {name}: "))).unwrap()
}

#[test]
fn every_form_has_its_sample() {
    let migrations = numbers("migrations");
    assert_eq!(
        migrations,
        (1..=schema::newest()).collect::<Vec<_>>(),
        "numbered without gaps, and all of them built in"
    );
    assert_eq!(numbers("samples"), migrations, "docs/src/ledger.md says how a sample is made");
}

#[tokio::test]
async fn every_sample_comes_up_whole() {
    for version in numbers("samples") {
        let sample =
            fs::read_to_string(folder("samples").join(format!("{version:04}.sql"))).unwrap();
        let world = World::new();
        let mut db = schema::connect(&world.file()).await.unwrap();
        run(&mut db, &sample).await;
        let made: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut db).await.unwrap();
        assert_eq!(made, version, "the sample is of its form");
        db.close().await.unwrap();

        let ledger = world.open().await;
        let entries = ledger.read(0, 100, None).await.unwrap();
        assert!(
            entries.len() >= 5 && entries.iter().any(|e| e.content.is_none()),
            "a sample has entries, one of them erased"
        );
        assert_eq!(ledger.identity().id, noted(&sample, "id"));
        assert_eq!(ledger.head().await.unwrap().hash, noted(&sample, "head"));
        assert_eq!(
            ledger.verify().await.unwrap(),
            ChainReport { entries: entries.len() as u64, broken: None }
        );
        assert!(ledger.projection("state").await.unwrap().is_some());
        let on_its_way = ledger.on_its_way().await.unwrap();
        let reached = ledger.reached().await.unwrap();
        assert_eq!((on_its_way.len(), reached), if version < 2 { (0, None) } else { (1, Some(7)) });
        add(&ledger, vec![of_train(99, "after")]).await.unwrap();
        assert_eq!(ledger.verify().await.unwrap().broken, None);
    }
}

#[tokio::test]
async fn each_migration_sets_its_number() {
    for migration in schema::MIGRATIONS.iter() {
        let line = format!("PRAGMA user_version = {};", migration.version);
        assert!(migration.sql.as_str().trim_end().ends_with(&line), "{}", migration.version);
    }
}
