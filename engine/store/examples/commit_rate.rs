//! How fast the store commits, beside the limit: a bare loop that appends and syncs.
//!
//! `cargo run --release -p ninefold-store --example commit_rate [DIRECTORY]`; the directory says which disk.
//! As many submitters as the table says each put 300 bytes and wait for the commit before the next one.
//! With `fill N` as second and third argument it instead writes N entries and reports how long opening takes then.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program to look at figures"
)]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use ninefold_store::{
    Batch, Durability, DurabilityMode, EmbeddedOptions, EmbeddedStore, PartitionId, ScanLimit, ScanRange,
    Store, Table,
};

const MESSAGES: Table = Table::new(1, "messages");
const COUNTERS: Table = Table::new(2, "counters");
const VALUE_BYTES: usize = 300;
const SUBMITTERS: [usize; 3] = [1, 64, 256];
const RUN: Duration = Duration::from_secs(4);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let parent = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent).unwrap();
    match arguments.next().as_deref() {
        Some("fill") => fill(directory.path(), arguments.next().unwrap().parse().unwrap()),
        _ => rates(directory.path()),
    }
}

fn rates(directory: &Path) {
    println!(
        "{:<34} {:>9} {:>9} {:>11} {:>11}",
        "", "puts/s", "rounds/s", "puts/round", "CPU µs/put"
    );
    for submitters in SUBMITTERS {
        print_rate(
            &format!("bare append+fdatasync, {submitters} a sync"),
            &bare(directory, submitters),
        );
        for (mode, name) in [
            (DurabilityMode::Sync, "store, sync"),
            (DurabilityMode::OsCache, "store, os"),
        ] {
            for reopened in [false, true] {
                let what = if reopened { "reopened, " } else { "" };
                let path = directory.join(format!("{submitters} {name} {reopened}"));
                let options = EmbeddedOptions {
                    durability_mode: mode,
                    ..EmbeddedOptions::new(&path, [MESSAGES, COUNTERS])
                };
                if reopened {
                    drop(EmbeddedStore::open(options.clone()).unwrap());
                }
                let store = EmbeddedStore::open(options).unwrap();
                print_rate(
                    &format!("{name}, {what}{submitters} submitters"),
                    &closed_loop(&store, submitters),
                );
                drop(store);
                fs::remove_dir_all(path).unwrap();
            }
        }
    }
}

struct Rate {
    puts: u64,
    rounds: u64,
    elapsed: Duration,
    cpu: Duration,
}

fn print_rate(name: &str, rate: &Rate) {
    let seconds = rate.elapsed.as_secs_f64();
    println!(
        "{name:<34} {:>9.0} {:>9.0} {:>11.1} {:>11.2}",
        rate.puts as f64 / seconds,
        rate.rounds as f64 / seconds,
        rate.puts as f64 / rate.rounds as f64,
        rate.cpu.as_secs_f64() * 1e6 / rate.puts as f64,
    );
}

/// The limit: what the disk does when one write and one sync carry `puts_a_round` values.
fn bare(directory: &Path, puts_a_round: usize) -> Rate {
    let path = directory.join("bare");
    let mut file = File::create(&path).unwrap();
    file.set_len(64 << 20).unwrap();
    file.sync_all().unwrap();
    let content = vec![7; VALUE_BYTES * puts_a_round];
    let (started, cpu) = (Instant::now(), cpu_time());
    let mut rounds = 0;
    while started.elapsed() < RUN {
        file.write_all(&content).unwrap();
        file.sync_data().unwrap();
        rounds += 1;
    }
    fs::remove_file(path).unwrap();
    Rate {
        puts: rounds * puts_a_round as u64,
        rounds,
        elapsed: started.elapsed(),
        cpu: cpu_time() - cpu,
    }
}

/// Every submitter has one put under way at any time; one thread submits for all of them.
fn closed_loop(store: &EmbeddedStore, submitters: usize) -> Rate {
    let (sender, completed) = mpsc::channel::<usize>();
    let mut number = 0_u64;
    let mut submit = |submitter: usize| {
        number += 1;
        let partition = PartitionId::of(&submitter.to_be_bytes());
        let mut batch = Batch::new(partition);
        batch.put(MESSAGES, number.to_be_bytes(), vec![7; VALUE_BYTES]);
        let sender = sender.clone();
        let completion = move |outcome: Result<(), _>| {
            outcome.unwrap();
            // The last completions come when the loop has ended.
            let _ = sender.send(submitter);
        };
        store.submit(batch, Durability::Durable, Box::new(completion));
    };
    (0..submitters).for_each(&mut submit);
    let (started, cpu, before) = (Instant::now(), cpu_time(), store.figures());
    while started.elapsed() < RUN {
        submit(completed.recv().unwrap());
    }
    let (elapsed, cpu, after) = (started.elapsed(), cpu_time() - cpu, store.figures());
    Rate {
        puts: after.batches - before.batches,
        rounds: after.rounds - before.rounds,
        elapsed,
        cpu,
    }
}

/// Writes a backlog, then reports how long opening takes and how much memory that needs.
fn fill(directory: &Path, entries: u64) {
    let options = EmbeddedOptions::new(directory, [MESSAGES, COUNTERS]);
    let started = Instant::now();
    let store = EmbeddedStore::open(options.clone()).unwrap();
    println!(
        "opened empty in {:?}, resident {} MB",
        started.elapsed(),
        resident_mb()
    );
    let started = Instant::now();
    let (sender, completed) = mpsc::channel();
    for first in (0..entries).step_by(64) {
        let mut batch = Batch::new(PartitionId::of(b"queue"));
        for number in first..(first + 64).min(entries) {
            batch.put(MESSAGES, number.to_be_bytes(), vec![7; VALUE_BYTES]);
        }
        let sender = sender.clone();
        store.submit(
            batch,
            Durability::Durable,
            Box::new(move |outcome: Result<(), _>| {
                outcome.unwrap();
                sender.send(()).unwrap();
            }),
        );
        if first / 64 >= 64 {
            completed.recv().unwrap();
        }
    }
    println!(
        "wrote {entries} in {:?}, resident {} MB",
        started.elapsed(),
        resident_mb()
    );
    println!("{:?}", store.figures());
    drop(store);
    for _ in 0..2 {
        let started = Instant::now();
        let store = EmbeddedStore::open(options.clone()).unwrap();
        println!(
            "reopened in {:?}, resident {} MB",
            started.elapsed(),
            resident_mb()
        );
        let started = Instant::now();
        let partition = PartitionId::of(b"queue");
        let page = store
            .scan(partition, MESSAGES, ScanRange::all(), ScanLimit::entries(1_000))
            .unwrap();
        println!("read {} entries in {:?}", page.len(), started.elapsed());
        let started = Instant::now();
        drop(store);
        println!("closed in {:?}", started.elapsed());
    }
}

/// User and system time of this process; Linux counts it in hundredths of a second.
fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

fn resident_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}
