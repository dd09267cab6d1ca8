//! Names of what figures are told apart by.

use std::collections::HashMap;

use uuid::Uuid;

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::figures::{Group, GroupBy};
use crate::keys::{BY_ID, ids};
use crate::store::Store;

impl FromRow for (Uuid, String) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}

impl Group {
    /// The id of what the rows have in common; none for all rows, hosts and what is not known.
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Project(id) => Some(id.uuid()),
            Self::Experiment(id) => Some(id.uuid()),
            Self::Run(id) => Some(id.uuid()),
            Self::Member(id) => id.map(crate::id::UserId::uuid),
            Self::All | Self::Host(_) => None,
        }
    }
}

impl Store {
    /// Names of projects, experiments and members by their ids; of runs, those of their experiments.
    /// What is not there is left out; hosts are their own names.
    pub async fn names(&self, of: GroupBy, wanted: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
        let (name, table) = match of {
            GroupBy::Project => ("n.name", "projects n"),
            GroupBy::Experiment => ("n.name", "experiments n"),
            GroupBy::Run => ("x.name", "runs n JOIN experiments x ON x.id = n.experiment_id"),
            GroupBy::Member => ("n.name", "users n"),
            GroupBy::Host => return Ok(HashMap::new()),
        };
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        self.look_up(move |session| {
            Box::pin(async move {
                let filter = session.pick(BY_ID[0], BY_ID[1]);
                let sql = format!("SELECT n.id, {name} FROM {table} WHERE {filter}");
                let found: Vec<(Uuid, String)> = session.list(&sql, &[ids(wanted)]).await?;
                Ok(found.into_iter().collect())
            })
        })
        .await
    }
}
