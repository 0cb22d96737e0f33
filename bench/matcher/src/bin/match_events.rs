//! Ninefold's part: `ninefold RULES EVENTS...`. Says of each file of events how many matches there are in all of them together.
//! Then each line of its input has the number of a file and for how many seconds to match its events, and is answered with how
//! many events that were.
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
    let rules = arguments.next().ok_or("ninefold RULES EVENTS...")?;
    let mut index = PatternIndex::new();
    for (number, rule) in fs::read_to_string(rules)?.lines().enumerate() {
        index.insert(number, &EventPattern::parse(rule)?);
    }
    let files = arguments.map(fs::read_to_string).collect::<Result<Vec<_>, _>>()?;
    for events in &files {
        let mut matches = 0;
        for event in events.lines() {
            matches += index.matches(event.as_bytes())?.len();
        }
        println!("{matches}");
    }
    for line in io::stdin().lines() {
        let line = line?;
        let (number, seconds) = line.split_once(' ').ok_or("NUMBER SECONDS")?;
        let events = files.get(number.parse::<usize>()?).ok_or("no such file")?;
        println!(
            "{}",
            run(&index, events, Duration::from_secs_f64(seconds.parse()?))?
        );
    }
    Ok(())
}

/// Matches all events again and again until the time is over.
fn run(index: &PatternIndex<usize>, events: &str, duration: Duration) -> Result<usize, Box<dyn Error>> {
    let events = events.lines().map(str::as_bytes).collect::<Vec<_>>();
    let begin = Instant::now();
    let mut done = 0;
    while begin.elapsed() < duration {
        for event in &events {
            black_box(index.matches(event)?);
        }
        done += events.len();
    }
    Ok(done)
}
