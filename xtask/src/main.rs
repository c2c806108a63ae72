//! Build, demonstration and checks.
fn main() {}
