use super::Failure;
use crate::cli::ServeArguments;
use crate::config::Config;
use crate::{logs, server};

/// Serves until a signal asks to stop.
pub(crate) fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let settings = arguments.settings.load(arguments.config.as_deref())?;
    let config = Config::resolve(&settings)?;
    logs::start(config.log_format, &config.log_level);
    server::run(config)
}
