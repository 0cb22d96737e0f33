//! What goes out of the server.

use ninefold_outbound_http::HttpClient;

/// The clients that deliveries go through.
pub struct Transports {
    /// To subscribers' own addresses, within the rules of egress.
    pub http: HttpClient,
    /// Whether envelopes for queues carry a signature as those for web endpoints do. Nearly no consumer of a queue
    /// checks it, and making it takes longer than everything else about publishing.
    pub signs_queue_messages: bool,
}
