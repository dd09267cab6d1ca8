//! Tokens that were looked up a moment ago, so that a client that writes a row a second does not cost
//! a query each, and their use, which is written down once a minute.
//!
//! A change made through this process counts at once; one made through another process after
//! [`FRESH_FOR`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carbon_store::{Digest, ProjectToken, Timestamp};

use crate::imported_token::Checks;

/// For how long a look-up is believed.
const FRESH_FOR: Duration = Duration::from_secs(5);

/// How often the use of a token is written down at most.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// Tokens that are remembered at once; more are forgotten and looked up again.
const AT_MOST: usize = 10_000;

/// The memory.
#[derive(Debug, Default)]
pub(crate) struct KnownTokens {
    known: Mutex<HashMap<Digest, Known>>,
    checks: Checks,
}

#[derive(Debug)]
struct Known {
    token: ProjectToken,
    looked_up: Timestamp,
    noted: Option<Timestamp>,
}

impl KnownTokens {
    /// A token whose look-up is fresh.
    pub(crate) fn get(&self, digest: Digest, now: Timestamp) -> Option<ProjectToken> {
        let known = self.lock();
        let known = known.get(&digest)?;
        (known.looked_up.plus(FRESH_FOR) > now).then(|| known.token.clone())
    }

    /// Remembers what was looked up.
    pub(crate) fn put(&self, digest: Digest, token: ProjectToken, now: Timestamp) {
        let mut known = self.lock();
        if known.len() >= AT_MOST {
            known.clear();
        }
        let noted = known.get(&digest).and_then(|known| known.noted);
        known.insert(digest, Known { token, looked_up: now, noted });
    }

    /// Whether the use of a token is to be written down now; yes once a minute.
    pub(crate) fn is_note_due(&self, digest: Digest, now: Timestamp) -> bool {
        let mut known = self.lock();
        let Some(known) = known.get_mut(&digest) else { return true };
        let is_due = known.noted.is_none_or(|noted| noted.plus(NOTED_EVERY) <= now);
        if is_due {
            known.noted = Some(now);
        }
        is_due
    }

    /// Forgets everything, after tokens or what they open have changed.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    /// Who checks tokens that were imported.
    pub(crate) fn checks(&self) -> Checks {
        self.checks.clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
