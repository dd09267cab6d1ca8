//! The wire types of the CodeCarbon API, shared by client and server: what is sent, not how.
//!
//! Names and order of the fields are the published ones. An answer always has every key, with null
//! for what is not known; a request may leave out what is optional. Identifiers and times are texts
//! here: a server checks them, a client passes on what it was given.
//!
//! Two things are added to the published API, in ways that other servers pass over: rows and runs
//! carry the sender's own `id`, and each POST carries it once more as [`IDEMPOTENCY_KEY`], so that a
//! request which is repeated because its answer was lost counts once.

mod emission;
mod experiment;
mod fault;
mod member;
mod organization;
mod page;
mod project;
mod report;
mod required;
mod run;
mod telemetry;
mod token;
pub mod v1;

pub use emission::{Emission, EmissionIn};
pub use experiment::{Experiment, ExperimentIn};
pub use fault::fault_text;
pub use member::{AddUser, OrganizationUser};
pub use organization::{Organization, OrganizationIn, OrganizationPatch};
pub use page::Page;
pub use project::{Project, ProjectIn, ProjectPatch};
pub use report::{ExperimentReport, OrganizationReport, ProjectReport, ReportFigures, RunReport};
pub use run::{Run, RunIn};
pub use telemetry::{ENVIRONMENT_FIELDS, Telemetry, USE_FIELDS};
pub use token::{ProjectToken, ProjectTokenIn};

/// Header with the token of a project, which writes runs and emissions.
pub const TOKEN_HEADER: &str = "x-api-token";

/// Header with the sender's own id of what it sends; a repeated request carries the same.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
