//! An OpenID provider that checks what a good one checks, and says what a test wants it to say.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_testkit::http::{Heard, HttpServer, Reply};
use ring::digest;
use serde_json::{Value, json};

use super::{query, value};

pub(super) struct FakeProvider {
    server: HttpServer,
    state: Arc<Mutex<State>>,
}

/// What the provider knows and how it behaves.
pub(super) struct State {
    /// A question that was put to a person, with the code that answers it.
    asked: Option<Asked>,
    /// The tokens that are good now.
    pub(super) access: Option<String>,
    pub(super) refresh: Option<String>,
    /// Tokens that were made void, with their kind.
    pub(super) revoked: Vec<(String, String)>,
    /// Errors that the token endpoint still gives to a device before it gives tokens.
    pub(super) device_errors: VecDeque<&'static str>,
    /// Life of an access token.
    pub(super) expires_in_s: i64,
    /// Says something else in the identity token.
    pub(super) wrong_claim: Option<(&'static str, Value)>,
    /// Keys that are left out of the description.
    pub(super) left_out: Vec<&'static str>,
    /// Whether tokens for renewal are given.
    pub(super) renewable: bool,
    /// Whether the provider names itself when the browser goes back.
    pub(super) names_itself: bool,
    /// Answers every call of the token endpoint.
    pub(super) broken: Option<Reply>,
    /// Time that the exchange of a code takes.
    pub(super) exchange_takes: Duration,
    given: u32,
}

struct Asked {
    code: String,
    challenge: String,
    redirect: String,
    nonce: String,
}

impl FakeProvider {
    pub(super) fn new() -> Self {
        let state = Arc::new(Mutex::new(State {
            asked: None,
            access: None,
            refresh: None,
            revoked: Vec::new(),
            device_errors: VecDeque::new(),
            expires_in_s: 300,
            wrong_claim: None,
            left_out: Vec::new(),
            renewable: true,
            names_itself: false,
            broken: None,
            exchange_takes: Duration::ZERO,
            given: 0,
        }));
        let inner = Arc::clone(&state);
        Self {
            server: HttpServer::start(move |heard| answer(&mut inner.lock().unwrap(), heard)),
            state,
        }
    }

    pub(super) fn well_known(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.server.url())
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Whether an API should believe an access token.
    pub(super) fn believer(&self) -> impl Fn(&str) -> bool + Send + Sync + 'static {
        let state = Arc::clone(&self.state);
        move |token| state.lock().unwrap().access.as_deref() == Some(token)
    }

    /// How often a path was asked for.
    pub(super) fn calls(&self, path: &str) -> usize {
        self.server.heard().iter().filter(|heard| heard.path == path).count()
    }

    /// A person visits the page and says yes; where the browser is sent.
    pub(super) fn authorize(&self, url: &str) -> String {
        assert!(url.starts_with(&format!("{}/authorize?", self.server.url())), "{url}");
        let asked = query(url);
        for (name, expected) in [
            ("response_type", "code"),
            ("client_id", "codecarbon-cli"),
            ("scope", "openid offline_access"),
            ("prompt", "consent"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(value(&asked, name), expected, "{name}");
        }
        let redirect = value(&asked, "redirect_uri");
        assert!(redirect.starts_with("http://localhost:") && redirect.ends_with("/callback"));
        assert!(value(&asked, "state").len() >= 22 && value(&asked, "nonce").len() >= 22);
        let mut state = self.state();
        state.given += 1;
        let code = format!("code-{}", state.given);
        state.asked = Some(Asked {
            code: code.clone(),
            challenge: value(&asked, "code_challenge"),
            redirect: redirect.clone(),
            nonce: value(&asked, "nonce"),
        });
        let from =
            if state.names_itself { format!("&iss={}", self.server.url()) } else { String::new() };
        format!("{redirect}?code={code}&state={}{from}", value(&asked, "state"))
    }
}

fn answer(state: &mut State, heard: &Heard) -> Reply {
    let base = format!("http://{}", heard.header("host").unwrap());
    let body = query(&format!("?{}", heard.text()));
    match (heard.method.as_str(), heard.path.as_str()) {
        ("GET", "/.well-known/openid-configuration") => {
            let mut description = json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"),
                "device_authorization_endpoint": format!("{base}/device"),
                "revocation_endpoint": format!("{base}/revoke"),
                "authorization_response_iss_parameter_supported": state.names_itself,
            });
            let keys = description.as_object_mut().unwrap();
            keys.retain(|key, _| !state.left_out.contains(&key.as_str()));
            Reply::json(200, description.to_string())
        }
        ("POST", "/token") => {
            assert_eq!(heard.header("content-type"), Some("application/x-www-form-urlencoded"));
            assert_eq!(value(&body, "client_id"), "codecarbon-cli");
            if let Some(reply) = &state.broken {
                return reply.clone();
            }
            match value(&body, "grant_type").as_str() {
                "authorization_code" => by_code(state, &base, &body).after(state.exchange_takes),
                "refresh_token" if state.refresh == Some(value(&body, "refresh_token")) => {
                    tokens(state, &base, None)
                }
                "urn:ietf:params:oauth:grant-type:device_code" => {
                    assert_eq!(value(&body, "device_code"), "device-secret");
                    match state.device_errors.pop_front() {
                        Some("cut") => Reply::json(200, "{}").cut_after(0),
                        Some(error) => refusal(error),
                        None => tokens(state, &base, None),
                    }
                }
                _ => refusal("invalid_grant"),
            }
        }
        ("POST", "/device") => {
            assert_eq!(value(&body, "scope"), "openid offline_access");
            Reply::json(
                200,
                json!({
                    "device_code": "device-secret",
                    "user_code": "WDJB-MJHT",
                    "verification_uri": format!("{base}/device"),
                    "verification_uri_complete": format!("{base}/device?user_code=WDJB-MJHT"),
                    "expires_in": 600,
                    "interval": 0,
                })
                .to_string(),
            )
        }
        ("POST", "/revoke") => {
            state.revoked.push((value(&body, "token_type_hint"), value(&body, "token")));
            Reply::new(200, "")
        }
        _ => Reply::new(404, "not here"),
    }
}

/// A code counts once, with the verifier of its challenge and the same way back.
fn by_code(state: &mut State, base: &str, body: &[(String, String)]) -> Reply {
    let Some(asked) = state.asked.take() else { return refusal("invalid_grant") };
    let hash = digest::digest(&digest::SHA256, value(body, "code_verifier").as_bytes());
    let fits = asked.code == value(body, "code")
        && asked.challenge == URL_SAFE_NO_PAD.encode(hash)
        && asked.redirect == value(body, "redirect_uri");
    if fits { tokens(state, base, Some(&asked.nonce)) } else { refusal("invalid_grant") }
}

/// New tokens; the former ones are void, as where renewals rotate.
fn tokens(state: &mut State, base: &str, nonce: Option<&str>) -> Reply {
    state.given += 1;
    let access = jwt(&json!({ "iss": base, "sub": "person", "jti": state.given }));
    let refresh = format!("refresh-{}", state.given);
    let mut answer = json!({
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "expires_in": state.expires_in_s,
    });
    if !state.renewable {
        answer["refresh_token"] = Value::Null;
    }
    if let Some(nonce) = nonce {
        let mut claims = json!({ "iss": base, "aud": "codecarbon-cli", "nonce": nonce });
        if let Some((name, wrong)) = &state.wrong_claim {
            claims[name] = wrong.clone();
        }
        answer["id_token"] = jwt(&claims).into();
    }
    (state.access, state.refresh) = (Some(access), Some(refresh));
    Reply::json(200, answer.to_string())
}

fn refusal(error: &str) -> Reply {
    let words = json!({ "error": error, "error_description": "as the \u{1b}[31mtest has it" });
    Reply::json(400, words.to_string())
}

fn jwt(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(&json!({ "alg": "RS256" })), part(claims))
}
