//! Query bodies: whatever comes in, decoding answers, within memory in proportion to the input.

use ninefold_fuzz::{Mutator, within_memory};
use ninefold_protocol::query::{Form, decode_query};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const SEEDS: &[&str] = &[
    "Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Flocalhost%2F0%2Fq&MessageBody=one+coffee",
    "Action=CreateQueue&QueueName=orders&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=30&Tag.1.Key=a&Tag.1.Value=b",
    "Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=1&SendMessageBatchRequestEntry.1.MessageBody=a",
    "Action=ReceiveMessage&AttributeName.1=All&MaxNumberOfMessages=10&MessageAttributeName.1=.%2A",
    "MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v",
];
const TOKENS: &[&str] = &[
    "&",
    "=",
    ".",
    "%",
    "%00",
    "%ff",
    "+",
    ".1",
    ".0",
    ".999999999999999999999",
    ".-1",
    "SendMessageBatchRequestEntry.",
    "MessageAttribute.2.Value.",
    "Attribute.",
    ".member",
    "a.",
];

#[test]
fn any_query_body_is_decoded_or_refused() {
    let model = ninefold_model::sqs();
    let mut mutator = Mutator::new(2, SEEDS, TOKENS);
    let mut decoded = 0;
    for _ in 0..Mutator::inputs() {
        let input = mutator.next_input();
        for name in ["SendMessage", "SendMessageBatch", "CreateQueue", "ReceiveMessage"] {
            let operation = model.operation(name).unwrap();
            let outcome = within_memory(&MEMORY, &input, 400, || {
                Form::parse(&input).and_then(|form| decode_query(model, operation, &form))
            });
            decoded += usize::from(outcome.is_ok());
        }
    }
    assert!(decoded > 0, "nothing was decoded: the seeds are wrong");
}
