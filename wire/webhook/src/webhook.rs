use http::{HeaderMap, HeaderName};
use ninefold_time::Timestamp;
use serde_json::Value;

use crate::body::Document;
use crate::claim::{optional, required};
use crate::{DetailTypeRule, Freshness, HmacScheme, Place, ReplayKey, Scheme, WebhookError};

const GITHUB_EVENT: HeaderName = HeaderName::from_static("x-github-event");
const GITHUB_DELIVERY: HeaderName = HeaderName::from_static("x-github-delivery");

/// The longest detail type, in characters, which is
/// [EventBridge's](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html).
pub const DETAIL_TYPE_LIMIT_CHARACTERS: usize = 128;

/// The longest id that is kept, in characters. Those of the services have up to 36.
const MAXIMUM_ID_CHARACTERS: usize = 256;

/// A webhook that is proven to come from its service, as an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What kind of event it is: the name of GitHub's, `type` of Stripe's, `event.type` of Slack's.
    pub detail_type: String,
    /// A JSON object: the body as it was sent, or what its form became.
    pub detail: String,
    /// The service's id of the event or of the delivery, for people; it may be unsigned.
    pub delivery_id: Option<String>,
    /// When it happened, or else when it was signed, as far as the service says.
    pub occurred_at: Option<Timestamp>,
    /// What is the same when it is sent again.
    pub replay_key: ReplayKey,
    /// How long it could be sent again.
    pub freshness: Freshness,
}

/// What a webhook says of itself.
pub(crate) struct Description {
    pub(crate) detail_type: String,
    pub(crate) delivery_id: Option<String>,
    pub(crate) occurred_at: Option<Timestamp>,
    /// An id that is signed and the same for every attempt to deliver an event.
    pub(crate) signed_id: Option<String>,
}

impl Description {
    pub(crate) fn read(
        scheme: &Scheme,
        headers: &HeaderMap,
        document: &Document,
    ) -> Result<Self, WebhookError> {
        let description = match scheme {
            Scheme::GitHub => github(headers)?,
            Scheme::Stripe => stripe(&document.value)?,
            Scheme::Slack => slack(&document.value)?,
            Scheme::Hmac(scheme) => hmac(scheme, headers, &document.value)?,
        };
        check_detail_type(&description.detail_type)?;
        Ok(description)
    }
}

fn github(headers: &HeaderMap) -> Result<Description, WebhookError> {
    Ok(Description {
        detail_type: required(headers, &GITHUB_EVENT)?.to_owned(),
        delivery_id: optional(headers, &GITHUB_DELIVERY)?.and_then(short),
        occurred_at: None,
        signed_id: None,
    })
}

/// [The event object](https://docs.stripe.com/api/events/object).
fn stripe(body: &Value) -> Result<Description, WebhookError> {
    let id = body["id"].as_str().and_then(short);
    Ok(Description {
        detail_type: text_at(body, "/type")?,
        delivery_id: id.clone(),
        occurred_at: body["created"].as_u64().map(Timestamp::from_secs),
        signed_id: id,
    })
}

/// [Events](https://docs.slack.dev/apis/events-api/#event-type-structure) have a type within a type, interactions have
/// one, and [slash commands](https://docs.slack.dev/interactivity/implementing-slash-commands) have none.
fn slack(body: &Value) -> Result<Description, WebhookError> {
    let detail_type = match body["type"].as_str() {
        Some("event_callback") => text_at(body, "/event/type")?,
        Some(other) => other.to_owned(),
        None if body["command"].is_string() => "slash_command".to_owned(),
        None => return Err(refusal("the body has no type and is no slash command".to_owned())),
    };
    let id = |name: &str| body[name].as_str().and_then(short);
    let event_id = id("event_id");
    Ok(Description {
        detail_type,
        delivery_id: event_id.clone().or_else(|| id("trigger_id")),
        occurred_at: body["event_time"].as_u64().map(Timestamp::from_secs),
        signed_id: event_id,
    })
}

fn hmac(scheme: &HmacScheme, headers: &HeaderMap, body: &Value) -> Result<Description, WebhookError> {
    let detail_type = match &scheme.detail_type {
        DetailTypeRule::Text(text) => text.clone(),
        DetailTypeRule::Place(Place::Header(name)) => required(headers, name)?.to_owned(),
        DetailTypeRule::Place(Place::Pointer(pointer)) => text_at(body, pointer)?,
    };
    let id = match &scheme.delivery_id {
        None => None,
        Some(Place::Header(name)) => optional(headers, name)?.map(str::to_owned),
        Some(Place::Pointer(pointer)) => body.pointer(pointer).and_then(as_text),
    };
    let delivery_id = id.as_deref().and_then(short);
    let is_signed = matches!(scheme.delivery_id, Some(Place::Pointer(_)));
    Ok(Description {
        detail_type,
        occurred_at: None,
        signed_id: delivery_id.clone().filter(|_| is_signed),
        delivery_id,
    })
}

fn text_at(body: &Value, pointer: &str) -> Result<String, WebhookError> {
    body.pointer(pointer)
        .and_then(as_text)
        .ok_or_else(|| refusal(format!("the body has no text at {pointer}")))
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Ids that nobody could mean are none.
fn short(id: &str) -> Option<String> {
    let is_short = !id.is_empty() && id.chars().nth(MAXIMUM_ID_CHARACTERS).is_none();
    is_short.then(|| id.to_owned())
}

pub(crate) fn check_detail_type(text: &str) -> Result<(), WebhookError> {
    if text.is_empty() {
        return Err(refusal("it is empty".to_owned()));
    }
    if text.chars().nth(DETAIL_TYPE_LIMIT_CHARACTERS).is_some() {
        let reason = format!("it has more than {DETAIL_TYPE_LIMIT_CHARACTERS} characters");
        return Err(refusal(reason));
    }
    Ok(())
}

fn refusal(reason: String) -> WebhookError {
    WebhookError::DetailType { reason }
}
