//! What the matchers are measured with: generated rules and events, the same for all.

mod events;
mod rules;

pub use events::{Document, event};
pub use rules::{Operator, rule};

/// Of what values fields take, events and rules draw the same.
mod vocabulary {
    pub(crate) const SOURCES: u32 = 20;
    pub(crate) const KINDS: u32 = 5;
    pub(crate) const CUSTOMERS: u32 = 1_000;
    pub(crate) const NUMBERS: u32 = 10_000;
    pub(crate) const PRICES: u32 = 10_000;
    pub(crate) const STATES: [&str; 8] = [
        "draft", "placed", "paid", "packed", "shipped", "returned", "refunded", "closed",
    ];
}
