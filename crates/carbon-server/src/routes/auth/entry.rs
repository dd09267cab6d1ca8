//! What people and programs send to sign in: a form or JSON.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;

use crate::app::App;
use crate::body::is_json;
use crate::fault::Fault;
use crate::http::whole;
use crate::settings::Auth;
use crate::wire::{Fields, Flaw, Optional, Place};

/// Longest of them, in bytes.
const LONGEST: usize = 64 * 1024;

/// Fields, and whether they are of a form: then people look at the answer.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) fields: Fields,
    pub(super) is_form: bool,
}

impl FromRequest<App> for Entry {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.unwrap_or_default().to_ascii_lowercase();
        let is_form = media.starts_with("application/x-www-form-urlencoded");
        let body = whole(app.room(), request.into_body(), LONGEST).await?;
        let fields = if is_form {
            Fields::of_form(form_urlencoded::parse(&body).into_owned())
        } else if is_json(&media) {
            Fields::of_body(&body)?
        } else {
            let words = "Input should be a form or a JSON object";
            return Err(vec![Flaw::of_all("model_attributes_type", Place::Body, words)].into());
        };
        Ok(Self { fields, is_form })
    }
}

impl Entry {
    /// A text; none where it is missing or empty.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.fields.text(name, Optional::Yes).filter(|text| !text.is_empty())
    }
}

/// Passes where people sign in with passwords that this server keeps.
///
/// # Errors
/// They do not: the route is not there.
pub(super) fn local_only(app: &App) -> Result<(), Fault> {
    match app.settings().auth {
        Auth::Local(_) => Ok(()),
        Auth::None | Auth::Oidc(_) => Err(Fault::NotFound("Not Found".to_owned())),
    }
}
