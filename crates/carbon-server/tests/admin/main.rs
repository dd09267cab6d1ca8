//! Administration over real requests: members, tokens, budgets with their webhooks, deletion, the audit
//! log, the reference tables.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod audit;
mod budgets;
mod documents;
mod lab;
mod members;
mod organizations;
mod reference;
#[path = "../rights/support.rs"]
#[expect(dead_code, reason = "it is shared with the tests of rights, which use the rest")]
mod support;
mod tokens;
mod webhooks;
