use super::{Failure, print};
use crate::cli::ServeArguments;
use crate::config::Config;

/// Prints the settings in force as a configuration file, without their secrets.
pub(crate) fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let settings = arguments.settings.load(arguments.config.as_deref())?;
    Config::resolve(&settings)?;
    let shown = settings.with_defaults().with_hidden_secrets();
    let text = toml::to_string(&shown).map_err(|cause| Failure::of(&cause))?;
    print(text.trim_end())
}
