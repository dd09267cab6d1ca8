//! The small OpenID provider that this server is where people sign in here: so that commands can be
//! let in the way they know, with a browser or with a code for another device.
//!
//! It has one client, the command line, which is public; it sends browsers to loopback only; codes
//! need PKCE (S256) and count once; tokens for renewal are changed at each use and end when the
//! password changes.

mod codes;
mod device;
mod key;

use std::sync::Arc;

use carbon_store::User;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::accounts::password_stamp;
use super::jwt::{Claims, Jwt};
use super::place::Base;
use super::secret::hex;
use crate::app::App;
use crate::fault::Fault;

pub(crate) use codes::{Question, exchange_code, give_code, renew, revoke};
pub(crate) use device::{answer_device, begin_device, exchange_device_code, is_waiting};
use key::SigningKey;

/// The command line's name.
const CLIENT: &str = "codecarbon-cli";

/// For whom access tokens are: this API.
const AUDIENCE: &str = "codecarbon";

/// Lifetime of access tokens, in seconds.
const ACCESS_S: i64 = 15 * 60;

/// An error of a token endpoint, by its name in RFC 6749, section 5.2, or RFC 8628, section 3.5.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is the client's.
    Named(&'static str),
    /// It is ours.
    Fault(Fault),
}

impl<F: Into<Fault>> From<F> for Refusal {
    fn from(fault: F) -> Self {
        Self::Fault(fault.into())
    }
}

/// A code, or a token for renewal, that is not good or not good any more.
const INVALID: Refusal = Refusal::Named("invalid_grant");

/// The provider.
#[derive(Debug, Default)]
pub(crate) struct Issuer(OnceCell<Arc<SigningKey>>);

impl Issuer {
    /// What an access token of ours says; none where it is not, or not good now.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn verify(&self, app: &App, token: &str) -> Result<Option<Claims>, Fault> {
        let Ok(parsed) = Jwt::parse(token) else { return Ok(None) };
        let key = self.key(app).await?;
        let claims = key.keys().verify(parsed).ok().filter(|claims| {
            let issuer = app.settings().public_url.as_deref().map(|url| url.trim_end_matches('/'));
            claims.check_time(app.now(), true).is_ok()
                && claims.check_audience(&[AUDIENCE]).is_ok()
                && issuer.is_none_or(|issuer| claims.check_issuer(issuer).is_ok())
        });
        Ok(claims)
    }

    /// The keys that signatures can be checked with, as JSON.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn key_set(&self, app: &App) -> Result<Value, Fault> {
        Ok(self.key(app).await?.public())
    }

    async fn key(&self, app: &App) -> Result<&Arc<SigningKey>, Fault> {
        self.0.get_or_try_init(|| async { SigningKey::of(app).await.map(Arc::new) }).await
    }
}

/// What the provider says of itself (OpenID Connect Discovery).
pub(crate) fn description(base: &Base) -> Value {
    let base = base.as_str();
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth/authorize"),
        "token_endpoint": format!("{base}/auth/token"),
        "device_authorization_endpoint": format!("{base}/auth/device"),
        "revocation_endpoint": format!("{base}/auth/revoke"),
        "jwks_uri": format!("{base}/auth/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", device::GRANT],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid", "email", "profile", "offline_access"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

/// Who is let in, and on what terms.
#[derive(Debug, Clone)]
struct Grant {
    user: User,
    /// Changes with the password.
    stamp: String,
    nonce: Option<String>,
    scope: String,
}

impl Grant {
    /// What is kept until the second step.
    fn kept(&self) -> Value {
        json!({
            "user": self.user.id.to_string(),
            "stamp": self.stamp,
            "nonce": self.nonce,
            "scope": self.scope,
        })
    }

    /// Reads it back; refused where the person is not active any more or has another password.
    async fn read(app: &App, kept: &Value) -> Result<Self, Refusal> {
        let text = |name: &str| kept[name].as_str().unwrap_or_default().to_owned();
        let id = uuid::Uuid::parse_str(&text("user")).map_err(|_| INVALID)?;
        let user = app.store().user(id.into()).await?.filter(|user| user.is_active);
        let user = user.ok_or(INVALID)?;
        if password_stamp(app, &user.email).await? != text("stamp") {
            return Err(INVALID);
        }
        let nonce = kept["nonce"].as_str().map(str::to_owned);
        Ok(Self { user, stamp: text("stamp"), nonce, scope: text("scope") })
    }

    async fn new(
        app: &App,
        user: User,
        nonce: Option<String>,
        scope: String,
    ) -> Result<Self, Fault> {
        Ok(Self { stamp: password_stamp(app, &user.email).await?, user, nonce, scope })
    }

    /// The tokens.
    async fn tokens(&self, app: &App, base: &Base) -> Result<Value, Refusal> {
        let key = app.sign_in().issuer.key(app).await?;
        let (now_s, user) = (app.now().micros() / 1_000_000, &self.user);
        let mut common = super::accounts::claims(user);
        common["iss"] = base.as_str().into();
        common["iat"] = now_s.into();
        common["exp"] = (now_s + ACCESS_S).into();
        let mut access = common.clone();
        access["aud"] = AUDIENCE.into();
        access["azp"] = CLIENT.into();
        access["scope"] = self.scope.as_str().into();
        access["jti"] = hex(&super::secret::random::<16>()?).into();
        let mut identity = common;
        identity["aud"] = CLIENT.into();
        if let Some(nonce) = &self.nonce {
            identity["nonce"] = nonce.as_str().into();
        }
        let mut tokens = json!({
            "access_token": key.sign("at+jwt", &access)?,
            "id_token": key.sign("JWT", &identity)?,
            "token_type": "Bearer",
            "expires_in": ACCESS_S,
            "scope": self.scope,
        });
        if self.scope.split(' ').any(|scope| scope == "offline_access") {
            tokens["refresh_token"] = codes::keep_renewal(app, self).await?.into();
        }
        Ok(tokens)
    }
}
