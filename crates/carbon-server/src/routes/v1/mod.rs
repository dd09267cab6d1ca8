//! What our own client and dashboard use, under `/v1`: pages with cursors, figures with units in their
//! names, times with their zone, faults as problem documents. The routes of one's own account are in
//! [`account`](super::account).

mod admin;
mod asked;
mod bulk;
mod compare;
mod emissions;
mod experiments;
mod export;
mod live;
mod runs;
mod scope;
mod series;
mod shown;
mod sums;
mod tables;
mod tasks;

use axum::Router;

use crate::app::App;

pub(super) use admin::role_name;
pub(super) use tasks::read as read_tasks;

/// The routes; each file declares its own.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(bulk::router())
        .merge(admin::router())
        .merge(compare::router())
        .merge(emissions::router())
        .merge(experiments::router())
        .merge(export::router())
        .merge(live::router())
        .merge(runs::router())
        .merge(series::router())
        .merge(sums::router())
        .merge(tasks::router())
}
