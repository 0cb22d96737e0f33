//! Brings what is told of connections to the default buses of their accounts.

use ninefold_model::{Timestamp, TimestampFormat};
use serde::Serialize;

use crate::EventsDoor;
use crate::arn::{BusArn, DEFAULT_BUS};
use crate::connections::Announcement;
use crate::event::{Event, EventParts, Passage, random_id};
use crate::routing::Routed;

/// `detail` of the event.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Detail<'a> {
    connection_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<&'a str>,
    timestamp: String,
}

impl EventsDoor {
    /// Tells what happens to connections, for ever.
    pub(crate) async fn tell_of_connections(&self) {
        loop {
            let announcement = self.connections.next_announcement().await;
            if let Err(reason) = self.tell(&announcement).await {
                let connection = &announcement.connection.name;
                tracing::warn!(connection, reason, "an event about a connection could not be put");
            }
        }
    }

    async fn tell(&self, announcement: &Announcement) -> Result<(), String> {
        let bus = BusArn {
            account: announcement.connection.account,
            region: announcement.connection.region.clone(),
            name: DEFAULT_BUS.to_owned(),
        };
        let Some(bus) = self.buses.get(&bus) else {
            return Err("there is no default bus".to_owned());
        };
        let event = self.connection_event(announcement)?;
        let routed = Routed::on(&bus, event).map_err(|error| error.to_string())?;
        let brought = self.bring_to_targets(vec![routed]).await;
        brought.map_err(|error| error.message)
    }

    fn connection_event(&self, announcement: &Announcement) -> Result<Event, String> {
        let id = random_id();
        let time_millis = i64::try_from(announcement.at.as_millis()).unwrap_or(i64::MAX);
        let detail = Detail {
            connection_name: &announcement.connection.name,
            state_reason: announcement.reason.as_deref(),
            timestamp: spaced(time_millis),
        };
        let detail = serde_json::to_string(&detail).map_err(|error| error.to_string())?;
        let parts = EventParts {
            id,
            detail_type: announcement.detail_type,
            source: "aws.events",
            account: announcement.connection.account,
            time_millis,
            region: &announcement.connection.region,
            resources: &[announcement.connection_arn.as_str().into()],
            detail: &detail,
        };
        Ok(Event {
            id,
            json: parts.to_json(),
            passage: Passage {
                ingested_at_millis: self.now_millis(),
                ..Passage::default()
            },
        })
    }
}

/// A time as these events have it in their details: `2024-10-24 09:26:35 +0000 UTC`.
fn spaced(milliseconds: i64) -> String {
    let whole_seconds = milliseconds.div_euclid(1_000) * 1_000;
    let written = Timestamp::from_milliseconds(whole_seconds)
        .format(TimestampFormat::Iso8601)
        .to_string();
    let written = written.trim_end_matches('Z').replace('T', " ");
    format!("{written} +0000 UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_in_the_published_example() {
        assert_eq!(spaced(1_729_761_995_999), "2024-10-24 09:26:35 +0000 UTC");
    }
}
