//! Sends the example of every operation to a server and notes what it answers.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::operation::{Asker, FORM, Operation, Place};
use crate::operations::Group;
use crate::support::{Answer, Browser, Sent, encoded};
use crate::world::{SECRET, World};

/// What was answered, by the names of operations.
pub(crate) type Walked = BTreeMap<&'static str, Answer>;

/// Sends every example, in the order of the groups.
pub(crate) async fn walk(groups: &[Group]) -> Walked {
    let World { server, mut ada } = World::build().await;
    let mut walked = Walked::new();
    for operation in groups.iter().flat_map(|group| &group.operations) {
        let answer = send(operation, &server, &mut ada).await;
        walked.insert(operation.name, answer);
    }
    walked
}

async fn send(operation: &Operation, server: &crate::support::Server, ada: &mut Browser) -> Answer {
    let path = path_of(operation);
    let mut headers: Vec<(&str, String)> = Vec::new();
    for parameter in operation.parameters.iter().filter(|one| one.place == Place::Header) {
        if let Some(example) = &parameter.example {
            headers.push((parameter.name, text_of(example)));
        }
    }
    let mut pairs = Vec::new();
    let body = match &operation.body {
        None => Sent::Nothing,
        Some(body) if body.media[0] == FORM => {
            let fields = body.example.as_object().expect("a form has fields");
            pairs.extend(fields.iter().map(|(name, value)| (name.clone(), text_of(value))));
            Sent::Nothing
        }
        Some(body) => Sent::Json(body.example.clone()),
    };
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let body = if pairs.is_empty() { body } else { Sent::Form(&pairs) };
    let method: Method = operation.method.clone();
    match operation.asker {
        Asker::Person | Asker::InPerson | Asker::Reader => {
            let mut shown = as_headers(&headers);
            shown.push(("sec-fetch-site", "same-origin"));
            ada.send_from(&shown, method, &path, body).await
        }
        Asker::Writer => {
            headers.push(("x-api-token", SECRET.to_owned()));
            server.call(method, &path, &as_headers(&headers), body).await
        }
        Asker::Anybody => server.call(method, &path, &as_headers(&headers), body).await,
    }
}

fn as_headers<'a>(headers: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// The path of an operation with the examples of its parameters.
pub(crate) fn path_of(operation: &Operation) -> String {
    let mut path = operation.path.to_owned();
    let mut query = Vec::new();
    for parameter in &operation.parameters {
        let Some(example) = &parameter.example else { continue };
        match parameter.place {
            Place::Path => {
                path = path.replace(&format!("{{{}}}", parameter.name), &text_of(example));
            }
            Place::Query => match example {
                Value::Array(items) => {
                    query.extend(items.iter().map(|one| (parameter.name, text_of(one))));
                }
                one => query.push((parameter.name, text_of(one))),
            },
            Place::Header => {}
        }
    }
    assert!(!path.contains('{'), "{}: a parameter of the path is missing", operation.name);
    if query.is_empty() {
        return path;
    }
    let query: Vec<(&str, &str)> = query.iter().map(|(a, b)| (*a, b.as_str())).collect();
    format!("{path}?{}", encoded(&query))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What chance made, replaced by what stays the same: ids in the order in which they turn up, and
/// secrets.
#[derive(Default)]
pub(crate) struct Settled {
    ids: BTreeMap<String, String>,
}

/// Fields that hold secrets, or come from them, and what stands for them.
const SECRETS: &[(&str, &str)] = &[
    ("token", "cpt_q2hVn0dYk7wXbE5uR8sT1zA4cF6gJ9mLpQxWvNeHoI0"),
    ("device_code", "Jw1yqQ5cH0bX8nT3vM6kR9pL2sD4fG7hZaEoUiCxVtY"),
    ("user_code", "BCDF-GHJK"),
    ("webhook_key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("kid", "5b0c7d3e9a1f"),
    ("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
    ("y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
];

impl Settled {
    pub(crate) fn settle(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let mut settled = Map::new();
                for (name, value) in fields {
                    let secret = SECRETS.iter().find(|(known, _)| known == name);
                    let one = match (secret, value) {
                        (Some((_, stands)), Value::String(text)) if text.starts_with("ccp_") => {
                            json!(stands.replace("cpt_", "ccp_"))
                        }
                        (Some((_, stands)), Value::String(_)) => json!(stands),
                        _ => self.settle(value),
                    };
                    settled.insert(name.clone(), one);
                }
                settled.into()
            }
            Value::Array(items) => items.iter().map(|item| self.settle(item)).collect(),
            Value::String(text) => self.text(text).into(),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if let Some((start, _)) = text.split_once("token=") {
            return format!("{start}token=Jw1yqQ5cH0bX8nT3vM6kR9pL2sD4fG7hZaEoUiCxVtY");
        }
        if let Some((start, _)) = text.split_once("user_code=") {
            return format!("{start}user_code=BCDF-GHJK");
        }
        if text.contains("\r\n") && text.contains(',') {
            // A file with commas.
            return text.split(',').map(|cell| self.text(cell)).collect::<Vec<_>>().join(",");
        }
        // Names of sessions, and cursors, which end with the id of a row.
        let (start, end) =
            text.split_at_checked(text.len().saturating_sub(32)).unwrap_or((text, ""));
        if end.len() == 32 && end.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return format!("{start}0d1c7a52f3b94e6888e1f6a2c5b7d903");
        }
        if text.len() != 36
            || text.starts_with("5f0d6a51-9c1e-4a77")
            || Uuid::parse_str(text).is_err()
        {
            return text.to_owned();
        }
        let next = self.ids.len() + 1;
        let made = self.ids.entry(text.to_owned());
        made.or_insert_with(|| format!("c8a1e2f4-3b5d-4c6e-8f70-{next:012}")).clone()
    }
}
