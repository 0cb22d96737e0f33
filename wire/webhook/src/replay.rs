use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use ninefold_time::Timestamp;
use sha2::{Digest, Sha256};

/// How long a delivery is remembered whose time is not signed. GitHub
/// [lets one ask for another attempt](https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks)
/// for three days.
const UNLIMITED_RETENTION: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// What is the same whenever an event is sent again: the service's id of it if that is signed, else the signed text.
/// The signature is not it: with two secrets, a text has two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplayKey([u8; 16]);

impl ReplayKey {
    /// The key of these bytes, which [`ReplayKey::as_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        ReplayKey(bytes)
    }

    /// The key as bytes, to be kept.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(crate) fn of_id(id: &str) -> Self {
        ReplayKey::hash(b"id", [id.as_bytes(), b""])
    }

    pub(crate) fn of_signed_text(parts: [&[u8]; 2]) -> Self {
        ReplayKey::hash(b"text", parts)
    }

    fn hash(kind: &[u8], parts: [&[u8]; 2]) -> Self {
        let mut hash = Sha256::new();
        hash.update(kind);
        hash.update([0]);
        for part in parts {
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let (first, _) = hash.split_first_chunk().expect("a hash has more than 16 bytes");
        ReplayKey(*first)
    }
}

/// How long a request that was signed could be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Up to this time; afterwards its signature is refused for its age.
    Until(Timestamp),
    /// Forever: what is signed does not say when.
    Unlimited,
}

/// Whether there comes a time at which a delivery can't be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayLimit {
    /// Its signature is refused for its age.
    Limited,
    /// None.
    Unlimited,
}

/// A delivery that is remembered, as it can be kept beyond a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenDelivery {
    /// What is the same when it is sent again.
    pub key: ReplayKey,
    /// Up to when it is remembered.
    pub until: Timestamp,
    /// Whether its signature is too old by then.
    pub limit: ReplayLimit,
}

/// Why a delivery is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// It was there before. The sender has to be told that all is well, or it goes on trying.
    #[error("it was delivered before")]
    Replayed,
    /// It is being taken just now, and that may fail yet. The sender has to try again later.
    #[error("another attempt to deliver it is under way")]
    UnderWay,
    /// There is no room to remember it, so its replay would not be noticed. The sender has to try again later.
    #[error("more deliveries than can be remembered came within the time in which they could be replayed")]
    Full,
}

/// The deliveries of a source that could be sent again: no more than its capacity, of some 100 bytes each.
///
/// A delivery is let in, and once it is published it is settled. It is the caller's to keep what is settled beyond a restart
/// and to give it back then ([`ReplayWindow::restore`]).
///
/// When it is full, what happens depends on what could be lost. A delivery with a signed time is remembered until its
/// signature is too old, so that there is no moment in which it could be replayed: further ones are refused until then,
/// which is minutes. One without could be replayed forever, and no memory is enough: the oldest of those gives way.
/// Nobody can fill it who has no secret.
#[derive(Debug)]
pub struct ReplayWindow {
    capacity: usize,
    entries: HashMap<ReplayKey, Entry>,
    limited: BTreeMap<Position, ReplayKey>,
    unlimited: BTreeMap<Position, ReplayKey>,
    next_number: u64,
    /// What had to give way and nobody has asked for yet.
    gave_way: Vec<ReplayKey>,
}

/// Until when it is remembered; the number tells apart those of the same time.
type Position = (Timestamp, u64);

/// Where a key is in one of the orders.
#[derive(Clone, Copy, Debug)]
struct Entry {
    limit: ReplayLimit,
    position: Position,
    is_settled: bool,
}

impl ReplayWindow {
    /// An empty window for up to `capacity` deliveries, at least one.
    pub fn new(capacity: usize) -> Self {
        ReplayWindow {
            capacity: capacity.max(1),
            entries: HashMap::new(),
            limited: BTreeMap::new(),
            unlimited: BTreeMap::new(),
            next_number: 0,
            gave_way: Vec::new(),
        }
    }

    /// Lets a delivery in that was not there before, and remembers it. It is under way until [`ReplayWindow::settle`] or
    /// [`ReplayWindow::forget`] says what became of it.
    ///
    /// # Errors
    /// See [`ReplayError`]; nothing changes then.
    pub fn admit(
        &mut self,
        key: ReplayKey,
        freshness: Freshness,
        now: Timestamp,
    ) -> Result<SeenDelivery, ReplayError> {
        self.drop_expired(now);
        match self.entries.get(&key) {
            Some(Entry { is_settled: true, .. }) => return Err(ReplayError::Replayed),
            Some(Entry {
                is_settled: false, ..
            }) => return Err(ReplayError::UnderWay),
            None => {}
        }
        if self.entries.len() >= self.capacity && !self.make_room() {
            return Err(ReplayError::Full);
        }
        let (limit, until) = match freshness {
            Freshness::Until(until) => (ReplayLimit::Limited, until),
            Freshness::Unlimited => (ReplayLimit::Unlimited, now + UNLIMITED_RETENTION),
        };
        let delivery = SeenDelivery { key, until, limit };
        self.insert(delivery, false);
        Ok(delivery)
    }

    /// A delivery was published: from now on its sender is told that all is well.
    pub fn settle(&mut self, key: &ReplayKey) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.is_settled = true;
        }
    }

    /// Remembers what was settled before a restart.
    pub fn restore(&mut self, delivery: SeenDelivery) {
        self.remove(&delivery.key);
        self.insert(delivery, true);
        if self.entries.len() > self.capacity {
            // What can be replayed for a time only stays even so: there was room for it once.
            self.make_room();
        }
    }

    /// The deliveries that have given way to others since the last time, which needn't be kept any more.
    pub fn take_gave_way(&mut self) -> Vec<ReplayKey> {
        std::mem::take(&mut self.gave_way)
    }

    /// Forgets a delivery that is under way, since it could not be published, so that the sender's next attempt is let in.
    /// What is settled stays.
    pub fn forget(&mut self, key: &ReplayKey) {
        if self.entries.get(key).is_some_and(|entry| !entry.is_settled) {
            self.remove(key);
        }
    }

    /// How many deliveries are remembered.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no delivery is remembered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn insert(&mut self, delivery: SeenDelivery, is_settled: bool) {
        let SeenDelivery { key, until, limit } = delivery;
        let position = (until, self.next_number);
        self.next_number += 1;
        let entry = Entry {
            limit,
            position,
            is_settled,
        };
        self.entries.insert(key, entry);
        self.order(limit).insert(position, key);
    }

    fn remove(&mut self, key: &ReplayKey) {
        if let Some(entry) = self.entries.remove(key) {
            self.order(entry.limit).remove(&entry.position);
        }
    }

    /// Forgets the oldest of those that nothing is enough for; says whether there was one.
    fn make_room(&mut self) -> bool {
        let Some((_, oldest)) = self.unlimited.pop_first() else {
            return false;
        };
        self.entries.remove(&oldest);
        self.gave_way.push(oldest);
        true
    }

    fn order(&mut self, limit: ReplayLimit) -> &mut BTreeMap<Position, ReplayKey> {
        match limit {
            ReplayLimit::Limited => &mut self.limited,
            ReplayLimit::Unlimited => &mut self.unlimited,
        }
    }

    /// A signature is good at the very end of its time, so it is remembered beyond that.
    fn drop_expired(&mut self, now: Timestamp) {
        for order in [&mut self.limited, &mut self.unlimited] {
            while let Some(first) = order.first_entry() {
                if first.key().0 >= now {
                    break;
                }
                self.entries.remove(&first.remove());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    fn key(number: usize) -> ReplayKey {
        ReplayKey::of_id(&number.to_string())
    }

    fn until(seconds: u64) -> Freshness {
        Freshness::Until(NOW + Duration::from_secs(seconds))
    }

    /// Lets a delivery in that is published at once.
    fn take(
        window: &mut ReplayWindow,
        key: ReplayKey,
        freshness: Freshness,
        now: Timestamp,
    ) -> Result<(), ReplayError> {
        window
            .admit(key, freshness, now)
            .map(|delivery| window.settle(&delivery.key))
    }

    #[test]
    fn a_delivery_is_let_in_once_while_it_could_be_sent_again() {
        let mut window = ReplayWindow::new(10);
        assert_eq!(take(&mut window, key(1), until(300), NOW), Ok(()));
        let end = NOW + Duration::from_secs(300);
        for now in [NOW, end] {
            assert_eq!(window.admit(key(1), until(300), now), Err(ReplayError::Replayed));
        }
        // By now its signature is too old; what is let in is another one with the same id.
        let later = end + Duration::from_millis(1);
        assert_eq!(take(&mut window, key(1), until(600), later), Ok(()));
        assert_eq!(window.len(), 1);
    }

    #[test]
    fn what_failed_may_come_again() {
        let mut window = ReplayWindow::new(10);
        for freshness in [until(300), Freshness::Unlimited] {
            assert!(window.admit(key(1), freshness, NOW).is_ok());
            // It is not said to be there while it may fail yet.
            assert_eq!(window.admit(key(1), freshness, NOW), Err(ReplayError::UnderWay));
            window.forget(&key(1));
            window.forget(&key(2));
            assert!(window.is_empty());
            assert!(window.limited.is_empty() && window.unlimited.is_empty());
        }
        take(&mut window, key(1), until(300), NOW).unwrap();
        window.forget(&key(1));
        assert_eq!(window.admit(key(1), until(300), NOW), Err(ReplayError::Replayed));
    }

    #[test]
    fn a_full_window_refuses_rather_than_forget_what_could_be_replayed() {
        let mut window = ReplayWindow::new(2);
        window.admit(key(1), until(10), NOW).unwrap();
        window.admit(key(2), until(20), NOW).unwrap();
        assert_eq!(window.admit(key(3), until(30), NOW), Err(ReplayError::Full));
        assert_eq!(
            window.admit(key(3), Freshness::Unlimited, NOW),
            Err(ReplayError::Full)
        );
        let later = NOW + Duration::from_secs(11);
        assert_eq!(take(&mut window, key(3), until(30), later), Ok(()));
        assert_eq!(window.len(), 2);
    }

    #[test]
    fn without_a_time_the_oldest_gives_way() {
        let mut window = ReplayWindow::new(3);
        take(&mut window, key(0), until(300), NOW).unwrap();
        for number in 1..=100 {
            assert_eq!(take(&mut window, key(number), Freshness::Unlimited, NOW), Ok(()));
        }
        assert_eq!(window.len(), 3);
        assert_eq!(window.take_gave_way(), (1..=98).map(key).collect::<Vec<_>>());
        assert_eq!(window.take_gave_way(), []);
        for known in [0, 99, 100] {
            let again = window.admit(key(known), Freshness::Unlimited, NOW);
            assert_eq!(again, Err(ReplayError::Replayed), "{known}");
        }
        let days_later = NOW + UNLIMITED_RETENTION + Duration::from_secs(1);
        assert_eq!(
            take(&mut window, key(100), Freshness::Unlimited, days_later),
            Ok(())
        );
        assert_eq!(window.len(), 1);
    }

    #[test]
    fn what_is_kept_counts_after_a_restart() {
        let mut before = ReplayWindow::new(4);
        let freshness = [until(300), Freshness::Unlimited, Freshness::Unlimited];
        let kept: Vec<SeenDelivery> = (0..)
            .zip(freshness)
            .map(|(number, freshness)| before.admit(key(number), freshness, NOW).unwrap())
            .collect();
        // With less room than there was, the oldest that nothing is enough for gives way.
        let mut window = ReplayWindow::new(2);
        kept.iter().for_each(|delivery| window.restore(*delivery));
        assert_eq!(window.take_gave_way(), [key(1)]);
        for (number, freshness) in [(0, until(300)), (2, Freshness::Unlimited)] {
            let again = window.admit(key(number), freshness, NOW);
            assert_eq!(again, Err(ReplayError::Replayed), "{number}");
        }
        let later = NOW + Duration::from_secs(301);
        assert!(window.admit(key(0), until(600), later).is_ok());
    }

    #[test]
    fn ids_and_texts_are_different_keys() {
        assert_ne!(
            ReplayKey::of_id("text"),
            ReplayKey::of_signed_text([b"text", b""])
        );
        assert_eq!(
            ReplayKey::of_signed_text([b"te", b"xt"]),
            ReplayKey::of_signed_text([b"", b"text"])
        );
    }
}
