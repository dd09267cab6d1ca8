//! Keys that must be there although their value may be null.

use serde::{Deserialize, Deserializer};

/// Reads a nullable value. A field with `deserialize_with` has no default, so that a key which is
/// left out is an error and an explicit null is none.
pub(crate) fn nullable<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from)
}
