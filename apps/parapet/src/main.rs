//! The live program and the operator's tools.
fn main() {}
