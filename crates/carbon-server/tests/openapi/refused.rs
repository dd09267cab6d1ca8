//! What is refused is refused as the document says: every operation is asked by nobody, for things that
//! are not there, and with bodies and queries that are none.

use axum::http::Method;
use serde_json::{Value, json};

use crate::committed::{made, schema_flaws};
use crate::operation::{Operation, Place};
use crate::support::{Answer, Sent};
use crate::walk::path_of;
use crate::world::{SECRET, World};

#[tokio::test]
async fn refusals_are_those_of_the_document() {
    let (document, groups, _) = made().await;
    let World { server, mut ada } = World::build().await;
    let mut wrong = Vec::new();
    let same_site = ("sec-fetch-site", "same-origin");
    for operation in groups.iter().flat_map(|group| &group.operations) {
        let method: Method = operation.method.clone();
        let path = path_of(operation);
        let mut answers = Vec::new();
        answers.push(server.call(method.clone(), &path, &[], Sent::Nothing).await);
        let bad = [("authorization", "Bearer nonsense"), ("x-api-token", "nonsense")];
        answers.push(server.call(method.clone(), &path, &bad, sent(operation)).await);
        for id in ["no-id", "00000000-0000-4000-8000-000000000000"] {
            if let Some(path) = with_ids(operation, id) {
                let token = [same_site, ("x-api-token", SECRET)];
                answers.push(ada.send_from(&token, method.clone(), &path, sent(operation)).await);
            }
        }
        if operation.body.is_some() {
            for body in [Value::Null, json!([]), json!({}), nonsense(operation)] {
                let token = [same_site, ("x-api-token", SECRET)];
                let sent = Sent::Json(body);
                answers.push(ada.send_from(&token, method.clone(), &path, sent).await);
            }
        }
        for answer in &answers {
            wrong.extend(difference(&document, operation, answer));
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} refusals are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn difference(document: &Value, operation: &Operation, answer: &Answer) -> Vec<String> {
    let status = answer.status;
    let is_known = operation.answers.iter().any(|known| known.status == status)
        || operation.all_refusals().contains(&status);
    if !is_known {
        let name = operation.name;
        return vec![format!("{name}: {status} is not in the document: {}", answer.text)];
    }
    schema_flaws(document, operation, status, answer)
}

fn sent(operation: &Operation) -> Sent<'static> {
    operation.body.as_ref().map_or(Sent::Nothing, |body| Sent::Json(body.example.clone()))
}

/// The path with another id, if it has one.
fn with_ids(operation: &Operation, id: &str) -> Option<String> {
    let is_id = |place| place == Place::Path;
    let has_id = operation.parameters.iter().any(|parameter| is_id(parameter.place));
    let segments = operation.path.split('/');
    let filled = segments.map(|segment| if segment.starts_with('{') { id } else { segment });
    has_id.then(|| filled.collect::<Vec<_>>().join("/"))
}

/// The example with values that are none.
fn nonsense(operation: &Operation) -> Value {
    let Some(body) = &operation.body else { return Value::Null };
    let Value::Object(fields) = &body.example else { return json!({ "x": 1 }) };
    fields.iter().map(|(name, _)| (name.clone(), json!({ "odd": true }))).collect()
}
