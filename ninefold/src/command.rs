//! What each command of the command line does.

pub(crate) mod api;
pub(crate) mod check_config;
pub(crate) mod explain_event;
pub(crate) mod keys;
pub(crate) mod serve;
pub(crate) mod version;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::identity::KeyError;

/// Why a command failed, in words for the person who gave it.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    exit_code: u8,
}

impl Failure {
    /// The command was right and could not be carried out.
    pub(crate) fn of(cause: &impl ToString) -> Self {
        Failure {
            message: cause.to_string(),
            exit_code: 1,
        }
    }

    /// The command or the configuration has to change.
    pub(crate) fn usage(cause: &impl ToString) -> Self {
        Failure {
            message: cause.to_string(),
            exit_code: 2,
        }
    }

    /// Writes the message to standard error; returns the code to exit with.
    pub(crate) fn report(&self) -> ExitCode {
        // There is nobody left to tell if this fails.
        let _ = writeln!(io::stderr(), "ninefold: {}", self.message);
        ExitCode::from(self.exit_code)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::usage(&error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Failure::of(&error)
    }
}

/// Writes to standard output.
fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    writeln!(output, "{text}")
        .and_then(|()| output.flush())
        .map_err(|cause| Failure::of(&format!("cannot write to standard output: {cause}")))
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|cause| Failure::of(&cause))?;
    print(&text)
}
