//! The demo in the browser: a server on this machine, the week played before whoever looks, and anybody's part to take. The
//! first page is there before the repositories are.

mod week;

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::sync::Arc;

use conductor::failure;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use train::refusal::{Code, Refusal};
use url::Url;
use web::Front;

use self::week::Week;
use super::{Args, furnished};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Ending, Session};
use crate::stage::sandbox::may_keep;
use crate::stage::{Ends, sealed};

/// Where it listens where nothing else is said and the port is free.
const PORT: u16 = 7381;

/// Serves until it is told to end.
pub async fn run(args: &Args, session: &Session) -> Ended {
    if let Some(dir) = &args.keep {
        may_keep(dir)?;
    }
    if !args.sealed {
        return Err(sealed_off());
    }
    let listener = listen(args.listen).await?;
    let at = listener.local_addr().map_err(|e| failure::io("it listens nowhere", &e))?;
    let base: Url = format!("http://{at}/").parse().map_err(|_| nowhere(at))?;
    let (front, mut told) = (Arc::new(Front::default()), Told::new()?);
    let service = front.router().into_make_service_with_connect_info::<SocketAddr>();
    tell(args, session, &base);
    let weeks = async {
        while one_week(args, session, &front, &base, &mut told).await? == Ends::Anew {}
        Ok(())
    };
    tokio::select! {
        served = async { axum::serve(listener, service).await } => {
            Ok(served.map_err(|e| failure::io("the server ended", &e))?)
        }
        ended = weeks => ended,
    }
}

/// Begins anew as a process that sees nothing of the machine's git configuration, nor of another train: what a visitor does is
/// done in this process, and may touch nothing of theirs. Comes back only where that fails.
fn sealed_off() -> Ending {
    let failed = |e: std::io::Error| failure::io("pushduty can't be started again", &e).into();
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return failed(error),
    };
    let mut command = sealed(program);
    let command = command.as_std_mut().args(std::env::args_os().skip(1)).arg("--sealed");
    failed(command.exec())
}

/// Opens the port: whoever reaches it may be anybody of the cast, so that it is one of this machine.
async fn listen(wanted: Option<SocketAddr>) -> Result<TcpListener, Ending> {
    if let Some(at) = wanted {
        if !at.ip().is_loopback() {
            let what =
                format!("{at} can be reached from elsewhere, and the demo lets everybody in");
            let hint = "name an address of this machine: --listen 127.0.0.1:8080";
            return Err(Refusal::new(Code::Usage, what, hint).into());
        }
        return TcpListener::bind(at).await.map_err(|error| {
            let what = format!("{at} can't be listened on: {error}");
            Refusal::new(Code::Io, what, "name another address with --listen").into()
        });
    }
    let local = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let opened = match local(PORT).await {
        Ok(listener) => Ok(listener),
        Err(_) => local(0).await,
    };
    Ok(opened.map_err(|e| failure::io("no port of this machine can be opened", &e))?)
}

fn nowhere(at: SocketAddr) -> Ending {
    let what = format!("{at} is no address of a page");
    Refusal::new(Code::Io, what, "name another with --listen").into()
}

/// Says where it is, and opens a browser where somebody sits before one.
fn tell(args: &Args, session: &Session, base: &Url) {
    let screen = &session.screen;
    let asked = screen.is_read() && session.environment.desktop && !args.no_open;
    let opened = asked && crate::browser::open(base.as_str());
    let begin = if opened { "The demo week opens in your browser: " } else { "The demo week: " };
    let end = match args.keep {
        None => "Ctrl-C ends it, and nothing is left of it.",
        Some(_) => "Ctrl-C ends it, and leaves its folder.",
    };
    screen.show(&[Line::plain(begin).put(Tone::Link, base.as_str()), Line::of(Tone::Dim, end)]);
    if screen.json {
        session.trainless(serde_json::json!({ "serving": base.as_str() }));
    }
}

/// What tells it to end.
struct Told {
    interrupt: Signal,
    terminate: Signal,
}

impl Told {
    fn new() -> Result<Self, Ending> {
        let of = |kind| signal(kind).map_err(|e| failure::io("signals can't be heard", &e));
        Ok(Self {
            interrupt: of(SignalKind::interrupt())?,
            terminate: of(SignalKind::terminate())?,
        })
    }

    async fn comes(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Plays one week, with repositories of its own. At its end everything that was under way is over before its folder goes; who
/// asks a second time does not wait.
async fn one_week(
    args: &Args,
    session: &Session,
    front: &Front,
    base: &Url,
    told: &mut Told,
) -> Result<Ends, Ending> {
    let (sandbox, crew) = tokio::select! {
        made = furnished(args) => made?,
        () = told.comes() => return Ok(Ends::Demo),
    };
    let week = Week::of(args, session, &sandbox, base).await?;
    let ends = week.played(session, front, (&sandbox, &crew), told).await;
    drop((week, crew));
    sandbox.ends().await;
    ends
}
