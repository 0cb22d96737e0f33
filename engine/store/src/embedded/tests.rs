use std::sync::Arc;

use super::*;
use crate::conformance;

#[test]
fn conforms() {
    for mode in [DurabilityMode::Sync, DurabilityMode::OsCache] {
        let directories = tempfile::tempdir().unwrap();
        let next = std::cell::Cell::new(0);
        conformance::run(|tables| {
            next.set(next.get() + 1);
            let directory = directories.path().join(next.get().to_string());
            let options = EmbeddedOptions {
                durability_mode: mode,
                ..EmbeddedOptions::new(directory, tables)
            };
            Arc::new(EmbeddedStore::open(options).unwrap())
        });
        conformance::run_persistent(|tables| {
            let options = EmbeddedOptions::new(directories.path().join("persistent"), tables);
            Arc::new(
                EmbeddedStore::open(EmbeddedOptions {
                    durability_mode: mode,
                    ..options
                })
                .unwrap(),
            )
        });
    }
}
