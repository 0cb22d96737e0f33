use crate::document::{AuditDocument, DestinationDocument};
use crate::inspect::Finding;

/// The prefix that AWS asks of log groups that services write to.
const LOG_GROUP_PREFIX: &str = "/aws/vendedlogs/";
const MAXIMUM_LOG_GROUP_BYTES: usize = 512;
const MAXIMUM_DELIVERY_STREAM_BYTES: usize = 64;
const BUCKET_BYTES: std::ops::RangeInclusive<usize> = 3..=63;

/// The `Audit` operation: which messages it samples, and where it reports to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Audit {
    /// 0 to 99.
    sample_percent: u8,
    with_findings: Option<LogDestinations>,
    without_findings: Option<LogDestinations>,
}

/// Where audit records go. All are optional: without one, the audit only counts messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogDestinations {
    /// The name of a log group of CloudWatch Logs.
    pub log_group: Option<String>,
    /// The name of a delivery stream of Firehose.
    pub delivery_stream: Option<String>,
    /// The name of a bucket of S3.
    pub bucket: Option<String>,
}

/// A record that is to be written because a message was sampled by the policy's audit statement.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditOrder<'policy> {
    /// What the statement's data identifiers found in the message as it was sent, in the order of the message.
    /// Empty: the message counts as one without findings.
    pub findings: Vec<Finding<'policy>>,
    /// Where the record goes.
    pub destinations: &'policy LogDestinations,
}

impl Audit {
    pub(crate) fn compile(document: AuditDocument) -> Result<Self, String> {
        if document.findings_destination.is_none() && document.no_findings_destination.is_none() {
            return Err("Audit needs a FindingsDestination or a NoFindingsDestination".to_owned());
        }
        Ok(Self {
            sample_percent: parse_sample_rate(&document.sample_rate)?,
            with_findings: document
                .findings_destination
                .map(LogDestinations::compile)
                .transpose()?,
            without_findings: document
                .no_findings_destination
                .map(LogDestinations::compile)
                .transpose()?,
        })
    }

    /// Whether a message is sampled to which the caller gave a random number in `[0, 1)`.
    pub(crate) fn samples(&self, sample: f64) -> bool {
        sample * 100.0 < f64::from(self.sample_percent)
    }

    /// The record to write about a sampled message, if one is wanted.
    pub(crate) fn order<'policy>(
        &'policy self,
        findings: Vec<Finding<'policy>>,
    ) -> Option<AuditOrder<'policy>> {
        let destinations = if findings.is_empty() {
            self.without_findings.as_ref()
        } else {
            self.with_findings.as_ref()
        };
        destinations.map(|destinations| AuditOrder {
            findings,
            destinations,
        })
    }
}

impl LogDestinations {
    fn compile(document: DestinationDocument) -> Result<Self, String> {
        let destinations = Self {
            log_group: document.cloud_watch_logs.map(|logs| logs.log_group),
            delivery_stream: document.firehose.map(|firehose| firehose.delivery_stream),
            bucket: document.s3.map(|s3| s3.bucket),
        };
        check("LogGroup", &destinations.log_group, is_log_group)?;
        check(
            "DeliveryStream",
            &destinations.delivery_stream,
            is_delivery_stream,
        )?;
        check("Bucket", &destinations.bucket, is_bucket)?;
        Ok(destinations)
    }
}

fn check(element: &str, value: &Option<String>, is_valid: impl Fn(&str) -> bool) -> Result<(), String> {
    match value {
        Some(value) if !is_valid(value) => Err(format!("'{value}' is not a valid {element}")),
        _ => Ok(()),
    }
}

/// `"0"` to `"99"`, as a text.
fn parse_sample_rate(text: &str) -> Result<u8, String> {
    let is_plain = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| is_plain)
        .ok_or_else(|| format!("SampleRate '{text}' is not an integer from 0 to 99"))
}

/// The characters are those of [CreateLogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html).
fn is_log_group(name: &str) -> bool {
    let is_named = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.#".contains(&byte);
    name.len() > LOG_GROUP_PREFIX.len()
        && name.len() <= MAXIMUM_LOG_GROUP_BYTES
        && name.starts_with(LOG_GROUP_PREFIX)
        && name.bytes().all(is_named)
}

/// The rules are those of [CreateDeliveryStream](https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html).
fn is_delivery_stream(name: &str) -> bool {
    let is_named = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    !name.is_empty() && name.len() <= MAXIMUM_DELIVERY_STREAM_BYTES && name.bytes().all(is_named)
}

/// The rules are S3's [bucket naming rules](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
fn is_bucket(name: &str) -> bool {
    let is_named =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    BUCKET_BYTES.contains(&name.len()) && name.bytes().all(is_named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_rates_are_whole_percents_below_a_hundred() {
        for (text, expected) in [("0", 0), ("7", 7), ("99", 99), ("00", 0)] {
            assert_eq!(parse_sample_rate(text), Ok(expected), "{text}");
        }
        for text in ["", "100", "-1", "+5", "1.5", " 5", "5%", "ten", "007"] {
            assert!(parse_sample_rate(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_share_of_the_numbers_is_sampled() {
        let audit = |sample_percent| Audit {
            sample_percent,
            with_findings: Some(LogDestinations::default()),
            without_findings: None,
        };
        for percent in [0, 1, 50, 99] {
            let sampled = (0..1000)
                .filter(|step| audit(percent).samples(f64::from(*step) / 1000.0))
                .count();
            assert_eq!(sampled, usize::from(percent) * 10, "{percent}");
        }
    }

    #[test]
    fn destinations_are_checked() {
        assert!(is_log_group("/aws/vendedlogs/audit"));
        assert!(!is_log_group("/aws/vendedlogs/"));
        assert!(!is_log_group("audit"));
        assert!(!is_log_group("/aws/vendedlogs/au dit"));
        assert!(is_delivery_stream("dpp-findings_1.2"));
        assert!(!is_delivery_stream(""));
        assert!(!is_delivery_stream(&"x".repeat(65)));
        assert!(is_bucket("bucket.name-1"));
        assert!(!is_bucket("ab"));
        assert!(!is_bucket("Bucket"));
    }
}
