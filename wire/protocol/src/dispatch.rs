//! Calling operations from within the server.

use std::sync::{Arc, OnceLock, Weak};

use ninefold_model::{Map, Operation, ServiceModel, Value};

use crate::{CallContext, Door, ServiceError};

/// Calls operations of doors in-process, through the validation and authorization that requests over HTTP go through. A door
/// never knows another one: it knows the dispatcher.
#[derive(Default)]
pub struct Dispatcher {
    doors: OnceLock<Vec<(&'static ServiceModel, Weak<dyn Door>)>>,
}

impl Dispatcher {
    /// One without doors, for doors to be made with.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Lets calls reach these doors.
    ///
    /// # Panics
    ///
    /// When called twice.
    pub fn install<'a>(&self, doors: impl IntoIterator<Item = &'a Arc<dyn Door>>) {
        let doors = doors.into_iter().map(|door| (door.model(), Arc::downgrade(door)));
        let is_first = self.doors.set(doors.collect()).is_ok();
        assert!(is_first, "doors are installed once");
    }

    /// Does an operation of a service (its model's name, `sqs`) as the context's principal.
    ///
    /// # Errors
    ///
    /// What the door answers; `NotImplemented` when there is no such service or operation here.
    pub async fn call(
        &self,
        context: CallContext,
        service: &str,
        operation: &str,
        input: Map,
    ) -> Result<Value, ServiceError> {
        let unknown = || ServiceError::not_implemented(operation);
        let mut doors = self.doors.get().into_iter().flatten();
        let (model, door) = doors
            .find(|(model, _)| model.name == service)
            .ok_or_else(unknown)?;
        let operation: &'static Operation = model.operation(operation).ok_or_else(unknown)?;
        let door = door
            .upgrade()
            .ok_or_else(|| ServiceError::unavailable("The server is stopping."))?;
        call(&*door, context, operation, input).await
    }
}

/// Does an operation on a decoded input: checks it against the model, then leaves it to the door.
pub(crate) async fn call(
    door: &dyn Door,
    context: CallContext,
    operation: &'static Operation,
    input: Map,
) -> Result<Value, ServiceError> {
    if !door.operations().contains(&operation.name) {
        return Err(ServiceError::not_implemented(operation.name));
    }
    let input = Value::Map(input);
    if let Some(shape) = operation.input
        && let Err(violations) = ninefold_model::validate(door.model(), shape, &input)
    {
        door.reject(operation, &violations)?;
    }
    door.call(context, operation, input).await
}
