//! Questions to an OpenID provider, and its answers of JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use carbon_http::{Client, Method, Request};
use serde_json::Value;

use super::provider::Failure;
use crate::settings::Oidc;

/// Media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// The JSON behind an address, perhaps with a token.
pub(super) fn get(client: &Client, url: &str, token: Option<&str>) -> Result<Value, Failure> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut request = Request::get(url).header("accept", "application/json");
    if let Some(bearer) = &bearer {
        request = request.header("authorization", bearer);
    }
    read(client, &request)
}

/// Sends a form as the client that this server is to the provider.
pub(super) fn post(
    client: &Client,
    oidc: &Oidc,
    url: &str,
    by_header: bool,
    pairs: &[(&str, &str)],
) -> Result<Value, Failure> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    let secret = oidc.client_secret.as_ref().map(|secret| secret.0.as_str());
    let header = match secret {
        Some(secret) if by_header => Some(basic(&oidc.client_id, secret)),
        _ => {
            form.append_pair("client_id", &oidc.client_id);
            form.extend_pairs(secret.map(|secret| ("client_secret", secret)));
            None
        }
    };
    let body = form.finish();
    let mut request = Request::with_body(Method::Post, url, FORM, body.as_bytes())
        .header("accept", "application/json");
    if let Some(header) = &header {
        request = request.header("authorization", header);
    }
    read(client, &request)
}

/// Name and password as RFC 6749, section 2.3.1, wants them.
fn basic(name: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(name), encoded(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

fn read(client: &Client, request: &Request<'_>) -> Result<Value, Failure> {
    let answer = client.send(request)?;
    let body = serde_json::from_slice(&answer.body);
    if answer.is_success() {
        // An answer without a body is one to a revocation.
        return if answer.body.is_empty() {
            Ok(Value::Null)
        } else {
            body.map_err(|_| Failure::Strange)
        };
    }
    match body {
        // RFC 6749, section 5.2: the provider says no.
        Ok(Value::Object(refusal)) if answer.status < 500 && refusal.contains_key("error") => {
            Err(Failure::Refused)
        }
        _ => Err(Failure::Status(answer.status)),
    }
}
