//! The page of a train: the push that matters now on its line, departures, who is on duty and who is away, and how what it leans on fares.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::Conductor;
use conductor::view::{DepartureView, HealthLine, HealthView, OfferView};
use train::id::{PersonName, TrainName};

use super::push::Board;
use super::rotation::Rota;
use super::scene::Scene;
use super::words::{Mark, When};
use super::{Layout, NoPage, encoded, looked, shown};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "schedule.html")]
struct SchedulePage {
    layout: Layout,
    train: String,
    /// Who reads it, as it stands in an address.
    reader: Option<String>,
    board: Board,
    /// Whether a calendar program takes a key: it signs in nowhere. Whoever reads can make one.
    keyed: bool,
    departures: Vec<Row>,
    rota: Rota,
    /// Whether the reader is of the train.
    aboard: bool,
    /// How everything fares that the train leans on; none for whoever is not of the train.
    health: Option<Health>,
}

/// What the last round found.
struct Health {
    at: When,
    says: String,
    lines: Vec<Fares>,
}

/// How one thing fares.
struct Fares {
    mark: Mark,
    kind: &'static str,
    name: String,
    trouble: String,
}

impl Fares {
    fn of(line: HealthLine) -> Self {
        let (shape, word) =
            if line.trouble.is_some() { ("fail", "fails") } else { ("pass", "answers") };
        let (kind, mark) = (line.kind.word(), Mark { shape, word });
        Self { mark, kind, name: line.name, trouble: line.trouble.unwrap_or_default() }
    }
}

impl Health {
    fn of(view: HealthView) -> Option<Self> {
        let at = When::date(&view.looked_at?);
        let down = view.lines.iter().filter(|line| line.trouble.is_some()).count();
        let answer = match down {
            0 => "all answer".to_owned(),
            1 => "1 fails".to_owned(),
            n => format!("{n} fail"),
        };
        let says = format!("{answer}; asked in {} ms", view.took_ms);
        Some(Self { at, says, lines: view.lines.into_iter().map(Fares::of).collect() })
    }
}

/// A departure of the timetable.
struct Row {
    push: String,
    /// Whether it is the push that matters now.
    this: bool,
    runs: bool,
    cut: When,
    day: When,
    leaves: When,
    hero: Option<String>,
    turn: Option<String>,
    says: String,
    answers: Vec<Answer>,
    /// What the reader can ask for beside these, each as a form that is opened with this push.
    changes: Vec<Answer>,
}

/// What the reader can say to an offer, or ask for.
struct Answer {
    command: &'static str,
    label: &'static str,
}

const fn answer(command: &'static str, label: &'static str) -> Answer {
    Answer { command, label }
}

/// What `reader` can say to the offer of a departure: keep what is their own, or take or decline what is made to them.
fn answers(offer: Option<&OfferView>, reader: Option<&PersonName>) -> Vec<Answer> {
    let Some((offer, reader)) = offer.filter(|offer| offer.stands).zip(reader) else {
        return Vec::new();
    };
    if &offer.by == reader {
        return vec![answer("keep_offer", "Keep it…")];
    }
    match &offer.to {
        Some(to) if to != reader => Vec::new(),
        _ => vec![answer("take_offer", "Take it…"), answer("decline_offer", "Decline…")],
    }
}

/// What whoever reads may do to the calendar.
struct May {
    swap: bool,
    move_it: bool,
}

/// What `reader` can ask for of a departure that runs: their own turn they offer to others, and what more they may.
fn changes(departure: &DepartureView, reader: Option<&PersonName>, may: &May) -> Vec<Answer> {
    let cut = departure.state == "cut";
    let own = reader.is_some() && departure.hero.as_ref() == reader;
    let offer = own && !cut && departure.offer.is_none();
    let all = [
        (offer, answer("offer", "Offer…")),
        (may.swap, answer("swap", "Swap…")),
        (may.move_it && !cut, answer("move", "Move…")),
    ];
    all.into_iter().filter(|(may, _)| *may).map(|(_, answer)| answer).collect()
}

impl Row {
    /// `board` is that of the push that matters now: it stands in its row.
    fn of(
        departure: DepartureView,
        board: &Board,
        reader: Option<&PersonName>,
        may: &May,
        scene: &Scene,
    ) -> Self {
        let push = departure.push.to_string();
        let this = board.push.as_ref() == Some(&push);
        let runs = !matches!(departure.state.as_str(), "cancelled" | "skipped" | "frozen");
        let offer = departure.offer.as_ref();
        let state = match departure.state.as_str() {
            _ if this => Some(board.held_by.clone()),
            "planned" => None,
            state => Some(state.to_owned()).filter(|_| runs),
        };
        let says = [state, offer.map(OfferView::words), departure.note.clone()];
        let says: Vec<String> = says.into_iter().flatten().collect();
        Self {
            this,
            push,
            runs,
            answers: answers(offer, reader),
            changes: if runs { changes(&departure, reader, may) } else { Vec::new() },
            cut: When::date(&departure.cut_at),
            day: When::day(&departure.push_at),
            leaves: When::clock(&departure.push_at),
            hero: departure.hero.map(|hero| hero.to_string()),
            turn: departure.turn.map(|turn| turn.to_string()),
            says: if says.is_empty() { String::new() } else { scene.sentence(&says.join("; ")) },
        }
    }
}

/// `/trains/{train}/schedule`.
pub(crate) async fn schedule(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    let known = visitor.is_known().is_ok();
    let look = async move |conductor: &Conductor| {
        let scene = Scene::of(conductor);
        let status = conductor.status(None).await?;
        let zone = conductor.settings.timetable.zone();
        let (swap, move_it) = conductor.may_change_calendar().await?;
        let departures = conductor.schedule(None, None).await?.0;
        let rotation = conductor.rotation(known).await?;
        Ok((status, (departures, rotation), May { swap, move_it }, scene, zone))
    };
    let ((status, (view, rotation), may, scene, its_zone), zone) =
        looked(&house, &visitor, &train, look).await?;
    let health = Health::of(house.fares.of(&train, its_zone));
    let aboard = visitor.aboard(&house, &train).is_some();
    let health = health.filter(|_| aboard);
    let title = format!("{train}, the train");
    let layout = Layout::of(&house, &visitor, &title).about(&train).at("train").in_zone(&zone);
    let reader = visitor.name();
    let may = if visitor.may_act().is_ok() { may } else { May { swap: false, move_it: false } };
    let board = Board::of(&status, &scene, reader);
    let departures =
        view.departures.into_iter().map(|d| Row::of(d, &board, reader, &may, &scene)).collect();
    let keyed = !house.open.public && visitor.at_a_browser().is_ok();
    let rota = Rota::of(rotation, &train, visitor.may_act().is_ok(), status.push);
    let (train, reader) = (train.to_string(), reader.map(|reader| encoded(reader.as_str())));
    let page =
        SchedulePage { layout, train, reader, board, keyed, departures, rota, aboard, health };
    Ok(shown(&page))
}
