//! Schemas in words: what a value is, in a line, and the fields of an object.

use serde::Serialize;
use serde_json::Value;

/// What a value is: `number`, `list of Run`, … with the schema that can be looked up.
#[derive(Debug, Default, Serialize)]
pub(super) struct Shape {
    text: String,
    /// Name of the schema to look up.
    link: Option<String>,
    /// Bounds and formats.
    bounds: String,
}

/// A field of an object.
#[derive(Debug, Serialize)]
pub(super) struct Field {
    name: String,
    shape: Shape,
    is_required: bool,
    words: String,
}

/// What a value of a schema is.
pub(super) fn shape(schema: &Value) -> Shape {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return Shape { text: name.to_owned(), link: Some(name.to_owned()), bounds: String::new() };
    }
    if let Some(constant) = schema.get("const") {
        return Shape { text: constant.to_string(), ..Shape::default() };
    }
    if let Some(known) = schema["enum"].as_array() {
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        return Shape { text: known.join(" or "), ..Shape::default() };
    }
    for word in ["anyOf", "oneOf"] {
        if let Some(all) = schema[word].as_array() {
            return one_of(all);
        }
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    };
    if kinds.contains(&"array") {
        let Shape { text, link, .. } = shape(&schema["items"]);
        return Shape { text: format!("list of {text}"), link, bounds: bounds(schema) };
    }
    Shape { text: kinds.join(" or "), link: None, bounds: bounds(schema) }
}

fn one_of(all: &[Value]) -> Shape {
    let shapes: Vec<Shape> = all.iter().map(shape).collect();
    let texts: Vec<&str> = shapes.iter().map(|shape| shape.text.as_str()).collect();
    let text = texts.join(" or ");
    let link = shapes.into_iter().find_map(|shape| shape.link);
    Shape { text, link, bounds: String::new() }
}

fn bounds(schema: &Value) -> String {
    let number = |word: &str| schema.get(word).filter(|bound| bound.is_number());
    let mut parts = Vec::new();
    match (number("minimum"), number("maximum")) {
        (Some(from), Some(to)) => parts.push(format!("{from} to {to}")),
        (Some(from), None) => parts.push(format!("{from} or more")),
        (None, Some(to)) => parts.push(format!("{to} or less")),
        (None, None) => {}
    }
    if let Some(above) = number("exclusiveMinimum") {
        parts.push(format!("more than {above}"));
    }
    if let Some(longest) = number("maxLength") {
        parts.push(format!("at most {longest} characters"));
    }
    if let Some(most) = number("maxItems") {
        parts.push(format!("at most {most}"));
    }
    match schema["format"].as_str() {
        Some("uuid") => parts.push("UUID".to_owned()),
        Some("date-time") => parts.push("time (RFC 3339)".to_owned()),
        Some("email") => parts.push("e-mail address".to_owned()),
        _ => {}
    }
    if let Some(value) = schema.get("default").filter(|value| !value.is_null()) {
        parts.push(format!("{value} where absent"));
    }
    parts.join(", ")
}

/// The fields of an object: first those that have to be there, in the order in which they are told.
pub(super) fn fields(schema: &Value) -> Vec<Field> {
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let others = properties.keys().map(String::as_str).filter(|name| !required.contains(name));
    let names = required.iter().copied().chain(others);
    let field = |name: &str| {
        let told = properties.get(name)?;
        Some(Field {
            name: name.to_owned(),
            shape: shape(told),
            is_required: required.contains(&name),
            words: told["description"].as_str().unwrap_or_default().to_owned(),
        })
    };
    names.filter_map(field).collect()
}
