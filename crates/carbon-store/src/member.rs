//! Who belongs to an organization, with what role. An organization never loses its last admin.

use crate::cell::{Cell, FromCell, FromRow, Row};
use crate::error::{Error, Result};
use crate::id::{InvitationId, OrganizationId, UserId};
use crate::page::{Cursor, Page, Paging};
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;
use crate::user::{self, User, email_key};

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and writes experiments and runs.
    Member,
    /// Everything, members and tokens included.
    Admin,
}

impl Role {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Admin, Self::Member, Self::Viewer].into_iter().find(|role| role.name() == name)
    }
}

impl From<Role> for Cell {
    fn from(role: Role) -> Self {
        role.name().into()
    }
}

impl FromCell for Role {
    fn from_cell(cell: Cell) -> Result<Self> {
        let name = String::from_cell(cell)?;
        Self::from_name(&name).ok_or_else(|| Error::internal("a role has an unknown name"))
    }
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// As what.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// What adding a member led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The person is a member now.
    Added(UserId),
    /// The person was one, and keeps the role.
    AlreadyMember(UserId),
    /// Nobody has that address.
    NoSuchUser,
    /// There is no such organization.
    NoSuchOrganization,
}

/// What a change of a membership led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberChange {
    /// It is done.
    Done,
    /// The person is no member.
    NotAMember,
    /// It would leave the organization without an admin: nothing is changed.
    LastAdmin,
}

/// What becomes of the project tokens that a member made, when the member goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TheirTokens {
    /// They are of no use any more.
    Revoke,
    /// They stay, for programs of the team that use them.
    Keep,
}

/// A change of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Become(Role),
    Leave(TheirTokens),
}

/// An address that will be a member once its owner has an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Where to.
    pub organization_id: OrganizationId,
    /// Whose address.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Who invited.
    pub invited_by: Option<UserId>,
    /// When.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}

impl FromRow for Member {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { role: row.next()?, since: row.next()?, user: User::from_row(row)? })
    }
}

impl FromRow for Invitation {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            organization_id: row.next()?,
            email: row.next()?,
            role: row.next()?,
            invited_by: row.next()?,
            created: row.next()?,
            expires: row.next()?,
        })
    }
}

impl FromRow for (OrganizationId, Role) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}

impl Store {
    /// Members in the order in which they came.
    pub async fn members(&self, organization: OrganizationId) -> Result<Vec<Member>> {
        let sql = format!(
            "SELECT m.role, m.created_us, {} FROM memberships m \
             JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 ORDER BY m.key",
            user::COLUMNS
        );
        self.look_up(move |session| {
            Box::pin(async move { session.list(&sql, &[organization.into()]).await })
        })
        .await
    }

    /// Some members, in the order in which they came.
    pub async fn member_page(
        &self,
        organization: OrganizationId,
        paging: Paging,
    ) -> Result<Page<Member>> {
        let sql = format!(
            "SELECT m.key, m.role, m.created_us, {} FROM memberships m \
             JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 AND m.key > $2 \
             ORDER BY m.key LIMIT $3",
            user::COLUMNS
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [organization.into(), paging.floor(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(&sql, &params).await?))
            })
        })
        .await
    }

    /// Adds the person of an address.
    pub async fn add_member(
        &self,
        organization: OrganizationId,
        email: String,
        role: Role,
        now: Timestamp,
    ) -> Result<Added> {
        self.change(move |session| {
            Box::pin(async move {
                if crate::organization::find(session, organization).await?.is_none() {
                    return Ok(Added::NoSuchOrganization);
                }
                let sql = "SELECT id FROM users WHERE email_key = $1";
                let found: Option<UserId> = session.value(sql, &[email_key(&email).into()]).await?;
                let Some(user) = found else { return Ok(Added::NoSuchUser) };
                let is_new = insert(session, organization, user, role, now).await?;
                Ok(if is_new { Added::Added(user) } else { Added::AlreadyMember(user) })
            })
        })
        .await
    }

    /// Gives a member another role.
    pub async fn set_role(
        &self,
        organization: OrganizationId,
        user: UserId,
        role: Role,
    ) -> Result<MemberChange> {
        self.change_member(organization, user, Step::Become(role)).await
    }

    /// Removes a member, and makes the project tokens useless that the person made there, unless
    /// they are to stay.
    pub async fn remove_member(
        &self,
        organization: OrganizationId,
        user: UserId,
        tokens: TheirTokens,
    ) -> Result<MemberChange> {
        self.change_member(organization, user, Step::Leave(tokens)).await
    }

    async fn change_member(
        &self,
        organization: OrganizationId,
        user: UserId,
        step: Step,
    ) -> Result<MemberChange> {
        self.change(move |session| {
            Box::pin(async move {
                // Two admins who remove each other at once wait for each other here.
                let lock = session.pick(
                    "SELECT id FROM organizations WHERE id = $1",
                    "SELECT id FROM organizations WHERE id = $1 FOR UPDATE",
                );
                session.rows(lock, &[organization.into()]).await?;
                let sql_role =
                    "SELECT role FROM memberships WHERE organization_id = $1 AND user_id = $2";
                let now: Option<Role> =
                    session.value(sql_role, &[organization.into(), user.into()]).await?;
                let Some(now) = now else { return Ok(MemberChange::NotAMember) };
                if now == Role::Admin && step != Step::Become(Role::Admin) {
                    // An account that is turned off cannot act as an admin.
                    let others = "SELECT count(*) FROM memberships m \
                                  JOIN users u ON u.id = m.user_id AND u.is_active \
                                  WHERE m.organization_id = $1 AND m.user_id <> $2 \
                                  AND m.role = 'admin'";
                    let others: Option<i64> =
                        session.value(others, &[organization.into(), user.into()]).await?;
                    if others.unwrap_or_default() == 0 {
                        return Ok(MemberChange::LastAdmin);
                    }
                }
                take(session, organization, user, step).await?;
                Ok(MemberChange::Done)
            })
        })
        .await
    }

    /// Invites an address, or renews its invitation.
    pub async fn invite(&self, invitation: Invitation) -> Result<()> {
        let sql = "INSERT INTO invitations (id, organization_id, email, email_key, role, \
                   invited_by, created_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                   ON CONFLICT (organization_id, email_key) DO UPDATE SET id = excluded.id, role = excluded.role, \
                   invited_by = excluded.invited_by, created_us = excluded.created_us, \
                   expires_us = excluded.expires_us";
        self.change(move |session| {
            Box::pin(async move {
                let params = [
                    invitation.id.into(),
                    invitation.organization_id.into(),
                    invitation.email.trim().into(),
                    email_key(&invitation.email).into(),
                    invitation.role.into(),
                    invitation.invited_by.into(),
                    invitation.created.into(),
                    invitation.expires.into(),
                ];
                session.execute(sql, &params).await.map(drop)
            })
        })
        .await
    }

    /// Open invitations of an organization, in the order of creation.
    pub async fn invitations(
        &self,
        organization: OrganizationId,
        now: Timestamp,
    ) -> Result<Vec<Invitation>> {
        let sql = "SELECT id, organization_id, email, role, invited_by, created_us, expires_us \
                   FROM invitations WHERE organization_id = $1 AND expires_us > $2 ORDER BY key";
        self.look_up(move |session| {
            Box::pin(async move { session.list(sql, &[organization.into(), now.into()]).await })
        })
        .await
    }

    /// Takes an invitation back. Whether it was there.
    pub async fn withdraw_invitation(
        &self,
        organization: OrganizationId,
        id: InvitationId,
    ) -> Result<bool> {
        self.change(move |session| {
            Box::pin(async move {
                let sql = "DELETE FROM invitations WHERE organization_id = $1 AND id = $2";
                session.touches(sql, &[organization.into(), id.into()]).await
            })
        })
        .await
    }
}

async fn take(
    session: &mut Session,
    organization: OrganizationId,
    user: UserId,
    step: Step,
) -> Result<()> {
    let whose: [Cell; 2] = [organization.into(), user.into()];
    match step {
        Step::Become(role) => {
            let sql =
                "UPDATE memberships SET role = $3 WHERE organization_id = $1 AND user_id = $2";
            session.execute(sql, &[organization.into(), user.into(), role.into()]).await?;
        }
        Step::Leave(tokens) => {
            let sql = "DELETE FROM memberships WHERE organization_id = $1 AND user_id = $2";
            session.execute(sql, &whose).await?;
            if tokens == TheirTokens::Revoke {
                let sql = "UPDATE project_tokens SET is_revoked = $3 WHERE created_by = $2 \
                           AND project_id IN (SELECT p.id FROM projects p \
                           WHERE p.organization_id = $1)";
                let [organization, user] = whose;
                session.execute(sql, &[organization, user, true.into()]).await?;
            }
        }
    }
    Ok(())
}

/// Whether the person was not a member before.
pub(crate) async fn insert(
    session: &mut Session,
    organization: OrganizationId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO memberships (organization_id, user_id, role, created_us) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (organization_id, user_id) DO NOTHING";
    session.touches(sql, &[organization.into(), user.into(), role.into(), now.into()]).await
}
