//! Records a second on one core.
fn main() {}
