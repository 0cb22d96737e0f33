//! A target, ready for use.

use std::borrow::Cow;

use ninefold_delivery::TargetKey;
use ninefold_input_transformer::InputPath;
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
    /// What it is reached as besides the service: its own role, or else its rule's.
    pub(crate) role_arn: Option<String>,
    pub(crate) destination: Destination,
    pub(crate) input: TargetInput,
    /// What it adds to the request of an API destination.
    pub(crate) http: ParameterValues,
    /// What of an event is its partition key in a stream.
    partition_key: Option<InputPath>,
}

impl Target {
    /// Makes a target ready for use.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in AWS's words.
    pub(crate) fn read(
        rule: &RuleArn,
        role_of_rule: Option<&str>,
        record: TargetRecord,
    ) -> Result<Self, ServiceError> {
        let destination =
            Destination::read(&record.arn).map_err(|reason| errors::invalid_because(&record.arn, reason))?;
        let input = TargetInput::read(rule, &record).map_err(errors::invalid)?;
        let http = ParameterValues::read(record.http_parameters.as_ref())
            .map_err(|reason| errors::invalid_because("HttpParameters", reason))?;
        let partition_key = record.kinesis_parameters.as_ref();
        let partition_key = partition_key
            .map(|parameters| InputPath::parse(&parameters.partition_key_path))
            .transpose()
            .map_err(|_| errors::invalid_parameter("PartitionKeyPath"))?;
        let name = TargetName {
            rule: rule.clone(),
            id: record.id.clone(),
        };
        Ok(Target {
            key: name.key(),
            name,
            role_arn: record
                .role_arn
                .clone()
                .or_else(|| role_of_rule.map(str::to_owned)),
            destination,
            input,
            http,
            partition_key,
            record,
        })
    }

    /// The group that what it gets is ordered in.
    pub(crate) fn group(&self) -> Option<&str> {
        self.record.sqs_parameters.as_ref()?.message_group_id.as_deref()
    }

    /// The partition key of an event in a stream: what the target says, or else the event's id, as in AWS.
    pub(crate) fn partition_key(&self, event: &Event) -> Option<String> {
        let is_stream =
            matches!(&self.destination, Destination::Resource(resource) if resource.service == "kinesis");
        if !is_stream {
            return None;
        }
        let path = self.partition_key.as_ref();
        let selected = path.and_then(|path| path.select(event.json.as_bytes()).ok()?);
        let selected =
            selected.map(|json| serde_json::from_str(&json).unwrap_or_else(|_| Cow::into_owned(json)));
        Some(selected.unwrap_or_else(|| event.id.hyphenated().to_string()))
    }

    /// What is pushed of an event, given its body and partition key.
    pub(crate) fn push<'a>(
        &'a self,
        event: &'a Event,
        body: &'a str,
        partition_key: Option<&'a str>,
    ) -> Push<'a> {
        Push {
            body,
            group: self.group(),
            partition_key,
            trace_header: event.passage.trace_header.as_deref(),
        }
    }
}
