//! Accounts: how they come to be, and which one a subject names.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use carbon_store::{
    NewOrganization, NewUser, OrganizationId, PendingKind, Provisioned, SecretText, User, UserId,
};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::Identity;
use super::secret::{hex, mint};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::fault::Fault;
use crate::settings::Auth;

/// The person of the reference's initial data, whom tests sign in as with a token of their own.
const DEVELOPER: Uuid = uuid!("bb479cc8-3357-4859-985d-e3cc209d6fc9");
const DEVELOPER_EMAIL: &str = "main.user@example.com";

/// How long the link that makes the first account is good.
const SET_UP_FOR: Duration = Duration::from_hours(24);

/// Where a browser makes the first account: path and query of an address of this server. Whoever has
/// it becomes the operator.
#[derive(Clone, PartialEq, Eq)]
pub struct SetUpLink(pub String);

impl fmt::Debug for SetUpLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetUpLink(…)")
    }
}

impl App {
    /// Prepares sign-in when the server starts; the link to print, if there is no account yet and
    /// people sign in with passwords. With a key for development it makes the account that tests
    /// expect.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn prepare_sign_in(&self) -> Result<Option<SetUpLink>, Fault> {
        if self.sign_in().develop.is_some() {
            let identity = Identity {
                subject: DEVELOPER.to_string(),
                email: Some(DEVELOPER_EMAIL.to_owned()),
                is_email_verified: false,
                name: None,
                claims: Value::Null,
            };
            tracing::warn!(
                "JWT_KEY is set: whoever knows it can sign in as anybody; never do this in production"
            );
            sign_up(self, identity).await?;
            return Ok(None);
        }
        if !matches!(self.settings().auth, Auth::Local(_)) || self.store().has_users().await? {
            return Ok(None);
        }
        let (secret, digest) = mint("")?;
        let end = self.now().plus(SET_UP_FOR);
        self.store().keep_pending(PendingKind::SetUp, digest, "{}".to_owned(), end).await?;
        Ok(Some(SetUpLink(format!("/auth/setup?token={secret}"))))
    }
}

/// What an account that signs in here says of its person.
pub(crate) fn claims(user: &User) -> Value {
    let subject = user.subject.clone().unwrap_or_else(|| user.id.to_string());
    json!({ "sub": subject, "email": user.email, "name": user.name })
}

/// The account of a subject: by that, or by its id where it is linked to no other subject.
pub(crate) async fn of_subject(app: &App, subject: &str) -> Result<Option<User>, Fault> {
    if let Some(user) = app.store().user_by_subject(subject).await? {
        return Ok(Some(user));
    }
    let Ok(id) = Uuid::parse_str(subject) else { return Ok(None) };
    let user = app.store().user(UserId::from(id)).await?;
    Ok(user.filter(|user| user.subject.as_deref().is_none_or(|linked| linked == subject)))
}

/// The account of a verified identity; made where there is none, with an organization and a project
/// of the person's own.
///
/// # Errors
/// The address is missing, or is another account's: an operator can link them.
pub(crate) async fn sign_up(app: &App, identity: Identity) -> Result<User, Fault> {
    let id = Uuid::parse_str(&identity.subject).unwrap_or_else(|_| Uuid::new_v4());
    let email = identity.email.filter(|email| email.contains('@'));
    let email = email.ok_or_else(|| {
        Fault::Invalid("the sign-in tells no e-mail address, which an account needs".to_owned())
    })?;
    let name = identity.name.filter(|name| !name.is_empty()).unwrap_or_else(|| email.clone());
    let subject = identity.subject.clone();
    let is_listed = || match &app.settings().auth {
        Auth::Oidc(oidc) => oidc.operators.iter().any(|listed| listed.eq_ignore_ascii_case(&email)),
        Auth::Local(_) | Auth::None => false,
    };
    let is_operator = identity.is_email_verified && is_listed();
    let user = NewUser {
        id: UserId::from(id),
        subject: Some(identity.subject),
        email,
        is_email_verified: identity.is_email_verified,
        name,
        is_operator,
        password_hash: None,
        created: app.now(),
    };
    let user = provision(app, user).await?;
    // Its id is that subject, but it has been linked to another one since.
    if user.subject.as_ref().is_some_and(|linked| *linked != subject) {
        return Err(carbon_store::Error::Conflict.into());
    }
    Ok(user)
}

/// An account with a password, made by a link that an operator gave: so its address counts as
/// verified.
///
/// # Errors
/// The address is taken.
pub(crate) async fn with_password(
    app: &App,
    email: String,
    name: String,
    password_hash: SecretText,
) -> Result<User, Fault> {
    provision(app, new_with_password(app, email, name, password_hash)).await
}

/// The first account: its person runs the server, and takes over what a fresh server begins with.
///
/// # Errors
/// The address is taken.
pub(crate) async fn first_with_password(
    app: &App,
    email: String,
    name: String,
    password_hash: SecretText,
) -> Result<User, Fault> {
    let user = new_with_password(app, email, name, password_hash);
    first(app, NewUser { is_operator: true, ..user }).await
}

/// An account that takes over what a fresh server begins with; where there is nothing, it gets an
/// organization and a project of its own, as everybody.
pub(crate) async fn first(app: &App, user: NewUser) -> Result<User, Fault> {
    let store = app.noting_by(Some(user.id), Deed::of(Did::CreateAccount, user.id));
    match store.take_over(user.clone()).await {
        Ok(Some(user)) => Ok(user),
        // Another request was quicker, or the address is another account's.
        Ok(None) | Err(carbon_store::Error::Conflict) => provision(app, user).await,
        Err(error) => Err(error.into()),
    }
}

fn new_with_password(app: &App, email: String, name: String, password_hash: SecretText) -> NewUser {
    NewUser {
        id: UserId::new(),
        subject: None,
        email,
        is_email_verified: true,
        name,
        is_operator: false,
        password_hash: Some(password_hash),
        created: app.now(),
    }
}

async fn provision(app: &App, user: NewUser) -> Result<User, Fault> {
    let name = user.name.clone();
    let organization = NewOrganization {
        id: OrganizationId::new(),
        name: name.clone(),
        description: "Default organization".to_owned(),
        created: user.created,
    };
    let deed = Deed::of(Did::CreateAccount, user.id);
    let store = app.noting_by(Some(user.id), deed);
    let made = store.provision(user, organization, name, "Default project".to_owned());
    Ok(match made.await? {
        Provisioned::Known(user) | Provisioned::New { user, .. } => user,
    })
}

/// Says which password the person of an address has, and nothing about it; empty where there is none.
/// What was given out under one password is of no use under another.
pub(crate) async fn password_stamp(app: &App, email: &str) -> Result<String, Fault> {
    let known = app.store().credentials(email).await?;
    let stamp = known.map(|(_, hash)| hex(&digest(&SHA256, hash.0.as_bytes()).as_ref()[..8]));
    Ok(stamp.unwrap_or_default())
}

/// The account of an address and a password; none where they do not fit, after as long a time.
///
/// # Errors
/// There were too many tries lately.
pub(crate) async fn by_password(
    app: &App,
    email: &str,
    password: String,
    from: IpAddr,
) -> Result<Option<User>, Fault> {
    let sign_in = app.sign_in();
    sign_in.tries.count(email, from, app.now())?;
    let known = app.store().credentials(email).await?;
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    let is_right = sign_in.passwords.matches(password, hash).await?;
    let known = known.map(|(user, _)| user);
    let user = known.clone().filter(|user| is_right && user.is_active);
    if user.is_some() {
        sign_in.tries.forgive(email, from);
    } else {
        let whose = known.map(|user| user.id.to_string()).unwrap_or_default();
        app.note(None, Deed::of(Did::FailSignIn, whose).with("by", "password")).await?;
    }
    Ok(user)
}
