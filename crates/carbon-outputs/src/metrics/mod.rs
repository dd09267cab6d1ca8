//! What the outputs for metrics have in common: base units, counters that never go down, and a
//! courier that sends in the background.
//!
//! Left out: formats and protocols, which are those of [`crate::prometheus`] and [`crate::otlp`].

pub(crate) mod courier;
pub(crate) mod error;
pub(crate) mod tally;

pub use error::ExportError;

use std::time::Duration;

/// Longest time in which a collector must answer.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// Longest time in which it must be reached.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// Longest time that the end of a run waits for the last metrics to arrive. They are worth less than
/// records, so that a longer `api_stop_wait_secs` does not raise it; a shorter one lowers it.
pub const LONGEST_STOP_WAIT: Duration = Duration::from_secs(2);

/// Looks up a variable of the environment, which the commands and the Python edge read.
pub type Variables<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The value of a variable that is set to something.
pub(crate) fn set_variable(variables: &Variables<'_>, name: &str) -> Option<String> {
    variables(name).filter(|value| !value.trim().is_empty())
}
