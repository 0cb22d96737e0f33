//! Whether the server is well.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use ninefold_store::{Store, StoreState};
use serde_json::{Value, json};

/// Answers the paths below `/health`.
pub(crate) struct Health {
    store: Arc<dyn Store>,
    /// What failed in the log of streams, if anything has.
    log_failure: Box<dyn Fn() -> Option<Arc<str>> + Send + Sync>,
    started: Instant,
}

impl Health {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        log_failure: Box<dyn Fn() -> Option<Arc<str>> + Send + Sync>,
    ) -> Self {
        Health {
            store,
            log_failure,
            started: Instant::now(),
        }
    }

    /// `/health/live`: the process runs. `/health/ready`: it accepts changes. `/health`: the same with details.
    pub(crate) fn answer(&self, path: &str) -> Option<Response<Bytes>> {
        match path {
            "/health/live" => Some(respond(StatusCode::OK, &json!({"status": "live"}))),
            "/health/ready" | "/health" => Some(self.readiness(path == "/health")),
            _ => None,
        }
    }

    fn readiness(&self, detailed: bool) -> Response<Bytes> {
        let state = match (self.log_failure)() {
            Some(reason) => StoreState::ReadOnly { reason },
            None => self.store.state(),
        };
        let (status, mut body) = match state {
            StoreState::Healthy => (StatusCode::OK, json!({"status": "ready"})),
            StoreState::ReadOnly { reason } => (
                StatusCode::SERVICE_UNAVAILABLE,
                json!({"status": "read-only", "reason": &*reason}),
            ),
        };
        if detailed {
            body["version"] = env!("CARGO_PKG_VERSION").into();
            body["uptime_seconds"] = self.started.elapsed().as_secs().into();
        }
        respond(status, &body)
    }
}

fn respond(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use ninefold_store::MemoryStore;

    use super::*;

    fn body(response: &Response<Bytes>) -> Value {
        serde_json::from_slice(response.body()).unwrap()
    }

    #[test]
    fn a_healthy_store_is_ready() {
        let health = Health::new(Arc::new(MemoryStore::new()), Box::new(|| None));
        for (path, status) in [
            ("/health/live", "live"),
            ("/health/ready", "ready"),
            ("/health", "ready"),
        ] {
            let response = health.answer(path).unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(body(&response)["status"], status, "{path}");
        }
        let details = body(&health.answer("/health").unwrap());
        assert_eq!(details["version"], env!("CARGO_PKG_VERSION"));
        assert!(health.answer("/healthy").is_none());
    }

    #[test]
    fn a_store_that_failed_is_alive_but_not_ready() {
        let store = Arc::new(MemoryStore::new());
        let health = Health::new(Arc::clone(&store) as Arc<dyn Store>, Box::new(|| None));
        store.make_read_only("disk full");
        assert_eq!(health.answer("/health/live").unwrap().status(), StatusCode::OK);
        let ready = health.answer("/health/ready").unwrap();
        assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            body(&ready),
            json!({"status": "read-only", "reason": "disk full"})
        );
    }

    #[test]
    fn a_log_that_failed_is_not_ready() {
        let failed = || Some(Arc::from("the disk is full"));
        let health = Health::new(Arc::new(MemoryStore::new()), Box::new(failed));
        let response = health.answer("/health/ready").unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(body(&response)["reason"], "the disk is full");
    }
}
