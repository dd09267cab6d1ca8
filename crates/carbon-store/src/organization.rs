//! Organizations: the tenants. What belongs to one is never seen from another.

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::id::{OrganizationId, UserId};
use crate::member::{self, Role};
use crate::page::{Cursor, Page, Paging};
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;

/// A team.
#[derive(Debug, Clone, PartialEq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name; may be empty.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// When it was made.
    pub created: Timestamp,
}

/// A team to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Now.
    pub created: Timestamp,
}

/// A team as one of its members sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The team.
    pub organization: Organization,
    /// What the person is there.
    pub role: Role,
    /// Members.
    pub members: i64,
    /// Projects.
    pub projects: i64,
}

const STANDING: &str = "m.role, \
     (SELECT count(*) FROM memberships c WHERE c.organization_id = o.id), \
     (SELECT count(*) FROM live_projects p WHERE p.organization_id = o.id), \
     o.id, o.name, o.description, o.created_us \
     FROM memberships m JOIN live_organizations o ON o.id = m.organization_id";

pub(crate) const COLUMNS: &str = "o.id, o.name, o.description, o.created_us";

impl FromRow for Organization {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            name: row.next()?,
            description: row.next()?,
            created: row.next()?,
        })
    }
}

impl FromRow for Standing {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            role: row.next()?,
            members: row.next()?,
            projects: row.next()?,
            organization: Organization::from_row(row)?,
        })
    }
}

impl Store {
    /// Adds a team with its first admin.
    pub async fn create_organization(
        &self,
        organization: NewOrganization,
        admin: UserId,
    ) -> Result<Organization> {
        self.change(move |session| Box::pin(insert(session, organization, admin))).await
    }

    /// A team.
    pub async fn organization(&self, id: OrganizationId) -> Result<Option<Organization>> {
        self.look_up(move |session| Box::pin(find(session, id))).await
    }

    /// Teams of a person, in the order of creation.
    pub async fn organizations_of(
        &self,
        user: UserId,
        paging: Paging,
    ) -> Result<Page<Organization>> {
        let sql = format!(
            "SELECT o.key, {COLUMNS} FROM memberships m \
             JOIN live_organizations o ON o.id = m.organization_id \
             WHERE m.user_id = $1 AND o.key > $2 ORDER BY o.key LIMIT $3"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [user.into(), paging.floor(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(&sql, &params).await?))
            })
        })
        .await
    }

    /// Teams of a person with what the person is there, in the order of creation.
    pub async fn standings(&self, user: UserId, paging: Paging) -> Result<Page<Standing>> {
        let sql = format!(
            "SELECT o.key, {STANDING} WHERE m.user_id = $1 AND o.key > $2 ORDER BY o.key LIMIT $3"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [user.into(), paging.floor(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(&sql, &params).await?))
            })
        })
        .await
    }

    /// A team with what a person is there. None for those who are no members.
    pub async fn standing(&self, id: OrganizationId, user: UserId) -> Result<Option<Standing>> {
        let sql = format!("SELECT {STANDING} WHERE m.user_id = $1 AND o.id = $2");
        self.look_up(move |session| {
            Box::pin(async move { session.find(&sql, &[user.into(), id.into()]).await })
        })
        .await
    }

    /// Changes a team; none leaves as it is.
    pub async fn update_organization(
        &self,
        id: OrganizationId,
        name: Option<String>,
        description: Option<String>,
    ) -> Result<Option<Organization>> {
        let sql = "UPDATE organizations SET name = coalesce($2, name), \
                   description = coalesce($3, description) \
                   WHERE id = $1 AND deleted_us IS NULL \
                   RETURNING id, name, description, created_us";
        self.change(move |session| {
            Box::pin(async move {
                session.find(sql, &[id.into(), name.into(), description.into()]).await
            })
        })
        .await
    }

    /// Deletes a team with all it has: gone at once, its space is freed by
    /// [`reclaim`](Self::reclaim). Whether it was there.
    pub async fn delete_organization(&self, id: OrganizationId, now: Timestamp) -> Result<bool> {
        self.change(move |session| {
            Box::pin(async move {
                let projects = "UPDATE projects SET deleted_us = $2 \
                                WHERE organization_id = $1 AND deleted_us IS NULL";
                session.execute(projects, &[id.into(), now.into()]).await?;
                let members = "DELETE FROM memberships WHERE organization_id = $1";
                session.execute(members, &[id.into()]).await?;
                let sql = "UPDATE organizations SET deleted_us = $2 \
                           WHERE id = $1 AND deleted_us IS NULL";
                session.touches(sql, &[id.into(), now.into()]).await
            })
        })
        .await
    }
}

pub(crate) async fn find(
    session: &mut Session,
    id: OrganizationId,
) -> Result<Option<Organization>> {
    let sql = format!("SELECT {COLUMNS} FROM live_organizations o WHERE o.id = $1");
    session.find(&sql, &[id.into()]).await
}

pub(crate) async fn insert(
    session: &mut Session,
    new: NewOrganization,
    admin: UserId,
) -> Result<Organization> {
    let made = insert_without_members(session, new).await?;
    member::insert(session, made.id, admin, Role::Admin, made.created).await?;
    Ok(made)
}

pub(crate) async fn insert_without_members(
    session: &mut Session,
    new: NewOrganization,
) -> Result<Organization> {
    let sql = "INSERT INTO organizations (id, name, description, created_us) \
               VALUES ($1, $2, $3, $4)";
    let params = [
        new.id.into(),
        new.name.as_str().into(),
        new.description.as_str().into(),
        new.created.into(),
    ];
    session.execute(sql, &params).await?;
    Ok(Organization {
        id: new.id,
        name: new.name,
        description: new.description,
        created: new.created,
    })
}
