//! Tasks of runs.

use serde_json::{Value, json};

use crate::lab::{Lab, lab};

#[tokio::test]
async fn tasks_come_back_page_by_page_and_count_once() {
    tasks(lab().await).await;
}

pub(crate) async fn tasks(lab: Lab) {
    let run = lab.make_run(&lab.experiment, 600, json!({})).await;
    let path = format!("/v1/runs/{run}/tasks");
    let task = |n: u32| {
        json!({
            "id": uuid::Uuid::from_u128(u128::from(n) + (7 << 64)).to_string(), "name": format!("epoch {n}"),
            "start": "2026-11-22T07:55:00Z", "duration_s": 1.5, "energy_kwh": f64::from(n),
            "emissions_kg": 0.5, "cpu_energy_kwh": null,
        })
    };
    let body = json!({ "tasks": (0..5).map(task).collect::<Vec<_>>() });
    assert_eq!(lab.write(&path, body.clone()).await.body, json!({ "stored": 5 }));
    assert_eq!(lab.write(&path, body).await.body, json!({ "stored": 0 }));
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page = lab.get(&format!("{path}?limit=2{after}")).await;
        let items = page.body["items"].as_array().unwrap().clone();
        names.extend(items.iter().map(|task| (task["name"].clone(), task["energy_kwh"].clone())));
        match page.body["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let wanted: Vec<(Value, Value)> =
        (0..5).map(|n| (json!(format!("epoch {n}")), json!(f64::from(n)))).collect();
    assert_eq!(names, wanted);
    let mut bad = task(9);
    bad["duration_s"] = (-1).into();
    let answer = lab.write(&path, json!({ "tasks": [task(8), bad] })).await;
    assert_eq!(
        (answer.status, answer.flaw().1),
        (422, r#"["body","tasks",1,"duration_s"]"#.into())
    );
    let nowhere = format!("/v1/runs/{}/tasks", uuid::Uuid::nil());
    assert_eq!(lab.write(&nowhere, json!({ "tasks": [] })).await.status, 404);
}
