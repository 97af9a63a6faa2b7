//! What the channels are told: what is on its way to them, what did not arrive and why, and when it is tried again.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::{DeliveryView, DeliveryWord, TellView};
use conductor::{Conductor, TellWish};
use train::announce::Audience;
use train::id::TrainName;

use super::words::{self, Mark, When};
use super::{Layout, NoPage, looked, shown};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "told.html")]
struct ToldPage {
    layout: Layout,
    train: String,
    says: String,
    /// Whether there is any channel.
    set_up: bool,
    rows: Vec<Row>,
    /// Whether the reader may say what becomes of them.
    may: bool,
}

/// An announcement on its way to a channel.
struct Row {
    name: String,
    mark: Mark,
    channel: String,
    to: String,
    push: Option<String>,
    subject: String,
    text: String,
    /// Why it did not arrive, with how often it was tried.
    why: Option<String>,
    next: Option<When>,
    until: When,
    /// Whether it was tried in vain.
    failed: bool,
    /// Whether anything becomes of it still.
    open: bool,
    /// Whether it goes to other channels too: then so does what is said of it.
    others: bool,
}

impl Row {
    fn of(one: DeliveryView) -> Self {
        use DeliveryWord::{Due, PutOff, Waits};
        let tries = usize::try_from(one.tries).unwrap_or(usize::MAX);
        let tried = |why: &String| match tries {
            0 => words::sentence(why),
            n => format!("Tried {}: {}", words::count(n, "time"), words::sentence(why)),
        };
        Self {
            mark: mark(one.state),
            to: to(&one.audience),
            push: one.push.map(|push| push.to_string()),
            why: one.why.as_ref().map(tried),
            next: one.next_try_at.filter(|_| one.state == PutOff).as_ref().map(When::date),
            until: When::date(&one.expires_at),
            failed: matches!(one.state, PutOff | Waits),
            open: matches!(one.state, Due | PutOff | Waits),
            others: false,
            name: one.id,
            channel: one.channel,
            subject: one.subject,
            text: one.text,
        }
    }
}

/// A row for each channel that an announcement goes to.
fn rows(announcements: Vec<DeliveryView>) -> Vec<Row> {
    let mut rows: Vec<Row> = announcements.into_iter().map(Row::of).collect();
    for at in 0..rows.len() {
        let same = |(n, row): (usize, &Row)| n != at && row.open && row.name == rows[at].name;
        rows[at].others = rows.iter().enumerate().any(same);
    }
    rows
}

fn mark(state: DeliveryWord) -> Mark {
    let (shape, word) = match state {
        DeliveryWord::Due => ("wait", "due"),
        DeliveryWord::Handed => ("pass", "handed over"),
        DeliveryWord::Already => ("pass", "there before"),
        DeliveryWord::PutOff => ("odd", "put off"),
        DeliveryWord::Waits => ("fail", "waits for a person"),
        DeliveryWord::Expired => ("skip", "too late"),
        DeliveryWord::Superseded => ("skip", "a newer topic"),
        DeliveryWord::Moot => ("skip", "done meanwhile"),
        DeliveryWord::Dropped => ("skip", "given up"),
    };
    Mark { shape, word }
}

fn to(audience: &Audience) -> String {
    match audience {
        Audience::Channel => "everybody there".to_owned(),
        Audience::List => "the list".to_owned(),
        Audience::Person { nick, .. } => nick.clone(),
    }
}

/// How much is on its way.
fn says(view: &TellView) -> String {
    if !view.set_up {
        return "No channel is set up: nothing is announced.".to_owned();
    }
    let of = |state| view.count(state);
    let (due, put_off, waits) =
        (of(DeliveryWord::Due), of(DeliveryWord::PutOff), of(DeliveryWord::Waits));
    let parts = [
        (due, format!("{due} due")),
        (put_off, format!("{put_off} put off")),
        (waits, format!("{waits} to be tried again or given up by a person")),
    ];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words);
    match parts.collect::<Vec<_>>() {
        none if none.is_empty() => "Nothing waits to be told.".to_owned(),
        some => format!("{}.", some.join(", ")),
    }
}

/// `/trains/{train}/told`: for people of the train, as why something did not arrive names addresses and files.
pub(crate) async fn told(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    let theirs = visitor.is_known().and_then(|()| visitor.is_aboard(&house, &train));
    theirs.map_err(|refusal| NoPage::of(&house, &visitor, refusal))?;
    let look = async |conductor: &Conductor| {
        let view = conductor.plan_tell(&TellWish::default()).await?;
        Ok((view, conductor.may_tell().await?))
    };
    let ((view, may), zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, "What is told");
    let layout = layout.about(&train).at("train").in_zone(&zone);
    Ok(shown(&ToldPage {
        layout,
        train: train.to_string(),
        says: says(&view),
        set_up: view.set_up,
        rows: rows(view.announcements),
        may: may && visitor.may_act_on(&house, &train).is_ok(),
    }))
}

#[cfg(test)]
mod tests {
    use conductor::view::Moment;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use train::announce::Kind;

    use super::*;

    fn delivery(state: DeliveryWord, tries: u32, why: Option<&str>) -> DeliveryView {
        let at = || Moment::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
        DeliveryView {
            id: "3f2a".to_owned(),
            kind: Kind::Cut,
            push: None,
            channel: "team".to_owned(),
            audience: Audience::Channel,
            subject: "amo: 2026.11.26 is cut".to_owned(),
            text: String::new(),
            state,
            repeat: false,
            tries,
            why: why.map(str::to_owned),
            next_try_at: Some(at()),
            expires_at: at(),
        }
    }

    #[test]
    fn it_is_said_how_much_waits_and_for_what() {
        use DeliveryWord::{Due, Handed, PutOff, Waits};
        let of = |states: &[DeliveryWord]| {
            let announcements = states.iter().map(|state| delivery(*state, 0, None)).collect();
            says(&TellView { set_up: true, announcements })
        };
        assert_eq!(of(&[]), "Nothing waits to be told.");
        assert_eq!(of(&[Handed]), "Nothing waits to be told.");
        let all = "1 due, 2 put off, 1 to be tried again or given up by a person.";
        assert_eq!(of(&[PutOff, Waits, Due, PutOff]), all);
        let none = TellView { set_up: false, announcements: Vec::new() };
        assert!(says(&none).starts_with("No channel"));
    }

    #[test]
    fn what_did_not_arrive_says_why_and_when_it_is_tried_again() {
        let row = Row::of(delivery(DeliveryWord::PutOff, 2, Some("it is a folder")));
        assert_eq!(row.why.as_deref(), Some("Tried 2 times: It is a folder."));
        assert!(row.next.is_some() && row.failed && row.open);
        let row = Row::of(delivery(DeliveryWord::Due, 0, None));
        assert!(row.why.is_none() && row.next.is_none() && !row.failed && row.open);
        assert!(!Row::of(delivery(DeliveryWord::Moot, 0, None)).open);
    }
}
