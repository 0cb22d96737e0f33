use crate::number::Number;

/// The range of numbers that one `numeric` test admits, in millionths, both ends included.
///
/// A millionth is the smallest step between numbers, so that an excluded bound is the neighbour, included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    low: i64,
    high: i64,
}

impl Range {
    /// Stands for the lack of a lower bound. No number is as small.
    pub(crate) const LOWEST: i64 = i64::MIN;
    /// Stands for the lack of an upper bound. No number is as large.
    pub(crate) const HIGHEST: i64 = i64::MAX;

    /// From the lower bound to the upper, both included. Empty if they are the wrong way round.
    pub(crate) fn new(low: i64, high: i64) -> Self {
        Self { low, high }
    }

    /// The lowest value of the range, in millionths; `None` if it has none.
    pub fn low(&self) -> Option<i64> {
        (self.low != Self::LOWEST).then_some(self.low)
    }

    /// The highest value of the range, in millionths; `None` if it has none.
    pub fn high(&self) -> Option<i64> {
        (self.high != Self::HIGHEST).then_some(self.high)
    }

    pub(crate) fn contains(&self, number: &Number<'_>) -> bool {
        number
            .millionths()
            .is_some_and(|value| self.low <= value && value <= self.high)
    }
}
