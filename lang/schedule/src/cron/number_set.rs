/// A set of numbers below 64: minutes, hours, days or months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NumberSet(u64);

impl NumberSet {
    pub(super) fn insert(&mut self, number: u8) {
        self.0 |= 1 << number;
    }

    pub(super) fn contains(self, number: u8) -> bool {
        self.first_from(number) == Some(number)
    }

    /// The smallest number of the set that is at least `number`.
    pub(super) fn first_from(self, number: u8) -> Option<u8> {
        let rest = self.0.checked_shr(u32::from(number)).unwrap_or(0);
        (rest != 0).then(|| number + rest.trailing_zeros() as u8)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |number| self.0 >> number & 1 == 1)
    }
}
