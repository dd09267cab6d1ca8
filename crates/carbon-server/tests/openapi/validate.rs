//! Whether a value is what a schema says: the part of JSON Schema that the document uses. A keyword
//! that is not known here is an error, and so is a key of an answer that its schema does not name, so
//! that neither the document nor the server can say more than the other.

use serde_json::{Map, Value};

/// Words that say nothing on values.
const SILENT: &[&str] = &[
    "description",
    "title",
    "default",
    "example",
    "examples",
    "$schema",
    "minLength",
    "maxLength",
];

/// Everything that is wrong with a value, with its place.
pub(crate) fn flaws(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "", &mut found);
    found
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Value::Object(schema) = schema else {
        if schema == &Value::Bool(false) {
            found.push(format!("{at}: nothing is allowed"));
        }
        return;
    };
    for (word, told) in schema {
        let mut wrong = |why: String| found.push(format!("{at}: {why}: {value}"));
        match word.as_str() {
            "$ref" => {
                let path = told.as_str().unwrap_or_default().trim_start_matches('#');
                let Some(meant) = document.pointer(path) else {
                    wrong(format!("{path} is not there"));
                    continue;
                };
                check(document, meant, value, at, found);
            }
            "type" => {
                let is_one = match told {
                    Value::Array(kinds) => kinds.iter().any(|kind| is_kind(kind, value)),
                    kind => is_kind(kind, value),
                };
                if !is_one {
                    wrong(format!("is not {told}"));
                }
            }
            "enum" => {
                if !told.as_array().is_some_and(|known| known.contains(value)) {
                    wrong(format!("is none of {told}"));
                }
            }
            "const" if told != value => wrong(format!("is not {told}")),
            "minimum" if value.as_f64() < told.as_f64() && value.is_number() => {
                wrong(format!("is below {told}"));
            }
            "maximum" if value.as_f64() > told.as_f64() && value.is_number() => {
                wrong(format!("is above {told}"));
            }
            "format" => {
                if let (Some(format), Some(text)) = (told.as_str(), value.as_str())
                    && !has_format(format, text)
                {
                    wrong(format!("is no {format}"));
                }
            }
            "pattern" => {
                assert_eq!(told, crate::schema::PUBLISHED_TIME, "the only pattern of the document");
                let text = value.as_str().unwrap_or_default();
                if value.is_string() && !is_time(&format!("{}Z", text.trim_end_matches('Z'))) {
                    wrong("is no time".to_owned());
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(document, told, item, &format!("{at}/{index}"), found);
                }
            }
            "minItems" | "maxItems" => {
                let length = value.as_array().map_or(0, Vec::len) as u64;
                let bound = told.as_u64().unwrap_or_default();
                if value.is_array() && (length < bound) == (word == "minItems") && length != bound {
                    wrong(format!("breaks {word} {bound}"));
                }
            }
            "required" => {
                for name in told.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        wrong(format!("{name} is missing"));
                    }
                }
            }
            "properties" => properties(document, schema, told, value, at, found),
            "additionalProperties" if !schema.contains_key("properties") => {
                for (name, item) in value.as_object().into_iter().flatten() {
                    check(document, told, item, &format!("{at}/{name}"), found);
                }
            }
            "const" | "minimum" | "maximum" | "additionalProperties" => {}
            "anyOf" | "oneOf" => {
                let fits = |one: &Value| flaws(document, one, value).is_empty();
                if !told.as_array().is_some_and(|all| all.iter().any(fits)) {
                    wrong(format!("fits none of {told}"));
                }
            }
            silent if SILENT.contains(&silent) => {}
            other => wrong(format!("the schema has {other}, which validate.rs does not know")),
        }
    }
}

fn properties(
    document: &Value,
    schema: &Map<String, Value>,
    told: &Value,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    for (name, item) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        match (told.get(name), schema.get("additionalProperties")) {
            (Some(property), _) => check(document, property, item, &at, found),
            (None, Some(others)) => check(document, others, item, &at, found),
            (None, None) => found.push(format!("{at}: is not in the document: {item}")),
        }
    }
}

fn is_kind(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "uuid" => text.len() == 36 && uuid::Uuid::parse_str(text).is_ok(),
        "date-time" => is_time(text),
        "email" => text.contains('@'),
        "uri" => text.contains("://"),
        other => panic!("{other} is no format that validate.rs knows"),
    }
}

fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}
