//! What a workload sends, whichever service it is of.

use std::net::SocketAddr;

/// Requests that send messages or events, and what their answers have to be like.
#[derive(Debug)]
pub struct Sending {
    /// Where they go.
    pub address: SocketAddr,
    /// The requests, at least one, which take turns.
    pub requests: Vec<Vec<u8>>,
    /// Messages that the answer to each of them has to acknowledge.
    pub messages: usize,
    /// How many an answer acknowledges.
    pub acknowledged: fn(&[u8]) -> usize,
}

impl Sending {
    /// Whether an answer acknowledges all that its request sent.
    pub fn is_acknowledged(&self, status: u16, body: &[u8]) -> bool {
        status == 200 && (self.acknowledged)(body) == self.messages
    }
}
