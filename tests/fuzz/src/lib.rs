//! Fuzzing by mutation: inputs that are almost right, by the thousand, the same ones every time.
//!
//! The targets are this crate's tests. Each runs a bounded number of inputs; set `NINEFOLD_FUZZ_INPUTS` to run more.

use fastrand::Rng;
use peak_alloc::PeakAlloc;

/// Inputs tried by each target unless told otherwise.
const INPUTS: usize = 20_000;
/// No input is longer than this.
const LONGEST_INPUT: usize = 64 << 10;
/// The most changes made to one seed.
const CHANGES: usize = 6;

/// Makes inputs out of valid ones.
#[derive(Debug)]
pub struct Mutator {
    random: Rng,
    seeds: Vec<Vec<u8>>,
    tokens: Vec<Vec<u8>>,
}

impl Mutator {
    /// `seeds` are valid inputs, `tokens` what the grammar is made of. The same `number` gives the same inputs.
    pub fn new(number: u64, seeds: &[&str], tokens: &[&str]) -> Self {
        let bytes = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        Mutator {
            random: Rng::with_seed(number),
            seeds: bytes(seeds),
            tokens: bytes(tokens),
        }
    }

    /// How many inputs a target should try.
    pub fn inputs() -> usize {
        let wanted = std::env::var("NINEFOLD_FUZZ_INPUTS").ok();
        wanted.and_then(|text| text.parse().ok()).unwrap_or(INPUTS)
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seed();
        for _ in 0..self.random.usize(0..=CHANGES) {
            self.change(&mut input);
            input.truncate(LONGEST_INPUT);
        }
        input
    }

    fn seed(&mut self) -> Vec<u8> {
        self.seeds[self.random.usize(..self.seeds.len())].clone()
    }

    fn token(&mut self) -> Vec<u8> {
        self.tokens[self.random.usize(..self.tokens.len())].clone()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.usize(..=input.len());
        let end = (at + self.random.usize(0..=16)).min(input.len());
        match self.random.u8(0..8) {
            0 => input.insert(at, self.random.u8(..)),
            1 => drop(input.drain(at..end)),
            2 => insert(input, at, &self.token()),
            // As many as make a deep nesting, or a long list.
            3 => insert(input, at, &self.token().repeat(1 << self.random.u32(1..11))),
            4 => {
                let piece = input[at..end].to_vec();
                insert(input, at, &piece);
            }
            5 => {
                let token = self.token();
                input.splice(at..end, token);
            }
            6 => {
                let other = self.seed();
                let from = self.random.usize(..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.random.u8(0..8);
                }
            }
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}

/// Runs `decode`, which may use 64 KiB of memory and `bytes_each` for each byte of input at its peak.
///
/// # Panics
///
/// If it used more.
pub fn within_memory<T>(
    memory: &PeakAlloc,
    input: &[u8],
    bytes_each: usize,
    decode: impl FnOnce() -> T,
) -> T {
    let before = memory.current_usage();
    memory.reset_peak_usage();
    let outcome = decode();
    let used = memory.peak_usage().saturating_sub(before);
    assert!(
        used <= (64 << 10) + bytes_each * input.len(),
        "{used} bytes for {} of input",
        input.len()
    );
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_inputs() {
        let inputs = |number| {
            let mut mutator = Mutator::new(number, &["{\"a\":1}"], &["[", "\""]);
            (0..100).map(|_| mutator.next_input()).collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
        assert!(inputs(3).iter().all(|input| input.len() <= LONGEST_INPUT));
    }
}
