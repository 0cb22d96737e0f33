//! One round of compaction of one partition: first the latest offsets of the keys that were not compacted yet are found, as
//! many as there is room for, then all segments up to there are rewritten, from the first on, neighbours together.
//!
//! Every group of segments is replaced for itself, so that a round can be left at any time: the next one begins where the last
//! finished one has ended, and finds some of its work done.

use std::sync::Arc;

use super::keys::LatestOffsets;
use super::rewrite::{Rewriting, Rewritten};
use super::rules::{Aborted, Observed, Rules};
use super::{CompactionError, Stop};
use crate::log::Shared;
use crate::lookup::DECOMPRESSED_BYTES;
use crate::partition::{Partition, State};
use crate::reader::SegmentReader;
use crate::segment::Segment;

/// See the [module](self).
pub(super) struct Round {
    pub(super) partition: Arc<Partition>,
    rules: Rules,
    /// Behind the last segment that may be changed.
    end_offset: i64,
    phase: Phase,
    observed: Observed,
}

/// What is done up to an offset.
enum Phase {
    Mapping { until: i64 },
    Rewriting { until: i64 },
}

/// What a step has come to.
pub(super) struct Step {
    pub(super) bytes_read: u64,
    pub(super) is_last: bool,
}

impl Step {
    const LAST: Step = Step {
        bytes_read: 0,
        is_last: true,
    };

    fn of(bytes_read: u64) -> Self {
        Step {
            bytes_read,
            is_last: false,
        }
    }
}

impl Round {
    pub(super) fn begin(shared: &Shared, partition: Arc<Partition>, end_offset: i64) -> Self {
        let now_milliseconds = shared.now_milliseconds();
        let state = partition.state();
        let retention = i64::try_from(state.settings.delete_retention_milliseconds).unwrap_or(i64::MAX);
        let progress = &state.flushed.progress;
        let rules = Rules {
            latest: LatestOffsets::new(shared.compaction_keys),
            mapped_end_offset: end_offset,
            aborted: Aborted::new(progress.all_aborted()),
            last_batches: progress.last_batches().collect(),
            now_milliseconds,
            delete_horizon_milliseconds: now_milliseconds.saturating_add(retention),
        };
        let until = state.flushed.compacted_offset;
        drop(state);
        Round {
            partition,
            rules,
            end_offset,
            phase: Phase::Mapping { until },
            observed: Observed::new(),
        }
    }

    /// Goes on by one segment, or one group of them.
    pub(super) fn step(&mut self, shared: &Shared, stop: &Stop) -> Result<Step, CompactionError> {
        match self.phase {
            Phase::Mapping { until } => self.map(shared, stop, until),
            Phase::Rewriting { until } => self.rewrite(shared, stop, until),
        }
    }

    /// Takes the keys of the next segment in.
    fn map(&mut self, shared: &Shared, stop: &Stop, until: i64) -> Result<Step, CompactionError> {
        let Some(segment) = next_segment(&self.partition.state(), until, self.end_offset) else {
            self.mapped(until);
            return Ok(Step::of(0));
        };
        match self.map_segment(shared, stop, &segment, until) {
            // It was dropped meanwhile.
            Err(_) if !self.partition.state().has(&segment) => Ok(Step::of(0)),
            Err(error) => Err(error),
            Ok(()) => Ok(Step::of(segment.bytes)),
        }
    }

    fn map_segment(
        &mut self,
        shared: &Shared,
        stop: &Stop,
        segment: &Arc<Segment>,
        mut until: i64,
    ) -> Result<(), CompactionError> {
        let reader = SegmentReader::open(&shared.files, self.partition.number, segment)?;
        let mut batches = reader.scan(until)?;
        while let Some(batch) = batches.next()? {
            stop.check()?;
            // What is full already has taken at least one batch in.
            if self.rules.latest.is_full() {
                self.mapped(until);
                return Ok(());
            }
            let header = batch.header();
            until = header.next_offset();
            if header.attributes.is_control() || self.rules.aborted.has(header) {
                continue;
            }
            let records = batch.records(DECOMPRESSED_BYTES);
            for record in records.map_err(|source| batches.damaged(source))? {
                let record = record.map_err(|source| batches.damaged(source))?;
                if let Some(key) = &record.key {
                    self.rules.latest.note(key, record.offset);
                }
            }
        }
        self.phase = Phase::Mapping {
            until: segment.end_offset,
        };
        Ok(())
    }

    fn mapped(&mut self, until: i64) {
        self.rules.mapped_end_offset = until;
        self.phase = Phase::Rewriting { until: 0 };
    }

    /// Replaces the next group of segments.
    fn rewrite(&mut self, shared: &Shared, stop: &Stop, until: i64) -> Result<Step, CompactionError> {
        let mapped_end_offset = self.rules.mapped_end_offset;
        let group = next_group(&self.partition.state(), until, mapped_end_offset);
        let Some(end_offset) = group.last().map(|segment| segment.end_offset) else {
            shared.note_compacted(&self.partition, mapped_end_offset);
            return Ok(Step::LAST);
        };
        let mut observed = self.observed.clone();
        let rewriting = Rewriting {
            shared,
            stop,
            partition: &self.partition,
            rules: &self.rules,
            sources: &group,
        };
        let rewritten: Rewritten = match rewriting.run(&mut observed) {
            Ok(rewritten) => rewritten,
            Err(_) if !is_there(&self.partition.state(), &group) => return Ok(Step::of(0)),
            Err(error) => return Err(error),
        };
        let bytes_read = group.iter().map(|segment| segment.bytes).sum();
        let is_last = end_offset >= mapped_end_offset;
        let compacted_offset = is_last.then_some(mapped_end_offset);
        if shared.replace(&self.partition, &group, rewritten, compacted_offset)? {
            self.observed = observed;
            self.phase = Phase::Rewriting { until: end_offset };
            return Ok(Step { bytes_read, is_last });
        }
        if self.partition.state().is_deleted {
            return Ok(Step::LAST);
        }
        Ok(Step::of(bytes_read))
    }
}

/// The first segment that goes on behind an offset, if it may be changed.
fn next_segment(state: &State, until: i64, end_offset: i64) -> Option<Arc<Segment>> {
    let segments = &state.flushed.segments;
    let next = segments.partition_point(|segment| segment.end_offset <= until);
    let next = segments.get(next)?;
    (next.end_offset <= end_offset).then(|| Arc::clone(next))
}

/// Neighbours, from an offset on, that make one segment together.
fn next_group(state: &State, from_offset: i64, mapped_end_offset: i64) -> Vec<Arc<Segment>> {
    let segments = &state.flushed.segments;
    let first = segments.partition_point(|segment| segment.base_offset < from_offset);
    let mut bytes = 0;
    let group = segments[first..].iter().take_while(|segment| {
        let is_first = bytes == 0;
        bytes += segment.bytes;
        segment.base_offset < mapped_end_offset && (is_first || bytes <= state.settings.segment_bytes)
    });
    group.cloned().collect()
}

/// Whether all of these are segments still.
fn is_there(state: &State, segments: &[Arc<Segment>]) -> bool {
    segments.iter().all(|segment| state.has(segment))
}
