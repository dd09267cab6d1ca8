//! People: who they are, and their first steps. An address names one person, whatever its case.

use crate::cell::{Cell, FromRow, Row};
use crate::error::{Error, Result};
use crate::id::{OrganizationId, ProjectId, UserId};
use crate::journal::{self, AuditEntry};
use crate::member::Role;
use crate::organization::{self, NewOrganization, Organization};
use crate::project::{self, NewProject, Project};
use crate::secret::SecretText;
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;

/// A person.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Equals the OpenID subject where that is a UUID.
    pub id: UserId,
    /// Subject at the OpenID provider; none for accounts with a password only.
    pub subject: Option<String>,
    /// Address, as it was written first.
    pub email: String,
    /// Name for display.
    pub name: String,
    /// Whether the person may sign in.
    pub is_active: bool,
    /// Whether the person may run the server: accounts, subjects, everything.
    pub is_operator: bool,
    /// When the account was made.
    pub created: Timestamp,
}

/// A person to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUser {
    /// The OpenID subject where that is a UUID, else a fresh id.
    pub id: UserId,
    /// Subject at the OpenID provider.
    pub subject: Option<String>,
    /// Address.
    pub email: String,
    /// Whether the address is known to be the person's: then invitations to it are accepted.
    pub is_email_verified: bool,
    /// Name for display.
    pub name: String,
    /// Whether the person may run the server.
    pub is_operator: bool,
    /// Argon2id hash of the password, in its text form.
    pub password_hash: Option<SecretText>,
    /// Now.
    pub created: Timestamp,
}

/// What to change of a person; none leaves as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UserChange {
    /// Another subject: links an account to another identity.
    pub subject: Option<String>,
    /// Another address.
    pub email: Option<String>,
    /// Another name.
    pub name: Option<String>,
    /// Whether the person may sign in.
    pub is_active: Option<bool>,
    /// Whether the person may run the server.
    pub is_operator: Option<bool>,
    /// Another password.
    pub password_hash: Option<SecretText>,
}

/// What signing up led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Provisioned {
    /// The account was there.
    Known(User),
    /// Account, organization, project and admin membership were made, in one transaction.
    New {
        /// The account.
        user: User,
        /// Its organization.
        organization: Organization,
        /// Its project.
        project: Project,
    },
}

pub(crate) const COLUMNS: &str =
    "u.id, u.subject, u.email, u.name, u.is_active, u.is_operator, u.created_us";

impl FromRow for User {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            subject: row.next()?,
            email: row.next()?,
            name: row.next()?,
            is_active: row.next()?,
            is_operator: row.next()?,
            created: row.next()?,
        })
    }
}

/// The form in which addresses are compared.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Store {
    /// Adds a person. An address or subject that is taken is a `Conflict`.
    pub async fn create_user(&self, user: NewUser) -> Result<User> {
        self.change(move |session| {
            Box::pin(async move { insert(session, &user).await?.ok_or(Error::Conflict) })
        })
        .await
    }

    /// The account of a verified identity; makes it, with an organization and a project of the
    /// person's own, where neither the subject nor the id is known. An address that belongs to
    /// another account is a `Conflict`: an operator links them with [`UserChange::subject`].
    pub async fn provision(
        &self,
        user: NewUser,
        organization: NewOrganization,
        project_name: String,
        project_description: String,
    ) -> Result<Provisioned> {
        self.change(move |session| {
            Box::pin(async move {
                if let Some(known) = known(session, &user).await? {
                    return Ok(Provisioned::Known(known));
                }
                let Some(made) = insert(session, &user).await? else {
                    // Another request was quicker, or the address is another account's.
                    let known = known(session, &user).await?;
                    return known.map(Provisioned::Known).ok_or(Error::Conflict);
                };
                let organization = organization::insert(session, organization, made.id).await?;
                let project = NewProject {
                    id: ProjectId::new(),
                    organization_id: organization.id,
                    name: project_name,
                    description: project_description,
                    is_public: false,
                    created: made.created,
                };
                let project = project::insert(session, project).await?;
                let project = project.ok_or(Error::Conflict)?;
                Ok(Provisioned::New { user: made, organization, project })
            })
        })
        .await
    }

    /// A person by id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        self.find_user("u.id = $1", id.into()).await
    }

    /// A person by address, in any case.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        self.find_user("u.email_key = $1", email_key(email).into()).await
    }

    /// A person by OpenID subject.
    pub async fn user_by_subject(&self, subject: &str) -> Result<Option<User>> {
        self.find_user("u.subject = $1", subject.into()).await
    }

    /// A person by address, with the hash of the password, for those who have one.
    pub async fn credentials(&self, email: &str) -> Result<Option<(User, SecretText)>> {
        let key = email_key(email);
        let sql = format!(
            "SELECT u.password_hash, {COLUMNS} FROM users u \
             WHERE u.email_key = $1 AND u.password_hash IS NOT NULL"
        );
        let found = self
            .look_up(move |session| {
                Box::pin(
                    async move { session.positions::<SecretText, User>(&sql, &[key.into()]).await },
                )
            })
            .await?;
        Ok(found.into_iter().next().map(|(hash, user)| (user, hash)))
    }

    /// Whether there is any account: a fresh server has none.
    pub async fn has_users(&self) -> Result<bool> {
        self.look_up(move |session| {
            Box::pin(async move {
                let found = session.value::<i64>("SELECT u.key FROM users u LIMIT 1", &[]).await?;
                Ok(found.is_some())
            })
        })
        .await
    }

    /// Changes a person. None where the account is not there; an address or subject that is taken
    /// is a `Conflict`.
    pub async fn update_user(&self, id: UserId, change: UserChange) -> Result<Option<User>> {
        let sql = format!(
            "UPDATE users AS u SET subject = coalesce($2, u.subject), \
             email = coalesce($3, u.email), email_key = coalesce($4, u.email_key), \
             name = coalesce($5, u.name), is_active = coalesce($6, u.is_active), \
             is_operator = coalesce($7, u.is_operator), \
             password_hash = coalesce($8, u.password_hash) \
             WHERE u.id = $1 RETURNING {}",
            COLUMNS.replace("u.", "")
        );
        self.change(move |session| {
            Box::pin(async move {
                let key = change.email.as_deref().map(email_key);
                let params: [Cell; 8] = [
                    id.into(),
                    change.subject.into(),
                    change.email.into(),
                    key.into(),
                    change.name.into(),
                    change.is_active.into(),
                    change.is_operator.into(),
                    change.password_hash.into(),
                ];
                session.find(&sql, &params).await
            })
        })
        .await
    }

    async fn find_user(&self, filter: &'static str, value: Cell) -> Result<Option<User>> {
        let sql = format!("SELECT {COLUMNS} FROM users u WHERE {filter}");
        self.look_up(move |session| Box::pin(async move { session.find(&sql, &[value]).await }))
            .await
    }
}

async fn known(session: &mut Session, user: &NewUser) -> Result<Option<User>> {
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.subject = $1 OR u.id = $2");
    session.find(&sql, &[user.subject.clone().into(), user.id.into()]).await
}

/// None where the id, the subject or the address is taken.
pub(crate) async fn insert(session: &mut Session, user: &NewUser) -> Result<Option<User>> {
    let sql = "INSERT INTO users (id, subject, email, email_key, name, is_active, is_operator, \
               password_hash, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT DO NOTHING";
    let params: [Cell; 9] = [
        user.id.into(),
        user.subject.clone().into(),
        user.email.trim().into(),
        email_key(&user.email).into(),
        user.name.clone().into(),
        true.into(),
        user.is_operator.into(),
        user.password_hash.clone().into(),
        user.created.into(),
    ];
    if !session.touches(sql, &params).await? {
        return Ok(None);
    }
    if user.is_email_verified {
        accept_invitations(session, user).await?;
    }
    Ok(Some(User {
        id: user.id,
        subject: user.subject.clone(),
        email: user.email.trim().to_owned(),
        name: user.name.clone(),
        is_active: true,
        is_operator: user.is_operator,
        created: user.created,
    }))
}

/// What the audit log says of who comes by an invitation.
const JOINED: &str = "member.join";

async fn accept_invitations(session: &mut Session, user: &NewUser) -> Result<()> {
    let sql = "SELECT i.organization_id, i.role FROM invitations i \
               JOIN live_organizations o ON o.id = i.organization_id \
               WHERE i.email_key = $1 AND i.expires_us > $2";
    let key = email_key(&user.email);
    let open: Vec<(OrganizationId, Role)> =
        session.list(sql, &[key.as_str().into(), user.created.into()]).await?;
    for (organization, role) in open {
        if crate::member::insert(session, organization, user.id, role, user.created).await? {
            let entry = AuditEntry {
                at: user.created,
                organization_id: Some(organization),
                actor_id: Some(user.id),
                action: JOINED.to_owned(),
                subject: user.id.to_string(),
                detail: format!("{{\"role\":\"{}\"}}", role.name()),
            };
            journal::insert(session, &entry).await?;
        }
    }
    session.execute("DELETE FROM invitations WHERE email_key = $1", &[key.into()]).await?;
    Ok(())
}
