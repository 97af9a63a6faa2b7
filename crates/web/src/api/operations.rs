//! Every address of the interface, in one table: the router and the document that describes it are both made from it, so that
//! nothing is served that is not described.

use axum::routing::{get, post};
use conductor::carry::Shown;
use conductor::view::{
    AboutView, AsksView, CalendarView, CompareView, DeployOutputView, Document, HealthView,
    HistoryView, LogView, NotesCheckView, NotesView, PeopleView, ReadyView, RotationView,
    ScheduleView, SecurityView, StatsView, StatusView, WaitingView, WatchView, WhereView,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::operation::{Body, Form, Operation, Serves};
use super::{command, events, views};
use crate::answer::Became;
use crate::looks::{
    AskedFor, Compared, Counted, Days, Located, Logged, Nothing, OfForm, OfPush, OfRepo, Page,
    Past, Watched,
};

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

const JSON: &str = "application/json";
const STREAM: &str = "text/event-stream";

/// Whatever goes wrong anywhere: a bad address, no sign-in or one too many that fails, a train that is not there, a record that
/// can't be read.
const ANY: &[u16] = &[400, 401, 403, 404, 409, 429, 500, 502, 503];
/// What may go wrong with a wish too.
const WISH: &[u16] = &[400, 401, 403, 404, 408, 409, 412, 413, 422, 428, 429, 500, 501, 502, 503];

const ACCEPT: (&str, &str) = (
    "Accept",
    "`text/event-stream` asks for a stream: an event `said` for each thing that goes on meanwhile, and at its end an event \
     `answer` with the status and the document that there would be without.",
);
const KEY: (&str, &str) = (
    "Idempotency-Key",
    "A key that you make up for this wish, such as a UUID (draft-ietf-httpapi-idempotency-key-header): the same wish with \
     the same key is carried out once, and answered alike for a day. With another wish it is refused (422).",
);
const SEEN: (&str, &str) =
    ("Last-Event-ID", "The change that was seen last: the stream begins after it.");

const fn json(about: &'static str, form: Form) -> Body {
    Body { status: 200, kind: JSON, about, form }
}

/// A view of a train.
macro_rules! view {
    ($id:literal, $path:literal, $title:literal, $about:literal, $query:ty, $view:ty, $handler:path) => {
        Operation {
            id: $id,
            acts: false,
            path: $path,
            title: $title,
            about: $about,
            query: of::<$query>,
            headers: &[ACCEPT],
            takes: None,
            gives: &[json("The document.", of::<Document<$view>>)],
            noes: ANY,
            open: false,
            serves: Serves::By(|| get($handler)),
        }
    };
}

/// The table.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "page",
        acts: false,
        path: "/",
        title: "This description, as a page",
        about: "Every operation with what it takes and gives; or a form, with all that it leads to.",
        query: of::<OfForm>,
        headers: &[],
        takes: None,
        gives: &[Body { status: 200, kind: "text/html", about: "The page.", form: of::<String> }],
        noes: &[400, 401, 404, 429, 500],
        open: true,
        serves: Serves::Page,
    },
    Operation {
        id: "openapi",
        acts: false,
        path: "/openapi.json",
        title: "This description, for programs",
        about: "OpenAPI 3.1.",
        query: of::<Nothing>,
        headers: &[],
        takes: None,
        gives: &[json("The description.", of::<serde_json::Value>)],
        noes: &[400],
        open: true,
        serves: Serves::Description,
    },
    Operation {
        id: "trains",
        acts: false,
        path: "/trains",
        title: "The trains of this server",
        about: "Their names.",
        query: of::<Nothing>,
        headers: &[],
        takes: None,
        gives: &[json("The names.", of::<views::TrainsView>)],
        noes: ANY,
        open: false,
        serves: Serves::By(|| get(views::trains)),
    },
    Operation {
        query: of::<Nothing>,
        serves: Serves::By(|| get(views::about)),
        ..view!(
            "about",
            "/trains/{train}",
            "What a train is",
            "Its people, repositories and zone; and who asks.",
            Nothing,
            AboutView,
            views::about
        )
    },
    view!(
        "status",
        "/trains/{train}/status",
        "The push at a glance",
        "From what was recorded and last seen: nothing is asked of any remote.",
        OfPush,
        StatusView,
        views::status
    ),
    view!(
        "ready",
        "/trains/{train}/ready",
        "Whether production may be started",
        "Looks at remotes and services first, and runs the team's own programs.",
        OfPush,
        ReadyView,
        views::ready
    ),
    view!(
        "watch",
        "/trains/{train}/watch",
        "Whether an environment shows a push's tags",
        "One look of `watch`: asks the environment's services first.",
        Watched,
        WatchView,
        views::watch
    ),
    view!(
        "compare",
        "/trains/{train}/compare",
        "What a push brings",
        "Commits, authors, pull requests, tasks and migrations over what users run. Where not every repository could be looked at the answer is a no that has the rest in `shown`.",
        Compared,
        CompareView,
        views::compare
    ),
    view!(
        "where",
        "/trains/{train}/where",
        "Where a commit is",
        "Since when on main, in which tags and environments, and what next.",
        Located,
        WhereView,
        views::whereis
    ),
    view!(
        "history",
        "/trains/{train}/history",
        "Past pushes",
        "Newest first: what this train cut, and what was imported from notes.",
        Past,
        HistoryView,
        views::history
    ),
    view!(
        "stats",
        "/trains/{train}/stats",
        "Past pushes in numbers",
        "Cadence, re-tags, picks, lead time, what held, fairness, and DORA's four.",
        Counted,
        StatsView,
        views::stats
    ),
    view!(
        "log",
        "/trains/{train}/log",
        "The ledger",
        "Who did what, when.",
        Logged,
        LogView,
        views::log
    ),
    view!(
        "schedule",
        "/trains/{train}/schedule",
        "Departures",
        "When each push is cut, when it leaves, who is on duty.",
        Days,
        ScheduleView,
        views::schedule
    ),
    view!(
        "calendar",
        "/trains/{train}/calendar",
        "Departures as a file for calendars",
        "iCalendar (RFC 5545), with an event for each push and each cut; of a year back on, where no day is named.",
        Days,
        CalendarView,
        views::calendar
    ),
    view!(
        "rotation",
        "/trains/{train}/rotation",
        "Who is on duty in turn",
        "The order of turns, what falls on whom, who is passed over and why, and who is away. What external calendars say of people is told to those who are signed in.",
        Nothing,
        RotationView,
        views::rotation
    ),
    view!(
        "health",
        "/trains/{train}/health",
        "How everything fares that the train leans on",
        "Repositories, services and channels, as the server's last round found them. For people of the train.",
        Nothing,
        HealthView,
        views::health
    ),
    view!(
        "people",
        "/trains/{train}/people",
        "Who is aboard",
        "Everybody with their roles: those of the configuration, and those that an admin gave.",
        Nothing,
        PeopleView,
        views::people
    ),
    view!(
        "notes",
        "/trains/{train}/notes",
        "The notes of a push",
        "The page byte for byte, and what it is read as.",
        Page,
        NotesView,
        views::notes
    ),
    view!(
        "doubts",
        "/trains/{train}/notes/doubts",
        "What to look at again in the notes",
        "Unknown names, odd times, wrong links. They stop nothing.",
        AskedFor,
        NotesCheckView,
        views::doubts
    ),
    view!(
        "asks",
        "/trains/{train}/asks",
        "Picks that somebody wants",
        "Each as it was tried last.",
        AskedFor,
        AsksView,
        views::asks
    ),
    view!(
        "waiting",
        "/trains/{train}/waiting",
        "What waits for whoever asks",
        "On one train: what needs them, with the wishes that answer it. From what was recorded and last seen: nothing is asked of any remote.",
        Nothing,
        WaitingView,
        views::waiting
    ),
    Operation {
        id: "all_waiting",
        acts: false,
        path: "/waiting",
        title: "What waits for whoever asks, on all trains",
        about: "The same of every train that knows them.",
        query: of::<Nothing>,
        headers: &[],
        takes: None,
        gives: &[json("What waits, train by train.", of::<views::AllWaitingView>)],
        noes: ANY,
        open: false,
        serves: Serves::By(|| get(views::all_waiting)),
    },
    view!(
        "security",
        "/trains/{train}/security",
        "Security branches",
        "By number, and whether security follows upstream. For the security role alone.",
        OfRepo,
        SecurityView,
        views::security
    ),
    Operation {
        serves: Serves::By(|| get(views::deploy)),
        ..view!(
            "deploy",
            "/trains/{train}/deploys/{key}",
            "What a deploy put out",
            "As far as it is kept.",
            Nothing,
            DeployOutputView,
            views::deploy
        )
    },
    Operation {
        id: "carry",
        acts: true,
        path: "/trains/{train}/commands",
        title: "Carry a wish out, or plan it",
        about: "With `dry_run` the answer is the plan, its digest, and whether it would change anything; nothing is done. Without, \
                the wish is carried out; with `if` only where its plan is still the one with that digest. What takes long is \
                answered with 202, and goes on.",
        query: of::<Nothing>,
        headers: &[ACCEPT, KEY],
        takes: Some(Body {
            status: 0,
            kind: JSON,
            about: "The wish.",
            form: of::<command::Wished>,
        }),
        gives: &[
            json(
                "The plan, or what became of it: the document of the command of that name.",
                carried,
            ),
            Body { status: 202, kind: JSON, about: "It goes on.", form: of::<command::Going> },
        ],
        noes: WISH,
        open: false,
        serves: Serves::By(|| post(command::post)),
    },
    Operation {
        id: "step",
        acts: false,
        path: "/trains/{train}/steps/{step}",
        title: "A wish that goes on, or did",
        about: "As `carry` answers it, for the last thousand, also after the server was begun anew; one that it ended at is 409, `left_open`. One that may say what is embargoed is for those with the security role, the lines that programs and remotes put out for people of the train.",
        query: of::<Nothing>,
        headers: &[ACCEPT],
        takes: None,
        gives: &[
            json("What became of it.", of::<Document<Became<Shown>>>),
            Body { status: 202, kind: JSON, about: "It goes on.", form: of::<command::Going> },
        ],
        noes: WISH,
        open: false,
        serves: Serves::By(|| get(command::step)),
    },
    Operation {
        id: "events",
        acts: false,
        path: "/trains/{train}/events",
        title: "A stream of changes",
        about: "Server-sent events: a `change` whenever the train is another.",
        query: of::<Nothing>,
        headers: &[SEEN],
        takes: None,
        gives: &[Body {
            status: 200,
            kind: STREAM,
            about: "The stream, event by event.",
            form: change,
        }],
        noes: ANY,
        open: false,
        serves: Serves::By(|| get(events)),
    },
];

/// An event of a train's stream, by its fields.
fn change(_: &mut SchemaGenerator) -> Schema {
    let text = serde_json::json!({ "type": "string" });
    schemars::json_schema!({
        "type": "object",
        "properties": { "id": text, "event": { "const": "change" }, "data": text },
        "required": ["id", "event", "data"],
    })
}

/// What a wish is answered with.
fn carried(generator: &mut SchemaGenerator) -> Schema {
    let plan = of::<Document<command::Planned<Shown>>>(generator);
    let done = of::<Document<Became<Shown>>>(generator);
    schemars::json_schema!({ "anyOf": [plan, done] })
}
