//! Who sends text messages: a REST gateway or a message centre, as a file says.

use std::fs;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use ninefold_outbound_http::HttpClient;
use ninefold_outbound_sms::{
    AnswerRule, GatewayBody, GatewayTemplate, HttpGateway, IncomingMessage, LongMessages, NumberingPlan,
    SmppAddress, SmppOptions, SmppProvider, SmppSecurity, SmsProvider, SuccessRule, TypeOfNumber,
};
use ninefold_protocol::{AccountId, Region};
use ninefold_sns::SnsDoor;
use ninefold_time::Clock;
use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use tokio::sync::mpsc::Receiver;

use crate::command::Failure;

/// What telephones send, where the provider tells.
pub(super) type StopMessages = Option<Receiver<IncomingMessage>>;
/// A provider, and what telephones send to it.
type Started = (Option<Arc<dyn SmsProvider>>, StopMessages);

/// Words that mean that somebody wants no more messages.
///
/// Source: [Opting out](https://docs.aws.amazon.com/sns/latest/dg/sms_manage.html).
const STOP_WORDS: &[&str] = &[
    "ARRET",
    "CANCEL",
    "END",
    "OPT-OUT",
    "OPTOUT",
    "QUIT",
    "REMOVE",
    "STOP",
    "TD",
    "UNSUBSCRIBE",
];
/// How long a gateway may take.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a message centre may take.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a message centre may be silent.
const ENQUIRE_LINK_INTERVAL: Duration = Duration::from_secs(30);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderFile {
    gateway: Option<GatewayTable>,
    smpp: Option<SmppTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayTable {
    #[serde(default = "post")]
    method: String,
    url: String,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    form: Option<String>,
    json: Option<String>,
    default_sender: Option<String>,
    success_status: Option<[u16; 2]>,
    success_pointer: Option<String>,
    #[serde(default)]
    accepted: Vec<serde_json::Value>,
    #[serde(default)]
    transient: Vec<serde_json::Value>,
    message_id_pointer: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmppTable {
    host: String,
    port: u16,
    #[serde(default)]
    tls: bool,
    system_id: String,
    password: String,
    #[serde(default)]
    system_type: String,
    source: Option<String>,
    #[serde(default = "ten")]
    window: NonZeroU16,
    parts_per_second: Option<NonZeroU32>,
    #[serde(default)]
    long_messages_as_payload: bool,
}

fn post() -> String {
    "POST".to_owned()
}

fn ten() -> NonZeroU16 {
    NonZeroU16::new(10).expect("ten is not zero")
}

/// Starts the provider that a file describes.
pub(super) fn start(
    file: &Path,
    http: &HttpClient,
    additional_roots: &[CertificateDer<'static>],
    clock: &Arc<dyn Clock>,
) -> Result<Started, Failure> {
    let wrong = |reason: String| Failure::usage(&format!("{}: {reason}", file.display()));
    let text = fs::read_to_string(file).map_err(|cause| wrong(cause.to_string()))?;
    let tables: ProviderFile = toml::from_str(&text).map_err(|cause| wrong(cause.to_string()))?;
    match (tables.gateway, tables.smpp) {
        (Some(gateway), None) => {
            let template = gateway.template().map_err(wrong)?;
            let gateway = HttpGateway::new(template, http.clone(), Arc::clone(clock));
            let gateway = gateway.map_err(|error| wrong(error.to_string()))?;
            Ok((Some(Arc::new(gateway)), None))
        }
        (None, Some(smpp)) => {
            let options = smpp.options(additional_roots);
            let started = SmppProvider::start(options, Arc::clone(clock));
            let (provider, incoming) = started.map_err(|error| wrong(error.to_string()))?;
            Ok((Some(Arc::new(provider)), Some(incoming)))
        }
        _ => Err(wrong(
            "it needs either a table `gateway` or a table `smpp`".to_owned(),
        )),
    }
}

impl GatewayTable {
    fn template(self) -> Result<GatewayTemplate, String> {
        let answer = self.success_pointer.map(|pointer| AnswerRule {
            pointer,
            accepted: self.accepted,
            transient: self.transient,
        });
        let default = SuccessRule::default();
        Ok(GatewayTemplate {
            method: Method::from_bytes(self.method.as_bytes()).map_err(|error| error.to_string())?,
            url: self.url,
            headers: self.headers.into_iter().collect(),
            body: match (self.form, self.json) {
                (None, None) => GatewayBody::Empty,
                (Some(form), None) => GatewayBody::Form(form),
                (None, Some(json)) => GatewayBody::Json(json),
                (Some(_), Some(_)) => return Err("`form` and `json` exclude each other".to_owned()),
            },
            default_sender: self
                .default_sender
                .map(|sender| sender.parse())
                .transpose()
                .map_err(|error: ninefold_outbound_sms::InvalidSender| error.to_string())?,
            success: SuccessRule {
                statuses: self
                    .success_status
                    .map_or(default.statuses, |[first, last]| first..=last),
                answer,
                message_id_pointer: self.message_id_pointer,
            },
            timeout: GATEWAY_TIMEOUT,
        })
    }
}

impl SmppTable {
    fn options(self, additional_roots: &[CertificateDer<'static>]) -> SmppOptions {
        let source = self.source.map_or_else(SmppAddress::default, |text| {
            let is_number = text.strip_prefix('+').is_some();
            let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
            SmppAddress {
                ton: match (is_number, is_digits) {
                    (true, _) => TypeOfNumber::International,
                    (false, true) => TypeOfNumber::NetworkSpecific,
                    (false, false) => TypeOfNumber::Alphanumeric,
                },
                npi: match is_number {
                    true => NumberingPlan::Isdn,
                    false => NumberingPlan::Unknown,
                },
                text: text.trim_start_matches('+').to_owned(),
            }
        });
        SmppOptions {
            host: self.host,
            port: self.port,
            security: match self.tls {
                true => SmppSecurity::Tls {
                    additional_roots: additional_roots.to_vec(),
                },
                false => SmppSecurity::Plain,
            },
            system_id: self.system_id,
            password: self.password,
            system_type: self.system_type,
            source,
            destination_ton: TypeOfNumber::International,
            destination_npi: NumberingPlan::Isdn,
            long_messages: match self.long_messages_as_payload {
                true => LongMessages::Payload,
                false => LongMessages::Concatenated,
            },
            window: self.window,
            parts_per_second: self.parts_per_second,
            response_timeout: RESPONSE_TIMEOUT,
            enquire_link_interval: ENQUIRE_LINK_INTERVAL,
        }
    }
}

/// Notes who answers that they want no more messages. Ends with the provider.
pub(super) async fn note_opt_outs(
    mut messages: Receiver<IncomingMessage>,
    sns: Arc<SnsDoor>,
    account: AccountId,
    region: Region,
) {
    while let Some(message) = messages.recv().await {
        let word = message.text.trim().to_ascii_uppercase();
        if !STOP_WORDS.contains(&word.as_str()) {
            continue;
        }
        match sns.opt_out(account, &region, &message.from).await {
            Ok(()) => tracing::info!("a telephone number has opted out"),
            Err(error) => tracing::warn!(%error, "an opt-out could not be stored"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<ProviderFile, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn a_gateway_is_described_by_a_table() {
        let text = r#"
            [gateway]
            url = "https://sms.example.com/send"
            json = '{"to": "{to}", "text": "{text}", "from": "{sender}"}'
            default_sender = "Orders"
            success_pointer = "/status"
            accepted = ["queued"]
            message_id_pointer = "/id"
            headers = { Authorization = "Bearer secret" }
        "#;
        let template = parsed(text).unwrap().gateway.unwrap().template().unwrap();
        assert_eq!(template.method, Method::POST);
        assert_eq!(
            template.headers,
            [("Authorization".to_owned(), "Bearer secret".to_owned())]
        );
        assert_eq!(template.success.answer.unwrap().accepted, ["queued"]);
    }

    #[test]
    fn a_message_centre_is_described_by_a_table() {
        let text = "[smpp]\nhost = 'smsc.example.com'\nport = 2775\nsystem_id = 'me'\npassword = 'secret'\nsource = '+4912345'\n";
        let options = parsed(text).unwrap().smpp.unwrap().options(&[]);
        assert_eq!(
            (&*options.source.text, options.source.ton),
            ("4912345", TypeOfNumber::International)
        );
        assert_eq!(options.window.get(), 10);
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(parsed("[gateway]\nurl = 'a'\nnonsense = 1").is_err());
    }
}
