//! The door itself: which operation is which.

use ninefold_model::{Operation, ServiceModel, Value};
use ninefold_protocol::{BoxFuture, CallContext, Door, ServiceError};

use crate::identity;

/// AWS STS. It keeps no state.
#[derive(Debug, Default)]
pub struct StsDoor;

impl StsDoor {
    /// The operations that work.
    pub const OPERATIONS: &'static [&'static str] = &["GetCallerIdentity"];

    /// The door.
    pub fn new() -> Self {
        StsDoor
    }
}

impl Door for StsDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::sts()
    }

    fn operations(&self) -> &'static [&'static str] {
        Self::OPERATIONS
    }

    fn call(
        &self,
        context: CallContext,
        operation: &'static Operation,
        _input: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        Box::pin(async move {
            match operation.name {
                "GetCallerIdentity" => identity::get_caller_identity(&context).map(Value::Map),
                name => Err(ServiceError::not_implemented(name)),
            }
        })
    }
}
