//! `/auth/device`: a device gets codes (`POST`), a person types the short one (`GET`) and answers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::authorize::{text, to_sign_in};
use super::entry::{Entry, local_only};
use super::token::refusal;
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::Query;
use crate::fault::Fault;
use crate::sign_in::Caller;
use crate::sign_in::issuer::{Refusal, answer_device, begin_device, is_waiting};
use crate::sign_in::page::{Form, notice};
use crate::sign_in::place::{Base, Peer};

/// What guesses of short codes are counted under, as guesses of passwords are.
const GUESSES: &str = "short codes of devices";

pub(super) async fn begin(
    State(app): State<App>,
    base: Base,
    mut entry: Entry,
) -> Result<Response, Fault> {
    local_only(&app)?;
    if entry.text("client_id").as_deref() != Some("codecarbon-cli") {
        return Ok(refusal(Refusal::Named("invalid_client")));
    }
    let scope = entry.text("scope").unwrap_or_default();
    Ok(Json(begin_device(&app, &base, &scope).await?).into_response())
}

pub(super) async fn page(
    State(app): State<App>,
    Peer(from): Peer,
    caller: Result<Caller, Fault>,
    Query(mut query): Query,
) -> Result<Response, Fault> {
    local_only(&app)?;
    let code = text(&mut query, "user_code");
    query.finish(|| Some(()))?;
    let Ok(Caller::Person { user, .. }) = &caller else {
        let pairs = code.as_deref().map(|code| ("user_code", code));
        return Ok(to_sign_in("/auth/device", pairs));
    };
    let Some(code) = code else { return Ok(ask(None)) };
    app.sign_in().tries.count(GUESSES, from, app.now())?;
    if !is_waiting(&app, &code).await? {
        return Ok(ask(Some("No device waits for this code.")));
    }
    app.sign_in().tries.forgive(GUESSES, from);
    let words = format!(
        "A device asks to act for you ({}). Allow it only if it shows this code and you have just \
         started “codecarbon login --device”.",
        user.email
    );
    Ok(Form::new("Let a device in?", "/auth/device/answer")
        .words(&words)
        .code(&code)
        .hidden("user_code", &code)
        .question("Allow", "Do not allow"))
}

pub(super) async fn answer(
    State(app): State<App>,
    Peer(from): Peer,
    caller: Caller,
    mut entry: Entry,
) -> Result<Response, Fault> {
    local_only(&app)?;
    let user = caller.in_person()?.clone();
    let code = entry.text("user_code").unwrap_or_default();
    let Some(answer) = entry.text("answer") else {
        // The code was typed by hand: it is shown, and the question asked.
        let query = [("user_code", code.as_str())];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let url = format!("/auth/device?{query}");
        return Ok(axum::response::Redirect::to(&url).into_response());
    };
    app.sign_in().tries.count(GUESSES, from, app.now())?;
    let is_yes = answer == "yes";
    let id = user.id;
    if !answer_device(&app, &code, user, is_yes).await? {
        return Ok(ask(Some("No device waits for this code.")));
    }
    if is_yes {
        app.note(Some(id), Deed::of(Did::AdmitCommand, id).with("by", "device")).await?;
    }
    app.sign_in().tries.forgive(GUESSES, from);
    let words = if is_yes { "The device is signed in." } else { "The device is not signed in." };
    Ok(notice(StatusCode::OK, "Done", words))
}

fn ask(wrong: Option<&str>) -> Response {
    let status = if wrong.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    Form::new("Let a device in", "/auth/device/answer")
        .wrong(wrong)
        .field("Code that the device shows", "user_code", "text", "one-time-code")
        .page(status, "Continue")
}
