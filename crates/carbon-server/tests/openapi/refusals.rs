//! What is answered when a request is not served: the published shapes, and problem documents under
//! `/v1`. They are the same everywhere, so that operations refer to them.

use serde_json::{Map, Value, json};

use crate::operation::{JSON, Operation};

/// Status, name of the answer, what it means.
const REFUSALS: &[(u16, &str, &str)] = &[
    (400, "Invalid", "An id or a value cannot be used."),
    (401, "NotSignedIn", "Nobody is signed in, or what was shown is not good (any more)."),
    (
        403,
        "Forbidden",
        "Whoever asks may not do this, or there is no such thing among what is theirs.",
    ),
    (404, "NotFound", "There is no such thing, or this server signs people in another way."),
    (406, "NotAcceptable", "None of the media types that are asked for can be given."),
    (408, "TooSlow", "The request did not come in whole within the time for it."),
    (409, "Conflict", "What there is already stands against it."),
    (410, "Gone", "The link has been used, or is too old."),
    (413, "TooLong", "The body is longer than the route takes."),
    (414, "AddressTooLong", "The path and the query are longer than the server takes."),
    (415, "WrongMedia", "The body is in a form or packing that the route does not take."),
    (422, "Flawed", "The request is not what the route takes; every flaw is named with its place."),
    (429, "TooMany", "Too many requests; `Retry-After` says when another one will be served."),
    (431, "HeadTooLong", "The address and the headers are longer than the server reads."),
    (
        503,
        "Unavailable",
        "The database or the sign-in service does not answer; `Retry-After` says when to try again.",
    ),
    (507, "Full", "There is no room left on the server; nothing was stored."),
];

/// A reference to a refusal.
pub(crate) fn reference(status: u16, of: &Operation) -> Value {
    json!({ "$ref": format!("#/components/responses/{}", name(status, of.has_problems())) })
}

fn name(status: u16, is_problem: bool) -> String {
    let found = REFUSALS.iter().find(|(known, _, _)| *known == status);
    let (_, name, _) = found.unwrap_or_else(|| panic!("{status} has no words in refusals.rs"));
    if is_problem { format!("{name}Problem") } else { (*name).to_owned() }
}

/// All of them, by name.
pub(crate) fn responses() -> Map<String, Value> {
    let mut all = Map::new();
    for (status, _, words) in REFUSALS {
        for is_problem in [false, true] {
            all.insert(name(*status, is_problem), response(*status, words, is_problem));
        }
    }
    all
}

fn response(status: u16, words: &str, is_problem: bool) -> Value {
    let (media, schema) = match (is_problem, status) {
        (true, _) => ("application/problem+json", "Problem"),
        (false, 422) => (JSON, "FlawsRefusal"),
        (false, _) => (JSON, "Refusal"),
    };
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    let mut content = Map::new();
    content.insert(media.to_owned(), json!({ "schema": schema }));
    let mut response = json!({ "description": words, "content": content });
    if status == 431 {
        // It comes from below the routes, without a body.
        return json!({ "description": words });
    }
    if [429, 503].contains(&status) {
        response["headers"] = json!({ "Retry-After": {
            "description": "Seconds until another request will be served.",
            "schema": { "type": "integer", "minimum": 1 },
        } });
    }
    response
}

/// Their schemas, by name.
pub(crate) fn schemas() -> Map<String, Value> {
    let flaw = json!({
        "type": "object",
        "description": "One thing that is wrong with a request.",
        "properties": {
            "type": { "type": "string", "description": "Kind of the flaw, for programs." },
            "loc": {
                "type": "array",
                "description": "Where it is: `body`, `query` or `path`, then names of fields and positions.",
                "items": { "type": ["string", "integer"] },
            },
            "msg": { "type": "string", "description": "What is wrong, for people." },
            "input": { "description": "What was given, shortened where it is long." },
            "ctx": { "type": "object", "additionalProperties": true, "description": "The bound that was broken, or another detail." },
        },
        "required": ["type", "loc", "msg", "input"],
        "example": {
            "type": "greater_than", "loc": ["body", "duration"], "input": 0,
            "msg": "Input should be greater than 0", "ctx": { "gt": 0.0 },
        },
    });
    let refusal = json!({
        "type": "object",
        "description": "Why a published route refuses.",
        "properties": { "detail": { "type": "string", "description": "What is told." } },
        "required": ["detail"],
        "example": { "detail": "Operation not authorized" },
    });
    let flaws = json!({
        "type": "object",
        "description": "What is wrong with a request to a published route.",
        "properties": { "detail": { "type": "array", "items": { "$ref": "#/components/schemas/Flaw" } } },
        "required": ["detail"],
    });
    let problem = json!({
        "type": "object",
        "description": "Why a route under /v1 refuses (RFC 9457).",
        "properties": {
            "type": { "type": "string", "description": "A URI of the kind of problem; `about:blank` where the status says it all." },
            "title": { "type": "string", "description": "The words of the status." },
            "status": { "type": "integer", "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What is wrong, for people." },
            "errors": {
                "type": "array", "items": { "$ref": "#/components/schemas/Flaw" },
                "description": "Everything that is wrong with the request; only with status 422.",
            },
            "instance": { "type": "string", "description": "The id under which a fault of the server is logged." },
        },
        "required": ["type", "title", "status", "detail"],
        "example": {
            "type": "about:blank", "title": "Forbidden", "status": 403,
            "detail": "Operation not authorized",
        },
    });
    let mut all = Map::new();
    for (name, schema) in
        [("Flaw", flaw), ("Refusal", refusal), ("FlawsRefusal", flaws), ("Problem", problem)]
    {
        all.insert(name.to_owned(), schema);
    }
    all
}
