//! What becomes known while a run goes on: where the machine stands, and what the electricity there
//! emits hour by hour.
//!
//! A [`Feed`] holds what is known so far. Whoever asks services writes into it, from a thread of its
//! own; runs that follow it read it when they make a record, and mark their energy when the price
//! changes, so that each joule has the price of its hour. Measuring never waits; a record that is
//! handed out waits for the first answers, a second at most in the life of a feed.
//!
//! Nothing here opens a connection: `carbon-live` does.

mod cuts;
mod feed;
mod price;

pub use cuts::PriceUsed;
pub use feed::{Feed, Questions};
pub use price::{Price, Tariff};

pub(crate) use cuts::{Cuts, mean};
pub(crate) use feed::{Follower, Knowledge};
