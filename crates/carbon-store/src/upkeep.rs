//! What a server does beside its requests: it frees the space of what was deleted, in small steps
//! that hold nobody up, and forgets what has ended.

use crate::cell::Cell;
use crate::error::Result;
use crate::id::{OrganizationId, ProjectId};
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;

/// Rows that one step deletes, about 20 ms of work.
const STEP_ROWS: i64 = 5_000;

/// What a step of [`Store::reclaim`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reclaimed {
    /// Some space is free; there may be more to do.
    Some,
    /// There is nothing to do.
    Nothing,
}

impl Store {
    /// Frees some of the space of what was deleted before a time. Call it with the time of a minute
    /// ago, so that requests which were running at the deletion have ended, and until it answers
    /// `Nothing`; then again after a while.
    pub async fn reclaim(&self, deleted_before: Timestamp) -> Result<Reclaimed> {
        self.write(move |session| Box::pin(reclaim(session, deleted_before))).await
    }

    /// Deletes sessions, tokens, invitations and second steps that have ended. How many.
    pub async fn expire(&self, now: Timestamp) -> Result<u64> {
        self.write(move |session| {
            Box::pin(async move {
                let mut expired = 0;
                for sql in [
                    "DELETE FROM sessions WHERE expires_us <= $1",
                    "DELETE FROM pending WHERE expires_us <= $1",
                    "DELETE FROM invitations WHERE expires_us <= $1",
                    "DELETE FROM access_tokens WHERE expires_us <= $1",
                ] {
                    expired += session.execute(sql, &[now.into()]).await?;
                }
                Ok(expired)
            })
        })
        .await
    }

    /// Whether the database answers, to the point of a commit.
    pub async fn is_ready(&self) -> Result<()> {
        self.write(|session| Box::pin(async move { session.rows("SELECT 1", &[]).await.map(drop) }))
            .await
    }
}

async fn reclaim(session: &mut Session, before: Timestamp) -> Result<Reclaimed> {
    let run = "SELECT r.key FROM runs r WHERE r.deleted_us < $1 LIMIT 1";
    let of_project = "SELECT r.key FROM projects p JOIN runs r ON r.project_id = p.id \
                      WHERE p.deleted_us < $1 LIMIT 1";
    for sql in [run, of_project] {
        if let Some(key) = session.value::<i64>(sql, &[before.into()]).await? {
            free_run(session, key).await?;
            return Ok(Reclaimed::Some);
        }
    }
    for sql in [
        "DELETE FROM experiments WHERE deleted_us < $1",
        "DELETE FROM experiments WHERE project_id IN \
         (SELECT p.id FROM projects p WHERE p.deleted_us < $1)",
    ] {
        session.execute(sql, &[before.into()]).await?;
    }
    let project = "SELECT p.id FROM projects p WHERE p.deleted_us < $1 LIMIT 1";
    if let Some(id) = session.value::<ProjectId>(project, &[before.into()]).await? {
        // Its tokens and alerts go with it.
        session.execute("DELETE FROM projects WHERE id = $1", &[id.into()]).await?;
        return Ok(Reclaimed::Some);
    }
    let organization = "SELECT o.id FROM organizations o WHERE o.deleted_us < $1 LIMIT 1";
    if let Some(id) = session.value::<OrganizationId>(organization, &[before.into()]).await? {
        session.execute("DELETE FROM organizations WHERE id = $1", &[id.into()]).await?;
        return Ok(Reclaimed::Some);
    }
    Ok(Reclaimed::Nothing)
}

/// Deletes the oldest rows of a run, and tasks; the run itself when it has none.
async fn free_run(session: &mut Session, run: i64) -> Result<()> {
    let last = "SELECT e.timestamp_us FROM emissions e WHERE e.run_key = $1 \
                ORDER BY e.timestamp_us, e.id LIMIT 1 OFFSET $2";
    let last: Option<i64> = session.value(last, &[run.into(), (STEP_ROWS - 1).into()]).await?;
    let delete = session.pick(
        "DELETE FROM emissions WHERE run_key = $1 AND timestamp_us <= $2",
        "WITH gone AS (
           DELETE FROM emissions WHERE run_key = $1 AND timestamp_us <= $2 RETURNING id
         )
         DELETE FROM emission_keys k USING gone WHERE k.id = gone.id",
    );
    let until: Cell = last.unwrap_or(i64::MAX).into();
    session.execute(delete, &[run.into(), until]).await?;
    let tasks = "DELETE FROM tasks WHERE key IN \
                 (SELECT t.key FROM tasks t WHERE t.run_key = $1 LIMIT $2)";
    let tasks = session.execute(tasks, &[run.into(), STEP_ROWS.into()]).await?;
    if last.is_none() && tasks < STEP_ROWS as u64 {
        for sql in [
            "DELETE FROM run_hours WHERE run_key = $1",
            "DELETE FROM run_days WHERE run_key = $1",
            "DELETE FROM runs WHERE key = $1",
        ] {
            session.execute(sql, &[run.into()]).await?;
        }
    }
    if matches!(session, Session::Sqlite(_)) {
        session.rows("PRAGMA incremental_vacuum(2000)", &[]).await?;
    }
    Ok(())
}
