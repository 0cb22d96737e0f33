//! ninefold-store
