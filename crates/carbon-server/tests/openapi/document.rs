//! The document, put together from the operations and from what the server really answered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::operation::{Asker, Operation, Parameter, Place, Sent};
use crate::operations::Group;
use crate::refusals;
use crate::schema::Schemas;

/// What the examples were answered with, by the names of operations.
pub(crate) type Answers = BTreeMap<&'static str, Value>;

const ABOUT: &str = include_str!("about.md");

/// The whole document.
pub(crate) fn document(groups: &[Group], answers: &Answers) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for group in groups {
        for operation in &group.operations {
            assert!(names.insert(operation.name), "two operations are called {}", operation.name);
            let method = operation.method.as_str().to_lowercase();
            let shown = shown(operation, group.name, answers.get(operation.name), &mut schemas);
            paths.entry(operation.path).or_default().insert(method, shown);
        }
    }
    let mut all_schemas = schemas.finish();
    all_schemas.extend(refusals::schemas());
    let tags: Vec<Value> = groups
        .iter()
        .map(|group| json!({ "name": group.name, "description": group.words }))
        .collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "CodeCarbon server",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Energy and CO2e of computing: what trackers measured, summed up.",
            "description": ABOUT.trim(),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [
            { "url": "/", "description": "This server" },
            { "url": "/api", "description": "The same, as existing clients and proxies have it" },
        ],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": all_schemas,
            "responses": refusals::responses(),
            "securitySchemes": security_schemes(),
        },
    });
    drop_unused_responses(&mut document);
    document
}

fn shown(
    operation: &Operation,
    tag: &str,
    answered: Option<&Value>,
    schemas: &mut Schemas,
) -> Value {
    let mut responses = Map::new();
    for (index, answer) in operation.answers.iter().enumerate() {
        let mut response = json!({ "description": answer.words });
        for (place, (media, shape)) in answer.bodies.iter().enumerate() {
            let mut content = json!({ "schema": shape(schemas) });
            let is_of_example = (index, place) == (0, 0);
            if let Some(answered) = answered.filter(|one| is_of_example && !one.is_null()) {
                content["example"] = answered.clone();
            }
            let media = media.split(';').next().unwrap_or_default();
            response["content"][media] = content;
        }
        let known = responses.insert(answer.status.to_string(), response);
        assert!(known.is_none(), "{} has two answers {}", operation.name, answer.status);
    }
    for status in operation.all_refusals() {
        responses.insert(status.to_string(), refusals::reference(status, operation));
    }
    let mut shown = json!({
        "operationId": operation.name,
        "tags": [tag],
        "summary": operation.summary,
        "security": security(operation.asker),
        "responses": responses,
    });
    if !operation.words.is_empty() {
        shown["description"] = operation.words.into();
    }
    if !operation.parameters.is_empty() {
        shown["parameters"] = operation.parameters.iter().map(parameter).collect();
    }
    if let Some(body) = &operation.body {
        shown["requestBody"] = request_body(body, schemas);
    }
    shown
}

fn parameter(parameter: &Parameter) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let mut shown = json!({
        "name": parameter.name,
        "in": place,
        "description": parameter.words,
        "schema": parameter.schema,
    });
    if parameter.is_required {
        shown["required"] = true.into();
    }
    if parameter.schema["type"] == "array" {
        shown["explode"] = true.into();
    }
    if let Some(example) = &parameter.example {
        shown["example"] = example.clone();
    }
    shown
}

fn request_body(body: &Sent, schemas: &mut Schemas) -> Value {
    let content: Map<String, Value> = body
        .media
        .iter()
        .map(|media| {
            let told = json!({ "schema": (body.shape)(schemas), "example": body.example });
            ((*media).to_owned(), told)
        })
        .collect();
    json!({ "required": body.is_required, "content": content })
}

fn security(asker: Asker) -> Value {
    match asker {
        Asker::Anybody => json!([]),
        Asker::Person => json!([{ "session": [] }, { "bearer": [] }]),
        Asker::InPerson => json!([{ "session": [] }]),
        Asker::Reader => json!([{ "session": [] }, { "bearer": [] }, { "projectToken": [] }, {}]),
        Asker::Writer => json!([{ "projectToken": [] }]),
    }
}

fn security_schemes() -> Value {
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": "user_session",
            "description": "The session of a browser that has signed in. What changes something is only \
                            taken from pages of this server or of a configured origin.",
        },
        "bearer": {
            "type": "http", "scheme": "bearer",
            "description": "A personal access token (`ccp_…`), or an access token of the sign-in service.",
        },
        "projectToken": {
            "type": "apiKey", "in": "header", "name": "x-api-token",
            "description": "A token of a project (`cpt_…`), which reads, writes, or does both.",
        },
    })
}

/// A document names only what it uses.
fn drop_unused_responses(document: &mut Value) {
    let text = document["paths"].to_string();
    let all = document["components"]["responses"].as_object_mut().expect("they are there");
    all.retain(|name, _| text.contains(&format!("\"#/components/responses/{name}\"")));
}
