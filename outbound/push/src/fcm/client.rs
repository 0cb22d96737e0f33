use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Uri};
use ninefold_outbound_http::{HttpClient, OutboundRequest, OutboundResponse};
use ninefold_time::Clock;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::endpoint::Endpoint;
use crate::fcm::access_token::AccessTokens;
use crate::fcm::service_account::ServiceAccount;
use crate::fcm::{answer, payload};
use crate::{CredentialsError, PushError, PushOptions, PushReceipt};

/// FCM asks for at least ten seconds.
const TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_BYTES: usize = 64 * 1024;

/// Which FCM is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FcmEndpoints {
    /// The base URL that messages are sent to.
    pub messages: Uri,
    /// Where access tokens are had; without it, where the service account says.
    pub tokens: Option<Uri>,
}

impl Default for FcmEndpoints {
    /// Google's own.
    fn default() -> Self {
        FcmEndpoints {
            messages: Uri::from_static("https://fcm.googleapis.com"),
            tokens: None,
        }
    }
}

/// Sends the notifications of one Firebase project. Clones share the access token.
#[derive(Clone)]
pub struct FcmClient(Arc<Inner>);

struct Inner {
    http: HttpClient,
    messages: Uri,
    tokens: AccessTokens,
}

impl FcmClient {
    /// A client that has not connected yet. `credentials` is the JSON text of a service account's key file; the server
    /// keys of the older API are refused, as Google has turned that off.
    pub fn new(
        http: HttpClient,
        credentials: &str,
        endpoints: FcmEndpoints,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CredentialsError> {
        let account = ServiceAccount::parse(credentials)?;
        let path = format!("/v1/projects/{}/messages:send", account.project_id);
        let too_long = |_| CredentialsError::ServiceAccount {
            reason: "its project_id is malformed".to_owned(),
        };
        let messages = Endpoint::new(&endpoints.messages)?
            .join(&path)
            .map_err(too_long)?;
        let endpoint = endpoints.tokens.unwrap_or_else(|| account.token_uri.clone());
        let tokens = AccessTokens {
            http: http.clone(),
            account,
            endpoint,
            clock,
            latest: Mutex::default(),
        };
        Ok(FcmClient(Arc::new(Inner {
            http,
            messages,
            tokens,
        })))
    }

    /// Sends a notification to a device.
    ///
    /// The message is what SNS takes for its platform `GCM`
    /// ([Using Google Firebase Cloud Messaging v1 payloads in Amazon SNS](https://docs.aws.amazon.com/sns/latest/dg/sns-fcm-v1-payloads.html)):
    /// an object with `fcmV1Message`, which is sent as it is, or one of the older form with `notification` and `data`,
    /// which is rewritten. The device token goes before any other target in it.
    pub async fn send(
        &self,
        device_token: &str,
        message: &Value,
        options: PushOptions,
    ) -> Result<PushReceipt, PushError> {
        let inner = &*self.0;
        let request = payload::request(device_token, message, &options)?;
        let body = Bytes::from(request.to_string());
        let authorization = inner.tokens.authorization().await?;
        let outcome = answer::read(&inner.post(&body, authorization.clone()).await?);
        if !answer::is_unauthenticated(&outcome) {
            return outcome;
        }
        let renewed = inner.tokens.authorization_instead_of(&authorization).await?;
        answer::read(&inner.post(&body, renewed).await?)
    }
}

impl Inner {
    async fn post(&self, body: &Bytes, authorization: HeaderValue) -> Result<OutboundResponse, PushError> {
        let content_type = HeaderValue::from_static("application/json");
        let request = OutboundRequest {
            method: Method::POST,
            uri: self.messages.clone(),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type), (AUTHORIZATION, authorization)]),
            body: body.clone(),
            timeout: TIMEOUT,
            response_limit_bytes: ANSWER_BYTES,
        };
        Ok(self.http.send(request).await?)
    }
}
