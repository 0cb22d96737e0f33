//! Times matching one event with 1 to 100,000 patterns: `cargo run --release -p ninefold-event-pattern --example time_matching`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it reports to whoever runs it, and ends if it can't go on"
)]

use fastrand::Rng;
use ninefold_event_pattern::{EventPattern, PatternIndex};
use std::hint::black_box;
use std::time::{Duration, Instant};

const EVENTS: usize = 200;
const ROUNDS: usize = 50;

/// Rules as they are on a busy bus: most are about a source and a type, and one or more things of the detail.
fn pattern(random: &mut Rng) -> String {
    let source = random.u32(..20);
    let kind = random.u32(..5);
    let (customer, limit) = (random.u32(..5_000), random.u32(..10_000));
    let detail = match random.u32(..8) {
        0 | 1 => format!(r#""customer": ["customer-{customer}"]"#),
        2 => format!(r#""customer": ["customer-{customer}"], "state": [{{"anything-but": "draft"}}]"#),
        3 => format!(r#""key": [{{"prefix": "uploads/{customer}/"}}], "deleted": [{{"exists": false}}]"#),
        4 => format!(r#""key": [{{"suffix": "-{customer}.png"}}]"#),
        5 => format!(
            r#""price": [{{"numeric": [">=", {limit}, "<", {}]}}], "state": ["placed"]"#,
            limit + 3
        ),
        6 => format!(
            r#""address": {{"ip": [{{"cidr": "10.{}.{}.0/24"}}]}}"#,
            random.u8(..),
            random.u8(..)
        ),
        _ => format!(r#""key": [{{"wildcard": "uploads/{customer}/*.png"}}], "state": ["placed", "paid"]"#),
    };
    format!(r#"{{"source": ["source-{source}"], "detail-type": ["Kind {kind}"], "detail": {{{detail}}}}}"#)
}

/// An event of about 1 KB with 20 fields that patterns name or that stand beside those.
fn event(random: &mut Rng) -> String {
    let customer = random.u32(..5_000);
    let filler = (0..8)
        .map(|number| format!(r#""attribute-{number}": "{:032x}""#, random.u128(..)))
        .collect::<Vec<_>>();
    format!(
        r#"{{"version": "0", "id": "{:032x}", "source": "source-{}", "detail-type": "Kind {}", "account": "123456789012",
            "time": "2026-11-26T01:45:00Z", "region": "us-east-1",
            "resources": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/{customer}"],
            "detail": {{"customer": "customer-{customer}", "state": "placed", "price": {}.5,
                "key": "uploads/{customer}/image-{customer}.png", "address": {{"ip": "10.{}.{}.7", "port": 443}},
                "items": [{{"id": 1, "count": 2}}, {{"id": 2, "count": 1}}], {}}}}}"#,
        random.u128(..),
        random.u32(..20),
        random.u32(..5),
        random.u32(..10_000),
        random.u8(..),
        random.u8(..),
        filler.join(", "),
    )
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let mut random = Rng::with_seed(9);
    let events = (0..EVENTS).map(|_| event(&mut random)).collect::<Vec<_>>();
    let mut index = PatternIndex::new();
    for count in [1, 1_000, 10_000, 100_000] {
        let patterns = (index.len()..count)
            .map(|_| EventPattern::parse(&pattern(&mut random)).unwrap())
            .collect::<Vec<_>>();
        let start = Instant::now();
        for pattern in &patterns {
            index.insert(index.len(), pattern);
        }
        let insertion = start.elapsed() / u32::try_from(patterns.len()).unwrap();
        let mut times = Vec::new();
        let mut matches = 0;
        for _ in 0..ROUNDS {
            for event in &events {
                let start = Instant::now();
                matches += black_box(index.matches(event.as_bytes()).unwrap()).len();
                times.push(start.elapsed());
            }
        }
        println!(
            "{count:>7} patterns: median {:>8.2?} an event of {} bytes, {:.2} matches; {insertion:.2?} an insertion",
            median(times),
            events[0].len(),
            matches as f64 / (ROUNDS * EVENTS) as f64,
        );
    }
    let start = Instant::now();
    let count = index.len();
    for id in 0..count {
        index.remove(&id);
    }
    println!(
        "{:.2?} a removal",
        start.elapsed() / u32::try_from(count).unwrap()
    );
}
