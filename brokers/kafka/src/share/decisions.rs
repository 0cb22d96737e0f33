//! What members decide about records, as requests say it.

use std::time::Duration;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_share::{Claim, Description, Share, ShareError, Verdict};

use super::{Member, PartitionName, of_share};
use crate::cluster::Cluster;
use crate::configs::group::ShareSettings;
use crate::session::Caller;

/// Consecutive records, and what becomes of them: one type for all, or one for each.
pub(super) struct Decided {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) types: Vec<i8>,
}

/// What it comes to if a member wants to keep records for longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    /// The request doesn't say that it does.
    Unannounced,
    /// The group doesn't let its members.
    Disabled,
    /// They are its own for so long from now.
    For(Duration),
}

impl Renewal {
    pub(super) fn of(is_announced: bool, settings: &ShareSettings) -> Self {
        match (is_announced, settings.may_renew) {
            (false, _) => Renewal::Unannounced,
            (true, false) => Renewal::Disabled,
            (true, true) => Renewal::For(settings.lock),
        }
    }
}

/// Does as a member decides about records of one partition: all of it or nothing. What is finished up to where the group is needn't be
/// the member's any more: it may have decided on that before.
pub(super) async fn decide(
    cluster: &Cluster,
    caller: &Caller,
    member: &Member,
    partition: PartitionName,
    decided: &[Decided],
    renewal: Renewal,
) -> Result<(), ErrorCode> {
    let partition = cluster.shared_partition(caller, partition)?;
    let claims = claims(decided, renewal)?;
    let key = cluster.share_key(&member.group, &partition);
    // Nobody has acquired anything where it was not opened.
    let share = cluster
        .shares()?
        .opened(&key)
        .ok_or(ErrorCode::UnknownTopicOrPartition)?;
    match share.decide(&member.member_id(), &claims).await {
        Err(ShareError::NotHeld { .. }) => decide_on_unfinished(&share, member, &claims).await,
        outcome => outcome.map_err(|error| of_share(&error)),
    }
}

/// Does as a member decides about records of which it doesn't hold some, as `SharePartition.acknowledge` of Kafka: what is before the
/// first record that isn't finished is passed over, and there is nothing to decide about what nobody can have acquired yet.
async fn decide_on_unfinished(share: &Share, member: &Member, claims: &[Claim]) -> Result<(), ErrorCode> {
    let described = share.describe().await.map_err(|error| of_share(&error))?;
    let unfinished = unfinished(claims, &described)?;
    if unfinished == claims {
        return Err(ErrorCode::InvalidRecordState);
    }
    let outcome = share.decide(&member.member_id(), &unfinished).await;
    outcome.map_err(|error| of_share(&error))
}

fn unfinished(claims: &[Claim], described: &Description) -> Result<Vec<Claim>, ErrorCode> {
    let (start, next) = (described.start_offset, described.next_offset);
    let last = claims.last().map_or(0, |claim| claim.last);
    if start < next && last >= next {
        return Err(ErrorCode::InvalidRequest);
    }
    let ahead = claims.iter().filter(|claim| claim.last >= start);
    Ok(ahead
        .map(|claim| Claim {
            first: claim.first.max(start),
            ..*claim
        })
        .collect())
}

/// What is decided, run by run.
fn claims(decided: &[Decided], renewal: Renewal) -> Result<Vec<Claim>, ErrorCode> {
    let mut claims: Vec<Claim> = Vec::new();
    let mut next = 0;
    for Decided { first, last, types } in decided {
        if *first < next || last < first {
            return Err(ErrorCode::InvalidRequest);
        }
        next = last.saturating_add(1);
        let verdicts = types.iter().map(|kind| verdict(*kind, renewal));
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
fn verdict(kind: i8, renewal: Renewal) -> Result<Verdict, ErrorCode> {
    match (kind, renewal) {
        (0, _) => Ok(Verdict::Gap),
        (1, _) => Ok(Verdict::Accept),
        (2, _) => Ok(Verdict::Release),
        (3, _) => Ok(Verdict::Reject),
        (4, Renewal::For(lock)) => Ok(Verdict::Renew(lock)),
        (4, Renewal::Disabled) => Err(ErrorCode::InvalidRecordState),
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
        let claims = claims(&[of(1, 9, &[1]), of(10, 13, &[1, 1, 3, 0])], Renewal::Unannounced).unwrap();
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
    fn what_is_finished_is_passed_over() {
        let described = |start_offset, next_offset| Description {
            start_offset,
            next_offset,
            in_flight: 0,
            lag: 0,
        };
        let claims = claims(&[of(1, 3, &[1]), of(4, 9, &[3])], Renewal::Unannounced).unwrap();
        let claim = |first, last, verdict| Claim { first, last, verdict };
        let rest = |start, next| unfinished(&claims, &described(start, next));
        assert_eq!(rest(10, 10), Ok(vec![]));
        assert_eq!(rest(6, 10), Ok(vec![claim(6, 9, Verdict::Reject)]));
        assert_eq!(rest(1, 10).as_deref(), Ok(&claims[..]));
        // Nobody can have acquired the last one.
        assert_eq!(rest(6, 9), Err(ErrorCode::InvalidRequest));
        // Nobody has acquired anything that isn't finished.
        assert_eq!(rest(0, 0).as_deref(), Ok(&claims[..]));
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
            let claimed = claims(&decided, Renewal::Unannounced);
            assert_eq!(claimed, Err(ErrorCode::InvalidRequest));
        }
        let renewed = |renewal| claims(&[of(0, 2, &[4])], renewal);
        assert!(renewed(Renewal::For(Duration::from_secs(15))).is_ok());
        assert_eq!(renewed(Renewal::Disabled), Err(ErrorCode::InvalidRecordState));
    }
}
