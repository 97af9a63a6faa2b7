//! Where wishes and looks go: to the conductor in this process, or to the server that runs the train. Commands ask here, and
//! can't tell one from the other.

use conductor::carry::{Done, Plan};
use conductor::failure::{Failure, Result};
use conductor::view::{
    AsksView, CalendarView, CompareView, DeployOutputView, HistoryView, LogView, Moment,
    NotesCheckView, NotesView, PeopleView, ReadyView, RotationView, ScheduleView, SecurityView,
    StatsView, StatusView, WaitingView, WatchView, WhereView,
};
use conductor::{CompareWish, Conductor, HistoryWish, LogWish, Reading, ShownNotes, Wait};
use jiff::Timestamp;
use jiff::civil::Date;
use train::attempt::DeployFor;
use train::command::{Command, RepoCommit, WhichPush};
use train::id::{PushDate, RepoName};
use train::refusal::Refusal;
use train::settings::Settings;
use web::looks;

use crate::calendars;
use crate::remote::Remote;

/// Who answers.
#[derive(Clone, Copy)]
pub enum Desk<'s> {
    /// The conductor of this process.
    Here(&'s Conductor),
    /// A server.
    There(&'s Remote),
}

/// How far a log was read.
#[derive(Default)]
pub struct Follows {
    reading: Reading,
    seen: usize,
}

impl Desk<'_> {
    /// What `wish` comes to. Nothing is changed anywhere.
    pub async fn plan(&self, wish: &Command) -> Result<Plan> {
        match self {
            Self::Here(conductor) => conductor.plan(wish).await,
            Self::There(remote) => remote.plan(wish).await,
        }
    }

    /// Carries `wish` out, where its plan is what was seen.
    pub async fn carry(&self, wish: &Command, saw: Option<&str>) -> Result<Done> {
        match self {
            Self::Here(conductor) => conductor.carry(wish, saw).await,
            Self::There(remote) => remote.carry(wish, saw).await,
        }
    }

    /// Whoever wished it has what was done before them. A server knows by itself.
    pub async fn has_read(&self, wish: &Command) -> Result<()> {
        match self {
            Self::Here(conductor) => conductor.read_by_whoever_wished(wish).await,
            Self::There(_) => Ok(()),
        }
    }

    /// The train's configuration, or as much of it as reading what people name takes.
    pub fn settings(&self) -> &Settings {
        match self {
            Self::Here(conductor) => &conductor.settings,
            Self::There(remote) => &remote.settings,
        }
    }

    /// The server's address, fit to be shown; none where the train is here.
    pub fn place(&self) -> Option<&str> {
        match self {
            Self::Here(_) => None,
            Self::There(remote) => Some(&remote.place),
        }
    }

    /// Whether the ledger is a rehearsal.
    pub fn rehearsal(&self) -> bool {
        match self {
            Self::Here(conductor) => conductor.ledger.identity().rehearsal,
            Self::There(remote) => remote.rehearsal,
        }
    }

    /// What time it is for whoever answers.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Here(conductor) => conductor.clock.now(),
            Self::There(remote) => remote.as_of(),
        }
    }

    /// The same in the train's zone.
    pub fn as_of(&self) -> Moment {
        match self {
            Self::Here(conductor) => Moment(conductor.local(conductor.clock.now())),
            Self::There(remote) => Moment::new(remote.as_of(), remote.zone.clone()),
        }
    }

    /// The day it is for the train: its events' times never run backwards.
    pub async fn today(&self) -> Result<PushDate> {
        Ok(PushDate(match self {
            Self::Here(conductor) => {
                conductor.local(conductor.now(&*conductor.state().await?)).date()
            }
            Self::There(remote) => remote.as_of().to_zoned_datetime(remote.zone.clone()).date(),
        }))
    }

    /// Whether a program does it; else people do.
    pub fn has_program(&self, purpose: DeployFor) -> bool {
        match self {
            Self::Here(conductor) => conductor.deploy_program(purpose).is_some(),
            Self::There(remote) => remote.about.programs.contains(&purpose),
        }
    }

    /// `status`.
    pub async fn status(&self, push: Option<PushDate>) -> Result<StatusView> {
        match self {
            Self::Here(conductor) => conductor.status(push).await,
            Self::There(remote) => remote.look(&["status"], &looks::OfPush { push }).await,
        }
    }

    /// `ready`.
    pub async fn ready(&self, push: Option<PushDate>) -> Result<ReadyView> {
        match self {
            Self::Here(conductor) => conductor.ready(push).await,
            Self::There(remote) => remote.look(&["ready"], &looks::OfPush { push }).await,
        }
    }

    /// `waiting`.
    pub async fn waiting(&self) -> Result<WaitingView> {
        match self {
            Self::Here(conductor) => conductor.what_waits().await,
            Self::There(remote) => remote.look(&["waiting"], &looks::Nothing {}).await,
        }
    }

    /// One look of `watch`.
    pub async fn watch(
        &self,
        environment: &str,
        push: Option<PushDate>,
        wait: Wait,
    ) -> Result<WatchView> {
        match self {
            Self::Here(conductor) => conductor.watch_once(environment, push, wait).await,
            Self::There(remote) => {
                let query = looks::Watched {
                    environment: environment.to_owned(),
                    push,
                    at_most: Some(wait.at_most.as_secs_f64()),
                    else_kept: Some(wait.else_kept),
                };
                remote.look(&["watch"], &query).await
            }
        }
    }

    /// `compare`: what could be looked at, and why not the rest.
    pub async fn compare(&self, wish: &CompareWish) -> Result<(CompareView, Vec<Refusal>)> {
        match self {
            Self::Here(conductor) => conductor.compare(wish).await,
            Self::There(remote) => {
                let range = wish.range.as_ref().map(|(base, head)| format!("{base}..{head}"));
                let CompareWish { repo, push, limit, .. } = wish.clone();
                let query = looks::Compared { repo, range, push, limit: Some(limit) };
                remote.partly(&["compare"], &query).await
            }
        }
    }

    /// `where`: what could be looked at, and why not the rest.
    pub async fn find_commit(&self, named: &RepoCommit) -> Result<(WhereView, Vec<Refusal>)> {
        match self {
            Self::Here(conductor) => conductor.find_commit(named).await,
            Self::There(remote) => {
                let RepoCommit { repo, commit } = named.clone();
                remote.partly(&["where"], &looks::Located { commit, repo }).await
            }
        }
    }

    /// `history`.
    pub async fn past_pushes(&self, wish: &HistoryWish) -> Result<HistoryView> {
        match self {
            Self::Here(conductor) => conductor.past_pushes(wish).await,
            Self::There(remote) => {
                let HistoryWish { push, search, from, to } = wish.clone();
                remote.look(&["history"], &looks::Past { push, search, from, to }).await
            }
        }
    }

    /// `stats`.
    pub async fn stats(&self, wish: &HistoryWish) -> Result<StatsView> {
        match self {
            Self::Here(conductor) => {
                let stats = conductor.stats(wish).await?;
                let train = conductor.settings.train.to_string();
                Ok(StatsView { train, stats, files: Vec::new() })
            }
            Self::There(remote) => {
                let HistoryWish { push, from, to, .. } = *wish;
                remote.look(&["stats"], &looks::Counted { push, from, to }).await
            }
        }
    }

    /// `log`: entries from where it was read to.
    pub async fn log(&self, wish: &LogWish, follows: &mut Follows) -> Result<LogView> {
        match self {
            Self::Here(conductor) => conductor.log(wish, &mut follows.reading).await,
            Self::There(remote) => {
                let last = wish.last.filter(|_| follows.seen == 0);
                let query = looks::Logged { push: wish.push, last: None };
                let mut view: LogView = remote.look(&["log"], &query).await?;
                let all = view.entries.len();
                view.entries.drain(..follows.seen.min(all));
                follows.seen = all;
                let most = last.unwrap_or(usize::MAX);
                view.entries.drain(..view.entries.len().saturating_sub(most));
                Ok(view)
            }
        }
    }

    /// What a deploy put out.
    pub async fn deploy_output(&self, key: &str) -> Result<String> {
        match self {
            Self::Here(conductor) => {
                let output = conductor.deploy_output(key).await?;
                Ok(String::from_utf8_lossy(&output).into_owned())
            }
            Self::There(remote) => {
                let view = remote.look(&["deploys", key], &looks::Nothing {}).await;
                view.map(|view: DeployOutputView| view.output)
            }
        }
    }

    /// `schedule`.
    pub async fn schedule(&self, from: Option<Date>, to: Option<Date>) -> Result<ScheduleView> {
        match self {
            Self::Here(conductor) => Ok(conductor.schedule(from, to).await?.0),
            Self::There(remote) => remote.look(&["schedule"], &looks::Days { from, to }).await,
        }
    }

    /// `schedule --ics`.
    pub async fn calendar(&self, from: Option<Date>, to: Option<Date>) -> Result<String> {
        match self {
            Self::Here(conductor) => {
                let (departures, changes) = conductor.told_departures(from, to).await?;
                Ok(calendars::write(conductor, &departures, changes))
            }
            Self::There(remote) => {
                let view = remote.look(&["calendar"], &looks::Days { from, to }).await;
                view.map(|view: CalendarView| view.ics)
            }
        }
    }

    /// `rotation`.
    pub async fn rotation(&self) -> Result<RotationView> {
        match self {
            Self::Here(conductor) => conductor.rotation(true).await,
            Self::There(remote) => remote.look(&["rotation"], &looks::Nothing {}).await,
        }
    }

    /// `people`.
    pub async fn people(&self) -> Result<PeopleView> {
        match self {
            Self::Here(conductor) => conductor.people().await,
            Self::There(remote) => remote.look(&["people"], &looks::Nothing {}).await,
        }
    }

    /// `notes show`.
    pub async fn notes(&self, which: WhichPush, shown: ShownNotes) -> Result<NotesView> {
        match self {
            Self::Here(conductor) => conductor.notes(which, shown).await,
            Self::There(remote) => {
                let (push, which) = looks::whose(which);
                let (lines, history) = (Some(shown.lines), Some(shown.history));
                let query = looks::Page { push, which, version: shown.version, lines, history };
                remote.look(&["notes"], &query).await
            }
        }
    }

    /// `notes check`, of the page that is there.
    pub async fn check_notes(&self, which: WhichPush) -> Result<NotesCheckView> {
        match self {
            Self::Here(conductor) => conductor.check_notes(which, None).await,
            Self::There(remote) => {
                let (push, which) = looks::whose(which);
                remote.look(&["notes", "doubts"], &looks::AskedFor { push, which }).await
            }
        }
    }

    /// `ask`, without one.
    pub async fn asks(&self, which: WhichPush) -> Result<AsksView> {
        match self {
            Self::Here(conductor) => conductor.asks(which).await,
            Self::There(remote) => {
                let (push, which) = looks::whose(which);
                remote.look(&["asks"], &looks::AskedFor { push, which }).await
            }
        }
    }

    /// `security list`: for the security role alone (P9).
    pub async fn security(&self, repo: Option<&RepoName>) -> Result<SecurityView> {
        match self {
            Self::Here(conductor) => conductor.security_view(repo).await,
            Self::There(remote) => {
                remote.look(&["security"], &looks::OfRepo { repo: repo.cloned() }).await
            }
        }
    }
}

/// What a view is not, that a plan or an end is said to be.
pub fn other_view() -> Failure {
    let what = "what came back is not what was asked for";
    Refusal::new(train::refusal::Code::Io, what, "tell whoever makes pushduty")
}
