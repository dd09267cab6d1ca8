//! The calls of the commands.

use carbon_api::{ExperimentIn, OrganizationIn, OrganizationPatch, ProjectIn, ProjectTokenIn};
use carbon_client::{ApiClient, ApiError, CallLimits, Credentials};
use carbon_testkit::http::{HttpServer, Reply};
use carbon_tracker::config::Secret;

fn client(server: &HttpServer, credentials: Credentials) -> ApiClient {
    let connections = CallLimits::default().connections().expect("no authorities");
    ApiClient::new(connections, &format!("{}//", server.url()), credentials)
}

fn bearer() -> Credentials {
    Credentials::Bearer(Secret::new("jwt"))
}

#[test]
fn each_call_goes_where_the_api_has_it() {
    let server = HttpServer::start(|heard| match heard.method.as_str() {
        "POST" if heard.path.ends_with("/api-tokens") => {
            Reply::json(201, r#"{"id":"t","project_id":"p","name":"n","token":"cpt_x"}"#)
        }
        "GET" if heard.path.matches('/').count() != 2 => Reply::json(200, "[]"),
        method => {
            let everything = r#"{"id":"i","name":"n","description":"d","organization_id":"o",
                "project_id":"p","user":null}"#;
            Reply::json(if method == "POST" { 201 } else { 200 }, everything)
        }
    });
    let client = client(&server, bearer());
    client.check_auth().unwrap();
    client.organizations().unwrap();
    client.organization("o").unwrap();
    let new = OrganizationIn { name: "n".into(), description: "d".into() };
    client.create_organization(&new).unwrap();
    let changes = OrganizationPatch { name: Some("m".into()), description: None };
    client.update_organization("o", &changes).unwrap();
    client.projects("o").unwrap();
    client.project("p").unwrap();
    let new = ProjectIn { name: "n".into(), description: "d".into(), organization_id: "o".into() };
    assert_eq!(client.create_project(&new).unwrap().id, "i");
    client.experiments("p").unwrap();
    client.experiment("../e").unwrap();
    let new = ExperimentIn { name: "n".into(), project_id: "p".into(), ..Default::default() };
    client.create_experiment(&new).unwrap();
    let new = ProjectTokenIn { name: Some("api token".into()), access: 2 };
    let token = client.create_project_token("p", &new).unwrap();
    assert_eq!(token.token.as_deref(), Some("cpt_x"));
    client.project_tokens("p").unwrap();
    let heard = server.heard();
    let calls: Vec<String> =
        heard.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    let expected = [
        "GET /auth/check",
        "GET /organizations",
        "GET /organizations/o",
        "POST /organizations",
        "PATCH /organizations/o",
        "GET /organizations/o/projects",
        "GET /projects/p",
        "POST /projects",
        "GET /projects/p/experiments",
        "GET /experiments/..%2Fe",
        "POST /experiments",
        "POST /projects/p/api-tokens",
        "GET /projects/p/api-tokens",
    ];
    assert_eq!(calls, expected);
    assert!(heard.iter().all(|call| call.header("authorization") == Some("Bearer jwt")));
    let with_key = heard.iter().filter(|call| call.header("idempotency-key").is_some());
    assert_eq!(with_key.count(), heard.iter().filter(|call| call.method == "POST").count());
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_refusal_says_what_to_do_in_the_servers_words_and_never_shows_the_token() {
    let detail = r#"{"detail":"the reason"}"#;
    let server = HttpServer::start(move |heard| {
        let status = heard.path.rsplit('/').next().and_then(|s| s.parse().ok()).unwrap_or(500);
        let reply = Reply::json(status, detail).header("retry-after", "7");
        if status == 302 {
            reply.header("location", "https://new.example/x?token=1")
        } else {
            reply
        }
    });
    let client = client(&server, Credentials::ProjectToken(Secret::new("cpt_secret")));
    let error = |status: u16| client.project(&status.to_string()).unwrap_err();
    assert!(matches!(error(401), ApiError::Refused { status: 401, .. }));
    assert!(matches!(error(403), ApiError::Refused { status: 403, .. }));
    assert!(matches!(error(404), ApiError::NotFound { .. }));
    assert!(matches!(error(422), ApiError::Invalid { status: 422, .. }));
    assert!(matches!(error(429), ApiError::RateLimited { .. }));
    assert!(matches!(error(503), ApiError::ServerFault { status: 503, .. }));
    assert!(matches!(error(405), ApiError::Strange { status: 405, .. }));
    assert!(matches!(error(200), ApiError::Strange { status: 200, .. }));
    for status in [429, 503] {
        assert_eq!(error(status).retry_after(), Some(std::time::Duration::from_secs(7)));
        assert!(error(status).is_passing());
    }
    for status in [401, 403, 404, 422, 302] {
        assert!(!error(status).is_passing(), "{status}");
    }
    assert_eq!(error(403).to_string(), "the server refuses the token (403: the reason)");
    let moved = "the API has moved to https://new.example/x: set api_endpoint to that";
    assert_eq!(error(302).to_string(), moved);
    assert!(!format!("{client:?} {:?}", error(401)).contains("cpt_secret"));
}
