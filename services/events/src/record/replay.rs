//! A replay.

use ninefold_archive::Place;
use ninefold_catalog::Record;
use ninefold_time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::arn::BusArn;
use crate::resource_name::ResourceName;

/// A replay of a part of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayRecord {
    /// The archive, in the replay's account and region: its name and its id.
    pub(crate) archive_name: String,
    pub(crate) archive_id: Uuid,
    /// The archive's bus.
    pub(crate) bus_name: String,
    /// The ARNs of the rules that it is for; without any, it is for all of the bus.
    pub(crate) filter_arns: Vec<String>,
    pub(crate) description: Option<String>,
    /// The times of the events that are wanted: from this one on, before that one.
    pub(crate) event_start_millis: u64,
    pub(crate) event_end_millis: u64,
    pub(crate) state: ReplayState,
    pub(crate) state_reason: Option<String>,
    pub(crate) started_at_millis: u64,
    pub(crate) ended_at_millis: Option<u64>,
    /// Which event comes next: its time in milliseconds, its sequence.
    next: (u64, u64),
    /// The time of the last event that was replayed.
    pub(crate) last_replayed_millis: Option<u64>,
}

impl Record for ReplayRecord {
    const FORMAT: u8 = 1;
}

/// `ReplayState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ReplayState {
    Starting,
    Running,
    Cancelling,
    Completed,
    Cancelled,
    Failed,
}

impl ReplayState {
    /// Whether there is still something to do.
    pub(crate) fn is_active(self) -> bool {
        matches!(
            self,
            ReplayState::Starting | ReplayState::Running | ReplayState::Cancelling
        )
    }
}

/// What is asked for.
pub(crate) struct ReplayRequest {
    pub(crate) archive_name: String,
    pub(crate) archive_id: Uuid,
    pub(crate) bus_name: String,
    pub(crate) filter_arns: Vec<String>,
    pub(crate) description: Option<String>,
    pub(crate) event_start_millis: u64,
    pub(crate) event_end_millis: u64,
}

impl ReplayRecord {
    pub(crate) fn new(request: ReplayRequest, now_millis: u64) -> Self {
        ReplayRecord {
            archive_name: request.archive_name,
            archive_id: request.archive_id,
            bus_name: request.bus_name,
            filter_arns: request.filter_arns,
            description: request.description,
            event_start_millis: request.event_start_millis,
            event_end_millis: request.event_end_millis,
            state: ReplayState::Starting,
            state_reason: None,
            started_at_millis: now_millis,
            ended_at_millis: None,
            next: (request.event_start_millis, 0),
            last_replayed_millis: None,
        }
    }

    /// The archive that is replayed.
    pub(crate) fn archive(&self, name: &ResourceName) -> ResourceName {
        ResourceName {
            name: self.archive_name.clone(),
            ..name.clone()
        }
    }

    /// The bus that it goes to.
    pub(crate) fn bus(&self, name: &ResourceName) -> BusArn {
        BusArn {
            account: name.account,
            region: name.region.clone(),
            name: self.bus_name.clone(),
        }
    }

    pub(crate) fn next_place(&self) -> Place {
        Place {
            at: Timestamp::from_millis(self.next.0),
            sequence: self.next.1,
        }
    }

    /// The first place that is not wanted any more.
    pub(crate) fn end(&self) -> Place {
        Place::at(Timestamp::from_millis(self.event_end_millis))
    }

    /// What comes up to a place, that one included, is replayed.
    pub(crate) fn advance(&mut self, last: Place) {
        let next = last.next();
        self.next = (next.at.as_millis(), next.sequence);
        self.last_replayed_millis = Some(last.at.as_millis());
        if self.state == ReplayState::Starting {
            self.state = ReplayState::Running;
        }
    }

    /// It has come to an end.
    pub(crate) fn end_as(&mut self, ending: ReplayState, reason: Option<String>, now_millis: u64) {
        self.state = match self.state {
            // Whoever cancelled it was told so.
            ReplayState::Cancelling => ReplayState::Cancelled,
            _ => ending,
        };
        self.state_reason = reason;
        self.ended_at_millis = Some(now_millis);
    }
}
