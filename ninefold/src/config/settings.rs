use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};
use ninefold_http::Limits;
use serde::{Deserialize, Serialize};

use super::{ConfigError, DEFAULT_FILE, mail};

/// What people see in place of a secret.
const HIDDEN: &str = "***";

/// Everything that can be set, as one source sets it.
#[derive(Args, Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// The directory that everything is kept in [default: ninefold-data]
    #[arg(long, env = "NINEFOLD_DATA", value_name = "DIRECTORY")]
    pub(crate) data: Option<PathBuf>,
    /// Listen on this port of 127.0.0.1; 0 takes a free one [default: 4566]
    #[arg(long, env = "NINEFOLD_PORT", value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Listen on this address instead; beyond loopback it needs `--auth enforce`
    #[arg(long, env = "NINEFOLD_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Whose requests are answered [default: open]
    #[arg(long, env = "NINEFOLD_AUTH", value_name = "MODE")]
    pub(crate) auth: Option<Auth>,
    /// What an acknowledged request survives [default: sync]
    #[arg(long, env = "NINEFOLD_DURABILITY", value_name = "MODE")]
    pub(crate) durability: Option<Durability>,
    /// The region of requests that name none [default: us-east-1]
    #[arg(long, env = "NINEFOLD_REGION", value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The account of requests that name none, 12 digits [default: 000000000000]
    #[arg(long, env = "NINEFOLD_ACCOUNT", value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Speak TLS with this certificate chain (PEM)
    #[arg(long, env = "NINEFOLD_TLS_CERTIFICATE", value_name = "FILE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The private key of the certificate (PEM)
    #[arg(long, env = "NINEFOLD_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Listen for Kafka's clients at this address, or `off`; clusters of MSK listen on free ports of its host. With
    /// `--auth enforce` clients authenticate with SASL: AWS_MSK_IAM, OAUTHBEARER or SCRAM. Beyond loopback it needs that
    /// [default: port 9092 of 127.0.0.1; a free one with `--port 0`]
    #[arg(long, env = "NINEFOLD_KAFKA_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) kafka_listen: Option<String>,
    /// The host that Kafka's clients are told to connect to [default: the address that they have reached]
    #[arg(long, env = "NINEFOLD_KAFKA_ADVERTISED_HOST", value_name = "HOST")]
    pub(crate) kafka_advertised_host: Option<String>,
    /// How clients reach the server, for links in messages [default: the address it listens on]
    #[arg(long, env = "NINEFOLD_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Address ranges that subscribers may name besides public ones, separated by commas [default: all of them with
    /// `--auth open`, none with `--auth enforce`]
    #[arg(long, env = "NINEFOLD_EGRESS_ALLOW", value_name = "RANGES")]
    pub(crate) egress_allow: Option<String>,
    /// Certificate authorities to trust besides the public ones (PEM)
    #[arg(long, env = "NINEFOLD_TRUSTED_CERTIFICATES", value_name = "FILE")]
    pub(crate) trusted_certificates: Option<PathBuf>,
    /// Whether messages from topics to queues are signed, as they are to web endpoints, which costs a lot of time
    /// [default: true]
    #[arg(long, env = "NINEFOLD_SIGN_QUEUE_MESSAGES", value_name = "BOOLEAN")]
    pub(crate) sign_queue_messages: Option<bool>,
    /// The relay that sends mail: smtp+starttls://user:secret@host:587, smtps://host or, without TLS, smtp://host
    #[arg(long, env = "NINEFOLD_MAIL_RELAY", value_name = "URL", hide_env_values = true)]
    pub(crate) mail_relay: Option<String>,
    /// Whom mail is from, such as `Orders <orders@example.com>`
    #[arg(long, env = "NINEFOLD_MAIL_SENDER", value_name = "ADDRESS")]
    pub(crate) mail_sender: Option<String>,
    /// A file (TOML) that says who sends text messages: a table `gateway` or a table `smpp`
    #[arg(long, env = "NINEFOLD_SMS_PROVIDER", value_name = "FILE")]
    pub(crate) sms_provider: Option<PathBuf>,
    /// A file (TOML) that says whose webhooks become events of partner event sources: tables `webhook`
    #[arg(long, env = "NINEFOLD_WEBHOOKS", value_name = "FILE")]
    pub(crate) webhooks: Option<PathBuf>,
    /// Whether text messages go to verified numbers only [default: false]
    #[arg(long, env = "NINEFOLD_SMS_SANDBOX", value_name = "BOOLEAN")]
    pub(crate) sms_sandbox: Option<bool>,
    /// What a part of a text message costs, for spend limits [default: 0]
    #[arg(long, env = "NINEFOLD_SMS_PRICE_PER_PART", value_name = "PRICE")]
    pub(crate) sms_price_per_part: Option<f64>,
    /// Where Firebase Cloud Messaging is [default: at Google]
    #[arg(long, env = "NINEFOLD_FCM_URL", value_name = "URL")]
    pub(crate) fcm_url: Option<String>,
    /// Where the Apple Push Notification service is [default: at Apple]
    #[arg(long, env = "NINEFOLD_APNS_URL", value_name = "URL")]
    pub(crate) apns_url: Option<String>,
    /// Whether data streams take and give no more than AWS's do; a stream's tag `ninefold:throttling` says otherwise for it
    /// [default: none]
    #[arg(long, env = "NINEFOLD_KINESIS_THROTTLING", value_name = "LIMITS")]
    pub(crate) kinesis_throttling: Option<KinesisThrottling>,
    /// The object store that channels of data streams deliver to, such as `https://s3.eu-central-1.amazonaws.com`; without one
    /// there can be no channels
    #[arg(long, env = "NINEFOLD_S3_ENDPOINT", value_name = "URL")]
    pub(crate) s3_endpoint: Option<String>,
    /// The region that its requests are signed for [default: the one of requests that name none]
    #[arg(long, env = "NINEFOLD_S3_REGION", value_name = "REGION")]
    pub(crate) s3_region: Option<String>,
    /// How its buckets are addressed: in the path, as self-hosted stores want it, or in the host's name [default: path]
    #[arg(long, env = "NINEFOLD_S3_ADDRESSING", value_name = "STYLE")]
    pub(crate) s3_addressing: Option<S3Addressing>,
    /// The id of the access key for it
    #[arg(long, env = "NINEFOLD_S3_ACCESS_KEY_ID", value_name = "ID")]
    pub(crate) s3_access_key_id: Option<String>,
    /// The secret of the access key for it
    #[arg(
        long,
        env = "NINEFOLD_S3_SECRET_ACCESS_KEY",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub(crate) s3_secret_access_key: Option<String>,
    /// How many bytes of records, before compression, make a channel deliver before its time [default: 16777216]
    #[arg(long, env = "NINEFOLD_CHANNEL_OBJECT_BYTES", value_name = "BYTES")]
    pub(crate) channel_object_bytes: Option<usize>,
    /// How logs are written to standard error [default: text]
    #[arg(long, env = "NINEFOLD_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug or trace, also per module [default: info]
    #[arg(long, env = "NINEFOLD_LOG_LEVEL", value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
    /// The largest request body, in bytes [default: 16777216]
    #[arg(long, env = "NINEFOLD_MAX_REQUEST_BYTES", value_name = "BYTES")]
    pub(crate) max_request_bytes: Option<usize>,
    /// How many connections may be open at one time; more wait [default: 10000]
    #[arg(long, env = "NINEFOLD_MAX_CONNECTIONS", value_name = "COUNT")]
    pub(crate) max_connections: Option<usize>,
    /// How long a client may take over a TLS handshake or the head of a request [default: 10]
    #[arg(long, env = "NINEFOLD_HEAD_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub(crate) head_timeout_seconds: Option<u32>,
    /// How long a client may take over the body of a request [default: 30]
    #[arg(long, env = "NINEFOLD_BODY_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub(crate) body_timeout_seconds: Option<u32>,
    /// How long a connection may stay open between requests [default: 120]
    #[arg(long, env = "NINEFOLD_IDLE_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub(crate) idle_timeout_seconds: Option<u32>,
    /// How long requests in flight may take to finish when the server stops [default: 10]
    #[arg(long, env = "NINEFOLD_DRAIN_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub(crate) drain_timeout_seconds: Option<u32>,
}

/// Whose requests are answered.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Auth {
    /// Everyone's: any credentials do, and a 12-digit access key id selects the account
    #[default]
    Open,
    /// Those signed with a key from `ninefold keys`, as far as policies allow
    Enforce,
}

/// What an acknowledged request survives.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Durability {
    /// Power loss: it is on disk
    #[default]
    Sync,
    /// The end of the process, not of the machine: it is in the page cache
    Os,
}

/// Whose limits of throughput hold for data streams.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KinesisThrottling {
    /// Nobody's: streams take what the machine can
    #[default]
    None,
    /// AWS's: what is more is refused
    Aws,
}

/// How buckets of an object store are addressed.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum S3Addressing {
    /// In the path
    #[default]
    Path,
    /// In the host's name
    VirtualHost,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

impl Settings {
    /// The arguments and environment over the configuration file (the default one only if it exists).
    pub(crate) fn load(self, file: Option<&Path>) -> Result<Self, ConfigError> {
        let settings = match file {
            Some(path) => Self::read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => Self::read(Path::new(DEFAULT_FILE))?,
            None => Settings::default(),
        };
        Ok(self.over(settings))
    }

    fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|cause: io::Error| ConfigError::Unreadable {
            path: path.to_owned(),
            cause,
        })?;
        Self::parse(&text).map_err(|cause| ConfigError::File {
            path: path.to_owned(),
            cause,
        })
    }

    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// These settings, and others where these leave something open. `port` and `listen` are two ways to say one
    /// thing: saying either hides both of what is below.
    pub(super) fn over(self, below: Settings) -> Self {
        let names_address = self.port.is_some() || self.listen.is_some();
        let (port, listen) = if names_address {
            (None, None)
        } else {
            (below.port, below.listen)
        };
        Settings {
            data: self.data.or(below.data),
            port: self.port.or(port),
            listen: self.listen.or(listen),
            auth: self.auth.or(below.auth),
            durability: self.durability.or(below.durability),
            region: self.region.or(below.region),
            account: self.account.or(below.account),
            tls_certificate: self.tls_certificate.or(below.tls_certificate),
            tls_key: self.tls_key.or(below.tls_key),
            kafka_listen: self.kafka_listen.or(below.kafka_listen),
            kafka_advertised_host: self.kafka_advertised_host.or(below.kafka_advertised_host),
            public_url: self.public_url.or(below.public_url),
            egress_allow: self.egress_allow.or(below.egress_allow),
            trusted_certificates: self.trusted_certificates.or(below.trusted_certificates),
            sign_queue_messages: self.sign_queue_messages.or(below.sign_queue_messages),
            mail_relay: self.mail_relay.or(below.mail_relay),
            mail_sender: self.mail_sender.or(below.mail_sender),
            sms_provider: self.sms_provider.or(below.sms_provider),
            webhooks: self.webhooks.or(below.webhooks),
            sms_sandbox: self.sms_sandbox.or(below.sms_sandbox),
            sms_price_per_part: self.sms_price_per_part.or(below.sms_price_per_part),
            fcm_url: self.fcm_url.or(below.fcm_url),
            apns_url: self.apns_url.or(below.apns_url),
            kinesis_throttling: self.kinesis_throttling.or(below.kinesis_throttling),
            s3_endpoint: self.s3_endpoint.or(below.s3_endpoint),
            s3_region: self.s3_region.or(below.s3_region),
            s3_addressing: self.s3_addressing.or(below.s3_addressing),
            s3_access_key_id: self.s3_access_key_id.or(below.s3_access_key_id),
            s3_secret_access_key: self.s3_secret_access_key.or(below.s3_secret_access_key),
            channel_object_bytes: self.channel_object_bytes.or(below.channel_object_bytes),
            log_format: self.log_format.or(below.log_format),
            log_level: self.log_level.or(below.log_level),
            max_request_bytes: self.max_request_bytes.or(below.max_request_bytes),
            max_connections: self.max_connections.or(below.max_connections),
            head_timeout_seconds: self.head_timeout_seconds.or(below.head_timeout_seconds),
            body_timeout_seconds: self.body_timeout_seconds.or(below.body_timeout_seconds),
            idle_timeout_seconds: self.idle_timeout_seconds.or(below.idle_timeout_seconds),
            drain_timeout_seconds: self.drain_timeout_seconds.or(below.drain_timeout_seconds),
        }
    }

    /// Arguments beat the environment, and clap has put both into these settings: where one names a port and the
    /// other an address, the argument's stays.
    pub(crate) fn prefer_arguments(&mut self, matches: &ArgMatches) {
        match (matches.value_source("port"), matches.value_source("listen")) {
            (Some(ValueSource::CommandLine), Some(ValueSource::EnvVariable)) => self.listen = None,
            (Some(ValueSource::EnvVariable), Some(ValueSource::CommandLine)) => self.port = None,
            _ => {}
        }
    }

    /// These settings as they may be shown to anybody.
    pub(crate) fn with_hidden_secrets(mut self) -> Self {
        if let Some(relay) = &mut self.mail_relay {
            *relay = mail::with_hidden_secret(relay, HIDDEN);
        }
        if let Some(secret) = &mut self.s3_secret_access_key {
            HIDDEN.clone_into(secret);
        }
        self
    }

    /// These settings with nothing left open but what has no default.
    pub(crate) fn with_defaults(self) -> Self {
        let limits = Limits::default();
        let seconds = |duration: std::time::Duration| u32::try_from(duration.as_secs()).ok();
        self.over(Settings {
            data: Some("ninefold-data".into()),
            port: Some(4566),
            listen: None,
            auth: Some(Auth::default()),
            durability: Some(Durability::default()),
            region: Some("us-east-1".to_owned()),
            account: Some("000000000000".to_owned()),
            tls_certificate: None,
            tls_key: None,
            kafka_listen: None,
            kafka_advertised_host: None,
            public_url: None,
            egress_allow: None,
            trusted_certificates: None,
            sign_queue_messages: Some(true),
            mail_relay: None,
            mail_sender: None,
            sms_provider: None,
            webhooks: None,
            sms_sandbox: Some(false),
            sms_price_per_part: Some(0.0),
            fcm_url: None,
            apns_url: None,
            kinesis_throttling: Some(KinesisThrottling::default()),
            s3_endpoint: None,
            s3_region: None,
            s3_addressing: Some(S3Addressing::default()),
            s3_access_key_id: None,
            s3_secret_access_key: None,
            channel_object_bytes: Some(16 * 1024 * 1024),
            log_format: Some(LogFormat::default()),
            log_level: Some("info".to_owned()),
            max_request_bytes: Some(16 * 1024 * 1024),
            max_connections: Some(limits.connections),
            head_timeout_seconds: seconds(limits.head_timeout),
            body_timeout_seconds: seconds(limits.body_timeout),
            idle_timeout_seconds: seconds(limits.idle_timeout),
            drain_timeout_seconds: seconds(limits.drain_timeout),
        })
    }
}
