//! `/auth/authorize`: a command asks, by way of the browser, to act for whoever is signed in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::entry::{Entry, local_only};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::Query;
use crate::fault::Fault;
use crate::sign_in::Caller;
use crate::sign_in::issuer::{Question, give_code};
use crate::sign_in::page::{Form, notice};
use crate::sign_in::place::Base;
use crate::wire::{Fields, Optional};

pub(super) async fn page(
    State(app): State<App>,
    caller: Result<Caller, Fault>,
    Query(mut query): Query,
) -> Result<Response, Fault> {
    local_only(&app)?;
    let question = match read(&mut query) {
        Ok(question) => question,
        Err(why) => return Ok(refused(why)),
    };
    let Ok(Caller::Person { user, .. }) = &caller else {
        return Ok(to_sign_in("/auth/authorize", question.pairs()));
    };
    let words = format!(
        "The command line on this machine asks to act for you ({}). Allow it only if you have just \
         started “codecarbon login”.",
        user.email
    );
    let form = Form::new("Let the command line in?", "/auth/authorize").words(&words);
    let fill = |form: Form, (name, value): (&str, &str)| form.hidden(name, value);
    Ok(question.pairs().into_iter().fold(form, fill).question("Allow", "Do not allow"))
}

pub(super) async fn answer(
    State(app): State<App>,
    base: Base,
    caller: Caller,
    mut entry: Entry,
) -> Result<Response, Fault> {
    local_only(&app)?;
    let user = caller.in_person()?.clone();
    let is_yes = entry.text("answer").as_deref() == Some("yes");
    let question = match read(&mut entry.fields) {
        Ok(question) => question,
        Err(why) => return Ok(refused(why)),
    };
    let back = if is_yes {
        let deed = Deed::of(Did::AdmitCommand, user.id).with("by", "browser");
        app.note(Some(user.id), deed).await?;
        let code = give_code(&app, &question, user).await?;
        question.back(&base, "code", &code)
    } else {
        question.back(&base, "error", "access_denied")
    };
    Ok(Redirect::to(&back).into_response())
}

fn read(fields: &mut Fields) -> Result<Question, &'static str> {
    let values = fields.values().clone();
    Question::read(|name| {
        let value = values.get(name).and_then(|value| value.as_str());
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    })
}

/// To the page to sign in, and from there back to where the person is now.
pub(super) fn to_sign_in<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let next = format!("{path}?{query}");
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
    Redirect::to(&format!("/auth/login?{query}")).into_response()
}

fn refused(why: &str) -> Response {
    notice(StatusCode::BAD_REQUEST, "Not possible", &format!("Nobody is let in: {why}."))
}

/// The text of a query, for pages that take one.
pub(super) fn text(query: &mut Fields, name: &str) -> Option<String> {
    query.text(name, Optional::Yes).filter(|text| !text.is_empty())
}
