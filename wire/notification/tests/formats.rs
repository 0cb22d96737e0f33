//! How messages look, against the examples of AWS's page on the formats and messages that SNS sent to queues.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_notification::{
    Attribute, AttributeValue, Confirmation, ConfirmationSubject, Mail, MessageType, Notification, Signature,
    SignatureVersion, Timestamp, subscribe_url, unsubscribe_url,
};
use proptest::prelude::*;
use serde_json::Value;

const ENDPOINT: &str = "https://sns.us-west-2.amazonaws.com";
const TOPIC: &str = "arn:aws:sns:us-west-2:123456789012:MyTopic";
const CERTIFICATE_URL: &str =
    "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem";

fn timestamp(milliseconds: u64) -> Timestamp {
    Timestamp::from_unix_milliseconds(milliseconds).unwrap()
}

fn signature(value: &str) -> Signature {
    Signature {
        version: SignatureVersion::One,
        value: value.to_owned(),
        certificate_url: CERTIFICATE_URL.to_owned(),
    }
}

fn notification() -> Notification {
    Notification {
        message_id: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324".to_owned(),
        sequence_number: None,
        topic_arn: TOPIC.to_owned(),
        subject: Some("My First Message".to_owned()),
        message: "Hello world!".to_owned(),
        timestamp: timestamp(1_335_920_046_655),
        attributes: Vec::new(),
    }
}

fn confirmation() -> Confirmation {
    Confirmation {
        subject: ConfirmationSubject::Subscription,
        message_id: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b".to_owned(),
        token: "2336412f37".to_owned(),
        topic_arn: TOPIC.to_owned(),
        subscribe_url: subscribe_url(ENDPOINT, TOPIC, "2336412f37"),
        timestamp: timestamp(1_335_473_104_751),
    }
}

#[test]
fn a_notification_looks_like_the_example() {
    let subscription = format!("{TOPIC}:c9135db0-26c4-47ec-8998-413945fb5a96");
    let envelope = notification().envelope(Some(&signature(
        "EXAMPLEw6JRNwm1LFQL4ICB0bnXrdB8ClRMTQFGBqwLpGbM78tJ4",
    )));
    assert_eq!(
        envelope.for_subscription(&unsubscribe_url(ENDPOINT, &subscription)),
        r#"{
  "Type" : "Notification",
  "MessageId" : "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
  "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
  "Subject" : "My First Message",
  "Message" : "Hello world!",
  "Timestamp" : "2012-05-02T00:54:06.655Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLEw6JRNwm1LFQL4ICB0bnXrdB8ClRMTQFGBqwLpGbM78tJ4",
  "SigningCertURL" : "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
  "UnsubscribeURL" : "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-west-2:123456789012:MyTopic:c9135db0-26c4-47ec-8998-413945fb5a96"
}"#
    );
}

#[test]
fn attributes_come_last_one_to_a_line() {
    let notification = Notification {
        subject: None,
        attributes: vec![
            Attribute {
                name: "jobName".to_owned(),
                data_type: "String".to_owned(),
                value: AttributeValue::Text("amex \"coda\"".to_owned()),
            },
            Attribute {
                name: "source".to_owned(),
                data_type: "String.Array".to_owned(),
                value: AttributeValue::Text("[\"a\"]".to_owned()),
            },
            Attribute {
                name: "raw".to_owned(),
                data_type: "Binary".to_owned(),
                value: AttributeValue::Binary(vec![0, 255, 16]),
            },
        ],
        ..notification()
    };
    let text = notification.envelope(Some(&signature("x"))).for_subscription("u");
    let (_, tail) = text.split_once("  \"UnsubscribeURL\"").unwrap();
    assert_eq!(
        tail,
        " : \"u\",\n  \"MessageAttributes\" : {\n    \
         \"jobName\" : {\"Type\":\"String\",\"Value\":\"amex \\\"coda\\\"\"},\n    \
         \"source\" : {\"Type\":\"String.Array\",\"Value\":\"[\\\"a\\\"]\"},\n    \
         \"raw\" : {\"Type\":\"Binary\",\"Value\":\"AP8Q\"}\n  }\n}"
    );
    assert!(!text.contains("Subject"));
}

#[test]
fn a_notification_of_a_fifo_topic_has_a_number_and_no_signature() {
    let notification = Notification {
        message_id: "a7c9d2fa-77fa-5184-9de9-89391027cc7d".to_owned(),
        sequence_number: Some("10000000000000004000".to_owned()),
        topic_arn: "arn:aws:sns:eu-west-1:231436140809:Test.fifo".to_owned(),
        subject: None,
        message: "{\"message\": \"hello world\", \"username\": \"lessa\"}".to_owned(),
        timestamp: timestamp(1_665_754_525_419),
        attributes: Vec::new(),
    };
    let url = "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-west-1:231436140809:Test.fifo:bb81d3de-a0f9-46e4-b619-d3152a4d545f";
    // The body of a message that SNS put into a queue, as the tests of Powertools for AWS Lambda quote it.
    assert_eq!(
        notification.envelope(None).for_subscription(url),
        "{\n  \"Type\" : \"Notification\",\n  \"MessageId\" : \"a7c9d2fa-77fa-5184-9de9-89391027cc7d\",\n  \"SequenceNumber\" : \"10000000000000004000\",\n  \"TopicArn\" : \"arn:aws:sns:eu-west-1:231436140809:Test.fifo\",\n  \"Message\" : \"{\\\"message\\\": \\\"hello world\\\", \\\"username\\\": \\\"lessa\\\"}\",\n  \"Timestamp\" : \"2022-10-14T13:35:25.419Z\",\n  \"UnsubscribeURL\" : \"https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-west-1:231436140809:Test.fifo:bb81d3de-a0f9-46e4-b619-d3152a4d545f\"\n}"
    );
}

#[test]
fn confirmations_look_like_the_examples() {
    assert_eq!(
        confirmation().envelope(&signature(
            "EXAMPLEpH+DcEwjAPg8O9mY8dReBSwksfg2S7WKQcikcNKWLQjwu6A4VbeS0QHVCkhRS7fUQ"
        )),
        r#"{
  "Type" : "SubscriptionConfirmation",
  "MessageId" : "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
  "Token" : "2336412f37",
  "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
  "Message" : "You have chosen to subscribe to the topic arn:aws:sns:us-west-2:123456789012:MyTopic.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
  "SubscribeURL" : "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37",
  "Timestamp" : "2012-04-26T20:45:04.751Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLEpH+DcEwjAPg8O9mY8dReBSwksfg2S7WKQcikcNKWLQjwu6A4VbeS0QHVCkhRS7fUQ",
  "SigningCertURL" : "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem"
}"#
    );
    let ended = Confirmation {
        subject: ConfirmationSubject::Unsubscription {
            subscription_arn: format!("{TOPIC}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55"),
        },
        ..confirmation()
    };
    assert_eq!(ended.message_type(), MessageType::UnsubscribeConfirmation);
    assert_eq!(
        ended.message(),
        "You have chosen to deactivate subscription arn:aws:sns:us-west-2:123456789012:MyTopic:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    );
    let envelope: Value = serde_json::from_str(&ended.envelope(&signature("x"))).unwrap();
    assert_eq!(envelope["Type"], "UnsubscribeConfirmation");
    assert_eq!(envelope["Message"], ended.message());
}

#[test]
fn mails_have_the_message_and_the_way_out() {
    let mail = notification().mail("https://sns.example.com/?Action=Unsubscribe&SubscriptionArn=arn");
    assert_eq!(
        mail,
        Mail {
            subject: "My First Message".to_owned(),
            body: "Hello world!\n\n--\nYou get this mail because this address is subscribed to the topic\n\
                   arn:aws:sns:us-west-2:123456789012:MyTopic\n\nTo end the subscription, open this link:\n\
                   https://sns.example.com/?Action=Unsubscribe&SubscriptionArn=arn\n"
                .to_owned(),
        }
    );
    let untitled = Notification {
        subject: None,
        ..notification()
    };
    assert_eq!(untitled.mail("u").subject, "AWS Notification Message");
    let envelope = untitled.envelope(Some(&signature("x")));
    let mail = untitled.json_mail(&envelope, "u");
    assert_eq!(mail.subject, "AWS Notification Message");
    assert_eq!(mail.body, envelope.for_subscription("u"));
}

#[test]
fn mails_of_confirmations_have_the_link() {
    let subscription_arn = format!("{TOPIC}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55");
    let ended = Confirmation {
        subject: ConfirmationSubject::Unsubscription {
            subscription_arn: subscription_arn.clone(),
        },
        ..confirmation()
    };
    for (confirmation, subject) in [
        (confirmation(), "AWS Notification - Subscription Confirmation"),
        (ended.clone(), "AWS Notification - Unsubscribe Confirmation"),
    ] {
        let mail = confirmation.mail();
        assert_eq!(mail.subject, subject);
        assert!(
            mail.body.contains(&format!("\n{}\n", confirmation.subscribe_url)),
            "{}",
            mail.body
        );
        assert!(mail.body.contains(TOPIC));
    }
    assert!(ended.mail().body.contains(&subscription_arn));
}

proptest! {
    /// Whatever is in a notification, a JSON parser reads it back.
    #[test]
    fn envelopes_are_json(
        message in any::<String>(),
        subject in prop::option::of(any::<String>()),
        attributes in prop::collection::vec((any::<String>(), any::<Vec<u8>>()), 0..4),
        is_signed in any::<bool>(),
    ) {
        let attributes: Vec<Attribute> = attributes
            .into_iter()
            .enumerate()
            .map(|(position, (name, bytes))| Attribute {
                name: format!("{name}{position}"),
                data_type: "Binary".to_owned(),
                value: AttributeValue::Binary(bytes),
            })
            .collect();
        let notification = Notification { message, subject, attributes, ..notification() };
        let signature = signature("c2lnbmF0dXJl");
        let envelope = notification.envelope(is_signed.then_some(&signature));
        let read: Value = serde_json::from_str(&envelope.for_subscription("https://u")).unwrap();
        prop_assert_eq!(read["Message"].as_str(), Some(notification.message.as_str()));
        prop_assert_eq!(read["Subject"].as_str(), notification.subject.as_deref());
        prop_assert_eq!(read["UnsubscribeURL"].as_str(), Some("https://u"));
        prop_assert_eq!(read.get("Signature").is_some(), is_signed);
        let written = read.get("MessageAttributes").and_then(Value::as_object);
        prop_assert_eq!(written.map_or(0, serde_json::Map::len), notification.attributes.len());
        for attribute in &notification.attributes {
            prop_assert_eq!(read["MessageAttributes"][&attribute.name]["Type"].as_str(), Some("Binary"));
        }
    }
}
