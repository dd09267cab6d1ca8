//! Ingest rates.
fn main() {}
