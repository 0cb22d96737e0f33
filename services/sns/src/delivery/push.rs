//! To devices, through the push service of their platform.
//!
//! Source: [Mobile push notifications](https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-application-as-subscriber.html).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ninefold_catalog::Change;
use ninefold_delivery::{Answer, FailureKind, Outcome};
use ninefold_outbound_push::{
    ApnsClient, ApnsCredentials, ApnsEndpoint, FcmClient, PushError, PushErrorKind, PushOptions,
    PushPriority, PushReceipt,
};
use serde_json::{Value, json};

use super::payload::Text;
use super::{Payload, refused};
use crate::SnsDoor;
use crate::errors::Refusal;
use crate::message::{Attribute, AttributeValue};
use crate::platforms::{ApplicationArn, EndpointArn, EndpointRecord, Platform};

/// The client of one application.
pub(crate) enum PushClient {
    Fcm(FcmClient),
    Apns(ApnsClient),
}

impl SnsDoor {
    /// Pushes to one device.
    pub(super) async fn push_to_device(&self, endpoint: &str, payload: &Payload) -> Outcome {
        let Some(arn) = EndpointArn::parse(endpoint) else {
            return refused("the platform endpoint is not one");
        };
        let Some(record) = self.platforms.endpoints.get(arn.key().as_bytes()) else {
            return refused("the platform endpoint is no more");
        };
        if !record.is_enabled {
            return refused("Endpoint is disabled");
        }
        let client = match self.push_client(&arn.application) {
            Ok(client) => client,
            Err(reason) => return refused(&reason),
        };
        let platform = arn.application.platform;
        let message = match message_for(platform, &payload.text) {
            Ok(message) => message,
            Err(reason) => return refused(&reason),
        };
        let options = options_for(platform, &payload.attributes);
        let pushed = match &*client {
            PushClient::Fcm(client) => client.send(&record.token, &message, options).await,
            PushClient::Apns(client) => client.send(&record.token, &message, options).await,
        };
        match pushed {
            Ok(receipt) => Outcome::Delivered(answer_of(receipt)),
            Err(error) => {
                if error.kind == PushErrorKind::EndpointGone {
                    self.disable(&arn, &record).await;
                }
                self.tell_of_failure(&arn, payload, &error).await;
                failed(&error)
            }
        }
    }

    /// The client of an application, which keeps its tokens and connections from one push to the next.
    pub(crate) fn push_client(&self, application: &ApplicationArn) -> Result<Arc<PushClient>, String> {
        let key = application.key();
        if let Some(client) = self.platforms.clients.lock().get(&key) {
            return Ok(Arc::clone(client));
        }
        let record = self.platforms.applications.get(key.as_bytes());
        let record = record.ok_or("the platform application is no more")?;
        if !record.is_enabled() {
            return Err("Platform application is disabled".to_owned());
        }
        let client = Arc::new(self.make_client(application.platform, &record.attributes)?);
        self.platforms.clients.lock().insert(key, Arc::clone(&client));
        Ok(client)
    }

    /// Makes a client of an application's credentials; says what is wrong with them.
    pub(crate) fn make_client(
        &self,
        platform: Platform,
        attributes: &BTreeMap<String, String>,
    ) -> Result<PushClient, String> {
        let attribute = |name: &str| attributes.get(name).map(String::as_str).unwrap_or_default();
        let (http, clock) = (self.transports.providers_http.clone(), Arc::clone(&self.clock));
        match platform {
            Platform::Gcm => {
                let endpoints = self.transports.fcm.clone();
                let client = FcmClient::new(http, attribute("PlatformCredential"), endpoints, clock);
                client.map(PushClient::Fcm).map_err(|error| error.to_string())
            }
            Platform::Apns | Platform::ApnsSandbox => {
                let credentials = ApnsCredentials {
                    signing_key: attribute("PlatformCredential"),
                    key_id: attribute("PlatformPrincipal"),
                    team_id: attribute("ApplePlatformTeamID"),
                    bundle_id: attribute("ApplePlatformBundleID"),
                };
                let endpoint = match (&self.transports.apns, platform) {
                    (Some(uri), _) => ApnsEndpoint::Other(uri.clone()),
                    (None, Platform::ApnsSandbox) => ApnsEndpoint::Sandbox,
                    (None, _) => ApnsEndpoint::Production,
                };
                let client = ApnsClient::new(http, credentials, endpoint, clock);
                client.map(PushClient::Apns).map_err(|error| error.to_string())
            }
        }
    }

    /// Notes that the platform knows the device no more, so that nothing is sent there until the app says otherwise.
    async fn disable(&self, arn: &EndpointArn, record: &EndpointRecord) {
        let key = arn.key();
        let disabled = self.platforms.endpoints.change(key.as_bytes(), |current| {
            Ok::<_, Refusal>(match current {
                // Unless the app has given a new token meanwhile.
                Some(current) if current.token == record.token => Change::Put(EndpointRecord {
                    is_enabled: false,
                    ..EndpointRecord::clone(current)
                }),
                _ => Change::Keep,
            })
        });
        if let Err(Refusal(error)) = disabled.await {
            tracing::warn!(endpoint = %arn, %error, "an endpoint could not be disabled");
        }
    }

    async fn tell_of_failure(&self, arn: &EndpointArn, payload: &Payload, error: &PushError) {
        let event = json!({
            "DeliveryAttempts": 1,
            "EndpointArn": arn.to_string(),
            "EventType": "DeliveryFailure",
            "FailureMessage": error.reason,
            "FailureType": match error.kind {
                PushErrorKind::EndpointGone => "EndpointDisabled",
                PushErrorKind::Credentials => "InvalidPlatformCredentials",
                PushErrorKind::Transient | PushErrorKind::Permanent => "PlatformError",
            },
            "MessageId": payload.id.to_string(),
            "Resource": arn.application.to_string(),
            "Service": "SNS",
        });
        self.tell_of_event(&arn.application, "EventDeliveryFailure", &event)
            .await;
    }
}

fn failed(error: &PushError) -> Outcome {
    let kind = match error.kind {
        PushErrorKind::Transient => FailureKind::Transient,
        PushErrorKind::EndpointGone | PushErrorKind::Permanent | PushErrorKind::Credentials => {
            FailureKind::Permanent
        }
    };
    let detail = error
        .detail
        .as_deref()
        .map_or(String::new(), |detail| format!(": {detail}"));
    let answer = Answer {
        code: error.status,
        text: format!("{}{detail}", error.reason),
    };
    Outcome::Failed(kind, answer)
}

fn answer_of(receipt: PushReceipt) -> Answer {
    Answer {
        code: Some(receipt.status),
        text: receipt.provider_message_id.unwrap_or_default(),
    }
}

/// What the platform is told: what the publisher has written for it, or the text for all in the platform's usual form.
fn message_for(platform: Platform, text: &Text) -> Result<Value, String> {
    let of_platform = match text {
        Text::ByProtocol(texts) => texts.get(platform.as_str()),
        Text::Same(_) => None,
    };
    match of_platform {
        Some(json) => serde_json::from_str(json)
            .map_err(|error| format!("the message for {} is not JSON: {error}", platform.as_str())),
        None => {
            let text = match text {
                Text::Same(text) => text,
                Text::ByProtocol(texts) => texts.get("default").map_or("", String::as_str),
            };
            Ok(match platform {
                Platform::Gcm => json!({"data": {"default": text}}),
                Platform::Apns | Platform::ApnsSandbox => json!({"aps": {"alert": text}}),
            })
        }
    }
}

/// What message attributes ask for.
///
/// Source: [Mobile push notification attributes](https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html).
fn options_for(platform: Platform, attributes: &[Attribute]) -> PushOptions {
    let named = |name: &str| {
        let name = format!("AWS.SNS.MOBILE.{name}");
        let attribute = attributes.iter().find(|attribute| attribute.name == name)?;
        match &attribute.value {
            AttributeValue::Text(text) => Some(text.as_str()),
            AttributeValue::Bytes(_) => None,
        }
    };
    let of_platform = |what: &str| named(&format!("{}.{what}", platform.as_str()));
    let apns = |what: &str| named(&format!("APNS.{what}"));
    PushOptions {
        time_to_live: of_platform("TTL")
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs),
        collapse_key: apns("COLLAPSE_ID").map(str::to_owned),
        priority: apns("PRIORITY").and_then(|priority| match priority {
            "10" => Some(PushPriority::High),
            "5" => Some(PushPriority::Normal),
            "1" => Some(PushPriority::Low),
            _ => None,
        }),
        push_type: apns("PUSH_TYPE").and_then(|kind| kind.parse().ok()),
        topic: apns("TOPIC").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_gets_what_is_written_for_it_or_the_text_for_all() {
        let texts = [("default", "all"), ("GCM", r#"{"notification":{"title":"t"}}"#)];
        let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let text = Text::ByProtocol(texts.into());
        assert_eq!(
            message_for(Platform::Gcm, &text),
            Ok(json!({"notification": {"title": "t"}}))
        );
        assert_eq!(
            message_for(Platform::Apns, &text),
            Ok(json!({"aps": {"alert": "all"}}))
        );
        let same = Text::Same("hello".to_owned());
        assert_eq!(
            message_for(Platform::Gcm, &same),
            Ok(json!({"data": {"default": "hello"}}))
        );
    }
}
