//! `serve`: the trains as pages, and as an interface for programs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use conductor::failure::Failure;
use conductor::ports::Accounts;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use train::refusal::{Code, Refusal};
use url::Url;
use web::{House, Opening, Trains};

use super::first_start::{Welcome, link, welcome};
use crate::built::BUILT;
use crate::depot::Depot;
use crate::limits;
use crate::screen::{Line, Tone};
use crate::server_log::{LogForm, ServerLog};
use crate::session::{Ended, Ending, Session};

/// Serve the trains: pages for people, the same for programs
///
/// Everything that the command line shows and does, with the same plan before the same yes. People come in by a link that is
/// good once; the first start prints one for an admin. The configuration is read anew whenever it changes. On an interrupt or
/// a termination signal what is under way is finished first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty serve
  pushduty serve --listen 127.0.0.1:8080 --base-url https://push.example.org
  pushduty serve --public                       everybody may look
  pushduty serve --log json                     each answer, a line on standard error
  pushduty serve --link kumar                   only make a link that lets kumar in")]
pub struct Args {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7380")]
    listen: SocketAddr,
    /// Where people reach it, behind a proxy; with a path where there is one
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// Let everybody look who reaches it
    #[arg(long)]
    public: bool,
    /// Seconds between two rounds: looks at remotes and services, reminders, announcements, security's main after upstream's; 0
    /// for none
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = rounds)]
    every: f64,
    /// What is told on standard error: what fails, or each answer too, as lines of JSON
    #[arg(long, value_name = "FORM", value_enum, default_value = "short")]
    log: LogForm,
    /// Whatever reaches it comes by a proxy that says from where, in X-Forwarded-For
    ///
    /// Tries to come in are counted by address: without this the proxy's own is taken for everybody's, and with it a request
    /// that does not come by the proxy could name any.
    #[arg(long)]
    behind_proxy: bool,
    /// Make a link that lets this person in once, print it, and end
    #[arg(long, value_name = "NAME")]
    link: Option<String>,
}

/// Serves until it is told to end.
pub async fn run(args: &Args, session: &Session) -> Ended {
    session.works_there()?;
    // What goes for all trains is read as of their first.
    let names = session.trains().await?;
    let first = names.first().map(|name| session.of_train(name));
    let session = first.as_ref().unwrap_or(session);
    let accounts = Arc::new(ledger::open_accounts(&session.all_data()?).await?);
    if let Some(name) = &args.link {
        let loaded = session.loaded().await?;
        let person = super::named::person(&loaded.settings, name)?;
        let address = link(session, &*accounts, person, &base(args, args.listen)?).await?;
        session.screen.show(&[Line::of(Tone::Link, &address)]);
        return session.document(json!({ "link": address })).await;
    }
    limits::take_all_files();
    let steps = Arc::new(ledger::open_wishes(&session.all_data()?).await?);
    let log = ServerLog { screen: session.screen.clone(), clock: session.clock(), form: args.log };
    let log = Arc::new(log);
    let depot = Depot::open(session, names, Arc::clone(&log)).await?;
    let loaded = session.loaded().await?;
    let listener = TcpListener::bind(args.listen).await.map_err(|e| taken(args.listen, &e))?;
    // Where any free port was asked for, the one that it is.
    let listens = listener.local_addr().unwrap_or(args.listen);
    let base = base(args, listens)?;
    let house = House::new(Opening {
        trains: Arc::clone(&depot) as Arc<dyn Trains>,
        accounts: Arc::clone(&accounts) as Arc<dyn Accounts>,
        log: log.clone(),
        steps,
        clock: session.clock(),
        base: base.clone(),
        public: args.public,
        behind_proxy: args.behind_proxy,
        built: BUILT,
    });
    let welcome = match accounts.is_new().await? {
        true => Some(welcome(session, &*accounts, &loaded.settings, &base).await?),
        false => None,
    };
    // Whoever reads that it serves may tell it to end.
    let told = told_to_end(&log);
    tell(session, &base, listens, welcome.as_ref()).await?;
    tokio::select! {
        over = web::serve(&house, listener, told) => ended(&log, over),
        () = async { house.watch().await; std::future::pending().await } => {}
        never = depot.follow(session, &loaded) => never,
        () = async { at_work(&house, args.every).await; std::future::pending().await } => {}
    }
    Ok(())
}

async fn at_work(house: &House, every: f64) {
    if every > 0.0 {
        web::work(house, Duration::from_secs_f64(every)).await;
    }
}

/// A time between rounds: none, or not less than a tenth of a second and not more than a day.
fn rounds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds == 0.0 || (0.1..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("give seconds from 0.1 to 86400, or 0".to_owned()),
    }
}

/// Until it is asked to end, which is listened for from now on, whenever it is waited for.
fn told_to_end(log: &ServerLog) -> impl Future<Output = ()> {
    let asked = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = asked else {
            // Without signals there is no end but being killed, and that is safe.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        log.says(Tone::Dim, "ending: what is under way is finished first");
    }
}

/// Says how it ended.
fn ended(log: &ServerLog, over: bool) {
    match over {
        true => log.says(Tone::Dim, "ended: nothing is left under way"),
        false => {
            let words = "ended: what is under way takes too long; the next command goes on with it";
            log.says(Tone::Odd, words);
        }
    }
}

/// Says where it is served, and whom the first links let in.
async fn tell(
    session: &Session,
    base: &Url,
    listens: SocketAddr,
    welcome: Option<&Welcome>,
) -> Result<(), Ending> {
    let mut lines = vec![
        Line::of(Tone::Strong, "serving ").put(Tone::Link, base.as_str()),
        Line::of(Tone::Dim, format!("listening on {listens}")),
    ];
    lines.extend(welcome.map(Welcome::words).unwrap_or_default());
    session.screen.show(&lines);
    let links = welcome.map(Welcome::documents).unwrap_or_default();
    let link = links.first().map(|first| &first["link"]);
    let base = base.as_str();
    let body = json!({ "serving": base, "listen": listens, "link": link, "links": links });
    session.document(body).await
}

/// Where people reach it: as said, or where it listens.
fn base(args: &Args, listens: SocketAddr) -> Result<Url, Failure> {
    let given = || -> Option<Url> { format!("http://{listens}/").parse().ok() };
    let base = args.base_url.clone().or_else(given);
    let plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    };
    base.filter(plain).ok_or_else(|| {
        let what = "--base-url is no address of a server";
        Refusal::new(
            Code::Usage,
            what,
            "give it as https://push.example.org, with a path if need be",
        )
    })
}

fn taken(address: SocketAddr, error: &std::io::Error) -> Ending {
    let what = format!("{address} can't be listened on: {error}");
    let hint = "another server may run there: end it, or name another address with --listen";
    Refusal::new(Code::Io, what, hint).into()
}
