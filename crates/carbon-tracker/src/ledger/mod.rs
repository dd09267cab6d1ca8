//! The ledger: cumulative energy per meter, never a difference between two arbitrary reads.
//!
//! An [`Account`] turns the raw readings of one meter into joules since the account was opened:
//! wraps, restarts, failed reads and sleep are dealt with here and nowhere else. A window is two
//! [`Mark`]s on the same accounts, so nested, overlapping and concurrent windows add up by
//! construction.

mod account;
mod event;
mod gauges;

pub(crate) use account::{Account, Mark};
pub(crate) use gauges::{GaugeMark, Gauges};
