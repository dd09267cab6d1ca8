//! Sums of stretches of time, added up by the server: days that count as a whole, hours of the other
//! days, and rows of the hours that are cut. Most questions cut no day of any run; then the last two
//! parts find nothing to walk over.

use super::columns::{NAMES, OF_A_ROW, TOTALS};
use super::link::Link;
use crate::cell::{Cell, FromRow, Row};
use crate::error::Result;
use crate::figures::{Found, Question};
use crate::sums::Sums;
use crate::time::{DAY_US, HOUR_US};

impl FromRow for Found {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { item: row.next()?, stretch: row.next()?, sums: Sums::from_row(row)? })
    }
}

/// Answers a question.
pub(crate) async fn answer(link: &mut Link, question: &Question) -> Result<Vec<Found>> {
    let mut params = vec![question.id.clone(), question.start.into(), question.end.into()];
    if let Some(width) = question.width {
        params.extend([Cell::from(width), question.origin.into()]);
    }
    let rows = link.rows(&sql(question), &params).await?;
    rows.into_iter().map(|mut row| Found::from_row(&mut row)).collect()
}

/// The question in SQL. `$1` is the scope, `$2` and `$3` the window, `$4` the width of stretches and
/// `$5` where they are counted from.
fn sql(question: &Question) -> String {
    let (filter, item, has_buckets) = (question.filter, question.item, question.width.is_some());
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
    let (bucket_of_day, bucket_of_hour) = (bucket("d.start_us"), bucket("h.start_us"));
    let (bucket_of_row, names, raw, totals) =
        (bucket("e.timestamp_us"), &*NAMES, &*OF_A_ROW, &*TOTALS);
    let (last_of_day, last_of_hour) = (DAY_US - 1, HOUR_US - 1);
    let days = format!(
        "live_runs r JOIN run_days d ON d.run_key = r.key \
         AND d.start_us >= $2 - {last_of_day} AND d.start_us <= $3"
    );
    let hours = format!(
        "{days} JOIN run_hours h ON h.run_key = d.run_key \
         AND h.start_us >= d.start_us AND h.start_us <= d.start_us + {last_of_day} \
         AND h.start_us >= $2 - {last_of_hour} AND h.start_us <= $3"
    );
    let rows = format!(
        "{hours} JOIN emissions e ON e.run_key = h.run_key \
         AND e.timestamp_us >= h.start_us AND e.timestamp_us <= h.start_us + {last_of_hour} \
         AND e.timestamp_us >= $2 AND e.timestamp_us <= $3"
    );
    format!(
        "SELECT item, bucket, {totals} FROM (
           SELECT item, bucket, {totals} FROM (
             SELECT {item} AS item, {bucket_of_day} AS bucket, {of_day} FROM {days}
             WHERE {filter} AND {whole_day}
           ) AS days GROUP BY item, bucket
           UNION ALL
           SELECT item, bucket, {totals} FROM (
             SELECT {item} AS item, {bucket_of_hour} AS bucket, {of_hour} FROM {hours}
             WHERE {filter} AND NOT {whole_day} AND {whole_hour}
           ) AS hours GROUP BY item, bucket
           UNION ALL
           SELECT item, bucket, {totals} FROM (
             SELECT {item} AS item, {bucket_of_row} AS bucket, {raw} FROM {rows}
             WHERE {filter} AND NOT {whole_day} AND NOT {whole_hour}
           ) AS rows GROUP BY item, bucket
         ) AS parts GROUP BY item, bucket ORDER BY bucket",
        of_day = names.replace(", ", ", d.").replacen("", "d.", 1),
        of_hour = names.replace(", ", ", h.").replacen("", "h.", 1),
    )
}
