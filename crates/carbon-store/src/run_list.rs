//! Lists of runs with what they came to: found by words, in an order of one's choice, page by page.

use std::cmp::Ordering;
use std::collections::HashMap;

use uuid::Uuid;

use crate::cell::{Cell, FromRow, Row};
use crate::error::Result;
use crate::figures::{Group, GroupBy, Scope, grouped, grouped_where};
use crate::id::RunId;
use crate::keys::{RUN_BY_KEY, keys};
use crate::run::{COLUMNS, Run};
use crate::session::Session;
use crate::store::Store;
use crate::sums::Sums;
use crate::time::{DAY_US, Timestamp, Window};

/// Which runs, and in which order.
#[derive(Debug, Clone, PartialEq)]
pub struct RunQuery {
    /// Whose.
    pub scope: Scope,
    /// Runs that began in it or have rows in it, with the sums of those rows; all without.
    pub window: Option<Window>,
    /// A text in the name of the experiment or in what the run says of its machine, in any case of
    /// letters; or the whole id of the run.
    pub search: Option<String>,
    /// The name of the machine.
    pub host: Option<String>,
    /// Whether `search` looks at the name of the machine too.
    pub is_host_searched: bool,
    /// What they are ordered by.
    pub order: RunOrder,
    /// Whether the greatest or latest comes first.
    pub is_descending: bool,
}

/// What runs are ordered by. Runs that are equal in it are ordered by their creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOrder {
    /// When they began. A page costs the same wherever it is.
    Timestamp,
    /// Energy in the window. A page costs the sums of all runs of the scope, and a run whose rows
    /// still come in may move from page to page.
    Energy,
    /// CO2e in the window, as `Energy`.
    Emissions,
    /// Length of the intervals in the window, as `Energy`.
    Duration,
}

impl RunOrder {
    fn of(self, sums: &Sums) -> f64 {
        match self {
            Self::Timestamp => 0.0,
            Self::Energy => sums.energy_kwh,
            Self::Emissions => sums.emissions_kg,
            Self::Duration => sums.duration_s,
        }
    }
}

/// A position in a list of runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunCursor {
    /// What the last run that was given is ordered by: microseconds, or the figure's bits.
    pub value: i64,
    /// Its place in the order of creation.
    pub key: i64,
}

/// A run of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEntry {
    /// The run.
    pub run: Run,
    /// Name of its experiment.
    pub experiment_name: String,
    /// Sums of its rows in the window.
    pub sums: Sums,
    /// Times of its first and last row, whatever the window; none without rows.
    pub extent: Option<(Timestamp, Timestamp)>,
}

impl Store {
    /// A page of runs, and where the next begins.
    pub async fn run_list(
        &self,
        query: RunQuery,
        after: Option<RunCursor>,
        limit: u32,
    ) -> Result<(Vec<RunEntry>, Option<RunCursor>)> {
        self.read(move |session| {
            Box::pin(async move {
                let mut places = match query.order {
                    RunOrder::Timestamp => by_time(session, &query, after, limit).await?,
                    _ => by_figure(session, &query, after, limit).await?,
                };
                let has_more = places.len() > limit as usize;
                places.truncate(limit as usize);
                let next = places.last().filter(|_| has_more).copied();
                let keys: Vec<i64> = places.iter().map(|place| place.key).collect();
                let window = query.window.unwrap_or(Window::ALL);
                Ok((entries(session, &keys, window).await?, next))
            })
        })
        .await
    }

    /// One run with all its sums. None where it is not there.
    pub async fn run_entry(&self, id: RunId) -> Result<Option<RunEntry>> {
        self.read(move |session| {
            Box::pin(async move {
                let sql = "SELECT r.key FROM live_runs r WHERE r.id = $1";
                let Some(key) = session.value::<i64>(sql, &[id.into()]).await? else {
                    return Ok(None);
                };
                Ok(entries(session, &[key], Window::ALL).await?.pop())
            })
        })
        .await
    }
}

/// A statement with its parameters, as it grows.
struct Statement {
    sql: String,
    params: Vec<Cell>,
}

impl Statement {
    /// `SELECT columns` of the runs that a query asks for, without an order.
    fn of(query: &RunQuery, columns: &str, like: &str) -> Self {
        let (filter, id) = query.scope.runs();
        let sql = format!(
            "SELECT {columns} FROM live_runs r JOIN experiments x ON x.id = r.experiment_id \
             WHERE {filter}"
        );
        let mut statement = Self { sql, params: vec![id] };
        if let Some(Window { start, end }) = query.window {
            let (start, end) = (statement.param(start), statement.param(end));
            statement.and(&format!(
                "((r.timestamp_us >= {start} AND r.timestamp_us <= {end}) OR EXISTS \
                 (SELECT 1 FROM emissions e WHERE e.run_key = r.key \
                 AND e.timestamp_us >= {start} AND e.timestamp_us <= {end}))"
            ));
        }
        if let Some(host) = &query.host {
            let host = statement.param(host.as_str());
            statement.and(&format!("r.host = {host}"));
        }
        if let Some(search) = &query.search {
            statement.search(search, query.is_host_searched, like);
        }
        statement
    }

    fn search(&mut self, text: &str, is_host_searched: bool, like: &str) {
        if let Ok(id) = text.trim().parse::<Uuid>() {
            let id = self.param(id);
            self.and(&format!("r.id = {id}"));
            return;
        }
        let mut pattern = String::from("%");
        for letter in text.chars() {
            if matches!(letter, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        pattern.push('%');
        let pattern = self.param(pattern);
        let mut columns =
            vec!["x.name", "r.os", "r.cpu_model", "r.gpu_model", "r.region", "r.provider"];
        columns.extend(is_host_searched.then_some("r.host"));
        let matches: Vec<String> = columns
            .into_iter()
            .map(|column| format!("{column} {like} {pattern} ESCAPE '\\'"))
            .collect();
        self.and(&format!("({})", matches.join(" OR ")));
    }

    fn param(&mut self, value: impl Into<Cell>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }
}

impl FromRow for RunCursor {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { value: row.next()?, key: row.next()? })
    }
}

/// The places after a position, one more than wanted if there are, by an index.
async fn by_time(
    session: &mut Session,
    query: &RunQuery,
    after: Option<RunCursor>,
    limit: u32,
) -> Result<Vec<RunCursor>> {
    let like = session.pick("LIKE", "ILIKE");
    let mut statement = Statement::of(query, "r.timestamp_us, r.key", like);
    let (beyond, direction) = if query.is_descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some(RunCursor { value, key }) = after {
        let (time, key) = (statement.param(value), statement.param(key));
        statement.and(&format!(
            "r.timestamp_us {beyond}= {time} \
             AND (r.timestamp_us {beyond} {time} OR r.key {beyond} {key})"
        ));
    }
    let limit = statement.param(i64::from(limit) + 1);
    let Statement { sql, params } = statement;
    let sql = format!("{sql} ORDER BY r.timestamp_us {direction}, r.key {direction} LIMIT {limit}");
    session.list(&sql, &params).await
}

/// The same for an order that follows from the rows.
async fn by_figure(
    session: &mut Session,
    query: &RunQuery,
    after: Option<RunCursor>,
    limit: u32,
) -> Result<Vec<RunCursor>> {
    let like = session.pick("LIKE", "ILIKE");
    let Statement { sql, params } = Statement::of(query, "r.key, r.id", like);
    let runs: Vec<(i64, RunId)> = session.list(&sql, &params).await?;
    let window = query.window.unwrap_or(Window::ALL);
    let sums = grouped(session, query.scope, GroupBy::Run, window).await?;
    let figure = |id| sums.get(&Group::Run(id)).map_or(0.0, |sums| query.order.of(sums));
    let in_order = |a: &(f64, i64), b: &(f64, i64)| {
        let ascending = a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if query.is_descending { ascending.reverse() } else { ascending }
    };
    let mut places: Vec<(f64, i64)> = runs.into_iter().map(|(key, id)| (figure(id), key)).collect();
    if let Some(RunCursor { value, key }) = after {
        let last = (f64::from_bits(value.cast_unsigned()), key);
        places.retain(|place| in_order(place, &last) == Ordering::Greater);
    }
    places.sort_by(in_order);
    places.truncate(limit as usize + 1);
    let cursor =
        |(figure, key): (f64, i64)| RunCursor { value: figure.to_bits().cast_signed(), key };
    Ok(places.into_iter().map(cursor).collect())
}

/// What the list shows of a run beside its sums.
struct Shown {
    key: i64,
    experiment_name: String,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    run: Run,
}

impl FromRow for Shown {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            key: row.next()?,
            experiment_name: row.next()?,
            first: row.next()?,
            last: row.next()?,
            run: Run::from_row(row)?,
        })
    }
}

/// Runs in the order of the keys; those that are gone are left out.
async fn entries(session: &mut Session, wanted: &[i64], window: Window) -> Result<Vec<RunEntry>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let filter = session.pick(RUN_BY_KEY[0], RUN_BY_KEY[1]);
    // The first and the last row are looked for in the day that they are in.
    let sql = format!(
        "SELECT r.key, x.name, \
         (SELECT min(e.timestamp_us) FROM emissions e WHERE e.run_key = r.key \
         AND e.timestamp_us >= r.first_us AND e.timestamp_us < r.first_us + {DAY_US}), \
         (SELECT max(e.timestamp_us) FROM emissions e WHERE e.run_key = r.key \
         AND e.timestamp_us >= r.last_us AND e.timestamp_us < r.last_us + {DAY_US}), {COLUMNS} \
         FROM (SELECT r.*, \
         (SELECT min(d.start_us) FROM run_days d WHERE d.run_key = r.key) AS first_us, \
         (SELECT max(d.start_us) FROM run_days d WHERE d.run_key = r.key) AS last_us \
         FROM live_runs r WHERE {filter}) r JOIN experiments x ON x.id = r.experiment_id"
    );
    let list = keys(wanted.iter().copied());
    let shown: Vec<Shown> = session.list(&sql, std::slice::from_ref(&list)).await?;
    let mut sums = grouped_where(session, filter, list, GroupBy::Run, window).await?;
    let mut found: HashMap<i64, RunEntry> = shown
        .into_iter()
        .map(|Shown { key, experiment_name, first, last, run }| {
            let sums = sums.remove(&Group::Run(run.id)).unwrap_or_default();
            (key, RunEntry { run, experiment_name, sums, extent: first.zip(last) })
        })
        .collect();
    Ok(wanted.iter().filter_map(|key| found.remove(key)).collect())
}
