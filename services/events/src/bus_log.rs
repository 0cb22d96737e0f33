//! What a bus logs of its events, where its logging configuration asks for it: a line for each step.
//!
//! Source: [Event bus log schema](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-logs-schema.html). AWS
//! delivers it to a log group that is chosen elsewhere; here it is always `/aws/vendedlogs/events/event-bus/NAME`. Steps that only
//! say that something begins are left out.

use ninefold_delivery::{Answer, FailureKind, Outcome};
use serde_json::{Value, json};

use crate::EventsDoor;
use crate::buses::Bus;
use crate::event::Event;
use crate::record::LogConfig;
use crate::routing::Routed;
use crate::target::Target;

/// What log groups of buses are named after.
const LOG_GROUP: &str = "/aws/vendedlogs/events/event-bus/";

/// How much is logged; each level has all of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Info,
    Trace,
}

impl Level {
    /// What a configuration asks for; nothing, if there is none or it says `OFF`.
    fn of(config: Option<&LogConfig>) -> Option<Self> {
        match config?.level.as_deref()? {
            "ERROR" => Some(Level::Error),
            "INFO" => Some(Level::Info),
            "TRACE" => Some(Level::Trace),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Level::Error => "ERROR",
            Level::Info => "INFO",
            Level::Trace => "TRACE",
        }
    }
}

/// A step in the processing of an event.
struct Step<'a> {
    level: Level,
    kind: &'static str,
    details: Value,
    error: Option<&'a Answer>,
}

impl EventsDoor {
    /// Logs that events have arrived, and which rules take them.
    pub(crate) fn log_routed(&self, routed: &[Routed]) {
        for Routed { bus, event, rules } in routed {
            let record = bus.record();
            if Level::of(record.log.as_ref()).is_none_or(|level| level < Level::Info) {
                continue;
            }
            self.log(
                bus,
                event,
                &Step::info("EVENT_RECEIPT", event_details(event, record.log.as_ref())),
            );
            let of_managers = |rule: &&std::sync::Arc<crate::rule::Rule>| rule.record.managed_by.is_none();
            let mut standard = rules.iter().filter(of_managers).peekable();
            if standard.peek().is_none() {
                self.log(bus, event, &Step::info("NO_STANDARD_RULES_MATCHED", json!({})));
            }
            for rule in standard {
                let details = json!({ "rule_arn": rule.arn.to_string() });
                self.log(bus, event, &Step::info("RULE_MATCH", details));
            }
        }
    }

    /// Whether anything is logged of the bus that a target gets events from.
    pub(crate) fn is_logged(&self, target: &Target) -> bool {
        let bus = self.buses.get(&target.name.rule.bus);
        bus.is_some_and(|bus| Level::of(bus.record().log.as_ref()).is_some())
    }

    /// Logs that a target has got an event.
    pub(crate) fn log_delivered(&self, target: &Target, event: &Event) {
        self.log_of_target(
            target,
            event,
            &Step::info("INVOCATION_SUCCESS", target_details(target)),
        );
    }

    /// Logs how an attempt went.
    pub(crate) fn log_attempt(&self, target: &Target, event: &Event, outcome: &Outcome) {
        let (kind, answer) = match outcome {
            Outcome::Delivered(_) => return self.log_delivered(target, event),
            Outcome::Failed(FailureKind::Permanent, answer) => {
                ("INVOCATION_ATTEMPT_PERMANENT_FAILURE", answer)
            }
            Outcome::Failed(FailureKind::Transient | FailureKind::Postponed(_), answer) => {
                ("INVOCATION_ATTEMPT_RETRYABLE_FAILURE", answer)
            }
        };
        self.log_of_target(target, event, &Step::error(kind, target, Some(answer)));
    }

    /// Logs that an event is given up: put into the dead-letter queue, or not.
    pub(crate) fn log_given_up(
        &self,
        target: &Target,
        event: &Event,
        answer: Option<&Answer>,
        is_buried: bool,
    ) {
        let kind = match is_buried {
            true => "INVOCATION_DLQ",
            false => "INVOCATION_FAILURE",
        };
        self.log_of_target(target, event, &Step::error(kind, target, answer));
    }

    fn log_of_target(&self, target: &Target, event: &Event, step: &Step<'_>) {
        if let Some(bus) = self.buses.get(&target.name.rule.bus) {
            self.log(&bus, event, step);
        }
    }

    fn log(&self, bus: &Bus, event: &Event, step: &Step<'_>) {
        if Level::of(bus.record().log.as_ref()).is_none_or(|level| level < step.level) {
            return;
        }
        let mut line = json!({
            "resource_arn": bus.arn.to_string(),
            "message_timestamp_ms": self.now_millis(),
            "event_bus_name": bus.arn.name,
            "event_id": event.id.to_string(),
            "message_type": step.kind,
            "log_level": step.level.as_str(),
            "details": step.details,
        });
        if let Some(answer) = step.error {
            line["error"] = json!({ "http_status_code": answer.code, "error_message": answer.text });
        }
        self.log_groups
            .append(&[LOG_GROUP, &bus.arn.name].concat(), line.to_string());
    }
}

impl<'a> Step<'a> {
    fn info(kind: &'static str, details: Value) -> Self {
        Step {
            level: Level::Info,
            kind,
            details,
            error: None,
        }
    }

    fn error(kind: &'static str, target: &Target, error: Option<&'a Answer>) -> Self {
        Step {
            level: Level::Error,
            kind,
            details: target_details(target),
            error,
        }
    }
}

fn target_details(target: &Target) -> Value {
    json!({
        "rule_arn": target.name.rule.to_string(),
        "target_arn": target.record.arn,
        "target_id": target.name.id,
    })
}

/// What is said of an event; what it is about only if the configuration includes that.
fn event_details(event: &Event, config: Option<&LogConfig>) -> Value {
    let Ok(mut said) = serde_json::from_str::<Value>(&event.json) else {
        return json!({});
    };
    let includes_detail = config.and_then(|config| config.include_detail.as_deref()) == Some("FULL");
    json!({
        "caller_account_id": said["account"],
        "source_time": said["time"],
        "source": said["source"],
        "detail_type": said["detail-type"],
        "resources": said["resources"],
        "event_detail": includes_detail.then(|| said["detail"].take()),
    })
}
