//! Writes the published JSON Schema: `cargo run -p parapet-lines --example schema > docs/lines.schema.json`.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    println!("{:#}", parapet_lines::schema());
}
