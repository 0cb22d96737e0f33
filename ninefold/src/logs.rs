//! Logs: structured events on standard error.

use std::io::{self, IsTerminal};
use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// What libraries say in passing is of no use to who runs the server; a level for them can be set nonetheless.
const LIBRARIES: &str = "fjall=warn,lsm_tree=warn,";

/// Starts logging. `level` is a filter that was checked before, such as `info` or `info,ninefold_store=debug`.
pub(crate) fn start(format: LogFormat, level: &str) {
    let registry = tracing_subscriber::registry().with(EnvFilter::new(format!("{LIBRARIES}{level}")));
    match format {
        LogFormat::Text => registry
            .with(
                layer()
                    .with_ansi(io::stderr().is_terminal())
                    .with_writer(io::stderr),
            )
            .init(),
        LogFormat::Json => registry
            .with(layer().json().flatten_event(true).with_writer(io::stderr))
            .init(),
    }
    // A panic is an event like any other: in the log's format, with the place it came from.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, message, "panic");
    }));
}
