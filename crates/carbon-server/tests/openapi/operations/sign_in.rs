//! Signing in: pages for people, and what commands and web apps ask.

use serde_json::{Value, json};

use super::Group;
use crate::operation::{Asker, FORM, JSON, Operation, get, plain, post};
use crate::world::{EMAIL, PASSWORD};

pub(super) fn group() -> Group {
    let mut operations = pages();
    operations.extend(provider());
    Group {
        name: "Signing in",
        words: "Pages for people, and what commands and web apps ask. Where people sign in at another \
                service (`--auth oidc`) the routes for passwords and commands are not there (404).",
        operations,
    }
}

fn text(words: &str) -> Value {
    json!({ "type": "string", "maxLength": 1_000, "description": words })
}

/// A body of texts, of which some have to be there.
fn texts(fields: &[(&str, &str)], needed: &[&str]) -> Value {
    let properties: serde_json::Map<String, Value> =
        fields.iter().map(|(name, words)| ((*name).to_owned(), text(words))).collect();
    json!({ "type": "object", "properties": properties, "required": needed })
}

/// Claims on the person, as they come from whoever vouches for them.
fn who() -> Value {
    json!({
        "type": "object",
        "properties": { "user": {
            "type": ["object", "null"],
            "description": "Claims: `sub` (UUID of the account or subject of the provider), `email`, \
                            `name`, and what else the provider tells; null where nobody is signed in.",
            "additionalProperties": true,
        } },
        "required": ["user"],
    })
}

/// An answer of a token endpoint that refuses (RFC 6749, section 5.2).
fn refusal() -> Value {
    json!({
        "type": "object",
        "properties": { "error": { "type": "string" }, "detail": { "type": "string" } },
    })
}

const BOTH: &[&str] = &[JSON, FORM];

fn pages() -> Vec<Operation> {
    let password = "10 to 256 characters, not the address.";
    let text_of_query = || json!({ "type": "string", "maxLength": 1_000 });
    vec![
        get("checkSignIn", "/auth/check")
            .says("Who asks", "An account is made for somebody whom the provider knows and this server does not.")
            .gives_as(200, "The claims on the caller.", JSON, plain(who()))
            .refuses(&[400, 401, 403]),
        get("showSignIn", "/auth/login")
            .says("The way in", "A page, or the way to the provider and back.")
            .query("next", "Where to go afterwards: a path of this server or an address of a configured origin.", text_of_query(), None)
            .query("code", "What the provider sends back.", text_of_query(), None)
            .query("state", "What the provider was given.", text_of_query(), None)
            .query("error", "What the provider says where it lets nobody in.", text_of_query(), None)
            .page(200, "A page to sign in.")
            .page(400, "A page that says why nobody was signed in.")
            .ends(302, "To the provider.")
            .ends(303, "Somebody is signed in: on to `next`.")
            .ends(307, "There is nothing to sign in to."),
        post("signIn", "/auth/login")
            .says("Signs in with address and password", "The answer has the cookie of the session. A form is answered with a page.")
            .sends_as(BOTH, plain(texts(&[("email", "The address."), ("password", "The password."), ("next", "Where to go afterwards.")], &["email", "password"])), json!({ "email": EMAIL, "password": PASSWORD }))
            .gives_as(200, "Who is signed in.", JSON, plain(who()))
            .ends(303, "On to `next`.")
            .gives_refusal(401, "Address or password are wrong.")
            .or_page()
            .gives_refusal(429, "Too many tries.")
            .or_page()
            .refuses(&[403, 404]),
        get("signOutByLink", "/auth/logout")
            .says("Ends the session, for web apps that send the browser here", "")
            .ends(303, "The session has ended.")
            .ends(307, "There was nothing to end."),
        post("signOut", "/auth/logout")
            .says("Ends the session, at the provider too", "")
            .ends(204, "The session has ended.")
            .refuses(&[403]),
        get("showSetUp", "/auth/setup")
            .says("The page for the first account", "Its link is printed when a fresh server starts.")
            .query("token", "From the link.", text_of_query(), json!("used-already"))
            .page(410, "The link has been used, or is too old.")
            .page(200, "The page.")
            .refuses(&[404]),
        post("setUp", "/auth/setup")
            .says("Makes the first account, which runs the server", "")
            .sends_as(BOTH, plain(texts(&[("token", "From the link."), ("email", "The address."), ("name", "The name."), ("password", password)], &["token", "email", "password"])), json!({ "token": "used-already", "email": EMAIL, "password": PASSWORD }))
            .gives_refusal(403, "The link has been used, or is too old.")
            .gives_as(201, "Who is signed in now.", JSON, plain(who()))
            .ends(303, "To the dashboard.")
            .page(410, "The link has been used, or is too old.")
            .gives_flaws(422, "The entries will not do.")
            .or_page()
            .refuses(&[404]),
        get("showPassword", "/auth/password")
            .says("The page to choose a password", "By a link that an operator gave.")
            .query("token", "From the link.", text_of_query(), json!("used-already"))
            .page(410, "The link has been used, or is too old.")
            .page(200, "The page.")
            .refuses(&[404]),
        post("choosePassword", "/auth/password")
            .says("Chooses a password by a link", "")
            .sends_as(BOTH, plain(texts(&[("token", "From the link."), ("password", password)], &["token", "password"])), json!({ "token": "used-already", "password": PASSWORD }))
            .gives_refusal(403, "The link has been used, or is too old.")
            .gives_as(200, "Who is signed in now.", JSON, plain(who()))
            .ends(303, "To the dashboard.")
            .page(410, "The link has been used, or is too old.")
            .gives_flaws(422, "The entries will not do.")
            .or_page()
            .refuses(&[404]),
    ]
}

fn provider() -> Vec<Operation> {
    let text_of_query = || json!({ "type": "string", "maxLength": 1_000 });
    let object = || json!({ "type": "object", "additionalProperties": true });
    let question = |operation: Operation| {
        operation
            .query("client_id", "`codecarbon-cli`.", text_of_query(), None)
            .query("redirect_uri", "An address on loopback.", text_of_query(), None)
            .query("response_type", "`code`.", text_of_query(), None)
            .query("scope", "What is asked for.", text_of_query(), None)
            .query("state", "Comes back.", text_of_query(), None)
            .query("nonce", "Comes back in the identity token.", text_of_query(), None)
            .query("code_challenge", "PKCE.", text_of_query(), None)
            .query("code_challenge_method", "`S256`.", text_of_query(), None)
    };
    vec![
        question(get("askForCode", "/auth/authorize"))
            .says("A command asks to act for whoever is signed in", "OpenID Connect, authorization code with PKCE.")
            .page(400, "The question is none that can be answered.")
            .page(200, "The question to the person.")
            .ends(303, "To sign in first.")
            .refuses(&[404]),
        post("answerForCode", "/auth/authorize")
            .says("The person's answer to a command", "")
            .by(Asker::InPerson)
            .sends_as(&[FORM, JSON], plain(texts(&[("answer", "`yes` or `no`."), ("client_id", "As asked."), ("redirect_uri", "As asked."), ("response_type", "As asked."), ("scope", "As asked."), ("state", "As asked."), ("nonce", "As asked."), ("code_challenge", "As asked."), ("code_challenge_method", "As asked.")], &[])), json!({ "answer": "yes" }))
            .page(400, "The question is none that can be answered.")
            .ends(303, "Back to the command.")
            .refuses(&[404]),
        post("beginDevice", "/auth/device")
            .says("A device without a browser asks to be let in", "RFC 8628.")
            .sends_as(&[FORM, JSON], plain(texts(&[("client_id", "`codecarbon-cli`."), ("scope", "What is asked for.")], &["client_id"])), json!({ "client_id": "codecarbon-cli", "scope": "openid" }))
            .gives_as(200, "A long code for the device and a short one for its person.", JSON, plain(json!({
                "type": "object",
                "properties": {
                    "device_code": { "type": "string" },
                    "user_code": { "type": "string" },
                    "verification_uri": { "type": "string" },
                    "verification_uri_complete": { "type": "string" },
                    "expires_in": { "type": "integer", "description": "Seconds." },
                    "interval": { "type": "integer", "description": "Seconds between questions." },
                },
                "required": ["device_code", "user_code", "verification_uri", "expires_in", "interval"],
            })))
            .gives_as(400, "It is refused.", JSON, plain(refusal()))
            .refuses(&[404]),
        get("showDevice", "/auth/device")
            .says("The page to type the short code of a device", "")
            .query("user_code", "The short code.", text_of_query(), None)
            .ends(303, "To sign in first.")
            .page(200, "The page.")
            .page(404, "No device waits for this code.")
            .refuses(&[429]),
        post("answerDevice", "/auth/device/answer")
            .says("The person's answer to a device", "")
            .by(Asker::InPerson)
            .sends_as(&[FORM, JSON], plain(texts(&[("user_code", "The short code."), ("answer", "`yes` or `no`.")], &["user_code"])), json!({ "user_code": "BCDF-GHJK", "answer": "yes" }))
            .page(404, "No device waits for this code.")
            .page(200, "It is done.")
            .ends(303, "To the question."),
        post("exchangeForTokens", "/auth/token")
            .says("Exchanges a code or a token for renewal for tokens", "RFC 6749, RFC 8628.")
            .sends_as(&[FORM, JSON], plain(texts(&[("client_id", "`codecarbon-cli`."), ("grant_type", "`authorization_code`, `refresh_token` or `urn:ietf:params:oauth:grant-type:device_code`."), ("code", "The code."), ("code_verifier", "PKCE."), ("redirect_uri", "As asked."), ("refresh_token", "The token for renewal."), ("device_code", "The long code of a device.")], &["client_id", "grant_type"])), json!({ "client_id": "codecarbon-cli", "grant_type": "refresh_token", "refresh_token": "used-already" }))
            .gives_as(400, "It is refused.", JSON, plain(refusal()))
            .gives_as(200, "The tokens.", JSON, plain(object()))
            .refuses(&[404]),
        post("revokeRenewal", "/auth/revoke")
            .says("Ends a token for renewal", "RFC 7009: also what is not known is answered with 200.")
            .sends_as(&[FORM, JSON], plain(texts(&[("token", "The token.")], &[])), json!({ "token": "used-already" }))
            .ends(200, "It does not count.")
            .refuses(&[404]),
        get("getSigningKeys", "/auth/jwks")
            .says("The keys by which tokens of this server are checked", "RFC 7517.")
            .gives_as(200, "The keys.", JSON, plain(object()))
            .refuses(&[404]),
        get("describeProvider", "/.well-known/openid-configuration")
            .says("What the small provider of this server can do", "OpenID Connect Discovery.")
            .gives_as(200, "The description.", JSON, plain(object()))
            .refuses(&[404]),
    ]
}
