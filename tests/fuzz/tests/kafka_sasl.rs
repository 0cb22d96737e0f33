//! What clients of Kafka say to be authenticated: whatever it is, it is read or refused, and no proof that was not given is taken.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ninefold_fuzz::{Mutator, within_memory};
use ninefold_kafka_protocol::sasl::msk_iam::SignedConnect;
use ninefold_kafka_protocol::sasl::oauthbearer::BearerToken;
use ninefold_kafka_protocol::sasl::plain::PlainCredentials;
use ninefold_kafka_protocol::sasl::scram::{ClientFirst, ScramCredential, ScramHash, ServerNonce};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MESSAGES: &[&str] = &[
    "\0user\0secret",
    "n,,n=user,r=abcdef",
    "y,a=a=2Cb,n=a=2Cb,r=abcdef,x=1",
    "n,a=user,\x01auth=Bearer abc.def==\x01host=a\x01\x01",
    r#"{"version":"2020_10_22","host":"b-1","user-agent":"a","action":"kafka-cluster:Connect","x-amz-algorithm":"a",
    "x-amz-credential":"a/b/c/d/e","x-amz-date":"d","x-amz-signedheaders":"host","x-amz-expires":"900","x-amz-signature":"s"}"#,
    "https://kafka.us-east-1.amazonaws.com/?Action=kafka-cluster%3AConnect&X-Amz-Algorithm=a&X-Amz-Credential=c&X-Amz-Date=d\
    &X-Amz-Expires=1&X-Amz-Signature=s&X-Amz-SignedHeaders=host&User-Agent=u",
];
const FINALS: &[&str] = &[
    "c=biws,r=abcdef,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "c=eSws,r=abcdef,p=AAAA",
];
const TOKENS: &[&str] = &[
    "\0",
    "\x01",
    ",",
    "=",
    "=2C",
    "=3D",
    "&",
    "%",
    "a=",
    "n=",
    "r=",
    "m=",
    "p=",
    "c=",
    "tokenauth=true",
    "auth=",
    "Bearer ",
    "\"",
    ":",
    "{",
    "[",
    "x-amz-security-token",
    "X-Amz-Expires=1",
    "User-Agent=",
    "é",
];

#[test]
fn any_message_is_read_or_refused_and_no_proof_is_taken() {
    let mut messages = Mutator::new(11, MESSAGES, TOKENS);
    let mut finals = Mutator::new(12, FINALS, TOKENS);
    let credential = ScramCredential::from_password(ScramHash::Sha256, "secret", b"salt", 1);
    let nonce = ServerNonce::from_random([7; 24]);
    let mut read = [0; 5];
    for _ in 0..Mutator::inputs() {
        let (message, last) = (messages.next_input(), finals.next_input());
        let input = [&*message, &*last].concat();
        within_memory(&MEMORY, &input, 100, || {
            read[0] += usize::from(PlainCredentials::parse(&message).is_ok());
            read[1] += usize::from(BearerToken::parse(&message).is_ok());
            read[2] += usize::from(SignedConnect::from_json(&message).is_ok());
            read[3] += usize::from(SignedConnect::from_token(&URL_SAFE_NO_PAD.encode(&message)).is_ok());
            if let Ok(first) = ClientFirst::parse(&message) {
                read[4] += 1;
                let outcome = first.challenge(credential.clone(), &nonce).verify(&last);
                assert!(outcome.is_err(), "{message:?} and {last:?} were taken");
            }
        });
    }
    assert!(
        read.iter().all(|read| *read > 0),
        "some were never read: {read:?}"
    );
}
