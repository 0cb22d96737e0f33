//! ninefold-sigv4
