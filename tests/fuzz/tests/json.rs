//! AWS JSON bodies: whatever comes in, decoding answers, within memory in proportion to the input.

use ninefold_fuzz::{Mutator, within_memory};
use ninefold_protocol::json::decode_json;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const SEEDS: &[&str] = &[
    r#"{"QueueUrl":"http://localhost:4566/000000000000/orders","MessageBody":"one coffee","DelaySeconds":5}"#,
    r#"{"QueueName":"orders.fifo","Attributes":{"FifoQueue":"true","VisibilityTimeout":"30"},"tags":{"a":"b"}}"#,
    r#"{"QueueUrl":"q","Entries":[{"Id":"1","MessageBody":"a","MessageAttributes":{"k":{"DataType":"Binary","BinaryValue":"AAEC"}}}]}"#,
    r#"{"QueueUrl":"q","MaxNumberOfMessages":10,"WaitTimeSeconds":20,"AttributeNames":["All"],"MessageAttributeNames":[".*"]}"#,
];
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "1e999",
    "-0",
    "18446744073709551616",
    "\\u0000",
    "\\ud800",
    "\u{7f}",
    "{\"a\":",
    "[[",
    "\"Entries\":",
    "\"MessageAttributes\":",
];

#[test]
fn any_json_body_is_decoded_or_refused() {
    let model = ninefold_model::sqs();
    let mut mutator = Mutator::new(1, SEEDS, TOKENS);
    let mut decoded = 0;
    for _ in 0..Mutator::inputs() {
        let input = mutator.next_input();
        for name in ["SendMessage", "SendMessageBatch", "CreateQueue", "ReceiveMessage"] {
            let operation = model.operation(name).unwrap();
            let outcome = within_memory(&MEMORY, &input, 200, || decode_json(model, operation, &input));
            decoded += usize::from(outcome.is_ok());
        }
    }
    assert!(decoded > 0, "nothing was decoded: the seeds are wrong");
}
