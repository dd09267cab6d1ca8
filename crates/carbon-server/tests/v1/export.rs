//! Exported files, read again.

use axum::http::Method;
use serde_json::{Value, json};

use crate::lab::{Answer, Lab, NOW_S, is_close, lab, row};
use crate::parquet::{Value as Cell, read};

async fn export(lab: &Lab, query: &str) -> Answer {
    let answer = lab.get(&format!("/v1/projects/{}/export?{query}", lab.project)).await;
    assert_eq!(answer.status, 200, "{query} {}", answer.body);
    let name = answer.headers["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("attachment; filename=\"codecarbon-"), "{name}");
    answer
}

/// The table as objects, from CSV.
fn csv(answer: &Answer) -> Vec<Value> {
    let mut reader = csv::Reader::from_reader(&answer.bytes[..]);
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let object = |row: csv::StringRecord| {
        names.iter().cloned().zip(row.iter().map(Value::from)).collect::<Value>()
    };
    reader.records().map(|row| object(row.unwrap())).collect()
}

fn total(cells: impl Iterator<Item = f64>) -> f64 {
    cells.sum()
}

#[tokio::test]
async fn rows_are_the_same_in_every_format() {
    // More rows than a group of Parquet.
    rows(lab().await, 20_400).await;
}

/// Rows more than a page of the export, in thirds.
pub(crate) async fn rows(lab: Lab, count: i64) {
    let a = lab.make_run(&lab.experiment, 30_000, json!({})).await;
    let b = lab.make_run(&lab.experiment, 30_000, json!({})).await;
    let third = count / 3;
    for from in [0, third, 2 * third] {
        let each = |n: i64| row(if n % 2 == 0 { &a } else { &b }, NOW_S - 30_000 + n, 1.0 / 64.0);
        let rows: Vec<Value> = (from..from + third).map(each).collect();
        lab.send_rows(&rows).await;
    }
    let kwh = count as f64 / 64.0;
    let as_csv = csv(&export(&lab, "").await);
    let count = usize::try_from(count).unwrap();
    assert_eq!(as_csv.len(), count);
    let number = |text: &Value| text.as_str().unwrap().parse::<f64>().unwrap();
    assert!(is_close(total(as_csv.iter().map(|row| number(&row["energy_kwh"]))), kwh));
    assert_eq!(as_csv[0]["gpu_power_w"], "");
    let as_list = export(&lab, "format=json").await;
    let as_list = as_list.body.as_array().unwrap();
    assert!(is_close(total(as_list.iter().filter_map(|row| row["energy_kwh"].as_f64())), kwh));
    let as_lines = export(&lab, "format=ndjson").await;
    let as_lines: Vec<Value> = as_lines
        .bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(&as_lines, as_list);
    let table = read(&export(&lab, "format=parquet").await.bytes);
    assert_eq!(table.rows, count);
    for (name, cells) in &table.columns {
        assert_eq!(cells.len(), count, "{name}");
        for (cell, row) in cells.iter().zip(as_list) {
            let told = &row[name];
            let is_same = match cell {
                Cell::Null => told.is_null(),
                Cell::Text(text) => told == text.as_str(),
                Cell::Real(number) => told.as_f64() == Some(*number),
                Cell::Whole(micros) => {
                    let time = carbon_server::wire::Micros(*micros);
                    *told == time.utc().as_str()
                }
                Cell::Truth(_) => false,
            };
            assert!(is_same, "{name}: {cell:?} is {told}");
        }
    }
    let window = format!(
        "start={}&end={}",
        crate::lab::time(NOW_S - 30_000 + 100),
        crate::lab::time(NOW_S - 30_000 + 199)
    );
    assert_eq!(csv(&export(&lab, &window).await).len(), 100);
}

#[tokio::test]
async fn names_that_are_formulas_are_harmless() {
    levels(lab().await).await;
}

pub(crate) async fn levels(lab: Lab) {
    let name = "=HYPERLINK(\"http://x\"), \"a\"\n";
    let formula = lab.make_experiment(name).await;
    let run = lab.make_run(&formula, 600, json!({ "os": "@os", "host": "-node" })).await;
    lab.send_rows(&[row(&run, NOW_S - 10, 2.0)]).await;
    let experiments = csv(&export(&lab, "level=experiments").await);
    assert_eq!(experiments[1]["name"].as_str().unwrap(), format!("'{name}"));
    assert_eq!(
        (&experiments[1]["energy_kwh"], &experiments[0]["energy_kwh"]),
        (&json!("2"), &json!("0"))
    );
    let runs = csv(&export(&lab, "level=runs").await);
    assert_eq!((&runs[0]["os"], &runs[0]["host"]), (&json!("'@os"), &json!("'-node")));
    // Elsewhere words are what they are.
    let as_json = export(&lab, "level=experiments&format=json").await;
    assert_eq!(as_json.body[1]["name"], name);
    for level in ["runs", "experiments"] {
        let table = read(&export(&lab, &format!("level={level}&format=parquet")).await.bytes);
        let energy = &table.columns["energy_kwh"];
        assert_eq!(energy.last(), Some(&Cell::Real(2.0)), "{level}");
    }
    let truths = read(&export(&lab, "level=experiments&format=parquet").await.bytes);
    assert_eq!(truths.columns["on_cloud"], [Cell::Truth(false), Cell::Truth(false)]);
    let of_run = lab.get(&format!("/v1/runs/{run}/export?level=experiments")).await;
    assert_eq!(of_run.status, 422);
}

#[tokio::test]
async fn a_table_without_rows_is_a_whole_file() {
    let lab = lab().await;
    assert_eq!(csv(&export(&lab, "format=csv").await), Vec::<Value>::new());
    assert_eq!(export(&lab, "format=json").await.body, json!([]));
    assert_eq!(export(&lab, "format=ndjson").await.bytes, b"");
    let table = read(&export(&lab, "format=parquet").await.bytes);
    assert_eq!((table.rows, table.columns.len()), (0, 21));
}

#[tokio::test]
async fn a_store_that_fails_in_the_middle_breaks_the_file_off() {
    let lab = lab().await;
    let run = lab.make_run(&lab.experiment, 30_000, json!({})).await;
    for from in [0, 10_000, 20_000] {
        let rows: Vec<Value> =
            (from..from + 10_000).map(|n| row(&run, NOW_S - 30_000 + n, 1.0)).collect();
        lab.send_rows(&rows).await;
    }
    let path = format!("/v1/runs/{run}/export?format=ndjson");
    let response = lab.ask(Method::GET, &path, &[], "").await;
    assert_eq!(response.status(), 200);
    // Nobody has taken anything yet, so most of it is still in the store.
    lab.app.store().close().await;
    let body = axum::body::to_bytes(response.into_body(), 1 << 26).await;
    assert!(body.is_err(), "a part looks like the whole");
}
