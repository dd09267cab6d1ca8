//! One HTTP client for everything that leaves the machine: the API, grid services, collectors.
//!
//! It blocks, has no runtime, keeps connections, and gives every call a limit in time and in size.
//! What a status means is for the caller to say: an answer with any status is an answer, a fault is
//! one that never came. Redirects are not followed, so that a token sent to one host never reaches
//! another.
//!
//! Left out: retries, queues and caches, which belong to whoever knows what may be repeated.

mod client;
mod error;
mod public;

pub use client::{Answer, Client, Method, Policy, Request, host_of};
pub use error::HttpError;
pub use public::is_public;
