//! Connections against a real authorization server and a real endpoint, both on loopback, with a driven clock.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod invocations;
mod server;
mod tokens;

use std::sync::Arc;

use ninefold_outbound_authorization::{
    Authorization, ClientCredentials, Connection, ConnectionParameters, Endpoint, Invocation, Method,
    TargetParameters, TokenMethod,
};
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions};
use ninefold_time::ManualClock;

use crate::server::Server;

/// A client that may connect to loopback.
fn http() -> HttpClient {
    HttpClient::new(HttpClientOptions {
        egress: EgressRules::everything(),
        ..HttpClientOptions::default()
    })
    .unwrap()
}

fn client(endpoint: &str) -> ClientCredentials {
    let none = ConnectionParameters::default();
    ClientCredentials::new(endpoint, TokenMethod::Post, "client", "secret", &none).unwrap()
}

/// A connection that gets its tokens from a server.
fn connection(authorization_server: &Server, clock: &ManualClock) -> Connection {
    Connection::new(
        Authorization::ClientCredentials(client(&authorization_server.url("/token"))),
        ConnectionParameters::default(),
        http(),
        Arc::new(clock.clone()),
    )
}

/// Sends an event and returns the status of the answer.
async fn invoke(connection: &Connection, url: &str) -> u16 {
    let endpoint: Endpoint = url.parse().unwrap();
    let invocation = Invocation {
        endpoint: &endpoint,
        method: Method::Post,
        target: &TargetParameters::default(),
        body: "{}".into(),
    };
    connection.invoke(&invocation).await.unwrap().status.as_u16()
}
