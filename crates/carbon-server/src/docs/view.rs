//! What the page shows, from the document.

use serde::Serialize;
use serde_json::Value;

use super::shape::{Field, Shape, fields, shape};

/// The page.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    title: String,
    version: String,
    about: String,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// Operations that belong together.
#[derive(Debug, Serialize)]
struct Group {
    name: String,
    anchor: String,
    words: String,
    operations: Vec<Operation>,
}

#[derive(Debug, Serialize)]
struct Operation {
    name: String,
    method: String,
    path: String,
    summary: String,
    words: String,
    needs: String,
    parameters: Vec<Parameter>,
    body: Option<Body>,
    answers: Vec<Answer>,
    curl: String,
}

#[derive(Debug, Serialize)]
struct Parameter {
    name: String,
    place: String,
    is_required: bool,
    shape: Shape,
    words: String,
}

#[derive(Debug, Serialize)]
struct Body {
    media: String,
    shape: Shape,
    fields: Vec<Field>,
}

#[derive(Debug, Serialize)]
struct Answer {
    status: String,
    is_refusal: bool,
    words: String,
    media: String,
    shape: Option<Shape>,
    example: String,
}

#[derive(Debug, Serialize)]
struct Schema {
    name: String,
    words: String,
    shape: Shape,
    fields: Vec<Field>,
}

/// Reads the document.
pub(super) fn page(document: &Value) -> Page {
    let groups = list(&document["tags"]).map(|tag| group(document, tag)).collect();
    let schemas = entries(&document["components"]["schemas"]).map(|(name, schema)| Schema {
        name: name.clone(),
        words: text(&schema["description"]),
        shape: shape(schema),
        fields: fields(schema),
    });
    Page {
        title: text(&document["info"]["title"]),
        version: text(&document["info"]["version"]),
        about: text(&document["info"]["description"]),
        groups,
        schemas: schemas.collect(),
    }
}

fn group(document: &Value, tag: &Value) -> Group {
    let name = text(&tag["name"]);
    let mut operations = Vec::new();
    for (path, methods) in entries(&document["paths"]) {
        for method in ["get", "post", "put", "patch", "delete"] {
            let told = &methods[method];
            if told["tags"][0] == tag["name"] {
                operations.push(operation(document, path, method, told));
            }
        }
    }
    let anchor = format!("group-{}", name.to_lowercase().replace(' ', "-"));
    Group { name, anchor, words: text(&tag["description"]), operations }
}

fn operation(document: &Value, path: &str, method: &str, told: &Value) -> Operation {
    let parameters = list(&told["parameters"]).map(|parameter| Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        is_required: parameter["required"] == true,
        shape: shape(&parameter["schema"]),
        words: text(&parameter["description"]),
    });
    let answers = entries(&told["responses"]).map(|(status, told)| answer(document, status, told));
    Operation {
        name: text(&told["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&told["summary"]),
        words: text(&told["description"]),
        needs: needs(&told["security"]),
        parameters: parameters.collect(),
        body: body(document, &told["requestBody"]),
        answers: answers.collect(),
        curl: curl(path, method, told),
    }
}

fn body(document: &Value, told: &Value) -> Option<Body> {
    let media: Vec<&str> = entries(&told["content"]).map(|(media, _)| media.as_str()).collect();
    let (_, first) = entries(&told["content"]).next()?;
    let schema = resolved(document, &first["schema"]);
    Some(Body { media: media.join(" or "), shape: shape(&first["schema"]), fields: fields(schema) })
}

fn answer(document: &Value, status: &str, told: &Value) -> Answer {
    let told = resolved(document, told);
    let content = entries(&told["content"]).next();
    let example = content.map(|(_, content)| match &content["example"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        example => format!("{example:#}"),
    });
    Answer {
        status: status.to_owned(),
        is_refusal: status.starts_with('4') || status.starts_with('5'),
        words: text(&told["description"]),
        media: content.map(|(media, _)| media.clone()).unwrap_or_default(),
        shape: content.map(|(_, content)| shape(&content["schema"])),
        example: example.unwrap_or_default(),
    }
}

/// What has to be shown, in words.
fn needs(security: &Value) -> String {
    let schemes = list(security).map(|one| one.as_object()?.keys().next().map(String::as_str));
    let schemes: Vec<Option<&str>> = schemes.collect();
    let name = |scheme: &str| match scheme {
        "session" => "a session",
        "bearer" => "a bearer token",
        _ => "a project token",
    };
    let names: Vec<&str> = schemes.iter().flatten().map(|scheme| name(scheme)).collect();
    match (names.is_empty(), schemes.contains(&None)) {
        (true, _) => "nothing".to_owned(),
        (false, true) => format!("{}; nothing where the project is public", names.join(" or ")),
        (false, false) => names.join(" or "),
    }
}

/// A line for a shell that sends the example.
fn curl(path: &str, method: &str, told: &Value) -> String {
    let mut path = path.to_owned();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut parts = Vec::new();
    for parameter in list(&told["parameters"]) {
        let example = &parameter["example"];
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = text(&parameter["name"]);
        match (parameter["in"].as_str(), example) {
            (_, Value::Null) => {}
            (Some("path"), example) => path = path.replace(&format!("{{{name}}}"), &plain(example)),
            (Some("query"), Value::Array(items)) => {
                for item in items {
                    query.append_pair(&name, &plain(item));
                }
            }
            (Some("query"), example) => {
                query.append_pair(&name, &plain(example));
            }
            (_, example) => parts.push(format!("-H '{name}: {}'", plain(example))),
        }
    }
    let schemes: Vec<&String> =
        list(&told["security"]).filter_map(|one| one.as_object()?.keys().next()).collect();
    let has = |scheme: &str| schemes.iter().any(|name| *name == scheme);
    if has("bearer") {
        parts.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    } else if has("projectToken") {
        parts.push("-H \"x-api-token: $PROJECT_TOKEN\"".to_owned());
    } else if has("session") {
        parts.push("-b \"user_session=$SESSION\"".to_owned());
    }
    if let Some((media, body)) = entries(&told["requestBody"]["content"]).next() {
        let quoted = |text: String| text.replace('\'', "'\\''");
        if media.contains("form") {
            for (name, value) in entries(&body["example"]) {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                parts.push(format!("--data-urlencode '{name}={}'", quoted(value)));
            }
        } else {
            parts.push(format!("-H 'Content-Type: {media}'"));
            parts.push(format!("-d '{}'", quoted(body["example"].to_string())));
        }
    }
    let query = query.finish();
    let url = if query.is_empty() { path } else { format!("{path}?{query}") };
    let verb =
        if method == "get" { String::new() } else { format!("-X {} ", method.to_uppercase()) };
    parts.insert(0, format!("curl {verb}\"$SERVER{url}\""));
    parts.join(" \\\n  ")
}

/// What a reference leads to, or the thing itself.
fn resolved<'a>(document: &'a Value, told: &'a Value) -> &'a Value {
    let path = told["$ref"].as_str().map(|path| path.trim_start_matches('#'));
    path.and_then(|path| document.pointer(path)).unwrap_or(told)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
