//! What MSK's own libraries send is read whole: the signature fits the parts.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hmac::{Hmac, KeyInit, Mac};
use ninefold_kafka_protocol::sasl::msk_iam::SignedConnect;
use sha2::{Digest, Sha256};

/// Made by the Java library, aws-msk-iam-auth 2.3.5, for [`SECRET`].
const JSON: &[u8] = br#"{"x-amz-date":"20261126T082239Z","x-amz-signedheaders":"host","x-amz-signature":"f56a02878a2fff388058f54d94c55f72fa62df49164fcd1f0ebbef99cb2722b5","host":"b-1.demo.abc123.c2.kafka.us-east-1.amazonaws.com","action":"kafka-cluster:Connect","x-amz-expires":"900","x-amz-security-token":"session+token/==","version":"2020_10_22","x-amz-algorithm":"AWS4-HMAC-SHA256","x-amz-credential":"AKIDEXAMPLE/20261126/us-east-1/kafka-cluster/aws4_request","user-agent":"aws-msk-iam-auth/2.3.5"}"#;
/// Made by the Python library, aws-msk-iam-sasl-signer-python 1.0.2, for [`SECRET`].
const TOKEN: &str = "aHR0cHM6Ly9rYWZrYS51cy1lYXN0LTEuYW1hem9uYXdzLmNvbS8_QWN0aW9uPWthZmthLWNsdXN0ZXIlM0FDb25uZWN0JlgtQW16LUFsZ29yaXRobT1BV1M0LUhNQUMtU0hBMjU2JlgtQW16LUNyZWRlbnRpYWw9QUtJREVYQU1QTEUlMkYyMDI2MTEyNiUyRnVzLWVhc3QtMSUyRmthZmthLWNsdXN0ZXIlMkZhd3M0X3JlcXVlc3QmWC1BbXotRGF0ZT0yMDI2MTEyNlQwODIyMzdaJlgtQW16LUV4cGlyZXM9OTAwJlgtQW16LVNpZ25lZEhlYWRlcnM9aG9zdCZYLUFtei1TZWN1cml0eS1Ub2tlbj1zZXNzaW9uJTJCdG9rZW4lMkYlM0QlM0QmWC1BbXotU2lnbmF0dXJlPTIzZWE2YjNhZDcyZmI3MWI0ZmFjMjEzZWMyMzQ2N2ViYjAwNmRkZWFjZGMxYWQxZGZmNWZkNzY5Njg2ODllN2UmVXNlci1BZ2VudD1hd3MtbXNrLWlhbS1zYXNsLXNpZ25lci1weXRob24lMkYxLjAuMg";
/// AWS's example.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let keyed = Hmac::<Sha256>::new_from_slice(key).unwrap();
    keyed.chain_update(text).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Signature Version 4 of `GET /` with the query, but for its signature, and the host as the only header.
fn signature(connect: &SignedConnect) -> String {
    let query = connect.query();
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.starts_with("X-Amz-Signature="))
        .collect();
    pairs.sort_unstable();
    let (host, body) = (&connect.host, hex(&Sha256::digest(b"")));
    let canonical = format!("GET\n/\n{}\nhost:{host}\n\nhost\n{body}", pairs.join("&"));
    let (_, scope) = connect
        .parameter("X-Amz-Credential")
        .unwrap()
        .split_once('/')
        .unwrap();
    let date = connect.parameter("X-Amz-Date").unwrap();
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let key = scope
        .split('/')
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| mac(&key, part));
    hex(&mac(&key, &text))
}

#[test]
fn what_the_libraries_sign_is_read_whole() {
    let java = SignedConnect::from_json(JSON).unwrap();
    assert_eq!(java.host, "b-1.demo.abc123.c2.kafka.us-east-1.amazonaws.com");
    let python = SignedConnect::from_token(TOKEN).unwrap();
    assert_eq!(python.host, "kafka.us-east-1.amazonaws.com");
    assert_eq!(python.user_agent, "aws-msk-iam-sasl-signer-python/1.0.2");
    for mut connect in [java, python] {
        assert_eq!(connect.parameter("X-Amz-Signature"), Some(&*signature(&connect)));
        assert_eq!(
            connect.parameter("X-Amz-Security-Token"),
            Some("session+token/==")
        );
        connect.host.push('x');
        assert_ne!(connect.parameter("X-Amz-Signature"), Some(&*signature(&connect)));
    }
}
