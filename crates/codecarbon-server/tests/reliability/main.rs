//! What the program keeps when things break around it: it is killed, its database goes away, its disk
//! or its files run out. Real processes and real requests; the rules of single parts are tested with
//! them.

#![expect(clippy::unwrap_used, reason = "what is shared by these tests is functions of its own")]

mod book;
mod copying;
mod database;
mod files;
mod full_disk;
#[path = "../program/http.rs"]
#[expect(dead_code, reason = "shared with the tests of the program, which need more of it")]
mod http;
mod killed;
mod load;
#[path = "../program/sandbox.rs"]
#[expect(dead_code, reason = "shared with the tests of the program, which need more of it")]
mod sandbox;
mod starting;
mod system;
