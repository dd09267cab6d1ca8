//! What the public sees of a public project: figures, and neither machines nor people.

use carbon_store::{NewRun, RunFacts};
use serde_json::{Value, json};

use crate::world::{START, World, bearer, token, tree};

#[tokio::test]
async fn machines_and_members_are_told_to_members_only() {
    let world = World::build().await;
    let (server, store) = (&world.server, world.server.store());
    let public = &world.public;
    let new = NewRun {
        id: None,
        project: None,
        experiment_id: public.experiment.id,
        timestamp: START,
        facts: RunFacts { host: Some("node7".to_owned()), ..RunFacts::default() },
        member_id: Some(world.admin.id),
    };
    let run = store.create_run(new).await.unwrap().unwrap().id;
    let foreign = tree(store, world.organization.id, false).await;
    let (_, foreign) = token(store, foreign.project.id, 3).await;
    let (_, own) = token(store, public.project.id, 1).await;
    let [viewer, other] = [&world.viewer, &world.other].map(|user| bearer(user.id.uuid()));
    let project = public.project.id;
    for (headers, sees) in [
        (vec![], false),
        (vec![("authorization", other.as_str())], false),
        (vec![("x-api-token", foreign.as_str())], false),
        (vec![("x-api-token", own.as_str())], true),
        (vec![("authorization", viewer.as_str())], true),
    ] {
        let told = if sees { json!("node7") } else { Value::Null };
        let one = server.get(&format!("/v1/runs/{run}"), &headers).await;
        assert_eq!((one.status, &one.body["host"]), (200, &told), "{headers:?}");
        assert_eq!(one.body["member_id"].is_string(), sees, "{headers:?}");
        let compared = server.get(&format!("/v1/runs/compare?run={run}&run={run}"), &headers).await;
        assert_eq!(compared.body["runs"][0]["run"]["host"], told, "{headers:?}");
        let runs = format!("/v1/projects/{project}/runs");
        let listed = server.get(&format!("{runs}?search=node7"), &headers).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), usize::from(sees));
        let file = format!("/v1/projects/{project}/export?level=runs");
        let file = server.get(&file, &headers).await;
        assert_eq!(file.text.contains("node7"), sees, "{headers:?}");
        assert_eq!(file.text.contains(&world.admin.id.to_string()), sees, "{headers:?}");
        for query in ["sums?by=member", "sums?by=host", "series?by=host", "runs?host=node7"] {
            let asked = format!("/v1/projects/{project}/{query}");
            let is_served = server.get(&asked, &headers).await.status == 200;
            assert_eq!(is_served, sees, "{headers:?} {query}");
        }
    }
}
