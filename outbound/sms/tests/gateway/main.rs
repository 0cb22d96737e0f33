//! The gateway against a small HTTP server on loopback.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod server;

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions};
use ninefold_outbound_sms::{
    AnswerRule, GatewayBody, GatewayTemplate, HttpGateway, MessageId, SmsErrorKind, SmsKind, SmsProvider,
    SmsReceipt, SuccessRule, TextMessage,
};
use ninefold_time::ManualClock;
use serde_json::json;
use server::{Answer, Server};

fn message(text: &str) -> TextMessage {
    TextMessage {
        to: "+15550100".parse().unwrap(),
        text: text.to_owned(),
        sender: Some("My Shop".parse().unwrap()),
        kind: SmsKind::Transactional,
        message_id: MessageId::new("0f8f-1").unwrap(),
    }
}

fn template(server: &Server, path: &str, body: GatewayBody) -> GatewayTemplate {
    GatewayTemplate {
        method: Method::POST,
        url: format!("http://{}{path}", server.address),
        headers: vec![
            ("Authorization".to_owned(), "Bearer key".to_owned()),
            ("Idempotency-Key".to_owned(), "{message_id}".to_owned()),
        ],
        body,
        default_sender: Some("NINEFOLD".parse().unwrap()),
        success: SuccessRule {
            message_id_pointer: Some("/id".to_owned()),
            ..SuccessRule::default()
        },
        timeout: Duration::from_secs(10),
    }
}

fn gateway(template: GatewayTemplate) -> HttpGateway {
    let client = HttpClient::new(HttpClientOptions {
        egress: EgressRules::everything(),
        ..HttpClientOptions::default()
    })
    .unwrap();
    HttpGateway::new(template, client, Arc::new(ManualClock::default())).unwrap()
}

fn json_body() -> GatewayBody {
    GatewayBody::Json(r#"{"to": "{to}", "text": "{text}", "from": "{sender}"}"#.to_owned())
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

#[tokio::test]
async fn a_message_goes_out_as_json() {
    let server = Server::start(Answer::new(202, r#"{"id": "SM42"}"#)).await;
    let gateway = gateway(template(&server, "/messages", json_body()));
    let text = format!("{}\",\"to\":\"+1\"", "\u{e1}".repeat(70));
    let receipt = gateway.send(&message(&text)).await.unwrap();
    let expected = SmsReceipt {
        provider_message_id: Some("SM42".to_owned()),
        parts: 2,
    };
    assert_eq!(receipt, expected);
    let seen = &server.seen()[0];
    assert_eq!((&*seen.method, &*seen.target), ("POST", "/messages"));
    assert_eq!(seen.headers["authorization"], "Bearer key");
    assert_eq!(seen.headers["idempotency-key"], "0f8f-1");
    assert_eq!(seen.headers["content-type"], "application/json");
    let body: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(body, json!({"to": "+15550100", "text": text, "from": "My Shop"}));
}

#[tokio::test]
async fn a_message_goes_out_as_a_form() {
    let server = Server::start(Answer::new(200, "queued")).await;
    let form = "To={to}&Body={text}&From={sender}&Class={kind}".to_owned();
    let gateway = gateway(template(&server, "/sms", GatewayBody::Form(form)));
    let text = "1&To=+1555\u{0}\r\n\r\nGET / HTTP/1.1 \u{1F600}%26";
    let receipt = gateway.send(&message(text)).await.unwrap();
    assert_eq!((receipt.provider_message_id, receipt.parts), (None, 1));
    let seen = &server.seen()[0];
    assert_eq!(seen.headers["content-type"], "application/x-www-form-urlencoded");
    let expected = [
        ("To", "+15550100"),
        ("Body", text),
        ("From", "My Shop"),
        ("Class", "transactional"),
    ];
    assert_eq!(
        pairs(&seen.body),
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_message_goes_out_in_the_url() {
    let server = Server::start(Answer::new(200, "")).await;
    let path = "/send/{to_digits}?user=u&text={text}&id={message_id}";
    let gateway = gateway(GatewayTemplate {
        method: Method::GET,
        ..template(&server, path, GatewayBody::Empty)
    });
    let text = "a&user=eve#/../?\r\nX: y";
    gateway.send(&message(text)).await.unwrap();
    let seen = &server.seen()[0];
    let (path, query) = seen.target.split_once('?').unwrap();
    assert_eq!((&*seen.method, path, &*seen.body), ("GET", "/send/15550100", ""));
    let expected = [("user", "u"), ("text", text), ("id", "0f8f-1")];
    assert_eq!(
        pairs(query),
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert!(!seen.headers.contains_key("x"));
}

#[tokio::test]
async fn statuses_say_what_to_do() {
    let retry_after = Some(Duration::from_secs(7));
    for (answer, expected) in [
        (
            Answer::new(429, "").with_retry_after("7"),
            SmsErrorKind::Throttled { retry_after },
        ),
        (
            Answer::new(429, ""),
            SmsErrorKind::Throttled { retry_after: None },
        ),
        (
            Answer::new(503, "").with_retry_after("7"),
            SmsErrorKind::Transient,
        ),
        (Answer::new(500, r#"{"id": "SM42"}"#), SmsErrorKind::Transient),
        (Answer::new(401, ""), SmsErrorKind::Transient),
        (Answer::new(400, ""), SmsErrorKind::Permanent),
        (Answer::new(302, ""), SmsErrorKind::Permanent),
    ] {
        let server = Server::start(answer.clone()).await;
        let gateway = gateway(template(&server, "/messages", json_body()));
        let error = gateway.send(&message("Hi")).await.unwrap_err();
        assert_eq!(error.kind, expected, "{answer:?}");
        assert!(error.reason.contains(&answer.status.to_string()), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_of_success_can_be_a_refusal() {
    for (body, expected) in [
        (r#"{"status": 0, "id": 7}"#, Ok(Some("7".to_owned()))),
        (r#"{"status": 1}"#, Err(SmsErrorKind::Transient)),
        (r#"{"status": 2}"#, Err(SmsErrorKind::Permanent)),
        ("<html>", Err(SmsErrorKind::Permanent)),
    ] {
        let server = Server::start(Answer::new(200, body)).await;
        let mut template = template(&server, "/messages", json_body());
        template.success.answer = Some(AnswerRule {
            pointer: "/status".to_owned(),
            accepted: vec![json!(0)],
            transient: vec![json!(1)],
        });
        let result = gateway(template).send(&message("Hi")).await;
        let result = result
            .map(|receipt| receipt.provider_message_id)
            .map_err(|error| error.kind);
        assert_eq!(result, expected, "{body}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let body = format!(r#"{{"id": "SM42", "more": "{}"}}"#, "x".repeat(100_000));
    let server = Server::start(Answer::new(200, &body)).await;
    let receipt = gateway(template(&server, "/messages", json_body()))
        .send(&message("Hi"))
        .await
        .unwrap();
    assert_eq!(receipt.provider_message_id, None);
}

#[tokio::test]
async fn a_gateway_that_is_gone_is_reported_as_transient() {
    let server = Server::start(Answer::new(200, "")).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let template = GatewayTemplate {
        url: format!("http://{free}/"),
        ..template(&server, "/", json_body())
    };
    let error = gateway(template).send(&message("Hi")).await.unwrap_err();
    assert_eq!(error.kind, SmsErrorKind::Transient);
}

#[tokio::test]
async fn what_cannot_be_sent_is_permanent() {
    let server = Server::start(Answer::new(200, "")).await;
    let gateway = gateway(template(&server, "/?text={text}", GatewayBody::Empty));
    for text in ["\u{e4}".repeat(12_000), "a".repeat(153 * 255 + 1)] {
        let error = gateway.send(&message(&text)).await.unwrap_err();
        assert_eq!(error.kind, SmsErrorKind::Permanent, "{error}");
    }
    assert!(server.seen().is_empty());
}
