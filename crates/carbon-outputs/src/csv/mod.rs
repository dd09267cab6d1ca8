//! The emissions CSV: one row per run, in the columns and formats that CodeCarbon's files have.
//!
//! Rows are written by column name in the order of the file's own header, so no value can slip
//! into a neighbour's column; a file with other columns is kept under another name, never mixed.
//! Writers of any number of processes and threads take turns by an advisory lock on the file.
//! The cost of an append does not depend on the size of the file.

mod error;
mod file;
mod lock;
mod row;
mod sink;
mod sniff;
mod task;

pub use error::{CsvError, CsvNotice};
pub use file::{Change, CsvFile, Written};
pub use row::{Row, quoted};
pub use sink::CsvSink;
pub use sniff::{Header, LineEnd, Record, read_header, records};
pub use task::{task_file_name, write_tasks};
