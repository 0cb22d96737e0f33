//! ninefold-bench
