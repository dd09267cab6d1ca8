//! Rows in bulk.

use std::io::Write as _;

use axum::http::Method;
use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

use crate::lab::{Answer, Lab, NOW_S, lab, row};

async fn send(lab: &Lab, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let mut all = vec![("x-api-token", &*lab.token)];
    all.extend_from_slice(headers);
    lab.call(Method::POST, path, &all, body).await
}

async fn energy_kwh(lab: &Lab) -> f64 {
    lab.get(&format!("/v1/projects/{}/sums", lab.project)).await.number("/total/energy_kwh")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

const JSON: (&str, &str) = ("content-type", "application/json");
const LINES: (&str, &str) = ("content-type", "application/x-ndjson");

#[tokio::test]
async fn rows_come_in_every_form_and_packing() {
    every_form_and_packing(lab().await).await;
}

pub(crate) async fn every_form_and_packing(lab: Lab) {
    let run = lab.make_run(&lab.experiment, 3600, json!({})).await;
    // 2,500 rows of 1/1024 kWh in four requests: nothing is rounded.
    let rows = |from: i64, to: i64| -> Vec<Value> {
        (from..to).map(|n| row(&run, NOW_S - 3600 + n, 1.0 / 1024.0)).collect()
    };
    let lines = |rows: Vec<Value>| -> Vec<u8> {
        rows.iter().flat_map(|row| (row.to_string() + "\n").into_bytes()).collect()
    };
    let whole = |rows: Vec<Value>| json!({ "emissions": rows }).to_string().into_bytes();
    let zstd = |bytes: &[u8]| compress_to_vec(bytes, CompressionLevel::Fastest);
    for (headers, body, count) in [
        (vec![JSON], json!(rows(0, 500)).to_string().into_bytes(), 500),
        (vec![LINES], lines(rows(500, 1000)), 500),
        (vec![LINES, ("content-encoding", "gzip")], gzip(&lines(rows(1000, 2000))), 1000),
        (vec![JSON, ("content-encoding", "zstd")], zstd(&whole(rows(2000, 2500))), 500),
    ] {
        let answer = send(&lab, "/v1/emissions", &headers, body).await;
        let told = json!({ "stored": count, "repeated": 0 });
        assert_eq!((answer.status, &answer.body), (201, &told), "{headers:?}");
    }
    assert_eq!(energy_kwh(&lab).await, 2500.0 / 1024.0);
}

#[tokio::test]
async fn what_is_sent_again_counts_once() {
    sent_again(lab().await).await;
}

pub(crate) async fn sent_again(lab: Lab) {
    let run = lab.make_run(&lab.experiment, 3600, json!({})).await;
    let rows: Vec<Value> = (0..100).map(|n| row(&run, NOW_S - 3600 + n, 0.25)).collect();
    let body = || json!(rows).to_string().into_bytes();
    let key = ("idempotency-key", "once");
    let first = send(&lab, "/v1/emissions?ids=true", &[JSON, key], body()).await;
    let again = send(&lab, "/v1/emissions?ids=true", &[JSON, key], body()).await;
    assert_eq!((&first.body["stored"], &first.body["repeated"]), (&json!(100), &json!(0)));
    assert_eq!((&again.body["stored"], &again.body["repeated"]), (&json!(0), &json!(100)));
    assert_eq!(first.body["ids"], again.body["ids"]);
    assert_eq!(energy_kwh(&lab).await, 25.0);
    // A row's own id counts, whatever the request is called.
    let mut own = row(&run, NOW_S, 1.0);
    own["id"] = "f7e6d5c4-0000-4000-8000-000000000001".into();
    let twice = json!([own, own]).to_string().into_bytes();
    let answer = send(&lab, "/v1/emissions", &[JSON], twice).await;
    assert_eq!(answer.body, json!({ "stored": 1, "repeated": 1 }));
    assert_eq!(energy_kwh(&lab).await, 26.0);
}

#[tokio::test]
async fn a_request_with_a_flaw_stores_nothing_and_names_the_row() {
    flaws_name_their_row(lab().await).await;
}

pub(crate) async fn flaws_name_their_row(lab: Lab) {
    let run = lab.make_run(&lab.experiment, 3600, json!({})).await;
    let good = || row(&run, NOW_S, 1.0);
    let with = |name: &str, value: Value| {
        let mut row = good();
        row[name] = value;
        row
    };
    for (bad, kind, place) in [
        (with("energy_consumed", json!(-1)), "greater_than_equal", "energy_consumed"),
        (with("energy_consumed", json!(1e16)), "less_than_equal", "energy_consumed"),
        (with("cpu_utilization_percent", json!(101)), "less_than_equal", "cpu_utilization_percent"),
        (with("timestamp", json!("x".repeat(20_000))), "datetime_from_date_parsing", "timestamp"),
        (with("run_id", json!(uuid::Uuid::nil().to_string())), "unknown_run", "run_id"),
        (with("energy_low_kwh", json!(0.5)), "bounds", "energy_low_kwh"),
        (json!(5), "model_attributes_type", ""),
    ] {
        let body = json!([good(), good(), bad]).to_string().into_bytes();
        let answer = send(&lab, "/v1/emissions", &[JSON], body).await;
        let place = if place.is_empty() { String::new() } else { format!(",\"{place}\"") };
        let told = (422, (kind.to_owned(), format!("[\"body\",2{place}]")));
        assert_eq!((answer.status, answer.flaw()), told, "{}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let not_finite = json!([good()]).to_string().replace("1.0", "1e999");
    let answer = send(&lab, "/v1/emissions", &[JSON], not_finite.into_bytes()).await;
    assert_eq!((answer.status, &*answer.flaw().0), (422, "json_invalid"));
    assert_eq!(energy_kwh(&lab).await, 0.0);
}

#[tokio::test]
async fn what_is_too_much_or_of_another_kind_is_refused() {
    let lab = lab().await;
    let zeros = vec![b' '; 40 << 20];
    let packed = ("content-encoding", "gzip");
    for (headers, body, status) in [
        (vec![JSON, packed], gzip(&zeros), 413),
        (vec![JSON], vec![b' '; (16 << 20) + 1], 413),
        (vec![JSON, packed], b"[]".to_vec(), 400),
        (vec![JSON, ("content-encoding", "br")], b"[]".to_vec(), 415),
        (vec![("content-type", "text/csv")], b"[]".to_vec(), 415),
        (vec![], b"[]".to_vec(), 415),
        (vec![JSON], b"[]".to_vec(), 201),
    ] {
        let answer = send(&lab, "/v1/emissions", &headers, body).await;
        assert_eq!(answer.status, status, "{headers:?} {}", answer.body);
    }
    let without = lab.post("/v1/emissions", json!([])).await;
    assert_eq!(without.status, 403);
    let unknown = send(&lab, "/v1/emissions?idz=true", &[JSON], b"[]".to_vec()).await;
    assert_eq!(unknown.flaw().1, "[\"query\",\"idz\"]");
}
