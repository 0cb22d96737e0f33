use std::time::Duration;

use serde_json::json;

use super::*;
use crate::PushErrorKind;

fn sent(message: Value) -> Value {
    request("device", &message, &PushOptions::default()).unwrap()
}

#[test]
fn the_published_example_of_the_older_form_is_rewritten_as_published() {
    let input = json!({
        "notification": {
            "title": "title text",
            "body": "body text",
            "android_channel_id": "channel",
            "body_loc_args": ["body argument"],
            "body_loc_key": "body key",
            "click_action": "click",
            "color": "#rrggbb",
            "icon": "icon",
            "sound": "sound",
            "tag": "tag",
            "title_loc_args": ["title argument"],
            "title_loc_key": "title key"
        },
        "data": {"message": "priority message"}
    });
    assert_eq!(
        sent(input),
        json!({
            "message": {
                "token": "device",
                "notification": {"title": "title text", "body": "body text"},
                "android": {
                    "priority": "high",
                    "notification": {
                        "body_loc_args": ["body argument"],
                        "title_loc_args": ["title argument"],
                        "color": "#rrggbb",
                        "sound": "sound",
                        "icon": "icon",
                        "tag": "tag",
                        "title_loc_key": "title key",
                        "title": "title text",
                        "body": "body text",
                        "click_action": "click",
                        "channel_id": "channel",
                        "body_loc_key": "body key"
                    },
                    "data": {"message": "priority message"}
                },
                "apns": {
                    "payload": {
                        "aps": {
                            "alert": {
                                "title-loc-args": ["title argument"],
                                "title-loc-key": "title key",
                                "loc-args": ["body argument"],
                                "loc-key": "body key",
                                "title": "title text",
                                "body": "body text"
                            },
                            "category": "click",
                            "sound": "sound"
                        }
                    }
                },
                "webpush": {
                    "notification": {
                        "icon": "icon",
                        "tag": "tag",
                        "body": "body text",
                        "title": "title text"
                    },
                    "data": {"message": "priority message"}
                },
                "data": {"message": "priority message"}
            }
        })
    );
}

#[test]
fn a_badge_goes_where_its_value_is_valid() {
    let with_number = sent(json!({"notification": {"badge": 5}}));
    assert_eq!(
        with_number["message"]["apns"]["payload"]["aps"],
        json!({"badge": 5})
    );
    assert_eq!(with_number["message"].get("webpush"), None);
    let with_text = sent(json!({"notification": {"badge": "https://push.test/badge"}}));
    assert_eq!(
        with_text["message"]["webpush"]["notification"],
        json!({"badge": "https://push.test/badge"})
    );
    assert_eq!(with_text["message"].get("apns"), None);
}

#[test]
fn data_is_text_and_not_urgent_by_itself() {
    let data = json!({"text": "t", "number": 5, "flag": true, "nothing": null, "object": {"a": [1]}});
    let expected =
        json!({"text": "t", "number": "5", "flag": "true", "nothing": "null", "object": r#"{"a":[1]}"#});
    assert_eq!(
        sent(json!({"data": data})),
        json!({"message": {
            "token": "device",
            "data": expected,
            "android": {"priority": "normal", "data": expected},
            "webpush": {"data": expected}
        }})
    );
}

#[test]
fn what_stands_beside_the_notification_is_rewritten_too() {
    let rewritten = sent(json!({
        "priority": "normal",
        "time_to_live": 3600,
        "collapse_key": "deals",
        "restricted_package_name": "test.push",
        "content_available": true,
        "mutable_content": true,
        "dry_run": true,
        "to": "somebody else",
        "registration_ids": ["others"],
        "notification": {"body_loc_args": "[\"a\", \"b\"]", "title": 5, "title_loc_args": "no list", "own": "x"}
    }));
    assert_eq!(
        rewritten,
        json!({
            "validate_only": true,
            "message": {
                "token": "device",
                "android": {
                    "priority": "normal",
                    "ttl": "3600s",
                    "collapse_key": "deals",
                    "restricted_package_name": "test.push",
                    "notification": {"body_loc_args": ["a", "b"]}
                },
                "apns": {"payload": {"aps": {
                    "content-available": 1,
                    "mutable-content": 1,
                    "alert": {"loc-args": ["a", "b"]}
                }}}
            }
        })
    );
}

#[test]
fn a_v1_message_is_sent_as_it_is_to_the_device() {
    let v1 = json!({
        "validate_only": true,
        "message": {
            "topic": "everybody",
            "condition": "'a' in topics",
            "token": "another device",
            "notification": {"title": "t"},
            "fcm_options": {"analytics_label": "l"},
            "apns": {"headers": {"apns-priority": "5"}}
        }
    });
    assert_eq!(
        sent(json!({"fcmV1Message": v1, "notification": {"title": "ignored"}})),
        json!({
            "validate_only": true,
            "message": {
                "token": "device",
                "notification": {"title": "t"},
                "fcm_options": {"analytics_label": "l"},
                "apns": {"headers": {"apns-priority": "5"}}
            }
        })
    );
}

#[test]
fn options_go_before_what_the_message_says_and_to_android_only() {
    let options = PushOptions {
        time_to_live: Some(Duration::from_millis(90_500)),
        collapse_key: Some("mine".to_owned()),
        priority: Some(PushPriority::Low),
        ..PushOptions::default()
    };
    let legacy = json!({"time_to_live": 5, "priority": "high", "notification": {"title": "t"}});
    let v1 = json!({"fcmV1Message": {"message": {"android": {"ttl": "5s", "direct_boot_ok": true}}}});
    for message in [legacy, v1] {
        let request = request("device", &message, &options).unwrap();
        let android = &request["message"]["android"];
        assert_eq!(android["ttl"], "90s");
        assert_eq!(android["collapse_key"], "mine");
        assert_eq!(android["priority"], "normal");
    }
}

#[test]
fn what_is_no_object_where_one_must_be_is_refused() {
    let options = PushOptions {
        time_to_live: Some(Duration::ZERO),
        ..PushOptions::default()
    };
    for message in [
        json!("text"),
        json!(["list"]),
        json!({"fcmV1Message": "text"}),
        json!({"fcmV1Message": {"message": []}}),
        json!({"fcmV1Message": {"message": {"android": 1}}}),
    ] {
        let error = request("device", &message, &options).unwrap_err();
        assert_eq!(error.kind, PushErrorKind::Permanent, "{message}");
    }
}
