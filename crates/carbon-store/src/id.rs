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

/// Makes fresh ids for rows (version 7): ids of rows that come together, or one after another, are
/// near each other, which the indexes of both databases thank with several times the rate. The system
/// is asked for random bits once, and they are counted on from there.
pub(crate) struct FreshIds(u128);

impl FreshIds {
    /// Begins with random bits.
    pub(crate) fn new() -> Self {
        Self(Uuid::new_v4().as_u128())
    }

    /// The next one, for a row that came with others of which the newest has that time.
    pub(crate) fn at(&mut self, time: Timestamp) -> EmissionId {
        self.0 = self.0.wrapping_add(1);
        // The last 62 bits of version 4 are random, and so are the first 48.
        let random = self.0.to_be_bytes();
        let mut tail = [0; 10];
        tail[..2].copy_from_slice(&random[..2]);
        tail[2..].copy_from_slice(&random[8..]);
        // Times before 1970 have no version 7; their rows are near each other all the same.
        let millis = u64::try_from(time.micros() / 1_000).unwrap_or_default();
        EmissionId(uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_ids_of_one_time_differ_and_are_near_each_other() {
        let (mut ids, time) = (FreshIds::new(), Timestamp::from_seconds(1_772_409_600));
        let made: Vec<EmissionId> = (0..1_000).map(|_| ids.at(time)).collect();
        let distinct: std::collections::HashSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), 1_000);
        for id in &made {
            assert_eq!(id.uuid().get_version_num(), 7);
            assert_eq!(id.uuid().as_u128() >> 80, 1_772_409_600_000);
        }
        assert_ne!(FreshIds::new().at(time), FreshIds::new().at(time));
    }
}
