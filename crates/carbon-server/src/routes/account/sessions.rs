//! Where a person is signed in, and how to end it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use carbon_api::v1::admin as wire;
use carbon_store::Digest;

use super::{Who, missing, time};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::fault::Problem;
use crate::sign_in::{Caller, Credential, session};

pub(super) async fn list(
    State(app): State<App>,
    caller: Who,
) -> Result<Json<Vec<wire::SessionItem>>, Problem> {
    let caller = caller?;
    let user = caller.person()?.id;
    let sessions = app.store().sessions(user, app.now()).await?;
    let shown = sessions.iter().map(|(digest, signed_in)| wire::SessionItem {
        id: session::id(*digest),
        created: time(signed_in.created),
        last_seen: time(signed_in.last_seen),
        expires: time(signed_in.expires),
        is_this: Some(*digest) == own(&caller),
    });
    Ok(Json(shown.collect()))
}

pub(super) async fn close(
    State(app): State<App>,
    caller: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let caller = caller?;
    let user = caller.in_person()?.id;
    let sessions = app.store().sessions(user, app.now()).await?;
    let mut digests = sessions.into_iter().map(|(digest, _)| digest);
    let digest = digests.find(|digest| session::id(*digest) == id);
    let digest = digest.ok_or_else(|| missing("Session"))?;
    app.noting(&caller, Deed::of(Did::EndSessions, user)).close_session(digest).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn close_others(
    State(app): State<App>,
    caller: Who,
) -> Result<StatusCode, Problem> {
    let caller = caller?;
    let user = caller.in_person()?.id;
    let sessions = app.store().sessions(user, app.now()).await?;
    let store = app.noting(&caller, Deed::of(Did::EndSessions, user));
    for (digest, _) in sessions {
        if Some(digest) != own(&caller) {
            store.close_session(digest).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The session of the request itself.
fn own(caller: &Caller) -> Option<Digest> {
    match caller {
        Caller::Person { by: Credential::Session(digest), .. } => Some(*digest),
        _ => None,
    }
}
