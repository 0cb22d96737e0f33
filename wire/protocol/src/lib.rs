//! ninefold-protocol
