//! ninefold-sts
