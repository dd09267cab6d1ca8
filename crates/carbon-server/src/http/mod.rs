//! What holds for every route: paths as clients spell them, who asks and how often, other origins,
//! headers, times, and what stays of a request.

mod around;
mod body;
mod client;
mod cors;
mod headers;
mod host;
mod path;
mod rate;
mod record;
mod request_id;

pub(crate) use around::around;
pub(crate) use body::{BodyFault, Room, TooSlow, whole};
pub(crate) use client::{Client, party};
pub(crate) use cors::is_let_in;
pub use path::one_spelling;
pub(crate) use rate::Meters;
