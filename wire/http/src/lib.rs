//! ninefold-http
