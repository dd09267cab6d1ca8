//! The committed document is the server's: its routes, its answers.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::declared::declared_routes;
use crate::document::{Answers, document};
use crate::operation::Operation;
use crate::operations::{Group, groups};
use crate::support::Answer;
use crate::text::text;
use crate::validate::flaws;
use crate::walk::{Settled, Walked, walk};

/// The document, and what the server answered to its examples.
pub(crate) async fn made() -> (Value, Vec<Group>, Walked) {
    let groups = groups();
    let walked = walk(&groups).await;
    let mut settled = Settled::default();
    let mut answers = Answers::new();
    for operation in groups.iter().flat_map(|group| &group.operations) {
        let Some((media, _)) = operation.answers.first().and_then(|answer| answer.bodies.first())
        else {
            continue;
        };
        let answer = &walked[operation.name];
        let example = if media.contains("json") && !operation.name.starts_with("getDocument") {
            settled.settle(&answer.body)
        } else if media.starts_with("text/") && !media.starts_with("text/html") {
            settled.settle(&answer.text.clone().into())
        } else {
            Value::Null
        };
        answers.insert(operation.name, shortened(&example));
    }
    (document(&groups, &answers), groups, walked)
}

/// Three items say what a list of three hundred does.
fn shortened(example: &Value) -> Value {
    match example {
        Value::Array(items) => items.iter().take(3).map(shortened).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), shortened(value))).collect()
        }
        other => other.clone(),
    }
}

/// Whether the committed document is written anew.
#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn is_update() -> bool {
    std::env::var_os("UPDATE_OPENAPI").is_some()
}

#[tokio::test]
async fn the_committed_document_is_that_of_the_server() {
    let (document, groups, walked) = made().await;
    let mut wrong = Vec::new();
    for operation in groups.iter().flat_map(|group| &group.operations) {
        wrong.extend(differences(&document, operation, &walked[operation.name]));
    }
    let text = text(&document);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if is_update() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let line = text.lines().zip(committed.lines()).position(|(made, kept)| made != kept);
    assert!(
        text == committed,
        "openapi.json is stale from line {:?}: run this test with UPDATE_OPENAPI=1 and commit it",
        line.map(|line| line + 1)
    );
}

/// How an answer to an example differs from what the document says.
fn differences(document: &Value, operation: &Operation, answer: &Answer) -> Vec<String> {
    let expected = operation.answers.first().expect("an operation has an answer");
    let name = operation.name;
    if answer.status != expected.status {
        return vec![format!(
            "{name}: {} is expected, {} is found: {}",
            expected.status, answer.status, answer.text
        )];
    }
    let Some((media, _)) = expected.bodies.first() else {
        let is_empty = answer.text.is_empty();
        return if is_empty { Vec::new() } else { vec![format!("{name}: has a body")] };
    };
    if answer.header("content-type") != *media {
        return vec![format!("{name}: the media type is {}", answer.header("content-type"))];
    }
    let mut wrong = schema_flaws(document, operation, expected.status, answer);
    if let Some(body) = &operation.body {
        let schema = body_schema(document, operation);
        let flaws = flaws(document, &schema, &body.example);
        wrong.extend(flaws.into_iter().map(|flaw| format!("{name}: its example: {flaw}")));
    }
    wrong
}

/// How a body differs from the schema of its status.
pub(crate) fn schema_flaws(
    document: &Value,
    operation: &Operation,
    status: u16,
    answer: &Answer,
) -> Vec<String> {
    let name = operation.name;
    let response = &told(document, operation)["responses"][status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(path) => document.pointer(path.trim_start_matches('#')).unwrap(),
        None => response,
    };
    let media = answer.header("content-type").split(';').next().unwrap_or_default();
    let content = &response["content"][media];
    if content.is_null() {
        let is_nothing = answer.text.is_empty();
        return if is_nothing {
            Vec::new()
        } else {
            vec![format!("{name}: {status} with {media} is not in the document: {}", answer.text)]
        };
    }
    if !media.contains("json") {
        return Vec::new();
    }
    let flaws = flaws(document, &content["schema"], &answer.body);
    flaws.into_iter().map(|flaw| format!("{name} {status}: {flaw}")).collect()
}

fn told<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    &document["paths"][operation.path][operation.method.as_str().to_lowercase()]
}

fn body_schema(document: &Value, operation: &Operation) -> Value {
    let media = operation.body.as_ref().expect("it has one").media[0];
    told(document, operation)["requestBody"]["content"][media]["schema"].clone()
}

#[test]
fn the_document_has_the_routes_of_the_server_and_no_others() {
    let told: BTreeSet<(String, String)> = groups()
        .iter()
        .flat_map(|group| &group.operations)
        .map(|operation| (operation.method.to_string(), operation.path.to_owned()))
        .collect();
    let declared = declared_routes();
    assert!(declared.len() > 50, "{declared:?}");
    let missing: Vec<_> = declared.difference(&told).collect();
    assert!(missing.is_empty(), "routes without an operation in tests/openapi: {missing:?}");
    let gone: Vec<_> = told.difference(&declared).collect();
    assert!(gone.is_empty(), "operations in tests/openapi without a route: {gone:?}");
}

#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let (document, _, _) = made().await;
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let path = part.split('"').next().unwrap();
        assert!(document.pointer(path).is_some(), "{path}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let used = text.contains(&format!("\"#/components/schemas/{name}\""));
        assert!(used, "nothing uses the schema {name}");
    }
}
