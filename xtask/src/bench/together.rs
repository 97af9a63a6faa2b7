//! Notes that many write at once, beside a real Etherpad: the same load by a client for each, one after the other.

use std::process::Command;
use std::time::Duration;

use jiff::ToSpan;
use serde::Deserialize;
use testkit::{PushDuty, Remote};

use super::etherpad::Etherpad;
use super::server::Server;
use super::table::Table;
use super::worlds::{BEFORE, another, remote, train, typed};
use super::{Bench, Benchmark, done};
use crate::trouble::Trouble;
use crate::{npm, process, say};

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "together",
    about: "Notes that 100 write at once, beside a real Etherpad: from a key to the other author, the highest rate, memory.",
    run,
};

/// Authors, of whom one person is at most so many.
const AUTHORS: u32 = 100;
const EACH: u32 = 4;
/// How long is measured, in seconds: at a letter a second each, and at each rate on the way to the highest.
const LONG: u32 = 30;
const SHORT: u32 = 15;
/// Letters in a second of all authors, on the way to the highest rate that is held.
const RATES: [u32; 17] =
    [50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_250, 1_500, 2_000, 2_500];
/// What a rate is held by: the 99th percentile in milliseconds, and the part of what is offered that is written.
const HELD: (f64, f64) = (250.0, 0.95);
/// At most a fifth of Etherpad's time, and a third of the memory that it grows by; at least four times its highest rate.
const TIME: f64 = 0.2;
const MEMORY: f64 = 1.0 / 3.0;
const RATE: f64 = 0.25;

/// What the client found.
#[derive(Debug, Deserialize)]
struct Found {
    heard: usize,
    p50: Option<f64>,
    p99: Option<f64>,
    idle: f64,
    peak: f64,
    /// Shares of one processor.
    server: f64,
    client: f64,
    /// Letters in a second.
    offered: f64,
    kept: f64,
    /// Authors whom the server let go, and why the first of them.
    ended: usize,
    why: Option<String>,
}

impl Found {
    fn p99(&self) -> f64 {
        self.p99.unwrap_or(f64::INFINITY)
    }

    fn holds(&self) -> bool {
        self.ended == 0 && self.p99() < HELD.0 && self.kept >= self.offered * HELD.1
    }

    fn line(&self, who: &str, rate: u32) -> String {
        let Self { heard, p50, server, client, offered, kept, ended, .. } = self;
        let grown = (self.peak - self.idle) / 1e6;
        let why = self.why.as_ref().map(|why| format!("; {ended} were let go: {why}"));
        format!(
            "  {who:<9} {rate:>5} a second: p50 {:.1} ms, p99 {:.1} ms of {heard}; {kept:.0} of {offered:.0} a second kept; \
             {:.0} % of a processor, the client {:.0} %; grown by {grown:.1} MB{}",
            p50.unwrap_or(f64::INFINITY),
            self.p99(),
            server * 100.0,
            client * 100.0,
            why.unwrap_or_default()
        )
    }
}

/// A server under measurement.
trait Side {
    fn name(&self) -> &'static str;
    fn process(&self) -> u32;
    /// Where its client finds the page of that number, as JSON.
    fn page(&self, number: u32) -> String;
}

struct Ours {
    server: Server,
    cookies: Vec<String>,
}

impl Side for Ours {
    fn name(&self) -> &'static str {
        "pushduty"
    }

    fn process(&self) -> u32 {
        self.server.process()
    }

    fn page(&self, number: u32) -> String {
        let push = BEFORE.saturating_add((7 * i64::from(number)).days()).strftime("%Y.%m.%d");
        let (base, cookies) = (self.server.url(), self.cookies.join("\", \""));
        let page = format!("/trains/amo/pushes/{push}/notes");
        format!(r#"{{"base": "{base}", "page": "{page}", "cookies": ["{cookies}"]}}"#)
    }
}

impl Side for Etherpad {
    fn name(&self) -> &'static str {
        "etherpad"
    }

    fn process(&self) -> u32 {
        Etherpad::process(self)
    }

    fn page(&self, number: u32) -> String {
        let (base, packages) = (&self.base, self.packages.display());
        format!(r#"{{"base": "{base}", "pad": "pad{number}", "packages": "{packages}"}}"#)
    }
}

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let web = npm::modules()?;
    let load = web.join("bench").join("load.mjs");
    let (world, _remote) = world(bench)?;
    let ours = ours(&world)?;
    let measured = |side: &dyn Side, number, rate, seconds| -> Result<Found, Trouble> {
        let (protocol, process, place) = (side.name(), side.process(), side.page(number));
        let beat = f64::from(rate) / f64::from(AUTHORS);
        let wish = format!(
            r#"{{"protocol": "{protocol}", "where": {place}, "authors": {AUTHORS}, "rate": {beat}, "seconds": {seconds}, "process": {process}}}"#
        );
        let said = process::fed(Command::new("node").arg(&load), &wish)?;
        let found: Found = serde_json::from_str(&said).map_err(|e| odd(&said, &e))?;
        say::line(found.line(protocol, rate));
        Ok(found)
    };
    let here = measured(&ours, 0, AUTHORS, LONG)?;
    let highest = |side: &dyn Side| -> Result<u32, Trouble> {
        let mut held = 0;
        for (number, rate) in (1..).zip(RATES) {
            if !measured(side, number, rate, SHORT)?.holds() {
                break;
            }
            held = rate;
        }
        Ok(held)
    };
    let our_rate = highest(&ours)?;
    drop(ours);
    let etherpad = Etherpad::start()?;
    let there = measured(&etherpad, 0, AUTHORS, LONG)?;
    let their_rate = highest(&etherpad)?;
    let mut table = Table::default();
    let key = |found: &Found| Duration::from_secs_f64(found.p99().min(60_000.0) / 1e3);
    table.against("a key to the other author, 99 of 100", [key(&here), key(&there)], TIME);
    table.rates("letters a second, the most that is held", [our_rate, their_rate], RATE);
    table.grown("memory grown by", [&here, &there].map(|found| found.peak - found.idle), MEMORY);
    Ok(table)
}

/// A train that is cut, with people enough.
fn world(bench: &Bench) -> Result<(PushDuty, Remote), Trouble> {
    let server = remote("server");
    let people = AUTHORS.div_ceil(EACH);
    let world = (0..people).fold(train(bench), |world, n| world.person(&person(n), &["developer"]));
    let world = world.repo(&server);
    another(&server, 1);
    done(&mut typed(&world, &["tag", "--yes", "--quiet"]))?;
    Ok((world, server))
}

fn person(number: u32) -> String {
    format!("author{number}")
}

/// Our server, with everybody let in.
fn ours(world: &PushDuty) -> Result<Ours, Trouble> {
    let server = Server::start(world, &[])?;
    let cookies = (0..AUTHORS.div_ceil(EACH)).map(|n| server.let_in(world, &person(n)));
    let cookies = cookies.collect::<Result<_, _>>()?;
    Ok(Ours { server, cookies })
}

fn odd(said: &str, error: &serde_json::Error) -> Trouble {
    Trouble::new(format!("the client says what can't be read: {error}: {said}"), "run it by hand")
}
