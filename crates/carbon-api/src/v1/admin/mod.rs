//! Wire types of administration: organizations and their members, tokens, budgets, the audit log, what
//! the server is, its reference tables, and one's own account.
//!
//! A secret is in one answer only, the one that tells it; `Debug` never shows it.

mod account;
mod audit;
mod budget;
mod experiment;
mod invitation;
mod organization;
mod reference;
mod server;
mod token;

pub use account::{
    Account, AccountInvite, AccountLink, AccountPatch, NewPassword, NewPersonalToken,
    PersonalToken, SessionItem,
};
pub use audit::{Actor, AuditItem};
pub use budget::{
    Amounts, BudgetAlert, BudgetIn, BudgetSet, BudgetState, BudgetStatus, Measure, WebhookCall,
    WebhookEvent, WebhookProject,
};
pub use experiment::ExperimentPatch;
pub use invitation::{InvitationAnswer, InvitationIn, InvitationItem, InvitationStatus};
pub use organization::{MemberItem, OwnOrganization, ProjectRow, RoleIn, RoleName};
pub use reference::{CloudRegion, Clouds, Grid, Grids, MixShares, Region, Regions, Source};
pub use server::{AuthName, BoardInfo, Features, ServerInfo, ServerLimits};
pub use token::{AccessName, NewToken, RotateToken, Token, TokenState};
