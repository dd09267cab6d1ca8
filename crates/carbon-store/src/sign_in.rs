//! How people are recognised between requests: sessions, personal access tokens, and what waits for
//! a second step (links to set up, logins at a provider, codes for devices). All are looked up by
//! the digest of a secret that only the client has.

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::id::{AccessTokenId, UserId};
use crate::secret::Digest;
use crate::store::Store;
use crate::time::Timestamp;
use crate::user::{self, User};

/// How much later than last time a use must be to be written down, in microseconds: a minute.
pub(crate) const USE_DEBOUNCE_US: i64 = 60_000_000;

/// A session of a browser.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedIn {
    /// Who it is.
    pub user: User,
    /// What the server keeps with the session.
    pub payload: String,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// A personal access token, without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessToken {
    /// Its id.
    pub id: AccessTokenId,
    /// Its owner.
    pub user_id: UserId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends; never without.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
}

/// What waits for its second step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingKind {
    /// The link that makes the first admin.
    SetUp,
    /// A link to choose a new password.
    PasswordReset,
    /// A login at an OpenID provider: state, nonce and verifier.
    Login,
    /// A code of our own provider, to be exchanged for tokens.
    AuthorizationCode,
    /// A refresh token of our own provider.
    RefreshToken,
    /// A code that a device waits for.
    DeviceCode,
}

impl PendingKind {
    fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::PasswordReset => "password-reset",
            Self::Login => "login",
            Self::AuthorizationCode => "authorization-code",
            Self::RefreshToken => "refresh-token",
            Self::DeviceCode => "device-code",
        }
    }
}

const TOKEN: &str = "t.id, t.user_id, t.name, t.created_us, t.expires_us, t.last_used_us";

impl FromRow for AccessToken {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            user_id: row.next()?,
            name: row.next()?,
            created: row.next()?,
            expires: row.next()?,
            last_used: row.next()?,
        })
    }
}

impl FromRow for SignedIn {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            payload: row.next()?,
            created: row.next()?,
            last_seen: row.next()?,
            expires: row.next()?,
            user: User::from_row(row)?,
        })
    }
}

impl FromRow for (Digest, SignedIn) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, SignedIn::from_row(row)?))
    }
}

impl FromRow for (AccessToken, User) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((AccessToken::from_row(row)?, User::from_row(row)?))
    }
}

impl Store {
    /// Begins a session.
    pub async fn open_session(
        &self,
        digest: Digest,
        user: UserId,
        payload: String,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO sessions (digest, user_id, payload, created_us, last_seen_us, \
                   expires_us) VALUES ($1, $2, $3, $4, $4, $5)";
        self.change(move |session| {
            Box::pin(async move {
                let params =
                    [digest.into(), user.into(), payload.into(), now.into(), expires.into()];
                session.execute(sql, &params).await.map(drop)
            })
        })
        .await
    }

    /// The session of a secret, if it has not ended. The person may be inactive: ask.
    pub async fn session(&self, digest: Digest, now: Timestamp) -> Result<Option<SignedIn>> {
        let sql = format!(
            "SELECT s.payload, s.created_us, s.last_seen_us, s.expires_us, {} FROM sessions s \
             JOIN users u ON u.id = s.user_id WHERE s.digest = $1 AND s.expires_us > $2",
            user::COLUMNS
        );
        self.look_up(move |session| {
            Box::pin(async move { session.find(&sql, &[digest.into(), now.into()]).await })
        })
        .await
    }

    /// Sessions of a person that have not ended, in the order in which they began.
    pub async fn sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<(Digest, SignedIn)>> {
        let sql = format!(
            "SELECT s.digest, s.payload, s.created_us, s.last_seen_us, s.expires_us, {} \
             FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.user_id = $1 AND s.expires_us > $2 ORDER BY s.created_us, s.digest",
            user::COLUMNS
        );
        self.look_up(move |session| {
            Box::pin(async move { session.list(&sql, &[user.into(), now.into()]).await })
        })
        .await
    }

    /// Notes that a session is used and moves its end. Written once a minute at most.
    pub async fn session_used(
        &self,
        digest: Digest,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<()> {
        let sql = "UPDATE sessions SET last_seen_us = $2, expires_us = $3 \
                   WHERE digest = $1 AND last_seen_us < $4";
        let before = now.micros() - USE_DEBOUNCE_US;
        self.write(move |session| {
            Box::pin(async move {
                let params = [digest.into(), now.into(), expires.into(), before.into()];
                session.execute(sql, &params).await.map(drop)
            })
        })
        .await
    }

    /// Ends a session. Whether it was there.
    pub async fn close_session(&self, digest: Digest) -> Result<bool> {
        self.change(move |session| {
            Box::pin(async move {
                session.touches("DELETE FROM sessions WHERE digest = $1", &[digest.into()]).await
            })
        })
        .await
    }

    /// Ends all sessions of a person; how many.
    pub async fn close_sessions(&self, user: UserId) -> Result<u64> {
        self.change(move |session| {
            Box::pin(async move {
                session.execute("DELETE FROM sessions WHERE user_id = $1", &[user.into()]).await
            })
        })
        .await
    }

    /// Adds a personal access token.
    pub async fn create_access_token(&self, token: AccessToken, digest: Digest) -> Result<()> {
        let sql = "INSERT INTO access_tokens (id, user_id, name, digest, created_us, expires_us) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        self.change(move |session| {
            Box::pin(async move {
                let params = [
                    token.id.into(),
                    token.user_id.into(),
                    token.name.into(),
                    digest.into(),
                    token.created.into(),
                    token.expires.into(),
                ];
                session.execute(sql, &params).await.map(drop)
            })
        })
        .await
    }

    /// Personal access tokens of a person, in the order of creation.
    pub async fn access_tokens(&self, user: UserId) -> Result<Vec<AccessToken>> {
        let sql =
            format!("SELECT {TOKEN} FROM access_tokens t WHERE t.user_id = $1 ORDER BY t.key");
        self.look_up(move |session| {
            Box::pin(async move { session.list(&sql, &[user.into()]).await })
        })
        .await
    }

    /// The token of a secret and its owner, if it has not ended. The person may be inactive: ask.
    pub async fn access_token(
        &self,
        digest: Digest,
        now: Timestamp,
    ) -> Result<Option<(AccessToken, User)>> {
        let sql = format!(
            "SELECT {TOKEN}, {} FROM access_tokens t JOIN users u ON u.id = t.user_id \
             WHERE t.digest = $1 AND (t.expires_us IS NULL OR t.expires_us > $2)",
            user::COLUMNS
        );
        self.look_up(move |session| {
            Box::pin(async move { session.find(&sql, &[digest.into(), now.into()]).await })
        })
        .await
    }

    /// Notes that a token is used. Written once a minute at most.
    pub async fn access_token_used(&self, id: AccessTokenId, now: Timestamp) -> Result<()> {
        let sql = "UPDATE access_tokens SET last_used_us = $2 \
                   WHERE id = $1 AND (last_used_us IS NULL OR last_used_us < $3)";
        let before = now.micros() - USE_DEBOUNCE_US;
        self.write(move |session| {
            Box::pin(async move {
                session.execute(sql, &[id.into(), now.into(), before.into()]).await.map(drop)
            })
        })
        .await
    }

    /// Deletes a person's token. Whether it was there.
    pub async fn delete_access_token(&self, user: UserId, id: AccessTokenId) -> Result<bool> {
        self.change(move |session| {
            Box::pin(async move {
                let sql = "DELETE FROM access_tokens WHERE id = $1 AND user_id = $2";
                session.touches(sql, &[id.into(), user.into()]).await
            })
        })
        .await
    }

    /// Keeps what a second step will need, in place of what was kept for the same secret.
    pub async fn keep_pending(
        &self,
        kind: PendingKind,
        digest: Digest,
        payload: String,
        expires: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO pending (kind, digest, payload, expires_us) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (kind, digest) \
                   DO UPDATE SET payload = excluded.payload, expires_us = excluded.expires_us";
        self.change(move |session| {
            Box::pin(async move {
                let params = [kind.name().into(), digest.into(), payload.into(), expires.into()];
                session.execute(sql, &params).await.map(drop)
            })
        })
        .await
    }

    /// Looks at what is kept, and leaves it.
    pub async fn pending(
        &self,
        kind: PendingKind,
        digest: Digest,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let sql = "SELECT payload FROM pending WHERE kind = $1 AND digest = $2 AND expires_us > $3";
        self.look_up(move |session| {
            Box::pin(async move {
                session.value(sql, &[kind.name().into(), digest.into(), now.into()]).await
            })
        })
        .await
    }

    /// Takes what is kept: only one caller ever gets it.
    pub async fn take_pending(
        &self,
        kind: PendingKind,
        digest: Digest,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let sql = "DELETE FROM pending WHERE kind = $1 AND digest = $2 AND expires_us > $3 \
                   RETURNING payload";
        self.write(move |session| {
            Box::pin(async move {
                session.value(sql, &[kind.name().into(), digest.into(), now.into()]).await
            })
        })
        .await
    }

    /// A secret of the server's own, by name: the one that is kept, or else `candidate`, which is
    /// kept from now on. Several processes that start together agree on one.
    pub async fn server_secret(&self, name: &'static str, candidate: Vec<u8>) -> Result<Vec<u8>> {
        self.write(move |session| {
            Box::pin(async move {
                let keep = "INSERT INTO secrets (name, value) VALUES ($1, $2) \
                            ON CONFLICT (name) DO NOTHING";
                session.execute(keep, &[name.into(), candidate.clone().into()]).await?;
                let kept = "SELECT value FROM secrets WHERE name = $1";
                Ok(session.value(kept, &[name.into()]).await?.unwrap_or(candidate))
            })
        })
        .await
    }
}
