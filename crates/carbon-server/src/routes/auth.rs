//! `GET /auth/check`: who asks. An account is made for a stranger with a verified address, in one
//! transaction with an organization and a project of the person's own.

use axum::Json;
use axum::extract::State;
use carbon_store::{NewOrganization, NewUser, OrganizationId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::{Caller, Identity};

pub(super) async fn check(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Fault> {
    let claims = match caller {
        Caller::Nobody => Value::Null,
        Caller::Person { claims, .. } => claims,
        Caller::Stranger(identity) => {
            let claims = identity.claims.clone();
            provision(&app, identity).await?;
            claims
        }
    };
    Ok(Json(json!({ "user": claims })))
}

async fn provision(app: &App, identity: Identity) -> Result<(), Fault> {
    let id = Uuid::parse_str(&identity.subject).unwrap_or_else(|_| Uuid::new_v4());
    let email = identity.email.filter(|email| email.contains('@'));
    let email = email.ok_or_else(|| {
        Fault::Invalid("the sign-in tells no e-mail address, which an account needs".to_owned())
    })?;
    let name = identity.name.filter(|name| !name.is_empty()).unwrap_or_else(|| email.clone());
    let created = app.now();
    let user = NewUser {
        id: UserId::from(id),
        subject: Some(identity.subject),
        email,
        is_email_verified: identity.is_email_verified,
        name: name.clone(),
        is_operator: false,
        password_hash: None,
        created,
    };
    let organization = NewOrganization {
        id: OrganizationId::new(),
        name: name.clone(),
        description: "Default organization".to_owned(),
        created,
    };
    app.store().provision(user, organization, name, "Default project".to_owned()).await?;
    Ok(())
}
