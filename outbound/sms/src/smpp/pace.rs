use std::num::NonZeroU32;
use std::time::Duration;

use ninefold_time::Timestamp;

/// What one message costs, in thousandths: each millisecond earns as many of them as there are messages per second.
const PRICE: u64 = 1_000;
/// For how long credit is saved up, in milliseconds: little, because message centres count by the second.
const SAVING_MILLIS: u64 = 50;

/// So many messages per second, evenly.
#[derive(Debug)]
pub(super) struct Pace {
    messages_per_second: Option<NonZeroU32>,
    credit: u64,
    since: Timestamp,
}

impl Pace {
    /// Without a number, as many as there are.
    pub(super) fn new(messages_per_second: Option<NonZeroU32>, now: Timestamp) -> Self {
        Pace {
            messages_per_second,
            credit: PRICE,
            since: now,
        }
    }

    /// When the next message may be sent: now, or later.
    pub(super) fn ready_at(&mut self, now: Timestamp) -> Timestamp {
        let Some(rate) = self.messages_per_second.map(|rate| u64::from(rate.get())) else {
            return now;
        };
        let earned = now
            .as_millis()
            .saturating_sub(self.since.as_millis())
            .saturating_mul(rate);
        let most = PRICE.max(rate * SAVING_MILLIS);
        self.credit = self.credit.saturating_add(earned).min(most);
        self.since = now;
        now + Duration::from_millis(PRICE.saturating_sub(self.credit).div_ceil(rate))
    }

    /// A message was sent.
    pub(super) fn spend(&mut self) {
        self.credit = self.credit.saturating_sub(PRICE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_000);

    /// How many messages are sent until then, by somebody who sends whatever may be sent.
    fn sent(rate: u32, until: Duration) -> usize {
        let mut pace = Pace::new(NonZeroU32::new(rate), START);
        let (mut now, mut count) = (START, 0);
        while now < START + until {
            let ready = pace.ready_at(now);
            if ready > now {
                now = ready;
            } else {
                pace.spend();
                count += 1;
            }
        }
        count
    }

    #[test]
    fn the_rate_is_kept() {
        for rate in [1, 3, 7, 30, 1_000, 20_000] {
            let expected = usize::try_from(rate).unwrap() * 10;
            let count = sent(rate, Duration::from_secs(10));
            let tolerance = expected / 1_000 + 1;
            assert!(count.abs_diff(expected) <= tolerance, "{rate}: {count}");
        }
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let mut pace = Pace::new(NonZeroU32::new(10), START);
        let later = START + Duration::from_secs(3_600);
        assert_eq!(pace.ready_at(later), later);
        pace.spend();
        assert_eq!(pace.ready_at(later), later + Duration::from_millis(100));
    }

    #[test]
    fn without_a_rate_there_is_no_waiting() {
        let mut pace = Pace::new(None, START);
        for _ in 0..10 {
            assert_eq!(pace.ready_at(START), START);
            pace.spend();
        }
    }
}
