//! Share sessions: what a member reads, remembered between its requests.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use ninefold_kafka_protocol::{ErrorCode, Uuid};
use ninefold_time::Timestamp;
use parking_lot::Mutex;

use super::{Member, PartitionName};

/// The epoch that opens a session.
const INITIAL_EPOCH: i32 = 0;
/// The epoch that closes a session.
const FINAL_EPOCH: i32 = -1;
/// Sessions of a cluster (`group.share.max.share.sessions`).
const SESSIONS: usize = 2_000;
/// Where there is no room, a session that was not used for so long makes some.
const IDLE: Duration = Duration::from_secs(120);
/// Partitions of a session.
const PARTITIONS: usize = 100_000;

/// The sessions of a cluster.
#[derive(Default)]
pub(super) struct ShareSessions(Mutex<HashMap<Member, Session>>);

struct Session {
    /// That of the next request.
    epoch: i32,
    partitions: BTreeMap<([u8; 16], i32), ()>,
    used_at: Timestamp,
}

/// What a request is in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    First,
    Ongoing,
    Last,
}

impl ShareSessions {
    /// Goes on with a session, opens or closes it, as the epoch of a request says.
    pub(super) fn enter(&self, member: &Member, epoch: i32, now: Timestamp) -> Result<Phase, ErrorCode> {
        let mut sessions = self.0.lock();
        if epoch == INITIAL_EPOCH {
            sessions.remove(member);
            make_room(&mut sessions, now)?;
            let session = Session {
                epoch: INITIAL_EPOCH + 1,
                partitions: BTreeMap::new(),
                used_at: now,
            };
            sessions.insert(member.clone(), session);
            return Ok(Phase::First);
        }
        let session = sessions.get_mut(member).ok_or(ErrorCode::ShareSessionNotFound)?;
        if epoch == FINAL_EPOCH {
            return Ok(Phase::Last);
        }
        if epoch != session.epoch {
            return Err(ErrorCode::InvalidShareSessionEpoch);
        }
        session.epoch = epoch.checked_add(1).unwrap_or(INITIAL_EPOCH + 1);
        session.used_at = now;
        Ok(Phase::Ongoing)
    }

    /// As [`ShareSessions::enter`], for a request that opens none.
    pub(super) fn enter_opened(
        &self,
        member: &Member,
        epoch: i32,
        now: Timestamp,
    ) -> Result<Phase, ErrorCode> {
        if epoch == INITIAL_EPOCH {
            return Err(ErrorCode::InvalidShareSessionEpoch);
        }
        self.enter(member, epoch, now)
    }

    /// Adds partitions to a session and takes others out of it; returns all of it.
    pub(super) fn update(
        &self,
        member: &Member,
        added: &[PartitionName],
        forgotten: &[PartitionName],
    ) -> Result<Vec<PartitionName>, ErrorCode> {
        let mut sessions = self.0.lock();
        let session = sessions.get_mut(member).ok_or(ErrorCode::ShareSessionNotFound)?;
        for (topic, index) in forgotten {
            session.partitions.remove(&(*topic.as_bytes(), *index));
        }
        for (topic, index) in added {
            session.partitions.insert((*topic.as_bytes(), *index), ());
        }
        if session.partitions.len() > PARTITIONS {
            return Err(ErrorCode::InvalidRequest);
        }
        Ok(session.names())
    }

    /// Ends a session; returns all of it.
    pub(super) fn close(&self, member: &Member) -> Vec<PartitionName> {
        let session = self.0.lock().remove(member);
        session.map_or_else(Vec::new, |session| session.names())
    }
}

impl Session {
    fn names(&self) -> Vec<PartitionName> {
        let partitions = self.partitions.keys();
        partitions
            .map(|(topic, index)| (Uuid::from_bytes(*topic), *index))
            .collect()
    }
}

fn make_room(sessions: &mut HashMap<Member, Session>, now: Timestamp) -> Result<(), ErrorCode> {
    if sessions.len() < SESSIONS {
        return Ok(());
    }
    sessions.retain(|_, session| session.used_at + IDLE > now);
    if sessions.len() < SESSIONS {
        Ok(())
    } else {
        Err(ErrorCode::ShareSessionLimitReached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str) -> Member {
        Member {
            group: "group".into(),
            id: id.into(),
        }
    }

    #[test]
    fn a_session_goes_on_epoch_by_epoch() {
        let (sessions, now) = (ShareSessions::default(), Timestamp::from_secs(1_000));
        let enter = |epoch| sessions.enter(&member("a"), epoch, now);
        assert_eq!(enter(1), Err(ErrorCode::ShareSessionNotFound));
        assert_eq!(enter(0), Ok(Phase::First));
        assert_eq!(enter(1), Ok(Phase::Ongoing));
        assert_eq!(enter(1), Err(ErrorCode::InvalidShareSessionEpoch));
        assert_eq!(enter(2), Ok(Phase::Ongoing));
        let opened = sessions.enter_opened(&member("a"), 0, now);
        assert_eq!(opened, Err(ErrorCode::InvalidShareSessionEpoch));
        assert_eq!(enter(-1), Ok(Phase::Last));
        sessions.close(&member("a"));
        assert_eq!(enter(-1), Err(ErrorCode::ShareSessionNotFound));
    }

    #[test]
    fn a_session_remembers_its_partitions() {
        let (sessions, now) = (ShareSessions::default(), Timestamp::from_secs(1_000));
        let (one, other) = (Uuid::from_bytes([1; 16]), Uuid::from_bytes([2; 16]));
        sessions.enter(&member("a"), 0, now).unwrap();
        let all = sessions
            .update(&member("a"), &[(one, 0), (other, 3)], &[])
            .unwrap();
        assert_eq!(all, [(one, 0), (other, 3)]);
        let left = sessions.update(&member("a"), &[(one, 0)], &[(other, 3)]).unwrap();
        assert_eq!(left, [(one, 0)]);
        assert_eq!(sessions.close(&member("a")), [(one, 0)]);
    }

    #[test]
    fn sessions_are_limited() {
        let (sessions, now) = (ShareSessions::default(), Timestamp::from_secs(1_000));
        for number in 0..SESSIONS {
            sessions.enter(&member(&number.to_string()), 0, now).unwrap();
        }
        let refused = sessions.enter(&member("late"), 0, now);
        assert_eq!(refused, Err(ErrorCode::ShareSessionLimitReached));
        assert_eq!(sessions.enter(&member("late"), 0, now + IDLE), Ok(Phase::First));
    }
}
