//! The EventBridge door: event buses, rules and targets on the delivery engine.
//!
//! Follows the [API reference](https://docs.aws.amazon.com/eventbridge/latest/APIReference/) and the service's model.
//!
//! How it is laid out, as every door is: [`EventsDoor`] finds the operation; `operations` has them by resource; `record` is the
//! state kept, `buses`, `rule` and `target` are that state ready for use; `errors` has every error in one place. What is special
//! about this one: `routing` brings an event by the rules of its bus to their targets, and `delivery` to those that can't be
//! reached at once. Bus, matching and delivery know of each other only that much.

mod api_destinations;
mod archives;
mod arn;
mod bus_log;
mod buses;
mod connection_events;
mod connections;
mod delivery;
mod destination;
mod door;
mod endpoints;
mod errors;
mod event;
mod event_sources;
mod explanation;
mod http_parameters;
mod input;
mod limits;
mod operations;
mod record;
mod replay;
mod resource_name;
mod routing;
mod rule;
mod schedules;
mod sealer;
mod target;
mod trail;
mod webhooks;

pub use door::{EXPLANATION_PATH, EventsDoor, EventsParts};
pub use sealer::Sealer;
pub use webhooks::{WEBHOOK_PATH, WebhookSource};
