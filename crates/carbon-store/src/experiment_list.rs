//! Lists of experiments with what they came to.

use std::collections::HashMap;

use crate::cell::{Cell, FromRow, Row};
use crate::error::{Error, Result};
use crate::experiment::{COLUMNS, Experiment};
use crate::figures::{Group, GroupBy, Scope, grouped_where};
use crate::id::ExperimentId;
use crate::keys::{RUN_BY_EXPERIMENT, ids};
use crate::page::{Cursor, Page, Paging};
use crate::store::Store;
use crate::sums::Sums;
use crate::time::Window;

/// An experiment of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentEntry {
    /// The experiment.
    pub experiment: Experiment,
    /// Sums of its rows in the window.
    pub sums: Sums,
    /// Its runs, whenever they were.
    pub runs: i64,
}

impl FromRow for (ExperimentId, i64) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}

impl Store {
    /// Experiments of an organization or a project, or one, in the order of creation, with the sums
    /// of their rows in a window. A run has none: `Invalid`.
    pub async fn experiment_list(
        &self,
        scope: Scope,
        window: Window,
        paging: Paging,
    ) -> Result<Page<ExperimentEntry>> {
        let (condition, id): (&str, Cell) = match scope {
            Scope::Organization(id) => ("x.organization_id = $1", id.into()),
            Scope::Project(id) => ("x.project_id = $1", id.into()),
            Scope::Experiment(id) => ("x.id = $1", id.into()),
            Scope::Run(_) => return Err(Error::Invalid("a run has no experiments")),
        };
        let sql = format!(
            "SELECT x.key, {COLUMNS} FROM live_experiments x \
             WHERE {condition} AND x.key > $2 ORDER BY x.key LIMIT $3"
        );
        self.read(move |session| {
            Box::pin(async move {
                let params = [id, paging.floor(), paging.probe()];
                let found: Vec<(Cursor, Experiment)> = session.positions(&sql, &params).await?;
                let page = paging.page(found);
                if page.items.is_empty() {
                    return Ok(Page { items: Vec::new(), next: None });
                }
                let list = ids(page.items.iter().map(|experiment| experiment.id.uuid()));
                let filter = session.pick(RUN_BY_EXPERIMENT[0], RUN_BY_EXPERIMENT[1]);
                let count = format!(
                    "SELECT r.experiment_id, count(*) FROM live_runs r WHERE {filter} \
                     GROUP BY r.experiment_id"
                );
                let counts: Vec<(ExperimentId, i64)> =
                    session.list(&count, std::slice::from_ref(&list)).await?;
                let counts: HashMap<ExperimentId, i64> = counts.into_iter().collect();
                let by = GroupBy::Experiment;
                let mut sums = grouped_where(session, filter, list, by, window).await?;
                let entry = |experiment: Experiment| ExperimentEntry {
                    sums: sums.remove(&Group::Experiment(experiment.id)).unwrap_or_default(),
                    runs: counts.get(&experiment.id).copied().unwrap_or_default(),
                    experiment,
                };
                Ok(Page { items: page.items.into_iter().map(entry).collect(), next: page.next })
            })
        })
        .await
    }
}
