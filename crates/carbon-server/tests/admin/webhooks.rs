//! Webhooks of budgets: signed, told once, told again until they were heard, and never inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use carbon_server::budget::check_budgets;
use carbon_server::settings::Settings;
use carbon_store::{Budget, SecretText, Store};
use carbon_testkit::http::{Heard, HttpServer, Reply};
use ring::hmac;
use serde_json::{Value, json};

use crate::budgets::{TENTH_S, day, on_the_tenth};
use crate::lab::{Lab, add_row};
use crate::support::{Server, local};

/// A receiver that answers with a status that the test sets.
fn receiver() -> (HttpServer, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(200));
    let answer = Arc::clone(&status);
    (HttpServer::start(move |_| Reply::new(answer.load(Ordering::SeqCst), "")), status)
}

fn trusting() -> Settings {
    Settings { has_private_webhooks: true, ..local() }
}

async fn lab_with_hook(url: &str) -> (Lab, String) {
    let mut lab = Lab::with(trusting()).await;
    on_the_tenth(&mut lab).await;
    let budget = json!({ "energy_kwh": 4, "webhook": format!("{url}/hook?x=1") });
    let set = lab.admin.put(&lab.project_path("/budget"), budget).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let key = set.string("webhook_key");
    (lab, key)
}

/// Checks a call as its receiver would, by the headers and the body alone.
fn verified(heard: &Heard, key: &str) -> Value {
    let header = |name| heard.header(name).unwrap();
    let content =
        format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), heard.text());
    let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = STANDARD.decode(header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&key, content.as_bytes(), &tag).unwrap();
    assert_eq!((heard.method.as_str(), heard.path.as_str()), ("POST", "/hook?x=1"));
    assert_eq!(header("content-type"), "application/json");
    serde_json::from_str(&heard.text()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn forecast_and_use_are_told_once_each_with_a_signature() {
    let (hook, _) = receiver();
    let (lab, key) = lab_with_hook(&hook.url()).await;
    let check = async || check_budgets(&lab.server.app).await.unwrap();
    assert_eq!(check().await, 0, "nothing is passed");
    lab.use_energy(day(-5), 2.0).await;
    assert_eq!((check().await, check().await), (1, 0));
    let heard = hook.heard();
    let told = verified(&heard[0], &key);
    assert_eq!(heard[0].header("webhook-timestamp"), Some(TENTH_S.to_string().as_str()));
    assert_eq!(
        (&told["type"], &told["timestamp"], &told["data"]["month"], &told["data"]["measure"]),
        (
            &json!("budget.forecast"),
            &json!("2026-11-11T00:00:00Z"),
            &json!("2026-11"),
            &json!("energy")
        )
    );
    assert_eq!(told["data"]["project"]["name"], "old");
    assert_eq!(
        (&told["data"]["used"]["energy_kwh"], &told["data"]["energy_kwh"]),
        (&json!(2.0), &json!(4.0))
    );
    lab.use_energy(day(-4), 3.0).await;
    assert_eq!((check().await, check().await), (1, 0));
    let told = verified(&hook.heard()[1], &key);
    assert_eq!((&told["type"], hook.heard().len()), (&json!("budget.passed"), 2));
    let status = lab.admin.get(&lab.project_path("/budget")).await;
    let alert = |state: &str| {
        json!({
            "measure": "energy", "state": state, "attempts": 1,
            "delivered": "2026-11-11T00:00:00Z",
        })
    };
    assert_eq!(status.body["alerts"], json!([alert("forecast"), alert("passed")]));
    let audit = lab.admin.get(&lab.path("/audit")).await;
    let item = &audit.body["items"][0];
    assert_eq!((&item["action"], &item["actor"]), (&json!("budget.alert"), &Value::Null));
    assert_eq!(item["detail"]["kind"], "energy-passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_not_heard_is_made_again_later_under_the_same_id() {
    let (hook, status) = receiver();
    let (lab, key) = lab_with_hook(&hook.url()).await;
    lab.use_energy(day(-5), 5.0).await;
    let check = async || check_budgets(&lab.server.app).await.unwrap();
    for (refusal, pause) in [(500, 1), (302, 4), (404, 16)] {
        status.store(refusal, Ordering::SeqCst);
        let before = hook.heard().len();
        assert_eq!((check().await, check().await), (0, 0));
        assert_eq!(
            hook.heard().len(),
            before + 1,
            "{refusal}: once, and a redirect is not followed"
        );
        lab.server.pass(Duration::from_mins(pause));
    }
    status.store(204, Ordering::SeqCst);
    assert_eq!((check().await, check().await), (1, 0));
    let heard = hook.heard();
    assert_eq!(heard.len(), 4);
    let ids: Vec<_> = heard.iter().map(|call| call.header("webhook-id").unwrap()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    verified(&heard[3], &key);
    assert_ne!(heard[0].header("webhook-timestamp"), heard[3].header("webhook-timestamp"));
    let alerts = lab.admin.get(&lab.project_path("/budget")).await.body["alerts"].clone();
    assert_eq!(alerts[0]["attempts"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_never_hears_is_given_up_with_a_word_in_the_log() {
    let (hook, status) = receiver();
    let (lab, _) = lab_with_hook(&hook.url()).await;
    status.store(503, Ordering::SeqCst);
    lab.use_energy(day(-5), 5.0).await;
    for _ in 0..20 {
        assert_eq!(check_budgets(&lab.server.app).await.unwrap(), 0);
        lab.server.pass(Duration::from_hours(6));
    }
    assert_eq!(hook.heard().len(), 14);
    let audit = lab.admin.get(&lab.path("/audit")).await;
    assert_eq!(audit.body["items"][0]["action"], "budget.alert_lost", "{}", audit.text);
    // Another budget begins anew.
    status.store(200, Ordering::SeqCst);
    let budget = json!({ "energy_kwh": 4.5, "webhook": format!("{}/hook?x=1", hook.url()) });
    lab.admin.put(&lab.project_path("/budget"), budget).await;
    assert_eq!(check_budgets(&lab.server.app).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_come_after_the_end_of_the_month_still_pass_its_budget() {
    let (hook, _) = receiver();
    let (lab, key) = lab_with_hook(&hook.url()).await;
    lab.server.set_clock(TENTH_S + 20 * 86_400 + 3_600);
    lab.use_energy(day(19), 5.0).await;
    assert_eq!(check_budgets(&lab.server.app).await.unwrap(), 2);
    let mut months: Vec<_> = hook
        .heard()
        .iter()
        .map(|heard| {
            let told = verified(heard, &key);
            format!(
                "{} {}",
                told["data"]["month"].as_str().unwrap(),
                told["type"].as_str().unwrap()
            )
        })
        .collect();
    months.sort();
    // December leads beyond it too, at the rate of the last week.
    assert_eq!(months, ["2026-11 budget.passed", "2026-12 budget.forecast"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_inside_is_called_unless_the_operator_allows_it() {
    let (hook, _) = receiver();
    let mut lab = Lab::open().await;
    on_the_tenth(&mut lab).await;
    lab.use_energy(day(-5), 5.0).await;
    let port = hook.address().port();
    // An address that was set while it was allowed, or whose name leads inside now.
    for url in [hook.url(), format!("http://localhost:{port}/"), format!("https://[::1]:{port}/")] {
        let budget = Budget { energy_kwh: Some(1.0), emissions_kg: None, webhook: Some(url) };
        let key = Some(SecretText("whsec_AAAA".to_owned()));
        lab.store().set_budget(lab.project.id, budget, key).await.unwrap();
        assert_eq!(check_budgets(&lab.server.app).await.unwrap(), 0);
    }
    assert_eq!(hook.connections(), 0);
}

/// Several processes over one database look at the same time; one tells.
pub(crate) async fn one_of_several_processes_tells(store: Store) {
    let (hook, _) = receiver();
    let mut lab = Lab::over(Server::start_over(store.clone(), trusting())).await;
    on_the_tenth(&mut lab).await;
    let webhook = Some(format!("{}/hook", hook.url()));
    let budget = Budget { energy_kwh: Some(1.0), emissions_kg: Some(0.1), webhook };
    let key = Some(SecretText("whsec_AAAA".to_owned()));
    store.set_budget(lab.project.id, budget, key).await.unwrap();
    add_row(&store, &lab.run, day(-5), 5.0).await;
    let mut checks = Vec::new();
    for _ in 0..4 {
        let process = Server::start_over(store.clone(), trusting());
        process.set_clock(TENTH_S);
        checks.push(tokio::spawn(async move { check_budgets(&process.app).await.unwrap() }));
    }
    let mut heard = 0;
    for check in checks {
        heard += check.await.unwrap();
    }
    assert_eq!((heard, hook.heard().len()), (2, 2), "energy and emissions, once each");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_processes_one_tells_on_sqlite() {
    one_of_several_processes_tells(Store::open_memory().await.unwrap()).await;
}
