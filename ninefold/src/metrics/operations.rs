use std::collections::BTreeMap;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ninefold_model::{Operation, ServiceModel};
use parking_lot::Mutex;

use super::latency::Latency;

/// As many error codes as are told apart for one operation; the rest is counted as `Other`.
const MAXIMUM_CODES: usize = 64;

/// What has become of the requests to one service, by operation.
#[derive(Debug)]
pub(crate) struct ServiceFigures {
    pub(super) model: &'static ServiceModel,
    /// In the order of the model's operations, so that a request finds its own without a look-up.
    operations: Vec<OperationFigures>,
}

/// What has become of the requests for one operation.
#[derive(Debug, Default)]
pub(crate) struct OperationFigures {
    pub(super) succeeded: AtomicU64,
    pub(super) failed: Mutex<BTreeMap<String, u64>>,
    pub(super) latency: Latency,
}

impl ServiceFigures {
    pub(crate) fn new(model: &'static ServiceModel) -> Self {
        let operations = model
            .operations()
            .iter()
            .map(|_| OperationFigures::default())
            .collect();
        ServiceFigures { model, operations }
    }

    /// The figures of one of the model's operations.
    pub(crate) fn operation(&self, operation: &'static Operation) -> Option<&OperationFigures> {
        let offset = ptr::from_ref(operation)
            .addr()
            .checked_sub(self.model.operations().as_ptr().addr())?;
        self.operations.get(offset / size_of::<Operation>())
    }

    /// The operations that were asked for at least once.
    pub(super) fn used(&self) -> impl Iterator<Item = (&'static str, &OperationFigures)> {
        self.model
            .operations()
            .iter()
            .map(|operation| operation.name)
            .zip(&self.operations)
            .filter(|(_, figures)| figures.is_used())
    }
}

impl OperationFigures {
    /// Counts an answer; `code` is that of the error if it was one.
    pub(crate) fn record(&self, elapsed: Duration, code: Option<&str>) {
        self.latency.observe(elapsed);
        match code {
            None => {
                self.succeeded.fetch_add(1, Ordering::Relaxed);
            }
            Some(code) => self.record_failure(code),
        }
    }

    fn record_failure(&self, code: &str) {
        let mut failed = self.failed.lock();
        if let Some(count) = failed.get_mut(code) {
            *count += 1;
            return;
        }
        let code = if failed.len() < MAXIMUM_CODES {
            code
        } else {
            "Other"
        };
        *failed.entry(code.to_owned()).or_default() += 1;
    }

    pub(super) fn is_used(&self) -> bool {
        self.succeeded.load(Ordering::Relaxed) > 0 || !self.failed.lock().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_own_figures() {
        let model = ninefold_model::sqs();
        let figures = ServiceFigures::new(model);
        for operation in model.operations() {
            assert_eq!(figures.used().count(), 0);
            figures.operation(operation).unwrap().record(Duration::ZERO, None);
            let used: Vec<_> = figures.used().map(|(name, _)| name).collect();
            assert_eq!(used, [operation.name]);
            figures
                .operation(operation)
                .unwrap()
                .succeeded
                .store(0, Ordering::Relaxed);
        }
        let foreign = &ninefold_model::sts().operations()[0];
        let of_foreign = figures.operation(foreign).map(|figures| figures.is_used());
        assert_ne!(of_foreign, Some(true));
    }

    #[test]
    fn codes_are_bounded() {
        let figures = OperationFigures::default();
        for code in 0..100 {
            figures.record(Duration::ZERO, Some(&format!("Code{code:02}")));
        }
        let failed = figures.failed.lock();
        assert_eq!(failed.len(), MAXIMUM_CODES + 1);
        assert_eq!(failed["Other"], 100 - MAXIMUM_CODES as u64);
        assert_eq!(failed["Code00"], 1);
    }
}
