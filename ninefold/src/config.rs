//! The configuration: what can be set, where from, and what comes of it.

mod error;
mod mail;
mod object_store;
mod settings;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use http::Uri;
use ipnet::IpNet;
use ninefold_http::Limits;
use ninefold_protocol::{AccountId, Endpoint, Region};
use tracing_subscriber::EnvFilter;

pub(crate) use error::ConfigError;
pub(crate) use mail::MailConfig;
pub(crate) use object_store::ObjectStoreConfig;
pub(crate) use settings::{Auth, Durability, KinesisThrottling, LogFormat, S3Addressing, Settings};

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
    /// Where Kafka's clients connect; `None`: nowhere.
    pub(crate) kafka_listen: Option<SocketAddr>,
    /// The host they are told to connect to; `None`: the one they have reached.
    pub(crate) kafka_advertised_host: Option<String>,
    /// How clients reach the server; `None`: at the address it listens on.
    pub(crate) public_endpoint: Option<Endpoint>,
    pub(crate) egress: Egress,
    /// Certificate authorities to trust besides the public ones (PEM).
    pub(crate) trusted_certificates: Option<PathBuf>,
    pub(crate) sign_queue_messages: bool,
    pub(crate) mail: Option<MailConfig>,
    /// The file that says who sends text messages.
    pub(crate) sms_provider: Option<PathBuf>,
    pub(crate) sms_sandbox: bool,
    /// The file that says whose webhooks are taken.
    pub(crate) webhooks: Option<PathBuf>,
    pub(crate) sms_price_per_part: f64,
    /// Where push services are, when not where everybody's are.
    pub(crate) fcm: Option<Uri>,
    pub(crate) apns: Option<Uri>,
    /// Whether AWS's limits of throughput hold for data streams.
    pub(crate) kinesis_throttling: KinesisThrottling,
    /// Where channels of data streams deliver to.
    pub(crate) object_store: Option<ObjectStoreConfig>,
    /// What of records makes an object of a channel's.
    pub(crate) channel_object_bytes: usize,
    pub(crate) log_format: LogFormat,
    pub(crate) log_level: String,
    pub(crate) limits: Limits,
}

/// Where deliveries may go.
#[derive(Debug, PartialEq)]
pub(crate) enum Egress {
    /// Anywhere.
    Everywhere,
    /// To public addresses, and to these ranges.
    PublicAnd(Vec<IpNet>),
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
            kafka_listen: kafka_listen(&settings)?,
            kafka_advertised_host: settings.kafka_advertised_host.clone(),
            tls: tls_files(&settings)?,
            public_endpoint: public_endpoint(settings.public_url.as_deref())?,
            egress: egress(&settings)?,
            trusted_certificates: settings.trusted_certificates.clone(),
            sign_queue_messages: settings.sign_queue_messages.unwrap_or(true),
            mail: MailConfig::read(settings.mail_relay.as_deref(), settings.mail_sender.as_deref())?,
            sms_provider: settings.sms_provider.clone(),
            webhooks: settings.webhooks.clone(),
            sms_sandbox: settings.sms_sandbox.unwrap_or(false),
            sms_price_per_part: settings.sms_price_per_part.unwrap_or(0.0),
            fcm: url("fcm_url", settings.fcm_url.as_deref())?,
            apns: url("apns_url", settings.apns_url.as_deref())?,
            kinesis_throttling: settings.kinesis_throttling.unwrap_or_default(),
            object_store: ObjectStoreConfig::read(&settings)?,
            channel_object_bytes: object_store::object_bytes(settings.channel_object_bytes)?,
            log_format: settings.log_format.unwrap_or_default(),
            limits: limits(&settings)?,
            log_level: settings.log_level.unwrap_or_default(),
            data: settings.data.unwrap_or_default(),
        };
        EnvFilter::try_new(&config.log_level).map_err(|cause| invalid("log_level", &cause))?;
        if !config.listen.ip().is_loopback() && config.auth != Auth::Enforce {
            return Err(ConfigError::Exposed(config.listen));
        }
        let kafka_exposed = config.kafka_listen.filter(|address| !address.ip().is_loopback());
        if let Some(address) = kafka_exposed.filter(|_| config.auth != Auth::Enforce) {
            return Err(ConfigError::Exposed(address));
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

fn kafka_listen(settings: &Settings) -> Result<Option<SocketAddr>, ConfigError> {
    const PORT: u16 = 9092;
    match settings.kafka_listen.as_deref() {
        Some("off") => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|cause| invalid("kafka_listen", &cause)),
        None => {
            let port = if settings.port == Some(0) { 0 } else { PORT };
            Ok(Some((Ipv4Addr::LOCALHOST, port).into()))
        }
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

fn public_endpoint(url: Option<&str>) -> Result<Option<Endpoint>, ConfigError> {
    let Some(url) = url else { return Ok(None) };
    let endpoint = ["http", "https"].into_iter().find_map(|scheme| {
        let host = url
            .strip_prefix(scheme)?
            .strip_prefix("://")?
            .trim_end_matches('/');
        let is_host = !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
        is_host.then(|| Endpoint {
            scheme,
            host: host.to_owned(),
        })
    });
    let expected = "it must be http:// or https://, a host, and perhaps a port";
    endpoint.map(Some).ok_or_else(|| invalid("public_url", &expected))
}

fn url(key: &'static str, text: Option<&str>) -> Result<Option<Uri>, ConfigError> {
    let parsed = text.map(str::parse::<Uri>).transpose();
    parsed.map_err(|cause| invalid(key, &cause))
}

fn egress(settings: &Settings) -> Result<Egress, ConfigError> {
    match (&settings.egress_allow, settings.auth.unwrap_or_default()) {
        (None, Auth::Open) => Ok(Egress::Everywhere),
        (None, Auth::Enforce) => Ok(Egress::PublicAnd(Vec::new())),
        (Some(ranges), _) => {
            let ranges = ranges.split(',').map(str::trim).filter(|range| !range.is_empty());
            let parsed: Result<Vec<IpNet>, _> = ranges.map(str::parse).collect();
            parsed
                .map(Egress::PublicAnd)
                .map_err(|cause| invalid("egress_allow", &cause))
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        Settings::parse(text).unwrap()
    }

    fn refusal(text: &str) -> String {
        Config::resolve(&settings(text)).unwrap_err().to_string()
    }

    #[test]
    fn nothing_set_is_a_valid_configuration() {
        let config = Config::resolve(&Settings::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:4566");
        assert_eq!(config.data, PathBuf::from("ninefold-data"));
        assert_eq!((config.auth, config.durability), (Auth::Open, Durability::Sync));
        assert_eq!(
            (config.region.as_str(), config.account.as_str()),
            ("us-east-1", "000000000000")
        );
        assert_eq!(config.limits.request_bytes, 16 * 1024 * 1024);
    }

    #[test]
    fn every_key_of_the_file_arrives() {
        let config = Config::resolve(&settings(
            "data = '/d'\nlisten = '0.0.0.0:1'\nauth = 'enforce'\ndurability = 'os'\nregion = 'eu-west-1'\n\
             account = '123456789012'\ntls_certificate = 'c'\ntls_key = 'k'\nlog_format = 'json'\nlog_level = 'warn'\n\
             max_request_bytes = 2\nmax_connections = 3\nhead_timeout_seconds = 4\nbody_timeout_seconds = 5\n\
             idle_timeout_seconds = 6\ndrain_timeout_seconds = 7\npublic_url = 'https://topics.example.com'\n\
             egress_allow = '10.0.0.0/8, ::1/128'\ntrusted_certificates = 't'\nsign_queue_messages = false\n\
             mail_relay = 'smtps://relay.example.com'\nmail_sender = 'a@example.com'\nsms_provider = 's'\n\
             sms_sandbox = true\nsms_price_per_part = 0.25\nwebhooks = 'w'\nfcm_url = 'http://f'\napns_url = 'http://a'\n\
             kinesis_throttling = 'aws'\nkafka_listen = '0.0.0.0:9092'\nkafka_advertised_host = 'kafka.example.com'\n\
             s3_endpoint = 'http://store:9000'\ns3_region = 'eu-west-2'\ns3_addressing = 'virtual-host'\n\
             s3_access_key_id = 'id'\ns3_secret_access_key = 'secret'\nchannel_object_bytes = 8\n",
        ))
        .unwrap();
        assert_eq!(config.data, PathBuf::from("/d"));
        assert_eq!(config.listen.to_string(), "0.0.0.0:1");
        assert_eq!((config.auth, config.durability), (Auth::Enforce, Durability::Os));
        assert_eq!(
            (config.region.as_str(), config.account.as_str()),
            ("eu-west-1", "123456789012")
        );
        let tls = config.tls.unwrap();
        assert_eq!((tls.certificate, tls.key), ("c".into(), "k".into()));
        assert_eq!((config.log_format, &*config.log_level), (LogFormat::Json, "warn"));
        assert_eq!(
            config.public_endpoint.unwrap().to_string(),
            "https://topics.example.com"
        );
        let ranges = ["10.0.0.0/8", "::1/128"].map(|range| range.parse().unwrap());
        assert_eq!(config.egress, Egress::PublicAnd(ranges.to_vec()));
        assert_eq!(config.trusted_certificates, Some("t".into()));
        assert!(!config.sign_queue_messages && config.sms_sandbox);
        assert_eq!(config.mail.unwrap().host, "relay.example.com");
        assert_eq!(
            (config.sms_provider, config.sms_price_per_part, config.webhooks),
            (Some("s".into()), 0.25, Some("w".into()))
        );
        assert_eq!(
            (config.fcm.unwrap(), config.apns.unwrap()),
            ("http://f".parse().unwrap(), "http://a".parse().unwrap())
        );
        assert_eq!(config.kinesis_throttling, KinesisThrottling::Aws);
        let store = config.object_store.unwrap();
        assert_eq!(
            (&*store.endpoint, &*store.region),
            ("http://store:9000", "eu-west-2")
        );
        assert_eq!(
            (&*store.access_key_id, &*store.secret_access_key),
            ("id", "secret")
        );
        assert_eq!(store.addressing, S3Addressing::VirtualHost);
        assert_eq!(config.channel_object_bytes, 8);
        assert_eq!(config.kafka_listen, Some(([0, 0, 0, 0], 9092).into()));
        assert_eq!(config.kafka_advertised_host.as_deref(), Some("kafka.example.com"));
        let limits = config.limits;
        assert_eq!((limits.request_bytes, limits.connections), (2, 3));
        let timeouts = [
            limits.head_timeout,
            limits.body_timeout,
            limits.idle_timeout,
            limits.drain_timeout,
        ];
        assert_eq!(timeouts, [4, 5, 6, 7].map(Duration::from_secs));
    }

    #[test]
    fn what_is_above_hides_what_is_below() {
        for (above, below, expected) in [
            ("port = 1", "port = 2", "127.0.0.1:1"),
            ("", "port = 2", "127.0.0.1:2"),
            ("port = 1", "listen = '127.0.0.2:2'", "127.0.0.1:1"),
            ("listen = '127.0.0.2:1'", "port = 2", "127.0.0.2:1"),
            ("region = 'a'", "listen = '127.0.0.2:2'", "127.0.0.2:2"),
        ] {
            let merged = settings(above).over(settings(below));
            let config = Config::resolve(&merged).unwrap();
            assert_eq!(config.listen.to_string(), expected, "{above} over {below}");
        }
    }

    #[test]
    fn defaults_fill_every_gap_and_nothing_else() {
        let all = settings("data = '/d'\nport = 1\nauth = 'enforce'\nmax_connections = 3");
        let filled = all.clone().with_defaults();
        assert_eq!(filled.clone().over(Settings::default()), filled);
        assert_eq!(all.over(filled.clone()), filled);
    }

    #[test]
    fn bad_values_are_refused_by_name() {
        for (text, expected) in [
            ("region = 'US EAST'", "region is not valid"),
            ("account = '12'", "account is not valid"),
            ("log_level = 'info,=,='", "log_level is not valid"),
            ("max_request_bytes = 0", "max_request_bytes is not valid"),
            ("idle_timeout_seconds = 0", "idle_timeout_seconds is not valid"),
            ("port = 1\nlisten = '127.0.0.1:2'", "exclude each other"),
            ("tls_key = 'k'", "belong together"),
            ("public_url = 'topics.example.com'", "public_url is not valid"),
            ("public_url = 'http://a/b'", "public_url is not valid"),
            ("egress_allow = '10.0.0.0/40'", "egress_allow is not valid"),
            ("mail_relay = 'smtp://a'", "mail_sender is not valid"),
            ("listen = '0.0.0.0:4566'", "refusing to listen on 0.0.0.0:4566"),
            ("listen = '[::]:4566'", "refusing to listen on [::]:4566"),
            (
                "kafka_listen = '0.0.0.0:9092'",
                "refusing to listen on 0.0.0.0:9092",
            ),
            ("kafka_listen = 'nowhere'", "kafka_listen is not valid"),
            (
                "s3_endpoint = 'http://store:9000'",
                "s3_access_key_id is not valid",
            ),
            ("s3_region = 'eu-west-2'", "s3_endpoint is not valid"),
            ("s3_endpoint = 'ftp://store'", "s3_endpoint is not valid"),
            ("s3_endpoint = 'store:9000'", "s3_endpoint is not valid"),
            ("channel_object_bytes = 0", "channel_object_bytes is not valid"),
            (
                "channel_object_bytes = 200000000",
                "channel_object_bytes is not valid",
            ),
        ] {
            let refusal = refusal(text);
            assert!(refusal.contains(expected), "{text}: {refusal}");
        }
        for bad in [
            "prot = 1",
            "port = 'x'",
            "port = 70000",
            "listen = 'nowhere'",
            "auth = 'maybe'",
            "[section]",
        ] {
            assert!(Settings::parse(bad).is_err(), "{bad}");
        }
    }
}
