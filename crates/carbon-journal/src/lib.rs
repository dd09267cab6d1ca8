//! Runs that are cut short: what they came to, kept on disk while they go on and saved later.
//!
//! A [`Keeper`] looks at the runs of its process from a thread of its own and writes what they come to
//! into a file each, which is gone when the outputs of the run have it. [`find`] tells what is left of
//! runs that were killed, and [`recover()`] saves them through the same sinks, each output once.
//!
//! Left out: metrics, which are of the moment, and outputs of the user's own code. What needs the
//! network is the caller's to bring ([`Network`]).

mod field;
mod file;
pub mod format;
mod keeper;
mod kept;
mod left;
mod lock;
mod onlooker;
mod recover;
mod state;

pub use keeper::{Following, Keeper, journal_directory};
pub use kept::Kept;
pub use left::{Found, Left, LeftError, find, sweep};
pub use onlooker::{Onlooker, TaskSum};
pub use recover::{Network, Offline, Recovery, Saving, awaited, recover};
pub use state::{HandedOut, Head, Outputs, outcome_of, without_password};
