use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::absolute;

use ninefold_protocol::Endpoint;

use crate::config::{Auth, Config, Durability};

/// Tells on standard output where the server listens and what clients need. Call it once the server listens:
/// scripts wait for the line that begins with `endpoint`.
pub(super) fn print(config: &Config, address: SocketAddr, kafka: Option<SocketAddr>) {
    let mut output = io::stdout().lock();
    let written = output
        .write_all(text(config, address, kafka).as_bytes())
        .and_then(|()| output.flush());
    if let Err(cause) = written {
        tracing::warn!(%cause, "cannot write to standard output");
    }
}

/// The scheme of the endpoint's URL.
pub(super) fn scheme(config: &Config) -> &'static str {
    if config.tls.is_some() { "https" } else { "http" }
}

/// How the server is reached from outside.
pub(super) fn public_endpoint(config: &Config, address: SocketAddr) -> Endpoint {
    config.public_endpoint.clone().unwrap_or_else(|| Endpoint {
        scheme: scheme(config),
        host: reachable(address).to_string(),
    })
}

fn text(config: &Config, address: SocketAddr, kafka: Option<SocketAddr>) -> String {
    let data = absolute(&config.data).unwrap_or_else(|_| config.data.clone());
    let (auth, key, secret) = match config.auth {
        Auth::Open => ("open: any credentials are accepted", "ninefold", "ninefold"),
        Auth::Enforce => (
            "enforce: create an access key with `ninefold keys create`",
            "<AccessKeyId>",
            "<SecretAccessKey>",
        ),
    };
    let durability = match config.durability {
        Durability::Sync => "sync: what is acknowledged is on disk",
        Durability::Os => "os: what is acknowledged may be lost with the machine's power",
    };
    let endpoint = format!("{}://{}", scheme(config), reachable(address));
    let region = &config.region;
    let mut text = String::new();
    let mut line = |line: &str| {
        let _ = writeln!(text, "{line}");
    };
    line(&format!("endpoint    {endpoint}"));
    if let Some(kafka) = kafka {
        line(&format!("kafka       {}", reachable(kafka)));
    }
    line(&format!("data        {}", data.display()));
    line(&format!("auth        {auth}"));
    line(&format!("durability  {durability}"));
    line("");
    line(&format!("export AWS_ENDPOINT_URL={endpoint}"));
    line(&format!("export AWS_ACCESS_KEY_ID={key}"));
    line(&format!("export AWS_SECRET_ACCESS_KEY={secret}"));
    line(&format!("export AWS_REGION={region}"));
    line(&format!("export AWS_DEFAULT_REGION={region}"));
    text
}

/// An address that a client on this machine can connect to.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (std::net::Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn lines(settings: Settings) -> Vec<String> {
        let config = Config::resolve(&settings).unwrap();
        text(&config, config.listen, config.kafka_listen)
            .lines()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn clients_get_what_they_need() {
        let lines = lines(Settings {
            data: Some("/var/lib/ninefold".into()),
            ..Settings::default()
        });
        assert_eq!(lines[0], "endpoint    http://127.0.0.1:4566");
        assert_eq!(lines[1], "kafka       127.0.0.1:9092");
        assert_eq!(lines[2], "data        /var/lib/ninefold");
        for export in [
            "export AWS_ENDPOINT_URL=http://127.0.0.1:4566",
            "export AWS_ACCESS_KEY_ID=ninefold",
            "export AWS_SECRET_ACCESS_KEY=ninefold",
            "export AWS_REGION=us-east-1",
        ] {
            assert!(lines.iter().any(|line| line == export), "{export}");
        }
    }

    #[test]
    fn enforcing_promises_no_credentials() {
        let lines = lines(Settings {
            listen: Some(([0, 0, 0, 0], 443).into()),
            auth: Some(Auth::Enforce),
            tls_certificate: Some("a".into()),
            tls_key: Some("b".into()),
            ..Settings::default()
        });
        assert_eq!(lines[0], "endpoint    https://127.0.0.1:443");
        assert!(lines.contains(&"export AWS_ACCESS_KEY_ID=<AccessKeyId>".to_owned()));
    }
}
