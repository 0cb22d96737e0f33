use super::{Failure, print};
use crate::cli::ServeArguments;
use crate::config::Config;

/// Prints the settings in force as a configuration file.
pub(crate) fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let settings = arguments.settings.load(arguments.config.as_deref())?;
    Config::resolve(&settings)?;
    let text = toml::to_string(&settings.with_defaults()).map_err(|cause| Failure::of(&cause))?;
    print(text.trim_end())
}
