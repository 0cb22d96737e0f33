//! ninefold-policy
