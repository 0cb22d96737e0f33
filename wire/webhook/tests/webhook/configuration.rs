use ninefold_webhook::{Scheme, SchemeError};

#[test]
fn schemes_come_back_as_they_were_written() {
    for json in [
        r#"{"scheme":"github"}"#,
        r#"{"scheme":"stripe"}"#,
        r#"{"scheme":"slack"}"#,
        r#"{"scheme":"hmac","signature_header":"x-signature","signature_prefix":"","digest":"sha256","encoding":"hex","detail_type":{"text":"webhook"}}"#,
        r#"{"scheme":"hmac","signature_header":"x-signature","signature_prefix":"sha1=","digest":"sha1","encoding":"base64","timestamp":{"header":"x-time","unit":"milliseconds","separator":".","tolerance_seconds":60},"detail_type":{"header":"x-kind"},"delivery_id":{"pointer":"/id"}}"#,
        r#"{"scheme":"hmac","signature_header":"x-signature","signature_prefix":"","digest":"sha512","encoding":"hex","timestamp":{"header":"x-time","unit":"seconds","separator":"","tolerance_seconds":300},"detail_type":{"pointer":"/type"},"delivery_id":{"header":"x-id"}}"#,
    ] {
        let scheme = Scheme::parse(json).unwrap();
        assert_eq!(scheme.to_json(), json);
        assert_eq!(Scheme::parse(&scheme.to_json()), Ok(scheme));
    }
}

#[test]
fn only_the_header_has_to_be_said() {
    let short =
        Scheme::parse(r#"{"scheme":"hmac","signature_header":"X-Signature","timestamp":{"header":"T"}}"#);
    let long = Scheme::parse(
        r#"{"scheme":"hmac","signature_header":"x-signature","signature_prefix":"","digest":"sha256","encoding":"hex","timestamp":{"header":"t","unit":"seconds","separator":"","tolerance_seconds":300},"detail_type":{"text":"webhook"}}"#,
    );
    assert_eq!(short.unwrap(), long.unwrap());
}

#[test]
fn what_is_no_scheme_is_refused() {
    for json in [
        "",
        "{}",
        "\"github\"",
        r#"{"scheme":"gitlab"}"#,
        r#"{"scheme":"github","signature_header":"x"}"#,
        r#"{"scheme":"hmac"}"#,
        r#"{"scheme":"hmac","signature_header":"x","secret":"s"}"#,
        r#"{"scheme":"hmac","signature_header":"x","digest":"md5"}"#,
        r#"{"scheme":"hmac","signature_header":"x","detail_type":{"text":"a","header":"b"}}"#,
        r#"{"scheme":"hmac","signature_header":"x","delivery_id":{"text":"a"}}"#,
    ] {
        let error = Scheme::parse(json).unwrap_err();
        assert!(matches!(error, SchemeError::Syntax(_)), "{json}: {error:?}");
    }
}

#[test]
fn members_are_checked() {
    let long = "p".repeat(65);
    for (expected, members) in [
        (
            "signature_header",
            r#""signature_header":"not a header""#.to_owned(),
        ),
        (
            "signature_prefix",
            format!(r#""signature_header":"x","signature_prefix":"{long}""#),
        ),
        (
            "timestamp.header",
            r#""signature_header":"x","timestamp":{"header":""}"#.to_owned(),
        ),
        (
            "timestamp.separator",
            format!(r#""signature_header":"x","timestamp":{{"header":"t","separator":"{long}"}}"#),
        ),
        (
            "timestamp.tolerance_seconds",
            r#""signature_header":"x","timestamp":{"header":"t","tolerance_seconds":0}"#.to_owned(),
        ),
        (
            "timestamp.tolerance_seconds",
            r#""signature_header":"x","timestamp":{"header":"t","tolerance_seconds":3601}"#.to_owned(),
        ),
        (
            "detail_type",
            r#""signature_header":"x","detail_type":{"text":""}"#.to_owned(),
        ),
        (
            "detail_type",
            r#""signature_header":"x","detail_type":{"pointer":"type"}"#.to_owned(),
        ),
        (
            "delivery_id",
            r#""signature_header":"x","delivery_id":{"header":"a b"}"#.to_owned(),
        ),
    ] {
        match Scheme::parse(&format!(r#"{{"scheme":"hmac",{members}}}"#)) {
            Err(SchemeError::Member { member, .. }) => assert_eq!(member, expected),
            other => panic!("{members}: {other:?}"),
        }
    }
    let huge = format!(r#"{{"scheme":"github"{}}}"#, " ".repeat(9_000));
    assert!(matches!(Scheme::parse(&huge), Err(SchemeError::TooLong { .. })));
}

#[test]
fn known_services_have_a_source() {
    let sources = ["github", "stripe", "slack"].map(|scheme| {
        let scheme = Scheme::parse(&format!(r#"{{"scheme":"{scheme}"}}"#)).unwrap();
        scheme.source()
    });
    assert_eq!(
        sources,
        [Some("github.com"), Some("stripe.com"), Some("slack.com")]
    );
}
