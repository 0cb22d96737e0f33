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

/// Why a delivery is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// It was there before. The sender has to be told that all is well, or it goes on trying.
    #[error("it was delivered before")]
    Replayed,
    /// There is no room to remember it, so its replay would not be noticed. The sender has to try again later.
    #[error("more deliveries than can be remembered came within the time in which they could be replayed")]
    Full,
}

/// The deliveries of a source that could be sent again: no more than its capacity, of some 100 bytes each.
///
/// When it is full, what happens depends on what could be lost. A delivery with a signed time is remembered until its
/// signature is too old, so that there is no moment in which it could be replayed: further ones are refused until then,
/// which is minutes. One without could be replayed forever, and no memory is enough: the oldest of those gives way.
/// Nobody can fill it who has no secret.
#[derive(Debug)]
pub struct ReplayWindow {
    capacity: usize,
    /// Where a key is in one of the orders.
    entries: HashMap<ReplayKey, (Kind, Position)>,
    limited: BTreeMap<Position, ReplayKey>,
    unlimited: BTreeMap<Position, ReplayKey>,
    next_number: u64,
}

/// Until when it is remembered; the number tells apart those of the same time.
type Position = (Timestamp, u64);

#[derive(Clone, Copy, Debug)]
enum Kind {
    Limited,
    Unlimited,
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
        }
    }

    /// Lets a delivery in that was not there before, and remembers it.
    ///
    /// # Errors
    /// See [`ReplayError`]; nothing changes then.
    pub fn admit(&mut self, key: ReplayKey, freshness: Freshness, now: Timestamp) -> Result<(), ReplayError> {
        self.drop_expired(now);
        if self.entries.contains_key(&key) {
            return Err(ReplayError::Replayed);
        }
        if self.entries.len() >= self.capacity {
            let (_, oldest) = self.unlimited.pop_first().ok_or(ReplayError::Full)?;
            self.entries.remove(&oldest);
        }
        let (kind, until) = match freshness {
            Freshness::Until(until) => (Kind::Limited, until),
            Freshness::Unlimited => (Kind::Unlimited, now + UNLIMITED_RETENTION),
        };
        let position = (until, self.next_number);
        self.next_number += 1;
        self.entries.insert(key, (kind, position));
        self.order(kind).insert(position, key);
        Ok(())
    }

    /// Forgets a delivery that could not be published, so that the sender's next attempt is let in.
    pub fn forget(&mut self, key: &ReplayKey) {
        if let Some((kind, position)) = self.entries.remove(key) {
            self.order(kind).remove(&position);
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

    fn order(&mut self, kind: Kind) -> &mut BTreeMap<Position, ReplayKey> {
        match kind {
            Kind::Limited => &mut self.limited,
            Kind::Unlimited => &mut self.unlimited,
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

    #[test]
    fn a_delivery_is_let_in_once_while_it_could_be_sent_again() {
        let mut window = ReplayWindow::new(10);
        assert_eq!(window.admit(key(1), until(300), NOW), Ok(()));
        let end = NOW + Duration::from_secs(300);
        for now in [NOW, end] {
            assert_eq!(window.admit(key(1), until(300), now), Err(ReplayError::Replayed));
        }
        // By now its signature is too old; what is let in is another one with the same id.
        let later = end + Duration::from_millis(1);
        assert_eq!(window.admit(key(1), until(600), later), Ok(()));
        assert_eq!(window.len(), 1);
    }

    #[test]
    fn what_failed_may_come_again() {
        let mut window = ReplayWindow::new(10);
        for freshness in [until(300), Freshness::Unlimited] {
            assert_eq!(window.admit(key(1), freshness, NOW), Ok(()));
            window.forget(&key(1));
            window.forget(&key(2));
            assert!(window.is_empty());
            assert!(window.limited.is_empty() && window.unlimited.is_empty());
        }
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
        assert_eq!(window.admit(key(3), until(30), later), Ok(()));
        assert_eq!(window.len(), 2);
    }

    #[test]
    fn without_a_time_the_oldest_gives_way() {
        let mut window = ReplayWindow::new(3);
        window.admit(key(0), until(300), NOW).unwrap();
        for number in 1..=100 {
            assert_eq!(window.admit(key(number), Freshness::Unlimited, NOW), Ok(()));
        }
        assert_eq!(window.len(), 3);
        for known in [0, 99, 100] {
            let again = window.admit(key(known), Freshness::Unlimited, NOW);
            assert_eq!(again, Err(ReplayError::Replayed), "{known}");
        }
        let days_later = NOW + UNLIMITED_RETENTION + Duration::from_secs(1);
        assert_eq!(window.admit(key(100), Freshness::Unlimited, days_later), Ok(()));
        assert_eq!(window.len(), 1);
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
