//! The Ninefold server.

fn main() {}
