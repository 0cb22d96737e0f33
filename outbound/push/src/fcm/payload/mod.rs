//! What is sent to FCM for a message as SNS takes it.

use serde_json::{Map, Value};

use crate::fcm::legacy;
use crate::{PushError, PushOptions, PushPriority};

/// The body of a request that sends a message to a device.
pub(crate) fn request(
    device_token: &str,
    message: &Value,
    options: &PushOptions,
) -> Result<Value, PushError> {
    let Value::Object(given) = message else {
        return Err(PushError::permanent("the message is no JSON object"));
    };
    let mut request = match given.get("fcmV1Message") {
        None => legacy::request(given),
        Some(Value::Object(request)) => request.clone(),
        Some(_) => return Err(PushError::permanent("fcmV1Message is no JSON object")),
    };
    let message = member(&mut request, "message")?;
    // FCM takes one target: the device, whatever the message says.
    message.remove("topic");
    message.remove("condition");
    message.insert("token".to_owned(), device_token.into());
    apply(options, message)?;
    Ok(Value::Object(request))
}

/// Options have their place in the part for Android, and there only: the other platforms have headers instead.
fn apply(options: &PushOptions, message: &mut Map<String, Value>) -> Result<(), PushError> {
    let time_to_live = options
        .time_to_live
        .map(|duration| format!("{}s", duration.as_secs()));
    let priority = options.priority.map(|priority| {
        match priority {
            PushPriority::High => "high",
            PushPriority::Normal | PushPriority::Low => "normal",
        }
        .to_owned()
    });
    for (name, value) in [
        ("ttl", time_to_live),
        ("collapse_key", options.collapse_key.clone()),
        ("priority", priority),
    ] {
        if let Some(value) = value {
            member(message, "android")?.insert(name.to_owned(), value.into());
        }
    }
    Ok(())
}

/// The object of that name, made if it isn't there.
fn member<'a>(
    parent: &'a mut Map<String, Value>,
    name: &str,
) -> Result<&'a mut Map<String, Value>, PushError> {
    let value = parent.entry(name).or_insert_with(|| Value::Object(Map::new()));
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(PushError::permanent(format!("{name} is no JSON object"))),
    }
}

#[cfg(test)]
mod tests;
