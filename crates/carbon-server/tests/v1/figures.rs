//! Sums and series: figures in units.

use serde_json::json;

use crate::lab::{Lab, NOW_S, is_close, lab, row, row_of, time};

#[tokio::test]
async fn sums_are_told_apart_and_add_up() {
    sums(lab().await).await;
}

pub(crate) async fn sums(lab: Lab) {
    let other = lab.make_experiment("=other").await;
    let host = json!({ "host": "node7" });
    let a = lab.make_run(&lab.experiment, 7200, host).await;
    let b = lab.make_run(&other, 7200, json!({})).await;
    // 10 s at 360 W and 30 s at 40 W are 120 W over time, and 200 W over rows.
    let [short, long] =
        [row_of(&a, NOW_S - 7000, 10, 0.001), row_of(&a, NOW_S - 60, 30, 0.001 / 3.0)];
    let kwh = 0.001 + 0.001 / 3.0;
    lab.send_rows(&[short, long, row(&b, NOW_S - 50, 4.0)]).await;
    for scope in
        [format!("organizations/{}", lab.organization), format!("projects/{}", lab.project)]
    {
        let answer = lab.get(&format!("/v1/{scope}/sums?by=experiment")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(is_close(answer.number("/total/energy_kwh"), 4.0 + kwh));
        assert_eq!(answer.number("/total/rows"), 3.0);
        let groups = answer.body["groups"].as_array().unwrap();
        let told: Vec<_> = groups.iter().map(|g| (&g["key"], &g["name"])).collect();
        let (other, base) = (json!(other), json!(lab.experiment));
        assert_eq!(told, [(&other, &json!("=other")), (&base, &json!("base"))]);
        assert!(is_close(answer.number("/groups/1/cpu_power_w"), 120.0), "{}", answer.body);
        assert_eq!(answer.body["groups"][1]["gpu_power_w"], json!(null));
    }
    let run = lab.get(&format!("/v1/runs/{a}/sums?start={}", time(NOW_S - 100))).await;
    assert!(is_close(run.number("/total/energy_kwh"), 0.001 / 3.0));
    assert_eq!((&run.body["start"], &run.body["end"]), (&json!(time(NOW_S - 100)), &json!(null)));
    assert_eq!(run.body.get("groups"), None);
    let by_host = lab.get(&format!("/v1/projects/{}/sums?by=host&limit=1", lab.project)).await;
    assert_eq!(by_host.body["groups"][0]["key"], json!(null));
    assert_eq!(by_host.body["groups_left_out"], 1);
    let empty = lab.get(&format!("/v1/projects/{}/sums?end=2001-01-01", lab.project)).await;
    assert_eq!(
        (empty.number("/total/energy_kwh"), &empty.body["total"]["cpu_power_w"]),
        (0.0, &json!(null))
    );
}

#[tokio::test]
async fn bounds_are_told_where_every_row_has_them() {
    bounds(lab().await).await;
}

pub(crate) async fn bounds(lab: Lab) {
    let bounded = lab.make_run(&lab.experiment, 600, json!({})).await;
    let partly = lab.make_run(&lab.experiment, 600, json!({})).await;
    let with = |run: &str, n: i64| {
        let mut row = row(run, NOW_S - n, 1.0);
        row["energy_low_kwh"] = 0.5.into();
        row["energy_high_kwh"] = 2.0.into();
        row
    };
    let rows = [with(&bounded, 1), with(&bounded, 2), with(&partly, 1), row(&partly, NOW_S, 1.0)];
    lab.send_rows(&rows).await;
    let figures = lab.get(&format!("/v1/runs/{bounded}/sums")).await;
    assert_eq!(figures.number("/total/energy_low_kwh"), 1.0);
    assert_eq!(figures.number("/total/energy_high_kwh"), 4.0);
    assert_eq!(figures.body["total"]["emissions_low_kg"], json!(null));
    for scope in [format!("runs/{partly}"), format!("projects/{}", lab.project)] {
        let figures = lab.get(&format!("/v1/{scope}/sums")).await;
        assert_eq!(figures.body["total"]["energy_low_kwh"], json!(null), "{scope}");
    }
    let path = format!("/v1/runs/compare?run={partly}&run={bounded}");
    let compared = lab.get(&path).await;
    assert_eq!(compared.body["differences"][0]["energy"]["verdict"], "unknown");
    assert_eq!(compared.body["differences"][0]["duration"]["verdict"], "same");
    assert_eq!(compared.number("/differences/0/energy/ratio"), 1.0);
    assert_eq!(compared.body["runs"][1]["project"]["name"], "translation");
    assert_eq!(compared.body["runs"][1]["experiment"]["name"], "base");
}

#[tokio::test]
async fn a_series_has_every_row_of_the_window_once() {
    series(lab().await).await;
}

pub(crate) async fn series(lab: Lab) {
    let run = lab.make_run(&lab.experiment, 400_000, json!({})).await;
    // One row of 1/64 kWh each 1,000 s over 400,000 s, between the seconds that people like.
    let rows: Vec<_> =
        (0..400).map(|n| row(&run, NOW_S - 400_000 + n * 1000 + 17, 1.0 / 64.0)).collect();
    lab.send_rows(&rows).await;
    let whole = format!("/v1/projects/{}/series", lab.project);
    let (start_s, end_s) = (NOW_S - 300_123, NOW_S - 100_456);
    let within = |n: &i64| (start_s..=end_s).contains(&(NOW_S - 400_000 + n * 1000 + 17));
    let in_window = (0..400).filter(within).count() as f64 / 64.0;
    let window = format!("start={}&end={}", time(start_s), time(end_s));
    for (query, kwh, most) in [
        (String::new(), 400.0 / 64.0, 200),
        ("?buckets=7".to_owned(), 400.0 / 64.0, 7),
        (format!("?{window}"), in_window, 200),
        (format!("?{window}&buckets=1"), in_window, 1),
        (format!("?{window}&width_s=3600.5"), in_window, 60),
        (format!("?{window}&width_s=86400&by=run"), in_window, 60),
    ] {
        let answer = lab.get(&format!("{whole}{query}")).await;
        assert_eq!(answer.status, 200, "{query} {}", answer.body);
        let points = answer.body["points"].as_array().unwrap();
        let sum: f64 = points.iter().filter_map(|point| point["energy_kwh"].as_f64()).sum();
        assert!(is_close(sum, kwh), "{query}: {sum} of {kwh} kWh");
        assert!(!points.is_empty() && points.len() <= most, "{query}: {} points", points.len());
        assert_eq!(points[0].get("key").is_some(), query.contains("by="), "{query}");
        let starts: Vec<_> = points.iter().filter_map(|point| point["start"].as_str()).collect();
        assert!(starts.is_sorted(), "{query}");
    }
    // Each row is 10 s long: its power over time, not over the stretch.
    let answer = lab.get(&format!("{whole}?buckets=3")).await;
    assert!(is_close(answer.number("/points/0/cpu_power_w"), 5625.0), "{}", answer.body);
    let path = format!("/v1/experiments/{}/series", lab.make_experiment("empty").await);
    let empty = lab.get(&path).await;
    assert_eq!((&empty.body["start"], &empty.body["points"]), (&json!(null), &json!([])));
}

#[tokio::test]
async fn what_nobody_can_mean_is_refused_by_its_name() {
    let lab = lab().await;
    for (query, name) in [
        ("sums?bye=run", "bye"),
        ("sums?by=shoe", "by"),
        ("sums?start=yesterday", "start"),
        ("sums?start=2026-02-01&end=2026-01-01", "end"),
        ("sums?by=run&limit=0", "limit"),
        ("sums?by=run&limit=1001", "limit"),
        ("series?buckets=2001", "buckets"),
        ("series?width_s=0.5", "width_s"),
        ("series?width_s=60&buckets=5", "buckets"),
        ("series?start=2020-01-01&end=2026-01-01&width_s=60", "width_s"),
        ("runs?sort=shoe", "sort"),
        ("runs?after=x", "after"),
        ("experiments?after=5", "after"),
        ("export?format=xls", "format"),
        ("live?duration_s=-1", "duration_s"),
    ] {
        let answer = lab.get(&format!("/v1/projects/{}/{query}", lab.project)).await;
        let place = format!("[\"query\",\"{name}\"]");
        assert_eq!((answer.status, answer.flaw().1), (422, place), "{query} {}", answer.body);
    }
    let answer = lab.get("/v1/projects/x/sums").await;
    assert_eq!((answer.status, answer.text("title").as_str()), (400, "Bad Request"));
    assert_eq!(lab.get("/v1/runs/compare").await.flaw().1, "[\"query\",\"run\"]");
}
