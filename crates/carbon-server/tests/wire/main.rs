//! The published routes, called as existing clients call them, over a real store.

mod flow;
mod support;
