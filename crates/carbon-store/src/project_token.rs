//! Tokens of projects: what clients write runs with. Found by the digest of their secret; those
//! that were imported are found by their look-up value and have a bcrypt hash, until their secret
//! is seen for the first time.

use crate::cell::{Cell, FromRow, Row};
use crate::error::Result;
use crate::id::{ProjectId, ProjectTokenId, UserId};
use crate::page::{Cursor, Page, Paging};
use crate::secret::{Digest, SecretText};
use crate::session::Session;
use crate::sign_in::USE_DEBOUNCE_US;
use crate::store::Store;
use crate::time::Timestamp;

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectToken {
    /// Its id.
    pub id: ProjectTokenId,
    /// The project that it opens.
    pub project_id: ProjectId,
    /// What it is for.
    pub name: Option<String>,
    /// 1 reads, 2 writes, 3 both. Other values open nothing, and are kept as they came.
    pub access: i64,
    /// Whether it is of no use any more.
    pub is_revoked: bool,
    /// Who made it; none for imported ones.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends; never without.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
}

impl ProjectToken {
    /// Whether it opens anything at that time.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        !self.is_revoked && self.expires.is_none_or(|expires| expires > now)
    }

    /// Whether runs may be read with it.
    pub fn can_read(&self) -> bool {
        matches!(self.access, 1 | 3)
    }

    /// Whether runs may be written with it.
    pub fn can_write(&self) -> bool {
        matches!(self.access, 2 | 3)
    }
}

/// A token to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProjectToken {
    /// Its id.
    pub id: ProjectTokenId,
    /// The project that it opens.
    pub project_id: ProjectId,
    /// What it is for.
    pub name: Option<String>,
    /// Digest of its secret.
    pub digest: Digest,
    /// 1 reads, 2 writes, 3 both.
    pub access: i64,
    /// Who makes it.
    pub created_by: Option<UserId>,
    /// Now.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

const COLUMNS: &str = "t.id, t.project_id, t.name, t.access, t.is_revoked, t.created_by, \
     t.created_us, t.expires_us, t.last_used_us";

impl FromRow for ProjectToken {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            project_id: row.next()?,
            name: row.next()?,
            access: row.next()?,
            is_revoked: row.next()?,
            created_by: row.next()?,
            created: row.next()?,
            expires: row.next()?,
            last_used: row.next()?,
        })
    }
}

impl FromRow for (Option<String>, ProjectToken) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, ProjectToken::from_row(row)?))
    }
}

impl Store {
    /// Adds a token. None where the project is not there.
    pub async fn create_project_token(
        &self,
        token: NewProjectToken,
    ) -> Result<Option<ProjectToken>> {
        self.change(move |session| {
            Box::pin(async move {
                if crate::project::find(session, token.project_id).await?.is_none() {
                    return Ok(None);
                }
                insert(session, token).await.map(Some)
            })
        })
        .await
    }

    /// Tokens of a project, in the order of creation.
    pub async fn project_tokens(&self, project: ProjectId) -> Result<Vec<ProjectToken>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM project_tokens t WHERE t.project_id = $1 ORDER BY t.key"
        );
        self.look_up(move |session| {
            Box::pin(async move { session.list(&sql, &[project.into()]).await })
        })
        .await
    }

    /// Some tokens of a project, in the order of creation, each with the name of who made it.
    pub async fn project_token_page(
        &self,
        project: ProjectId,
        paging: Paging,
    ) -> Result<Page<(Option<String>, ProjectToken)>> {
        let sql = format!(
            "SELECT t.key, u.name, {COLUMNS} FROM project_tokens t \
             LEFT JOIN users u ON u.id = t.created_by \
             WHERE t.project_id = $1 AND t.key > $2 ORDER BY t.key LIMIT $3"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [project.into(), paging.floor(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(&sql, &params).await?))
            })
        })
        .await
    }

    /// A token of a project, with the name of who made it.
    pub async fn project_token_of(
        &self,
        project: ProjectId,
        id: ProjectTokenId,
    ) -> Result<Option<(Option<String>, ProjectToken)>> {
        let sql = format!(
            "SELECT u.name, {COLUMNS} FROM project_tokens t \
             LEFT JOIN users u ON u.id = t.created_by WHERE t.project_id = $1 AND t.id = $2"
        );
        self.look_up(move |session| {
            Box::pin(async move { session.find(&sql, &[project.into(), id.into()]).await })
        })
        .await
    }

    /// The token of a secret, valid or not: ask [`ProjectToken::is_valid`].
    pub async fn project_token(&self, digest: Digest) -> Result<Option<ProjectToken>> {
        let sql = format!("SELECT {COLUMNS} FROM project_tokens t WHERE t.digest = $1");
        self.look_up(move |session| {
            Box::pin(async move { session.find(&sql, &[digest.into()]).await })
        })
        .await
    }

    /// Imported tokens whose secret may be the one of this look-up value (the first eight hex digits
    /// of its SHA-256), with their bcrypt hashes. Whoever verifies one calls
    /// [`upgrade_project_token`](Self::upgrade_project_token).
    pub async fn imported_tokens(
        &self,
        lookup_value: &str,
    ) -> Result<Vec<(SecretText, ProjectToken)>> {
        let value = lookup_value.to_owned();
        let sql = format!(
            "SELECT t.bcrypt_hash, {COLUMNS} FROM project_tokens t \
             WHERE t.lookup_value = $1 AND t.bcrypt_hash IS NOT NULL ORDER BY t.key"
        );
        self.look_up(move |session| {
            Box::pin(async move { session.positions(&sql, &[value.into()]).await })
        })
        .await
    }

    /// From now on an imported token is found by the digest of its secret.
    pub async fn upgrade_project_token(&self, id: ProjectTokenId, digest: Digest) -> Result<()> {
        let sql = "UPDATE project_tokens SET digest = $2, bcrypt_hash = NULL, lookup_value = NULL \
                   WHERE id = $1";
        self.write(move |session| {
            Box::pin(
                async move { session.execute(sql, &[id.into(), digest.into()]).await.map(drop) },
            )
        })
        .await
    }

    /// Notes that a token is used. Written once a minute at most.
    pub async fn project_token_used(&self, id: ProjectTokenId, now: Timestamp) -> Result<()> {
        let sql = "UPDATE project_tokens SET last_used_us = $2 \
                   WHERE id = $1 AND (last_used_us IS NULL OR last_used_us < $3)";
        let before = now.micros() - USE_DEBOUNCE_US;
        self.write(move |session| {
            Box::pin(async move {
                session.execute(sql, &[id.into(), now.into(), before.into()]).await.map(drop)
            })
        })
        .await
    }

    /// Gives a token another secret; the old one opens nothing any more. None where the project has
    /// no such token, or it is revoked.
    pub async fn rotate_project_token(
        &self,
        project: ProjectId,
        id: ProjectTokenId,
        digest: Digest,
        expires: Option<Timestamp>,
    ) -> Result<Option<ProjectToken>> {
        let sql = format!(
            "UPDATE project_tokens SET digest = $3, expires_us = $4, bcrypt_hash = NULL, \
             lookup_value = NULL WHERE project_id = $1 AND id = $2 AND NOT is_revoked RETURNING {}",
            COLUMNS.replace("t.", "")
        );
        self.change(move |session| {
            Box::pin(async move {
                let params = [project.into(), id.into(), digest.into(), expires.into()];
                session.find(&sql, &params).await
            })
        })
        .await
    }

    /// Makes a token useless and keeps it in the list. Whether the project has it.
    pub async fn revoke_project_token(
        &self,
        project: ProjectId,
        id: ProjectTokenId,
    ) -> Result<bool> {
        let sql = "UPDATE project_tokens SET is_revoked = $3 WHERE project_id = $1 AND id = $2";
        self.change(move |session| {
            Box::pin(async move {
                session.touches(sql, &[project.into(), id.into(), true.into()]).await
            })
        })
        .await
    }

    /// Deletes a token. Whether the project had it.
    pub async fn delete_project_token(
        &self,
        project: ProjectId,
        id: ProjectTokenId,
    ) -> Result<bool> {
        let sql = "DELETE FROM project_tokens WHERE project_id = $1 AND id = $2";
        self.change(move |session| {
            Box::pin(async move { session.touches(sql, &[project.into(), id.into()]).await })
        })
        .await
    }
}

/// Adds a token of a project that is there.
pub(crate) async fn insert(session: &mut Session, token: NewProjectToken) -> Result<ProjectToken> {
    let sql = "INSERT INTO project_tokens (id, project_id, name, digest, access, is_revoked, \
               created_by, created_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params: [Cell; 9] = [
        token.id.into(),
        token.project_id.into(),
        token.name.clone().into(),
        token.digest.into(),
        token.access.into(),
        false.into(),
        token.created_by.into(),
        token.created.into(),
        token.expires.into(),
    ];
    session.execute(sql, &params).await?;
    Ok(ProjectToken {
        id: token.id,
        project_id: token.project_id,
        name: token.name,
        access: token.access,
        is_revoked: false,
        created_by: token.created_by,
        created: token.created,
        expires: token.expires,
        last_used: None,
    })
}
