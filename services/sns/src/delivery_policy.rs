//! Delivery policies: how HTTP and HTTPS endpoints are tried again.
//!
//! Source: [Amazon SNS message delivery retries](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).

use std::time::Duration;

use ninefold_delivery::{Curve, Phases};
use ninefold_notification::DEFAULT_CONTENT_TYPE;
use ninefold_protocol::ServiceError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::errors;

/// The longest that retries may take altogether.
const LONGEST_TOTAL: Duration = Duration::from_secs(3_600);
/// The most retries.
const MOST_RETRIES: u32 = 100;

/// A topic's delivery policy.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TopicDeliveryPolicy {
    #[serde(default)]
    http: HttpPolicy,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpPolicy {
    default_healthy_retry_policy: Option<HealthyRetryPolicy>,
    default_throttle_policy: Option<ThrottlePolicy>,
    default_request_policy: Option<RequestPolicy>,
    #[serde(default)]
    disable_subscription_overrides: bool,
}

/// A subscription's delivery policy.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SubscriptionDeliveryPolicy {
    healthy_retry_policy: Option<HealthyRetryPolicy>,
    sickly_retry_policy: Option<Value>,
    throttle_policy: Option<ThrottlePolicy>,
    request_policy: Option<RequestPolicy>,
    #[serde(default)]
    guaranteed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct HealthyRetryPolicy {
    min_delay_target: u32,
    max_delay_target: u32,
    num_retries: u32,
    num_max_delay_retries: u32,
    num_no_delay_retries: u32,
    num_min_delay_retries: u32,
    backoff_function: BackoffFunction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum BackoffFunction {
    Linear,
    Arithmetic,
    Geometric,
    Exponential,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ThrottlePolicy {
    max_receives_per_second: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RequestPolicy {
    header_content_type: Option<String>,
}

impl Default for HealthyRetryPolicy {
    fn default() -> Self {
        HealthyRetryPolicy {
            min_delay_target: 20,
            max_delay_target: 20,
            num_retries: 3,
            num_max_delay_retries: 0,
            num_no_delay_retries: 0,
            num_min_delay_retries: 0,
            backoff_function: BackoffFunction::Linear,
        }
    }
}

/// What holds for the deliveries to one endpoint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EffectivePolicy {
    retry: HealthyRetryPolicy,
    throttle: Option<ThrottlePolicy>,
    pub(crate) content_type: Option<String>,
}

impl TopicDeliveryPolicy {
    /// Reads and checks the attribute `DeliveryPolicy`.
    pub(crate) fn read(json: &str) -> Result<Self, ServiceError> {
        let policy: Self = parse(json)?;
        check(
            policy.http.default_healthy_retry_policy.as_ref(),
            policy.http.default_throttle_policy.as_ref(),
        )?;
        Ok(policy)
    }

    /// `EffectiveDeliveryPolicy` of the topic.
    pub(crate) fn effective_json(&self) -> String {
        let mut http = serde_json::json!({
            "defaultHealthyRetryPolicy": self.http.default_healthy_retry_policy.clone().unwrap_or_default(),
            "disableSubscriptionOverrides": self.http.disable_subscription_overrides,
        });
        if let Some(throttle) = &self.http.default_throttle_policy {
            http["defaultThrottlePolicy"] = serde_json::json!(throttle);
        }
        let content_type = self.http.default_request_policy.as_ref();
        let content_type = content_type.and_then(|policy| policy.header_content_type.as_deref());
        http["defaultRequestPolicy"] =
            serde_json::json!({"headerContentType": content_type.unwrap_or(DEFAULT_CONTENT_TYPE)});
        serde_json::json!({ "http": http }).to_string()
    }
}

impl SubscriptionDeliveryPolicy {
    /// Reads and checks the attribute `DeliveryPolicy`.
    pub(crate) fn read(json: &str) -> Result<Self, ServiceError> {
        let policy: Self = parse(json)?;
        check(
            policy.healthy_retry_policy.as_ref(),
            policy.throttle_policy.as_ref(),
        )?;
        Ok(policy)
    }
}

impl EffectivePolicy {
    /// The topic's policy, and the subscription's over it.
    pub(crate) fn of(topic: &TopicDeliveryPolicy, subscription: &SubscriptionDeliveryPolicy) -> Self {
        let nothing = SubscriptionDeliveryPolicy::default();
        let own = match topic.http.disable_subscription_overrides {
            true => &nothing,
            false => subscription,
        };
        let http = &topic.http;
        let request = own
            .request_policy
            .as_ref()
            .or(http.default_request_policy.as_ref());
        EffectivePolicy {
            retry: own
                .healthy_retry_policy
                .clone()
                .or_else(|| http.default_healthy_retry_policy.clone())
                .unwrap_or_default(),
            throttle: own
                .throttle_policy
                .clone()
                .or_else(|| http.default_throttle_policy.clone()),
            content_type: request.and_then(|policy| policy.header_content_type.clone()),
        }
    }

    /// When failed deliveries are tried again.
    pub(crate) fn phases(&self) -> Phases {
        self.retry.phases()
    }

    /// `maxReceivesPerSecond`.
    pub(crate) fn receives_per_second(&self) -> Option<f64> {
        self.throttle.as_ref()?.max_receives_per_second
    }

    /// `EffectiveDeliveryPolicy` of the subscription.
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({
            "healthyRetryPolicy": self.retry,
            "sicklyRetryPolicy": null,
            "throttlePolicy": self.throttle,
            "requestPolicy": {
                "headerContentType": self.content_type.as_deref().unwrap_or(DEFAULT_CONTENT_TYPE),
            },
            "guaranteed": false,
        })
        .to_string()
    }
}

impl HealthyRetryPolicy {
    fn phases(&self) -> Phases {
        let outside = self.num_no_delay_retries + self.num_min_delay_retries + self.num_max_delay_retries;
        Phases {
            immediate_retries: self.num_no_delay_retries,
            minimum_delay_retries: self.num_min_delay_retries,
            backoff_retries: self.num_retries.saturating_sub(outside),
            maximum_delay_retries: self.num_max_delay_retries,
            minimum_delay: Duration::from_secs(self.min_delay_target.into()),
            maximum_delay: Duration::from_secs(self.max_delay_target.into()),
            curve: match self.backoff_function {
                BackoffFunction::Linear => Curve::Linear,
                BackoffFunction::Arithmetic => Curve::Arithmetic,
                BackoffFunction::Geometric => Curve::Geometric,
                BackoffFunction::Exponential => Curve::Exponential,
            },
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        let most = [
            self.num_retries,
            self.num_no_delay_retries,
            self.num_min_delay_retries,
            self.num_max_delay_retries,
        ];
        if most.iter().any(|count| *count > MOST_RETRIES) {
            return Err("DeliveryPolicy: numRetries must be in the range [0, 100]");
        }
        let longest = u32::try_from(LONGEST_TOTAL.as_secs()).unwrap_or(u32::MAX);
        if self.min_delay_target == 0 || self.min_delay_target > longest {
            return Err("DeliveryPolicy: minDelayTarget must be in the range [1, 3600]");
        }
        if self.max_delay_target > longest || self.max_delay_target < self.min_delay_target {
            return Err("DeliveryPolicy: maxDelayTarget must be greater than or equal to minDelayTarget");
        }
        if most[1..].iter().sum::<u32>() > self.num_retries {
            return Err(
                "DeliveryPolicy: numRetries must be greater than or equal to the sum of numMinDelayRetries, \
                 numNoDelayRetries and numMaxDelayRetries",
            );
        }
        if self.phases().total_delay() > LONGEST_TOTAL {
            return Err("DeliveryPolicy: the total time of all retries must not be longer than 3600 seconds");
        }
        Ok(())
    }
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, ServiceError> {
    serde_json::from_str(json)
        .map_err(|_| errors::invalid_parameter("DeliveryPolicy: JSON not well-formed or of another shape"))
}

fn check(retry: Option<&HealthyRetryPolicy>, throttle: Option<&ThrottlePolicy>) -> Result<(), ServiceError> {
    if let Some(retry) = retry {
        retry.check().map_err(errors::invalid_parameter)?;
    }
    let rate = throttle.and_then(|throttle| throttle.max_receives_per_second);
    if rate.is_some_and(|rate| !rate.is_finite() || rate < 1.0) {
        return Err(errors::invalid_parameter(
            "DeliveryPolicy: maxReceivesPerSecond must be greater than or equal to 1",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_policy_there_are_three_retries_twenty_seconds_apart() {
        let policy = EffectivePolicy::of(
            &TopicDeliveryPolicy::default(),
            &SubscriptionDeliveryPolicy::default(),
        );
        let phases = policy.phases();
        assert_eq!(
            (phases.retries(), phases.total_delay()),
            (3, Duration::from_secs(60))
        );
        assert_eq!(policy.receives_per_second(), None);
    }

    #[test]
    fn a_subscription_overrides_its_topic_unless_the_topic_forbids_it() {
        let topic = |overrides: bool| {
            let json = format!(
                r#"{{"http":{{"defaultHealthyRetryPolicy":{{"numRetries":5}},"disableSubscriptionOverrides":{overrides},
                "defaultThrottlePolicy":{{"maxReceivesPerSecond":2}}}}}}"#
            );
            TopicDeliveryPolicy::read(&json).unwrap()
        };
        let json = r#"{"healthyRetryPolicy":{"numRetries":7,"minDelayTarget":1,"maxDelayTarget":2},
            "requestPolicy":{"headerContentType":"application/json"}}"#;
        let subscription = SubscriptionDeliveryPolicy::read(json).unwrap();
        let own = EffectivePolicy::of(&topic(false), &subscription);
        assert_eq!(own.phases().retries(), 7);
        assert_eq!(own.content_type.as_deref(), Some("application/json"));
        assert_eq!(own.receives_per_second(), Some(2.0));
        let topics = EffectivePolicy::of(&topic(true), &subscription);
        assert_eq!((topics.phases().retries(), topics.content_type), (5, None));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for json in [
            "{",
            r#"{"http":{"healthyRetryPolicy":{}}}"#,
            r#"{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}"#,
            r#"{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":0}}}"#,
            r#"{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":30}}}"#,
            r#"{"http":{"defaultHealthyRetryPolicy":{"maxDelayTarget":3601}}}"#,
            r#"{"http":{"defaultHealthyRetryPolicy":{"numNoDelayRetries":4}}}"#,
            r#"{"http":{"defaultHealthyRetryPolicy":{"numRetries":100,"maxDelayTarget":3600}}}"#,
            r#"{"http":{"defaultHealthyRetryPolicy":{"backoffFunction":"cubic"}}}"#,
            r#"{"http":{"defaultThrottlePolicy":{"maxReceivesPerSecond":0}}}"#,
        ] {
            let error = TopicDeliveryPolicy::read(json).unwrap_err();
            assert!(
                error.message.starts_with("Invalid parameter: DeliveryPolicy: "),
                "{json}"
            );
        }
    }

    #[test]
    fn the_effective_policy_of_a_topic_is_complete() {
        assert_eq!(
            TopicDeliveryPolicy::default().effective_json(),
            r#"{"http":{"defaultHealthyRetryPolicy":{"backoffFunction":"linear","maxDelayTarget":20,"minDelayTarget":20,"numMaxDelayRetries":0,"numMinDelayRetries":0,"numNoDelayRetries":0,"numRetries":3},"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"},"disableSubscriptionOverrides":false}}"#
        );
    }
}
