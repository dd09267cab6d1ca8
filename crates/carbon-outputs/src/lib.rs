//! Where records go: the emissions CSV, the task CSV and the JSON report, one directory each.
//!
//! A sink writes what it is given and says where; it computes no energy and no emissions. Files of
//! the reference are read and extended as they are. The parsers here take bytes, so that they can
//! be fuzzed.

mod atomic;
pub mod csv;
pub mod float;
pub mod json;

pub use csv::{CsvError, CsvFile, CsvSink};
pub use json::{JsonError, JsonReport};
