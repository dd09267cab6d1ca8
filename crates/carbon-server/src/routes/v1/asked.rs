//! What handlers under `/v1` take in: the same ids, queries and bodies as elsewhere, refused with
//! problem documents, and queries in which nothing is passed over.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use carbon_store::{Cursor, Paging, Timestamp, Window};

use crate::app::App;
use crate::body::Query;
use crate::fault::{Fault, Problem};
use crate::wire::{Bounds, Fields, Flaw, Optional, Place};

/// Takes what `T` takes, and tells its refusals as problems.
#[derive(Debug, Clone)]
pub(super) struct Asked<T>(pub(super) T);

impl<T> FromRequestParts<App> for Asked<T>
where
    T: FromRequestParts<App, Rejection = Fault>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self(T::from_request_parts(parts, app).await?))
    }
}

/// The same for what reads the body.
#[derive(Debug)]
pub(super) struct Sent<T>(pub(super) T);

impl<T> FromRequest<App> for Sent<T>
where
    T: FromRequest<App, Rejection = Fault>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        Ok(Self(T::from_request(request, app).await?))
    }
}

/// Items of a page where nobody says how many, and the most that may be asked for.
const PAGE: i64 = 100;
pub(super) const LONGEST_PAGE: f64 = 1_000.0;

/// The fields of a query, if it names no others than these.
///
/// # Errors
/// It names another; `finish` of the fields tells it.
pub(super) fn known(Query(mut query): Query, names: &[&str]) -> Fields {
    query.allow_only(names);
    query
}

/// `limit` and `after` of a query whose list is in the order in which the store keeps it.
pub(super) fn paging(query: &mut Fields) -> Paging {
    let limit = limit(query, LONGEST_PAGE);
    let after = query.text("after", Optional::Yes);
    let after = after.and_then(|text| {
        let cursor = text.strip_prefix(CURSOR).and_then(|digits| digits.parse().ok());
        if cursor.is_none() {
            bad_cursor(query, &text);
        }
        cursor.map(Cursor)
    });
    Paging { after, limit }
}

/// `limit` of a query.
pub(super) fn limit(query: &mut Fields, longest: f64) -> u32 {
    let limit = query.integer("limit", Optional::Yes, Bounds::between(1.0, longest));
    limit.unwrap_or(PAGE) as u32
}

/// Tells that `after` is nothing that this list has given out.
pub(super) fn bad_cursor(query: &mut Fields, text: &str) {
    let words = "Input should be a cursor that this list has given";
    query.flaw(Flaw::of_field("cursor", Place::Query, "after", words, &text.into()));
}

/// What a cursor begins with, so that nobody takes it for a number of items.
const CURSOR: &str = "c";

/// A cursor as clients get it.
pub(super) fn cursor_text(cursor: Cursor) -> String {
    format!("{CURSOR}{}", cursor.0)
}

/// `start` and `end` of a query, both included; none where neither is given.
pub(super) fn window(query: &mut Fields) -> Option<Window> {
    let start = query.time("start", Optional::Yes).map(Timestamp::from);
    let end = query.time("end", Optional::Yes).map(Timestamp::from);
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        let words = "Input should not be before start";
        query.flaw(Flaw::of_field("window", Place::Query, "end", words, &end.micros().into()));
    }
    if start.is_none() && end.is_none() {
        return None;
    }
    let all = Window::ALL;
    Some(Window::new(start.unwrap_or(all.start), end.unwrap_or(all.end)))
}

/// A field of a query that is one of a few words.
pub(super) fn one_of<T: Copy>(query: &mut Fields, name: &str, words: &[(&str, T)]) -> Option<T> {
    let text = query.text(name, Optional::Yes)?;
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let expected = format!("Input should be one of {}", names.join(", "));
        query.flaw(Flaw::of_field("enum", Place::Query, name, expected, &text.into()));
    }
    found.map(|(_, value)| *value)
}
