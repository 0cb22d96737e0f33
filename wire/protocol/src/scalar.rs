//! Scalars as text.
