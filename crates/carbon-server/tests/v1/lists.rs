//! Lists, page by page.

use serde_json::{Value, json};

use crate::lab::{Lab, NOW_S, lab, row};

/// All items of a list, with something done between its pages.
async fn walk<F: AsyncFnMut()>(lab: &Lab, path: &str, mut between: F) -> Vec<Value> {
    let (mut items, mut after) = (Vec::new(), String::new());
    loop {
        let answer = lab.get(&format!("{path}{after}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        items.extend(answer.body["items"].as_array().unwrap().iter().cloned());
        let Some(next) = answer.body["next"].as_str() else { return items };
        after = format!("&after={next}");
        between().await;
    }
}

fn names(items: &[Value], key: &str) -> Vec<String> {
    items.iter().filter_map(|item| item[key].as_str()).map(str::to_owned).collect()
}

#[tokio::test]
async fn pages_hold_every_row_once_while_others_come() {
    rows(lab().await).await;
}

pub(crate) async fn rows(lab: Lab) {
    let run = lab.make_run(&lab.experiment, 3600, json!({})).await;
    // Ten rows of each time: pages end between rows that differ in nothing but their id.
    let old: Vec<Value> = (0..120).map(|n| row(&run, NOW_S - 3600 + n / 10, 1.0)).collect();
    lab.send_rows(&old).await;
    for (order, forward) in [("desc", false), ("asc", true)] {
        let mut later = NOW_S;
        let path = format!("/v1/runs/{run}/emissions?limit=7&order={order}");
        let items = walk(&lab, &path, async || {
            later += 1;
            lab.send_rows(&[row(&run, later, 100.0)]).await;
        })
        .await;
        let old: Vec<Value> =
            items.iter().filter(|item| item["energy_consumed"] == 1.0).cloned().collect();
        let mut ids = names(&old, "id");
        assert_eq!(ids.len(), 120, "{order}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 120, "{order}: a row came twice");
        let times = names(&items, "timestamp");
        let is_sorted = if forward { times.is_sorted() } else { times.iter().rev().is_sorted() };
        assert!(is_sorted, "{order}");
    }
    let page = lab.get(&format!("/v1/runs/{run}/emissions?limit=1&order=asc")).await;
    assert_eq!(page.number("/items/0/duration_s"), 10.0);
    assert_eq!(page.text_at("/items/0/timestamp"), "2026-11-22T07:00:00Z");
    let turned = format!("/v1/runs/{run}/emissions?after={}", page.text("next"));
    assert_eq!(lab.get(&turned).await.status, 422, "a cursor of the other order");
}

#[tokio::test]
async fn runs_are_found_and_ordered() {
    runs(lab().await).await;
}

pub(crate) async fn runs(lab: Lab) {
    let other = lab.make_experiment("50%_more").await;
    let mut ids = Vec::new();
    for (experiment, ago_s, facts, energy_kwh) in [
        (&lab.experiment, 3000, json!({ "host": "node1", "cpu_model": "Ryzen" }), 5.0),
        (&lab.experiment, 2000, json!({ "host": "node2", "os": "Linux" }), 1.0),
        (&other, 2000, json!({ "host": "node2", "gpu_model": "H200" }), 3.0),
        (&other, 1000, json!({}), 0.0),
    ] {
        let run = lab.make_run(experiment, ago_s, facts).await;
        if energy_kwh > 0.0 {
            lab.send_rows(&[row(&run, NOW_S - ago_s + 10, energy_kwh)]).await;
        }
        ids.push(run);
    }
    let path = |query: &str| format!("/v1/projects/{}/runs?{query}", lab.project);
    let start = crate::lab::time(NOW_S - 2500);
    for (query, wanted) in [
        ("order=asc", vec![0, 1, 2, 3]),
        ("", vec![3, 2, 1, 0]),
        ("sort=energy", vec![0, 2, 1, 3]),
        ("sort=emissions&order=asc", vec![3, 1, 2, 0]),
        ("search=ryzen", vec![0]),
        ("search=50%25_m", vec![3, 2]),
        ("search=5_%25", vec![]),
        ("search=NODE2", vec![2, 1]),
        ("host=node2&sort=energy&order=asc", vec![1, 2]),
        (&format!("search={}", ids[2]), vec![2]),
        (&format!("start={start}&order=asc"), vec![1, 2, 3]),
        ("end=2001-01-01", vec![]),
    ] {
        let wanted: Vec<&String> = wanted.into_iter().map(|n: usize| &ids[n]).collect();
        for limit in ["limit=100", "limit=1"] {
            let found = walk(&lab, &path(&format!("{query}&{limit}")), async || {}).await;
            assert_eq!(names(&found, "id").iter().collect::<Vec<_>>(), wanted, "{query} {limit}");
        }
    }
    let found = lab.get(&path("order=asc")).await;
    assert_eq!(found.number("/items/0/figures/energy_kwh"), 5.0);
    assert_eq!(found.text_at("/items/0/experiment_name"), "base");
    assert_eq!(found.text_at("/items/0/first"), crate::lab::time(NOW_S - 2990));
    assert_eq!(found.body["items"][3]["last"], json!(null));
    let of_experiment = lab.get(&format!("/v1/experiments/{other}/runs?sort=duration")).await;
    assert_eq!(names(of_experiment.body["items"].as_array().unwrap(), "id"), [&*ids[2], &*ids[3]]);
}

#[tokio::test]
async fn experiments_come_with_their_figures() {
    experiments(lab().await).await;
}

pub(crate) async fn experiments(lab: Lab) {
    let mut made = vec![lab.experiment.clone()];
    for name in ["b", "c", "d", "e"] {
        made.push(lab.make_experiment(name).await);
    }
    let run = lab.make_run(&made[2], 600, json!({})).await;
    lab.make_run(&made[2], 600, json!({})).await;
    lab.send_rows(&[row(&run, NOW_S - 500, 2.0), row(&run, NOW_S - 100, 1.0)]).await;
    let start = crate::lab::time(NOW_S - 200);
    let path = format!("/v1/projects/{}/experiments?start={start}&limit=2", lab.project);
    let found = walk(&lab, &path, async || {
        lab.make_experiment("later").await;
    })
    .await;
    assert_eq!(names(&found[..5], "id"), made);
    let figures = |n: usize| (&found[n]["runs"], &found[n]["figures"]["energy_kwh"]);
    assert_eq!(figures(2), (&json!(2), &json!(1.0)));
    assert_eq!(figures(0), (&json!(0), &json!(0.0)));
    assert_eq!(found[0]["timestamp"], "2026-11-22T08:00:00Z");
}
