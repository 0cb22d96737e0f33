//! The configuration: what can be set, where from, and what comes of it.

mod error;
mod settings;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ninefold_http::Limits;
use ninefold_protocol::{AccountId, Region};
use tracing_subscriber::EnvFilter;

pub(crate) use error::ConfigError;
pub(crate) use settings::{Auth, Durability, LogFormat, Settings};

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "ninefold.toml";

/// A valid configuration.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) auth: Auth,
    pub(crate) durability: Durability,
    /// The region of calls that name none.
    pub(crate) region: Region,
    /// The account of calls that name none.
    pub(crate) account: AccountId,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) log_format: LogFormat,
    pub(crate) log_level: String,
    pub(crate) limits: Limits,
}

/// PEM files.
#[derive(Debug)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Config {
    /// Checks settings; what they leave open has its default.
    pub(crate) fn resolve(settings: &Settings) -> Result<Self, ConfigError> {
        let settings = settings.clone().with_defaults();
        let config = Config {
            listen: address(&settings)?,
            auth: settings.auth.unwrap_or_default(),
            durability: settings.durability.unwrap_or_default(),
            region: parse("region", settings.region.as_deref(), Region::parse)?,
            account: parse("account", settings.account.as_deref(), AccountId::parse)?,
            tls: tls_files(&settings)?,
            log_format: settings.log_format.unwrap_or_default(),
            limits: limits(&settings)?,
            log_level: settings.log_level.unwrap_or_default(),
            data: settings.data.unwrap_or_default(),
        };
        EnvFilter::try_new(&config.log_level).map_err(|cause| invalid("log_level", &cause))?;
        if !config.listen.ip().is_loopback() && config.auth != Auth::Enforce {
            return Err(ConfigError::Exposed(config.listen));
        }
        Ok(config)
    }
}

fn address(settings: &Settings) -> Result<SocketAddr, ConfigError> {
    match (settings.listen, settings.port) {
        (Some(_), Some(_)) => Err(ConfigError::TwoAddresses),
        (Some(listen), None) => Ok(listen),
        (None, port) => Ok((Ipv4Addr::LOCALHOST, port.unwrap_or_default()).into()),
    }
}

fn parse<T, E: ToString>(
    key: &'static str,
    text: Option<&str>,
    parser: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, ConfigError> {
    parser(text.unwrap_or_default()).map_err(|cause| invalid(key, &cause))
}

fn invalid(key: &'static str, cause: &impl ToString) -> ConfigError {
    ConfigError::Invalid {
        key,
        reason: cause.to_string(),
    }
}

fn tls_files(settings: &Settings) -> Result<Option<TlsFiles>, ConfigError> {
    match (settings.tls_certificate.clone(), settings.tls_key.clone()) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        (None, None) => Ok(None),
        _ => Err(ConfigError::HalfTls),
    }
}

fn limits(settings: &Settings) -> Result<Limits, ConfigError> {
    Ok(Limits {
        request_bytes: positive("max_request_bytes", settings.max_request_bytes)?,
        connections: positive("max_connections", settings.max_connections)?,
        head_timeout: seconds("head_timeout_seconds", settings.head_timeout_seconds)?,
        body_timeout: seconds("body_timeout_seconds", settings.body_timeout_seconds)?,
        idle_timeout: seconds("idle_timeout_seconds", settings.idle_timeout_seconds)?,
        drain_timeout: seconds("drain_timeout_seconds", settings.drain_timeout_seconds)?,
        ..Limits::default()
    })
}

fn seconds(key: &'static str, value: Option<u32>) -> Result<Duration, ConfigError> {
    Ok(Duration::from_secs(positive(key, value)?.into()))
}

fn positive<T: Default + PartialEq>(key: &'static str, value: Option<T>) -> Result<T, ConfigError> {
    value
        .filter(|value| *value != T::default())
        .ok_or_else(|| invalid(key, &"it must be greater than 0"))
}
