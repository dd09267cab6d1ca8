//! What our own client and dashboard use, under `/v1`, called over real stores of both kinds.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod bulk;
mod export;
mod figures;
mod lab;
mod lists;
mod live;
mod parquet;
mod postgres;
mod runs;
mod tasks;
