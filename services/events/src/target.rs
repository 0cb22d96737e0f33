//! A target, ready for use.

use ninefold_delivery::TargetKey;
use ninefold_protocol::Push;

use crate::arn::{RuleArn, TargetName};
use crate::destination::Destination;
use crate::errors;
use crate::event::Event;
use crate::http_parameters::ParameterValues;
use crate::input::TargetInput;
use crate::record::TargetRecord;
use ninefold_protocol::ServiceError;

/// Where a rule sends events.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: TargetName,
    /// What its backlog is known by.
    pub(crate) key: TargetKey,
    pub(crate) record: TargetRecord,
    pub(crate) destination: Destination,
    pub(crate) input: TargetInput,
    /// What it adds to the request of an API destination.
    pub(crate) http: ParameterValues,
}

impl Target {
    /// Makes a target ready for use.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in AWS's words.
    pub(crate) fn read(rule: &RuleArn, record: TargetRecord) -> Result<Self, ServiceError> {
        let destination =
            Destination::read(&record.arn).map_err(|reason| errors::invalid_because(&record.arn, reason))?;
        let input = TargetInput::read(rule, &record).map_err(errors::invalid)?;
        let http = ParameterValues::read(record.http_parameters.as_ref())
            .map_err(|reason| errors::invalid_because("HttpParameters", reason))?;
        let name = TargetName {
            rule: rule.clone(),
            id: record.id.clone(),
        };
        Ok(Target {
            key: name.key(),
            name,
            destination,
            input,
            http,
            record,
        })
    }

    /// The group that what it gets is ordered in.
    pub(crate) fn group(&self) -> Option<&str> {
        self.record.sqs_parameters.as_ref()?.message_group_id.as_deref()
    }

    /// What is pushed of an event, given its body.
    pub(crate) fn push<'a>(&'a self, event: &'a Event, body: &'a str) -> Push<'a> {
        Push {
            body,
            group: self.group(),
            partition_key: None,
            trace_header: event.passage.trace_header.as_deref(),
        }
    }
}
