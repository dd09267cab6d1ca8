//! Ids of what is stored: random version 4, and version 7 for rows, unless the caller brings one. Each kind is a type of its
//! own, so that a run is never asked for with the id of a project.

use uuid::Uuid;

use crate::cell::{Cell, FromCell};
use crate::error::Result;
use crate::time::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new random id (version 4).
            #[expect(clippy::new_without_default, reason = "each call gives another id")]
            pub fn new() -> Self {
                Self(Uuid::new_v4())
            }

            /// The bare id.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> std::result::Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl From<$name> for Cell {
            fn from(id: $name) -> Self {
                Self::Id(id.0)
            }
        }

        impl FromCell for $name {
            fn from_cell(cell: Cell) -> Result<Self> {
                Uuid::from_cell(cell).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person who signs in. Equals the OpenID subject where that is a UUID.
    UserId,
    /// A token with which a person uses the commands.
    AccessTokenId,
    /// A team.
    OrganizationId,
    /// An invitation into an organization.
    InvitationId,
    /// A project of an organization.
    ProjectId,
    /// A token that writes or reads the runs of one project.
    ProjectTokenId,
    /// An experiment of a project.
    ExperimentId,
    /// One run of an experiment.
    RunId,
    /// One row of a run.
    EmissionId,
    /// One task of a run.
    TaskId,
    /// One row of telemetry.
    TelemetryId,
}

impl EmissionId {
    /// A new id for a row of that time (version 7): ids of rows that come one after another are near
    /// each other, which the indexes of both databases thank with several times the rate.
    pub(crate) fn of_row_at(time: Timestamp) -> Self {
        let random = Uuid::new_v4().into_bytes();
        let mut tail = [0; 10];
        // Without the two bytes of which version 4 fixes some bits.
        tail[..6].copy_from_slice(&random[..6]);
        tail[6..].copy_from_slice(&random[9..13]);
        // Times before 1970 have no version 7; their rows are near each other all the same.
        let millis = u64::try_from(time.micros() / 1_000).unwrap_or_default();
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &tail);
        Self(id.into_uuid())
    }
}

/// Makes ids that are always the same for a key of the caller's, as the header `Idempotency-Key`
/// is: a request that is sent again gives the same ids, and rows that are there count once. There
/// is nothing to store and nothing that expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatableIds(Uuid);

impl RepeatableIds {
    /// Ids of `key` within `scope`, the project whose rows are written: the keys of two projects
    /// never meet.
    pub fn new(scope: ProjectId, key: &str) -> Self {
        Self(Uuid::new_v5(&scope.uuid(), key.as_bytes()))
    }

    /// The id of a run.
    pub fn run(self) -> RunId {
        RunId(Uuid::new_v5(&self.0, b"run"))
    }

    /// The id of the request's task at `index`.
    pub fn task(self, index: usize) -> TaskId {
        TaskId(Uuid::new_v5(&self.0, &[b"task".as_slice(), &(index as u64).to_be_bytes()].concat()))
    }

    /// The id of the request's row at `index`.
    pub fn emission(self, index: usize) -> EmissionId {
        EmissionId(Uuid::new_v5(&self.0, &(index as u64).to_be_bytes()))
    }
}
