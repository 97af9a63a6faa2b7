//! Many pages that are open and follow their train: what they cost, and how soon a change is on all of them.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use testkit::PushDuty;

use super::browser::Page;
use super::server::{Line, Server};
use super::table::Table;
use super::worlds::{HERO, PUSH, typed};
use super::{Bench, Benchmark, done, gates};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "followers",
    about: "Open pages that follow their train: a change on one in a browser, and on all of 500; memory.",
    run,
};

/// Open pages.
const OPEN: usize = 500;
/// Changes, each waited for on all of them.
const CHANGES: usize = 5;
/// From before the command that makes a change until one page in a browser shows it.
const SEEN: Duration = Duration::from_millis(200);
/// The same until the last of all pages was told.
const TOLD: Duration = Duration::from_millis(300);
/// The same until the last page shows it: 500 pages are made for that.
const SHOWN: Duration = Duration::from_secs(2);
/// What the server may hold when nobody asks it anything, and with all these pages, in bytes.
const IDLE: u64 = 25_000_000;
const FULL: u64 = 80_000_000;
/// How long is waited for a page to be told.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a page's thread needs: a page is a question and a stream.
const STACK: usize = 256 * 1024;
/// What a change says.
const WORDS: &str = "look at it once more, time";

/// What becomes of a page, by its number.
enum News {
    /// It was told of a change.
    Told(usize, Instant),
    /// It shows so many changes.
    Shows(usize, usize, Instant),
}

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let mut table = Table::default();
    let (world, _remotes) = gates::whole(bench, 0)?;
    table.time("a change by command, a browser shows it", seen(&world)?, SEEN);
    let server = Server::start(&world, &[])?;
    let cookie = format!("cookie: {}", server.let_in(&world, HERO)?);
    table.bytes("server that nobody asks anything", server.memory(), IDLE);
    let (to, news) = mpsc::channel();
    for number in 0..OPEN {
        open(server.address, cookie.clone(), number, to.clone())?;
    }
    // A stream begins with how things are, so that each page is asked for once more.
    wait(&news, 0)?;
    let (mut told, mut shown) = (Vec::new(), Vec::new());
    for at in 1..=CHANGES {
        let began = Instant::now();
        let task = format!("{WORDS} {at}.");
        done(&mut typed(&world, &["task", "add", &task, "--this", "--yes", "--quiet"]))?;
        let last = wait(&news, at)?;
        told.push(last.0.duration_since(began));
        shown.push(last.1.duration_since(began));
    }
    table.time("a change by command, all are told", longest(told), TOLD);
    table.time("the same, all show it", longest(shown), SHOWN);
    table.bytes("server with all of them", server.memory(), FULL);
    Ok(table)
}

/// Until one page in a browser shows a change, by a server of its own: the longest of several.
fn seen(world: &PushDuty) -> Result<Duration, Trouble> {
    let server = Server::start(world, &[])?;
    let cookie = server.let_in(world, HERO)?;
    let mut page = Page::open(&format!("{}/trains/amo/pushes/{PUSH}", server.url()), &cookie)?;
    let mut times = Vec::new();
    for at in 1..=CHANGES {
        let task = format!("look at it in a browser, time {at}.");
        page.looks_for(&task)?;
        let began = Instant::now();
        done(&mut typed(world, &["task", "add", &task, "--this", "--yes", "--quiet"]))?;
        page.shows()?;
        times.push(began.elapsed());
    }
    page.close();
    Ok(longest(times))
}

fn longest(times: Vec<Duration>) -> Duration {
    times.into_iter().max().unwrap_or_default()
}

/// Waits until every page was told and shows so many changes; when the last was told, and when the last showed them.
fn wait(news: &Receiver<News>, changes: usize) -> Result<(Instant, Instant), Trouble> {
    let (mut untold, mut behind): (BTreeSet<usize>, BTreeSet<usize>) =
        ((0..OPEN).collect(), (0..OPEN).collect());
    let (mut told, mut shown) = (Instant::now(), Instant::now());
    while !behind.is_empty() {
        let heard = news.recv_timeout(PATIENCE).map_err(|_| {
            let what =
                format!("{} pages were not told, {} show it not", untold.len(), behind.len());
            Trouble::new(what, "run `pushduty serve` by hand and see")
        })?;
        match heard {
            News::Told(page, at) if untold.remove(&page) => told = at,
            News::Shows(page, so_many, at) if so_many >= changes && behind.remove(&page) => {
                shown = at
            }
            _ => {}
        }
    }
    Ok((told, shown))
}

/// Opens a page, as the script of one does it: it follows, and asks once more when it is told.
fn open(
    address: SocketAddr,
    cookie: String,
    number: usize,
    to: Sender<News>,
) -> Result<(), Trouble> {
    let no = |e: std::io::Error| {
        Trouble::new(format!("no page more can be opened: {e}"), "see `ulimit -n`")
    };
    let page = move || {
        // It ends with the server.
        let _ = follow(address, &cookie, number, &to);
    };
    thread::Builder::new().stack_size(STACK).spawn(page).map(|_| ()).map_err(no)
}

fn follow(
    address: SocketAddr,
    cookie: &str,
    number: usize,
    to: &Sender<News>,
) -> std::io::Result<()> {
    let ended = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let mut stream = TcpStream::connect(address)?;
    let ask = format!("GET /trains/amo/events HTTP/1.1\r\nhost: localhost\r\n{cookie}\r\n\r\n");
    stream.write_all(ask.as_bytes())?;
    let mut stream = BufReader::with_capacity(1024, stream);
    let mut pages = Line::to(address).map_err(|_| ended())?;
    let mut line = String::new();
    loop {
        let mut told = false;
        // What was told while the page was asked for is asked for once.
        while !told || stream.buffer().contains(&b'\n') {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Err(ended());
            }
            told |= line.starts_with("event: change");
        }
        let _ = to.send(News::Told(number, Instant::now()));
        let page = format!("/trains/amo/pushes/{PUSH}");
        let text = pages.get(&page, &[cookie]).map_err(|_| ended())?.text();
        let shows = (1..=CHANGES).filter(|at| text.contains(&format!("{WORDS} {at}."))).count();
        let _ = to.send(News::Shows(number, shows, Instant::now()));
    }
}
