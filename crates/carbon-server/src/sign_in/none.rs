//! Without sign-in: everybody is one local user, whatever they show.

use carbon_store::{NewUser, UserId};
use serde_json::json;
use uuid::{Uuid, uuid};

use super::{Caller, Credential, accounts};
use crate::app::App;
use crate::fault::Fault;

/// Id of the local user, as in the reference.
const LOCAL_USER: Uuid = uuid!("d1b9d5e0-58e8-45f0-9ef5-4549b3d6f3f0");
const EMAIL: &str = "local.user@example.com";
const NAME: &str = "Local user";

/// The local user, with an account that is made on the first call.
pub(super) async fn caller(app: &App) -> Result<Caller, Fault> {
    let id = UserId::from(LOCAL_USER);
    let user = match app.store().user(id).await? {
        Some(user) => user,
        None => provision(app, id).await?,
    };
    let claims = json!({ "sub": LOCAL_USER.to_string(), "email": EMAIL, "name": NAME });
    Ok(Caller::Person { user, claims, by: Credential::Nothing })
}

async fn provision(app: &App, id: UserId) -> Result<carbon_store::User, Fault> {
    let user = NewUser {
        id,
        subject: Some(LOCAL_USER.to_string()),
        email: EMAIL.to_owned(),
        is_email_verified: false,
        name: NAME.to_owned(),
        is_operator: true,
        password_hash: None,
        created: app.now(),
    };
    accounts::first(app, user).await
}
