//! The API output against a receiver on loopback: what arrives, what stays, what is said.

mod apart;
mod calls;
mod children;
mod delivery;
mod failures;
mod kills;
mod receiver;
mod runs;
mod spooling;
mod trust;
