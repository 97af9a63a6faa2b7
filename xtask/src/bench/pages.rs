//! Pages: how soon the first is there after a start, how fast one is made after a long past, how large they are, and how soon a
//! browser shows one.

use std::process::Command;
use std::time::{Duration, Instant};

use testkit::PushDuty;

use super::server::{Line, Server};
use super::table::Table;
use super::worlds::{HERO, PUSH};
use super::{Bench, Benchmark, done, gates};
use crate::trouble::Trouble;
use crate::{npm, process};

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "pages",
    about: "Pages of a server after 1,000 pushes: their time, their size, the first of them.",
    run,
};

/// Pushes before the one that is shown.
const PUSHES: u32 = 1_000;
/// How often its page is asked for.
const ASKED: usize = 2_000;
/// How often it is asked for just after a change, and what making it may take then: a mark of ours.
const CHANGED: usize = 60;
const ANEW: Duration = Duration::from_millis(20);
/// What making it may take, at the 99th percentile.
const MADE: Duration = Duration::from_millis(5);
/// What a page may weigh without the notes' script, and what that may weigh on its way, in bytes.
const PAGE: u64 = 60_000;
const SCRIPT: u64 = 150_000;
/// When there is a first page after the process was started.
const FIRST: Duration = Duration::from_secs(1);
/// When a browser shows something of it.
const PAINTED: Duration = Duration::from_millis(500);
/// How often a browser opens it, each time as one that was never here.
const OPENED: &str = "7";

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let mut table = Table::default();
    let (world, _remotes) = gates::whole(bench, PUSHES)?;
    first(&world, &mut table)?;
    let server = Server::start(&world, &[])?;
    let cookie = server.let_in(&world, HERO)?;
    let page = format!("/trains/amo/pushes/{PUSH}");
    made(&server, &page, &cookie, &mut table)?;
    changed(&world, &server, (&page, &cookie), &mut table)?;
    sizes(&server, &page, &cookie, &mut table)?;
    painted(&server, &page, &cookie, &mut table)?;
    Ok(table)
}

/// From the start of the process to the first page: the middle one of several starts.
fn first(world: &PushDuty, table: &mut Table) -> Result<(), Trouble> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let server = Server::start(world, &["--public"])?;
        Line::to(server.address)?.get(&format!("/trains/amo/pushes/{PUSH}"), &[])?;
        times.push(began.elapsed());
    }
    times.sort();
    table.time("first page after the start", times[times.len() / 2], FIRST);
    Ok(())
}

/// How long it takes from a question to the whole answer, of many one after another.
fn made(server: &Server, page: &str, cookie: &str, table: &mut Table) -> Result<(), Trouble> {
    let cookie = format!("cookie: {cookie}");
    let mut line = Line::to(server.address)?;
    for (what, kind) in [("", "identity"), (", compressed", "gzip")] {
        let headers = [cookie.as_str(), &format!("accept-encoding: {kind}")];
        line.get(page, &headers)?;
        let mut times = Vec::new();
        for _ in 0..ASKED {
            let began = Instant::now();
            line.get(page, &headers)?;
            times.push(began.elapsed());
        }
        times.sort();
        table.time(&format!("push page{what}, half of them"), times[ASKED / 2], MADE);
        table.time(&format!("push page{what}, 99 of 100"), times[ASKED * 99 / 100], MADE);
    }
    Ok(())
}

/// The same just after an entry was made, when nothing is remembered of what it changed.
fn changed(
    world: &PushDuty,
    server: &Server,
    (page, cookie): (&str, &str),
    table: &mut Table,
) -> Result<(), Trouble> {
    let cookie = format!("cookie: {cookie}");
    let mut line = Line::to(server.address)?;
    let mut times = Vec::new();
    for n in 0..CHANGED {
        let word = if n % 2 == 0 { "unclaim" } else { "claim" };
        done(world.ops("jason").command().args([word, "--yes", "--quiet"]))?;
        let began = Instant::now();
        line.get(page, &[&cookie])?;
        times.push(began.elapsed());
    }
    times.sort();
    table.time("push page just after a change, half of them", times[CHANGED / 2], ANEW);
    table.time("push page just after a change, 9 of 10", times[CHANGED * 9 / 10], ANEW);
    Ok(())
}

/// What a browser gets that was never here.
fn sizes(server: &Server, page: &str, cookie: &str, table: &mut Table) -> Result<(), Trouble> {
    let cookie = format!("cookie: {cookie}");
    let packed = [cookie.as_str(), "accept-encoding: gzip, br"];
    let mut line = Line::to(server.address)?;
    let plain = line.get(page, &[&cookie])?;
    table.bytes("push page as it is written", Some(plain.size()), PAGE);
    let mut whole = line.get(page, &packed)?.size();
    let text = plain.text();
    let (mut script, mut beside) = (0, 0);
    for path in parts(&text) {
        let size = line.get(&path, &packed)?.size();
        if path.contains("/notes.js") { script = size } else { beside += size }
    }
    if script == 0 {
        let mark = text.split("live.js?").nth(1).and_then(|rest| rest.split('"').next());
        let path = format!("/assets/notes.js?{}", mark.unwrap_or_default());
        script = line.get(&path, &packed)?.size();
    }
    whole += beside;
    table.bytes("push page and what it is shown with, on the way", Some(whole), PAGE);
    table.bytes("the notes' script, on the way", Some(script), SCRIPT);
    Ok(())
}

/// The addresses of assets that a page names, and of the fonts that they name.
fn parts(page: &str) -> Vec<String> {
    let named = page.split('"').filter(|word| word.contains("/assets/"));
    let mut paths: Vec<String> = named.map(|word| word.to_owned()).collect();
    paths.push("/assets/archivo.woff2".to_owned());
    paths.sort();
    paths.dedup();
    paths
}

/// When a browser that was never here shows something.
fn painted(server: &Server, page: &str, cookie: &str, table: &mut Table) -> Result<(), Trouble> {
    let web = npm::modules()?;
    let mut node = Command::new("node");
    node.arg(web.join("bench").join("paint.mjs"))
        .args([&format!("{}{page}", server.url()), OPENED]);
    let found = process::fed(&mut node, cookie)?;
    let mut times: Vec<f64> = found.split_whitespace().filter_map(|ms| ms.parse().ok()).collect();
    times.sort_by(f64::total_cmp);
    let Some(middle) = times.get(times.len() / 2) else {
        return Err(Trouble::new("the browser shows nothing", "run web/bench/paint.mjs by hand"));
    };
    table.time(
        "first thing that a browser shows",
        Duration::from_secs_f64(middle / 1_000.0),
        PAINTED,
    );
    Ok(())
}
