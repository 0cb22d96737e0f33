//! What one run measured, as one line of JSON.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Latencies are recorded in microseconds up to this; longer ones count as this.
const LONGEST_US: u64 = 120_000_000;
/// How much of the first wrong answer is kept.
const ERROR_BYTES: usize = 300;

/// A histogram of latencies, three significant digits.
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_max(LONGEST_US, 3).expect("constant bounds are valid"))
    }
}

impl Latencies {
    /// Adds one latency.
    pub fn record(&mut self, latency: Duration) {
        self.0
            .saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LONGEST_US));
    }

    /// The figures of a report.
    pub fn summary(&self) -> LatencySummary {
        LatencySummary {
            count: self.0.len(),
            p50: self.0.value_at_quantile(0.5),
            p90: self.0.value_at_quantile(0.9),
            p99: self.0.value_at_quantile(0.99),
            p999: self.0.value_at_quantile(0.999),
            max: self.0.max(),
        }
    }
}

/// Percentiles in microseconds.
#[derive(Debug, Serialize)]
pub struct LatencySummary {
    /// How many latencies were recorded.
    pub count: u64,
    /// Median.
    pub p50: u64,
    /// 90th percentile.
    pub p90: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Longest.
    pub max: u64,
}

/// What went wrong during a run. A run with any of it is not clean, and its rate is not to be compared.
#[derive(Debug, Default, Serialize)]
pub struct Errors {
    /// Answers other than 200, or without what they should have, and connections that broke.
    pub errors: u64,
    /// The first of them.
    pub first_error: Option<String>,
}

impl Errors {
    /// Counts an answer that isn't the expected one.
    pub fn answer(&mut self, status: u16, body: &[u8]) {
        let body = String::from_utf8_lossy(&body[..body.len().min(ERROR_BYTES)]);
        self.add(|| format!("HTTP {status}: {body}"));
    }

    /// Counts a connection that broke.
    pub fn connection(&mut self, error: &std::io::Error) {
        self.add(|| format!("connection: {error}"));
    }

    /// Counts anything else that is not as it should be.
    pub fn other(&mut self, what: &dyn std::fmt::Display) {
        self.add(|| what.to_string());
    }

    fn add(&mut self, describe: impl FnOnce() -> String) {
        self.errors += 1;
        self.first_error.get_or_insert_with(describe);
    }
}

/// The line that a throughput workload writes.
#[derive(Debug, Serialize)]
pub struct ThroughputReport {
    /// The workload's name.
    pub workload: String,
    /// Connections, each with at most one request outstanding.
    pub connections: usize,
    /// Measured time.
    pub seconds: f64,
    /// Requests answered as they should be in that time.
    pub requests: u64,
    /// Messages that took the whole workload in that time (sent, or sent, received and deleted).
    pub messages: u64,
    /// Requests per second.
    pub requests_per_second: f64,
    /// Messages per second.
    pub messages_per_second: f64,
    /// Requests answered at all, before, during and after the measured time.
    pub answered: u64,
    /// ReceiveMessage answers without a message although one was there.
    pub empty_receives: u64,
    /// Connections opened again because the server ends them after an answer.
    pub reconnects: u64,
    /// What went wrong.
    #[serde(flatten)]
    pub errors: Errors,
    /// Whether the run counts: no error, and at least one request.
    pub clean: bool,
    /// From writing the first request of a message to reading its last answer, microseconds.
    pub latency_us: LatencySummary,
}

/// The line that a publishing workload writes.
#[derive(Debug, Serialize)]
pub struct PublishReport {
    /// What the requests were like.
    #[serde(flatten)]
    pub throughput: ThroughputReport,
    /// Messages per second that went into queues, one for each queue of a published message.
    pub deliveries_per_second: f64,
}

/// The line that is written for deliveries to a web endpoint, by a server or by a bare client.
#[derive(Debug, Serialize)]
pub struct DeliveryReport {
    /// The workload's name.
    pub workload: String,
    /// Measured time.
    pub seconds: f64,
    /// Posts that the endpoint took in that time.
    pub deliveries: u64,
    /// Such posts per second.
    pub deliveries_per_second: f64,
    /// Posts before, during and after the measured time.
    pub answered: u64,
    /// What went wrong.
    #[serde(flatten)]
    pub errors: Errors,
    /// Whether the run counts: no error, and at least one delivery.
    pub clean: bool,
}

/// The line that the wake-up beside a load writes.
#[derive(Debug, Serialize)]
pub struct LoadedWakeReport {
    /// The wake-ups.
    #[serde(flatten)]
    pub wake: WakeReport,
    /// Messages per second of the server under full load.
    pub full_messages_per_second: f64,
    /// Messages per second beside the wake-ups.
    pub messages_per_second: f64,
}

/// The line that the wake-up workload writes.
#[derive(Debug, Serialize)]
pub struct WakeReport {
    /// The workload's name.
    pub workload: String,
    /// Messages that woke the receiver.
    pub messages: u64,
    /// What went wrong.
    #[serde(flatten)]
    pub errors: Errors,
    /// Whether the run counts.
    pub clean: bool,
    /// From writing the sending request to reading the receiver's answer, microseconds.
    pub from_send_us: LatencySummary,
    /// From reading the sending request's answer to reading the receiver's answer, microseconds; 0 where the receiver was first.
    pub from_acknowledgement_us: LatencySummary,
}

/// The line that a workload of streams writes.
#[derive(Debug, Serialize)]
pub struct StreamReport {
    /// The workload's name.
    pub workload: String,
    /// Connections.
    pub connections: usize,
    /// Measured time.
    pub seconds: f64,
    /// Requests answered as they should be in that time.
    pub requests: u64,
    /// Records in them or in their answers.
    pub records: u64,
    /// Bytes of those records, without what is around them.
    pub bytes: u64,
    /// Records per second.
    pub records_per_second: f64,
    /// Bytes per second.
    pub bytes_per_second: f64,
    /// What went wrong.
    #[serde(flatten)]
    pub errors: Errors,
    /// Whether the run counts: no error, and at least one record.
    pub clean: bool,
    /// Latencies in microseconds, if they were measured.
    pub latency_us: Option<LatencySummary>,
}

/// What the connections of a workload of streams have counted.
#[derive(Default)]
pub struct StreamCounts {
    /// Requests answered as they should be.
    pub requests: u64,
    /// Records.
    pub records: u64,
    /// Bytes of those records.
    pub bytes: u64,
    /// What went wrong.
    pub errors: Errors,
    /// How long they took, if that is measured.
    pub latencies: Latencies,
}

impl StreamCounts {
    /// Adds what another connection has counted.
    pub fn add(&mut self, other: StreamCounts) {
        self.requests += other.requests;
        self.records += other.records;
        self.bytes += other.bytes;
        self.errors.errors += other.errors.errors;
        if self.errors.first_error.is_none() {
            self.errors.first_error = other.errors.first_error;
        }
        self.latencies.0 += other.latencies.0;
    }

    /// The line to write.
    pub fn report(mut self, workload: &str, connections: usize, seconds: f64) -> StreamReport {
        if self.records == 0 {
            self.errors.other(&"no record in the measured time");
        }
        StreamReport {
            workload: workload.to_owned(),
            connections,
            seconds,
            requests: self.requests,
            records: self.records,
            bytes: self.bytes,
            records_per_second: self.records as f64 / seconds,
            bytes_per_second: self.bytes as f64 / seconds,
            clean: self.errors.errors == 0,
            errors: self.errors,
            latency_us: (!self.latencies.0.is_empty()).then(|| self.latencies.summary()),
        }
    }
}
