//! Both roles as machines, held against peers that behave and peers that do not.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and tables are for people"
)]

mod apex;
mod corpus;
mod edge;
mod fusion;
mod mapping;
mod robust;
#[path = "../support/mod.rs"]
mod support;
mod talk;
