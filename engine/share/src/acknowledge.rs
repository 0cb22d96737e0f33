//! Deciding on records that were acquired.

use std::time::Duration;

use ninefold_queue::{Disposition, LeaseError, Receipt, Strictness};

use crate::holdings::Holdings;
use crate::{MemberId, Share, ShareError};

/// What becomes of an acquired record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is finished.
    Accept,
    /// It can be acquired again, unless it was delivered as often as it may be: then it is rejected.
    Release,
    /// It is finished, without having been processed.
    Reject,
    /// There is no record at this offset, says the member. If there is, it is rejected.
    Gap,
    /// It is the member's for so long from now.
    Renew(Duration),
}

/// What a member decides about consecutive records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The first offset.
    pub first: i64,
    /// The last offset.
    pub last: i64,
    /// What becomes of them.
    pub verdict: Verdict,
}

/// What is to be done, as far as it is known.
type Decision = (i64, Receipt, Disposition);

impl Share {
    /// Does as a member decides about records that it holds: all of it, or nothing if it doesn't hold one of them. Durable when
    /// it returns, as far as records are finished.
    ///
    /// # Errors
    ///
    /// [`ShareError::NotHeld`], [`ShareError::InvalidRange`], and if the share is gone or the store fails.
    pub async fn decide(&self, member: &MemberId, claims: &[Claim]) -> Result<(), ShareError> {
        let disposing = {
            let mut holdings = self.holdings().lock();
            let mut decisions = Vec::new();
            for claim in claims {
                self.add_decisions(&holdings, member, claim, &mut decisions)?;
            }
            let disposing = self.dispose(&decisions, Strictness::Whole)?;
            let refused = decisions
                .iter()
                .zip(disposing.answers())
                .find(|(_, answer)| answer.is_err());
            if let Some(((offset, receipt, _), _)) = refused {
                // Its lease has ended.
                holdings.forget(*offset, *receipt);
                return Err(ShareError::NotHeld { offset: *offset });
            }
            self.forget_ended(&mut holdings, &decisions);
            disposing
        };
        self.wake();
        disposing.finish().await?;
        Ok(())
    }

    /// Does as is decided about leases of records at these offsets, each by itself, whoever acquired them and whether or not the
    /// server was started since; answers in the same order. Durable when it returns, as far as records are finished.
    ///
    /// # Errors
    ///
    /// If the share is gone or the store fails.
    pub async fn decide_by_receipt(
        &self,
        verdicts: &[(i64, Receipt, Verdict)],
    ) -> Result<Vec<Result<(), LeaseError>>, ShareError> {
        let decisions: Vec<Decision> = verdicts
            .iter()
            .map(|(offset, receipt, verdict)| (*offset, *receipt, self.disposition(*receipt, *verdict)))
            .collect();
        let disposing = {
            let mut holdings = self.holdings().lock();
            let disposing = self.dispose(&decisions, Strictness::Each)?;
            self.forget_ended(&mut holdings, &decisions);
            disposing
        };
        self.wake();
        Ok(disposing.finish().await?)
    }

    /// Releases everything that a member holds; returns how many records that were.
    ///
    /// # Errors
    ///
    /// If the share is gone or the store fails.
    pub async fn release_all(&self, member: &MemberId) -> Result<usize, ShareError> {
        let disposing = {
            let mut holdings = self.holdings().lock();
            let decisions: Vec<Decision> = holdings
                .of_member(member)
                .into_iter()
                .map(|(offset, receipt)| (offset, receipt, self.release_of(receipt)))
                .collect();
            let disposing = self.dispose(&decisions, Strictness::Each)?;
            self.forget_ended(&mut holdings, &decisions);
            disposing
        };
        self.wake();
        let answers = disposing.finish().await?;
        Ok(answers.into_iter().filter(Result::is_ok).count())
    }

    /// What a claim means for each record that the member holds.
    fn add_decisions(
        &self,
        holdings: &Holdings,
        member: &MemberId,
        claim: &Claim,
        decisions: &mut Vec<Decision>,
    ) -> Result<(), ShareError> {
        let Claim { first, last, verdict } = *claim;
        if first < 0 || last < first {
            return Err(ShareError::InvalidRange { first, last });
        }
        let mut expected = first;
        for (offset, holding) in holdings.range(first..=last) {
            let is_held = holding.member == *member;
            if verdict == Verdict::Gap && !is_held {
                continue;
            }
            if !is_held || (verdict != Verdict::Gap && offset != expected) {
                return Err(ShareError::NotHeld {
                    offset: expected.min(offset),
                });
            }
            expected = offset.saturating_add(1);
            decisions.push((
                offset,
                holding.receipt,
                self.disposition(holding.receipt, verdict),
            ));
        }
        if verdict != Verdict::Gap && expected <= last {
            return Err(ShareError::NotHeld { offset: expected });
        }
        Ok(())
    }

    pub(crate) fn disposition(&self, receipt: Receipt, verdict: Verdict) -> Disposition {
        match verdict {
            Verdict::Accept | Verdict::Reject | Verdict::Gap => Disposition::Delete,
            Verdict::Release => self.release_of(receipt),
            Verdict::Renew(lease) => Disposition::Extend(lease),
        }
    }

    fn dispose(
        &self,
        decisions: &[Decision],
        strictness: Strictness,
    ) -> Result<ninefold_queue::Disposing, ShareError> {
        let dispositions: Vec<_> = decisions
            .iter()
            .map(|(_, receipt, disposition)| (*receipt, *disposition))
            .collect();
        Ok(self.queue().begin_to_dispose(&dispositions, strictness)?)
    }

    fn forget_ended(&self, holdings: &mut Holdings, decisions: &[Decision]) {
        for (offset, receipt, disposition) in decisions {
            if !matches!(disposition, Disposition::Extend(_)) {
                holdings.forget(*offset, *receipt);
            }
        }
    }
}
