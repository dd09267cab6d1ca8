//! From when to when there are rows.

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::figures::Scope;
use crate::session::Session;
use crate::store::Store;
use crate::time::{DAY_US, HOUR_US, Timestamp, Window};

struct Ends(Option<i64>, Option<i64>);

impl FromRow for Ends {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self(row.next()?, row.next()?))
    }
}

impl Store {
    /// The times of the first and of the last row of a scope; none without rows. It costs a look at
    /// the days of each run, and at the rows of two hours.
    pub async fn extent(&self, scope: Scope) -> Result<Option<Window>> {
        self.read(move |session| {
            Box::pin(async move {
                let (filter, id) = scope.runs();
                let days = format!(
                    "SELECT min(q.first_us), max(q.last_us) FROM (SELECT \
                     (SELECT min(d.start_us) FROM run_days d WHERE d.run_key = r.key) AS first_us, \
                     (SELECT max(d.start_us) FROM run_days d WHERE d.run_key = r.key) AS last_us \
                     FROM live_runs r WHERE {filter}) q"
                );
                let found: Option<Ends> = session.find(&days, std::slice::from_ref(&id)).await?;
                let Some(Ends(Some(first), Some(last))) = found else { return Ok(None) };
                let first = edge(session, scope, "min", first).await?;
                let last = edge(session, scope, "max", last).await?;
                Ok(first.zip(last).map(|(first, last)| Window::new(first, last)))
            })
        })
        .await
    }
}

/// The first (`min`) or last (`max`) row of a day.
async fn edge(
    session: &mut Session,
    scope: Scope,
    edge: &str,
    day: i64,
) -> Result<Option<Timestamp>> {
    let (filter, id) = scope.runs();
    let hour = format!(
        "SELECT {edge}(q.hour_us) FROM (SELECT \
         (SELECT {edge}(h.start_us) FROM run_hours h WHERE h.run_key = r.key \
         AND h.start_us >= $2 AND h.start_us < $2 + {DAY_US}) AS hour_us \
         FROM live_runs r WHERE {filter}) q"
    );
    let Some(hour) = session.value::<Option<i64>>(&hour, &[id.clone(), day.into()]).await? else {
        return Ok(None);
    };
    let row = format!(
        "SELECT {edge}(q.time_us) FROM (SELECT \
         (SELECT {edge}(e.timestamp_us) FROM emissions e WHERE e.run_key = r.key \
         AND e.timestamp_us >= $2 AND e.timestamp_us < $2 + {HOUR_US}) AS time_us \
         FROM live_runs r WHERE {filter}) q"
    );
    Ok(session.value::<Option<Timestamp>>(&row, &[id, hour.into()]).await?.flatten())
}
