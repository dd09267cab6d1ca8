//! What projects may use in a calendar month, and the alerts when it is passed: each is told once,
//! by one of all processes, and told again until it was heard.

use std::time::Duration;

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::id::ProjectId;
use crate::project::{COLUMNS, Project};
use crate::secret::SecretText;
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;

/// What a project may use in a calendar month.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Budget {
    /// Energy, kWh.
    pub energy_kwh: Option<f64>,
    /// CO2e, kg.
    pub emissions_kg: Option<f64>,
    /// Address that is told when the use or its forecast passes it.
    pub webhook: Option<String>,
}

/// What tells one alert of a project from others: there is one of each kind in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlertId {
    /// The project.
    pub project: ProjectId,
    /// The month, as year * 12 + month (1 to 12).
    pub month: i64,
    /// The kind, such as `energy-passed`.
    pub kind: &'static str,
}

/// How far the telling of an alert has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The kind.
    pub kind: String,
    /// Attempts that were begun.
    pub attempts: i64,
    /// When it was heard; none where it was not yet.
    pub delivered: Option<Timestamp>,
}

const BUDGET: &str = "p.budget_kwh, p.budget_kg, p.budget_webhook";

impl FromRow for Budget {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { energy_kwh: row.next()?, emissions_kg: row.next()?, webhook: row.next()? })
    }
}

impl FromRow for (Budget, Project) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((Budget::from_row(row)?, Project::from_row(row)?))
    }
}

impl FromRow for Alert {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { kind: row.next()?, attempts: row.next()?, delivered: row.next()? })
    }
}

impl Store {
    /// What a project may use in a month; none where the project is not there.
    pub async fn budget(&self, id: ProjectId) -> Result<Option<Budget>> {
        self.look_up(move |session| Box::pin(find(session, id))).await
    }

    /// Sets what a project may use in a month. With another budget than before, its alerts begin
    /// anew. A key takes the place of the one that the webhook was signed with; without a webhook
    /// there is none. Whether the project is there.
    pub async fn set_budget(
        &self,
        id: ProjectId,
        budget: Budget,
        webhook_key: Option<SecretText>,
    ) -> Result<bool> {
        let sql = "UPDATE projects SET budget_kwh = $2, budget_kg = $3, budget_webhook = $4, \
                   budget_webhook_key = CASE WHEN CAST($4 AS TEXT) IS NULL THEN NULL \
                   ELSE coalesce($5, budget_webhook_key) END \
                   WHERE id = $1 AND deleted_us IS NULL";
        self.change(move |session| {
            Box::pin(async move {
                let Some(before) = find(session, id).await? else { return Ok(false) };
                if before != budget {
                    let alerts = "DELETE FROM budget_alerts WHERE project_id = $1";
                    session.execute(alerts, &[id.into()]).await?;
                }
                let params = [
                    id.into(),
                    budget.energy_kwh.into(),
                    budget.emissions_kg.into(),
                    budget.webhook.into(),
                    webhook_key.into(),
                ];
                session.touches(sql, &params).await
            })
        })
        .await
    }

    /// What the webhook of a project is signed with.
    pub async fn budget_webhook_key(&self, id: ProjectId) -> Result<Option<SecretText>> {
        let sql = "SELECT budget_webhook_key FROM projects WHERE id = $1 AND deleted_us IS NULL";
        self.look_up(move |session| {
            Box::pin(async move {
                Ok(session.value::<Option<SecretText>>(sql, &[id.into()]).await?.flatten())
            })
        })
        .await
    }

    /// All projects that have a budget.
    pub async fn budgets(&self) -> Result<Vec<(Budget, Project)>> {
        let sql = format!(
            "SELECT {BUDGET}, {COLUMNS} FROM live_projects p \
             WHERE p.budget_kwh IS NOT NULL OR p.budget_kg IS NOT NULL ORDER BY p.key"
        );
        self.look_up(move |session| Box::pin(async move { session.list(&sql, &[]).await })).await
    }

    /// Begins an attempt to tell an alert; its number, from 1. None where the alert was told, where
    /// another attempt is under way or the next one is not due, and after `most` attempts. Of
    /// several processes that ask, one is answered; if it is not heard of again, the next attempt
    /// may begin when its `lease` ends.
    pub async fn claim_budget_alert(
        &self,
        alert: AlertId,
        now: Timestamp,
        lease: Duration,
        most: i64,
    ) -> Result<Option<i64>> {
        let sql = "INSERT INTO budget_alerts AS a (project_id, month, kind, attempts, due_us) \
                   VALUES ($1, $2, $3, 1, $4) ON CONFLICT (project_id, month, kind) \
                   DO UPDATE SET attempts = a.attempts + 1, due_us = excluded.due_us \
                   WHERE a.delivered_us IS NULL AND a.due_us <= $5 AND a.attempts < $6 \
                   RETURNING attempts";
        self.write(move |session| {
            Box::pin(async move {
                let params = [
                    alert.project.into(),
                    alert.month.into(),
                    alert.kind.into(),
                    now.plus(lease).into(),
                    now.into(),
                    most.into(),
                ];
                session.value(sql, &params).await
            })
        })
        .await
    }

    /// Notes that an alert was heard. Whether it was still to be told.
    pub async fn budget_alert_delivered(&self, alert: AlertId, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE budget_alerts SET delivered_us = $4 \
                   WHERE project_id = $1 AND month = $2 AND kind = $3 AND delivered_us IS NULL";
        self.set_alert(alert, sql, now).await
    }

    /// Puts the next attempt off. Whether the alert is still to be told.
    pub async fn postpone_budget_alert(&self, alert: AlertId, until: Timestamp) -> Result<bool> {
        let sql = "UPDATE budget_alerts SET due_us = $4 \
                   WHERE project_id = $1 AND month = $2 AND kind = $3 AND delivered_us IS NULL";
        self.set_alert(alert, sql, until).await
    }

    async fn set_alert(&self, alert: AlertId, sql: &'static str, at: Timestamp) -> Result<bool> {
        self.change(move |session| {
            Box::pin(async move {
                let params =
                    [alert.project.into(), alert.month.into(), alert.kind.into(), at.into()];
                session.touches(sql, &params).await
            })
        })
        .await
    }

    /// Alerts of a project in a month.
    pub async fn budget_alerts(&self, id: ProjectId, month: i64) -> Result<Vec<Alert>> {
        let sql = "SELECT kind, attempts, delivered_us FROM budget_alerts \
                   WHERE project_id = $1 AND month = $2 ORDER BY kind";
        self.look_up(move |session| {
            Box::pin(async move { session.list(sql, &[id.into(), month.into()]).await })
        })
        .await
    }
}

async fn find(session: &mut Session, id: ProjectId) -> Result<Option<Budget>> {
    let sql = format!("SELECT {BUDGET} FROM live_projects p WHERE p.id = $1");
    session.find(&sql, &[id.into()]).await
}
