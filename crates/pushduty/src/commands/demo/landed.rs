//! What the pretend developers wrote: the weeks that were, and what lands from Monday to Wednesday.

use crate::stage::stream::{Commit, of};

/// The repositories aboard.
pub const REPOS: [&str; 3] = ["server", "frontend", "worker"];

/// Subjects by which the story finds its commits.
pub const SORT: &str = "Sort search results by rating (#211)";
pub const WAIT: &str = "Tell clients how long to wait";
pub const PULL: &str = "Merge pull request #213 from noor/rate-limit";
pub const STARS: &str = "Show ratings as stars (#216)";
pub const FOCUS: &str = "Keep the focus in the search box (#88)";
pub const SESSIONS: &str = "Refuse the session of somebody who signed out";

/// What can't wait for Thursday.
pub const COUNT: &str = "Count each download once (#218)";
/// `search.py` as mara leaves it: the stars of #216 over what Tuesday's tag has.
pub const SEARCH_BY_HAND: &str = "\
def search(query):
    found = index.find(query)
    found.sort(key=rating, reverse=True)
    return [(addon.name, stars(addon.rating)) for addon in found]
";

/// What mends the blocker.
pub const PAGES: &str = "Count pages from the whole list (#217)";

const MAIN: &str = "refs/heads/main";
const ON_MAIN: Option<&str> = Some("refs/heads/main^0");
const PULL_213: &str = "refs/pull/213/head";

const SEARCH: &str = "\
def search(query):
    found = index.find(query)
    return [addon.name for addon in found]
";
const SORTED: &str = "\
def search(query):
    found = index.find(query)
    found.sort(key=rating, reverse=True)
    return [addon.name for addon in found]
";
const RATED: &str = "\
def search(query):
    found = index.find(query)
    found.sort(key=rating, reverse=True)
    return [(addon.name, addon.rating) for addon in found]
";
const STARRED: &str = "\
def search(query):
    found = index.find(query)
    found.sort(key=rating, reverse=True)
    return [(addon.name, stars(addon.rating)) for addon in found]
";
const EXPORT: &str = "\
def export(user, collection):
    return as_json(collection.addons)
";
const EXPORT_CHECKED: &str = "\
def export(user, collection):
    collection.must_be_readable_by(user)
    return as_json(collection.addons)
";
const SESSION: &str = "\
def user_of(session):
    return users.get(session.user_id)
";
const SESSION_CHECKED: &str = "\
def user_of(session):
    if session.signed_out:
        return None
    return users.get(session.user_id)
";
const RESPONSES: &str = "\
def too_many():
    return Response(429)
";
const RESPONSES_WAIT: &str = "\
def too_many(seconds):
    return Response(429, headers={'Retry-After': seconds})
";

/// A commit that goes on from the one before it on main.
fn next<'a>(who: &'a str, at: &'a str, message: &'a str, files: Files<'a>) -> Commit<'a> {
    Commit { on: MAIN, parent: None, merges: None, who, at, message, files }
}

/// The first commit of a stream on a main that is there.
fn first<'a>(who: &'a str, at: &'a str, message: &'a str, files: Files<'a>) -> Commit<'a> {
    Commit { parent: ON_MAIN, ..next(who, at, message, files) }
}

type Files<'a> = &'a [(&'a str, &'a str)];

/// The remotes as the week begins; the security twin equals the server.
pub fn before() -> Vec<(&'static str, String)> {
    let server = [
        next(
            "noor",
            "2026-11-12T11:00:00+01:00",
            "Search add-ons by name (#207)",
            &[
                ("search.py", SEARCH),
                ("export.py", EXPORT),
                ("session.py", SESSION),
                ("responses.py", RESPONSES),
                ("migrations/0007_ratings.py", "add_column('addons', 'rating')\n"),
            ],
        ),
        next(
            "theo",
            "2026-11-17T08:30:00+01:00",
            "Count downloads once a day (#209)",
            &[("downloads.py", "EVERY = '1 day'\n")],
        ),
    ];
    let frontend = [
        next(
            "noor",
            "2026-11-12T15:00:00+01:00",
            "List collections (#81)",
            &[("list.ts", "export const page = 20;\n"), ("box.ts", "box.clear();\n")],
        ),
        next(
            "mara",
            "2026-11-16T17:00:00+01:00",
            "Say when a page is missing (#84)",
            &[("missing.ts", "export const title = 'Not here';\n")],
        ),
    ];
    let worker = [next(
        "theo",
        "2026-11-10T09:30:00+01:00",
        "Resize icons (#31)",
        &[("icons.py", "SIZES = [32, 64, 128]\n")],
    )];
    let last_week = "2026-11-17T09:00:00+01:00";
    let tags = [("2026.11.19", MAIN, "noor", last_week)];
    let server = of(&server, &tags);
    let earlier = [("2026.11.12", MAIN, "theo", "2026-11-10T10:00:00+01:00")];
    vec![
        ("server", server.clone()),
        ("server-security", server),
        ("frontend", of(&frontend, &tags)),
        ("worker", of(&worker, &earlier)),
    ]
}

/// Monday, in the open.
pub fn monday() -> Vec<(&'static str, String)> {
    let server = [
        first("noor", "2026-11-23T10:12:00+01:00", SORT, &[("search.py", SORTED)]),
        next(
            "theo",
            "2026-11-23T11:40:00+01:00",
            "Keep the order of a collection (#212)\n\nPush-Task: run ./manage.py reindex on stage and production",
            &[("migrations/0008_order.py", "add_column('collections', 'position')\n")],
        ),
    ];
    let frontend = [first(
        "noor",
        "2026-11-23T14:20:00+01:00",
        "Show a spinner while a list loads (#87)",
        &[("list.ts", "export const page = 20;\nspinner.show();\n")],
    )];
    vec![("server", of(&server, &[])), ("frontend", of(&frontend, &[]))]
}

/// Monday, behind the curtain: a branch of the security twin.
pub fn embargoed() -> String {
    let branch = "refs/heads/export-leaks-private-collections";
    let message = "Check who may read a collection before it is exported";
    let files = [("export.py", EXPORT_CHECKED)];
    let at = "2026-11-23T13:05:00+01:00";
    let fix = Commit { on: branch, ..first("theo", at, message, &files) };
    of(&[fix], &[])
}

/// Tuesday, after the cut: a pull request of two commits.
pub fn pull_request() -> String {
    let limits = ("limits.py", "PER_MINUTE = settings.limit\n");
    let waits = ("responses.py", RESPONSES_WAIT);
    let (limit_files, wait_files, both) = ([limits], [waits], [limits, waits]);
    let pull = |at, message, parent, files| Commit {
        on: PULL_213,
        parent,
        ..next("noor", at, message, files)
    };
    let limit = "Read the rate limit from the settings";
    let main = Some("refs/heads/main");
    let merge = next("noor", "2026-11-24T14:10:00+01:00", PULL, &both);
    of(
        &[
            pull("2026-11-24T11:30:00+01:00", limit, main, &limit_files),
            pull("2026-11-24T11:55:00+01:00", WAIT, None, &wait_files),
            Commit { parent: ON_MAIN, merges: Some(PULL_213), ..merge },
        ],
        &[],
    )
}

/// Tuesday, late: what Wednesday's stars are made of.
pub fn tuesday_late() -> String {
    let rated = "Give the rating with each search result (#214)";
    of(&[first("theo", "2026-11-24T16:45:00+01:00", rated, &[("search.py", RATED)])], &[])
}

/// Wednesday morning.
pub fn wednesday() -> Vec<(&'static str, String)> {
    let server = [first("theo", "2026-11-25T09:10:00+01:00", STARS, &[("search.py", STARRED)])];
    let frontend = [first(
        "noor",
        "2026-11-25T09:25:00+01:00",
        FOCUS,
        &[("box.ts", "box.clear();\nbox.focus();\n")],
    )];
    vec![("server", of(&server, &[])), ("frontend", of(&frontend, &[]))]
}

/// Wednesday, found in use: the fix that can't wait for next week.
pub fn urgent() -> String {
    let branch = "refs/heads/sessions-outlive-sign-out";
    let files = [("session.py", SESSION_CHECKED)];
    let at = "2026-11-25T13:20:00+01:00";
    of(&[Commit { on: branch, ..first("noor", at, SESSIONS, &files) }], &[])
}

/// Wednesday afternoon: what mends production.
pub fn fire() -> String {
    let files = [("downloads.py", "EVERY = '1 day'\nONCE = True\n")];
    of(&[first("theo", "2026-11-25T14:40:00+01:00", COUNT, &files)], &[])
}

/// Thursday morning: what mends the second page.
pub fn thursday() -> String {
    let files = [("pages.py", "def pages(found, size):\n    return -(-len(found) // size)\n")];
    of(&[first("theo", "2026-11-26T07:35:00+01:00", PAGES, &files)], &[])
}
