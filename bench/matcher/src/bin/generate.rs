//! Writes the rules and the events of a workload, one JSON text a line: `generate OPERATOR RULES FILE` or
//! `generate DOCUMENT EVENTS FILE`.
#![allow(clippy::print_stderr, reason = "it tells whoever runs it how to")]

use fastrand::Rng;
use ninefold_bench_matcher::{Document, Operator, event, rule};
use std::fs;
use std::io;
use std::process::ExitCode;

/// So that every run measures the same.
const SEED: u64 = 9;

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let [what, count, file] = &*arguments else {
        return refuse("generate OPERATOR|DOCUMENT COUNT FILE");
    };
    let Ok(count) = count.parse::<usize>() else {
        return refuse("the count is not a number");
    };
    let Some(lines) = lines(what, count) else {
        return refuse("there is no such operator or document");
    };
    match write(file, &lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error.to_string()),
    }
}

fn lines(what: &str, count: usize) -> Option<Vec<String>> {
    let mut random = Rng::with_seed(SEED);
    if let Some((_, operator)) = Operator::ALL.iter().find(|(name, _)| *name == what) {
        return Some((0..count).map(|_| rule(*operator, &mut random)).collect());
    }
    // Not the sequence of the rules, or the first events would be about what the first rules are.
    let mut random = Rng::with_seed(SEED + 1);
    let (_, document) = Document::ALL.iter().find(|(name, _)| *name == what)?;
    Some((0..count).map(|_| event(*document, &mut random)).collect())
}

fn write(file: &str, lines: &[String]) -> io::Result<()> {
    fs::write(file, lines.join("\n") + "\n")
}

fn refuse(reason: &str) -> ExitCode {
    eprintln!("{reason}");
    ExitCode::FAILURE
}
