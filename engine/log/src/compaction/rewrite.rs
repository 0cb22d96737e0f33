//! Making one segment of some, and putting it in their place.

use std::io;
use std::sync::Arc;

use ninefold_record_batch::Header;

use super::rules::{Left, Observed, Rules};
use super::{CompactionError, Stop};
use crate::log::Shared;
use crate::partition::{Partition, State};
use crate::reader::SegmentReader;
use crate::segment::{Segment, SegmentFile, Unsynced};

/// The making of one segment.
pub(super) struct Rewriting<'a> {
    pub(super) shared: &'a Shared,
    pub(super) stop: &'a Stop,
    pub(super) partition: &'a Partition,
    pub(super) rules: &'a Rules,
    /// At least one.
    pub(super) sources: &'a [Arc<Segment>],
}

/// What has come of it.
pub(super) struct Rewritten {
    /// The new segment, synced; `None` if nothing is left.
    segment: Option<Segment>,
    /// The offsets of markers that are no more, in order.
    lost_markers: Vec<i64>,
}

impl Rewriting<'_> {
    /// Writes what is left of the sources and syncs it.
    pub(super) fn run(&self, observed: &mut Observed) -> Result<Rewritten, CompactionError> {
        let target = self.target();
        let written = self.write(&target, observed);
        if written.is_err() {
            // It is incomplete, and what removes leftovers would remove it too.
            drop(self.shared.files.remove(self.partition.number, &target));
        }
        written
    }

    /// The new segment, without batches.
    fn target(&self) -> Segment {
        let first = &self.sources[0];
        Segment::begin(
            first.base_offset,
            first.generation + 1,
            first.begun_at_milliseconds,
        )
    }

    fn write(&self, target: &Segment, observed: &mut Observed) -> Result<Rewritten, CompactionError> {
        let mut file = None;
        let mut lost_markers = Vec::new();
        for source in self.sources {
            let reader = SegmentReader::open(&self.shared.files, self.partition.number, source)?;
            let mut batches = reader.scan(source.base_offset)?;
            while let Some(batch) = batches.next()? {
                self.stop.check()?;
                let verdict = self.rules.judge(&batch, observed);
                let verdict = verdict.map_err(|source| batches.damaged(source))?;
                if verdict.loses_marker {
                    lost_markers.push(batch.header().base_offset);
                }
                let left = match verdict.left {
                    Left::Nothing => continue,
                    Left::Everything => batch.bytes().clone(),
                    Left::Some(left) => left,
                };
                let header = Header::parse(&left).map_err(|source| batches.damaged(source))?;
                let appended = match &mut file {
                    Some(file) => file,
                    None => file.insert(self.create(target).map_err(|error| self.failed(error))?),
                }
                .append(&header, &left);
                appended.map_err(|error| self.failed(error))?;
            }
        }
        let segment = file.map(|file| self.finish(file)).transpose();
        Ok(Rewritten {
            segment: segment.map_err(|error| self.failed(error))?,
            lost_markers,
        })
    }

    fn create(&self, target: &Segment) -> io::Result<SegmentFile<'_>> {
        SegmentFile::create(&self.shared.files, self.partition.number, target.clone())
    }

    fn finish(&self, file: SegmentFile<'_>) -> io::Result<Segment> {
        let (mut segment, files) = file.finish()?;
        self.shared.files.sync(&Unsynced {
            partition: self.partition.number,
            files: files.into(),
            has_new_files: true,
            is_first_of_partition: false,
        })?;
        // It stands for everything that its sources stood for.
        segment.end_offset = self.sources[self.sources.len() - 1].end_offset;
        Ok(segment)
    }

    fn failed(&self, source: io::Error) -> CompactionError {
        CompactionError::Write {
            path: self.shared.files.of(self.partition.number),
            source,
        }
    }
}

impl Shared {
    /// Puts a segment in the place of others, whose files go when the record that says so is durable. Says whether it did: they
    /// may not be there any more. With `compacted_offset`, everything before it is compacted from now on.
    pub(super) fn replace(
        &self,
        partition: &Arc<Partition>,
        sources: &[Arc<Segment>],
        rewritten: Rewritten,
        compacted_offset: Option<i64>,
    ) -> Result<bool, CompactionError> {
        let _changes = self.segment_changes.lock();
        let segment = rewritten.segment.map(Arc::new);
        {
            let mut state = partition.state();
            let is_in_place = !state.is_deleted && state.replace(sources, segment.as_ref());
            if !is_in_place {
                drop(state);
                self.discard(partition, segment.as_deref());
                return Ok(false);
            }
            state.progress.forget_markers(&rewritten.lost_markers);
            state.flushed.progress.forget_markers(&rewritten.lost_markers);
            if let Some(compacted_offset) = compacted_offset {
                state.flushed.compacted_offset = compacted_offset;
            }
            // What it has of them is not known as aborted any more.
            let end_offset = sources.last().map_or(0, |source| source.end_offset);
            state.tail.shrink(end_offset, 0);
        }
        self.commit_records(std::slice::from_ref(partition))
            .map_err(crate::LogError::from)?;
        self.remove(partition, sources);
        let read_bytes = sources.iter().map(|source| source.bytes).sum();
        self.figures
            .compacted(read_bytes, segment.map_or(0, |segment| segment.bytes));
        Ok(true)
    }

    /// Removes what was made for nothing.
    fn discard(&self, partition: &Partition, segment: Option<&Segment>) {
        let removed = if partition.state().is_deleted {
            self.files.remove_partition(partition.number)
        } else {
            segment.map_or(Ok(()), |segment| self.files.remove(partition.number, segment))
        };
        if let Err(error) = removed {
            tracing::warn!(%error, ?partition, "files of a segment are left that was made for nothing");
        }
    }

    /// Everything before an offset is compacted: there is nothing left of it.
    pub(super) fn note_compacted(&self, partition: &Partition, offset: i64) {
        let _changes = self.segment_changes.lock();
        partition.state().flushed.compacted_offset = offset;
    }
}

impl State {
    /// Puts a segment in the place of neighbours, if all of them are there; says whether they were.
    fn replace(&mut self, sources: &[Arc<Segment>], segment: Option<&Arc<Segment>>) -> bool {
        let segments = &mut self.flushed.segments;
        let first = segments.partition_point(|segment| segment.base_offset < sources[0].base_offset);
        let place = first..first + sources.len();
        let is_there = segments.get(place.clone()).is_some_and(|present| {
            let mut pairs = present.iter().zip(sources);
            pairs.all(|(present, source)| present.is_of_same_files(source))
        });
        if is_there {
            segments.splice(place, segment.cloned());
        }
        is_there
    }
}
