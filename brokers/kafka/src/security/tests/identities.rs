//! Identities of IAM: what they sign, and what they may do.

use http::HeaderMap;
use http::header::{HOST, HeaderValue};
use ninefold_kafka_protocol::sasl::msk_iam::SignedConnect;
use ninefold_sigv4::{RequestView, Signer};

use super::*;

const HOST_NAME: &str = "kafka.eu-west-1.amazonaws.com";

/// How a request to connect is made.
struct Signing {
    access_key_id: &'static str,
    secret: &'static str,
    region: &'static str,
    service: &'static str,
    host: &'static str,
    expires_in_seconds: u32,
    session_token: Option<String>,
}

const RIGHT: Signing = Signing {
    access_key_id: "AKIDEXAMPLE",
    secret: SECRET,
    region: "eu-west-1",
    service: "kafka-cluster",
    host: HOST_NAME,
    expires_in_seconds: 900,
    session_token: None,
};

impl Signing {
    /// As the libraries of MSK do it.
    fn sign(&self, fixture: &Fixture) -> SignedConnect {
        let signer = Signer {
            access_key_id: self.access_key_id.to_owned(),
            secret_access_key: self.secret.to_owned(),
            session_token: self.session_token.clone(),
            region: self.region.to_owned(),
            service: self.service.to_owned(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(self.host));
        let request = RequestView {
            method: "GET",
            path: "/",
            query: Some("Action=kafka-cluster%3AConnect"),
            headers: &headers,
            authority: None,
        };
        let now = i64::try_from(fixture.security.now().as_secs()).unwrap();
        let query = signer
            .presign(&request, b"", now, self.expires_in_seconds)
            .unwrap();
        let url = format!("https://{}/?{query}&User-Agent=test", self.host);
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, url);
        SignedConnect::from_token(&encoded).unwrap()
    }
}

fn authenticate(fixture: &Fixture, connect: &SignedConnect) -> Result<IamIdentity, String> {
    let iam = fixture.security.iam.as_ref().unwrap();
    let found = iam.authenticate(
        connect,
        &iam.service_hosts(),
        fixture.security.now(),
        caller().origin(),
    );
    found.map_err(|refusal| refusal.to_string())
}

#[test]
fn signatures_are_verified() {
    let fixture = fixture();
    let identity = authenticate(&fixture, &RIGHT.sign(&fixture)).unwrap();
    assert_eq!(identity.principal_arn, ALICE_ARN);
    let refused = [
        (
            Signing {
                secret: "other",
                ..RIGHT
            },
            "signature we calculated does not match",
        ),
        (
            Signing {
                access_key_id: "AKIDOTHER",
                ..RIGHT
            },
            "security token included",
        ),
        (
            Signing {
                region: "us-east-1",
                ..RIGHT
            },
            "region of the cluster",
        ),
        (
            Signing {
                service: "kafka",
                ..RIGHT
            },
            "service",
        ),
        (
            Signing {
                host: "kafka.us-east-1.amazonaws.com",
                ..RIGHT
            },
            "another host",
        ),
        (
            Signing {
                expires_in_seconds: 901,
                ..RIGHT
            },
            "within 900 seconds",
        ),
        (
            Signing {
                session_token: Some("x".to_owned()),
                ..RIGHT
            },
            "security token included",
        ),
    ];
    for (signing, reason) in refused {
        let refusal = authenticate(&fixture, &signing.sign(&fixture)).unwrap_err();
        assert!(refusal.contains(reason), "{refusal}");
    }
}

#[test]
fn a_request_to_connect_is_not_good_for_ever() {
    let fixture = fixture();
    let connect = RIGHT.sign(&fixture);
    fixture.clock.advance(Duration::from_secs(900));
    assert!(authenticate(&fixture, &connect).is_ok());
    fixture.clock.advance(Duration::from_secs(1));
    let refusal = authenticate(&fixture, &connect).unwrap_err();
    assert!(refusal.contains("expired"), "{refusal}");
}

#[test]
fn what_is_changed_is_not_what_was_signed() {
    let fixture = fixture();
    let mut connect = RIGHT.sign(&fixture);
    for (name, value) in &mut connect.parameters {
        if name == "X-Amz-Expires" {
            *value = "899".to_owned();
        }
    }
    assert!(authenticate(&fixture, &connect).is_err());
}

#[test]
fn connecting_has_to_be_allowed() {
    let fixture = fixture();
    *fixture.alice.policy.lock() = statement("kafka-cluster:ReadData", "*");
    let refusal = authenticate(&fixture, &RIGHT.sign(&fixture)).unwrap_err();
    assert!(refusal.contains("not allowed to connect"), "{refusal}");
}

fn alice() -> Caller {
    Caller {
        principal: Principal::Iam(Arc::new(IamIdentity {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            principal_arn: ALICE_ARN.to_owned(),
        })),
        ..caller()
    }
}

#[test]
fn policies_decide_by_action_and_resource() {
    let fixture = fixture();
    let orders = "arn:aws:kafka:eu-west-1:123456789012:topic/demo/0a1b-2/orders-*";
    *fixture.alice.policy.lock() = statement("kafka-cluster:WriteData", orders);
    let allows = |operation, resource| fixture.security.allows(&alice(), operation, resource);
    assert!(allows(Operation::Write, Resource::topic("orders-1")));
    assert!(!allows(Operation::Write, Resource::topic("other")));
    // Nothing implies anything else here.
    assert!(!allows(Operation::Describe, Resource::topic("orders-1")));
    assert!(!allows(Operation::Read, Resource::group("orders-1")));
    assert!(!allows(Operation::ClusterAction, Resource::CLUSTER));
    assert_eq!(
        fixture
            .security
            .allowed_operations(&alice(), Resource::topic("orders-1")),
        1 << Operation::Write as i8
    );
    *fixture.alice.policy.lock() = statement("*", "*");
    assert!(!allows(Operation::ClusterAction, Resource::CLUSTER));
}

#[test]
fn the_policy_of_the_cluster_counts_too() {
    let fixture = fixture();
    let read = || {
        let topic = Resource::topic("orders");
        fixture.security.allows(&alice(), Operation::Read, topic)
    };
    assert!(read());
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},
        "Action":"kafka-cluster:ReadData","Resource":"*"}]}"#;
    let iam = fixture.security.iam.as_ref().unwrap();
    iam.set_cluster_policy(Some(deny.to_owned()));
    assert!(!read());
    iam.set_cluster_policy(None);
    assert!(read());
}

#[test]
fn conditions_see_how_a_client_is_connected() {
    let fixture = fixture();
    *fixture.alice.policy.lock() =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}]}"#
            .to_owned();
    let may = |caller: &Caller| {
        let topic = Resource::topic("orders");
        fixture.security.allows(caller, Operation::Read, topic)
    };
    assert!(!may(&alice()));
    let encrypted = Caller {
        is_encrypted: true,
        ..alice()
    };
    assert!(may(&encrypted));
    let elsewhere = Caller {
        peer: ([10, 0, 0, 1], 40_000).into(),
        ..encrypted
    };
    assert!(!may(&elsewhere));
}
