//! What a channel has done.

use parking_lot::Mutex;

/// Counts since the server's start, under the names that say what AWS's metrics of deliveries say.
///
/// Source: [Monitoring data delivery](https://docs.aws.amazon.com/streams/latest/dev/data-delivery-monitoring.html).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelFigures {
    /// The channel's name.
    pub channel: String,
    /// Its id.
    pub channel_id: String,
    /// The stream's name.
    pub stream: String,
    /// Objects put, those of dead letters not counted.
    pub objects: u64,
    /// Records in them.
    pub delivered_records: u64,
    /// Bytes of these records.
    pub read_bytes: u64,
    /// Bytes of the objects.
    pub written_bytes: u64,
    /// Records put as dead letters, since they are not what the channel takes.
    pub dead_letters: u64,
    /// Attempts to deliver that failed.
    pub failed_attempts: u64,
    /// Records that the stream had let go of before they could be delivered.
    pub lost_records: u64,
    /// The age of the oldest record that is not delivered; none when all are.
    pub oldest_age_milliseconds: Option<u64>,
}

/// The figures of a channel that works.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<Counted>);

#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub(super) objects: u64,
    pub(super) delivered_records: u64,
    pub(super) read_bytes: u64,
    pub(super) written_bytes: u64,
    pub(super) dead_letters: u64,
    pub(super) failed_attempts: u64,
    pub(super) lost_records: u64,
    /// When the oldest record that waits came, in milliseconds since the epoch.
    pub(super) waiting_since_milliseconds: Option<u64>,
}

impl Counts {
    pub(super) fn change(&self, change: impl FnOnce(&mut Counted)) {
        change(&mut self.0.lock());
    }

    pub(super) fn figures(
        &self,
        channel: &str,
        channel_id: String,
        stream: &str,
        now_milliseconds: u64,
    ) -> ChannelFigures {
        let counted = self.0.lock().clone();
        let age = |since: u64| now_milliseconds.saturating_sub(since);
        ChannelFigures {
            channel: channel.to_owned(),
            channel_id,
            stream: stream.to_owned(),
            objects: counted.objects,
            delivered_records: counted.delivered_records,
            read_bytes: counted.read_bytes,
            written_bytes: counted.written_bytes,
            dead_letters: counted.dead_letters,
            failed_attempts: counted.failed_attempts,
            lost_records: counted.lost_records,
            oldest_age_milliseconds: counted.waiting_since_milliseconds.map(age),
        }
    }
}
