//! One run by itself, and what strangers see of it.

use axum::http::Method;
use serde_json::json;

use crate::lab::{Lab, NOW_S, lab, row};

#[tokio::test]
async fn a_run_tells_where_it_belongs_and_where_its_figures_come_from() {
    detail(lab().await).await;
}

pub(crate) async fn detail(lab: Lab) {
    let sources = json!({ "cpu": { "source": "rapl", "accuracy_percent": 5 }, "gpu": null });
    let facts = json!({ "host": "node1", "sources": sources });
    let run = lab.make_run(&lab.experiment, 600, facts).await;
    lab.send_rows(&[row(&run, NOW_S - 500, 2.0), row(&run, NOW_S - 100, 1.0)]).await;
    let found = lab.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(found.body["sources"], sources);
    assert_eq!(found.body["host"], "node1");
    assert_eq!(found.body["project"]["organization_id"], lab.organization.as_str());
    assert_eq!(found.body["project"]["public"], false);
    assert_eq!(found.body["experiment"]["name"], "base");
    assert_eq!(found.number("/figures/energy_kwh"), 3.0);
    assert_eq!(found.text("timestamp"), "2026-11-22T07:50:00Z");
    assert_eq!(found.text("last"), crate::lab::time(NOW_S - 100));
    let long = json!({ "timestamp": "2026-11-22", "experiment_id": lab.experiment,
        "sources": { "x": "y".repeat(9000) } });
    assert_eq!(lab.write("/runs", long).await.status, 422);
    let missing = lab.get(&format!("/v1/runs/{}", uuid::Uuid::nil())).await;
    assert_eq!((missing.status, &missing.body["title"]), (404, &json!("Not Found")));
    let unknown = lab.call(Method::GET, &format!("/v1/runs/{run}?x=1"), &[], "").await;
    assert_eq!(unknown.status, 422);
}
