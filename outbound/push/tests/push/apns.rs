use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, Version};
use ninefold_outbound_push::{
    ApnsClient, ApnsCredentials, ApnsEndpoint, ApnsPushType, CredentialsError, PushError, PushErrorKind,
    PushOptions, PushPriority, PushReceipt,
};
use ninefold_time::{Clock, ManualClock};
use serde_json::json;

use crate::stub::{Stub, open_http, response};
use crate::token::{APNS_KEY, SERVICE_ACCOUNT, verified};

const MINUTE: Duration = Duration::from_secs(60);
const DEVICE: &str = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
const ID: &str = "eabeae54-14a8-11e5-b60b-1697f925ec7b";

const CREDENTIALS: ApnsCredentials<'_> = ApnsCredentials {
    signing_key: APNS_KEY,
    key_id: "ABC123DEFG",
    team_id: "DEF123GHIJ",
    bundle_id: "com.example.app",
};

async fn apple() -> Stub {
    Stub::start(|_| {
        let mut response = response(200, "");
        response
            .headers_mut()
            .insert("apns-id", HeaderValue::from_static(ID));
        response
    })
    .await
}

fn client(stub: &Stub, clock: &ManualClock) -> ApnsClient {
    let endpoint = ApnsEndpoint::Other(stub.base.clone());
    ApnsClient::new(open_http(), CREDENTIALS, endpoint, Arc::new(clock.clone())).unwrap()
}

async fn send(client: &ApnsClient, options: PushOptions) -> Result<PushReceipt, PushError> {
    let message = json!({"aps": {"alert": "Hello"}});
    client.send(DEVICE, &message, options).await
}

#[tokio::test]
async fn a_notification_is_sent_over_http2_with_a_signed_token() {
    let (stub, clock) = (apple().await, ManualClock::default());
    let client = client(&stub, &clock);
    let options = PushOptions {
        time_to_live: Some(MINUTE),
        collapse_key: Some("score".to_owned()),
        priority: Some(PushPriority::Normal),
        ..PushOptions::default()
    };
    let receipt = send(&client, options).await.unwrap();
    assert_eq!(receipt.provider_message_id.as_deref(), Some(ID));
    assert_eq!(receipt.status, 200);

    let [sent] = &*stub.received("") else {
        panic!("one notification");
    };
    assert_eq!((&sent.method, sent.version), (&Method::POST, Version::HTTP_2));
    assert_eq!(sent.path, format!("/3/device/{DEVICE}"));
    assert_eq!(sent.json(), json!({"aps": {"alert": "Hello"}}));
    assert_eq!(sent.header("apns-topic"), Some("com.example.app"));
    assert_eq!(sent.header("apns-push-type"), Some("alert"));
    assert_eq!(sent.header("apns-priority"), Some("5"));
    assert_eq!(sent.header("apns-collapse-id"), Some("score"));
    let expiration = (clock.now() + MINUTE).as_secs().to_string();
    assert_eq!(sent.header("apns-expiration"), Some(&*expiration));
    let token = sent
        .header("authorization")
        .unwrap()
        .strip_prefix("bearer ")
        .unwrap();
    let (header, claims) = verified(token);
    assert_eq!(header, json!({"alg": "ES256", "typ": "JWT", "kid": "ABC123DEFG"}));
    assert_eq!(claims, json!({"iss": "DEF123GHIJ", "iat": clock.now().as_secs()}));
}

#[tokio::test]
async fn headers_follow_the_push_type_unless_they_are_given() {
    let (stub, clock) = (apple().await, ManualClock::default());
    let client = client(&stub, &clock);
    let background = json!({"aps": {"content-available": 1}});
    client
        .send(DEVICE, &background, PushOptions::default())
        .await
        .unwrap();
    let call = PushOptions {
        push_type: Some(ApnsPushType::Voip),
        time_to_live: Some(Duration::ZERO),
        ..PushOptions::default()
    };
    send(&client, call).await.unwrap();
    let given = PushOptions {
        push_type: Some(ApnsPushType::Mdm),
        topic: Some("com.apple.mgmt.External.0".to_owned()),
        priority: Some(PushPriority::High),
        ..PushOptions::default()
    };
    send(&client, given).await.unwrap();
    let headers = [
        "apns-push-type",
        "apns-topic",
        "apns-priority",
        "apns-expiration",
        "apns-collapse-id",
    ];
    let sent: Vec<_> = stub
        .received("")
        .iter()
        .map(|sent| headers.map(|name| sent.header(name).map(str::to_owned)))
        .collect();
    let expected = [
        [Some("background"), Some("com.example.app"), Some("5"), None, None],
        [Some("voip"), Some("com.example.app.voip"), None, Some("0"), None],
        [
            Some("mdm"),
            Some("com.apple.mgmt.External.0"),
            Some("10"),
            None,
            None,
        ],
    ];
    assert_eq!(
        sent,
        expected.map(|row| row.map(|value| value.map(str::to_owned)))
    );
}

#[tokio::test]
async fn a_token_is_used_for_fifty_minutes() {
    let (stub, clock) = (apple().await, ManualClock::default());
    let client = client(&stub, &clock);
    for advance in [Duration::ZERO, MINUTE * 49, MINUTE, MINUTE * 49] {
        clock.advance(advance);
        send(&client, PushOptions::default()).await.unwrap();
    }
    let used: Vec<_> = stub
        .received("")
        .iter()
        .map(|sent| sent.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(used[0], used[1]);
    assert_ne!(used[1], used[2]);
    assert_eq!(used[2], used[3]);
    assert_eq!(stub.connections(), 1);
}

#[tokio::test]
async fn a_token_called_expired_is_replaced_once_it_may_be() {
    let (stub, clock) = (apple().await, ManualClock::default());
    let client = client(&stub, &clock);
    let expired = || response(403, json!({"reason": "ExpiredProviderToken"}));
    send(&client, PushOptions::default()).await.unwrap();
    clock.advance(MINUTE * 19);
    stub.answer_next(expired());
    let error = send(&client, PushOptions::default()).await.unwrap_err();
    assert_eq!(error.kind, PushErrorKind::Credentials);
    assert_eq!(stub.received("").len(), 2);

    clock.advance(MINUTE);
    stub.answer_next(expired());
    assert!(send(&client, PushOptions::default()).await.is_ok());
    let sent = stub.received("");
    assert_eq!(sent.len(), 4);
    assert_ne!(sent[2].header("authorization"), sent[3].header("authorization"));

    clock.advance(MINUTE * 20);
    stub.answer_next(expired());
    stub.answer_next(expired());
    assert!(send(&client, PushOptions::default()).await.is_err());
    assert_eq!(stub.received("").len(), 6);
}

#[tokio::test]
async fn reasons_arrive_with_their_meaning() {
    let (stub, clock) = (apple().await, ManualClock::default());
    let client = client(&stub, &clock);
    for (status, body, reason, kind) in [
        (
            410,
            json!({"reason": "Unregistered", "timestamp": 1_629_000_000_000_u64}),
            "Unregistered",
            PushErrorKind::EndpointGone,
        ),
        (
            400,
            json!({"reason": "BadDeviceToken"}),
            "BadDeviceToken",
            PushErrorKind::EndpointGone,
        ),
        (
            429,
            json!({"reason": "TooManyRequests"}),
            "TooManyRequests",
            PushErrorKind::Transient,
        ),
        (
            403,
            json!({"reason": "InvalidProviderToken"}),
            "InvalidProviderToken",
            PushErrorKind::Credentials,
        ),
        (
            413,
            json!({"reason": "PayloadTooLarge"}),
            "PayloadTooLarge",
            PushErrorKind::Permanent,
        ),
        (
            503,
            json!(null),
            "APNs answered 503 Service Unavailable",
            PushErrorKind::Transient,
        ),
    ] {
        stub.answer_next(response(status, body));
        let error = send(&client, PushOptions::default()).await.unwrap_err();
        assert_eq!(
            (error.status, &*error.reason, error.kind),
            (Some(status), reason, kind)
        );
    }
}

#[tokio::test]
async fn what_apns_could_not_even_be_asked_is_not_sent() {
    let (stub, clock) = (apple().await, ManualClock::default());
    let client = client(&stub, &clock);
    let message = json!({"aps": {"alert": "Hello"}});
    for device in ["", "../../other", "ABC?", "ä"] {
        let outcome = client.send(device, &message, PushOptions::default()).await;
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.kind, &*error.reason),
            (PushErrorKind::EndpointGone, "BadDeviceToken")
        );
    }
    let longer_than_urls = "a".repeat(70_000);
    let outcome = client
        .send(&longer_than_urls, &message, PushOptions::default())
        .await;
    assert_eq!(outcome.unwrap_err().reason, "BadPath");
    for (topic, collapse_key, reason) in [
        (Some("a\nb"), None, "BadTopic"),
        (None, Some("a\r\nb"), "BadCollapseId"),
    ] {
        let options = PushOptions {
            topic: topic.map(str::to_owned),
            collapse_key: collapse_key.map(str::to_owned),
            ..PushOptions::default()
        };
        let error = send(&client, options).await.unwrap_err();
        assert_eq!((error.kind, &*error.reason), (PushErrorKind::Permanent, reason));
    }
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn teams_do_not_share_a_connection() {
    let (stub, clock) = (apple().await, ManualClock::default());
    let http = open_http();
    for team_id in ["DEF123GHIJ", "ZYX987WVUT"] {
        let credentials = ApnsCredentials {
            team_id,
            ..CREDENTIALS
        };
        let endpoint = ApnsEndpoint::Other(stub.base.clone());
        let client = ApnsClient::new(http.clone(), credentials, endpoint, Arc::new(clock.clone())).unwrap();
        send(&client, PushOptions::default()).await.unwrap();
        send(&client, PushOptions::default()).await.unwrap();
    }
    assert_eq!(stub.received("").len(), 4);
    assert_eq!(stub.connections(), 2);
}

#[test]
fn credentials_that_cannot_be_used_are_refused() {
    let refused = |credentials| {
        let clock = Arc::new(ManualClock::default());
        ApnsClient::new(open_http(), credentials, ApnsEndpoint::Sandbox, clock).err()
    };
    assert_eq!(refused(CREDENTIALS), None);
    let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    for credentials in [
        ApnsCredentials {
            key_id: certificate,
            ..CREDENTIALS
        },
        ApnsCredentials {
            signing_key: certificate,
            ..CREDENTIALS
        },
        ApnsCredentials {
            signing_key: "-----BEGIN RSA PRIVATE KEY-----",
            ..CREDENTIALS
        },
    ] {
        assert_eq!(refused(credentials), Some(CredentialsError::ApnsCertificate));
    }
    let account: serde_json::Value = serde_json::from_str(SERVICE_ACCOUNT).unwrap();
    for signing_key in ["", "no key", account["private_key"].as_str().unwrap()] {
        let error = refused(ApnsCredentials {
            signing_key,
            ..CREDENTIALS
        })
        .unwrap();
        assert!(matches!(error, CredentialsError::PrivateKey { .. }), "{error}");
    }
    for credentials in [
        ApnsCredentials {
            key_id: "short",
            ..CREDENTIALS
        },
        ApnsCredentials {
            team_id: "too long for a team",
            ..CREDENTIALS
        },
        ApnsCredentials {
            bundle_id: "",
            ..CREDENTIALS
        },
    ] {
        let error = refused(credentials).unwrap();
        assert!(matches!(error, CredentialsError::Identifier { .. }), "{error}");
    }
}
