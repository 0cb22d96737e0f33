//! The gateway with `auth = enforce`.

use std::time::Duration;

use ninefold_policy::{Policy, PolicyKind};
use ninefold_sigv4::Signer;
use tempfile::TempDir;

use super::*;
use crate::identity::{AccessKey, AccessKeys, KeyFile, PolicyAuthorizer, UserName};

const BODY: &[u8] = br#"{"QueueName":"a"}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:GetQueueUrl","Resource":"*"}]}"#;

struct Fixture {
    _directory: TempDir,
    gateway: Gateway,
    clock: ManualClock,
    signer: Signer,
}

async fn fixture(policy: Option<&str>) -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::new(directory.path());
    let account = AccountId::parse("123456789012").unwrap();
    let policy = policy.map(|json| Policy::parse(json, PolicyKind::Identity).unwrap());
    let key = AccessKey::generate(account, UserName::parse("alice"), policy).unwrap();
    file.add(&key).unwrap();
    let keys = Arc::new(AccessKeys::open(file).unwrap());
    let clock = ManualClock::default();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let authenticator = Authenticator::enforce(
        Arc::clone(&keys),
        Arc::clone(&shared),
        AccountId::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let authorizer = Arc::new(PolicyAuthorizer::new(keys, shared));
    Fixture {
        _directory: directory,
        gateway: gateway_with(authenticator, authorizer).await,
        clock,
        signer: Signer {
            access_key_id: key.id,
            secret_access_key: key.secret,
            session_token: None,
            region: "eu-west-1".to_owned(),
            service: "sqs".to_owned(),
        },
    }
}

impl Fixture {
    fn now(&self) -> i64 {
        self.clock.now().as_secs().try_into().unwrap()
    }

    fn signed(&self, signer: &Signer) -> Request<Bytes> {
        let request = json("GetQueueUrl").header("host", "queues.test");
        let mut request = request.body(Bytes::from_static(BODY)).unwrap();
        let view = RequestView::new(request.method(), request.uri(), request.headers());
        let added = signer.sign(&view, BODY, self.now()).unwrap();
        request.headers_mut().extend(added);
        request
    }

    async fn send(&self, request: Request<Bytes>) -> (u16, String) {
        let response = self.gateway.handle(request, ([127, 0, 0, 1], 1).into()).await;
        (response.status().as_u16(), text(response.body()))
    }
}

#[tokio::test]
async fn who_signs_and_may_is_answered() {
    let fixture = fixture(Some(ALLOW)).await;
    let answered = fixture.send(fixture.signed(&fixture.signer)).await;
    assert_eq!(
        answered,
        (
            200,
            r#"{"QueueUrl":"http://queues.test/123456789012/eu-west-1"}"#.to_owned()
        )
    );
}

#[tokio::test]
async fn a_presigned_url_is_answered_while_it_is_good() {
    let fixture = fixture(Some(ALLOW)).await;
    let form = "Action=GetQueueUrl&QueueName=a&Version=2012-11-05";
    let request = Request::get(format!("/?{form}"))
        .header("host", "queues.test")
        .body(())
        .unwrap();
    let view = RequestView::new(request.method(), request.uri(), request.headers());
    let query = fixture.signer.presign(&view, b"", fixture.now(), 60).unwrap();
    let presigned = || {
        let request = Request::get(format!("/?{query}")).header("host", "queues.test");
        request.body(Bytes::new()).unwrap()
    };
    let (status, body) = fixture.send(presigned()).await;
    assert!(status == 200 && body.contains("<QueueUrl>"), "{status} {body}");
    fixture.clock.advance(Duration::from_secs(61));
    let (status, body) = fixture.send(presigned()).await;
    assert!(
        status == 403 && body.contains("<Code>SignatureDoesNotMatch</Code>"),
        "{status} {body}"
    );
}

#[tokio::test]
async fn who_may_not_is_told_why() {
    let fixture = fixture(None).await;
    let (status, body) = fixture.send(fixture.signed(&fixture.signer)).await;
    assert_eq!(status, 403);
    for expected in [
        "#AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sqs:getqueueurl on resource: ",
        "because no identity-based policy allows the sqs:getqueueurl action",
    ] {
        assert!(body.contains(expected), "{expected} in {body}");
    }
}

#[tokio::test]
async fn what_is_not_signed_with_a_known_key_for_this_service_is_refused() {
    let fixture = fixture(Some(ALLOW)).await;
    let good = &fixture.signer;
    let signers = [
        (
            Signer {
                secret_access_key: "wrong".to_owned(),
                ..good.clone()
            },
            "InvalidSignatureException",
        ),
        (
            Signer {
                access_key_id: "AKIAUNKNOWN".to_owned(),
                ..good.clone()
            },
            "UnrecognizedClientException",
        ),
        (
            Signer {
                session_token: Some("token".to_owned()),
                ..good.clone()
            },
            "UnrecognizedClientException",
        ),
        (
            Signer {
                service: "sns".to_owned(),
                ..good.clone()
            },
            "InvalidSignatureException",
        ),
        (
            Signer {
                region: "EU WEST".to_owned(),
                ..good.clone()
            },
            "InvalidSignatureException",
        ),
    ];
    for (signer, expected) in signers {
        let (status, body) = fixture.send(fixture.signed(&signer)).await;
        assert!(
            status == 403 && body.contains(expected),
            "{expected}: {status} {body}"
        );
    }
    let mut altered = fixture.signed(good);
    *altered.body_mut() = Bytes::from_static(br#"{"QueueName":"b"}"#);
    assert!(
        fixture
            .send(altered)
            .await
            .1
            .contains("InvalidSignatureException")
    );
    let unsigned = json("GetQueueUrl").body(Bytes::from_static(BODY)).unwrap();
    assert!(
        fixture
            .send(unsigned)
            .await
            .1
            .contains("MissingAuthenticationTokenException")
    );
    let old = fixture.signed(good);
    fixture.clock.advance(Duration::from_secs(301));
    assert!(fixture.send(old).await.1.contains("Signature expired"));
}

#[tokio::test]
async fn what_is_not_signed_is_refused_in_its_protocol() {
    let fixture = fixture(Some(ALLOW)).await;
    let target = "Kinesis_20131202.SubscribeToShard";
    let unsigned = Request::post("/").header("x-amz-target", target);
    let (status, body) = fixture
        .send(unsigned.body(Bytes::from_static(b"{}")).unwrap())
        .await;
    assert_eq!(status, 403);
    assert!(
        body.starts_with(r#"{"__type":"MissingAuthenticationTokenException","#),
        "{body}"
    );
    let unsigned = Request::post("/")
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-cbor-1.1");
    let unsigned = unsigned.body(Bytes::from_static(&[0xa0])).unwrap();
    let response = fixture.gateway.handle(unsigned, ([127, 0, 0, 1], 1).into()).await;
    assert_eq!(response.status(), 403);
    let body = response.body().as_whole().unwrap();
    let body: serde_json::Value = ninefold_protocol::Codec::Cbor.read(body).unwrap();
    assert_eq!(body["__type"], "MissingAuthenticationTokenException");
}
