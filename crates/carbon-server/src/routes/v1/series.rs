//! `GET /v1/SCOPE/{id}/series`: what rows come to in stretches of time.

use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::{BucketWidth, Timestamp, Window};

use super::asked::{Asked, known, window};
use super::scope::Scoped;
use super::shown::{figures, time};
use super::sums::{group_by, key, may_tell_apart};
use crate::app::App;
use crate::body::Query;
use crate::fault::{Fault, Problem};
use crate::wire::{Bounds, Flaw, Optional, Place};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/organizations/{id}/series", get(read))
        .route("/v1/projects/{id}/series", get(read))
        .route("/v1/experiments/{id}/series", get(read))
        .route("/v1/runs/{id}/series", get(read))
}

/// Stretches where nobody says how many, and most that may be asked for.
const BUCKETS: i64 = 200;
const MOST_BUCKETS: f64 = 2_000.0;

/// Most stretches that a width may make of a window.
const MOST_STRETCHES: i64 = 10_000;

const SECOND_US: i64 = 1_000_000;
const DAY_S: i64 = 86_400;

/// Widths under a day that people and clocks count in, s: each divides a day.
const NATURAL_S: [i64; 19] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600,
    43_200, DAY_S,
];

async fn read(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::Series>, Problem> {
    let mut query = known(query, &["start", "end", "width_s", "buckets", "by"]);
    let asked = window(&mut query);
    let by = group_by(&mut query);
    let width_s = query.float("width_s", Optional::Yes, Bounds::between(1.0, 3.2e11));
    let buckets = query.integer("buckets", Optional::Yes, Bounds::between(1.0, MOST_BUCKETS));
    if width_s.is_some() && buckets.is_some() {
        let words = "Input should not be given together with width_s";
        query.flaw(Flaw::of_field("exclusive", Place::Query, "buckets", words, &buckets.into()));
    }
    query.finish(|| Some(()))?;
    if let Some(by) = by {
        may_tell_apart(&app, &scoped, by).await?;
    }
    let is_started = asked.is_some_and(|window| window.start != Window::ALL.start);
    let window = match asked {
        Some(window) if is_started && window.end != Window::ALL.end => Some(window),
        open => within(app.store().extent(scoped.scope).await?, open.unwrap_or(Window::ALL)),
    };
    let Some(window) = window else {
        let nothing = wire::Series { start: None, end: None, width_s: 1.0, points: Vec::new() };
        return Ok(Json(nothing));
    };
    let stretches = match width_s {
        Some(width_s) => Stretches::of_width(window, width_s, is_started)?,
        None => Stretches::at_most(window, buckets.unwrap_or(BUCKETS)),
    };
    let Stretches { origin, width } = stretches;
    let width_s = width.as_secs_f64();
    let width = BucketWidth::new(width).map_err(Fault::from)?;
    let found = app.store().series_from(scoped.scope, by, window, origin, width).await?;
    let point = |found: carbon_store::SeriesPoint| wire::SeriesPoint {
        start: time(found.start),
        key: by.map(|_| key(&found.group)),
        figures: figures(&found.sums),
    };
    Ok(Json(wire::Series {
        start: Some(time(window.start)),
        end: Some(time(window.end)),
        width_s,
        points: found.into_iter().map(point).collect(),
    }))
}

/// The part of the extent that was asked for; none where there are no rows.
fn within(extent: Option<Window>, asked: Window) -> Option<Window> {
    let extent = extent?;
    let window = Window::new(extent.start.max(asked.start), extent.end.min(asked.end));
    (window.start <= window.end).then_some(window)
}

/// Stretches of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretches {
    /// Where the first begins, not after the window.
    origin: Timestamp,
    /// How long each is.
    width: Duration,
}

impl Stretches {
    /// The narrowest natural ones that are no more than so many; they begin with seconds, minutes,
    /// hours or days, so that the store answers from whole hours and days.
    fn at_most(window: Window, count: i64) -> Self {
        let (start, end) = (window.start.micros(), window.end.micros());
        let stretches = |width_s: i64| {
            let width = width_s * SECOND_US;
            // Days are counted from the first day, all others from 1970.
            let origin = start.div_euclid(width.min(DAY_S * SECOND_US));
            let origin = origin * width.min(DAY_S * SECOND_US);
            (origin, (end - origin) / width + 1)
        };
        let natural = NATURAL_S.into_iter().find(|width_s| stretches(*width_s).1 <= count);
        let width_s = natural.unwrap_or_else(|| {
            let days = stretches(DAY_S).1;
            DAY_S * ((days + count - 1) / count).max(1)
        });
        let (origin, _) = stretches(width_s);
        let width = Duration::from_secs(width_s.unsigned_abs());
        Self { origin: Timestamp::from_micros(origin), width }
    }

    /// Those of a width, from the start that the client gave; without one, from where the width
    /// divides time since 1970.
    fn of_width(window: Window, width_s: f64, is_started: bool) -> Result<Self, Fault> {
        let width_us = (width_s * 1e6).round() as i64;
        let start = window.start.micros();
        let origin = if is_started { start } else { start.div_euclid(width_us) * width_us };
        if (window.end.micros() - origin) / width_us >= MOST_STRETCHES {
            let words = "The window has more than 10000 stretches of that width";
            return Err(too_many("width_s", words));
        }
        let width = Duration::from_micros(width_us.unsigned_abs());
        Ok(Self { origin: Timestamp::from_micros(origin), width })
    }
}

fn too_many(name: &str, words: &str) -> Fault {
    let flaw = Flaw::of_field("too_long", Place::Query, name, words, &serde_json::Value::Null);
    Fault::Flaws(vec![flaw])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start_s: i64, length_s: i64) -> Window {
        let start = Timestamp::from_seconds(start_s);
        Window::new(start, Timestamp::from_seconds(start_s + length_s))
    }

    /// 2026-11-22T08:00:30Z.
    const SOME: i64 = 1_795_334_430;

    #[test]
    fn a_window_gets_the_narrowest_natural_stretches_that_are_few_enough() {
        for (length_s, count, width_s) in [
            (0, 200, 1),
            (100, 200, 1),
            (600, 200, 5),
            (3_600, 200, 30),
            (86_400, 200, 600),
            (30 * 86_400, 200, 14_400),
            (365 * 86_400, 200, 2 * 86_400),
            (365 * 86_400, 12, 31 * 86_400),
            (365 * 86_400, 1, 366 * 86_400),
        ] {
            let window = window(SOME, length_s);
            let Stretches { origin, width } = Stretches::at_most(window, count);
            assert_eq!(width.as_secs(), width_s, "{length_s} s in {count}");
            assert!(origin <= window.start);
            let stretches =
                (window.end.micros() - origin.micros()) / (width_s.cast_signed() * SECOND_US);
            assert!(stretches < count, "{stretches} of {count}");
        }
    }

    #[test]
    fn a_width_counts_from_the_start_that_was_given() {
        let window = window(SOME, 3_600);
        let given = Stretches::of_width(window, 60.0, true).unwrap();
        assert_eq!(given.origin, window.start);
        let free = Stretches::of_width(window, 60.0, false).unwrap();
        assert_eq!(free.origin, Timestamp::from_seconds(SOME - 30));
        assert!(Stretches::of_width(self::window(SOME, 86_400), 1.0, true).is_err());
    }
}
