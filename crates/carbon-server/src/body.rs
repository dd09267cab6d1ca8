//! What handlers take in: JSON bodies, queries and ids, with the published refusals.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use carbon_store::{Timestamp, Window};

use crate::app::App;
use crate::fault::Fault;
use crate::http::whole;
use crate::wire::{Fields, Flaw, Optional, Place};

/// The fields of a JSON body.
#[derive(Debug)]
pub(crate) struct Body(pub(crate) Fields);

/// A JSON body that is looked at after something else, such as a token, or before it.
#[derive(Debug)]
pub(crate) struct Raw {
    bytes: Bytes,
    is_json: bool,
}

impl Raw {
    /// It as JSON of a type; none where it is no such thing, which [`fields`](Self::fields) explains.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        if self.is_json { serde_json::from_slice(&self.bytes).ok() } else { None }
    }

    /// Its fields.
    ///
    /// # Errors
    /// It is no JSON object, or is not said to be one.
    pub(crate) fn fields(&self) -> Result<Fields, Fault> {
        if !self.is_json {
            let words = "Input should be a valid dictionary or object to extract fields from";
            return Err(Fault::Flaws(vec![Flaw::of_all(
                "model_attributes_type",
                Place::Body,
                words,
            )]));
        }
        Ok(Fields::of_body(&self.bytes)?)
    }
}

impl FromRequest<App> for Raw {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        Self::of_at_most(request, app, app.settings().longest_body).await
    }
}

impl Raw {
    /// A body of so many bytes at most.
    ///
    /// # Errors
    /// It is longer, or does not come.
    pub(crate) async fn of_at_most(
        request: Request,
        app: &App,
        limit: usize,
    ) -> Result<Self, Fault> {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let is_json = media.is_some_and(is_json);
        Ok(Self { bytes: whole(app.room(), request.into_body(), limit).await?, is_json })
    }
}

impl FromRequest<App> for Body {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        Raw::from_request(request, app).await?.fields().map(Self)
    }
}

/// Whether a media type is JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || essence.strip_prefix("application/").is_some_and(|rest| rest.ends_with("+json"))
}

/// The fields of the query.
#[derive(Debug)]
pub(crate) struct Query(pub(crate) Fields);

impl FromRequestParts<App> for Query {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Fault> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        Ok(Self(Fields::of_query(pairs.map(|(k, v)| (k.into_owned(), v.into_owned())))))
    }
}

/// The one id of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id(pub(crate) Uuid);

/// The two ids of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids(pub(crate) Uuid, pub(crate) Uuid);

impl FromRequestParts<App> for Id {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let id: Path<String> = Path::from_request_parts(parts, app).await.map_err(|_| no_id())?;
        id_of(&id).map(Self)
    }
}

impl FromRequestParts<App> for Ids {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let Path((first, second)): Path<(String, String)> =
            Path::from_request_parts(parts, app).await.map_err(|_| no_id())?;
        Ok(Self(id_of(&first)?, id_of(&second)?))
    }
}

/// Whether a text can be an address: something, an at sign, a host with a dot.
pub(crate) fn is_address(text: &str) -> bool {
    let mut parts = text.rsplitn(2, '@');
    let (host, local) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let fits = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    let is_host = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    fits(local) && fits(host) && is_host && text.len() <= 254
}

/// An id that came as text.
///
/// # Errors
/// It is none; the published answer is 400.
pub(crate) fn id_of(text: &str) -> Result<Uuid, Fault> {
    Uuid::parse_str(text).map_err(|_| no_id())
}

fn no_id() -> Fault {
    Fault::Invalid("Invalid data".to_owned())
}

/// Microseconds of three months and of a day, the window that holds where none is given.
const BEFORE_US: i64 = 92 * 86_400_000_000;
const AFTER_US: i64 = 86_400_000_000;

/// `start_date` and `end_date` of a query; the last three months and a day where they are missing.
///
/// # Errors
/// One of them is no point in time.
pub(crate) fn window(app: &App, Query(mut query): Query) -> Result<Window, Fault> {
    let now = app.now().micros();
    let start = query.time("start_date", Optional::Yes).map(Timestamp::from);
    let end = query.time("end_date", Optional::Yes).map(Timestamp::from);
    let start = start.unwrap_or_else(|| Timestamp::from_micros(now - BEFORE_US));
    let end = end.unwrap_or_else(|| Timestamp::from_micros(now + AFTER_US));
    Ok(query.finish(|| Some(Window::new(start, end)))?)
}
