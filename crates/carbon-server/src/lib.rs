//! The HTTP server: routes, sign-in and rights over a store. It contains no SQL.

pub mod fault;
pub mod http;
pub mod wire;
