//! Members come, change and go; the last admin stays, whoever asks at once.

use axum::http::Method;
use carbon_store::{Role, Store};
use carbon_testkit::postgres::Postgres;
use serde_json::json;

use crate::lab::{Lab, START, person};
use crate::support::{Sent, Server, local};

#[tokio::test]
async fn members_are_listed_in_pages_with_their_roles() {
    let lab = Lab::open().await;
    let first = lab.viewer.get(&lab.path("/members?limit=2")).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let next = first.string("next");
    let rest = lab.viewer.get(&lab.path(&format!("/members?limit=2&after={next}"))).await;
    let mut shown = Vec::new();
    for item in [first.body, rest.body].iter().flat_map(|page| page["items"].as_array().unwrap()) {
        shown.push((item["name"].as_str().unwrap().to_owned(), item["role"].clone()));
        assert_eq!(item["since"], "2026-11-22T08:00:00Z");
    }
    let expected = [("Ada", "admin"), ("Bob", "member"), ("Eve", "viewer")];
    assert_eq!(shown, expected.map(|(name, role)| (name.to_owned(), json!(role))));
    for query in ["limit=0", "limit=1001", "after=7", "sort=name"] {
        let answer = lab.viewer.get(&lab.path(&format!("/members?{query}"))).await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.text);
    }
}

#[tokio::test]
async fn the_last_admin_cannot_go_and_hands_over_first() {
    let lab = Lab::open().await;
    let member = |person: &crate::lab::Person| lab.path(&format!("/members/{}", person.user.id));
    let role = |role: &str| json!({ "role": role });
    let demoted = lab.admin.patch(&member(&lab.admin), role("member")).await;
    let left = lab.admin.delete(&member(&lab.admin)).await;
    assert_eq!((demoted.status, left.status), (409, 409), "{}", demoted.text);
    assert_eq!(demoted.header("content-type"), "application/problem+json");
    assert_eq!(lab.admin.patch(&member(&lab.viewer), role("owner")).await.status, 422);
    assert_eq!(lab.admin.patch(&member(&lab.viewer), role("admin")).await.status, 204);
    assert_eq!(lab.admin.delete(&member(&lab.admin)).await.status, 204);
    assert_eq!(lab.admin.get(&lab.path("")).await.status, 403, "gone with the next request");
    assert_eq!(lab.viewer.get(&lab.path("")).await.body["role"], "admin");
    assert_eq!(lab.viewer.delete(&member(&lab.admin)).await.status, 404);
}

#[tokio::test]
async fn anybody_may_leave_and_only_admins_send_others_away() {
    let lab = Lab::open().await;
    let path = |person: &crate::lab::Person| lab.path(&format!("/members/{}", person.user.id));
    assert_eq!(lab.member.delete(&path(&lab.viewer)).await.status, 403);
    assert_eq!(lab.member.delete(&path(&lab.member)).await.status, 204);
    assert_eq!(lab.member.delete(&path(&lab.member)).await.status, 403, "no member any more");
    let stranger = person(&lab.server, "Mal").await;
    assert_eq!(stranger.delete(&path(&stranger)).await.status, 403);
}

#[tokio::test]
async fn who_is_removed_is_out_at_once_with_sessions_personal_and_project_tokens() {
    let lab = Lab::open().await;
    let member = lab.path(&format!("/members/{}", lab.member.user.id));
    assert_eq!(lab.admin.patch(&member, json!({ "role": "admin" })).await.status, 204);
    let bearer = lab.member.bearer().await;
    let made = lab.member.post(&lab.project_path("/tokens"), json!({ "name": "ci" })).await;
    let secret = made.string("token");
    let run = || json!({ "timestamp": "2026-11-22T07:00:00Z", "experiment_id": lab.experiment.id.to_string() });
    let write = async || lab.server.post("/runs", &[("x-api-token", &secret)], run()).await.status;
    let read = async || {
        let by_cookie = lab.member.get(&lab.project_path("/budget")).await.status;
        let headers = [("authorization", bearer.as_str())];
        (by_cookie, lab.server.get(&lab.project_path("/budget"), &headers).await.status)
    };
    assert_eq!((write().await, read().await), (201, (200, 200)));
    assert_eq!(lab.admin.delete(&member).await.status, 204);
    assert_eq!((write().await, read().await), (403, (403, 403)));
}

#[tokio::test]
async fn tokens_of_who_goes_may_be_kept_for_the_programs_that_use_them() {
    let lab = Lab::open().await;
    let member = lab.path(&format!("/members/{}", lab.member.user.id));
    lab.admin.patch(&member, json!({ "role": "admin" })).await;
    lab.member.post(&lab.project_path("/tokens"), json!({ "name": "ci" })).await;
    assert_eq!(lab.admin.delete(&format!("{member}?tokens=x")).await.status, 422);
    assert_eq!(lab.admin.delete(&format!("{member}?tokens=keep")).await.status, 204);
    let tokens = lab.admin.get(&lab.project_path("/tokens")).await;
    assert_eq!(tokens.body["items"][0]["state"], "active");
    assert_eq!(tokens.body["items"][0]["created_by_name"], "Bob");
}

#[tokio::test]
async fn what_gives_or_takes_power_is_done_in_person() {
    let lab = Lab::open().await;
    let bearer = lab.admin.bearer().await;
    let headers = [("authorization", bearer.as_str())];
    let member = lab.path(&format!("/members/{}", lab.member.user.id));
    let role = json!({ "role": "admin" });
    for (method, path, sent) in [
        (Method::PATCH, member.as_str(), Sent::Json(role)),
        (Method::DELETE, &member, Sent::Nothing),
        (Method::DELETE, &lab.path(""), Sent::Nothing),
    ] {
        let answer = lab.server.call(method, path, &headers, sent).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.detail().contains("sign in"), "{}", answer.text);
    }
}

/// Two admins who remove or demote each other at the same time, over and over.
async fn one_admin_stays(store: Store) {
    let lab = Lab::over(Server::start_over(store, local())).await;
    let store = lab.store();
    for round in 0..6 {
        let bob = lab.path(&format!("/members/{}", lab.member.user.id));
        let ada = lab.path(&format!("/members/{}", lab.admin.user.id));
        for person in [&lab.admin, &lab.member] {
            let email = person.user.email.clone();
            store.add_member(lab.organization, email, Role::Admin, START).await.unwrap();
            store.set_role(lab.organization, person.user.id, Role::Admin).await.unwrap();
        }
        let (one, other) = if round % 2 == 0 {
            tokio::join!(lab.admin.delete(&ada), lab.member.delete(&bob))
        } else {
            let role = || json!({ "role": "viewer" });
            tokio::join!(lab.admin.patch(&bob, role()), lab.member.patch(&ada, role()))
        };
        let mut told = [one.status, other.status];
        told.sort_unstable();
        // Who comes second is the last admin, or no admin any more.
        assert!(told == [204, 409] || told == [204, 403], "round {round}: {told:?}");
        let members = store.members(lab.organization).await.unwrap();
        let admins = members.iter().filter(|member| member.role == Role::Admin).count();
        assert_eq!(admins, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_go_at_once_one_stays_on_sqlite() {
    one_admin_stays(Store::open_memory().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_go_at_once_one_stays_on_postgres() {
    let postgres = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let store = Store::open(&postgres.database()).await.unwrap();
    one_admin_stays(store.clone()).await;
    store.close().await;
    // Here too, so that one cluster serves both.
    let store = Store::open(&postgres.database()).await.unwrap();
    crate::webhooks::one_of_several_processes_tells(store.clone()).await;
    store.close().await;
}
