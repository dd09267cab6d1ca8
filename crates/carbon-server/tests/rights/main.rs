//! Who comes in, and what they may do then.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod administration;
mod audited;
mod certified;
#[path = "../shared/declared.rs"]
mod declared;
mod develop;
mod issuer;
mod local;
mod oidc;
mod operators;
mod personal;
mod provider;
mod public;
mod sessions;
mod support;
mod table;
mod tenants;
mod walk;
mod world;
