//! Ninefold: one server for application integration that speaks AWS APIs and keeps what it is given.
//!
//! This crate is the only one that knows every door. It reads the configuration, wires engines and doors
//! together, and serves them.

mod cli;
mod command;
mod config;
mod doors;
mod gateway;
mod health;
mod identity;
mod log_files;
mod logs;
mod metrics;
mod secret_file;
mod server;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os());
    let outcome = match cli.command {
        Command::Serve(arguments) => command::serve::run(*arguments),
        Command::Version => command::version::run(),
        Command::Api(arguments) => command::api::run(&arguments),
        Command::CheckConfig(arguments) => command::check_config::run(*arguments),
        Command::ExplainEvent(arguments) => command::explain_event::run(arguments),
        Command::Keys(arguments) => command::keys::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
