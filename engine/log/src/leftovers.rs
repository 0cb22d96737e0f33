//! Files that no record names: what a crash has left of segments that were being made, or that were to be removed.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::PartitionNumber;
use crate::log::Shared;

impl Shared {
    /// Removes them. To be called while nothing makes segments but what holds the lock of their changes.
    pub(crate) fn remove_leftovers(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.files.directory())? {
            let directory = entry?.path();
            let number = directory.file_name().and_then(|name| name.to_str());
            let Some(number) = number.and_then(|name| name.parse().ok()) else {
                continue;
            };
            let _changes = self.segment_changes.lock();
            self.remove_leftovers_of(PartitionNumber::new(number), &directory)?;
        }
        Ok(())
    }

    fn remove_leftovers_of(&self, number: PartitionNumber, directory: &Path) -> io::Result<()> {
        let Some(partition) = self.partition(number) else {
            return self.files.remove_partition(number);
        };
        let named: HashSet<PathBuf> = {
            let state = partition.state();
            let segments = state.flushed.segments.iter();
            segments
                .flat_map(|segment| {
                    [
                        self.files.batches(number, segment),
                        self.files.index(number, segment),
                    ]
                })
                .collect()
        };
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if !named.contains(&path) {
                tracing::info!(?path, "removing what a crash has left");
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}
