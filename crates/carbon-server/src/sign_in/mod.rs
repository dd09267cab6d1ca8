//! Who asks: a person, a stranger with valid credentials, or nobody.

mod none;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use carbon_store::{User, UserId};
use serde_json::Value;

use crate::app::App;
use crate::fault::Fault;
use crate::settings::Auth;

/// Who asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Caller {
    /// Nobody showed anything.
    Nobody,
    /// Valid credentials of somebody who has no account yet.
    Stranger(Identity),
    /// Somebody with an account.
    Person {
        /// The account.
        user: User,
        /// What the credentials say.
        claims: Value,
    },
}

/// What credentials say of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// Subject at the provider.
    pub subject: String,
    /// Address, if it is told.
    pub email: Option<String>,
    /// Whether the provider has verified it.
    pub is_email_verified: bool,
    /// Name, if it is told.
    pub name: Option<String>,
    /// Everything that was told.
    pub claims: Value,
}

impl Caller {
    /// The account; [`Fault::NOBODY`] if nobody is signed in, a refusal for strangers.
    ///
    /// # Errors
    /// There is no account.
    pub fn person(&self) -> Result<&User, Fault> {
        match self {
            Self::Person { user, .. } => Ok(user),
            Self::Stranger(_) => Err(Fault::Forbidden("User not found".to_owned())),
            Self::Nobody => Err(Fault::NOBODY),
        }
    }

    /// The account of somebody who is signed in; none for strangers.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn signed_in(&self) -> Result<Option<&User>, Fault> {
        match self {
            Self::Person { user, .. } => Ok(Some(user)),
            Self::Stranger(_) => Ok(None),
            Self::Nobody => Err(Fault::NOBODY),
        }
    }

    /// The id of the account, if there is one.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Person { user, .. } => Some(user.id),
            _ => None,
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(_parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        match &app.settings().auth {
            Auth::None => none::caller(app).await,
            Auth::Local(_) | Auth::Oidc(_) => Ok(Self::Nobody),
        }
    }
}
