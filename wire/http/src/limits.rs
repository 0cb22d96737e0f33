use std::time::Duration;

/// What one client may ask of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest request body, in bytes. A larger one is refused as [`Refusal::TooLarge`](crate::Refusal).
    pub request_bytes: usize,
    /// What the bodies of all requests may hold in memory together, in bytes. A request that finds no room within the
    /// body timeout is refused as [`Refusal::NoRoom`](crate::Refusal). Bodies that arrive in one piece with their
    /// head don't count.
    pub body_memory_bytes: usize,
    /// The largest request head (request line and headers), in bytes; at least 8,192.
    pub head_bytes: usize,
    /// Connections open at one time; more wait in the operating system's backlog.
    pub connections: usize,
    /// Streams that one HTTP/2 connection may have open at one time.
    pub streams: u32,
    /// How long a client may take over the TLS handshake, and over the head of a request it has begun.
    pub head_timeout: Duration,
    /// How long a client may take over the body of a request.
    pub body_timeout: Duration,
    /// How long a connection may stay open without a request.
    pub idle_timeout: Duration,
    /// How long requests in flight may take to finish once the server stops.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_bytes: 4 * 1024 * 1024,
            body_memory_bytes: 256 * 1024 * 1024,
            head_bytes: 64 * 1024,
            connections: 10_000,
            streams: 256,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(120),
            drain_timeout: Duration::from_secs(10),
        }
    }
}
