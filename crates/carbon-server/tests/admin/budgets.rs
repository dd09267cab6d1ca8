//! Budgets: what may be used in a month, where it stands and where it leads.

use std::time::Duration;

use carbon_store::Timestamp;
use serde_json::{Value, json};

use crate::lab::{Lab, add_row, branch, project};

/// 2026-11-11T00:00:00Z: ten days of November are over.
pub(crate) const TENTH_S: i64 = 1_794_355_200;

/// A time before or after that, in days.
pub(crate) fn day(offset: i64) -> Timestamp {
    Timestamp::from_seconds(TENTH_S + offset * 86_400)
}

/// A laboratory with a project that is older than the month, on the tenth of it.
pub(crate) async fn on_the_tenth(lab: &mut Lab) {
    lab.server.set_clock(TENTH_S);
    lab.project = project(lab.store(), lab.organization, "old", day(-60)).await;
    (lab.experiment, lab.run) = branch(lab.store(), lab.project.id).await;
}

#[tokio::test]
async fn a_month_is_counted_and_goes_on_at_its_mean_rate() {
    let mut lab = Lab::open().await;
    on_the_tenth(&mut lab).await;
    lab.use_energy(day(-1), 1.5).await;
    lab.use_energy(day(-9), 0.5).await;
    // October and December are other months.
    lab.use_energy(day(-11), 100.0).await;
    lab.use_energy(day(20), 100.0).await;
    let set = lab.admin.put(&lab.project_path("/budget"), json!({ "energy_kwh": 6.5 })).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let read = lab.viewer.get(&lab.project_path("/budget")).await;
    assert_eq!(read.body, set.body, "without a webhook there is nothing to hide");
    assert_eq!((&read.body["month"], &read.body["state"]), (&json!("2026-11"), &json!("ok")));
    let near = |value: &Value, expected: f64| (value.as_f64().unwrap() - expected).abs() < 1e-9;
    assert!(near(&read.body["used"]["energy_kwh"], 2.0), "{}", read.text);
    assert!(near(&read.body["forecast"]["energy_kwh"], 6.0), "{}", read.text);
    assert!(near(&read.body["forecast"]["emissions_kg"], 0.6), "{}", read.text);
    let state = async |budget: Value| {
        let set = lab.admin.put(&lab.project_path("/budget"), budget).await;
        set.body["state"].clone()
    };
    assert_eq!(state(json!({ "energy_kwh": 5 })).await, "forecast");
    assert_eq!(state(json!({ "energy_kwh": 5, "emissions_kg": 0.1 })).await, "passed");
    assert_eq!(state(json!({ "emissions_kg": 1 })).await, "ok");
    assert_eq!(lab.admin.delete(&lab.project_path("/budget")).await.status, 204);
    let none = lab.viewer.get(&lab.project_path("/budget")).await;
    assert_eq!((&none.body["energy_kwh"], &none.body["state"]), (&Value::Null, &json!("ok")));
}

#[tokio::test]
async fn a_young_project_has_no_forecast_and_the_first_days_look_back() {
    let mut lab = Lab::open().await;
    lab.server.set_clock(TENTH_S);
    lab.project = project(lab.store(), lab.organization, "new", day(0)).await;
    (_, lab.run) = branch(lab.store(), lab.project.id).await;
    lab.server.pass(Duration::from_hours(23));
    let path = lab.project_path("/budget");
    assert_eq!(lab.viewer.get(&path).await.body["forecast"], Value::Null);
    lab.server.pass(Duration::from_hours(1));
    add_row(lab.store(), &lab.run, day(0), 1.0).await;
    // A kilowatt hour a day, with 19 days to come.
    let forecast = lab.viewer.get(&path).await.body["forecast"]["energy_kwh"].as_f64().unwrap();
    assert!((forecast - 20.0).abs() < 1e-6, "{forecast}");
    // In the first day of December it is the rate of the last week, 1 kWh in it.
    lab.server.set_clock(TENTH_S + 21 * 86_400);
    add_row(lab.store(), &lab.run, day(18), 1.0).await;
    let answer = lab.viewer.get(&path).await;
    let forecast = answer.body["forecast"]["energy_kwh"].as_f64().unwrap();
    assert_eq!(answer.body["month"], "2026-12");
    assert!((forecast - 30.0 / 7.0).abs() < 1e-6, "{}", answer.text);
}

#[tokio::test]
async fn what_is_no_budget_is_refused() {
    let lab = Lab::open().await;
    let hook = |url: &str| json!({ "energy_kwh": 1, "webhook": url });
    for (body, place) in [
        (json!({}), None),
        (json!({ "webhook": "https://example.org/" }), None),
        (json!({ "energy_kwh": null, "emissions_kg": null }), None),
        (json!({ "energy_kwh": 0 }), Some("energy_kwh")),
        (json!({ "emissions_kg": -1 }), Some("emissions_kg")),
        (json!({ "energy_kwh": 1e13 }), Some("energy_kwh")),
        (json!({ "energy_kwh": 1, "energy": 1 }), Some("energy")),
        (hook("http://example.org/"), Some("webhook")),
        (hook("https://127.0.0.1/"), Some("webhook")),
        (hook("https://user:pass@example.org/"), Some("webhook")),
    ] {
        let answer = lab.admin.put(&lab.project_path("/budget"), body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        let location = &answer.body["errors"][0]["loc"];
        assert_eq!(location.get(1).and_then(Value::as_str), place, "{}", answer.text);
    }
    assert_eq!(
        lab.member.put(&lab.project_path("/budget"), json!({ "energy_kwh": 1 })).await.status,
        403
    );
}

#[tokio::test]
async fn the_key_is_told_when_it_is_made_and_the_address_to_admins_only() {
    let lab = Lab::open().await;
    let path = lab.project_path("/budget");
    let hook = |kwh: i32, url: &str| json!({ "energy_kwh": kwh, "webhook": url });
    let first = lab.admin.put(&path, hook(1, "https://example.org/secret-path")).await;
    let key = first.string("webhook_key");
    assert!(key.starts_with("whsec_") && key.len() == 50, "{key}");
    let same = lab.admin.put(&path, hook(2, "https://example.org/secret-path")).await;
    assert_eq!(same.body.get("webhook_key"), None, "{}", same.text);
    let body =
        json!({ "energy_kwh": 2, "webhook": "https://example.org/secret-path", "new_key": true });
    assert_ne!(lab.admin.put(&path, body).await.string("webhook_key"), key);
    let moved = lab.admin.put(&path, hook(2, "https://example.org/elsewhere")).await;
    assert!(moved.body["webhook_key"].is_string());
    let admin = lab.admin.get(&path).await;
    assert_eq!(admin.body["webhook"], "https://example.org/elsewhere");
    let viewer = lab.viewer.get(&path).await;
    assert_eq!(
        (&viewer.body["webhook"], &viewer.body["webhook_host"]),
        (&Value::Null, &json!("example.org"))
    );
    let audit = lab.admin.get(&lab.path("/audit")).await;
    for secret in ["whsec_", "secret-path", "elsewhere"] {
        assert!(!audit.text.contains(secret) && !viewer.text.contains(secret), "{secret}");
    }
}
