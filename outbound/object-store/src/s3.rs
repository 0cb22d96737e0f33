//! Stores that speak the S3 API.
//!
//! Source: [PutObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html),
//! [HeadBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use md5::{Digest, Md5};
use ninefold_outbound_http::{HttpClient, OutboundRequest};
use ninefold_time::Clock;
use rusty_s3::actions::{HeadBucket, PutObject};
use rusty_s3::{Credentials, Map, S3Action, UrlStyle};

use crate::{Bucket, NewObject, ObjectStore, StoreError, StoreFuture};

/// How long a signature is good for: longer than any request takes, clocks that differ somewhat included.
const SIGNATURE_LIFETIME: Duration = Duration::from_secs(900);
/// How long a bucket may be asked for.
const CHECK_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an object may take.
const PUT_TIMEOUT: Duration = Duration::from_secs(120);
/// Errors are short.
const ANSWER_BYTES: usize = 16 * 1024;

/// Which store, and who asks.
#[derive(Clone, Debug)]
pub struct S3Options {
    /// Where it is: `http` or `https`, a host, perhaps a port and a path.
    pub endpoint: String,
    /// The region that requests are signed for.
    pub region: String,
    /// How buckets are addressed.
    pub addressing: Addressing,
    /// Who asks.
    pub credentials: S3Credentials,
}

/// An access key.
#[derive(Clone)]
pub struct S3Credentials {
    /// Its id.
    pub key_id: String,
    /// Its secret.
    pub secret: String,
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("S3Credentials")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// How buckets are addressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addressing {
    /// In the path, as self-hosted stores want it.
    #[default]
    Path,
    /// In the host's name, as AWS wants it.
    VirtualHost,
}

/// A store that speaks the S3 API.
pub struct S3Store {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    options: S3Options,
    credentials: Credentials,
}

impl S3Store {
    /// A store that nothing has been asked of yet.
    ///
    /// # Errors
    ///
    /// What is wrong with the endpoint.
    pub fn new(http: HttpClient, options: S3Options, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let credentials = Credentials::new(
            options.credentials.key_id.clone(),
            options.credentials.secret.clone(),
        );
        let store = S3Store {
            http,
            clock,
            options,
            credentials,
        };
        store.bucket("bucket")?;
        Ok(store)
    }

    fn bucket(&self, name: &str) -> Result<rusty_s3::Bucket, StoreError> {
        let unusable = |reason: String| StoreError::Impossible {
            reason: format!(
                "{} can't be asked for bucket {name}: {reason}",
                self.options.endpoint
            ),
        };
        let endpoint = self.options.endpoint.parse();
        let endpoint = endpoint.map_err(|error| unusable(format!("{error}")))?;
        let style = match self.options.addressing {
            Addressing::Path => UrlStyle::Path,
            Addressing::VirtualHost => UrlStyle::VirtualHost,
        };
        rusty_s3::Bucket::new(endpoint, style, name.to_owned(), self.options.region.clone())
            .map_err(|error| unusable(error.to_string()))
    }

    async fn check_bucket(&self, bucket: &Bucket) -> Result<(), StoreError> {
        let place = self.bucket(&bucket.name)?;
        let mut action = HeadBucket::new(&place, Some(&self.credentials));
        let headers = [("x-amz-expected-bucket-owner", bucket.expected_owner.clone())];
        let uri = self.sign(&mut action, &headers);
        self.send(Method::HEAD, &uri, headers, Bytes::new(), CHECK_TIMEOUT)
            .await
    }

    async fn put_object(&self, bucket: &Bucket, object: NewObject) -> Result<(), StoreError> {
        let place = self.bucket(&bucket.name)?;
        let mut action = PutObject::new(&place, Some(&self.credentials), &object.key);
        let mut headers = vec![
            // What a signature in the URL says nothing of is what is put: so the store checks that it is what was sent.
            ("content-md5", STANDARD.encode(Md5::digest(&object.content))),
            (CONTENT_TYPE.as_str(), object.content_type.to_owned()),
            ("x-amz-expected-bucket-owner", bucket.expected_owner.clone()),
        ];
        headers.extend(object.storage_class.map(|class| ("x-amz-storage-class", class)));
        if let Some(key) = object.encryption_key {
            headers.push(("x-amz-server-side-encryption", "aws:kms".to_owned()));
            headers.push(("x-amz-server-side-encryption-aws-kms-key-id", key));
        }
        let uri = self.sign(&mut action, &headers);
        self.send(Method::PUT, &uri, headers, object.content, PUT_TIMEOUT)
            .await
    }

    /// The signed URL of a request that is sent with these headers.
    fn sign<'a>(&self, action: &mut impl S3Action<'a>, headers: &[(&'static str, String)]) -> String {
        let signed: &mut Map<'a> = action.headers_mut();
        for (name, value) in headers {
            signed.insert(*name, value.clone());
        }
        let now_milliseconds = i64::try_from(self.clock.now().as_millis()).unwrap_or(i64::MAX);
        let now = jiff::Timestamp::from_millisecond(now_milliseconds).unwrap_or(jiff::Timestamp::MAX);
        action.sign_with_time(SIGNATURE_LIFETIME, &now).into()
    }

    async fn send(
        &self,
        method: Method,
        uri: &str,
        headers: impl IntoIterator<Item = (&'static str, String)>,
        body: Bytes,
        timeout: Duration,
    ) -> Result<(), StoreError> {
        let unusable = |reason: String| StoreError::Impossible { reason };
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            let value =
                HeaderValue::from_str(&value).map_err(|error| unusable(format!("{name}: {error}")))?;
            sent.insert(HeaderName::from_static(name), value);
        }
        let answer = self.http.send(OutboundRequest {
            method,
            uri: uri.parse::<Uri>().map_err(|error| unusable(error.to_string()))?,
            headers: sent,
            body,
            timeout,
            response_limit_bytes: ANSWER_BYTES,
        });
        let answer = answer.await.map_err(|error| StoreError::from_outbound(&error))?;
        match answer.status.is_success() {
            true => Ok(()),
            false => {
                let body = String::from_utf8_lossy(&answer.body);
                Err(StoreError::from_answer(answer.status.as_u16(), &body))
            }
        }
    }
}

impl ObjectStore for S3Store {
    fn check<'a>(&'a self, bucket: &'a Bucket) -> StoreFuture<'a> {
        Box::pin(self.check_bucket(bucket))
    }

    fn put<'a>(&'a self, bucket: &'a Bucket, object: NewObject) -> StoreFuture<'a> {
        Box::pin(self.put_object(bucket, object))
    }
}

impl fmt::Debug for S3Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("S3Store")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
