//! The signatures of another implementation: accepted by the verifier, reproduced by the signer.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

use http::{HeaderMap, HeaderName, HeaderValue};
use ninefold_sigv4::{RequestView, SignatureForm, Signer, SigningKeyCache, SigningTime, credential, parse};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Vectors {
    access_key_id: String,
    secret_access_key: String,
    requests: Vec<Vector>,
}

/// See `generate_vectors.py`.
#[derive(Deserialize)]
struct Vector {
    name: String,
    region: String,
    service: String,
    signed_at: String,
    session_token: Option<String>,
    expires_in_seconds: Option<u32>,
    method: String,
    path: String,
    unsigned_query: Option<String>,
    query: Option<String>,
    headers: Vec<(String, String)>,
    added_headers: Vec<(String, String)>,
    body: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn header_map<'a>(headers: impl IntoIterator<Item = &'a (String, String)>) -> HeaderMap {
    headers
        .into_iter()
        .map(|(name, value)| {
            (
                name.parse::<HeaderName>().unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

fn unix_seconds(signed_at: &str) -> i64 {
    let [year, month, day, hour, minute, second] =
        [0..4, 4..6, 6..8, 9..11, 11..13, 13..15].map(|range| signed_at[range].parse::<i64>().unwrap());
    let days = (1970..year)
        .map(|year| if is_leap(year) { 366 } else { 365 })
        .sum::<i64>()
        + (1..month).map(|month| days_of(year, month)).sum::<i64>()
        + day
        - 1;
    ((days * 24 + hour) * 60 + minute) * 60 + second
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[test]
fn the_verifier_accepts_every_vector() {
    let Vectors {
        access_key_id,
        secret_access_key,
        requests,
    } = vectors();
    assert!(requests.len() > 40);
    let cache = SigningKeyCache::new(100);
    for vector in &requests {
        let headers = header_map(vector.headers.iter().chain(&vector.added_headers));
        let request = RequestView {
            method: &vector.method,
            path: &vector.path,
            query: vector.query.as_deref(),
            headers: &headers,
            authority: None,
        };
        let parsed = parse(&request).unwrap().unwrap();
        assert_eq!(parsed.signed_at.to_string(), vector.signed_at, "{}", vector.name);
        assert_eq!(
            parsed.credential.access_key_id(),
            access_key_id,
            "{}",
            vector.name
        );
        assert_eq!(parsed.credential.region(), vector.region, "{}", vector.name);
        assert_eq!(parsed.credential.service(), vector.service, "{}", vector.name);
        assert_eq!(
            parsed.session_token,
            vector.session_token.as_deref().map(Into::into),
            "{}",
            vector.name
        );
        assert_eq!(
            credential(&request),
            Some(parsed.credential.clone()),
            "{}",
            vector.name
        );
        let form = match vector.expires_in_seconds {
            None => SignatureForm::Header,
            expires_in_seconds => SignatureForm::Presigned { expires_in_seconds },
        };
        assert_eq!(parsed.form, form, "{}", vector.name);
        let now = unix_seconds(&vector.signed_at);
        assert_eq!(
            SigningTime::from_unix_seconds(now),
            parsed.signed_at,
            "{}",
            vector.name
        );
        for pass in ["derived", "cached"] {
            let verified = parsed.verify(&request, vector.body.as_bytes(), &secret_access_key, now, &cache);
            assert_eq!(verified, Ok(()), "{} with a {pass} key", vector.name);
        }
        let wrong_key = parsed.verify(&request, vector.body.as_bytes(), "another secret", now, &cache);
        assert!(wrong_key.is_err(), "{}", vector.name);
    }
}

#[test]
fn the_signer_reproduces_every_vector() {
    let Vectors {
        access_key_id,
        secret_access_key,
        requests,
    } = vectors();
    // The generator leaves default ports out of what it signs, the signer signs the header as it stands.
    let reproducible = requests
        .iter()
        .filter(|vector| !vector.name.starts_with("default-port"));
    for vector in reproducible {
        let signer = Signer {
            access_key_id: access_key_id.clone(),
            secret_access_key: secret_access_key.clone(),
            session_token: vector.session_token.clone(),
            region: vector.region.clone(),
            service: vector.service.clone(),
        };
        let headers = header_map(&vector.headers);
        let request = RequestView {
            method: &vector.method,
            path: &vector.path,
            query: vector.unsigned_query.as_deref(),
            headers: &headers,
            authority: None,
        };
        let now = unix_seconds(&vector.signed_at);
        match vector.expires_in_seconds {
            None => {
                let added = signer.sign(&request, vector.body.as_bytes(), now).unwrap();
                let expected: Vec<_> = vector
                    .added_headers
                    .iter()
                    .filter(|(name, _)| name != "content-length")
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                let mut added: Vec<_> = added
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
                    .collect();
                added.sort_unstable();
                assert_eq!(added, expected, "{}", vector.name);
            }
            Some(expires_in_seconds) => {
                let query = signer
                    .presign(&request, vector.body.as_bytes(), now, expires_in_seconds)
                    .unwrap();
                assert_eq!(Some(query), vector.query, "{}", vector.name);
            }
        }
    }
}

/// What AWS published for its test suite, so that the generator itself is held to something.
#[test]
fn the_suite_has_its_published_signatures() {
    let published = [
        (
            "suite-get-vanilla",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "suite-get-header-key-duplicate",
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        ),
        (
            "suite-get-header-value-order",
            "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
        ),
        (
            "suite-get-header-value-trim",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            "suite-get-unreserved",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        ),
        (
            "suite-get-utf8",
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        ),
        (
            "suite-get-vanilla-empty-query-key",
            "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
        ),
        (
            "suite-get-vanilla-query-order-key-case",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "suite-get-vanilla-query-unreserved",
            "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
        ),
        (
            "suite-get-vanilla-utf8-query",
            "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        ),
        (
            "suite-normalize-path-get-relative",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "suite-normalize-path-get-slash-pointless-dot",
            "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
        ),
        (
            "suite-normalize-path-get-slashes",
            "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
        ),
        (
            "suite-normalize-path-get-space",
            "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
        ),
        (
            "suite-post-vanilla",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "suite-post-header-key-sort",
            "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        ),
        (
            "suite-post-x-www-form-urlencoded",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            "suite-post-x-www-form-urlencoded-parameters",
            "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
        ),
    ];
    let generated: BTreeMap<String, String> = vectors()
        .requests
        .into_iter()
        .flat_map(|vector| {
            vector
                .added_headers
                .into_iter()
                .map(move |header| (vector.name.clone(), header))
        })
        .filter(|(_, (name, _))| name == "authorization")
        .map(|(vector, (_, value))| (vector, value))
        .collect();
    for (name, signature) in published {
        assert!(
            generated[name].ends_with(&format!("Signature={signature}")),
            "{name}"
        );
    }
}
