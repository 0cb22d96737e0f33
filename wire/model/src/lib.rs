//! ninefold-model
