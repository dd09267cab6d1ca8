//! What is only ever added: who changed what (the audit log), and telemetry that clients send.

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::id::{OrganizationId, TelemetryId, UserId};
use crate::page::{Cursor, Page, Paging};
use crate::store::Store;
use crate::time::Timestamp;

/// One change, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Where; none for what concerns the server.
    pub organization_id: Option<OrganizationId>,
    /// Who; none for the server itself.
    pub actor_id: Option<UserId>,
    /// What was done, such as `project.delete`.
    pub action: String,
    /// To what: an id.
    pub subject: String,
    /// What else there is to say, as JSON.
    pub detail: String,
}

impl FromRow for AuditEntry {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            at: row.next()?,
            organization_id: row.next()?,
            actor_id: row.next()?,
            action: row.next()?,
            subject: row.next()?,
            detail: row.next()?,
        })
    }
}

impl Store {
    /// Notes a change.
    pub async fn note(&self, entry: AuditEntry) -> Result<()> {
        let sql = "INSERT INTO audit_log (at_us, organization_id, actor_id, action, subject, \
                   detail) VALUES ($1, $2, $3, $4, $5, $6)";
        self.write(move |session| {
            Box::pin(async move {
                let params = [
                    entry.at.into(),
                    entry.organization_id.into(),
                    entry.actor_id.into(),
                    entry.action.into(),
                    entry.subject.into(),
                    entry.detail.into(),
                ];
                session.execute(sql, &params).await.map(drop)
            })
        })
        .await
    }

    /// Changes in an organization, newest first.
    pub async fn audit_log(
        &self,
        organization: OrganizationId,
        paging: Paging,
    ) -> Result<Page<AuditEntry>> {
        let sql = "SELECT key, at_us, organization_id, actor_id, action, subject, detail \
                   FROM audit_log WHERE organization_id = $1 AND key < $2 \
                   ORDER BY key DESC LIMIT $3";
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [organization.into(), paging.ceiling(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(sql, &params).await?))
            })
        })
        .await
    }

    /// Keeps what a client tells of itself, as JSON.
    pub async fn add_telemetry(
        &self,
        id: TelemetryId,
        at: Timestamp,
        level: &'static str,
        body: String,
    ) -> Result<()> {
        let sql = "INSERT INTO telemetry (id, at_us, level, body) VALUES ($1, $2, $3, $4)";
        self.write(move |session| {
            Box::pin(async move {
                let params = [id.into(), at.into(), level.into(), body.into()];
                session.execute(sql, &params).await.map(drop)
            })
        })
        .await
    }

    /// Telemetry in the order in which it came.
    pub async fn telemetry(&self, paging: Paging) -> Result<Page<(TelemetryId, String)>> {
        let sql = "SELECT key, id, body FROM telemetry WHERE key > $1 ORDER BY key LIMIT $2";
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [paging.floor(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(sql, &params).await?))
            })
        })
        .await
    }
}

impl FromRow for (TelemetryId, String) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}
