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
    known: Mutex<All>,
    checks: Checks,
}

#[derive(Debug, Default)]
struct All {
    tokens: HashMap<Digest, Known>,
    changes: Changes,
}

/// How often everything was forgotten: what was looked up before that may be out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Changes(u64);

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
        let known = known.tokens.get(&digest)?;
        is_within(known.looked_up, FRESH_FOR, now).then(|| known.token.clone())
    }

    /// To be asked for before a token is looked up, and shown when it is put here.
    pub(crate) fn changes(&self) -> Changes {
        self.lock().changes
    }

    /// Remembers what was looked up, unless something has changed since `before`.
    pub(crate) fn put(&self, digest: Digest, token: ProjectToken, now: Timestamp, before: Changes) {
        let mut known = self.lock();
        if known.changes != before {
            return;
        }
        let known = &mut known.tokens;
        if known.len() >= AT_MOST {
            known.clear();
        }
        let noted = known.get(&digest).and_then(|known| known.noted);
        known.insert(digest, Known { token, looked_up: now, noted });
    }

    /// Whether the use of a token is to be written down now; yes once a minute.
    pub(crate) fn is_note_due(&self, digest: Digest, now: Timestamp) -> bool {
        let mut known = self.lock();
        let Some(known) = known.tokens.get_mut(&digest) else { return true };
        let is_due = known.noted.is_none_or(|noted| !is_within(noted, NOTED_EVERY, now));
        if is_due {
            known.noted = Some(now);
        }
        is_due
    }

    /// Forgets everything, after tokens or what they open have changed.
    pub(crate) fn forget(&self) {
        let mut known = self.lock();
        known.tokens.clear();
        known.changes.0 += 1;
    }

    /// Who checks tokens that were imported.
    pub(crate) fn checks(&self) -> Checks {
        self.checks.clone()
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a time has passed, and not long ago. One that is still to come is of a clock that was set
/// back: nothing is believed of it.
fn is_within(time: Timestamp, length: Duration, now: Timestamp) -> bool {
    time <= now && now < time.plus(length)
}

#[cfg(test)]
mod tests {
    use carbon_store::{ProjectId, ProjectTokenId};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_334_400);
    const DIGEST: Digest = Digest([7; 32]);

    fn token() -> ProjectToken {
        ProjectToken {
            id: ProjectTokenId::new(),
            project_id: ProjectId::new(),
            name: None,
            access: 2,
            is_revoked: false,
            created_by: None,
            created: NOW,
            expires: None,
            last_used: None,
        }
    }

    #[test]
    fn what_was_looked_up_before_a_change_is_not_remembered_after_it() {
        let tokens = KnownTokens::default();
        let before = tokens.changes();
        tokens.put(DIGEST, token(), NOW, before);
        assert!(tokens.get(DIGEST, NOW).is_some());
        tokens.forget();
        tokens.put(DIGEST, token(), NOW, before);
        assert_eq!(tokens.get(DIGEST, NOW), None);
    }

    #[test]
    fn nothing_is_believed_for_longer_when_the_clock_is_set_back() {
        let tokens = KnownTokens::default();
        tokens.put(DIGEST, token(), NOW, tokens.changes());
        assert!(tokens.is_note_due(DIGEST, NOW));
        assert!(!tokens.is_note_due(DIGEST, NOW));
        let before = NOW.minus(Duration::from_hours(24));
        assert_eq!(tokens.get(DIGEST, before), None);
        assert!(tokens.is_note_due(DIGEST, before));
        assert_eq!(tokens.get(DIGEST, NOW.plus(FRESH_FOR)), None);
    }
}
