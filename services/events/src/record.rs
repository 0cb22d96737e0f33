//! What the door keeps of its resources.

mod bus;
mod event_source;
mod rule;

pub(crate) use bus::{BusRecord, DeadLetterConfig, LogConfig};
pub(crate) use event_source::{EventSourceRecord, EventSourceStanding};
pub(crate) use rule::{InputTransformerRecord, RuleRecord, RuleState, TargetRecord};
