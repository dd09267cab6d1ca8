//! What comes in: JSON bodies and query strings, read as leniently as existing clients are used to,
//! and refused with messages of the shape that they expect.
//!
//! A body is read field by field through [`Fields`], which collects every flaw instead of stopping
//! at the first. The shape of a flaw (`type`, `loc`, `msg`, `input`, `ctx`) is that of the published
//! API; the words of `msg` too, since programs search them.
//!
//! Left out: what a value means (does the project exist, may the caller write there).

mod fields;
mod flaw;
mod scalar;
mod time;

pub use fields::{Bounds, Fields, Optional};
pub use flaw::{Flaw, Place};
pub use time::Micros;
