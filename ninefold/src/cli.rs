//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::Settings;

/// A durable server for application integration that speaks AWS APIs.
///
/// Without a command it serves: `ninefold --port 5000` is `ninefold serve --port 5000`. With no option at
/// all it listens on http://127.0.0.1:4566, keeps its data in ./ninefold-data and accepts any credentials.
#[derive(Debug, Parser)]
#[command(
    name = "ninefold",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server.
    #[command(after_long_help = SERVE_NOTES)]
    Serve(Box<ServeArguments>),
    /// Print the version.
    Version,
    /// List the API operations that this server answers.
    Api(ApiArguments),
    /// Check the configuration that `serve` would use, and print it, with *** in place of secrets.
    CheckConfig(Box<ServeArguments>),
    /// Show what became of an event that was put on a bus: which rules took it, which nearly did, and where each delivery
    /// stands.
    ExplainEvent(ExplainEventArguments),
    /// Manage the access keys that `--auth enforce` accepts.
    #[command(subcommand)]
    Keys(KeysCommand),
}

const SERVE_NOTES: &str = "\
Every option is also a key of the configuration file (--max-connections is max_connections) and an \
environment variable. An option beats the environment, the environment beats the file.

A configuration file for a server that others can reach:

  data = \"/var/lib/ninefold\"
  listen = \"0.0.0.0:4566\"
  auth = \"enforce\"
  tls_certificate = \"/etc/ninefold/server.pem\"
  tls_key = \"/etc/ninefold/server.key\"";

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The configuration file, in TOML [default: ninefold.toml, if there is one]
    #[arg(long, env = "NINEFOLD_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Debug, Args)]
pub(crate) struct ApiArguments {
    /// List the operations that the models have and this server lacks.
    #[arg(long)]
    pub(crate) missing: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainEventArguments {
    #[command(flatten)]
    pub(crate) location: ServerLocation,
    /// Where the server is [default: where the configuration says that it listens]
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Print the whole explanation as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The event's id, as PutEvents answered it.
    #[arg(value_name = "EVENT_ID")]
    pub(crate) id: uuid::Uuid,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Create an access key and print it as JSON, its secret for the only time.
    ///
    /// Works while a server runs on the same data directory; it accepts the key within a second. Secrets are
    /// kept encrypted in keys.json of the data directory, with the key in keys.secret beside it: whoever can
    /// read both files can read the secrets.
    Create(CreateKeyArguments),
    /// List access keys as JSON, without their secrets.
    List(ServerLocation),
    /// Delete an access key; a running server refuses it within a second.
    Delete(DeleteKeyArguments),
}

/// Which server.
#[derive(Debug, Args)]
pub(crate) struct ServerLocation {
    /// The server's configuration file [default: ninefold.toml, if there is one]
    #[arg(long, env = "NINEFOLD_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The server's data directory [default: ninefold-data]
    #[arg(long, env = "NINEFOLD_DATA", value_name = "DIRECTORY")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CreateKeyArguments {
    #[command(flatten)]
    pub(crate) location: ServerLocation,
    /// The account the key belongs to, 12 digits [default: the configured one, or 000000000000]
    #[arg(long, env = "NINEFOLD_ACCOUNT", value_name = "ID")]
    pub(crate) account: Option<String>,
    /// The user the key belongs to; without one it is the account's root, which may do everything in it.
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// A file with the IAM policy (JSON) that says what the user may do; without one the user may do
    /// only what policies of resources allow.
    #[arg(long, value_name = "FILE", requires = "user")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteKeyArguments {
    #[command(flatten)]
    pub(crate) location: ServerLocation,
    /// The access key id.
    #[arg(value_name = "ACCESS_KEY_ID")]
    pub(crate) id: String,
}

impl Cli {
    /// Reads the arguments of the process; ends it when they are wrong or ask for help.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let matches = Cli::command().get_matches_from(with_default_command(arguments));
        match Cli::try_from_matches(&matches) {
            Ok(cli) => cli,
            Err(error) => error.exit(),
        }
    }

    fn try_from_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut cli = Cli::from_arg_matches(matches)?;
        if let (Command::Serve(arguments) | Command::CheckConfig(arguments), Some((_, matches))) =
            (&mut cli.command, matches.subcommand())
        {
            arguments.settings.prefer_arguments(matches);
        }
        Ok(cli)
    }
}

/// The arguments, with `serve` put in where they name no command.
fn with_default_command(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let first = arguments.get(1).and_then(|argument| argument.to_str());
    let names_command = first.is_some_and(|first| {
        !first.starts_with('-') || matches!(first, "-h" | "--help" | "-V" | "--version")
    });
    if !names_command {
        arguments.insert(arguments.len().min(1), "serve".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default_command() {
        for (given, expected) in [
            (&["ninefold"][..], &["ninefold", "serve"][..]),
            (
                &["ninefold", "--port", "0"],
                &["ninefold", "serve", "--port", "0"],
            ),
            (
                &["ninefold", "serve", "--port", "0"],
                &["ninefold", "serve", "--port", "0"],
            ),
            (&["ninefold", "version"], &["ninefold", "version"]),
            (&["ninefold", "--help"], &["ninefold", "--help"]),
            (&["ninefold", "nonsense"], &["ninefold", "nonsense"]),
        ] {
            let given = given.iter().map(OsString::from);
            assert_eq!(with_default_command(given), expected);
        }
    }
}
