//! Holds the repository to what its documents say: crate boundaries, the crate list of
//! ARCHITECTURE.md, lints, file sizes, licences and the number of dependencies.
//!
//! These are tests, not steps of a script, so that every test runner runs them and each rule fails
//! under its own name.

#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod architecture;
mod crate_table;
mod dependencies;
mod documents;
mod licence;
mod repository;
mod sources;
