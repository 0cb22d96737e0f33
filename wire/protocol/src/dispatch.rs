//! Calling operations from within the server.

use std::sync::{Arc, OnceLock, Weak};

use ninefold_model::{Map, Operation, ServiceModel, Value};

use crate::{CallContext, Consignment, Door, Push, ServiceError, Untaken};

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
        let door = self.door(service, operation)?;
        let operation: &'static Operation = door
            .model()
            .operation(operation)
            .ok_or_else(|| ServiceError::not_implemented(operation))?;
        call(&*door, context, operation, input).await
    }

    /// Asks whether a resource can be pushed to, by its ARN, whose service is `service`.
    ///
    /// # Errors
    ///
    /// Why it can't, for people.
    pub fn check_push(&self, service: &str, arn: &str, push: &Push<'_>) -> Result<(), String> {
        let door = self
            .door(service, service)
            .map_err(|_| format!("there is no {service} on this server"))?;
        match door.push_target() {
            Some(target) => target.check(arn, push),
            None => Err(format!("resources of {service} can't be pushed to")),
        }
    }

    /// Pushes to a resource as the context's principal; says of each whether the resource has it, durably.
    pub async fn push(
        &self,
        context: CallContext,
        service: &str,
        arn: &str,
        pushes: &[Push<'_>],
    ) -> Vec<Result<(), ServiceError>> {
        let door = match self.door(service, service) {
            Ok(door) => door,
            Err(error) => return vec![Err(error); pushes.len()],
        };
        match door.push_target() {
            Some(target) => target.push(context, arn, pushes).await,
            None => vec![Err(ServiceError::not_implemented(service)); pushes.len()],
        }
    }

    /// Sends messages to queues of a service ([`Door::send_to_queues`]); says what was not taken.
    pub async fn send_to_queues(
        &self,
        context: CallContext,
        service: &str,
        consignments: Vec<Consignment>,
    ) -> Vec<Untaken> {
        match self.door(service, "SendMessage") {
            Ok(door) => door.send_to_queues(context, consignments).await,
            Err(error) => Untaken::all(&consignments, &error),
        }
    }

    fn door(&self, service: &str, wanted: &str) -> Result<Arc<dyn Door>, ServiceError> {
        let mut doors = self.doors.get().into_iter().flatten();
        let (_, door) = doors
            .find(|(model, _)| model.name == service)
            .ok_or_else(|| ServiceError::not_implemented(wanted))?;
        door.upgrade()
            .ok_or_else(|| ServiceError::unavailable("The server is stopping."))
    }
}

/// Does an operation on a decoded input: checks it against the model, then leaves it to the door.
pub(crate) async fn call(
    door: &dyn Door,
    context: CallContext,
    operation: &'static Operation,
    input: Map,
) -> Result<Value, ServiceError> {
    if operation.event_stream.is_some() {
        // Nothing in the server takes one event after another.
        return Err(ServiceError::not_implemented(operation.name));
    }
    let input = check(door, operation, input)?;
    door.call(context, operation, input).await
}

/// Checks an input against the model.
pub(crate) fn check(
    door: &dyn Door,
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
    Ok(input)
}
