//! Without sign-in: everybody is one local user, whatever they show.

use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use carbon_store::{NewOrganization, NewUser, Role, UserId};
use serde_json::json;
use uuid::{Uuid, uuid};

use super::place::Base;
use super::{Caller, Credential, accounts, cross_site, refuse_foreign};
use crate::app::App;
use crate::fault::Fault;
use crate::http::is_let_in;

/// Id of the local user, as in the reference.
const LOCAL_USER: Uuid = uuid!("d1b9d5e0-58e8-45f0-9ef5-4549b3d6f3f0");
const EMAIL: &str = "local.user@example.com";
const NAME: &str = "Local user";

/// Whose the organization of a board is: nobody can be that user.
const OWNER: &str = "board@example.com";
const OWNER_NAME: &str = "Files of this board";

/// The local user, with an account that is made on the first call.
///
/// # Errors
/// A page of somebody else wants to change something: its browser can reach this machine, and nothing
/// else would be asked of it.
pub(super) async fn caller(app: &App, parts: &Parts) -> Result<Caller, Fault> {
    let (settings, headers) = (app.settings(), &parts.headers);
    let is_let_in = headers.get(ORIGIN).is_some_and(|origin| is_let_in(settings, origin));
    if !cross_site::is_safe(&parts.method) && !is_let_in {
        refuse_foreign(settings, &Base::of(settings, parts), headers)?;
    }
    let id = UserId::from(LOCAL_USER);
    let user = match app.store().user(id).await? {
        Some(user) => user,
        None => provision(app, id).await?,
    };
    let claims = json!({ "sub": LOCAL_USER.to_string(), "email": EMAIL, "name": NAME });
    Ok(Caller::Person { user, claims, by: Credential::Nothing })
}

async fn provision(app: &App, id: UserId) -> Result<carbon_store::User, Fault> {
    accounts::first(app, NewUser { id, is_operator: true, ..user(app) }).await
}

fn user(app: &App) -> NewUser {
    NewUser {
        id: UserId::from(LOCAL_USER),
        subject: Some(LOCAL_USER.to_string()),
        email: EMAIL.to_owned(),
        is_email_verified: false,
        name: NAME.to_owned(),
        is_operator: false,
        password_hash: None,
        created: app.now(),
    }
}

impl App {
    /// Makes an organization that the local user may read and not change, in a fresh store: for a
    /// board, which shows what its own program has read.
    ///
    /// # Errors
    /// The store does not answer, or is not fresh.
    pub async fn prepare_board(&self, organization: NewOrganization) -> Result<(), Fault> {
        let store = self.store();
        let owner = NewUser {
            id: UserId::new(),
            subject: None,
            email: OWNER.to_owned(),
            name: OWNER_NAME.to_owned(),
            ..user(self)
        };
        let owner = store.create_user(owner).await?.id;
        store.create_user(user(self)).await?;
        let organization = store.create_organization(organization, owner).await?.id;
        store.add_member(organization, EMAIL.to_owned(), Role::Viewer, self.now()).await?;
        Ok(())
    }
}
