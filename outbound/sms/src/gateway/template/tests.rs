use proptest::prelude::*;
use serde_json::json;

use super::*;

fn template() -> GatewayTemplate {
    GatewayTemplate {
        method: Method::POST,
        url: "https://gateway.example/send".to_owned(),
        headers: Vec::new(),
        body: GatewayBody::Empty,
        default_sender: Some("NINEFOLD".parse().unwrap()),
        success: SuccessRule::default(),
        timeout: Duration::from_secs(10),
    }
}

fn message(text: &str) -> TextMessage {
    TextMessage {
        to: "+15550100".parse().unwrap(),
        text: text.to_owned(),
        sender: None,
        kind: SmsKind::Promotional,
        message_id: MessageId::new("0f8f-1").unwrap(),
    }
}

fn refusal(template: GatewayTemplate) -> InvalidTemplate {
    Template::parse(template).err().unwrap()
}

fn with_url(url: &str) -> GatewayTemplate {
    GatewayTemplate {
        url: url.to_owned(),
        ..template()
    }
}

fn with_body(body: GatewayBody) -> GatewayTemplate {
    GatewayTemplate { body, ..template() }
}

fn filled_body(body: GatewayBody, text: &str) -> String {
    let parsed = Template::parse(with_body(body)).unwrap();
    let message = message(text);
    let (_, body) = parsed
        .body(&Values::new(&message, parsed.default_sender.as_ref()))
        .unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn values_in_a_url_are_values_only() {
    let url = "https://gateway.example/{kind}/{to}?key=k%20y&text={text}&from={sender}#";
    assert_eq!(refusal(with_url(url)), InvalidTemplate::Url);
    let parsed = Template::parse(with_url(url.trim_end_matches('#'))).unwrap();
    let message = message("a&to=+1#x/../?y=1\r\nHost: b%00");
    let uri = parsed
        .uri(&Values::new(&message, parsed.default_sender.as_ref()))
        .unwrap();
    assert_eq!(
        uri.to_string(),
        "https://gateway.example/promotional/%2B15550100?key=k%20y&text=a%26to%3D%2B1%23x%2F%2E%2E%2F%3Fy%3D1%0D%0A\
         Host%3A%20b%2500&from=NINEFOLD"
    );
}

#[test]
fn values_in_a_form_are_values_only() {
    let form = "to={to}&text={text}&type=sms";
    assert_eq!(
        filled_body(GatewayBody::Form(form.to_owned()), "1 + 1 = 2 & {to}&to=+1"),
        "to=%2B15550100&text=1%20%2B%201%20%3D%202%20%26%20%7Bto%7D%26to%3D%2B1&type=sms"
    );
}

#[test]
fn values_in_json_are_parts_of_strings() {
    let body = r#"{"to": ["{to_digits}"], "text": "<{text}>", "flash": false, "from": {"name": "{sender}"}, "{to}": 1}"#;
    let filled = filled_body(
        GatewayBody::Json(body.to_owned()),
        "\",\"to\":[\"1\"]\\ \n\u{1F600}",
    );
    let value: serde_json::Value = serde_json::from_str(&filled).unwrap();
    assert_eq!(
        value,
        json!({
            "to": ["15550100"],
            "text": "<\",\"to\":[\"1\"]\\ \n\u{1F600}>",
            "flash": false,
            "from": {"name": "NINEFOLD"},
            "{to}": 1,
        })
    );
}

#[test]
fn headers_have_their_values() {
    let headers = [
        ("Authorization", "Basic a2V5"),
        ("Idempotency-Key", "sms-{message_id}"),
        ("X-Kind", "{kind}"),
    ];
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let parsed = Template::parse(GatewayTemplate {
        headers,
        ..template()
    })
    .unwrap();
    let message = message("a");
    let headers = parsed.headers(&Values::new(&message, None));
    assert_eq!(headers["authorization"], "Basic a2V5");
    assert_eq!(headers["idempotency-key"], "sms-0f8f-1");
    assert_eq!(headers["x-kind"], "promotional");
}

#[test]
fn templates_that_cannot_work_are_refused() {
    for (url, expected) in [
        ("", InvalidTemplate::Url),
        ("gateway.example/send", InvalidTemplate::Url),
        ("ftp://gateway.example/", InvalidTemplate::Url),
        ("https://", InvalidTemplate::Url),
        ("https://user:secret@gateway.example/", InvalidTemplate::Url),
        ("https://gateway.example/a b", InvalidTemplate::Url),
        ("{to}://gateway.example/", InvalidTemplate::Url),
        ("https://{to}/", InvalidTemplate::PlaceholderInHost),
        ("https://gateway.example{to}", InvalidTemplate::PlaceholderInHost),
        (
            "https://gateway.example/{text}?a={text}",
            InvalidTemplate::TextInPath,
        ),
        (
            "https://gateway.example/?a={phone}",
            InvalidTemplate::UnknownPlaceholder("phone".to_owned()),
        ),
    ] {
        assert_eq!(refusal(with_url(url)), expected, "{url}");
    }
    for (name, value, expected) in [
        ("X-Text", "{text}", InvalidTemplate::TextInHeader),
        ("X Text", "a", InvalidTemplate::Header("X Text".to_owned())),
        ("x-a", "a\r\nb: c", InvalidTemplate::Header("x-a".to_owned())),
        (
            "Content-Type",
            "text/plain",
            InvalidTemplate::Header("Content-Type".to_owned()),
        ),
    ] {
        let headers = vec![(name.to_owned(), value.to_owned())];
        assert_eq!(
            refusal(GatewayTemplate {
                headers,
                ..template()
            }),
            expected
        );
    }
    let method = Method::CONNECT;
    assert_eq!(
        refusal(GatewayTemplate { method, ..template() }),
        InvalidTemplate::Method
    );
    for json in [r#"{"to": {to}}"#, r#"{"to": "{to}""#, ""] {
        let refusal = refusal(with_body(GatewayBody::Json(json.to_owned())));
        assert!(matches!(refusal, InvalidTemplate::Json(_)), "{json}");
    }
    let success = SuccessRule {
        message_id_pointer: Some("id".to_owned()),
        ..SuccessRule::default()
    };
    let pointer = InvalidTemplate::Pointer("id".to_owned());
    assert_eq!(
        refusal(GatewayTemplate {
            success,
            ..template()
        }),
        pointer
    );
}

#[test]
fn a_sender_in_the_template_needs_a_default() {
    let header = vec![("X-From".to_owned(), "{sender}".to_owned())];
    for template in [
        with_url("https://gateway.example/?from={sender}"),
        with_body(GatewayBody::Form("from={sender}".to_owned())),
        with_body(GatewayBody::Json(r#"[{"from": ["{sender}"]}]"#.to_owned())),
        GatewayTemplate {
            headers: header,
            ..template()
        },
    ] {
        assert!(Template::parse(template.clone()).is_ok());
        let without = GatewayTemplate {
            default_sender: None,
            ..template
        };
        assert_eq!(refusal(without), InvalidTemplate::NoDefaultSender);
    }
}

#[test]
fn secrets_are_not_shown() {
    let template = GatewayTemplate {
        headers: vec![("Authorization".to_owned(), "Bearer s3cret".to_owned())],
        url: "https://gateway.example/?key=s3cret".to_owned(),
        body: GatewayBody::Form("key=s3cret".to_owned()),
        ..template()
    };
    assert!(!format!("{template:?}").contains("s3cret"));
}

/// The pairs of a form or a query, decoded.
fn pairs(form: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    form.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

proptest! {
    #[test]
    fn no_text_gets_out_of_its_place(text in "(?s).{0,200}") {
        let expected = vec![
            ("to".to_owned(), "+15550100".to_owned()),
            ("text".to_owned(), text.clone()),
            ("kind".to_owned(), "promotional".to_owned()),
        ];
        let pattern = "to={to}&text={text}&kind={kind}";
        prop_assert_eq!(&pairs(&filled_body(GatewayBody::Form(pattern.to_owned()), &text)), &expected);

        let parsed = Template::parse(with_url(&format!("https://gateway.example/send?{pattern}"))).unwrap();
        let message = message(&text);
        let uri = parsed.uri(&Values::new(&message, None)).unwrap();
        prop_assert_eq!(uri.path(), "/send");
        prop_assert_eq!(&pairs(uri.query().unwrap()), &expected);

        let json = r#"{"to": "{to}", "text": "{text}"}"#;
        let value: serde_json::Value =
            serde_json::from_str(&filled_body(GatewayBody::Json(json.to_owned()), &text)).unwrap();
        prop_assert_eq!(value, json!({"to": "+15550100", "text": text}));
    }
}
