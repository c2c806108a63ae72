//! The laboratory: simulate, feed, score.
fn main() {}
