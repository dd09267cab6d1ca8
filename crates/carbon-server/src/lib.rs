//! The HTTP server: routes, sign-in and rights over a store. It contains no SQL.

pub mod wire;
