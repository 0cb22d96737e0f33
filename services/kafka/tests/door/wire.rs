//! Over REST: paths with ARNs in them, queries, bodies and statuses.

use bytes::Bytes;
use http::Request;
use ninefold_model::kafka;
use ninefold_protocol::{Registry, answer};
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, cluster_input, settle, text};

/// A label of a path, as clients write it.
fn label(text: &str) -> String {
    text.replace(':', "%3A").replace('/', "%2F")
}

/// Sends a request: its status, its headers as they matter, and its body.
async fn send(fixture: &Fixture, method: &str, path: &str, body: Json) -> (u16, Option<String>, Json) {
    let body = match body {
        Json::Null => Bytes::new(),
        body => Bytes::from(body.to_string()),
    };
    let request = Request::builder().method(method).uri(path).body(()).unwrap();
    let (parts, ()) = request.into_parts();
    let route = Registry::new([kafka()]).route(&parts, &body, Some("kafka"));
    let route = match route {
        Ok(route) => route,
        Err(refused) => {
            return (
                refused.error.status,
                Some(refused.error.code.to_string()),
                Json::Null,
            );
        }
    };
    let response = answer(&*fixture.door, fixture.context(), route, parts, body).await;
    settle().await;
    let kind = response.headers().get("x-amzn-errortype");
    let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
    let body = match response.body().is_empty() {
        true => Json::Null,
        false => serde_json::from_slice(response.body()).unwrap(),
    };
    (response.status().as_u16(), kind, body)
}

/// With the names that members have on the wire.
fn on_the_wire(json: &Json) -> Json {
    let lower = |name: &String| name[..1].to_ascii_lowercase() + &name[1..];
    match json {
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (lower(name), on_the_wire(value)))
            .collect(),
        Json::Array(elements) => elements.iter().map(on_the_wire).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn paths_carry_arns() {
    let fixture = Fixture::new().await;
    let input = on_the_wire(&cluster_input("shop", json!({})));
    let (status, _, created) = send(&fixture, "POST", "/v1/clusters", input).await;
    assert_eq!((status, &created["state"]), (200, &json!("CREATING")));
    let arn = text(&created["clusterArn"]);
    let path = format!("/v1/clusters/{}", label(&arn));
    let (status, _, described) = send(&fixture, "GET", &path, Json::Null).await;
    let info = &described["clusterInfo"];
    assert_eq!(
        (status, &info["clusterArn"], &info["state"]),
        (200, &json!(arn), &json!("ACTIVE"))
    );
    assert_eq!(info["creationTime"], "2026-01-01T00:00:00Z");
    let second = format!("/api/v2/clusters/{}", label(&arn));
    let (_, _, described) = send(&fixture, "GET", &second, Json::Null).await;
    assert_eq!(described["clusterInfo"]["clusterType"], "PROVISIONED");
    let (status, _, brokers) = send(&fixture, "GET", &format!("{path}/bootstrap-brokers"), Json::Null).await;
    assert_eq!((status, brokers.as_object().unwrap().len()), (200, 2));
    let (_, _, nodes) = send(&fixture, "GET", &format!("{path}/nodes?maxResults=1"), Json::Null).await;
    let token = text(&nodes["nextToken"]);
    let (_, _, nodes) = send(
        &fixture,
        "GET",
        &format!("{path}/nodes?nextToken={token}"),
        Json::Null,
    )
    .await;
    assert_eq!(nodes["nodeInfoList"].as_array().unwrap().len(), 2);
    let security = json!({ "currentVersion": info["currentVersion"], "encryptionInfo": { "encryptionInTransit": { "clientBroker": "TLS" } } });
    let (status, _, updated) = send(&fixture, "PATCH", &format!("{path}/security"), security).await;
    assert_eq!(status, 200);
    let operation = format!("/v1/operations/{}", label(&text(&updated["clusterOperationArn"])));
    let (_, _, operation) = send(&fixture, "GET", &operation, Json::Null).await;
    assert_eq!(
        operation["clusterOperationInfo"]["operationState"],
        "UPDATE_COMPLETE"
    );
    let (status, kind, refused) = send(
        &fixture,
        "DELETE",
        &format!("{path}?currentVersion=K1"),
        Json::Null,
    )
    .await;
    assert_eq!((status, kind.as_deref()), (400, Some("BadRequestException")));
    assert_eq!(refused["invalidParameter"], "currentVersion");
    let (status, _, _) = send(&fixture, "DELETE", &path, Json::Null).await;
    assert_eq!(status, 200);
    let (status, kind, refused) = send(&fixture, "GET", &path, Json::Null).await;
    assert_eq!((status, kind.as_deref()), (404, Some("NotFoundException")));
    assert_eq!(
        refused,
        json!({ "message": "The requested resource doesn't exist." })
    );
}

#[tokio::test]
async fn tags_and_properties_travel_where_they_are_bound() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("shop", json!({})).await;
    let tags = format!("/v1/tags/{}", label(&arn));
    let (status, _, body) = send(
        &fixture,
        "POST",
        &tags,
        json!({ "tags": { "a": "1", "b": "2", "c": "3" } }),
    )
    .await;
    assert_eq!((status, body), (204, Json::Null));
    let (status, _, _) = send(
        &fixture,
        "DELETE",
        &format!("{tags}?tagKeys=a&tagKeys=b"),
        Json::Null,
    )
    .await;
    assert_eq!(status, 204);
    let (_, _, listed) = send(&fixture, "GET", &tags, Json::Null).await;
    assert_eq!(listed, json!({ "tags": { "c": "3" } }));
    let configuration = json!({ "name": "shop", "serverProperties": "bnVtLnBhcnRpdGlvbnM9Mw==" });
    let (_, _, created) = send(&fixture, "POST", "/v1/configurations", configuration).await;
    let revision = format!("/v1/configurations/{}/revisions/1", label(&text(&created["arn"])));
    let (_, _, revision) = send(&fixture, "GET", &revision, Json::Null).await;
    assert_eq!(revision["serverProperties"], "bnVtLnBhcnRpdGlvbnM9Mw==");
}

#[tokio::test]
async fn what_is_asked_wrongly_says_what_is_wrong() {
    let fixture = Fixture::new().await;
    let (status, kind, _) = send(&fixture, "GET", "/v1/unknown", Json::Null).await;
    assert_eq!(
        (status, kind.as_deref()),
        (404, Some("UnknownOperationException"))
    );
    let (status, kind, refused) = send(&fixture, "GET", "/v1/clusters?maxResults=101", Json::Null).await;
    assert_eq!((status, kind.as_deref()), (400, Some("BadRequestException")));
    assert_eq!(refused["invalidParameter"], "maxResults");
    let (status, kind, _) = send(&fixture, "GET", "/v1/clusters?maxResults=x", Json::Null).await;
    assert_eq!((status, kind.as_deref()), (400, Some("SerializationException")));
    let (status, kind, _) = send(&fixture, "GET", "/v1/clusters/shop", Json::Null).await;
    assert_eq!((status, kind.as_deref()), (400, Some("BadRequestException")));
}
