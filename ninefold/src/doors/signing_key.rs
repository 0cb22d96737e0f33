//! The key that notifications are signed with, and its certificate: in the data directory, since what was signed is
//! verified later.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use ninefold_notification::{Certificate, SigningKey};
use ninefold_protocol::Endpoint;
use ninefold_sns::KeySource;
use ninefold_time::Clock;

use crate::secret_file::replace;

/// The file with the key: a line with the moment its certificate is valid from, then PEM.
const SIGNING_KEY: &str = "notifications.pem";
const VALID_FROM: &str = "certificate-valid-from-unix-seconds: ";

/// Gives the key in the data directory, which is made if there is none, and its certificate for the server's name.
pub(super) fn source(data: &Path, endpoint: &Endpoint, clock: &Arc<dyn Clock>) -> KeySource {
    let path = data.join(SIGNING_KEY);
    let (name, clock) = (server_name(endpoint).to_owned(), Arc::clone(clock));
    Box::new(move || {
        read_or_create(&path, &name, &*clock).map_err(|reason| format!("{}: {reason}", path.display()))
    })
}

fn read_or_create(path: &Path, name: &str, clock: &dyn Clock) -> Result<(SigningKey, Certificate), String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => create(path, clock)?,
        Err(cause) => return Err(cause.to_string()),
    };
    let (head, pem) = text.split_once('\n').unwrap_or((&text, ""));
    let valid_from = head
        .strip_prefix(VALID_FROM)
        .and_then(|seconds| seconds.parse().ok());
    let valid_from = valid_from.ok_or_else(|| format!("its first line is not `{VALID_FROM}...`"))?;
    let key = SigningKey::from_pem(pem).map_err(|error| error.to_string())?;
    let certificate = key
        .certificate(name, valid_from)
        .map_err(|error| error.to_string())?;
    Ok((key, certificate))
}

fn create(path: &Path, clock: &dyn Clock) -> Result<String, String> {
    let key = SigningKey::generate().and_then(|key| key.to_pem());
    let key = key.map_err(|error| error.to_string())?;
    let text = format!("{VALID_FROM}{}\n{key}", clock.now().as_secs());
    replace(path, text.as_bytes()).map_err(|cause| cause.to_string())?;
    Ok(text)
}

/// The host of an endpoint, without its port and the brackets of IPv6.
fn server_name(endpoint: &Endpoint) -> &str {
    let host = &endpoint.host;
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}
