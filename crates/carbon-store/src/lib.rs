//! What the server keeps, in an embedded SQLite file or in PostgreSQL, behind one [`Store`].
//!
//! Each method is one use case in one transaction. Use cases are written once, in the SQL that both
//! databases speak ([`session`]); what must differ is in [`sqlite`] and [`postgres`]: how rows come
//! in (group commit, answered after the commit), the schema, and its upkeep. Sums of any window are
//! exact and cheap, because sums per run and hour and day are kept in the transaction that adds
//! the rows ([`sums`], [`figures`]).
//!
//! Left out: HTTP, signing in, rights, JSON, and the clock. Who calls says what time it is.

mod access;
mod budget;
mod cell;
mod emission;
mod error;
mod experiment;
mod experiment_list;
mod extent;
mod figures;
mod first_start;
mod id;
mod import;
mod journal;
mod keys;
mod live;
mod member;
mod names;
mod organization;
mod outcome;
mod page;
mod postgres;
mod project;
mod project_token;
mod rows;
mod run;
mod run_list;
mod secret;
mod session;
mod sign_in;
mod sqlite;
mod store;
mod sums;
mod tally;
mod task;
mod time;
mod upkeep;
mod user;

pub use access::{Access, Subject};
pub use budget::{Alert, AlertId, Budget};
pub use emission::{Batch, Emission, Ingested, MAX_BATCH_ROWS, MAX_VALUE, Measured, NewEmission};
pub use error::{Error, Reason, Result};
pub use experiment::{Experiment, ExperimentChange};
pub use experiment_list::ExperimentEntry;
pub use figures::{Group, GroupBy, Scope, SeriesPoint};
pub use first_start::{Beginning, FirstProject};
pub use id::{
    AccessTokenId, EmissionId, ExperimentId, InvitationId, OrganizationId, ProjectId,
    ProjectTokenId, RepeatableIds, RunId, TaskId, TelemetryId, UserId,
};
pub use import::Imported;
pub use journal::{AuditEntry, AuditRecord};
pub use live::LiveRun;
pub use member::{Added, Invitation, Member, MemberChange, Role, TheirTokens};
pub use organization::{NewOrganization, Organization, Standing};
pub use page::{Cursor, Page, Paging};
pub use project::{NewProject, Project, ProjectChange};
pub use project_token::{NewProjectToken, ProjectToken};
pub use rows::{EmissionCursor, EmissionsPage, ExportCursor, RowOrder};
pub use run::{MAX_SOURCES_BYTES, NewRun, Run, RunFacts, RunsOf};
pub use run_list::{RunCursor, RunEntry, RunOrder, RunQuery};
pub use secret::{Digest, SecretText};
pub use sign_in::{AccessToken, PendingKind, SignedIn};
pub use store::Store;
pub use sums::{Average, Bounds, Sums, TimeAverage};
pub use task::{MAX_TASKS, Task};
pub use time::{BucketWidth, Timestamp, Window};
pub use upkeep::Reclaimed;
pub use user::{NewUser, Provisioned, User, UserChange};
