//! Budgets of projects, and the telling of their alerts by several processes.

use std::time::Duration;

use carbon_store::{AlertId, Budget, ProjectId, SecretText, Store};

use crate::seeds::{Seed, at};

crate::contract!(
    a_budget_is_kept_with_the_key_of_its_webhook,
    an_alert_is_told_by_one_until_it_was_heard,
    another_budget_begins_its_alerts_anew,
);

fn budget() -> Budget {
    Budget {
        energy_kwh: Some(12.5),
        emissions_kg: None,
        webhook: Some("https://example.org/hook".to_owned()),
    }
}

fn key(text: &str) -> SecretText {
    SecretText(text.to_owned())
}

async fn a_budget_is_kept_with_the_key_of_its_webhook(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let id = seed.project.id;
    assert_eq!(store.budget(id).await.unwrap(), Some(Budget::default()));
    assert!(store.budgets().await.unwrap().is_empty());
    assert!(store.set_budget(id, budget(), Some(key("one"))).await.unwrap());
    assert!(!store.set_budget(ProjectId::new(), budget(), None).await.unwrap());
    assert_eq!(store.budgets().await.unwrap(), [(budget(), seed.project)]);
    assert!(store.set_budget(id, budget(), None).await.unwrap());
    assert_eq!(store.budget_webhook_key(id).await.unwrap(), Some(key("one")), "it stays");
    assert!(store.set_budget(id, budget(), Some(key("two"))).await.unwrap());
    assert_eq!(store.budget_webhook_key(id).await.unwrap(), Some(key("two")));
    let silent = Budget { webhook: None, ..budget() };
    assert!(store.set_budget(id, silent, None).await.unwrap());
    assert_eq!(store.budget_webhook_key(id).await.unwrap(), None, "it ends with the webhook");
    assert!(store.set_budget(id, Budget::default(), None).await.unwrap());
    assert!(store.budgets().await.unwrap().is_empty());
}

async fn an_alert_is_told_by_one_until_it_was_heard(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let alert = AlertId { project: seed.project.id, month: 24_315, kind: "energy-passed" };
    let lease = Duration::from_mins(1);
    let claim = |alert, second| {
        let store = store.clone();
        async move { store.claim_budget_alert(alert, at(second), lease, 3).await.unwrap() }
    };
    let askers: Vec<_> = (0..8).map(|_| tokio::spawn(claim(alert, 0))).collect();
    let mut answers = Vec::new();
    for asker in askers {
        answers.extend(asker.await.unwrap());
    }
    assert_eq!(answers, [1], "one of all who ask at once");
    assert_eq!(claim(alert, 59).await, None, "it is under way");
    assert_eq!(claim(alert, 60).await, Some(2), "whoever had it is gone");
    assert!(store.postpone_budget_alert(alert, at(300)).await.unwrap());
    assert_eq!(claim(alert, 299).await, None);
    assert_eq!(claim(alert, 300).await, Some(3));
    assert_eq!(claim(alert, 999).await, None, "three attempts are enough");
    assert!(store.budget_alert_delivered(alert, at(301)).await.unwrap());
    assert!(!store.budget_alert_delivered(alert, at(302)).await.unwrap());
    assert!(!store.postpone_budget_alert(alert, at(303)).await.unwrap());
    let told = store.budget_alerts(seed.project.id, 24_315).await.unwrap();
    let told: Vec<_> = told.iter().map(|a| (a.kind.as_str(), a.attempts, a.delivered)).collect();
    assert_eq!(told, [("energy-passed", 3, Some(at(301)))]);
    for other in [AlertId { month: 24_316, ..alert }, AlertId { kind: "energy-forecast", ..alert }]
    {
        assert_eq!(claim(other, 0).await, Some(1));
    }
}

async fn another_budget_begins_its_alerts_anew(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let id = seed.project.id;
    store.set_budget(id, budget(), Some(key("one"))).await.unwrap();
    let alert = AlertId { project: id, month: 24_315, kind: "energy-passed" };
    let claim =
        async || store.claim_budget_alert(alert, at(0), Duration::from_mins(1), 3).await.unwrap();
    assert_eq!(claim().await, Some(1));
    store.set_budget(id, budget(), None).await.unwrap();
    assert_eq!(claim().await, None, "nothing is different");
    store.set_budget(id, Budget { energy_kwh: Some(20.0), ..budget() }, None).await.unwrap();
    assert_eq!(claim().await, Some(1));
}
