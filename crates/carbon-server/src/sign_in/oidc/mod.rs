//! Signing in at an OpenID provider: its description and keys ([`provider`]), and the browser's way
//! there and back ([`login`]).

mod form;
pub(crate) mod login;
mod provider;

pub(crate) use provider::Provider;
