//! The audit log: what it tells, whom, and what it never tells.

use axum::http::Method;
use serde_json::{Value, json};

use crate::lab::{Lab, person};
use crate::support::{PASSWORD, Sent, Server};

fn actions(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn admins_read_who_changed_what_newest_first() {
    let lab = Lab::open().await;
    let made = lab.admin.post(&lab.project_path("/tokens"), json!({ "name": "ci" })).await;
    let secret = made.string("token");
    let change = json!({ "name": "renamed", "public": true });
    lab.admin.patch(&format!("/projects/{}", lab.project.id), change).await;
    let member = lab.path(&format!("/members/{}", lab.member.user.id));
    lab.admin.patch(&member, json!({ "role": "viewer" })).await;
    lab.server.pass(std::time::Duration::from_hours(1));
    lab.admin.delete(&member).await;
    let page = lab.admin.get(&lab.path("/audit")).await;
    assert_eq!(
        actions(&page.body),
        ["member.remove", "member.update", "project.update", "token.create"]
    );
    let items = &page.body["items"];
    assert_eq!(
        items[0],
        json!({
            "at": "2026-11-22T09:00:00Z",
            "actor": { "id": lab.admin.user.id.to_string(), "name": "Ada" },
            "action": "member.remove",
            "subject": lab.member.user.id.to_string(),
            "detail": { "tokens": "revoked" },
        })
    );
    assert_eq!(items[2]["detail"], json!({ "name": "renamed", "public": "true" }));
    assert_eq!(items[3]["detail"]["name"], "ci");
    assert!(!page.text.contains(&secret) && !page.text.contains('@'), "{}", page.text);
    let first = lab.admin.get(&lab.path("/audit?limit=3")).await;
    let rest = lab.path(&format!("/audit?limit=3&after={}", first.string("next")));
    assert_eq!(actions(&lab.admin.get(&rest).await.body), ["token.create"]);
    let stranger = person(&lab.server, "Mal").await;
    for reader in [&lab.viewer, &lab.member, &stranger] {
        assert_eq!(reader.get(&lab.path("/audit")).await.status, 403);
    }
}

#[tokio::test]
async fn what_is_done_with_a_personal_token_says_so() {
    let lab = Lab::open().await;
    let bearer = lab.admin.bearer().await;
    let headers = [("authorization", bearer.as_str())];
    let body = json!({ "name": "by a token" });
    let path = format!("/v1/experiments/{}", lab.experiment.id);
    let answer = lab.server.call(Method::PATCH, &path, &headers, Sent::Json(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let page = lab.admin.get(&lab.path("/audit")).await;
    let tokens = lab.admin.get("/v1/account/tokens").await;
    assert_eq!(page.body["items"][0]["detail"]["personal_token"], tokens.body[0]["id"]);
}

#[tokio::test]
async fn operators_read_of_accounts_and_sign_ins_without_addresses() {
    let (server, mut ada) = Server::set_up().await;
    ada.sign_in("ada@example.org", "wrong password").await;
    ada.sign_in("nobody@example.org", "wrong password").await;
    ada.sign_in("ada@example.org", PASSWORD).await;
    let invited = json!({ "email": "bob@example.org", "name": "Bob" });
    let link = ada.send(Method::POST, "/v1/accounts", Sent::Json(invited)).await;
    let token = link.string("link").split_once("token=").unwrap().1.to_owned();
    let mut bob = server.browser();
    let chosen = json!({ "token": token, "password": PASSWORD });
    assert_eq!(bob.send(Method::POST, "/auth/password", Sent::Json(chosen)).await.status, 200);
    bob.send(Method::POST, "/auth/logout", Sent::Nothing).await;
    let new = json!({ "current": PASSWORD, "password": "another good one" });
    ada.send(Method::PUT, "/v1/account/password", Sent::Json(new)).await;
    let body = json!({ "name": "laptop" });
    let made = ada.send(Method::POST, "/v1/account/tokens", Sent::Json(body)).await;
    ada.send(Method::DELETE, &format!("/v1/account/tokens/{}", made.string("id")), Sent::Nothing)
        .await;
    let page = ada.get("/v1/audit").await;
    assert_eq!(
        actions(&page.body),
        [
            "personal_token.delete",
            "personal_token.create",
            "sign_in.success",
            "account.password",
            "sign_out",
            "sign_in.success",
            "account.create",
            "account.link",
            "sign_in.success",
            "sign_in.failure",
            "sign_in.failure",
            "sign_in.success",
            "account.create",
        ]
    );
    let user = server.store().user_by_email("ada@example.org").await.unwrap().unwrap();
    let (unknown, known) = (&page.body["items"][9], &page.body["items"][10]);
    assert_eq!((&unknown["actor"], &unknown["subject"]), (&Value::Null, &json!("")));
    assert_eq!(known["subject"], user.id.to_string(), "whose account was tried");
    for private in ["@", "example.org", PASSWORD, "127.0.0.1"] {
        assert!(!page.text.contains(private), "{private}: {}", page.text);
    }
    assert_eq!(server.get("/v1/audit", &[]).await.status, 401);
}

#[tokio::test]
async fn who_comes_by_an_invitation_is_in_the_log_of_the_organization() {
    let lab = Lab::open().await;
    let invited = json!({ "email": "Zoe@example.org", "role": "viewer" });
    let invitation = lab.admin.post(&lab.path("/invitations"), invited).await;
    assert_eq!(invitation.body["status"], "invited", "{}", invitation.text);
    let zoe = person(&lab.server, "Zoe").await;
    assert_eq!(zoe.get(&lab.path("")).await.body["role"], "viewer");
    let page = lab.admin.get(&lab.path("/audit")).await;
    assert_eq!(actions(&page.body), ["member.join", "invitation.create"]);
    assert_eq!(page.body["items"][0]["actor"]["name"], "Zoe");
    assert_eq!(page.body["items"][1]["subject"], invitation.body["id"]);
}

#[tokio::test]
async fn what_a_server_makes_when_it_starts_first_is_its_own_doing() {
    let server = Server::start(crate::support::local()).await;
    let client = server.app.prepare_first_client().await.unwrap().unwrap();
    let log = server.store().audit_log(client.organization, carbon_store::Paging::ALL).await;
    let entries = log.unwrap().items.into_iter().map(|record| record.entry);
    let shown: Vec<_> = entries.map(|entry| (entry.action, entry.actor_id)).collect();
    let expected = ["token.create", "organization.create"];
    assert_eq!(shown, expected.map(|action| (action.to_owned(), None)));
}
