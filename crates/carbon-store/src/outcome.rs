//! Whether a use case changed something: only then is it noted in the audit log.

use crate::experiment::Experiment;
use crate::member::{Added, MemberChange};
use crate::organization::Organization;
use crate::user::{Provisioned, User};

/// What a use case led to.
pub(crate) trait Outcome {
    /// Whether something is different now.
    fn is_change(&self) -> bool;
}

macro_rules! outcomes {
    ($($of:ty => |$outcome:pat_param| $is_change:expr),* $(,)?) => {$(
        impl Outcome for $of {
            fn is_change(&self) -> bool {
                let $outcome = self;
                $is_change
            }
        }
    )*};
}

outcomes! {
    () => |()| true,
    bool => |done| *done,
    u64 => |count| *count > 0,
    User => |_| true,
    Organization => |_| true,
    Experiment => |_| true,
    Added => |added| matches!(added, Added::Added(_)),
    MemberChange => |change| *change == MemberChange::Done,
    Provisioned => |provisioned| matches!(provisioned, Provisioned::New { .. }),
}

impl<T> Outcome for Option<T> {
    fn is_change(&self) -> bool {
        self.is_some()
    }
}
