//! ninefold-time
