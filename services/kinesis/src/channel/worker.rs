//! What a channel does: looks at its destination, and delivers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_catalog::{CatalogError, Change};
use ninefold_delivery::RetryPolicy;
use ninefold_outbound_object_store::{Bucket, NewObject, StoreError};
use ninefold_protocol::ServiceError;
use ninefold_record_batch::Record;
use ninefold_time::Timestamp;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::backlog::Backlog;
use super::batch::{Batch, Contents, Sequenced};
use super::figures::Counts;
use super::positions::Positions;
use super::supervisor::Shared;
use super::template::{KeyTemplate, Names, TemplateError, dead_letter_key};
use crate::arn::{ChannelArn, StreamArn};
use crate::limits::PAGE_RECORDS;
use crate::reading::Wanted;
use crate::record::{ChannelRecord, ChannelState, DeadLetterDestination, Destination, PositionsRecord};
use crate::stream::{Shard, StreamView};

/// How much is read at a time.
pub(super) const PAGE_BYTES: usize = 1 << 20;
/// How often to look how much there is, while something waits to be old enough.
const LOOK: Duration = Duration::from_secs(1);
/// When what failed is tried again: for as long as it takes.
const RETRY: RetryPolicy = RetryPolicy::Exponential {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(60),
    retries: u32::MAX,
};

/// Works for one channel.
pub(super) struct Worker {
    pub(super) arn: ChannelArn,
    /// The channel's key in the catalog.
    pub(super) key: Bytes,
    pub(super) shared: Arc<Shared>,
    pub(super) counts: Arc<Counts>,
    pub(super) progress: Option<Progress>,
    /// How often what is to be done now has failed.
    pub(super) failures: u32,
}

/// How far it is.
pub(super) struct Progress {
    /// What is before is delivered, durably.
    positions: Positions,
    /// What waits behind them.
    backlog: Backlog,
    /// What the next object is called: the same at every attempt, so that one which failed half-way leaves nothing twice.
    naming: Option<(Timestamp, Uuid)>,
    /// The shard with which the next object begins, so that all have their turn.
    first_shard: usize,
}

/// What comes next.
enum Step {
    /// There may be more to do at once.
    Again,
    /// Nothing until records come.
    Idle,
    /// Nothing until then.
    Until(Timestamp),
}

/// Why something can't be done.
enum Trouble {
    /// Now.
    Now(String),
    /// Ever.
    Ever(String),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            // Somebody may let us, or make the bucket, and the records are kept meanwhile.
            StoreError::Unavailable { .. } | StoreError::Refused { .. } => Trouble::Now(error.to_string()),
            StoreError::Impossible { .. } => Trouble::Ever(error.to_string()),
        }
    }
}

impl From<ServiceError> for Trouble {
    fn from(error: ServiceError) -> Self {
        Trouble::Now(error.to_string())
    }
}

impl From<CatalogError> for Trouble {
    fn from(error: CatalogError) -> Self {
        Trouble::Now(error.to_string())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Trouble::Now(error.to_string())
    }
}

impl Progress {
    fn at(positions: Positions) -> Self {
        Progress {
            backlog: Backlog::behind(&positions),
            positions,
            naming: None,
            first_shard: 0,
        }
    }
}

impl Worker {
    /// Works until there is nothing to do any more: the channel is gone, or has failed.
    pub(super) async fn run(mut self) {
        let notify = Arc::new(Notify::new());
        loop {
            let mut channels_changed = self.shared.changes.subscribe();
            let mut streams_changed = self.shared.views.streams.changes();
            let Some(record) = self.shared.channels.get(&self.key) else {
                return;
            };
            // Another channel may have the name of one that was deleted.
            if record.id != self.arn.id || matches!(record.state, ChannelState::Failed { .. }) {
                return;
            }
            let view = match self.view(&record) {
                Ok(view) => view,
                Err(trouble) => {
                    let until = self.suffer(&record, trouble).await;
                    self.shared.clock.sleep_until(until).await;
                    continue;
                }
            };
            // Before looking, so that nothing comes unnoticed in between.
            let watching: Vec<_> = view.open().map(|shard| shard.partition.watch(&notify)).collect();
            let step = match record.state {
                ChannelState::Creating => self.begin(&record, &view).await,
                _ => self.step(&record, &view).await,
            };
            let step = match step {
                Ok(step) => {
                    self.failures = 0;
                    step
                }
                Err(trouble) => Step::Until(self.suffer(&record, trouble).await),
            };
            let (is_idle, until) = match step {
                Step::Again => continue,
                Step::Idle => (true, self.shared.clock.now()),
                Step::Until(until) => (false, until),
            };
            tokio::select! {
                () = notify.notified(), if is_idle => {}
                () = self.shared.clock.sleep_until(until), if !is_idle => {}
                // What has failed is not tried earlier because something else has changed.
                _ = channels_changed.changed(), if self.failures == 0 => {}
                _ = streams_changed.changed(), if self.failures == 0 => {}
            }
            drop(watching);
        }
    }

    fn view(&self, record: &ChannelRecord) -> Result<Arc<StreamView>, Trouble> {
        let stream = self.shared.views.streams.by_id(record.stream);
        let stream = stream.ok_or_else(|| Trouble::Ever("The source stream was deleted.".to_owned()))?;
        let arn = StreamArn {
            account: self.arn.account,
            region: self.arn.region.clone(),
            name: record.stream_name.clone(),
        };
        Ok(self.shared.views.of(&arn, stream)?)
    }

    /// Looks whether there is somewhere to deliver to. What comes into the stream from then on is delivered.
    async fn begin(&mut self, record: &ChannelRecord, view: &StreamView) -> Result<Step, Trouble> {
        let buckets = [
            bucket(&record.destination),
            dead_letter_bucket(&record.dead_letters),
        ];
        for bucket in buckets {
            let checked = self.shared.delivery.store.check(&bucket).await;
            checked.map_err(|error| match error {
                StoreError::Unavailable { .. } => Trouble::Now(error.to_string()),
                _ => Trouble::Ever(format!("Bucket {} can't be delivered to: {error}", bucket.name)),
            })?;
        }
        let positions = Positions::at_tip(view);
        let kept = PositionsRecord {
            positions: positions.clone(),
        };
        self.shared.positions.put(record.id.as_bytes(), kept).await?;
        self.progress = Some(Progress::at(positions));
        self.set_state(record, ChannelState::Active).await?;
        tracing::info!(channel = %self.arn, stream = %view.arn, "a channel delivers from now on");
        Ok(Step::Again)
    }

    async fn step(&mut self, record: &ChannelRecord, view: &StreamView) -> Result<Step, Trouble> {
        let progress = match &mut self.progress {
            Some(progress) => progress,
            None => {
                let kept = self.shared.positions.get(record.id.as_bytes());
                let kept = kept.ok_or_else(|| Trouble::Ever("It is not known how far it is.".to_owned()))?;
                self.progress.insert(Progress::at(kept.positions.clone()))
            }
        };
        let object_bytes = self.shared.delivery.object_bytes;
        progress.backlog.look(view, object_bytes).await?;
        let since = progress.backlog.oldest_milliseconds();
        self.counts
            .change(|counts| counts.waiting_since_milliseconds = since);
        let is_full = progress.backlog.bytes() >= object_bytes;
        let Some(since) = since else {
            return Ok(Step::Idle);
        };
        let now = self.shared.clock.now();
        let due_at = Timestamp::from_millis(since) + Duration::from_secs(record.freshness_seconds.into());
        if is_full || now >= due_at {
            self.deliver(record, view).await?;
            return Ok(Step::Again);
        }
        Ok(Step::Until(due_at.min(now + LOOK)))
    }

    /// Puts one object, and one of dead letters if there are any, and makes durable that it has.
    async fn deliver(&mut self, record: &ChannelRecord, view: &StreamView) -> Result<(), Trouble> {
        let shared = Arc::clone(&self.shared);
        let Some(progress) = &mut self.progress else {
            return Ok(());
        };
        let _turn = shared.turns.acquire().await;
        let mut gathering = Gathering::from(progress.positions.clone(), shared.delivery.object_bytes);
        let batch = Batch::new(record.format, record.destination.compression_type)?;
        let batch = gathering.gather(view, progress.first_shard, batch).await?;
        let Gathering {
            positions,
            next_shard,
            lost_records,
            ..
        } = gathering;
        let contents = blocking(move || batch.finish()).await?;
        let now = shared.clock.now();
        let (time, suffix) = *progress.naming.get_or_insert_with(|| (now, Uuid::new_v4()));
        let written_bytes = contents.object.len() + contents.dead_letters.len();
        let counts = contents.counts;
        put(&shared, record, contents, time, suffix).await?;
        let kept = PositionsRecord {
            positions: positions.clone(),
        };
        shared.positions.put(record.id.as_bytes(), kept).await?;
        *progress = Progress {
            first_shard: next_shard,
            ..Progress::at(positions)
        };
        self.counts.change(|total| {
            total.objects += u64::from(counts.records > 0);
            total.delivered_records += counts.records;
            total.read_bytes += counts.bytes as u64;
            total.written_bytes += written_bytes as u64;
            total.dead_letters += counts.dead_letters;
            total.lost_records += lost_records;
        });
        tracing::debug!(channel = %self.arn, records = counts.records, written_bytes, "a channel has delivered");
        if lost_records > 0 {
            let message = "the stream let go of records before they could be delivered";
            tracing::warn!(channel = %self.arn, lost_records, "{message}");
            self.log(
                record,
                "RecordsTrimmed",
                &format!("{lost_records} records: {message}"),
            );
        }
        if counts.dead_letters > 0 {
            let message = format!("{} records are not what the channel takes", counts.dead_letters);
            self.log(record, "DeadLetters", &message);
        }
        Ok(())
    }

    /// Notes a failure; says when to try again.
    async fn suffer(&mut self, record: &ChannelRecord, trouble: Trouble) -> Timestamp {
        self.failures = self.failures.saturating_add(1);
        self.counts.change(|counts| counts.failed_attempts += 1);
        match trouble {
            Trouble::Now(reason) => {
                tracing::warn!(channel = %self.arn, attempt = self.failures, reason, "a channel could not deliver");
                self.log(record, "DeliveryFailed", &reason);
            }
            Trouble::Ever(reason) => {
                tracing::error!(channel = %self.arn, reason, "a channel has failed");
                self.log(record, "ChannelFailed", &reason);
                let failed = ChannelState::Failed { reason };
                if let Err(error) = self.set_state(record, failed).await {
                    tracing::warn!(channel = %self.arn, %error, "that a channel has failed could not be kept");
                }
            }
        }
        let delay = RETRY.delay_after(self.failures, fastrand::f64());
        self.shared.clock.now() + delay.unwrap_or(LOOK)
    }

    async fn set_state(&self, record: &ChannelRecord, state: ChannelState) -> Result<(), CatalogError> {
        let changed = self.shared.channels.change(&self.key, |current| {
            Ok::<_, CatalogError>(match current {
                Some(current) if current.id == record.id => Change::Put(ChannelRecord {
                    state,
                    ..ChannelRecord::clone(current)
                }),
                _ => Change::Keep,
            })
        });
        changed.await.map(drop)
    }

    /// A line in the channel's log group.
    fn log(&self, record: &ChannelRecord, event: &str, message: &str) {
        let Some(groups) = self.shared.log_groups.as_ref().filter(|_| record.logging.enabled) else {
            return;
        };
        let line = serde_json::json!({
            "timestamp": self.shared.clock.now().as_millis(), "channelARN": self.arn.to_string(),
            "logStream": record.logging.log_stream_name, "event": event, "message": message,
        });
        groups.append(&record.logging.log_group_name, line.to_string());
    }
}

/// Gathers what an object is made of.
struct Gathering {
    object_bytes: usize,
    positions: Positions,
    next_shard: usize,
    lost_records: u64,
}

impl Gathering {
    fn from(positions: Positions, object_bytes: usize) -> Self {
        Gathering {
            object_bytes,
            positions,
            next_shard: 0,
            lost_records: 0,
        }
    }

    /// Takes what there is, from one shard on, until there is enough for an object.
    async fn gather(
        &mut self,
        view: &StreamView,
        first_shard: usize,
        mut batch: Batch,
    ) -> Result<Batch, Trouble> {
        let (before, from) = view.shards.split_at(first_shard.min(view.shards.len()));
        for shard in from.iter().chain(before) {
            batch = self.gather_shard(view, shard, batch).await?;
            if batch.bytes() >= self.object_bytes {
                self.next_shard = shard.id.0 as usize + 1;
                break;
            }
        }
        Ok(batch)
    }

    async fn gather_shard(
        &mut self,
        view: &StreamView,
        shard: &Shard,
        mut batch: Batch,
    ) -> Result<Batch, Trouble> {
        while let Some(from_offset) = self.positions.next_in(view, shard) {
            let room = self.object_bytes.saturating_sub(batch.bytes());
            if room == 0 {
                break;
            }
            let start_offset = shard.partition.start_offset();
            let reading = shard.read(&wanted(from_offset, room.min(PAGE_BYTES))).await?;
            if reading.next_offset <= from_offset {
                break;
            }
            self.lost_records += u64::try_from(start_offset - from_offset).unwrap_or(0);
            let sequenced = |record: Record| Sequenced {
                shard_id: shard.id.to_string(),
                sequence_number: shard.sequence_number(record.offset, record.timestamp).to_string(),
                record,
            };
            let records: Vec<Sequenced> = reading.records.into_iter().map(sequenced).collect();
            // Compressing takes its time, which nobody else has to wait for.
            batch = blocking(move || {
                batch.push_all(&records)?;
                Ok(batch)
            })
            .await?;
            self.positions.advance(shard, reading.next_offset);
        }
        Ok(batch)
    }
}

/// What is read in a page. Whatever the log still has is delivered, be it older than the stream's retention.
pub(super) fn wanted(from_offset: i64, bytes: usize) -> Wanted {
    Wanted {
        from_offset,
        records: PAGE_RECORDS,
        bytes,
        horizon_milliseconds: None,
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Trouble> {
    match spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(Trouble::Now(error.to_string())),
    }
}

async fn put(
    shared: &Shared,
    record: &ChannelRecord,
    contents: Contents,
    time: Timestamp,
    suffix: Uuid,
) -> Result<(), Trouble> {
    let store = &shared.delivery.store;
    let names = Names {
        channel: &record.name,
        channel_id: record.id,
        stream: &record.stream_name,
    };
    let destination = &record.destination;
    let unusable = |error: TemplateError| Trouble::Ever(format!("The template: {error}"));
    let template = KeyTemplate::parse(
        &destination.output_key_template,
        destination.compression_type,
        names,
    );
    let object = |key: String, content: Bytes, content_type| NewObject {
        key,
        content,
        content_type,
        storage_class: destination.storage_class.told(),
        encryption_key: record.encryption_key.clone(),
    };
    if contents.counts.records > 0 {
        let key = template.map_err(unusable)?.key(names, time, suffix);
        let object = object(key, contents.object, "application/octet-stream");
        store.put(&bucket(destination), object).await?;
    }
    if contents.counts.dead_letters > 0 {
        let key = dead_letter_key(&record.dead_letters.error_output_prefix, names, time, suffix);
        let object = NewObject {
            storage_class: None,
            ..object(key, contents.dead_letters, "application/x-ndjson")
        };
        store
            .put(&dead_letter_bucket(&record.dead_letters), object)
            .await?;
    }
    Ok(())
}

fn bucket(destination: &Destination) -> Bucket {
    bucket_of(&destination.bucket_arn, &destination.expected_bucket_owner)
}

fn dead_letter_bucket(destination: &DeadLetterDestination) -> Bucket {
    bucket_of(&destination.bucket_arn, &destination.expected_bucket_owner)
}

/// `arn:aws:s3:::NAME`
fn bucket_of(arn: &str, owner: &str) -> Bucket {
    Bucket {
        name: arn.rsplit(':').next().unwrap_or_default().to_owned(),
        expected_owner: owner.to_owned(),
    }
}
