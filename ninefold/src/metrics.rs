//! Figures for Prometheus, in the OpenMetrics text format.

mod latency;
mod operations;
mod scrape;

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

pub(crate) use operations::{OperationFigures, ServiceFigures};
pub(crate) use scrape::{Scrape, Sources};

const CONTENT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers `/metrics`.
pub(crate) struct Metrics(Registry);

impl Metrics {
    pub(crate) fn new(sources: Sources) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Scrape::new(sources)));
        Metrics(registry)
    }

    pub(crate) fn answer(&self) -> Response<Bytes> {
        let mut text = String::new();
        let outcome: fmt::Result = encode(&mut text, &self.0);
        if outcome.is_err() {
            let mut response = Response::new(Bytes::from_static(b"metrics cannot be written"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return response;
        }
        let mut response = Response::new(Bytes::from(text));
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT));
        response
    }
}
