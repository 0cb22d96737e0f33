//! What goes out of the server, as it is configured.

use std::fs;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ninefold_kinesis::ChannelDelivery;
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions, certificates_from_pem};
use ninefold_outbound_mail::{MailOptions, MailRelay};
use ninefold_outbound_object_store::{Addressing, S3Credentials, S3Options, S3Store};
use ninefold_outbound_push::FcmEndpoints;
use ninefold_protocol::LogGroups;
use ninefold_sns::Transports;
use ninefold_time::Clock;
use rustls_pki_types::CertificateDer;

use super::sms_provider::{self, StopMessages};
use crate::command::Failure;
use crate::config::{Auth, Config, Egress, MailConfig, S3Addressing};

/// Connections kept open to one host, and to all of them.
const IDLE_CONNECTIONS_PER_HOST: usize = 64;
const IDLE_CONNECTIONS: usize = 4_096;
/// The last record of an object may be as long; dead letters are a third longer than records, and say what is wrong.
const LARGEST_RECORD_BYTES: usize = 16 * 1024 * 1024;
/// Mails to one relay at one time.
const MAIL_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(8).expect("eight is not zero");
/// How long a relay may take over a mail.
const MAIL_TIMEOUT: Duration = Duration::from_secs(45);

pub(super) fn transports(
    config: &Config,
    clock: &Arc<dyn Clock>,
    log_groups: Arc<dyn LogGroups>,
) -> Result<(Transports, StopMessages), Failure> {
    let egress = match &config.egress {
        Egress::Everywhere => EgressRules::everything(),
        Egress::PublicAnd(ranges) => EgressRules::guarded(ranges.clone()),
    };
    let additional_roots = additional_roots(config)?;
    let client = |egress| {
        HttpClient::new(HttpClientOptions {
            egress,
            additional_roots: additional_roots.clone(),
            // As many as a subscriber may be pushed to at one time, so that none is opened anew for each push.
            idle_connections_per_host: IDLE_CONNECTIONS_PER_HOST,
            idle_connections: IDLE_CONNECTIONS,
            ..HttpClientOptions::default()
        })
        .map_err(|error| Failure::of(&error))
    };
    let providers_http = client(EgressRules::everything())?;
    let (sms, stop_messages) = match &config.sms_provider {
        Some(file) => sms_provider::start(file, &providers_http, &additional_roots, clock)?,
        None => (None, None),
    };
    let mail = match &config.mail {
        Some(mail) => Some(relay(mail, config, &additional_roots, clock)?),
        None => None,
    };
    // Of a server that anybody may ask, nobody else's mail is to be seen.
    let shows_outbox = config.auth == Auth::Open;
    let transports = Transports {
        http: client(egress)?,
        fcm: match &config.fcm {
            Some(uri) => FcmEndpoints {
                messages: uri.clone(),
                ..FcmEndpoints::default()
            },
            None => FcmEndpoints::default(),
        },
        apns: config.apns.clone(),
        providers_http,
        mail,
        sms,
        sms_sandbox: config.sms_sandbox,
        sms_price_per_part: config.sms_price_per_part,
        log_groups: Some(log_groups),
        outbox: shows_outbox.then(Arc::default),
        signs_queue_messages: config.sign_queue_messages,
    };
    Ok((transports, stop_messages))
}

fn additional_roots(config: &Config) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let Some(file) = &config.trusted_certificates else {
        return Ok(Vec::new());
    };
    let pem = fs::read(file)
        .map_err(|cause| Failure::usage(&format!("cannot read {}: {cause}", file.display())))?;
    certificates_from_pem(&pem).map_err(|cause| Failure::usage(&format!("{}: {cause}", file.display())))
}

/// Where channels of data streams deliver to. The operator has named it, so it may be anywhere.
pub(super) fn channel_delivery(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<Option<ChannelDelivery>, Failure> {
    let Some(store) = &config.object_store else {
        return Ok(None);
    };
    let object_bytes = config.channel_object_bytes;
    let http = HttpClient::new(HttpClientOptions {
        egress: EgressRules::everything(),
        additional_roots: additional_roots(config)?,
        request_limit_bytes: 2 * (object_bytes + LARGEST_RECORD_BYTES),
        ..HttpClientOptions::default()
    });
    let options = S3Options {
        endpoint: store.endpoint.clone(),
        region: store.region.clone(),
        addressing: match store.addressing {
            S3Addressing::Path => Addressing::Path,
            S3Addressing::VirtualHost => Addressing::VirtualHost,
        },
        credentials: S3Credentials {
            key_id: store.access_key_id.clone(),
            secret: store.secret_access_key.clone(),
        },
    };
    let store = S3Store::new(
        http.map_err(|error| Failure::of(&error))?,
        options,
        Arc::clone(clock),
    )
    .map_err(|error| Failure::usage(&error))?;
    Ok(Some(ChannelDelivery {
        store: Arc::new(store),
        object_bytes,
    }))
}

fn relay(
    mail: &MailConfig,
    config: &Config,
    additional_roots: &[CertificateDer<'static>],
    clock: &Arc<dyn Clock>,
) -> Result<MailRelay, Failure> {
    let options = MailOptions {
        host: mail.host.clone(),
        port: mail.port,
        security: mail.security,
        credentials: mail.credentials.clone(),
        sender: mail.sender.clone(),
        additional_roots: additional_roots.to_vec(),
        timeout: MAIL_TIMEOUT,
        hello_name: format!("[{}]", config.listen.ip()),
        connections: MAIL_CONNECTIONS,
    };
    MailRelay::new(options, Arc::clone(clock)).map_err(|error| Failure::usage(&error))
}
