//! What is stored, as administration shows it.

use carbon_api::v1::admin as wire;
use carbon_store::{AuditRecord, Member, ProjectToken, Role, Standing, Timestamp};

use super::super::shown::time;

/// The name of a role.
pub(in crate::routes) fn role_name(role: Role) -> wire::RoleName {
    match role {
        Role::Admin => wire::RoleName::Admin,
        Role::Member => wire::RoleName::Member,
        Role::Viewer => wire::RoleName::Viewer,
    }
}

/// An organization as a member sees it.
pub(super) fn organization(standing: Standing) -> wire::OwnOrganization {
    let Standing { organization, role, members, projects } = standing;
    wire::OwnOrganization {
        id: organization.id.to_string(),
        name: organization.name,
        description: organization.description,
        created: time(organization.created),
        role: role_name(role),
        members,
        projects,
    }
}

/// A member.
pub(super) fn member(member: Member) -> wire::MemberItem {
    wire::MemberItem {
        id: member.user.id.to_string(),
        email: member.user.email,
        name: member.user.name,
        is_active: member.user.is_active,
        role: role_name(member.role),
        since: time(member.since),
    }
}

/// A token without its secret, and the name of who made it.
pub(super) fn token(by: Option<String>, token: ProjectToken, now: Timestamp) -> wire::Token {
    let state = if token.is_revoked {
        wire::TokenState::Revoked
    } else if token.is_valid(now) {
        wire::TokenState::Active
    } else {
        wire::TokenState::Expired
    };
    let access = match (token.can_read(), token.can_write()) {
        (true, true) => wire::AccessName::ReadWrite,
        (true, false) => wire::AccessName::Read,
        (false, true) => wire::AccessName::Write,
        (false, false) => wire::AccessName::None,
    };
    wire::Token {
        id: token.id.to_string(),
        project_id: token.project_id.to_string(),
        name: token.name,
        access,
        state,
        created: time(token.created),
        created_by: token.created_by.map(|id| id.to_string()),
        created_by_name: by,
        expires: token.expires.map(time),
        last_used: token.last_used.map(time),
        token: None,
    }
}

/// An entry of the audit log.
pub(super) fn audit_item(record: AuditRecord) -> wire::AuditItem {
    let AuditRecord { entry, actor_name } = record;
    wire::AuditItem {
        at: time(entry.at),
        actor: entry.actor_id.map(|id| wire::Actor { id: id.to_string(), name: actor_name }),
        action: entry.action,
        subject: entry.subject,
        // Entries of other versions may say something in another way: then it is left out.
        detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
    }
}
