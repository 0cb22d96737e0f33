use std::net::IpAddr;

use ninefold_outbound_http::{EgressRule, EgressRules, HttpClient, HttpClientOptions, OutboundError};

use crate::support::{get, start};

fn guarded(allowed: &[&str]) -> HttpClient {
    let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
    HttpClient::new(HttpClientOptions {
        egress: EgressRules::guarded(allowed),
        ..HttpClientOptions::default()
    })
    .unwrap()
}

#[tokio::test]
async fn no_way_of_writing_loopback_gets_through() {
    let server = start(None).await;
    let port = server.address.port();
    let client = guarded(&[]);
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
    ] {
        let error = get(&client, &format!("http://{host}:{port}/")).await.unwrap_err();
        assert!(
            matches!(
                error,
                OutboundError::Refused {
                    rule: EgressRule::Loopback,
                    ..
                }
            ),
            "{host}: {error:?}"
        );
        assert!(!error.is_transient());
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_refusal_names_the_address_and_the_rule() {
    let error = get(&guarded(&[]), "http://169.254.169.254/latest/meta-data/")
        .await
        .unwrap_err();
    assert_eq!(
        error,
        OutboundError::Refused {
            address: IpAddr::from([169, 254, 169, 254]),
            rule: EgressRule::LinkLocal
        }
    );
    assert_eq!(
        error.to_string(),
        "169.254.169.254 is refused by the egress rules: a link-local address"
    );
}

#[tokio::test]
async fn what_is_allowed_gets_through() {
    let server = start(None).await;
    let client = guarded(&["127.0.0.1/32"]);
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let uri = format!("http://{host}:{}/", server.address.port());
        assert_eq!(get(&client, &uri).await.unwrap().body, "GET / ", "{host}");
    }
}

#[tokio::test]
async fn a_name_that_cannot_exist_is_not_resolved() {
    // Longer than a label may be, so that no resolver has to be asked.
    let uri = format!("http://{}.test/", "a".repeat(64));
    let error = get(&guarded(&[]), &uri).await.unwrap_err();
    assert!(matches!(error, OutboundError::Resolve { .. }), "{error:?}");
}
