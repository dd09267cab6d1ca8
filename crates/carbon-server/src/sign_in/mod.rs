//! Who asks: a person, a stranger with valid credentials, a token that reads, or nobody.
//!
//! Credentials are looked at in one order: the cookie `user_session`, then `Authorization: Bearer`,
//! then a project's token. What a cookie says counts only if it is good, so that an old one is no
//! obstacle on public pages; a bearer that is not good is refused. Who somebody is lives in the
//! request and nowhere else.

pub(crate) mod accounts;
mod cross_site;
pub(crate) mod issuer;
mod jwt;
mod keys;
mod none;
pub(crate) mod oidc;
pub(crate) mod page;
pub(crate) mod password;
pub(crate) mod place;
mod recognise;
pub(crate) mod secret;
pub(crate) mod session;
mod tries;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use carbon_store::{AccessTokenId, Digest, ProjectToken, User, UserId};
use serde_json::Value;

use crate::app::App;
use crate::fault::Fault;
use crate::settings::{Auth, PasswordCost, Settings};

pub use accounts::SetUpLink;
pub(crate) use cross_site::refuse_foreign;
use issuer::Issuer;
use jwt::{Claims, Unfit};
use keys::Key;
use oidc::Provider;
use password::Passwords;
pub(crate) use recognise::PERSONAL;
use tries::Tries;

/// Who asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Caller {
    /// Nobody showed anything.
    Nobody,
    /// Valid credentials of somebody who has no account yet.
    Stranger(Identity),
    /// A token that reads one project.
    Reader(ProjectToken),
    /// Somebody with an account.
    Person {
        /// The account.
        user: User,
        /// What the credentials say.
        claims: Value,
        /// What was shown.
        by: Credential,
    },
}

/// By what somebody was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// By nothing: nobody signs in here.
    Nothing,
    /// By a session of a browser.
    Session(Digest),
    /// By a token of a provider.
    Token,
    /// By a personal access token.
    Personal(AccessTokenId),
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

impl Identity {
    /// What a token that is believed says.
    pub(crate) fn of(claims: Claims) -> Result<Self, Unfit> {
        let text = |name: &str| claims.text(name).map(str::to_owned);
        let fields = claims.0.get("fields").and_then(|fields| fields.get("name"));
        let name = fields.and_then(Value::as_str).map(str::to_owned);
        let verified = claims.0.get("email_verified").and_then(Value::as_bool);
        Ok(Self {
            subject: claims.subject()?.to_owned(),
            email: text("email"),
            is_email_verified: verified.unwrap_or_default(),
            name: name.or_else(|| text("name")),
            claims: Value::Object(claims.0),
        })
    }
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
            Self::Nobody | Self::Reader(_) => Err(Fault::NOBODY),
        }
    }

    /// The account of a person who is here in person, not by a personal access token: whoever finds
    /// such a token must not get more than it gives.
    ///
    /// # Errors
    /// There is no account, or a token was shown.
    pub fn in_person(&self) -> Result<&User, Fault> {
        if let Self::Person { by: Credential::Personal(_), .. } = self {
            let words = "A personal access token may not do this: sign in";
            return Err(Fault::Forbidden(words.to_owned()));
        }
        self.person()
    }

    /// The account of somebody who runs the server.
    ///
    /// # Errors
    /// There is no account, or not such a one.
    pub fn operator(&self) -> Result<&User, Fault> {
        let user = self.in_person()?;
        if user.is_operator {
            Ok(user)
        } else {
            Err(Fault::Forbidden("Operation not authorized".into()))
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
            Self::Nobody | Self::Reader(_) => Err(Fault::NOBODY),
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

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        match app.settings().auth {
            Auth::None => none::caller(app, parts).await,
            Auth::Local(_) | Auth::Oidc(_) => recognise::caller(app, parts).await,
        }
    }
}

/// What signing in needs to remember between requests.
#[derive(Debug)]
pub(crate) struct SignIn {
    /// Guesses at passwords.
    pub(crate) tries: Tries,
    /// Computes their hashes.
    pub(crate) passwords: Passwords,
    /// The OpenID provider that people sign in at.
    pub(crate) provider: Option<Provider>,
    /// The one that this server is, where people sign in here.
    pub(crate) issuer: Issuer,
    /// Key of tokens that tests make for themselves.
    develop: Option<Key>,
}

impl SignIn {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (cost, provider) = match &settings.auth {
            Auth::Local(cost) => (*cost, None),
            Auth::Oidc(oidc) => (PasswordCost::default(), Some(Provider::new((**oidc).clone()))),
            Auth::None => (PasswordCost::default(), None),
        };
        let develop = settings.develop_key.as_ref().filter(|key| !key.0.is_empty());
        Self {
            tries: Tries::default(),
            passwords: Passwords::new(cost),
            provider,
            issuer: Issuer::default(),
            develop: develop.map(|key| Key::shared(&key.0)),
        }
    }
}
