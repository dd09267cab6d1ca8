//! The contract of the store: every promise is tested on SQLite and on PostgreSQL, by the same
//! code.

#![expect(clippy::unwrap_used, reason = "the bodies of these tests are functions of their own")]

mod accounts;
mod administration;
mod budgets;
mod databases;
mod figures;
mod first_start;
mod import;
mod ingest;
mod lists;
mod migrations;
mod pages;
mod rights;
mod seeds;
mod tasks;
mod tenants;
mod upkeep;

/// Runs each function on both databases.
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                $crate::databases::on_sqlite(super::$name);
            })*
        }
        mod postgres {
            $(#[test]
            fn $name() {
                $crate::databases::on_postgres(super::$name);
            })*
        }
    };
}
pub(crate) use contract;
