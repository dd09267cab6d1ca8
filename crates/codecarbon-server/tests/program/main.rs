//! The program as users meet it: a process of its own, on a free port, in a home of its own.

#![expect(clippy::unwrap_used, reason = "what is shared by these tests is functions of its own")]

mod admin;
mod board;
mod clients;
mod documents;
mod examples;
mod http;
mod options;
mod postgres;
mod sandbox;
mod start;
mod stop;
mod tls;
