//! What the door keeps of its resources.

mod bus;
mod rule;

pub(crate) use bus::{BusRecord, DeadLetterConfig, LogConfig};
pub(crate) use rule::{InputTransformerRecord, RuleRecord, RuleState, TargetRecord};
