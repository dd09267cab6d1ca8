//! The OpenAPI document: it is made here, from the wire types, from what is written down of each
//! operation, and from what a server answers to the examples; and it is held to the server.
//!
//! `UPDATE_OPENAPI=1 cargo test -p carbon-server --test openapi` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod committed;
#[path = "../shared/declared.rs"]
mod declared;
mod document;
mod operation;
mod operations;
mod refusals;
mod refused;
mod schema;
mod schemathesis;
mod served;
#[path = "../rights/support.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod support;
mod text;
mod validate;
mod walk;
mod world;
