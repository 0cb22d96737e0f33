//! PutEvents.
//!
//! Source: [PutEvents](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_protocol::{AccountId, BoxFuture, CallContext, Region, ServiceError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::EventsDoor;
use crate::arn::BusArn;
use crate::buses::Bus;
use crate::errors;
use crate::event::{Event, EventParts, Passage, is_object, random_id};
use crate::event_sources::EventSourceName;
use crate::limits::{ENTRIES, LARGEST_REQUEST_BYTES};
use crate::record::{EventSourceRecord, EventSourceStanding};
use crate::routing::Routed;

/// What counts for a time in the size of an entry.
const TIME_BYTES: usize = 14;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "'de: 'a, T: Deserialize<'de>")]
pub(crate) struct PutEventsInput<'a, T> {
    entries: Vec<EntryInput<'a, T>>,
    endpoint_id: Option<String>,
}

/// What is said of an event. A time is `T`: seconds on the wire, milliseconds where it was decoded by the model.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "'de: 'a, T: Deserialize<'de>")]
pub(crate) struct EntryInput<'a, T> {
    time: Option<T>,
    #[serde(borrow, default)]
    source: Cow<'a, str>,
    #[serde(borrow, default)]
    resources: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    detail_type: Cow<'a, str>,
    #[serde(borrow, default)]
    detail: Cow<'a, str>,
    event_bus_name: Option<Cow<'a, str>>,
    trace_header: Option<Cow<'a, str>>,
}

/// Seconds since 1970, as JSON has them.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Seconds(f64);

/// Milliseconds since 1970.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Milliseconds(i64);

impl From<Seconds> for Milliseconds {
    fn from(seconds: Seconds) -> Self {
        // What is out of range becomes the nearest time that isn't.
        Milliseconds((seconds.0 * 1_000.0) as i64)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutEventsOutput {
    pub(crate) failed_entry_count: usize,
    pub(crate) entries: Vec<EntryOutput>,
}

/// What became of an event.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum EntryOutput {
    #[serde(rename_all = "PascalCase")]
    Taken { event_id: Hyphenated },
    #[serde(rename_all = "PascalCase")]
    Refused {
        error_code: &'static str,
        error_message: String,
    },
}

impl EntryOutput {
    fn taken(id: Uuid) -> Self {
        EntryOutput::Taken {
            event_id: id.hyphenated(),
        }
    }

    pub(crate) fn refused(error_code: &'static str, error_message: impl Into<String>) -> Self {
        EntryOutput::Refused {
            error_code,
            error_message: error_message.into(),
        }
    }

    fn is_missing(argument: &str) -> Self {
        Self::refused(
            "InvalidArgument",
            format!("Parameter {argument} is not valid. Reason: {argument} is a required argument."),
        )
    }
}

impl PutEventsOutput {
    pub(crate) fn of(entries: Vec<EntryOutput>) -> Self {
        let refused = |entry: &&EntryOutput| matches!(entry, EntryOutput::Refused { .. });
        PutEventsOutput {
            failed_entry_count: entries.iter().filter(refused).count(),
            entries,
        }
    }
}

/// Puts events straight from the body of a request; `None` when there is anything unusual about it.
pub(crate) fn put_bytes<'a>(
    door: &'a EventsDoor,
    context: &CallContext,
    body: &Bytes,
) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
    let input: PutEventsInput<'_, Seconds> = serde_json::from_slice(body).ok()?;
    if !(1..=ENTRIES).contains(&input.entries.len()) || input.endpoint_id.is_some() {
        return None;
    }
    let is_usual = |entry: &EntryInput<'_, Seconds>| {
        let names_a_bus = entry.event_bus_name.as_deref().is_none_or(is_name);
        names_a_bus && entry.trace_header.is_none()
    };
    if !input.entries.iter().all(is_usual) {
        return None;
    }
    let prepared = prepare(door, context, input.entries);
    Some(Box::pin(async move {
        let prepared = prepared.map_err(errors::in_own_words)?;
        let output = prepared.run(door).await?;
        let json = serde_json::to_vec(&output).map_err(|error| ServiceError::internal(error.to_string()))?;
        Ok(Bytes::from(json))
    }))
}

/// Whether this is a name that the model lets through, and no ARN.
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=256).contains(&text.len()) && text.bytes().all(allowed)
}

pub(crate) async fn put(
    door: &EventsDoor,
    context: &CallContext,
    input: PutEventsInput<'_, Milliseconds>,
) -> Result<PutEventsOutput, ServiceError> {
    let Some(endpoint) = &input.endpoint_id else {
        return prepare(door, context, input.entries)?.run(door).await;
    };
    let buses = input.entries.iter().map(|entry| entry.event_bus_name.as_deref());
    let context = door.context_of_endpoint(context, endpoint, buses)?;
    prepare(door, &context, input.entries)?.run(door).await
}

/// Checked entries: the events that go on, and what is answered of each entry.
struct Prepared {
    routed: Vec<Routed>,
    answers: Vec<EntryOutput>,
}

impl Prepared {
    async fn run(self, door: &EventsDoor) -> Result<PutEventsOutput, ServiceError> {
        door.bring_to_targets(self.routed).await?;
        Ok(PutEventsOutput::of(self.answers))
    }
}

fn prepare<T: Copy + Into<Milliseconds>>(
    door: &EventsDoor,
    context: &CallContext,
    entries: Vec<EntryInput<'_, T>>,
) -> Result<Prepared, ServiceError> {
    if entries.iter().map(EntryInput::bytes).sum::<usize>() > LARGEST_REQUEST_BYTES {
        return Err(errors::invalid(
            "Total size of the entries in the request is over the limit.",
        ));
    }
    let now_millis = door.now_millis();
    let mut buses = MeantBuses::default();
    let mut prepared = Prepared {
        routed: Vec::with_capacity(entries.len()),
        answers: Vec::with_capacity(entries.len()),
    };
    for entry in &entries {
        let bus = buses.find(door, context, entry.event_bus_name.as_deref())?;
        let answer = match entry.check() {
            Err(refused) => refused,
            Ok(()) => {
                let event_id = random_id();
                let (account, region) = (context.principal.account, &context.region);
                let event = entry.to_event(event_id, account, region, now_millis);
                // Events for a bus that is not there are taken, and nobody gets them.
                let routed = bus.map(|bus| Routed::on(&bus, event)).transpose();
                match routed {
                    Ok(routed) => {
                        prepared.routed.extend(routed);
                        EntryOutput::taken(event_id)
                    }
                    Err(_) => EntryOutput::refused("MalformedDetail", "Detail is malformed."),
                }
            }
        };
        prepared.answers.push(answer);
    }
    Ok(prepared)
}

/// The buses of one request, each asked for once.
#[derive(Default)]
struct MeantBuses(Vec<(Option<String>, Option<Arc<Bus>>)>);

impl MeantBuses {
    fn find(
        &mut self,
        door: &EventsDoor,
        context: &CallContext,
        name: Option<&str>,
    ) -> Result<Option<Arc<Bus>>, ServiceError> {
        if let Some((_, bus)) = self.0.iter().find(|(known, _)| known.as_deref() == name) {
            return Ok(bus.clone());
        }
        let arn = BusArn::meant(context, name);
        let bus = door.buses.get(&arn);
        let record = bus.as_ref().map(|bus| bus.record());
        let policy = record.as_ref().and_then(|record| record.policy.as_deref());
        context.authorize("events:PutEvents", &arn, policy)?;
        self.0.push((name.map(str::to_owned), bus.clone()));
        Ok(bus)
    }
}

impl<T: Copy + Into<Milliseconds>> EntryInput<'_, T> {
    /// The size that counts, in bytes.
    ///
    /// Source: [Calculating PutEvents event entry size](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html).
    fn bytes(&self) -> usize {
        let resources: usize = self.resources.iter().map(|resource| resource.len()).sum();
        let time = self.time.map_or(0, |_| TIME_BYTES);
        time + self.source.len() + self.detail_type.len() + self.detail.len() + resources
    }

    fn check(&self) -> Result<(), EntryOutput> {
        self.check_parts()?;
        match self.source.starts_with("aws.") {
            false => Ok(()),
            true => Err(EntryOutput::refused(
                "NotAuthorizedForSourceException",
                "Not authorized for the source.",
            )),
        }
    }

    /// What holds for the events of partners too.
    pub(crate) fn check_parts(&self) -> Result<(), EntryOutput> {
        if self.source.is_empty() {
            return Err(EntryOutput::is_missing("Source"));
        }
        if self.detail_type.is_empty() {
            return Err(EntryOutput::is_missing("DetailType"));
        }
        if self.detail.is_empty() {
            return Err(EntryOutput::is_missing("Detail"));
        }
        match is_object(&self.detail) {
            true => Ok(()),
            false => Err(EntryOutput::refused("MalformedDetail", "Detail is malformed.")),
        }
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The event for the buses of the accounts that a partner's source is offered to, and that want it.
    pub(crate) fn route_to_accounts(
        &self,
        door: &EventsDoor,
        sources: &[(EventSourceName, Arc<EventSourceRecord>)],
        now_millis: u64,
        routed: &mut Vec<Routed>,
    ) -> EntryOutput {
        let id = random_id();
        for (name, record) in sources {
            let bus = match record.standing {
                EventSourceStanding::Active => door.buses.get(&name.bus()),
                EventSourceStanding::Pending { .. } | EventSourceStanding::Deleted => None,
            };
            let event = self.to_event(id, name.account, &name.region, now_millis);
            match bus.map(|bus| Routed::on(&bus, event)).transpose() {
                Ok(found) => routed.extend(found),
                Err(_) => return EntryOutput::refused("MalformedDetail", "Detail is malformed."),
            }
        }
        EntryOutput::taken(id)
    }

    fn to_event(&self, id: Uuid, account: AccountId, region: &Region, now_millis: u64) -> Event {
        let parts = EventParts {
            id,
            detail_type: &self.detail_type,
            source: &self.source,
            account,
            time_millis: match self.time {
                Some(time) => time.into().0,
                None => i64::try_from(now_millis).unwrap_or(i64::MAX),
            },
            region,
            resources: &self.resources,
            detail: &self.detail,
        };
        Event {
            id,
            json: parts.to_json(),
            passage: Passage {
                ingested_at_millis: now_millis,
                trace_header: self.trace_header.as_deref().map(str::to_owned),
                came_by: Vec::new(),
            },
        }
    }
}
