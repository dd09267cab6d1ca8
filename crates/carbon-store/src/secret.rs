//! Digests of secrets. The store never sees a token, only its SHA-256.

use crate::cell::{Cell, FromCell};
use crate::error::{Error, Result};

/// SHA-256 of a random secret of 256 bits: what is looked up when the secret is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

impl From<Digest> for Cell {
    fn from(digest: Digest) -> Self {
        Self::Bytes(digest.0.to_vec())
    }
}

impl FromCell for Digest {
    fn from_cell(cell: Cell) -> Result<Self> {
        let bytes = Vec::<u8>::from_cell(cell)?;
        bytes.try_into().map(Self).map_err(|_| Error::internal("a digest is not of 32 bytes"))
    }
}

/// Text that is a secret itself, such as the hash of a password: not shown in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(pub String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl From<SecretText> for Cell {
    fn from(text: SecretText) -> Self {
        Self::Text(text.0)
    }
}

impl FromCell for SecretText {
    fn from_cell(cell: Cell) -> Result<Self> {
        String::from_cell(cell).map(Self)
    }
}
