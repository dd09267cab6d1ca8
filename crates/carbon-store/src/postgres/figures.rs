//! Sums of stretches of time, added up by the server in one walk: days that count as a whole become
//! the sums of their stretch, and those that are cut stay apart and are looked at hour by hour, in the
//! same way; of an hour that is cut, its rows.

use super::columns::{NAMES, OF_A_ROW, TOTALS};
use super::link::Link;
use crate::cell::{Cell, FromRow, Row};
use crate::error::Result;
use crate::figures::{Found, OF_ORGANIZATION, Question};
use crate::sums::Sums;
use crate::time::{DAY_US, HOUR_US};

impl FromRow for Found {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { item: row.next()?, stretch: row.next()?, sums: Sums::from_row(row)? })
    }
}

/// The condition for a run of an organization, from where the walk begins at its projects.
const RUNS_OF_ORGANIZATION: &str =
    "r.project_id = ANY (ARRAY(SELECT o.id FROM projects o WHERE o.organization_id = $1))";

/// Answers a question.
pub(crate) async fn answer(link: &mut Link, question: &Question) -> Result<Vec<Found>> {
    let mut params = vec![question.id.clone(), question.start.into(), question.end.into()];
    if let Some(width) = question.width {
        params.extend([Cell::from(width), question.origin.into()]);
    }
    let rows = link.rows(&sql(question), &params).await?;
    question.allow(rows.len())?;
    rows.into_iter().map(|mut row| Found::from_row(&mut row)).collect()
}

/// The question in SQL. `$1` is the scope, `$2` and `$3` the window, `$4` the width of stretches and
/// `$5` where they are counted from.
fn sql(question: &Question) -> String {
    let (item, has_buckets) = (question.item, question.width.is_some());
    let filter = match question.filter {
        OF_ORGANIZATION => RUNS_OF_ORGANIZATION,
        other => other,
    };
    let bucket =
        |time: &str| if has_buckets { format!("({time} - $5) / $4") } else { "0".to_owned() };
    let whole = |start: &str, length: i64| {
        let end = format!("{start} + {}", length - 1);
        let inside = format!("{start} >= $2 AND {end} <= $3");
        if has_buckets {
            format!("({inside} AND {} = {})", bucket(start), bucket(&format!("({end})")))
        } else {
            format!("({inside})")
        }
    };
    let (whole_day, whole_hour) = (whole("d.start_us", DAY_US), whole("h.start_us", HOUR_US));
    let (names, raw, totals) = (&*NAMES, &*OF_A_ROW, &*TOTALS);
    let most = match question.most.checked_add(1) {
        Some(most) => format!("LIMIT {most}"),
        None => String::new(),
    };
    let (last_of_day, last_of_hour) = (DAY_US - 1, HOUR_US - 1);
    // OFFSET 0 keeps the server from turning the walk round: it would begin with all days of all
    // runs there are, or go from a run's project to all of its runs.
    format!(
        "WITH days AS MATERIALIZED (
           SELECT item, bucket, run_key, cut_us, {totals} FROM (
             SELECT {item} AS item,
               CASE WHEN {whole_day} THEN {bucket_of_day} END AS bucket,
               CASE WHEN NOT {whole_day} THEN d.run_key END AS run_key,
               CASE WHEN NOT {whole_day} THEN d.start_us END AS cut_us, {of_day}
             FROM runs r CROSS JOIN LATERAL (
               SELECT p.id FROM projects p
               WHERE p.id = r.project_id AND p.deleted_us IS NULL OFFSET 0
             ) AS p CROSS JOIN LATERAL (
               SELECT * FROM run_days d WHERE d.run_key = r.key
               AND d.start_us >= $2 - {last_of_day} AND d.start_us <= $3 OFFSET 0
             ) AS d WHERE r.deleted_us IS NULL AND {filter}
           ) AS parts GROUP BY item, bucket, run_key, cut_us
         ), hours AS MATERIALIZED (
           SELECT item, bucket, run_key, cut_us, {totals} FROM (
             SELECT d.item,
               CASE WHEN {whole_hour} THEN {bucket_of_hour} END AS bucket,
               CASE WHEN NOT {whole_hour} THEN h.run_key END AS run_key,
               CASE WHEN NOT {whole_hour} THEN h.start_us END AS cut_us, {of_hour}
             FROM days d CROSS JOIN LATERAL (
               SELECT * FROM run_hours h WHERE h.run_key = d.run_key
               AND h.start_us >= d.cut_us AND h.start_us <= d.cut_us + {last_of_day}
               AND h.start_us >= $2 - {last_of_hour} AND h.start_us <= $3 OFFSET 0
             ) AS h WHERE d.bucket IS NULL
           ) AS parts GROUP BY item, bucket, run_key, cut_us
         )
         SELECT item, bucket, {totals} FROM (
           SELECT item, bucket, {names} FROM days WHERE bucket IS NOT NULL
           UNION ALL
           SELECT item, bucket, {names} FROM hours WHERE bucket IS NOT NULL
           UNION ALL
           SELECT h.item, {bucket_of_row} AS bucket, {raw}
           FROM hours h CROSS JOIN LATERAL (
             SELECT * FROM emissions e WHERE e.run_key = h.run_key
             AND e.timestamp_us >= h.cut_us AND e.timestamp_us <= h.cut_us + {last_of_hour}
             AND e.timestamp_us >= $2 AND e.timestamp_us <= $3 OFFSET 0
           ) AS e WHERE h.bucket IS NULL
         ) AS parts GROUP BY item, bucket ORDER BY bucket {most}",
        bucket_of_day = bucket("d.start_us"),
        bucket_of_hour = bucket("h.start_us"),
        bucket_of_row = bucket("e.timestamp_us"),
        of_day = columns_of("d"),
        of_hour = columns_of("h"),
    )
}

/// The kept columns of a table of this name.
fn columns_of(table: &str) -> String {
    format!("{table}.{}", NAMES.replace(", ", &format!(", {table}.")))
}
