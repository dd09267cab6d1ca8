//! Passwords: what is kept of them (Argon2id) and whether one is right. Both take long on purpose, so
//! they run beside the requests, few at once, and more than can wait are turned away.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use carbon_store::SecretText;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::secret;
use crate::fault::Fault;
use crate::settings::PasswordCost;

/// Shortest password, in characters.
pub(crate) const SHORTEST: usize = 10;

/// Longest password, in characters.
pub(crate) const LONGEST: usize = 256;

/// How many are computed at once, and how many wait.
const AT_ONCE: usize = 2;
const WAITING: usize = 64;

/// Computes hashes at a cost.
#[derive(Debug)]
pub(crate) struct Passwords {
    cost: PasswordCost,
    running: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Weak {
    #[error("String should have at least {SHORTEST} characters")]
    TooShort,
    #[error("String should have at most {LONGEST} characters")]
    TooLong,
    #[error("Value error, a password has to differ from the address")]
    IsTheAddress,
}

/// Whether a password will do for an account.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn is_fit(password: &str, email: &str) -> Result<(), Weak> {
    match password.chars().count() {
        ..SHORTEST => Err(Weak::TooShort),
        length if length > LONGEST => Err(Weak::TooLong),
        _ if password.to_lowercase() == email.trim().to_lowercase() => Err(Weak::IsTheAddress),
        _ => Ok(()),
    }
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        let (running, queue) = (Semaphore::new(AT_ONCE), Semaphore::new(AT_ONCE + WAITING));
        Self { cost, running: Arc::new(running), queue: Arc::new(queue) }
    }

    /// The hash of a password, to be kept.
    ///
    /// # Errors
    /// Too many wait, or the cost cannot be paid.
    pub(crate) async fn hash(&self, password: String) -> Result<SecretText, Fault> {
        let (salt, cost) = (secret::random::<16>()?, self.cost);
        let hash = self.run(move || {
            let hash = hasher(cost)?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string())
        });
        hash.await?.map(SecretText).map_err(|error| internal(&error))
    }

    /// Whether a password is the one of a hash. Without a hash it is not, after as long a time.
    ///
    /// # Errors
    /// Too many wait, or the hash is none.
    pub(crate) async fn matches(
        &self,
        password: String,
        hash: Option<SecretText>,
    ) -> Result<bool, Fault> {
        let cost = self.cost;
        let matches = self.run(move || {
            // The hash of no password, at the same cost.
            let hash = match hash {
                Some(hash) => PasswordHash::new(&hash.0)?,
                None => hasher_of_nobody(cost)?,
            };
            match hasher(cost)?.verify_password(password.as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        });
        matches.await?.map_err(|error| internal(&error))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let too_many = |_| Fault::TooMany { retry_after: Duration::from_secs(1) };
        let queued = Arc::clone(&self.queue).try_acquire_owned().map_err(too_many)?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        let turn = turn.map_err(|_| Fault::Internal("the queue is closed".into()))?;
        // Held until the work is done, also when nobody waits for it any more.
        let held: [OwnedSemaphorePermit; 2] = [queued, turn];
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(held);
            result
        });
        done.await.map_err(|error| Fault::Internal(error.into()))
    }
}

fn hasher(cost: PasswordCost) -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = params(cost)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn params(cost: PasswordCost) -> Result<Params, argon2::password_hash::Error> {
    Ok(Params::new(cost.memory_kib, cost.passes, 1, None)?)
}

fn hasher_of_nobody(cost: PasswordCost) -> Result<PasswordHash, argon2::password_hash::Error> {
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: (&params(cost)?).try_into()?,
        salt: Some(Salt::new(&[0; 16])?),
        hash: Some(Output::new(&[0; 32])?),
    })
}

fn internal(error: &argon2::password_hash::Error) -> Fault {
    Fault::Internal(format!("a password could not be hashed: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(PasswordCost { memory_kib: 8, passes: 1 })
    }

    #[tokio::test]
    async fn a_password_is_right_or_wrong_and_nobodys_is_wrong() {
        let passwords = passwords();
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", hash.0);
        let other = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert_ne!(hash, other, "salted");
        assert!(passwords.matches("correct horse".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.matches("correct house".to_owned(), Some(hash)).await.unwrap());
        assert!(!passwords.matches("correct horse".to_owned(), None).await.unwrap());
    }

    #[tokio::test]
    async fn more_than_can_wait_are_turned_away() {
        let passwords = passwords();
        let _all = Arc::clone(&passwords.queue)
            .try_acquire_many_owned((AT_ONCE + WAITING) as u32)
            .unwrap();
        let refused = passwords.hash("correct horse".to_owned()).await;
        assert!(matches!(refused, Err(Fault::TooMany { .. })), "{refused:?}");
    }

    #[test]
    fn short_passwords_and_the_address_are_not_taken() {
        assert_eq!(is_fit("123456789", "a@b.org"), Err(Weak::TooShort));
        assert_eq!(is_fit("ADA@example.org", " ada@example.org"), Err(Weak::IsTheAddress));
        assert_eq!(is_fit(&"x".repeat(257), "a@b.org"), Err(Weak::TooLong));
        assert_eq!(is_fit("zwölfäöü12", "a@b.org"), Ok(()));
    }
}
