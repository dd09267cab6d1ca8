//! Files of records read back: summaries, other factors, comparisons, pages.
//!
//! Everything starts with a [`Reading`]: the entries of CSV files and JSON reports, whoever wrote
//! them. [`Runs`] settles which of them count; on that stand summaries, repricing, comparisons and
//! the HTML page. Nothing here measures, asks the terminal or opens a socket.

pub mod compare;
mod entry;
pub mod equivalents;
mod grids;
mod local_time;
mod methods;
pub mod page;
pub mod read;
pub mod render;
mod report;
pub mod reprice;
mod runs;
pub mod summary;
pub mod table;
pub mod units;

pub use entry::{Entry, Equipment, Origin, Place, Split, Text, Told, ToldGrid, ToldSource};
pub use grids::Grids;
pub use local_time::LocalTime;
pub use methods::Methods;
pub use read::{Fault, Reading};
pub use report::Report;
pub use runs::Runs;
pub use summary::{By, Summary};
