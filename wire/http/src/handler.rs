use std::future::Future;
use std::net::SocketAddr;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};

use crate::ResponseBody;

/// Answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request whose body has arrived in full. Dropped when the client goes away, as is a
    /// [streaming](ResponseBody::Streaming) answer.
    fn handle(
        &self,
        request: Request<Bytes>,
        peer: SocketAddr,
    ) -> impl Future<Output = Response<ResponseBody>> + Send;

    /// Words the answer to a request whose body the server did not accept.
    ///
    /// The default has the refusal's status and its text.
    fn refuse(&self, head: &Parts, refusal: Refusal) -> Response<Bytes> {
        let _ = head;
        let mut response = Response::new(Bytes::from(refusal.to_string()));
        *response.status_mut() = refusal.status();
        response
    }
}

/// Why the body of a request was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is larger than the limit.
    #[error("The request body is larger than {limit} bytes.")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body did not arrive in time.
    #[error("The request body did not arrive in time.")]
    TooSlow,
    /// Too many large bodies are being read and answered.
    #[error("The server has no room for the request body now.")]
    NoRoom,
    /// The body broke off or is malformed.
    #[error("The request body could not be read.")]
    Broken,
}

impl Refusal {
    /// The status that RFC 9110 has for this.
    pub fn status(self) -> StatusCode {
        match self {
            Refusal::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Broken => StatusCode::BAD_REQUEST,
        }
    }
}
