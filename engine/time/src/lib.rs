//! Time for every engine and door: all of it comes from one [`Clock`].
//!
//! Production runs on a [`SystemClock`]; tests drive a [`ManualClock`] and therefore never sleep.

mod clock;
mod manual;
mod system;
mod timestamp;

pub use clock::{Clock, Sleep};
pub use manual::ManualClock;
pub use system::SystemClock;
pub use timestamp::Timestamp;
