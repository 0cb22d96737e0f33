//! Changing the shards of a stream: by a plan, to a number of them, and by what they take.

use std::sync::Arc;

use ninefold_log::LogError;
use ninefold_protocol::ServiceError;
use ninefold_streams::{Birth, HashRange, NewShard, Reshaping, Stream};

use crate::KinesisDoor;
use crate::arn::StreamArn;
use crate::door::{UpdateTurn, whole};
use crate::errors::{self, Refusal};
use crate::limits::{STREAM_SHARDS, WRITE_BYTES, WRITE_RECORDS};
use crate::record::Mode;
use crate::stream::{Shard, StreamView};

/// How often the door looks after streams.
const INTERVAL: std::time::Duration = std::time::Duration::from_secs(30);
/// Steps until shards have equal ranges: one that splits, and some that merge pairs.
const STEPS: usize = 32;

impl KinesisDoor {
    /// Closes and opens shards of a stream by what it is when nobody else changes it.
    pub(crate) async fn reshape(
        &self,
        arn: &StreamArn,
        plan: impl FnOnce(&StreamView) -> Result<Reshaping, ServiceError> + Send + 'static,
    ) -> Result<(), ServiceError> {
        let turn = self.update_turn(arn)?;
        self.reshape_in_turn(arn, plan, turn).await.map(drop)
    }

    /// As [`KinesisDoor::reshape`]; gives the turn back.
    async fn reshape_in_turn(
        &self,
        arn: &StreamArn,
        plan: impl FnOnce(&StreamView) -> Result<Reshaping, ServiceError> + Send + 'static,
        turn: UpdateTurn,
    ) -> Result<UpdateTurn, ServiceError> {
        let view = self
            .views
            .get(arn)?
            .ok_or_else(|| errors::stream_not_found(arn))?;
        let streams = Arc::clone(self.streams());
        let key = arn.key();
        let reshaped = whole(async move {
            let reshape = |stream: &Stream| {
                // Nobody but who has the turn changes shards, settings aside.
                match stream.record.shards == view.stream.record.shards {
                    true => plan(&view).map_err(Refusal::from),
                    false => Err(Refusal::from(errors::stream_is_updating(&view.arn))),
                }
            };
            streams.reshape(&key, reshape).await?;
            Ok::<_, Refusal>(turn)
        });
        reshaped.await.map_err(|refusal| refusal.about(arn))
    }

    /// Splits and merges until a stream has so many shards of equal ranges.
    pub(crate) async fn scale(
        &self,
        arn: &StreamArn,
        count: u32,
        turn: UpdateTurn,
    ) -> Result<(), ServiceError> {
        let mut turn = turn;
        for _ in 0..STEPS {
            let view = self
                .views
                .get(arn)?
                .ok_or_else(|| errors::stream_not_found(arn))?;
            let Some(step) = next_step(&view, count) else {
                return Ok(());
            };
            turn = self.reshape_in_turn(arn, move |_| Ok(step), turn).await?;
        }
        Err(ServiceError::internal("The stream could not be scaled."))
    }

    /// Splits what takes too much, and forgets what is gone. Never returns.
    pub(crate) async fn look_after_streams(&self) {
        loop {
            let began = self.clock.now();
            self.clock.sleep_until(began + INTERVAL).await;
            let seconds = self.clock.now().duration_since(began).as_secs().max(1);
            for stream in self.streams().all() {
                let Some(arn) = StreamArn::from_key(&stream.key) else {
                    continue;
                };
                if let Err(error) = self.grow(&arn, stream, seconds).await {
                    tracing::warn!(%error, %arn, "the shards of an on-demand stream could not be split");
                }
            }
            self.sweep_queues().await;
            self.views.forget();
            if let Err(error) = self.forget_consumers().await {
                tracing::warn!(%error, "consumers of streams that are gone could not be forgotten");
            }
        }
    }

    /// Splits shards of an on-demand stream that took more than half of what a shard takes.
    async fn grow(&self, arn: &StreamArn, stream: Arc<Stream>, seconds: u64) -> Result<(), ServiceError> {
        let view = self.views.of(arn, stream)?;
        let busy: Vec<u32> = view
            .open()
            .filter(|shard| is_busy(shard, seconds))
            .map(|shard| shard.id.0)
            .collect();
        let is_on_demand = view.settings.mode == Mode::OnDemand && view.stream.record.birth == Birth::Kinesis;
        let room = (STREAM_SHARDS as usize).saturating_sub(view.open().len());
        let busy: Vec<u32> = busy.into_iter().take(room).collect();
        if !is_on_demand || busy.is_empty() {
            return Ok(());
        }
        tracing::info!(%arn, shards = ?busy, "splitting the busy shards of an on-demand stream");
        self.reshape(arn, move |view| Ok(halving(view, &busy))).await
    }

    /// Makes records of before a time unreadable for good.
    pub(crate) async fn trim(
        &self,
        view: &StreamView,
        horizon_milliseconds: u64,
    ) -> Result<(), ServiceError> {
        let horizon = i64::try_from(horizon_milliseconds).unwrap_or(i64::MAX);
        for shard in &view.shards {
            let first = shard.partition.offset_for_time(horizon).await;
            let first = first.map_err(|error| errors::from_read(&error))?;
            let offset = first.map_or_else(|| shard.partition.end_offset(), |first| first.offset);
            match shard.partition.delete_before(offset).await {
                Ok(_) | Err(LogError::Deleted) => {}
                Err(error) => return Err(errors::from_log(&error)),
            }
        }
        Ok(())
    }
}

/// Whether a shard took more than half of what it takes, on average of these seconds. Asking begins the next average.
fn is_busy(shard: &Shard, seconds: u64) -> bool {
    let load = shard.meter.take_load();
    load.bytes > WRITE_BYTES / 2 * seconds || load.records > WRITE_RECORDS / 2 * seconds
}

/// Two shards in the place of each of these.
fn halving(view: &StreamView, shards: &[u32]) -> Reshaping {
    let mut reshaping = Reshaping::default();
    for shard in shards
        .iter()
        .filter_map(|number| view.shards.get(*number as usize))
    {
        let HashRange { first, last } = shard.range;
        if first < last && shard.is_open() {
            cut(&mut reshaping, shard, &[first + (last - first) / 2 + 1]);
        }
    }
    reshaping
}

/// Puts several shards in the place of one, each but the first of which begins at one of the `boundaries`.
fn cut(reshaping: &mut Reshaping, shard: &Shard, boundaries: &[u128]) {
    reshaping.close.push(shard.id.0);
    let firsts = std::iter::once(shard.range.first).chain(boundaries.iter().copied());
    let ends = boundaries.iter().map(|boundary| boundary - 1);
    let lasts = ends.chain(std::iter::once(shard.range.last));
    for (first, last) in firsts.zip(lasts) {
        reshaping.open.push(NewShard {
            hash_range: Some(HashRange { first, last }),
            parents: vec![shard.id.0],
        });
    }
}

/// The next step to shards of equal ranges: first what lies across their boundaries is split there, then neighbours are merged, two by
/// two. So every shard comes from one or two others, and whoever reads parents before children reads the records of every key in order.
fn next_step(view: &StreamView, count: u32) -> Option<Reshaping> {
    let ranges = HashRange::even(count);
    let mut splits = Reshaping::default();
    for shard in view.open() {
        let from = ranges.partition_point(|range| range.first <= shard.range.first);
        let until = ranges.partition_point(|range| range.first <= shard.range.last);
        let boundaries: Vec<u128> = ranges[from..until].iter().map(|range| range.first).collect();
        if !boundaries.is_empty() {
            cut(&mut splits, shard, &boundaries);
        }
    }
    if !splits.close.is_empty() {
        return Some(splits);
    }
    let mut merges = Reshaping::default();
    let mut open = view.open().peekable();
    while let Some(shard) = open.next() {
        let behind = ranges.partition_point(|range| range.first <= shard.range.first);
        let range = ranges.get(behind.checked_sub(1)?)?;
        if let Some(neighbour) = open.next_if(|neighbour| range.contains(neighbour.range.first)) {
            merges.close.extend([shard.id.0, neighbour.id.0]);
            merges.open.push(NewShard {
                hash_range: Some(HashRange {
                    first: shard.range.first,
                    last: neighbour.range.last,
                }),
                parents: vec![shard.id.0, neighbour.id.0],
            });
        }
    }
    (!merges.close.is_empty()).then_some(merges)
}
