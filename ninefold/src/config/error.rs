use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a configuration is not used. Every text says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the configuration file {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("the configuration file {} is not valid:\n{cause}", path.display())]
    File { path: PathBuf, cause: toml::de::Error },
    #[error("{key} is not valid: {reason}")]
    Invalid { key: &'static str, reason: String },
    #[error("port and listen exclude each other: port N is listen 127.0.0.1:N")]
    TwoAddresses,
    #[error("tls_certificate and tls_key belong together: give both or neither")]
    HalfTls,
    #[error(
        "refusing to listen on {0} with auth = open: everyone who reaches this address could read and change \
         everything, since open accepts any credentials.\n\
         Either listen on loopback (port N), or check signatures: create a key with `ninefold keys create` and \
         start with auth = enforce"
    )]
    Exposed(SocketAddr),
}
