//! Every route × everybody × public and private, compared with the one table of rights.

use axum::http::Method;
use carbon_server::rights::{Need, rule_of};
use carbon_store::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Sent};
use crate::table::{Gate, Route, routes};
use crate::world::{Tree, World, bearer, branch, project, token};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Member(Role),
    /// Admin of another organization.
    Other,
    /// Runs the server.
    Operator,
    /// Valid credentials, no account.
    Stranger,
    Nobody,
}

const EVERYBODY: [Who; 7] = [
    Who::Member(Role::Admin),
    Who::Member(Role::Member),
    Who::Member(Role::Viewer),
    Who::Other,
    Who::Operator,
    Who::Stranger,
    Who::Nobody,
];

/// What has to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Served.
    Yes,
    /// 401.
    WhoAreYou,
    /// 403.
    No,
}

impl World {
    fn shown_by(&self, who: Who) -> Option<String> {
        let user = match who {
            Who::Member(Role::Admin) => &self.admin,
            Who::Member(Role::Member) => &self.member,
            Who::Member(Role::Viewer) => &self.viewer,
            Who::Other => &self.other,
            Who::Operator => &self.operator,
            Who::Stranger => return Some(bearer(Uuid::new_v4())),
            Who::Nobody => return None,
        };
        Some(bearer(user.id.uuid()))
    }

    pub(crate) async fn ask(&self, route: &Route, who: Who, tree: &Tree) -> Answer {
        let store = self.server.store();
        let mut path = route.path.to_owned();
        if path.contains("{spare}") {
            let is_public = tree.project.is_public;
            let spare = project(store, self.organization.id, is_public).await;
            path = path.replace("{spare}", &spare.id.to_string());
        }
        if path.contains("{spare_token}") {
            let (spare, _) = token(store, tree.project.id, 2).await;
            path = path.replace("{spare_token}", &spare.id.to_string());
        }
        if path.contains("{spare_organization}") {
            let spare = self.spare_organization().await;
            path = path.replace("{spare_organization}", &spare.to_string());
        }
        if path.contains("{spare_member}") {
            let spare = self.spare_member().await;
            path = path.replace("{spare_member}", &spare.to_string());
        }
        if path.contains("{spare_experiment}") || path.contains("{spare_run}") {
            let spare = branch(store, tree.project.id).await;
            path = path
                .replace("{spare_experiment}", &spare.0.id.to_string())
                .replace("{spare_run}", &spare.1.id.to_string());
        }
        let fill = |text: String| {
            text.replace("{organization}", &self.organization.id.to_string())
                .replace("{project}", &tree.project.id.to_string())
                .replace("{experiment}", &tree.experiment.id.to_string())
                .replace("{run}", &tree.run.id.to_string())
                .replace("{emission}", &tree.emission.to_string())
                .replace("{missing}", &Uuid::nil().to_string())
                .replace("{invitation}", &Uuid::nil().to_string())
        };
        let body = route.body.as_ref().map(|body| fill(body.to_string()));
        let body: Option<Value> = body.map(|body| serde_json::from_str(&body).unwrap());
        let shown = self.shown_by(who);
        let mut headers: Vec<(&str, &str)> = Vec::new();
        headers.extend(shown.as_deref().map(|bearer| ("authorization", bearer)));
        let sent = body.map_or(Sent::Nothing, Sent::Json);
        let method: Method = route.method.parse().unwrap();
        self.server.call(method, &fill(path), &headers, sent).await
    }
}

fn verdict(gate: Gate, who: Who, is_public: bool) -> Verdict {
    let yes_or = |other, is_yes| if is_yes { Verdict::Yes } else { other };
    let refusal = if who == Who::Nobody { Verdict::WhoAreYou } else { Verdict::No };
    match gate {
        Gate::Rule(action) => {
            let has = |least: Role| matches!(who, Who::Member(role) if role >= least);
            match rule_of(action).need {
                Need::Role(least) => yes_or(refusal, has(least)),
                Need::PublicOr(least) => yes_or(refusal, is_public || has(least)),
            }
        }
        Gate::Open => Verdict::Yes,
        Gate::SignedIn | Gate::Members => yes_or(refusal, who != Who::Nobody),
        Gate::Account => yes_or(refusal, !matches!(who, Who::Nobody | Who::Stranger)),
        Gate::Operator => yes_or(refusal, who == Who::Operator),
        Gate::Writer => Verdict::No,
    }
}

fn found(answer: &Answer) -> Verdict {
    match answer.status {
        401 => Verdict::WhoAreYou,
        403 => Verdict::No,
        _ => Verdict::Yes,
    }
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = World::build().await;
    let mut wrong = Vec::new();
    for route in routes() {
        for who in EVERYBODY {
            for tree in [&world.private, &world.public] {
                let is_public = tree.project.is_public;
                let answer = world.ask(&route, who, tree).await;
                let (expected, found) = (verdict(route.gate, who, is_public), found(&answer));
                let served = answer.status < 300 || !matches!(route.gate, Gate::Rule(_));
                let is_gone = route.path.contains("{invitation}") && answer.status == 404;
                let is_right = expected == found
                    && (expected != Verdict::Yes || served || is_gone)
                    && answer.status < 500;
                if !is_right {
                    let Route { method, path, .. } = &route;
                    let (status, text) = (answer.status, &answer.text);
                    wrong.push(format!(
                        "{method} {path} as {who:?} (public: {is_public}): {expected:?} is expected, \
                         {status} is found: {text}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn who_is_refused_hears_the_published_words() {
    let world = World::build().await;
    for route in routes() {
        let Gate::Rule(action) = route.gate else { continue };
        let answer = world.ask(&route, Who::Other, &world.private).await;
        assert_eq!(answer.detail(), rule_of(action).refusal, "{} {}", route.method, route.path);
    }
    let private = world.private.project.id;
    let answer = world.server.get(&format!("/projects/{private}"), &[]).await;
    let told = (answer.status, answer.detail(), answer.header("www-authenticate"));
    assert_eq!(told, (401, "Not authenticated", "Bearer"));
}

#[tokio::test]
async fn lists_hold_what_is_the_callers_own() {
    let world = World::build().await;
    let id = world.organization.id;
    for (who, expected) in
        [(Who::Member(Role::Viewer), 2), (Who::Other, 0), (Who::Operator, 0), (Who::Stranger, 0)]
    {
        let shown = world.shown_by(who).unwrap();
        let headers = [("authorization", shown.as_str())];
        for path in [
            format!("/organizations/{id}/projects"),
            format!("/projects?organization={id}"),
            "/runs".to_owned(),
        ] {
            let answer = world.server.get(&path, &headers).await;
            assert_eq!(answer.body.as_array().unwrap().len(), expected, "{who:?} {path}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_looks_like_what_is_not_ones_own() {
    let world = World::build().await;
    let shown = world.shown_by(Who::Other).unwrap();
    let headers = [("authorization", shown.as_str())];
    let own = [world.organization.id.to_string(), Uuid::new_v4().to_string()];
    for path in ["", "/sums", "/users"] {
        let mut answers = Vec::new();
        for id in &own {
            let answer = world.server.get(&format!("/organizations/{id}{path}"), &headers).await;
            answers.push((answer.status, answer.text));
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
}

#[tokio::test]
async fn only_a_token_of_the_project_that_writes_writes() {
    let world = World::build().await;
    let store = world.server.store();
    let (own, other) = (&world.private, &world.public);
    let (_, reads) = token(store, own.project.id, 1).await;
    let (_, both) = token(store, own.project.id, 3).await;
    let (revoked, revoked_secret) = token(store, own.project.id, 2).await;
    store.revoke_project_token(own.project.id, revoked.id).await.unwrap();
    let admin = bearer(world.admin.id.uuid());
    let run = json!({ "timestamp": "2026-11-22T07:00:00Z", "experiment_id": own.experiment.id.to_string() });
    for (secret, expected) in [
        (&own.secret, 201),
        (&both, 201),
        (&reads, 403),
        (&other.secret, 403),
        (&revoked_secret, 403),
    ] {
        let headers = [("x-api-token", secret.as_str()), ("authorization", &admin)];
        let answer = world.server.post("/runs", &headers, run.clone()).await;
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
    assert_eq!(own.token.access, 2);
}
