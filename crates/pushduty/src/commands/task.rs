//! `task`: what is to be done for a push, and when.

use clap::{Subcommand, ValueEnum};
use conductor::ShownNotes;
use conductor::view::TaskView;
use serde::Serialize;
use train::command::{NotesWish, WhichPush, Writing};
use train::id::PushDate;
use train::notes::follow::ItemId;
use train::notes::{Phase, SectionKind};
use train::refusal::Code;

use super::{named, writing};
use crate::options::Consent;
use crate::session::{Ended, Ending, Session};
use crate::words;

/// What is to be done for a push: add, tick, list
///
/// Tasks stand in the notes, by phase. New ones go to the next push that is not cut; --this means the one that is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty task add \"run the migration on stage\" --when before-push
  pushduty task add \"flip the switch\" --when after-done --owner jason --this
  pushduty task done t7 --this
  pushduty task list --this")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// Whose tasks.
#[derive(Debug, clap::Args)]
struct Which {
    /// The push that is cut, instead of the next one
    #[arg(long, conflicts_with = "push")]
    this: bool,
    /// The push, by its date
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
}

impl Which {
    fn push(&self) -> WhichPush {
        match (self.push, self.this) {
            (Some(push), _) => WhichPush::On(push),
            (None, true) => WhichPush::Cut,
            (None, false) => WhichPush::Uncut,
        }
    }
}

/// When a task is due.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum When {
    /// Before the push goes to production
    #[value(alias = "before_push")]
    BeforePush,
    /// When ops is there, before production is started
    #[value(alias = "before_start")]
    BeforeStart,
    /// Before the new version gets the traffic
    #[value(alias = "before_promote")]
    BeforePromote,
    /// When it is done
    #[value(alias = "after_done")]
    AfterDone,
}

impl From<When> for Phase {
    fn from(when: When) -> Self {
        match when {
            When::BeforePush => Self::BeforePush,
            When::BeforeStart => Self::BeforeStart,
            When::BeforePromote => Self::BeforePromote,
            When::AfterDone => Self::AfterDone,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a task to the notes
    #[command(after_help = "Examples:
  pushduty task add \"run the migration on stage\"
  pushduty task add flip the switch --when after-done --owner jason")]
    Add {
        /// What is to be done, in a line
        #[arg(required = true, value_name = "TEXT")]
        text: Vec<String>,
        /// When it is due
        #[arg(long, value_name = "PHASE", default_value = "before-push")]
        when: When,
        /// Who does it
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        consent: Consent,
    },
    /// Tick a task in the notes
    #[command(after_help = "Examples:
  pushduty task done t7
  pushduty task done t7 --this
  pushduty task done t7 --on stage          of a task for stage and production")]
    Done {
        /// The task, as `task list` and `status` name it
        #[arg(value_name = "ID", value_parser = named::task)]
        item: ItemId,
        /// Only for this environment, of those that the task names
        #[arg(long, value_name = "ENVIRONMENT")]
        on: Option<String>,
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        consent: Consent,
    },
    /// List the tasks
    #[command(after_help = "Examples:
  pushduty task list
  pushduty task list --this --json")]
    List {
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Serialize)]
struct TasksView {
    push: PushDate,
    version: u32,
    tasks: Vec<TaskView>,
}

/// Runs one of them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    match &args.command {
        Command::Add { text, when, owner, which, consent } => {
            let desk = session.desk().await?;
            let owner = owner.as_deref().map(|name| named::person(desk.settings(), name));
            let writing = Writing::Item {
                kind: SectionKind::Tasks((*when).into()),
                text: text.join(" "),
                owner: owner.transpose()?,
            };
            writing::change(session, consent, NotesWish { push: which.push(), writing }).await
        }
        Command::Done { item, on, which, consent } => {
            let writing = Writing::Done { item: *item, on: on.clone(), because: None };
            let wish = NotesWish { push: which.push(), writing };
            let ended = writing::change(session, consent, wish.clone()).await;
            match ended {
                Err(ending) if wish.push == WhichPush::Uncut => {
                    Err(of_the_cut(session, *item, ending).await)
                }
                ended => ended,
            }
        }
        Command::List { which } => list(session, which.push()).await,
    }
}

/// A task that the next push does not have, and the one that is cut has: its hint says so.
async fn of_the_cut(session: &Session, item: ItemId, mut ending: Ending) -> Ending {
    let Ok(desk) = session.desk().await else { return ending };
    let wish = |push| {
        let writing = Writing::Done { item, on: None, because: None };
        NotesWish { push, writing }
    };
    let here = writing::planned(&desk, &wish(WhichPush::Uncut)).await;
    let there = writing::planned(&desk, &wish(WhichPush::Cut)).await;
    if let (Err(refusal), Ok((plan, _))) = (here, there)
        && refusal.code == Code::NotFound
    {
        ending.refusal.hint = format!(
            "{} has a task of that name, and is cut: `pushduty task done {item} --this`",
            plan.push
        );
    }
    ending
}

async fn list(session: &Session, which: WhichPush) -> Ended {
    let view = session.desk().await?.notes(which, ShownNotes::default()).await?;
    let tasks = TaskView::in_order(&view.items);
    session.header().await?;
    session.screen.show(&words::tasks(view.push, &tasks));
    session.document(TasksView { push: view.push, version: view.version, tasks }).await
}
