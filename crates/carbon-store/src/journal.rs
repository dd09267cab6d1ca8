//! What is only ever added: who changed what (the audit log), and telemetry that clients send.

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::id::{OrganizationId, TelemetryId, UserId};
use crate::page::{Cursor, Page, Paging};
use crate::session::Session;
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

/// An entry with the name of who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// The entry.
    pub entry: AuditEntry,
    /// The person's name today; none for the server itself and for accounts that are gone.
    pub actor_name: Option<String>,
}

impl FromRow for AuditRecord {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { actor_name: row.next()?, entry: AuditEntry::from_row(row)? })
    }
}

/// A record behind its position.
const RECORD: &str = "SELECT a.key, u.name, a.at_us, a.organization_id, a.actor_id, a.action, \
     a.subject, a.detail FROM audit_log a LEFT JOIN users u ON u.id = a.actor_id";

impl Store {
    /// Notes what happened. A change is noted with [`noting`](Self::noting).
    pub async fn note(&self, entry: AuditEntry) -> Result<()> {
        self.write(move |session| Box::pin(async move { insert(session, &entry).await })).await
    }

    /// Changes in an organization, newest first.
    pub async fn audit_log(
        &self,
        organization: OrganizationId,
        paging: Paging,
    ) -> Result<Page<AuditRecord>> {
        let sql = format!(
            "{RECORD} WHERE a.organization_id = $1 AND a.key < $2 ORDER BY a.key DESC LIMIT $3"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [organization.into(), paging.ceiling(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(&sql, &params).await?))
            })
        })
        .await
    }

    /// What concerns the server and no organization, newest first: accounts and sign-ins.
    pub async fn server_audit_log(&self, paging: Paging) -> Result<Page<AuditRecord>> {
        let sql = format!(
            "{RECORD} WHERE a.organization_id IS NULL AND a.key < $1 ORDER BY a.key DESC LIMIT $2"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [paging.ceiling(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(&sql, &params).await?))
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

pub(crate) async fn insert(session: &mut Session, entry: &AuditEntry) -> Result<()> {
    let sql = "INSERT INTO audit_log (at_us, organization_id, actor_id, action, subject, detail) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let params = [
        entry.at.into(),
        entry.organization_id.into(),
        entry.actor_id.into(),
        entry.action.as_str().into(),
        entry.subject.as_str().into(),
        entry.detail.as_str().into(),
    ];
    session.execute(sql, &params).await.map(drop)
}

impl FromRow for (TelemetryId, String) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}
