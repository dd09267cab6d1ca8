//! The HTTP server: routes, sign-in and rights over a store. It contains no SQL.
//!
//! A request becomes a [`Caller`](sign_in::Caller) and fields ([`wire`], [`body`]); [`rights`] says
//! whether the caller may; the store does it; [`answer`] shows it in the published shape. What cannot
//! be done is a [`Fault`](fault::Fault).

mod answer;
mod app;
pub mod audit;
mod board;
mod body;
pub mod budget;
pub mod configuration;
mod connection;
mod docs;
mod export;
pub mod fault;
mod feeds;
mod first_start;
pub mod http;
mod imported_token;
mod known_tokens;
mod metrics;
mod operator;
pub mod rights;
mod routes;
mod serve;
pub mod settings;
pub mod sign_in;
mod spans;
pub mod stop;
mod stream;
pub mod tls;
mod token;
mod upkeep;
mod web;
pub mod wire;

pub use app::App;
pub use board::Board;
pub use first_start::FirstClient;
pub use operator::PasswordLink;
pub use serve::{Ended, Listeners, serve, service};
pub use stop::stopper;
