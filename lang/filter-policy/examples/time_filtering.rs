//! Times filtering one message for 1 to 10,000 subscriptions of a topic:
//! `cargo run --release -p ninefold-filter-policy --example time_filtering`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it reports to whoever runs it, and ends if it can't go on"
)]

use fastrand::Rng;
use ninefold_filter_policy::{Attribute, AttributeValue, FilterIndex, FilterPolicy, FilterScope};
use std::hint::black_box;
use std::time::{Duration, Instant};

const MESSAGES: u32 = 200;
const ROUNDS: usize = 100;
const CUSTOMERS: u32 = 20_000;

fn policy(random: &mut Rng, scope: FilterScope) -> FilterPolicy {
    let customer = random.u32(..CUSTOMERS);
    let json = match random.u32(..4) {
        0 => format!(r#"{{"customer": ["customer-{customer}"]}}"#),
        1 => format!(
            r#"{{"customer": ["customer-{customer}"], "event": [{{"anything-but": "order_cancelled"}}]}}"#
        ),
        2 => format!(r#"{{"event": ["order_placed"], "store": [{{"prefix": "store-{customer}-"}}]}}"#),
        _ => format!(
            r#"{{"event": ["order_placed"], "price_usd": [{{"numeric": [">", {customer}, "<=", {}]}}]}}"#,
            customer + 1
        ),
    };
    FilterPolicy::parse(&json, scope).unwrap()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    for scope in [FilterScope::MessageAttributes, FilterScope::MessageBody] {
        let mut random = Rng::with_seed(9);
        let mut index = FilterIndex::new();
        for count in [1, 100, 10_000] {
            for id in index.len()..count {
                index.insert(id, &policy(&mut random, scope));
            }
            let (mut times, mut matches) = (Vec::new(), 0);
            for _ in 0..ROUNDS {
                for message in 0..MESSAGES {
                    let customer = message * (CUSTOMERS / MESSAGES);
                    let (customer, store, price) = (
                        format!("customer-{customer}"),
                        format!("store-{customer}-berlin"),
                        format!("{customer}.75"),
                    );
                    let attribute = |name, value| Attribute { name, value };
                    let attributes = [
                        attribute("customer", AttributeValue::String(&customer)),
                        attribute("event", AttributeValue::String("order_placed")),
                        attribute("store", AttributeValue::String(&store)),
                        attribute("price_usd", AttributeValue::Number(&price)),
                        attribute("interests", AttributeValue::StringArray(r#"["rugby", "tennis"]"#)),
                    ];
                    let body = format!(
                        r#"{{"customer": "{customer}", "event": "order_placed", "store": "{store}", "price_usd": {price},
                            "interests": ["rugby", "tennis"], "comment": "as usual, please"}}"#
                    );
                    let start = Instant::now();
                    matches += black_box(index.matching(&attributes, &body)).len();
                    times.push(start.elapsed());
                }
            }
            println!(
                "{scope:?}, {count:>6} policies: median {:>8.2?} a message, {:.2} matches",
                median(times),
                matches as f64 / f64::from(MESSAGES) / ROUNDS as f64,
            );
        }
    }
}
