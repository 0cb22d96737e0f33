//! How many partitions clients may make and delete (KIP-599).

use ninefold_kafka_protocol::{ErrorCode, RequestHeader};
use ninefold_time::Clock;

use super::Quotas;
use super::account::Account;
use super::entity::Quota;
use super::milliseconds;
use crate::cluster::Cluster;
use crate::errors::Refusal;
use crate::session::Caller;

/// The partitions that a request makes or deletes, and the quota of who has sent it.
pub(crate) struct Mutations<'a> {
    quotas: &'a Quotas,
    clock: &'a dyn Clock,
    /// Whose partitions count together, and how many there may be in a second; none where they don't count.
    limit: Option<(Account, f64)>,
    /// Whether changes are refused once there were too many, as new clients want it; old ones have to wait afterwards only.
    is_strict: bool,
    is_exceeded: bool,
}

impl Cluster {
    /// What counts the changes of a request, by a quota that is strict since this version of it.
    pub(crate) fn mutations<'a>(
        &'a self,
        caller: &Caller,
        header: &RequestHeader,
        strict_since: i16,
    ) -> Mutations<'a> {
        let quotas = &self.security.quotas;
        Mutations {
            quotas,
            clock: &*self.clock,
            limit: quotas.limit(Quota::ControllerMutationRate, caller, header),
            is_strict: header.api_version >= strict_since,
            is_exceeded: false,
        }
    }
}

impl Mutations<'_> {
    /// Notes that so many partitions are going to be made or deleted.
    pub(crate) fn note(&mut self, partitions: usize) -> Result<(), Refusal> {
        let Some((account, per_second)) = &self.limit else {
            return Ok(());
        };
        let (accounts, now) = (&self.quotas.accounts, self.clock.now());
        let amount = partitions as f64;
        if !self.is_strict {
            self.is_exceeded = !accounts.spend(account, *per_second, amount, now).is_zero();
            return Ok(());
        }
        accounts
            .spend_if_any_is_left(account, *per_second, amount, now)
            .map_err(|_| {
                self.is_exceeded = true;
                let message = "The throttling quota has been exceeded.";
                Refusal::new(ErrorCode::ThrottlingQuotaExceeded, message)
            })
    }

    /// How long the client has to wait from now on, for the answer to tell it.
    pub(crate) fn throttle_time_ms(&self) -> i32 {
        match &self.limit {
            Some((account, per_second)) if self.is_exceeded => {
                let wait = self
                    .quotas
                    .accounts
                    .spend(account, *per_second, 0.0, self.clock.now());
                milliseconds(wait)
            }
            _ => 0,
        }
    }
}
