//! What verifies, and what is refused.

use crate::request::{NOW, Request, SECRET, presigned, signed, signer};
use http::HeaderValue;
use ninefold_sigv4::{SignatureError, SignatureErrorKind, Signer, SigningKeyCache, parse};

#[test]
fn every_part_of_a_header_signature_counts() {
    type Change = fn(&mut Request);
    let changes: [(&str, Change); 21] = [
        ("method", |request| request.method = "PUT".to_owned()),
        ("path", |request| request.path.push('2')),
        ("slash at the end of the path", |request| request.path.push('/')),
        ("query value", |request| {
            request.query = Some("a=1&b=3".to_owned())
        }),
        ("query name", |request| request.query = Some("a=1&c=2".to_owned())),
        ("more query", |request| {
            request.query = Some("a=1&b=2&c=3".to_owned())
        }),
        ("no query", |request| request.query = None),
        ("host", |request| request.set("host", "example.com:4566")),
        ("port", |request| request.set("host", "localhost:4567")),
        ("no port", |request| request.set("host", "localhost")),
        ("header value", |request| {
            request.set("x-amz-target", "AmazonSQS.DeleteQueue")
        }),
        ("doubled header", |request| {
            request
                .headers
                .append("content-type", HeaderValue::from_static("text/plain"));
        }),
        ("header gone", |request| {
            drop(request.headers.remove("content-type"))
        }),
        ("body", |request| request.body.push(b' ')),
        ("no body", |request| request.body.clear()),
        ("time", |request| request.set("x-amz-date", "20260101T000501Z")),
        ("access key", |request| {
            request.replace_in_authorization("AKIDEXAMPLE", "AKIDEXAMPLF")
        }),
        ("region", |request| {
            request.replace_in_authorization("eu-west-1", "eu-west-2")
        }),
        ("service", |request| {
            request.replace_in_authorization("/sqs/", "/sns/")
        }),
        ("signature", |request| {
            let last = request.header("authorization").pop().unwrap();
            let other = if last == '0' { "1" } else { "0" };
            let mut value = request.header("authorization");
            value.pop();
            request.set("authorization", &(value + other));
        }),
        ("signed headers", |request| {
            request.replace_in_authorization("content-type;host", "host")
        }),
    ];
    assert_eq!(signed().verify(), Ok(()));
    for (part, change) in changes {
        let mut request = signed();
        change(&mut request);
        match part {
            // The access key id is not signed; another one has another secret.
            "access key" => assert_eq!(
                parse(&request.view())
                    .unwrap()
                    .unwrap()
                    .credential
                    .access_key_id(),
                "AKIDEXAMPLF"
            ),
            _ => assert_eq!(request.verify(), Err(SignatureError::Mismatch), "{part}"),
        }
    }
}

#[test]
fn every_part_of_a_presigned_signature_counts() {
    let replacements = [
        ("a=1", "a=2"),
        ("b=2&", ""),
        ("X-Amz-Expires=3600", "X-Amz-Expires=3601"),
        ("X-Amz-Date=20260101T000500Z", "X-Amz-Date=20260101T000501Z"),
        ("eu-west-1", "eu-west-2"),
        ("%2Fsqs%2F", "%2Fsns%2F"),
        ("content-type%3Bhost", "host"),
    ];
    assert_eq!(presigned().verify(), Ok(()));
    for (from, to) in replacements {
        let mut request = presigned();
        request.replace_in_query(from, to);
        assert_eq!(request.verify(), Err(SignatureError::Mismatch), "{from}");
    }
    let mut request = presigned();
    request.body.push(b' ');
    assert_eq!(request.verify(), Err(SignatureError::Mismatch));
    let mut request = presigned();
    request.query.as_mut().unwrap().push_str("&more=1");
    assert_eq!(request.verify(), Err(SignatureError::Mismatch));
}

#[test]
fn what_says_the_same_is_the_same() {
    let mut request = signed();
    request.path = "//123456789012/./x/../queue".to_owned();
    request.query = Some("&b=2&&%61=1".to_owned());
    request.set("content-type", "  application/x-amz-json-1.0 ");
    request.set("user-agent", "not signed");
    request.set("x-amzn-trace-id", "not signed either");
    request.set("content-length", "22");
    assert_eq!(request.verify(), Ok(()));
}

#[test]
fn http2_states_the_host_as_authority() {
    let mut request = signed();
    request.headers.remove("host");
    assert_eq!(request.verify(), Err(SignatureError::Mismatch));
    for (authority, accepted) in [
        ("localhost:4566", true),
        ("someone@localhost:4566", true),
        ("localhost:4567", false),
        ("example.com:4566", false),
    ] {
        request.authority = Some(authority.to_owned());
        assert_eq!(request.verify().is_ok(), accepted, "{authority}");
    }
}

#[test]
fn default_ports_may_be_signed_or_not() {
    for (signed, sent, accepted) in [
        ("example.com", "example.com:80", true),
        ("example.com", "example.com:443", true),
        ("example.com:80", "example.com", true),
        ("example.com:443", "example.com", true),
        ("example.com", "example.com:4566", false),
        ("example.com:4566", "example.com", false),
        ("example.com:80", "example.com:443", false),
    ] {
        let mut request = Request::send_message();
        request.set("host", signed);
        let mut request = request.signed_at(&signer("sqs"), NOW);
        request.set("host", sent);
        assert_eq!(request.verify().is_ok(), accepted, "{signed} sent as {sent}");
    }
}

#[test]
fn clocks_may_differ_by_minutes() {
    const MINUTE: i64 = 60;
    for (service, behind, accepted) in [
        ("sqs", 0, true),
        ("sqs", 5 * MINUTE, true),
        ("sqs", 5 * MINUTE + 1, false),
        ("sqs", -5 * MINUTE, true),
        ("sqs", -5 * MINUTE - 1, false),
        ("sqs", 24 * 60 * MINUTE, false),
        ("s3", 15 * MINUTE, true),
        ("s3", 15 * MINUTE + 1, false),
        ("s3", -15 * MINUTE, true),
        ("s3", -15 * MINUTE - 1, false),
    ] {
        let request = Request::send_message().signed_at(&signer(service), NOW - behind);
        assert_eq!(request.verify().is_ok(), accepted, "{service} {behind} s behind");
    }
}

#[test]
fn presigned_requests_begin_and_end() {
    for (age, expires_in_seconds, accepted) in [
        (0, 60, true),
        (60, 60, true),
        (61, 60, false),
        (3600, 3600, true),
        (604_800, 604_800, true),
        (604_801, 604_800, false),
        (0, 0, true),
        (1, 0, false),
        (-900, 60, true),
        (-901, 60, false),
    ] {
        let request = Request::send_message().presigned_at(&signer("sqs"), NOW - age, expires_in_seconds);
        assert_eq!(
            request.verify().is_ok(),
            accepted,
            "{age} s old, good for {expires_in_seconds} s"
        );
    }
}

#[test]
fn times_are_refused_with_the_reckoning() {
    let signed_at = NOW - 300;
    let request = Request::send_message().signed_at(&signer("sqs"), signed_at);
    let text = |now: i64| request.verify_at(now).unwrap_err().to_string();
    assert_eq!(
        text(NOW + 300),
        "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T001000Z - 5 min.)"
    );
    assert_eq!(
        text(signed_at - 301),
        "Signature not yet current: 20260101T000000Z is still later than 20251231T235959Z \
         (20251231T235459Z + 5 min.)"
    );
    let presigned = Request::send_message().presigned_at(&signer("sqs"), signed_at, 90);
    assert_eq!(
        presigned.verify_at(signed_at + 91).unwrap_err().to_string(),
        "Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T000131Z - 90 sec.)"
    );
}

#[test]
fn a_presigned_request_may_leave_its_end_to_the_service() {
    // Signed by hand, since the signer always states it.
    let mut request = presigned();
    request.replace_in_query("&X-Amz-Expires=3600", "");
    let view = request.view();
    let parsed = parse(&view).unwrap().unwrap();
    let at = |now| {
        parsed
            .verify(&view, &request.body, SECRET, now, &SigningKeyCache::new(4))
            .unwrap_err()
    };
    assert_eq!(at(NOW + 900), SignatureError::Mismatch);
    assert!(matches!(at(NOW + 901), SignatureError::Expired { .. }));
}

#[test]
fn headers_that_matter_must_be_signed() {
    let mut request = signed();
    request.set("x-amz-more", "1");
    let error = request.verify().unwrap_err();
    assert_eq!(error.kind(), SignatureErrorKind::InvalidSignature);
    assert_eq!(
        error.to_string(),
        "'x-amz-more' must be a 'SignedHeader' in the AWS Authorization."
    );

    let mut request = presigned();
    request.set("x-amz-more", "1");
    assert!(matches!(request.verify(), Err(SignatureError::Unacceptable(_))));

    let mut request = signed();
    request.replace_in_authorization("content-type;host;", "content-type;");
    assert_eq!(
        request.verify().unwrap_err().to_string(),
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    );
}

#[test]
fn the_list_of_signed_headers_has_one_form() {
    for list in [
        "Content-Type;host;x-amz-date;x-amz-target",
        "host;content-type;x-amz-date;x-amz-target",
        "content-type;host;host;x-amz-date;x-amz-target",
        "content-type;host;missing;x-amz-date;x-amz-target",
        ";content-type;host;x-amz-date;x-amz-target",
        "content-type;host;x-amz-date;x-amz-target;",
    ] {
        let mut request = signed();
        request.replace_in_authorization("content-type;host;x-amz-date;x-amz-target", list);
        assert_eq!(request.verify(), Err(SignatureError::Mismatch), "{list}");
    }
}

#[test]
fn only_s3_may_leave_the_payload_unsigned() {
    for (service, stated, accepted) in [
        ("s3", Some("UNSIGNED-PAYLOAD"), true),
        ("s3", None, true),
        ("sqs", Some("UNSIGNED-PAYLOAD"), false),
        ("sqs", None, false),
    ] {
        let mut request = Request::send_message();
        if let Some(stated) = stated {
            request.set("x-amz-content-sha256", stated);
        }
        let mut request = request.presigned_at(&signer(service), NOW, 60);
        request.body = b"another body".to_vec();
        assert_eq!(request.verify().is_ok(), accepted, "{service} {stated:?}");
    }
}

#[test]
fn s3_states_its_payload_hash() {
    let mut request = Request::send_message().signed_at(&signer("s3"), NOW);
    assert_eq!(request.verify(), Ok(()));
    request.body.push(b' ');
    assert_eq!(request.verify(), Err(SignatureError::Mismatch));
    request.headers.remove("x-amz-content-sha256");
    request.replace_in_authorization("x-amz-content-sha256;", "");
    assert_eq!(
        request.verify().unwrap_err().to_string(),
        "Missing required header for this request: x-amz-content-sha256"
    );
}

#[test]
fn the_scope_must_fit_the_time_and_end_well() {
    let mut request = signed();
    request.replace_in_authorization("/20260101/", "/20260102/");
    assert_eq!(
        request.verify().unwrap_err().to_string(),
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260102' != \
         '20260101', from '20260101T000500Z'."
    );
    let mut request = signed();
    request.replace_in_authorization("aws4_request", "aws5_request");
    assert_eq!(
        request.verify().unwrap_err().to_string(),
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."
    );
}

#[test]
fn session_tokens_are_signed_and_exposed() {
    let signer = Signer {
        session_token: Some("token+/=".to_owned()),
        ..signer("sts")
    };
    let mut by_header = Request::send_message().signed_at(&signer, NOW);
    assert_eq!(by_header.verify(), Ok(()));
    assert_eq!(
        parse(&by_header.view()).unwrap().unwrap().session_token.unwrap(),
        "token+/="
    );
    by_header.set("x-amz-security-token", "another");
    assert_eq!(by_header.verify(), Err(SignatureError::Mismatch));

    let mut by_query = Request::send_message().presigned_at(&signer, NOW, 60);
    assert_eq!(by_query.verify(), Ok(()));
    assert_eq!(
        parse(&by_query.view()).unwrap().unwrap().session_token.unwrap(),
        "token+/="
    );
    by_query.replace_in_query("token%2B", "taken%2B");
    assert_eq!(by_query.verify(), Err(SignatureError::Mismatch));
}
