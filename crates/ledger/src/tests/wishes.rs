//! What is SQLite's own of keyed wishes and steps: ends that are written whole or not at all, and files of an earlier form.

use conductor::ports::{Begun, KeptEnd, KeptStep, KeptSteps, KeyedWish};
use jiff::Timestamp;
use sqlx::Connection;

use super::{World, run};
use crate::wishes::{MIGRATIONS, SqliteWishes};
use crate::{open_wishes, schema};

fn keyed(key: &str) -> KeyedWish {
    KeyedWish {
        person: "mat".parse().unwrap(),
        key: key.to_owned(),
        digest: "of a wish".to_owned(),
        step: format!("the step of {key}"),
        at: Timestamp::UNIX_EPOCH,
        hears: false,
    }
}

fn step(key: &str) -> KeptStep {
    KeptStep {
        id: format!("the step of {key}"),
        train: "amo".parse().unwrap(),
        by: "mat".parse().unwrap(),
        at: Timestamp::UNIX_EPOCH,
        hears: false,
        secret: false,
        wish: "{}".to_owned(),
        end: None,
    }
}

fn end(said: &str, answer: &str) -> KeptEnd {
    KeptEnd { said: said.to_owned(), answer: answer.to_owned() }
}

async fn on(store: &SqliteWishes, sql: &str) {
    let mut db = store.db.lock().await;
    run(&mut db, sql).await;
}

/// What the step and its key have of the end.
async fn known(store: &SqliteWishes, key: &str) -> (Option<KeptEnd>, Option<String>) {
    let step = store.kept(&step(key).id).await.unwrap();
    match store.begin(&keyed(key)).await.unwrap() {
        Begun::Before { answer, .. } => (step.and_then(|step| step.end), answer),
        Begun::New => panic!("{key} is not known"),
    }
}

#[tokio::test]
async fn a_step_and_its_key_have_its_end_both_or_neither() {
    let world = World::new();
    let store = open_wishes(world.path()).await.unwrap();
    assert_eq!(store.begin(&keyed("k")).await, Ok(Begun::New));
    store.keep(&step("k")).await.unwrap();
    let over = KeptStep { end: Some(end("said", "answered")), ..step("k") };
    for table in ["step", "wish"] {
        let refuse = format!(
            "CREATE TRIGGER broken BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
        );
        on(&store, &refuse).await;
        assert!(store.keep(&over).await.is_err(), "{table} is not written");
        assert_eq!(known(&store, "k").await, (None, None), "where {table} is not written");
        on(&store, "DROP TRIGGER broken").await;
    }
    store.keep(&over).await.unwrap();
    assert_eq!(known(&store, "k").await, (over.end, Some("answered".to_owned())));
}

#[tokio::test]
async fn a_file_of_the_form_before_comes_up_and_its_keys_have_what_its_steps_know() {
    let world = World::new();
    let mut db = schema::connect(&world.path().join("wishes.db")).await.unwrap();
    MIGRATIONS.run_direct(Some(2), &mut db, false).await.unwrap();
    let answer = r#"{"status":200,"body":{"n":1}}"#;
    let ended = format!(r#"{{"gone":2,"said":[],"answer":{answer}}}"#);
    run(
        &mut db,
        &format!(
            "INSERT INTO step VALUES ('the step of died', 'amo', 'mat', 0, 1, 0, 9, '{{}}', '{ended}');
            INSERT INTO step VALUES ('the step of left', 'amo', 'mat', 0, 0, 0, 9, '{{}}', NULL);
            INSERT INTO wish VALUES ('mat', 'died', 'd', 'the step of died', 0, NULL);
            INSERT INTO wish VALUES ('mat', 'left', 'd', 'the step of left', 0, NULL);
            INSERT INTO wish VALUES ('mat', 'alone', 'd', 'the step of alone', 0,
                '{{\"answer\":{answer},\"embargoed\":false}}');
            INSERT INTO wish VALUES ('mat', 'odd', 'd', 'the step of odd', 0, 'of another version')"
        ),
    )
    .await;
    db.close().await.unwrap();

    let store = open_wishes(world.path()).await.unwrap();
    let answer = format!(r#"{{"answer":{answer},"may_quote":true}}"#);
    let answered = || Some(answer.clone());
    let ended = end(r#"{"gone":2,"said":[]}"#, &answer);
    assert_eq!(known(&store, "died").await, (Some(ended), answered()), "it died between the two");
    assert_eq!(known(&store, "left").await, (None, None));
    assert_eq!(known(&store, "alone").await, (None, answered()), "its step was forgotten");
    for (key, withheld) in [("died", true), ("left", false), ("alone", false), ("odd", true)] {
        let Begun::Before { wish, .. } = store.begin(&keyed(key)).await.unwrap() else {
            panic!("{key} is not known");
        };
        assert_eq!(wish.hears, withheld, "{key}");
    }
}

/// What goes on is known by the run that is at it, whatever numbers the rows have.
#[tokio::test]
async fn a_step_of_another_run_is_left_off_whatever_its_place_in_the_file() {
    let world = World::new();
    let large = |id: &str, second| KeptStep {
        at: Timestamp::from_second(second).unwrap(),
        wish: "x".repeat(usize::try_from(crate::steps::BYTES).unwrap() + 1),
        end: Some(end("", "")),
        ..step(id)
    };
    let before = open_wishes(world.path()).await.unwrap();
    let now = open_wishes(world.path()).await.unwrap();
    assert_ne!(before.run, now.run);
    now.keep(&step("goes on")).await.unwrap();
    before.keep(&step("left off")).await.unwrap();
    // What another program does to the file numbers its rows anew.
    on(&now, "UPDATE step SET rowid = 1000 - rowid").await;
    now.keep(&large("large", 1)).await.unwrap();
    assert_eq!(now.kept(&step("left off").id).await.unwrap(), None);
    assert_eq!(now.kept(&step("goes on").id).await.unwrap(), Some(step("goes on")));
}
