//! An OpenID provider on loopback with real signatures, which checks what a good one checks and can
//! be told to misbehave.

use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use carbon_server::settings::{Auth, Oidc, Settings};
use carbon_store::SecretText;
use carbon_testkit::http::{Heard, HttpServer, Reply};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::support::{START_S, of_query};

const SECRET: &str = "the secret of the web client: +%&";

pub(crate) struct Provider {
    server: HttpServer,
    state: Arc<Mutex<State>>,
}

/// What it knows and how it behaves.
pub(crate) struct State {
    key: Key,
    /// The person who signs in, as claims.
    pub(crate) person: Value,
    /// What is only told by the endpoint for people.
    pub(crate) only_by_userinfo: Option<Value>,
    /// Claims of identity tokens that are changed.
    pub(crate) changed: Value,
    /// Whether it answers at all.
    pub(crate) is_down: bool,
    /// Tokens that were made void.
    pub(crate) revoked: Vec<String>,
    asked: Option<Asked>,
}

struct Asked {
    code: String,
    challenge: String,
    redirect: String,
    nonce: String,
}

pub(crate) struct Key {
    name: String,
    pair: EcdsaKeyPair,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        Self { name: name.to_owned(), pair }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed =
            format!("{}.{}", part(&json!({ "alg": "ES256", "kid": self.name })), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn public(&self) -> Value {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        json!({ "kty": "EC", "crv": "P-256", "kid": self.name, "use": "sig", "x": x, "y": y })
    }
}

impl Provider {
    pub(crate) fn start() -> Self {
        let person = json!({
            "sub": "3f0f3a8e-7f0a-4a53-9a5e-3f1f6c1d2b4a", "email": "ada@example.org",
            "email_verified": true, "fields": { "name": "Ada" },
        });
        let state = Arc::new(Mutex::new(State {
            key: Key::new("first"),
            person,
            only_by_userinfo: None,
            changed: json!({}),
            is_down: false,
            revoked: Vec::new(),
            asked: None,
        }));
        let inner = Arc::clone(&state);
        Self {
            server: HttpServer::start(move |heard| answer(&mut inner.lock().unwrap(), heard)),
            state,
        }
    }

    /// Settings of a server whose people sign in here.
    pub(crate) fn settings(&self) -> Settings {
        let oidc = Oidc {
            well_known_url: format!("{}/.well-known/openid-configuration", self.server.url()),
            client_id: "web".to_owned(),
            client_secret: Some(SecretText(SECRET.to_owned())),
            audiences: vec!["codecarbon-cli".to_owned()],
            operators: vec!["root@example.org".to_owned()],
            authorities: None,
        };
        Settings {
            auth: Auth::Oidc(Box::new(oidc)),
            frontend_url: Some("https://web.example.org".to_owned()),
            ..Settings::default()
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// From now on it signs with another key, and the former one is not published any more.
    pub(crate) fn rotate(&self) {
        self.state().key = Key::new("second");
    }

    /// How often a path was asked for.
    pub(crate) fn calls(&self, path: &str) -> usize {
        self.server.heard().iter().filter(|heard| heard.path == path).count()
    }

    /// A person says yes; where the browser is sent.
    pub(crate) fn authorize(&self, url: &str) -> String {
        assert!(url.starts_with(&format!("{}/authorize?", self.server.url())), "{url}");
        let value = |name: &str| of_query(url, name).unwrap_or_else(|| panic!("{name} in {url}"));
        for (name, expected) in [
            ("response_type", "code"),
            ("client_id", "web"),
            ("scope", "openid email profile"),
            ("redirect_uri", "http://localhost:1/auth/login"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(value(name), expected, "{name}");
        }
        self.state().asked = Some(Asked {
            code: "the code".to_owned(),
            challenge: value("code_challenge"),
            redirect: value("redirect_uri"),
            nonce: value("nonce"),
        });
        format!("/auth/login?code=the+code&state={}", value("state"))
    }

    /// An access token for the command line, with some claims changed.
    pub(crate) fn access(&self, changed: &Value) -> String {
        let state = self.state();
        let mut claims = state.person.clone();
        merge(
            &mut claims,
            &json!({
                "iss": self.server.url(), "aud": "account", "azp": "codecarbon-cli",
                "iat": START_S, "exp": START_S + 3600,
            }),
        );
        merge(&mut claims, changed);
        state.key.sign(&claims)
    }
}

fn merge(claims: &mut Value, changed: &Value) {
    for (name, value) in changed.as_object().unwrap() {
        claims[name] = value.clone();
    }
}

fn answer(state: &mut State, heard: &Heard) -> Reply {
    let base = format!("http://{}", heard.header("host").unwrap());
    if state.is_down {
        return Reply::new(502, "down");
    }
    match (heard.method.as_str(), heard.path.as_str()) {
        ("GET", "/.well-known/openid-configuration") => Reply::json(
            200,
            json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"),
                "userinfo_endpoint": format!("{base}/userinfo"),
                "revocation_endpoint": format!("{base}/revoke"),
                "jwks_uri": format!("{base}/keys"),
            })
            .to_string(),
        ),
        ("GET", "/keys") => Reply::json(200, json!({ "keys": [state.key.public()] }).to_string()),
        ("GET", "/userinfo") => {
            let known = heard.header("authorization").is_some_and(|b| b.starts_with("Bearer ey"));
            let told = state.only_by_userinfo.clone().filter(|_| known);
            told.map_or(Reply::new(401, ""), |told| Reply::json(200, told.to_string()))
        }
        ("POST", _) if !is_the_client(heard) => {
            Reply::json(401, json!({ "error": "invalid_client" }).to_string())
        }
        ("POST", "/token") => token(state, &base, heard),
        ("POST", "/revoke") => {
            let token = of_query(&format!("?{}", heard.text()), "token").unwrap();
            state.revoked.push(token);
            Reply::new(200, "")
        }
        _ => Reply::new(404, "not here"),
    }
}

/// Whether name and secret are shown as RFC 6749, section 2.3.1, says.
fn is_the_client(heard: &Heard) -> bool {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let expected = STANDARD.encode(format!("{}:{}", encode("web"), encode(SECRET)));
    heard.header("authorization") == Some(&format!("Basic {expected}"))
}

fn token(state: &mut State, base: &str, heard: &Heard) -> Reply {
    let form = format!("?{}", heard.text());
    let value = |name: &str| of_query(&form, name).unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, value("code_verifier").as_bytes()));
    let asked = state.asked.take().filter(|asked| {
        value("grant_type") == "authorization_code"
            && asked.code == value("code")
            && asked.redirect == value("redirect_uri")
            && asked.challenge == challenge
    });
    let Some(asked) = asked else {
        return Reply::json(400, json!({ "error": "invalid_grant" }).to_string());
    };
    let mut identity = state.person.clone();
    merge(
        &mut identity,
        &json!({
            "iss": base, "aud": "web", "nonce": asked.nonce,
            "iat": START_S, "exp": START_S + 300,
        }),
    );
    merge(&mut identity, &state.changed);
    let tokens = json!({
        "access_token": state.key.sign(&json!({ "sub": state.person["sub"] })),
        "refresh_token": "the refresh token",
        "id_token": state.key.sign(&identity),
        "token_type": "Bearer",
    });
    Reply::json(200, tokens.to_string())
}
