//! Files of records read back: summaries, other factors, comparisons, pages.

pub mod table;
pub mod units;
