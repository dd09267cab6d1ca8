//! PostgreSQL: a pool for use cases, and two writers that commit what has queued while their last
//! commit ran. A lost connection is told to whoever waited, and made anew for the next.

mod address;
mod cells;
mod figures;
mod ingest;
mod link;
mod migrate;
mod month;
mod partitions;
mod pool;
mod rows;
mod runs;
mod sums;
mod tls;
mod writer;

pub(crate) use address::Address;
pub(crate) use figures::answer;
pub(crate) use link::Link;
pub(crate) use pool::{Mode, Pool};
use writer::Writers;

use crate::error::Result;

/// A server, and who uses it.
pub(crate) struct Postgres {
    pub(crate) pool: Pool,
    pub(crate) writers: Writers,
}

impl Postgres {
    /// Connects and brings the schema up to date.
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let address = Address::parse(url)?;
        let mut link = address.connect().await?;
        migrate::migrate(&mut link).await?;
        Ok(Self { pool: Pool::new(address.clone()), writers: Writers::start(&address) })
    }
}
