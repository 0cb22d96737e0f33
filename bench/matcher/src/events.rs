//! Events as a bus hands them to its rules.

use crate::vocabulary::{CUSTOMERS, KINDS, NUMBERS, PRICES, SOURCES, STATES};
use fastrand::Rng;

/// How large events are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// Some 900 bytes, as AWS's services send.
    Small,
    /// Some 60 KB: an order with its history.
    Large,
}

impl Document {
    /// All of them, by the names that the command line has for them.
    pub const ALL: [(&str, Self); 2] = [("small", Self::Small), ("large", Self::Large)];

    fn history(self) -> usize {
        match self {
            Self::Small => 0,
            Self::Large => 250,
        }
    }
}

/// An event, as JSON on one line.
pub fn event(document: Document, random: &mut Rng) -> String {
    let (source, kind, customer) = (
        random.u32(..SOURCES),
        random.u32(..KINDS),
        random.u32(..CUSTOMERS),
    );
    let number = random.u32(..NUMBERS);
    let history = (0..document.history()).map(|_| entry(random)).collect::<Vec<_>>();
    format!(
        concat!(
            r#"{{"version":"0","id":"{id:032x}","detail-type":"Order Event {kind}","#,
            r#""source":"com.example.shop-{source}","account":"123456789012","time":"2026-11-26T01:45:00Z","#,
            r#""region":"eu-central-1","resources":["arn:aws:s3:::orders","arn:aws:s3:::orders/{customer}"],"#,
            r#""detail":{{"customer":"customer-{customer}","state":"{state}","number":{number},"#,
            r#""history":[{history}],"price":{price}.{cents:02},"currency":"EUR","gift":false,"coupon":null,"#,
            r#""address":"10.{one}.{two}.7","delivery":{{"street":"Lange Straße {number}","city":"Köln","zip":"50667"}},"#,
            r#""items":[{{"sku":"A-{number}","count":2}},{{"sku":"B-{customer}","count":1}}],"#,
            r#""requester":"arn:aws:iam::123456789012:role/orders","note":"leave it at the \"back\" door","#,
            r#""object":{{"bucket":"orders","size":{size},"etag":"{etag:032x}","#,
            r#""key":"uploads/{customer}/{hex:08x}-{number}.png"}}}}}}"#
        ),
        id = random.u128(..),
        kind = kind,
        source = source,
        customer = customer,
        state = random.choice(STATES).unwrap_or_default(),
        number = number,
        history = history.join(","),
        price = random.u32(..PRICES),
        cents = random.u32(..100),
        one = random.u8(..),
        two = random.u8(..),
        size = random.u32(..),
        etag = random.u128(..),
        hex = random.u32(..),
    )
}

/// What happened to an order once: some 240 bytes.
fn entry(random: &mut Rng) -> String {
    format!(
        concat!(
            r#"{{"id":"{id:016x}","at":"2026-11-{day:02}T{hour:02}:15:42.{milliseconds:03}Z","by":"{by}","#,
            r#""change":{{"from":"{from}","to":"{to}","amount":{amount}.5,"reasons":["customer asked","stock"]}},"#,
            r#""trace":["gateway","orders","ledger-{shard}"],"automatic":true,"comment":"nothing\tunusual"}}"#
        ),
        id = random.u64(..),
        day = random.u32(1..29),
        hour = random.u32(..24),
        milliseconds = random.u32(..1_000),
        by = random
            .choice(["clerk", "customer", "courier"])
            .unwrap_or_default(),
        from = random.choice(STATES).unwrap_or_default(),
        to = random.choice(STATES).unwrap_or_default(),
        amount = random.i32(-5_000..5_000),
        shard = random.u32(..64),
    )
}
