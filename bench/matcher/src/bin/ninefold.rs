//! Ninefold's part: `ninefold RULES EVENTS`. Says how many matches there are in all events together, then matches for as
//! many seconds as each line of its input says and answers with how many events that were.
#![allow(clippy::print_stdout, reason = "it answers whoever runs it")]

use ninefold_event_pattern::{EventPattern, PatternIndex};
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

/// As the server has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(rules), Some(events)) = (arguments.next(), arguments.next()) else {
        return Err("ninefold RULES EVENTS".into());
    };
    let (rules, events) = (fs::read_to_string(rules)?, fs::read_to_string(events)?);
    let mut index = PatternIndex::new();
    for (number, rule) in rules.lines().enumerate() {
        index.insert(number, &EventPattern::parse(rule)?);
    }
    let events = events.lines().map(str::as_bytes).collect::<Vec<_>>();
    let mut matches = 0;
    for event in &events {
        matches += index.matches(event)?.len();
    }
    println!("{matches}");
    for line in io::stdin().lines() {
        println!(
            "{}",
            run(&index, &events, Duration::from_secs_f64(line?.parse()?))?
        );
    }
    Ok(())
}

/// Matches all events again and again until the time is over.
fn run(index: &PatternIndex<usize>, events: &[&[u8]], duration: Duration) -> Result<usize, Box<dyn Error>> {
    let begin = Instant::now();
    let mut done = 0;
    while begin.elapsed() < duration {
        for event in events {
            black_box(index.matches(event)?);
        }
        done += events.len();
    }
    Ok(done)
}
