//! [Headers in requests to API
//! destinations](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html#eb-api-destination-headers).

use http::header::{self, CONTENT_TYPE, RANGE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{ConnectionParameters, Credential, TargetParameters};

/// How EventBridge introduces itself, to authorization servers too.
pub(crate) const AGENT: HeaderValue = HeaderValue::from_static("Amazon/EventBridge/ApiDestinations");
const FIRST_MEBIBYTE: HeaderValue = HeaderValue::from_static("bytes=0-1048575");
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// What nobody may set: "Headers EventBridge removes from requests to API destinations".
const REMOVED: [HeaderName; 33] = [
    HeaderName::from_static("a-im"),
    header::ACCEPT_CHARSET,
    HeaderName::from_static("accept-datetime"),
    header::ACCEPT_ENCODING,
    header::CACHE_CONTROL,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    HeaderName::from_static("content-md5"),
    header::DATE,
    header::EXPECT,
    header::FORWARDED,
    header::FROM,
    header::HOST,
    HeaderName::from_static("http2-settings"),
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::IF_UNMODIFIED_SINCE,
    header::MAX_FORWARDS,
    header::ORIGIN,
    header::PRAGMA,
    header::PROXY_AUTHORIZATION,
    header::RANGE,
    header::REFERER,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::USER_AGENT,
    header::UPGRADE,
    header::VIA,
    header::WARNING,
];

/// Whether a header is removed, whoever sets it.
pub(crate) fn is_removed(name: &HeaderName) -> bool {
    REMOVED.contains(name)
}

/// The headers of a request: the connection's win over the target's, and the credential over both.
pub(crate) fn headers(
    target: &TargetParameters,
    connection: &ConnectionParameters,
    credential: &Credential,
) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, JSON)]);
    for (name, value) in target.headers.iter().chain(&connection.headers) {
        headers.insert(name, value.clone());
    }
    headers.insert(credential.name.clone(), credential.value.clone());
    for name in &REMOVED {
        headers.remove(name);
    }
    headers.insert(USER_AGENT, AGENT);
    headers.insert(RANGE, FIRST_MEBIBYTE);
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_wins_over_the_target_and_the_credential_over_both() {
        let (mut target, mut connection) = (TargetParameters::default(), ConnectionParameters::default());
        for (name, value) in [
            ("X-Own", "target"),
            ("X-Both", "target"),
            ("Authorization", "target"),
        ] {
            target.add_header(name, value).unwrap();
        }
        for (name, value) in [("x-both", "connection"), ("authorization", "connection")] {
            connection.add_header(name, value).unwrap();
        }
        let credential = Credential::basic("a", "b").unwrap();
        let headers = headers(&target, &connection, &credential);
        assert_eq!(headers["x-own"], "target");
        assert_eq!(headers["x-both"], "connection");
        assert_eq!(headers["authorization"], "Basic YTpi");
        assert_eq!(headers["content-type"], "application/json; charset=utf-8");
        assert_eq!(headers["user-agent"], "Amazon/EventBridge/ApiDestinations");
        assert_eq!(headers["range"], "bytes=0-1048575");
        assert_eq!(headers.len(), 6);
    }

    #[test]
    fn the_content_type_can_be_changed_and_the_removed_ones_cannot_be_set() {
        let (mut target, mut connection) = (TargetParameters::default(), ConnectionParameters::default());
        target
            .add_header("Content-Type", "application/cloudevents+json")
            .unwrap();
        for name in &REMOVED {
            target.add_header(name.as_str(), "x").unwrap();
            connection.add_header(name.as_str(), "y").unwrap();
        }
        let credential = Credential::api_key("key", "k").unwrap();
        let headers = headers(&target, &connection, &credential);
        let mut left: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        left.sort_unstable();
        assert_eq!(
            left,
            [
                ("content-type", "application/cloudevents+json"),
                ("key", "k"),
                ("range", "bytes=0-1048575"),
                ("user-agent", "Amazon/EventBridge/ApiDestinations"),
            ]
        );
    }
}
