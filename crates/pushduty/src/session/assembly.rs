//! The parts put together, once for a run.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use conductor::failure::Failure;
use conductor::ports::{Outbox, Progress};
use conductor::{Aboard, Conductor, Named, Outgoing};
use train::refusal::{Code, Refusal};
use train::settings::{Addresses, Settings};

use super::{Ending, OF_THIS_MACHINE, Session, WATCH, stays_here, usage};
use crate::actor;
use crate::config::Loaded;
use crate::config::channels::{CheckedChannel, Outlet};
use crate::terminal::Terminal;

/// What people are sent to.
fn addresses(loaded: &Loaded) -> Addresses {
    let later = &loaded.later;
    Addresses { monitors: later.monitors.clone(), notes: later.notes.url.clone() }
}

impl Session {
    /// The conductor of this process, for what is not asked of a server, and why it is not.
    pub async fn here(&self, why: &str) -> Result<&Conductor, Ending> {
        match self.server() {
            Some(_) => Err(stays_here(why).into()),
            None => self.conductor().await,
        }
    }

    /// The parts, put together. What external calendars could not be read for is not told here.
    pub async fn assemble(&self) -> Result<Conductor, Ending> {
        if self.server().is_some() {
            return Err(stays_here(OF_THIS_MACHINE).into());
        }
        let loaded = self.loaded().await?;
        let data = self.works_in().await?;
        if self.global.database.is_some() {
            return Err(usage("--database is for a version to come".to_owned()).into());
        }
        actor::check(&self.global, &self.environment)?;
        let settings = &loaded.settings;
        let mut remotes =
            settings.repos.iter().flat_map(|r| std::iter::once(&r.upstream).chain(&r.security));
        let all_local = remotes.all(|url| git::url::is_local(url));
        let opened = ledger::open(&data, self.clock.set_by_hand());
        let user = actor::git_user(&self.global, &self.environment);
        let (ledger, user) = tokio::join!(opened, user);
        let ledger = Arc::new(ledger?);
        let outgoing = self.outgoing(&loaded, ledger.clone()).await;
        conductor::journal::check_clock(self.clock.set_by_hand().is_some(), true, all_local)?;
        let aboard = stores(settings, &data, self.git_options(), &self.progress())?;
        let now = conductor::ports::Clock::now(&*self.clock);
        let today = now.to_zoned_datetime(settings.timetable.zone()).date();
        let calendars = crate::calendars::read(&loaded, today).await;
        let _ = self.calendars.set(calendars.remarks);
        let who = actor::who(settings, &self.global, &self.environment, user);
        let home = loaded.file.parent().unwrap_or(Path::new("."));
        Ok(Conductor {
            settings: Arc::new(settings.clone()),
            ledger,
            aboard,
            versions: Arc::new(adapters::HttpVersions::new(
                adapters::http::Limits::default(),
                self.clock(),
            )),
            programs: Arc::new(adapters::TeamPrograms::in_folder(home)),
            artifacts: Arc::new(adapters::HttpArtifacts::new(adapters::http::Limits::default())),
            deploys: Arc::new(deploys(&data, home)?),
            addresses: Arc::new(addresses(&loaded)),
            clock: self.clock(),
            clock_set: self.clock.set_by_hand().is_some(),
            all_local,
            actor: who.actor,
            ident: who.ident,
            looking: conductor::Looking::Asks,
            progress: self.progress(),
            guesser: None,
            node: node(),
            absences: calendars.absences,
            holidays: calendars.holidays,
            texts: Arc::new(notes::Yrs),
            typing: Arc::new(ledger::typing(&data)),
            template: template(loaded.later.notes.template.as_deref()),
            scratch: data.join("scratch"),
            outgoing,
            patience: self.global.patience().min(Duration::from_secs(30)),
            remembered: Arc::default(),
            serves: false,
        })
    }

    /// The channels of the configuration. From the first command that knows of one, what is recorded is announced.
    async fn outgoing(&self, loaded: &Loaded, outbox: Arc<dyn Outbox>) -> Arc<Outgoing> {
        let channel = |checked: &CheckedChannel| Named {
            name: checked.name.clone(),
            tells: checked.tells.clone(),
            channel: match &checked.outlet {
                Outlet::File(path) => Arc::new(adapters::JsonLines::at(path)),
                Outlet::Terminal => Terminal::of(&self.screen),
            },
        };
        let channels: Vec<Named> = loaded.later.channels.iter().map(channel).collect();
        if !channels.is_empty() {
            // Where it can't be written now, that is said when there is something to tell.
            let _ = outbox.begin().await;
        }
        Arc::new(Outgoing::new(outbox, channels))
    }
}

/// The repositories, each with its object stores in the data folder.
fn stores(
    settings: &Settings,
    data: &Path,
    options: git::Options,
    progress: &Arc<dyn Progress>,
) -> Result<Vec<Aboard>, Failure> {
    let mut aboard = Vec::new();
    for repo in &settings.repos {
        let store =
            git::Store::open(data, &settings.train, repo, options.clone())?.telling(progress);
        let security = store
            .security_store()
            .map(|s| Arc::new(s) as Arc<dyn conductor::ports::SecurityRepository>);
        aboard.push(Aboard { settings: repo.clone(), repo: Arc::new(store), security });
    }
    Ok(aboard)
}

/// What notes begin as: the file of the configuration, or the runbook's headings.
fn template(file: Option<&Path>) -> Result<String, Failure> {
    let Some(file) = file else { return Ok(train::notes::TEMPLATE.to_owned()) };
    std::fs::read_to_string(file).map_err(|error| {
        let what = format!(
            "the template of the notes, {}, can't be read: {error}",
            train::id::quoted(&file.display().to_string())
        );
        Refusal::new(Code::Configuration, what, "mend `template` under [notes], or leave it out")
    })
}

/// The programs that deploy, each watched over by this program in a process of its own.
fn deploys(data: &Path, home: &Path) -> Result<adapters::DeployFolders, Failure> {
    let ours = std::env::current_exe()
        .map_err(|error| conductor::failure::io("this program can't be found", &error))?;
    let watcher = vec![ours.to_string_lossy().into_owned(), WATCH.to_owned()];
    let folders = std::path::absolute(data.join("deploys"))
        .map_err(|error| conductor::failure::io("the data folder can't be found", &error))?;
    Ok(adapters::DeployFolders::new(folders, home, watcher))
}

/// This machine's name, for people who read a fence.
fn node() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
