//! Signing in to the CodeCarbon API: OpenID Connect, and the tokens that come of it.
//!
//! A *provider* knows people and gives tokens; the API accepts them. There are two ways to a token:
//! [`browser`] (authorization code with PKCE, RFC 7636 and 8252) and [`device`] (a code to type on
//! another device, RFC 8628). [`store`] keeps what they yield, [`session`] hands out an access token
//! that is still good.
//!
//! Signatures of tokens are not checked here: they come straight from the provider over TLS, and
//! whether the API accepts them is for the API to say.

pub(crate) mod address;
pub(crate) mod browser;
mod callback;
pub(crate) mod device;
mod error;
mod form;
mod page;
mod proof;
pub(crate) mod provider;
pub(crate) mod session;
pub(crate) mod store;
mod tokens;

pub(crate) use error::{SignInError, login_hint, printable};
pub(crate) use tokens::Tokens;
