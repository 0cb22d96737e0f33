//! What members decide about records, as requests say it.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_share::{Claim, Verdict};

use super::{LOCK, Member, PartitionName, of_share};
use crate::cluster::Cluster;
use crate::session::Caller;

/// Consecutive records, and what becomes of them: one type for all, or one for each.
pub(super) struct Decided {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) types: Vec<i8>,
}

/// Does as a member decides about records of one partition: all of it or nothing.
pub(super) async fn decide(
    cluster: &Cluster,
    caller: &Caller,
    member: &Member,
    partition: PartitionName,
    decided: &[Decided],
    may_renew: bool,
) -> Result<(), ErrorCode> {
    let partition = cluster.shared_partition(caller, partition)?;
    let claims = claims(decided, may_renew)?;
    let key = cluster.share_key(&member.group, &partition);
    // Nobody has acquired anything where it was not opened.
    let share = cluster
        .shares()?
        .opened(&key)
        .ok_or(ErrorCode::InvalidRecordState)?;
    let outcome = share.decide(&member.member_id(), &claims).await;
    outcome.map_err(|error| of_share(&error))
}

/// What is decided, run by run.
fn claims(decided: &[Decided], may_renew: bool) -> Result<Vec<Claim>, ErrorCode> {
    let mut claims: Vec<Claim> = Vec::new();
    let mut next = 0;
    for Decided { first, last, types } in decided {
        if *first < next || last < first {
            return Err(ErrorCode::InvalidRequest);
        }
        next = last.saturating_add(1);
        let verdicts = types.iter().map(|kind| verdict(*kind, may_renew));
        let verdicts = verdicts.collect::<Result<Vec<_>, _>>()?;
        match &verdicts[..] {
            [verdict] => claims.push(Claim {
                first: *first,
                last: *last,
                verdict: *verdict,
            }),
            each if each.len() as u64 == (last - first) as u64 + 1 => {
                for (offset, verdict) in (*first..).zip(each) {
                    add(&mut claims, offset, *verdict);
                }
            }
            _ => return Err(ErrorCode::InvalidRequest),
        }
    }
    Ok(claims)
}

/// Adds one record to the last claim, or begins another.
fn add(claims: &mut Vec<Claim>, offset: i64, verdict: Verdict) {
    match claims.last_mut() {
        Some(claim) if claim.last + 1 == offset && claim.verdict == verdict => claim.last = offset,
        _ => claims.push(Claim {
            first: offset,
            last: offset,
            verdict,
        }),
    }
}

/// The meaning of `AcknowledgeTypes` (KIP-932; 4 is KIP-1222's).
fn verdict(kind: i8, may_renew: bool) -> Result<Verdict, ErrorCode> {
    match kind {
        0 => Ok(Verdict::Gap),
        1 => Ok(Verdict::Accept),
        2 => Ok(Verdict::Release),
        3 => Ok(Verdict::Reject),
        4 if may_renew => Ok(Verdict::Renew(LOCK)),
        _ => Err(ErrorCode::InvalidRequest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(first: i64, last: i64, types: &[i8]) -> Decided {
        Decided {
            first,
            last,
            types: types.to_vec(),
        }
    }

    #[test]
    fn decisions_become_runs() {
        let claims = claims(&[of(1, 9, &[1]), of(10, 13, &[1, 1, 3, 0])], false).unwrap();
        let told: Vec<_> = claims
            .iter()
            .map(|claim| (claim.first, claim.last, claim.verdict))
            .collect();
        let expected = [
            (1, 11, Verdict::Accept),
            (12, 12, Verdict::Reject),
            (13, 13, Verdict::Gap),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = [
            vec![of(3, 2, &[1])],
            vec![of(-1, 2, &[1])],
            vec![of(0, 2, &[])],
            vec![of(0, 2, &[1, 1])],
            vec![of(0, 2, &[5])],
            vec![of(0, 2, &[4])],
            vec![of(0, 2, &[1]), of(2, 3, &[1])],
            vec![of(0, i64::MAX, &[1, 1])],
        ];
        for decided in refused {
            assert_eq!(claims(&decided, false), Err(ErrorCode::InvalidRequest));
        }
        assert!(claims(&[of(0, 2, &[4])], true).is_ok());
    }
}
