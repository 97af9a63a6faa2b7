#![doc = include_str!("../README.md")]

mod actor;
mod calendars;
mod cli;
mod clock;
mod commands;
pub mod config;
pub mod environment;
mod options;
mod progress;
mod screen;
mod session;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::Cli;
use crate::environment::Environment;
use crate::screen::Screen;
use crate::session::{Ending, Session};

/// Reads the command line, runs the command, and ends with the exit code of CONTRACT section 2.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let environment = Environment::read();
    let global = cli.global.clone();
    let screen = Screen::new(
        global.json,
        global.color,
        environment.no_color || environment.dumb_terminal,
        global.quiet,
    );
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            screen
                .fail(&words::refusal(&conductor::failure::io("the program can't start", &error)));
            return ExitCode::from(1);
        }
    };
    let session = match Session::new(global, environment, screen.clone(), Cli::command()) {
        Ok(session) => session,
        Err(refusal) => {
            screen.fail(&words::refusal(&refusal));
            return ExitCode::from(refusal.code.exit());
        }
    };
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = cli.command.run(&session) => ended,
            _ = tokio::signal::ctrl_c() => Err(interrupted()),
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(ending) => {
            session.fail(&ending);
            ExitCode::from(ending.refusal.code.exit())
        }
    }
}

fn interrupted() -> Ending {
    let hint = "the same command again finishes what was begun";
    train::refusal::Refusal::new(train::refusal::Code::Interrupted, "interrupted", hint).into()
}
