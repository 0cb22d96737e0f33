//! Rules as they are on a busy bus: most say where an event comes from, and one or two things about its detail.

use crate::vocabulary::{CUSTOMERS, KINDS, NUMBERS, PRICES, SOURCES, STATES};
use fastrand::Rng;

/// What the rules of a workload ask with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Three fields, each with one string.
    Exact,
    /// How a string begins.
    Prefix,
    /// Asterisks at the end, at the beginning, on both sides, and between.
    Wildcard,
    /// Ranges of numbers, with two bounds or one.
    Numeric,
    /// All strings but two.
    AnythingBut,
    /// All of these, and suffixes, letter case, networks, absence and alternatives.
    Mixed,
}

impl Operator {
    /// All of them, by the names that the command line has for them.
    pub const ALL: [(&str, Self); 6] = [
        ("exact", Self::Exact),
        ("prefix", Self::Prefix),
        ("wildcard", Self::Wildcard),
        ("numeric", Self::Numeric),
        ("anything-but", Self::AnythingBut),
        ("mixed", Self::Mixed),
    ];
}

/// An event pattern, as JSON on one line. Of 100,000 such an event matches a few.
pub fn rule(operator: Operator, random: &mut Rng) -> String {
    match operator {
        Operator::Exact => exact(random),
        Operator::Prefix => prefix(random),
        Operator::Wildcard => wildcard(random),
        Operator::Numeric => numeric(random),
        Operator::AnythingBut => anything_but(random),
        Operator::Mixed => mixed(random),
    }
}

fn exact(random: &mut Rng) -> String {
    let (kind, customer) = (random.u32(..KINDS), random.u32(..CUSTOMERS));
    from_source(
        random,
        &format!(
            r#""detail-type": ["Order Event {kind}"], "detail": {{"customer": ["customer-{customer}"]}}"#
        ),
    )
}

fn prefix(random: &mut Rng) -> String {
    let (customer, digit) = (random.u32(..CUSTOMERS), random.u32(..16));
    about_key(
        random,
        &format!(r#"{{"prefix": "uploads/{customer}/{digit:x}"}}"#),
    )
}

fn wildcard(random: &mut Rng) -> String {
    let (customer, number) = (random.u32(..CUSTOMERS), random.u32(..NUMBERS));
    let text = match random.u32(..4) {
        0 => format!("uploads/{customer}/*.png"),
        1 => format!("*-{number}.png"),
        2 => format!("*{:04x}*", random.u16(..)),
        _ => format!("*/{customer}/*-{number}.png"),
    };
    about_key(random, &format!(r#"{{"wildcard": "{text}"}}"#))
}

fn numeric(random: &mut Rng) -> String {
    let (low, customer) = (random.u32(..PRICES), random.u32(..CUSTOMERS));
    let detail = match random.u32(..3) {
        0 => format!(
            r#""customer": ["customer-{customer}"], "price": [{{"numeric": [">", {}]}}]"#,
            PRICES * 3 / 4
        ),
        1 => format!(r#""price": [{{"numeric": [">=", {low}, "<", {}]}}]"#, low + 2),
        _ => format!(r#""price": [{{"numeric": [">", {low}.25, "<=", {low}.5]}}]"#),
    };
    from_source(random, &format!(r#""detail": {{{detail}}}"#))
}

fn anything_but(random: &mut Rng) -> String {
    let (customer, one, other) = (
        random.u32(..CUSTOMERS),
        random.choice(STATES).unwrap_or_default(),
        random.choice(STATES).unwrap_or_default(),
    );
    from_source(
        random,
        &format!(
            r#""detail": {{"customer": ["customer-{customer}"], "state": [{{"anything-but": ["{one}", "{other}"]}}]}}"#
        ),
    )
}

fn mixed(random: &mut Rng) -> String {
    let (customer, number) = (random.u32(..CUSTOMERS), random.u32(..NUMBERS));
    let detail = match random.u32(..10) {
        0 => return exact(random),
        1 => return prefix(random),
        2 => return wildcard(random),
        3 => return numeric(random),
        4 => return anything_but(random),
        5 => format!(r#""object": {{"key": [{{"suffix": "-{number}.png"}}]}}"#),
        6 => format!(
            r#""customer": [{{"equals-ignore-case": "CUSTOMER-{customer}"}}], "deleted": [{{"exists": false}}]"#
        ),
        7 => format!(
            r#""address": [{{"cidr": "10.{}.{}.0/24"}}]"#,
            random.u8(..),
            random.u8(..)
        ),
        8 => format!(r#""$or": [{{"customer": ["customer-{customer}"]}}, {{"number": [{number}]}}]"#),
        _ => format!(r#""customer": ["customer-{customer}"], "object": {{"key": [{{"exists": true}}]}}"#),
    };
    from_source(random, &format!(r#""detail": {{{detail}}}"#))
}

fn about_key(random: &mut Rng, test: &str) -> String {
    from_source(random, &format!(r#""detail": {{"object": {{"key": [{test}]}}}}"#))
}

fn from_source(random: &mut Rng, rest: &str) -> String {
    let source = random.u32(..SOURCES);
    format!(r#"{{"source": ["com.example.shop-{source}"], {rest}}}"#)
}
