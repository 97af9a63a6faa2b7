//! One run of the command line: options, configuration, the parts put together, and how it ends.

mod assembly;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use conductor::failure::Failure;
use conductor::ports::Progress;
use conductor::view::{Document, FailureView, Moment, RepoOutcome, SCHEMA};
use conductor::{Conductor, TellWish};
use serde::Serialize;
use tokio::sync::OnceCell;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use crate::clock::Wall;
use crate::config::{self, Loaded};
use crate::desk::Desk;
use crate::environment::{self, Environment};
use crate::keeping::InUse;
use crate::options::Global;
use crate::progress;
use crate::remote::Remote;
use crate::screen::{Line, Screen, Tone};
use crate::words;

/// How a command ends when it does not fail.
pub type Ended = Result<(), Ending>;

/// A failure with what was known when it came.
#[derive(Debug)]
pub struct Ending {
    /// Why.
    pub refusal: Box<Refusal>,
    /// What was planned or done, for the document.
    pub repos: Box<[RepoOutcome]>,
    /// Diagnostics in full, where the configuration has them.
    pub report: Option<Box<str>>,
    /// Whether the command already printed its document.
    pub told: bool,
}

impl From<Failure> for Ending {
    fn from(refusal: Failure) -> Self {
        Self { refusal: Box::new(refusal), repos: Box::default(), report: None, told: false }
    }
}

/// Where a command can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// It is of no train.
    Nowhere,
    /// It works on this machine alone, for this reason.
    Here(&'static str),
    /// To whoever runs the train.
    Anywhere,
}

/// The name by which the program calls itself to watch over a deploy.
pub const WATCH: &str = "watch-over";

/// Everything a command works with.
pub struct Session {
    /// The options every command has.
    pub global: Global,
    /// The process's environment.
    pub environment: Environment,
    /// The terminal.
    pub screen: Screen,
    /// The command line itself, for completions and manual pages.
    pub shape: clap::Command,
    clock: Arc<Wall>,
    progress: OnceLock<Arc<dyn Progress>>,
    asking: OnceLock<Option<Arc<git::Asking>>>,
    loaded: OnceCell<Arc<Loaded>>,
    conductor: OnceCell<Conductor>,
    remote: OnceCell<Remote>,
    calendars: OnceLock<Vec<String>>,
    in_use: OnceLock<InUse>,
}

impl Session {
    /// A session with nothing opened yet.
    ///
    /// # Errors
    /// A clock set to no time.
    pub fn new(
        global: Global,
        environment: Environment,
        screen: Screen,
        shape: clap::Command,
    ) -> Result<Self, Failure> {
        let clock = Arc::new(Wall::new(environment.now.as_deref())?);
        Ok(Self::by(clock, global, environment, screen, shape))
    }

    /// The same by a clock that others have too.
    #[must_use]
    pub fn by(
        clock: Arc<Wall>,
        global: Global,
        environment: Environment,
        screen: Screen,
        shape: clap::Command,
    ) -> Self {
        Self {
            global,
            environment,
            screen,
            shape,
            clock,
            progress: OnceLock::new(),
            asking: OnceLock::new(),
            loaded: OnceCell::new(),
            conductor: OnceCell::new(),
            remote: OnceCell::new(),
            calendars: OnceLock::new(),
            in_use: OnceLock::new(),
        }
    }

    /// The same for one train of the configuration, with nothing opened yet.
    #[must_use]
    pub fn of_train(&self, train: &TrainName) -> Self {
        let global = Global { train: Some(train.to_string()), ..self.global.clone() };
        let (environment, screen) = (self.environment.clone(), self.screen.clone());
        Self::by(self.clock(), global, environment, screen, self.shape.clone())
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Arc<Wall> {
        Arc::clone(&self.clock)
    }

    /// The configuration.
    pub async fn loaded(&self) -> Result<Arc<Loaded>, Ending> {
        let load = || async {
            let (path, cwd) = self.place()?;
            let train = self.train()?;
            let loaded = config::load(path.as_deref(), &cwd, train.as_ref());
            loaded.map(Arc::new).map_err(|error| self.unread(error))
        };
        self.loaded.get_or_try_init(load).await.cloned()
    }

    /// The trains that are meant: the one that is named, or all of the configuration.
    pub async fn trains(&self) -> Result<Vec<TrainName>, Ending> {
        let (path, cwd) = self.place()?;
        match self.train()? {
            Some(_) => Ok(vec![self.loaded().await?.settings.train.clone()]),
            None => config::names(path.as_deref(), &cwd).map_err(|error| self.unread(error)),
        }
    }

    /// Where the configuration is, if that is said, and from where it is looked for.
    fn place(&self) -> Result<(Option<PathBuf>, PathBuf), Ending> {
        let cwd = std::env::current_dir()
            .map_err(|e| conductor::failure::io("the working directory can't be read", &e))?;
        Ok((self.global.config.clone().or_else(|| self.environment.config.clone()), cwd))
    }

    /// The train that is named, if one is.
    fn train(&self) -> Result<Option<TrainName>, Ending> {
        let train = self.global.train.clone().or_else(|| self.environment.train.clone());
        let named = train.map(|train| train.parse()).transpose();
        named.map_err(|e: train::id::BadName| usage(e.to_string()).into())
    }

    /// A configuration that makes no sense, shown with its place.
    fn unread(&self, error: config::ConfigError) -> Ending {
        Ending {
            report: Some(error.render(self.screen.color, 100).into()),
            ..Ending::from(Refusal::from(error))
        }
    }

    /// The folder that holds this train's state.
    pub async fn data(&self) -> Result<PathBuf, Ending> {
        let loaded = self.loaded().await?;
        Ok(self.all_data()?.join(loaded.settings.train.as_str()))
    }

    /// The folder that holds all trains' state, and the server's own.
    pub fn all_data(&self) -> Result<PathBuf, Failure> {
        match &self.global.data {
            Some(data) => Ok(data.clone()),
            None => Ok(environment::data_dir(&self.environment)?),
        }
    }

    /// The folder that holds this train's state, which this run works in from now on.
    async fn works_in(&self) -> Result<PathBuf, Ending> {
        self.works_there()?;
        self.data().await
    }

    /// Says that this run works in the data folder, as long as it lives: no backup is put back meanwhile.
    pub fn works_there(&self) -> Result<(), Failure> {
        if self.in_use.get().is_none() {
            let _ = self.in_use.set(InUse::of(&self.all_data()?)?);
        }
        Ok(())
    }

    /// The parts, put together on first use.
    pub async fn conductor(&self) -> Result<&Conductor, Ending> {
        let told = || async { self.assemble().await.inspect(|_| self.tell_calendar_remarks()) };
        self.conductor.get_or_try_init(told).await
    }

    /// Who answers wishes and looks: the conductor here, or the server that was named.
    pub async fn desk(&self) -> Result<Desk<'_>, Ending> {
        match self.server() {
            None => Ok(Desk::Here(self.conductor().await?)),
            Some(url) => {
                let train = self.global.train.clone().or_else(|| self.environment.train.clone());
                let open = || Remote::open(url, train, &self.environment, self.progress());
                let remote = self.remote.get_or_try_init(open).await?;
                Ok(Desk::There(remote))
            }
        }
    }

    /// The server that was named.
    fn server(&self) -> Option<&str> {
        self.global.server.as_deref().or(self.environment.server.as_deref())
    }

    /// Refuses what can't be asked of a server, and what a server would not heed.
    pub fn may_go(&self, goes: Goes) -> Result<(), Failure> {
        if self.server().is_none() || goes == Goes::Nowhere {
            return Ok(());
        }
        if let Goes::Here(why) = goes {
            return Err(stays_here(why));
        }
        match &self.global.actor {
            None => Ok(()),
            Some(_) => Err(usage(
                "--as is for runs on this machine: a server takes who acts from the token"
                    .to_owned(),
            )),
        }
    }

    fn tell_calendar_remarks(&self) {
        for remark in self.calendar_remarks() {
            self.screen.tell(&Line::of(Tone::Odd, "◆ ").text(remark));
        }
    }

    /// What external calendars could not be read for, once the parts are together.
    pub fn calendar_remarks(&self) -> &[String] {
        self.calendars.get().map_or(&[], Vec::as_slice)
    }

    /// Tells the channels what this run has recorded, after all else. It fails no command: what did not arrive is said, and
    /// tried again by later ones.
    pub async fn announce(&self) {
        let Some(conductor) = self.conductor.get().filter(|c| c.outgoing.has_news()) else {
            return;
        };
        let wish = TellWish::default();
        let told = tokio::select! {
            told = conductor.tell(&wish) => told,
            _ = tokio::signal::ctrl_c() => return,
        };
        match told {
            Ok(view) => self.screen.fail(&words::untold(&view)),
            Err(refusal) => self.screen.fail(&words::not_told(&refusal)),
        }
    }

    /// Who is told what goes on.
    pub fn progress(&self) -> Arc<dyn Progress> {
        Arc::clone(self.progress.get_or_init(|| progress::on(&self.screen)))
    }

    /// How git is run: on a terminal a person is asked for credentials, once for all that it runs on.
    pub fn git_options(&self) -> git::Options {
        let asking =
            || self.screen.asks.then(|| Arc::new(git::Asking::on_the_terminal(self.progress())));
        git::Options {
            silence: self.global.patience(),
            asking: self.asking.get_or_init(asking).clone(),
            ..git::Options::default()
        }
    }

    /// Prints a document around `body`, when documents are wanted.
    pub async fn document<T: Serialize>(&self, body: T) -> Result<(), Ending> {
        if self.screen.json {
            self.screen.document(&self.wrap(body).await?);
        }
        Ok(())
    }

    /// Prints a document around `body`, which tells all there is. Where that comes to a failure, the document has its
    /// `error` too, as that of every command that fails.
    pub async fn judged<T: Serialize>(&self, body: T, refusal: Option<Refusal>) -> Ended {
        let error = refusal.as_ref().map(FailureView::from);
        self.document(Judged { body, error }).await?;
        match refusal {
            None => Ok(()),
            Some(refusal) => Err(Ending { told: true, ..refusal.into() }),
        }
    }

    /// Prints a document around `body`, which tells all that could be looked at, and what could not: the run fails with it.
    pub async fn told_of<T: Serialize>(&self, body: T, failed: Vec<Refusal>) -> Ended {
        for refusal in failed.iter().filter(|_| !self.screen.json) {
            self.screen.fail(&words::refusal(refusal));
        }
        self.judged(body, failed.into_iter().next()).await
    }

    /// Prints a document around `body` for a command that takes no train: its time is in UTC.
    pub fn trainless<T: Serialize>(&self, body: T) {
        let as_of =
            Moment::new(conductor::ports::Clock::now(&*self.clock), jiff::tz::TimeZone::UTC);
        let rehearsal = self.clock.set_by_hand().is_some();
        self.screen.document(&Document { schema: SCHEMA, as_of, rehearsal, body });
    }

    /// Prints text as it is; with `--json` as the `text` of a document. Nothing from outside goes this way.
    pub fn printed(&self, text: &str) {
        if self.screen.json {
            return self.trainless(Printed { text });
        }
        self.screen.raw(text);
    }

    /// A document around `body`: its time in the train's zone, and whether the ledger is a rehearsal.
    pub async fn wrap<T: Serialize>(&self, body: T) -> Result<Document<T>, Ending> {
        let desk = self.desk().await?;
        Ok(Document { schema: SCHEMA, as_of: desk.as_of(), rehearsal: desk.rehearsal(), body })
    }

    /// Says that this is a rehearsal, wherever text is shown.
    pub async fn header(&self) -> Result<(), Ending> {
        if self.desk().await?.rehearsal() {
            self.screen.show(&[Line::of(Tone::Odd, "rehearsal")]);
        }
        Ok(())
    }

    /// Asks a person for a yes to what was shown. Refuses a change that nobody can agree to: no terminal to ask on, and no
    /// --yes.
    pub async fn agree(&self, question: &str) -> Result<(), Failure> {
        if self.screen.asks {
            return tokio::select! {
                yes = self.screen.asked(question) => match yes {
                    true => Ok(()),
                    false => Err(Refusal::new(Code::Declined, "nothing was done", "")),
                },
                _ = tokio::signal::ctrl_c() => {
                    self.screen.leave_question();
                    Err(Refusal::new(Code::Interrupted, "interrupted: nothing was done", ""))
                }
            };
        }
        Err(Refusal::new(
            Code::NeedsYes,
            "this changes something, and there is no terminal to ask on",
            "add --yes to do it, or --dry-run to see what it would do",
        ))
    }

    /// Asks a person for a line; nothing where the terminal is closed.
    pub async fn line(&self, question: &str) -> Result<Option<String>, Failure> {
        tokio::select! {
            line = self.screen.answered(question) => Ok(line),
            _ = tokio::signal::ctrl_c() => {
                self.screen.leave_question();
                let what = "interrupted: what was answered before is written, nothing else was done";
                Err(Refusal::new(Code::Interrupted, what, ""))
            }
        }
    }

    /// Prints a failure: a document, or two lines.
    pub fn fail(&self, ending: &Ending) {
        if ending.told {
            return;
        }
        if self.screen.json {
            let now = conductor::ports::Clock::now(&*self.clock);
            let here = self.conductor.get().map(Desk::Here);
            let (as_of, rehearsal) = match here.or(self.remote.get().map(Desk::There)) {
                Some(desk) => (desk.as_of(), desk.rehearsal()),
                // The train's zone is not known: nothing is but that it failed.
                None => {
                    (Moment::new(now, jiff::tz::TimeZone::UTC), self.clock.set_by_hand().is_some())
                }
            };
            let body = FailureDocument {
                error: FailureView::from(&*ending.refusal),
                repos: &ending.repos,
            };
            self.screen.document(&Document { schema: SCHEMA, as_of, rehearsal, body });
        } else if let Some(report) = &ending.report {
            self.screen.report(report);
        } else {
            self.screen.fail(&words::refusal(&ending.refusal));
        }
    }
}

/// Prints a failure from before there was a session: a document, or two lines.
pub fn fail_early(screen: &Screen, refusal: &Refusal) {
    if !screen.json {
        return screen.fail(&words::refusal(refusal));
    }
    let now = conductor::ports::Clock::now(&Wall::machines());
    let as_of = Moment::new(now, jiff::tz::TimeZone::UTC);
    let body = FailureDocument { error: FailureView::from(refusal), repos: &[] };
    screen.document(&Document { schema: SCHEMA, as_of, rehearsal: false, body });
}

#[derive(Serialize)]
struct Printed<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct FailureDocument<'a> {
    error: FailureView,
    repos: &'a [RepoOutcome],
}

#[derive(Serialize)]
struct Judged<T> {
    #[serde(flatten)]
    body: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<FailureView>,
}

/// Why most of what stays here does.
pub const OF_THIS_MACHINE: &str = "it works on what this machine has";

/// A command that works on this machine alone.
pub fn stays_here(why: &str) -> Failure {
    Refusal::new(
        Code::Usage,
        format!("this can't be asked of a server: {why}"),
        "leave --server and PUSHDUTY_SERVER out, where the train's record is",
    )
}

/// A wrong use of the command line.
pub fn usage(message: String) -> Failure {
    Refusal::new(
        Code::Usage,
        message,
        "`pushduty --help` and `pushduty COMMAND --help` show what it takes",
    )
}
