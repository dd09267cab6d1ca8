//! Runs that are cut short: what they came to, kept on disk while they go on and saved later.

mod field;
mod file;
pub mod format;
mod keeper;
mod kept;
mod left;
mod lock;
mod recover;
mod state;

pub use keeper::{Following, Keeper, journal_directory};
pub use kept::Kept;
pub use left::{Found, Left, LeftError, find, sweep};
pub use recover::{Network, Offline, Recovery, Saving, awaited, recover};
pub use state::{HandedOut, Head, Outputs, without_password};
