//! The request that the tests sign, send, and spoil.

use http::{HeaderMap, HeaderName, HeaderValue};
use ninefold_sigv4::{RequestView, SignatureError, Signer, SigningKeyCache, parse};

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-01-01T00:05:00Z.
pub(crate) const NOW: i64 = 1_767_225_900;

pub(crate) fn signer(service: &str) -> Signer {
    Signer {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: SECRET.to_owned(),
        session_token: None,
        region: "eu-west-1".to_owned(),
        service: service.to_owned(),
    }
}

/// A request that owns its parts, for tests to change one.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) authority: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn send_message() -> Self {
        let mut request = Self {
            method: "POST".to_owned(),
            path: "/123456789012/queue".to_owned(),
            query: Some("a=1&b=2".to_owned()),
            headers: HeaderMap::new(),
            authority: None,
            body: b"{\"MessageBody\":\"text\"}".to_vec(),
        };
        request.set("host", "localhost:4566");
        request.set("content-type", "application/x-amz-json-1.0");
        request.set("x-amz-target", "AmazonSQS.SendMessage");
        request
    }

    pub(crate) fn signed_at(mut self, signer: &Signer, unix_seconds: i64) -> Self {
        let added = signer.sign(&self.view(), &self.body, unix_seconds).unwrap();
        self.headers.extend(added);
        self
    }

    pub(crate) fn presigned_at(
        mut self,
        signer: &Signer,
        unix_seconds: i64,
        expires_in_seconds: u32,
    ) -> Self {
        self.query = Some(
            signer
                .presign(&self.view(), &self.body, unix_seconds, expires_in_seconds)
                .unwrap(),
        );
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.insert(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    pub(crate) fn replace_in_authorization(&mut self, from: &str, to: &str) {
        let value = self.header("authorization");
        assert!(value.contains(from), "{value} lacks {from}");
        self.set("authorization", &value.replace(from, to));
    }

    pub(crate) fn replace_in_query(&mut self, from: &str, to: &str) {
        let query = self.query.take().unwrap();
        assert!(query.contains(from), "{query} lacks {from}");
        self.query = Some(query.replace(from, to));
    }

    pub(crate) fn view(&self) -> RequestView<'_> {
        RequestView {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            headers: &self.headers,
            authority: self.authority.as_deref(),
        }
    }

    pub(crate) fn verify_at(&self, now: i64) -> Result<(), SignatureError> {
        let view = self.view();
        let parsed = parse(&view)?.ok_or(SignatureError::MissingAuthenticationToken)?;
        parsed.verify(&view, &self.body, SECRET, now, &SigningKeyCache::new(4))
    }

    pub(crate) fn verify(&self) -> Result<(), SignatureError> {
        self.verify_at(NOW)
    }
}

pub(crate) fn signed() -> Request {
    Request::send_message().signed_at(&signer("sqs"), NOW)
}

pub(crate) fn presigned() -> Request {
    Request::send_message().presigned_at(&signer("sqs"), NOW, 3600)
}
