//! Schedule expressions, input paths and input templates: whatever is given as one is read or refused, and what was read does its
//! work, in bounded memory.

use ninefold_fuzz::{Mutator, within_memory};
use ninefold_input_transformer::{InputPath, InputTransformer, Reserved};
use ninefold_schedule::Schedule;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const SCHEDULES: &[&str] = &[
    "rate(1 minute)",
    "rate(5 hours)",
    "cron(0 12 * * ? *)",
    "cron(0/5 8-17 ? * MON-FRI 2026-2199)",
    "cron(15,45 10 L * ? *)",
    "cron(0 9 ? JAN,DEC 6#3 *)",
    "cron(0 0 15W * ? 2028/2)",
    "cron(59 23 L-3 2 ? *)",
];
const SCHEDULE_TOKENS: &[&str] = &[
    "cron(",
    "rate(",
    ")",
    " ",
    "?",
    "*",
    "L",
    "W",
    "LW",
    "#",
    "/",
    "-",
    ",",
    "SUN",
    "FEB",
    "0",
    "31",
    "60",
    "1970",
    "9999",
    "18446744073709551616",
    "\u{e9}",
];
const PATHS: &[&str] = &[
    "$",
    "$.detail",
    "$.detail.lines[0].total",
    "$.detail.*",
    "$.resources[*]",
];
const TEMPLATES: &[&str] = &[
    r#"{"id": <id>, "text": "the order <id> of <customer>", "all": <aws.events.event.json>}"#,
    "\"<id> was paid\"\n\"by <customer>\"",
    r#"{"rule": "<aws.events.rule-name>", "at": <aws.events.event.ingestion-time>, "event": <aws.events.event>}"#,
];
const EVENTS: &[&str] = &[
    r#"{"id":"1","detail-type":"order","resources":["a","b"],"detail":{"id":"o\"1","customer":null,"lines":[{"total":1.50}]}}"#,
    r#"{"detail":{"id":[1,2,{"a":"b"}],"customer":{"name":"\u00e9\ud83d\ude00"}},"detail":{"id":7}}"#,
];
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "<id>",
    "<aws.events.",
    "\"",
    "\\",
    "\\u0000",
    "\n",
    ":",
    ",",
    "$",
    ".",
    "*",
    "[0]",
    "null",
    "[[[[[[[[",
    "{\"a\":{\"a\":",
    "\u{e9}",
];
/// Memory for each byte of input: what a template makes of an event may be many times as long as either.
const BYTES_PER_BYTE: usize = 4_096;

#[test]
fn schedules_of_any_kind_are_read_or_refused() {
    let mut schedules = Mutator::new(21, SCHEDULES, SCHEDULE_TOKENS);
    let mut read = 0;
    for number in 0..Mutator::inputs() {
        let expression = String::from_utf8_lossy(&schedules.next_input()).into_owned();
        let parsed = within_memory(&MEMORY, expression.as_bytes(), BYTES_PER_BYTE, || {
            Schedule::parse(&expression)
        });
        let Ok(schedule) = parsed else {
            continue;
        };
        read += 1;
        let after = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 30;
        if let Some(next) = schedule.next_after(after / 2, after) {
            assert!(next > after, "{expression}: {next} after {after}");
        }
    }
    assert!(read > 100, "{read} were read: the seeds are wrong");
}

#[test]
fn inputs_of_any_kind_are_read_or_refused() {
    let mut paths = Mutator::new(22, PATHS, TOKENS);
    let mut templates = Mutator::new(23, TEMPLATES, TOKENS);
    let mut events = Mutator::new(24, EVENTS, TOKENS);
    let reserved = Reserved {
        rule_arn: "arn:aws:events:us-east-1:123456789012:rule/r",
        rule_name: "r",
        ingestion_time: "2026-03-01T12:00:00Z",
    };
    let (mut selected, mut transformed) = (0, 0);
    for _ in 0..Mutator::inputs() {
        let path = String::from_utf8_lossy(&paths.next_input()).into_owned();
        let template = String::from_utf8_lossy(&templates.next_input()).into_owned();
        let event = events.next_input();
        let input = [path.as_bytes(), template.as_bytes(), &event].concat();
        within_memory(&MEMORY, &input, BYTES_PER_BYTE, || {
            if let Ok(path) = InputPath::parse(&path)
                && let Ok(Some(_)) = path.select(&event)
            {
                selected += 1;
            }
            let map = [("id", "$.detail.id"), ("customer", path.as_str())];
            if let Ok(transformer) = InputTransformer::parse(map, &template)
                && let Ok(text) = transformer.transform(&event, &reserved)
            {
                transformed += 1;
                let mut documents =
                    serde_json::Deserializer::from_str(&text).into_iter::<serde::de::IgnoredAny>();
                assert!(
                    documents.all(|document| document.is_ok()),
                    "{template} made {text}"
                );
            }
        });
    }
    assert!(
        selected > 100 && transformed > 100,
        "{selected} selected, {transformed} transformed: the seeds are wrong"
    );
}
