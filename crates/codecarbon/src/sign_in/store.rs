//! Where sign-ins are kept: one file of mode 0600 in the configuration directory.
//!
//! A desktop's keyring would be better, but the client for it is an async runtime and 130 packages,
//! and most machines on which this runs have none. A sign-in is kept for the API that it was made
//! for and is sent to no other, so that a configuration file in somebody's repository cannot have it
//! sent elsewhere.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carbon_tracker::config::Secret;
use serde::{Deserialize, Serialize};

use super::address::ProviderAddress;
use super::error::SignInError;
use super::tokens::Tokens;
use crate::private_file;
use crate::surroundings::Surroundings;

const FILE_NAME: &str = "sign-ins.json";
const LOCK_NAME: &str = "sign-ins.lock";
/// Version of the file's format.
const FORMAT: u32 = 1;

/// A sign-in and what it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignIn {
    /// Base address of the API, without a slash at its end.
    pub(crate) api_endpoint: String,
    /// Who gave the tokens.
    pub(crate) provider: ProviderAddress,
    /// The tokens.
    pub(crate) tokens: Tokens,
}

/// The file of sign-ins.
#[derive(Debug, Clone)]
pub(crate) struct SignInStore {
    directory: PathBuf,
}

/// The sign-ins, while no other process may change them.
#[derive(Debug)]
pub(crate) struct Locked<'a> {
    store: &'a SignInStore,
    sign_ins: Vec<SignIn>,
    /// Holds the lock until it is dropped.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    sign_ins: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    api_endpoint: String,
    well_known: String,
    client_id: String,
    access_token: String,
    refresh_token: Option<String>,
    /// Seconds since the Unix epoch.
    access_ends_at_s: Option<u64>,
}

impl SignInStore {
    /// The one of this user.
    ///
    /// # Errors
    /// There is no configuration directory.
    pub(crate) fn of(start: &Surroundings) -> Result<Self, SignInError> {
        let directory = start.configuration_directory().ok_or(SignInError::NoHome)?;
        Ok(Self { directory })
    }

    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join(FILE_NAME)
    }

    /// The sign-in for an API.
    pub(crate) fn find(&self, api_endpoint: &str) -> Result<Option<SignIn>, SignInError> {
        Ok(self.read()?.into_iter().find(|sign_in| sign_in.is_for(api_endpoint)))
    }

    /// Keeps other processes from changing the sign-ins; waits for one that is about it.
    pub(crate) fn lock(&self) -> Result<Locked<'_>, SignInError> {
        let fault = |error: io::Error| self.fault("written", &error);
        private_file::create_directory(&self.directory).map_err(fault)?;
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(self.directory.join(LOCK_NAME))
            .map_err(fault)?;
        lock.lock().map_err(fault)?;
        Ok(Locked { store: self, sign_ins: self.read()?, _lock: lock })
    }

    /// Removes the file as a whole, whatever is in it.
    pub(crate) fn remove_file(&self) -> Result<(), SignInError> {
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.fault("removed", &error))
            }
            _ => Ok(()),
        }
    }

    fn read(&self) -> Result<Vec<SignIn>, SignInError> {
        let bytes = match fs::read(self.path()) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.fault("read", &error)),
        };
        // The parser's message could quote a token.
        let content: Content = serde_json::from_slice(&bytes)
            .map_err(|error| self.fault("read", &format!("broken in line {}", error.line())))?;
        if content.version != FORMAT {
            return Err(self.fault("read", &"it is of another version of codecarbon"));
        }
        Ok(content.sign_ins.into_iter().map(SignIn::from).collect())
    }

    fn write(&self, sign_ins: &[SignIn]) -> Result<(), SignInError> {
        let rows = sign_ins.iter().map(Row::from).collect();
        let path = self.path();
        let mut text = serde_json::to_string_pretty(&Content { version: FORMAT, sign_ins: rows })
            .map_err(|error| self.fault("written", &error))?;
        text.push('\n');
        make_private(&path);
        private_file::replace(&path, text.as_bytes()).map_err(|error| self.fault("written", &error))
    }

    fn fault(&self, doing: &'static str, why: &dyn std::fmt::Display) -> SignInError {
        SignInError::Store { path: self.path(), doing, why: why.to_string() }
    }
}

impl Locked<'_> {
    /// The sign-in for an API.
    pub(crate) fn find(&self, api_endpoint: &str) -> Option<&SignIn> {
        self.sign_ins.iter().find(|sign_in| sign_in.is_for(api_endpoint))
    }

    /// Keeps a sign-in, in place of the one for the same API.
    pub(crate) fn put(&mut self, sign_in: SignIn) -> Result<(), SignInError> {
        self.sign_ins.retain(|other| !other.is_for(&sign_in.api_endpoint));
        self.sign_ins.push(sign_in);
        self.store.write(&self.sign_ins)
    }

    /// Forgets the sign-in for an API.
    pub(crate) fn remove(&mut self, api_endpoint: &str) -> Result<(), SignInError> {
        self.sign_ins.retain(|sign_in| !sign_in.is_for(api_endpoint));
        if self.sign_ins.is_empty() {
            return self.store.remove_file();
        }
        self.store.write(&self.sign_ins)
    }
}

impl SignIn {
    fn is_for(&self, api_endpoint: &str) -> bool {
        self.api_endpoint == normal(api_endpoint)
    }
}

/// An address of an API in the form in which it is compared.
pub(crate) fn normal(api_endpoint: &str) -> &str {
    api_endpoint.trim().trim_end_matches('/')
}

/// A file that somebody made readable for others is ours alone again.
fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
}

impl From<Row> for SignIn {
    fn from(row: Row) -> Self {
        Self {
            api_endpoint: row.api_endpoint,
            provider: ProviderAddress { well_known: row.well_known, client_id: row.client_id },
            tokens: Tokens {
                access: Secret::new(row.access_token),
                refresh: row.refresh_token.map(Secret::new),
                ends_at: row.access_ends_at_s.map(Duration::from_secs),
            },
        }
    }
}

impl From<&SignIn> for Row {
    fn from(sign_in: &SignIn) -> Self {
        let tokens = &sign_in.tokens;
        Self {
            api_endpoint: sign_in.api_endpoint.clone(),
            well_known: sign_in.provider.well_known.clone(),
            client_id: sign_in.provider.client_id.clone(),
            access_token: tokens.access.expose().to_owned(),
            refresh_token: tokens.refresh.as_ref().map(|token| token.expose().to_owned()),
            access_ends_at_s: tokens.ends_at.map(|end| end.as_secs()),
        }
    }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
