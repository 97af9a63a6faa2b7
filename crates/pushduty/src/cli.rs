//! The command line: every command, by group.

use clap::{Parser, Subcommand};

use crate::built;
use crate::commands as c;
use crate::options::Global;
use crate::session::{Goes, OF_THIS_MACHINE};

/// The release train for teams that ship several git repositories together on a schedule.
#[derive(Debug, Parser)]
#[command(name = "pushduty", version, long_version = built::long(&built::BUILT))]
#[command(long_about = None, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "First time? `pushduty demo` plays a week on real git; `pushduty init URL…` starts with your own repositories.\nExit codes: 0 done, 1 failed, 2 usage or configuration, 3 refused by a rule, 4 conflict, 5 overtaken, 6 incomplete."
)]
pub struct Cli {
    /// What every command has.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

macro_rules! commands {
    ($($(#[$attribute:meta])* $name:ident($module:ident)),+ $(,)?) => {
        /// The commands.
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $($(#[$attribute])* $name(c::$module::Args),)+
        }

        impl Command {
            /// Runs it.
            pub async fn run(&self, session: &crate::session::Session) -> crate::session::Ended {
                match self {
                    $(Self::$name(args) => c::$module::run(args, session).await,)+
                }
            }
        }
    };
}

/// Why a server is not asked to `check`.
const HOW_IT_FARES: &str = "it examines the machine it runs on; how a server's remotes, services and channels fare is on \
                            its page of the train, and `health` in its interface";
/// Why a server is not asked to `verify`.
const OWN_WITNESS: &str = "a server that proves its own record is its own witness; what it says of it \
                           is on its page of the ledger";
/// Why a server is not asked to `tell`.
const TELLS_ITSELF: &str = "it tells its channels by itself each round; what did not arrive is tried \
                            again or given up on its page of announcements";

impl Command {
    /// Where it can go.
    #[must_use]
    pub fn goes(&self) -> Goes {
        match self {
            Self::Login(_)
            | Self::Demo(_)
            | Self::Rehearse(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::WatchOver(_) => Goes::Nowhere,
            Self::Init(_)
            | Self::Config(_)
            | Self::Import(_)
            | Self::Serve(_)
            | Self::Backup(_)
            | Self::Restore(_) => Goes::Here(OF_THIS_MACHINE),
            Self::Check(_) => Goes::Here(HOW_IT_FARES),
            Self::Verify(_) => Goes::Here(OWN_WITNESS),
            Self::Tell(_) => Goes::Here(TELLS_ITSELF),
            _ => Goes::Anywhere,
        }
    }

    /// Whether it ends by itself when it is interrupted: a server finishes what is under way.
    #[must_use]
    pub fn ends_itself(&self) -> bool {
        match self {
            Self::Serve(_) => true,
            Self::Demo(demo) => demo.serves(),
            _ => false,
        }
    }
}

commands! {
    Init(init),

    Check(check),
    Adopt(adopt),
    Config(config),
    People(people),
    Demo(demo),
    Rehearse(rehearse),

    Completions(completions),
    Man(man),
    Status(status),
    Ready(ready),
    Waiting(waiting),
    Later(later),
    Compare(compare),
    #[command(name = "where")]
    Where(whereis),
    History(history),
    Stats(stats),
    Log(log),
    Verify(verify),
    Watch(watch),
    Schedule(schedule),
    Rotation(rotation),
    Move(departure_move),
    Cancel(cancel),
    Security(security),
    Tag(tag),
    Pick(pick),
    Ask(ask),
    Notes(notes),
    Block(block),
    Unblock(unblock),
    Task(task),
    Import(import),
    Approve(approve),
    Confirm(confirm),
    Call(call),
    Claim(claim),
    Unclaim(unclaim),
    Hold(hold),
    Resume(resume),
    Tell(tell),
    Start(start),
    Promote(promote),
    Rollback(rollback),
    Finish(finish),
    Serve(serve),
    Login(login),
    Backup(backup),
    Restore(restore),
    #[command(name = crate::session::WATCH, hide = true)]
    WatchOver(watch_over),
}
