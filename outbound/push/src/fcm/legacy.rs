//! Messages of FCM's older API, rewritten for HTTP v1 the way SNS does it:
//! [Using the legacy payload structure to send messages to the FCM v1 API](https://docs.aws.amazon.com/sns/latest/dg/sns-fcm-v1-payloads.html).
//!
//! A key that several platforms have goes to each of them, if its value is one that the platform takes. What isn't
//! said there follows the older API's own reference: priorities, values of `data` as texts, lists as texts of JSON.

use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// Where a key of `notification` goes.
enum Place {
    /// `message.notification`, for every platform.
    Every(&'static str),
    /// `message.android.notification`.
    Android(&'static str),
    /// `message.apns.payload.aps.alert`.
    ApnsAlert(&'static str),
    /// `message.apns.payload.aps`.
    Aps(&'static str),
    /// `message.webpush.notification`.
    Webpush(&'static str),
}

use Place::{Android, ApnsAlert, Aps, Every, Webpush};

/// The keys of `notification` that hold texts.
const TEXTS: &[(&str, &[Place])] = &[
    (
        "title",
        &[
            Every("title"),
            Android("title"),
            ApnsAlert("title"),
            Webpush("title"),
        ],
    ),
    (
        "body",
        &[Every("body"), Android("body"), ApnsAlert("body"), Webpush("body")],
    ),
    ("image", &[Every("image")]),
    ("subtitle", &[ApnsAlert("subtitle")]),
    ("android_channel_id", &[Android("channel_id")]),
    ("icon", &[Android("icon"), Webpush("icon")]),
    ("sound", &[Android("sound"), Aps("sound")]),
    ("tag", &[Android("tag"), Webpush("tag")]),
    ("color", &[Android("color")]),
    ("click_action", &[Android("click_action"), Aps("category")]),
    ("body_loc_key", &[Android("body_loc_key"), ApnsAlert("loc-key")]),
    (
        "title_loc_key",
        &[Android("title_loc_key"), ApnsAlert("title-loc-key")],
    ),
];

/// The keys of `notification` that hold lists of texts.
const LISTS: &[(&str, &[Place])] = &[
    (
        "body_loc_args",
        &[Android("body_loc_args"), ApnsAlert("loc-args")],
    ),
    (
        "title_loc_args",
        &[Android("title_loc_args"), ApnsAlert("title-loc-args")],
    ),
];

/// The parts of a message that `notification` is spread over.
#[derive(Default)]
struct Parts {
    every: Object,
    android: Object,
    apns_alert: Object,
    aps: Object,
    webpush: Object,
}

impl Parts {
    fn put(&mut self, value: &Value, places: &[Place]) {
        for place in places {
            let (part, name) = match place {
                Every(name) => (&mut self.every, name),
                Android(name) => (&mut self.android, name),
                ApnsAlert(name) => (&mut self.apns_alert, name),
                Aps(name) => (&mut self.aps, name),
                Webpush(name) => (&mut self.webpush, name),
            };
            part.insert((*name).to_owned(), value.clone());
        }
    }
}

/// The body of a v1 request, still without a target.
pub(crate) fn request(legacy: &Object) -> Object {
    let notification = legacy.get("notification").and_then(Value::as_object);
    let mut parts = notification.map(spread).unwrap_or_default();
    put_flags(legacy, &mut parts.aps);
    put_nonempty(&mut parts.aps, "alert", parts.apns_alert);

    let data = legacy.get("data").and_then(Value::as_object).map(texts);
    let data = data.unwrap_or_default();
    let mut android = android_config(legacy, notification.is_some());
    put_nonempty(&mut android, "notification", parts.android);
    put_nonempty(&mut android, "data", data.clone());
    let mut webpush = Object::new();
    put_nonempty(&mut webpush, "notification", parts.webpush);
    put_nonempty(&mut webpush, "data", data.clone());
    let mut message = Object::new();
    put_nonempty(&mut message, "notification", parts.every);
    put_nonempty(&mut message, "data", data);
    put_nonempty(&mut message, "android", android);
    put_nonempty(&mut message, "webpush", webpush);
    if !parts.aps.is_empty() {
        message.insert("apns".to_owned(), json!({"payload": {"aps": parts.aps}}));
    }

    let mut request = Object::new();
    request.insert("message".to_owned(), Value::Object(message));
    if legacy.get("dry_run") == Some(&Value::Bool(true)) {
        request.insert("validate_only".to_owned(), Value::Bool(true));
    }
    request
}

fn spread(notification: &Object) -> Parts {
    let mut parts = Parts::default();
    for (name, places) in TEXTS {
        if let Some(value @ Value::String(_)) = notification.get(*name) {
            parts.put(value, places);
        }
    }
    for (name, places) in LISTS {
        if let Some(list) = notification.get(*name).and_then(list) {
            parts.put(&list, places);
        }
    }
    match notification.get("badge") {
        Some(badge @ Value::Number(_)) => parts.put(badge, &[Aps("badge")]),
        Some(badge @ Value::String(_)) => parts.put(badge, &[Webpush("badge")]),
        _ => {}
    }
    parts
}

/// A list, also one that is written as a text of JSON.
fn list(value: &Value) -> Option<Value> {
    match value {
        Value::Array(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_array),
        _ => None,
    }
}

/// What the older API has beside `notification` for devices of Apple's.
fn put_flags(legacy: &Object, aps: &mut Object) {
    for (name, key) in [
        ("content_available", "content-available"),
        ("mutable_content", "mutable-content"),
    ] {
        if legacy.get(name) == Some(&Value::Bool(true)) {
            aps.insert(key.to_owned(), 1.into());
        }
    }
}

/// What the older API has beside `notification` for Android.
fn android_config(legacy: &Object, has_notification: bool) -> Object {
    let mut android = Object::new();
    let priority = match legacy.get("priority").and_then(Value::as_str) {
        Some(priority) => priority,
        None if has_notification => "high",
        None => "normal",
    };
    android.insert("priority".to_owned(), priority.into());
    for name in ["collapse_key", "restricted_package_name"] {
        if let Some(value @ Value::String(_)) = legacy.get(name) {
            android.insert(name.to_owned(), value.clone());
        }
    }
    let seconds = legacy.get("time_to_live").and_then(|value| match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    });
    if let Some(seconds) = seconds {
        let seconds: u64 = seconds;
        android.insert("ttl".to_owned(), format!("{seconds}s").into());
    }
    android
}

/// The values of `data` as texts, which is all that v1 takes.
fn texts(data: &Object) -> Object {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    data.iter()
        .map(|(name, value)| (name.clone(), Value::String(text(value))))
        .collect()
}

fn put_nonempty(parent: &mut Object, name: &str, value: Object) {
    if !value.is_empty() {
        parent.insert(name.to_owned(), Value::Object(value));
    }
}
