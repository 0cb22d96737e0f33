//! Webhooks of other services, taken as the events of partner sources.
//!
//! One request is one event; its answer tells the sender whether it is durable.

mod seen;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use ninefold_catalog::{CatalogError, Store};
use ninefold_protocol::{AccountId, Region, ServiceError};
use ninefold_time::Timestamp;
use ninefold_webhook::{ReplayError, Scheme, Secrets, Verified, Webhook, verify};

use crate::EventsDoor;
use crate::event::{Event, EventParts, Passage, random_id};
use crate::event_sources::EventSourceName;
use crate::record::EventSourceStanding;
use crate::routing::Routed;

pub(crate) use seen::SEEN_WEBHOOKS;
use seen::{SeenOfSource, SeenWebhooks};

/// Where webhooks are taken: the name of the source follows.
pub const WEBHOOK_PATH: &str = "/_ninefold/webhooks/";

/// What a source's webhooks are to be like.
#[derive(Debug)]
pub struct WebhookSource {
    /// The partner event source, such as `aws.partner/github.com/acme`.
    pub name: String,
    /// Whom it is offered to.
    pub account: AccountId,
    /// Where.
    pub region: Region,
    /// How the sender signs.
    pub scheme: Scheme,
    /// What with.
    pub secrets: Secrets,
}

/// Every source of webhooks.
pub(crate) struct Webhooks {
    /// By the source's name.
    endpoints: HashMap<String, Endpoint>,
    seen: SeenWebhooks,
}

/// Where one source's webhooks arrive.
struct Endpoint {
    name: EventSourceName,
    scheme: Scheme,
    secrets: Secrets,
    seen: SeenOfSource,
}

impl Webhooks {
    pub(crate) fn open(store: &Arc<dyn Store>, sources: Vec<WebhookSource>) -> Result<Self, CatalogError> {
        let seen = SeenWebhooks::open(store)?;
        let endpoints = sources.into_iter().map(|source| {
            let name = EventSourceName {
                region: source.region,
                name: source.name.clone(),
                account: source.account,
            };
            let endpoint = Endpoint {
                scheme: source.scheme,
                secrets: source.secrets,
                seen: seen.of_source(&name),
                name,
            };
            (source.name, endpoint)
        });
        Ok(Webhooks {
            endpoints: endpoints.collect(),
            seen,
        })
    }

    /// The sources that there are to be.
    pub(crate) fn names(&self) -> impl Iterator<Item = &EventSourceName> {
        self.endpoints.values().map(|endpoint| &endpoint.name)
    }

    /// Forgets what can't be sent again any more.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<(), CatalogError> {
        self.seen.sweep(now).await
    }
}

impl EventsDoor {
    /// Offers the sources of webhooks to their accounts. To be called before anybody can ask for them.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn offer_webhooks(&self) -> Result<(), ServiceError> {
        for name in self.webhooks.names() {
            self.offer_once(name).await?;
        }
        Ok(())
    }

    /// Takes a webhook.
    pub(crate) async fn take_webhook(&self, parts: &Parts, body: &Bytes) -> Response<Bytes> {
        let source = parts.uri.path().strip_prefix(WEBHOOK_PATH);
        let Some(endpoint) = source.and_then(|source| self.webhooks.endpoints.get(source)) else {
            return answer(StatusCode::NOT_FOUND, "there is no such webhook");
        };
        match verify(
            &endpoint.scheme,
            &endpoint.secrets,
            &parts.headers,
            body,
            self.clock.now(),
        ) {
            Ok(Verified::Challenge(text)) => answer(StatusCode::OK, text),
            Ok(Verified::Webhook(webhook)) => self.take_once(endpoint, &webhook).await,
            Err(error) => {
                tracing::warn!(source = endpoint.name.name, %error, "a webhook was refused");
                answer(error.status(), error.to_string())
            }
        }
    }

    async fn take_once(&self, endpoint: &Endpoint, webhook: &Webhook) -> Response<Bytes> {
        let admission = match endpoint.seen.admit(webhook, self.clock.now()) {
            Ok(admission) => admission,
            // It is here already, so its sender needn't try again.
            Err(ReplayError::Replayed) => return answer(StatusCode::OK, "taken before"),
            Err(error @ (ReplayError::UnderWay | ReplayError::Full)) => {
                return answer(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
            }
        };
        let published = match self.publish(&endpoint.name, webhook).await {
            Ok(id) => match admission.keep(&self.webhooks.seen).await {
                Ok(()) => Ok(id),
                Err(error) => Err((StatusCode::SERVICE_UNAVAILABLE, error.message)),
            },
            Err(refusal) => Err(refusal),
        };
        match published {
            Ok(id) => answer(StatusCode::OK, id),
            Err((status, reason)) => {
                tracing::warn!(
                    source = endpoint.name.name,
                    reason,
                    "a webhook could not be taken"
                );
                answer(status, reason)
            }
        }
    }

    /// Puts a webhook on the bus of its source; durable when it returns. Says the event's id.
    async fn publish(
        &self,
        name: &EventSourceName,
        webhook: &Webhook,
    ) -> Result<String, (StatusCode, String)> {
        let standing = self.event_sources.get(name).map(|record| record.standing);
        let bus = match standing {
            Some(EventSourceStanding::Active) => self.buses.get(&name.bus()),
            Some(EventSourceStanding::Pending { .. } | EventSourceStanding::Deleted) | None => None,
        };
        let bus = bus.ok_or_else(|| {
            let reason = "no event bus takes the events of this source: create one of the same name";
            (StatusCode::SERVICE_UNAVAILABLE, reason.to_owned())
        })?;
        let event = self.webhook_event(name, webhook);
        let id = event.id.to_string();
        let routed = Routed::on(&bus, event).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        match self.bring_to_targets(vec![routed]).await {
            Ok(()) => Ok(id),
            Err(error) => Err((StatusCode::SERVICE_UNAVAILABLE, error.message)),
        }
    }

    fn webhook_event(&self, name: &EventSourceName, webhook: &Webhook) -> Event {
        let now = self.clock.now();
        let id = random_id();
        let time = webhook.occurred_at.unwrap_or(now).as_millis();
        let parts = EventParts {
            id,
            detail_type: &webhook.detail_type,
            source: &name.name,
            account: name.account,
            time_millis: i64::try_from(time).unwrap_or(i64::MAX),
            region: &name.region,
            resources: &[],
            detail: &webhook.detail,
        };
        Event {
            id,
            json: parts.to_json(),
            passage: Passage {
                ingested_at_millis: now.as_millis(),
                ..Passage::default()
            },
        }
    }
}

fn answer(status: StatusCode, text: impl Into<String>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text.into()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
