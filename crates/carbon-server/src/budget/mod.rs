//! Budgets of projects: what a calendar month (UTC) may come to, where it stands, where it leads, and
//! the calls that tell when it is passed.

mod call;
mod month;
mod standing;
mod watch;
mod webhook;

pub(crate) use month::Month;
pub(crate) use standing::{KINDS, Kind, Standing};
pub use watch::check_budgets;
pub(crate) use webhook::{Address, mint_key};
