//! What the door keeps of its resources.

mod api_destination;
mod archive;
mod bus;
mod connection;
mod endpoint;
mod event_source;
mod replay;
mod rule;
mod seen_webhook;

pub(crate) use api_destination::ApiDestinationRecord;
pub(crate) use archive::{ArchiveRecord, ArchiveStanding, SERIES_PREFIX, archive_of_rule};
pub(crate) use bus::{BusRecord, DeadLetterConfig, LogConfig};
pub(crate) use connection::{
    AuthorizationType, ClientCredentialsSecret, ConnectionHttpParameters, ConnectionParameter,
    ConnectionRecord, ConnectionSecret, ConnectionState, CredentialSecret, SecretText,
};
pub(crate) use endpoint::{EndpointRecord, RoutingConfig};
pub(crate) use event_source::{EventSourceRecord, EventSourceStanding};
pub(crate) use replay::{ReplayRecord, ReplayRequest, ReplayState};
pub(crate) use rule::{HttpParameters, InputTransformerRecord, RuleRecord, RuleState, TargetRecord};
pub(crate) use seen_webhook::SeenWebhookRecord;
