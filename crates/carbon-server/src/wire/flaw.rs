//! One thing that is wrong with a request, in the published shape.

use serde_json::{Map, Value, json};

/// Where in the request a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The JSON body.
    Body,
    /// The query string.
    Query,
    /// The path.
    Path,
}

impl Place {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Query => "query",
            Self::Path => "path",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Flaw {
    kind: &'static str,
    location: Vec<Value>,
    message: String,
    input: Value,
    context: Option<Value>,
}

impl Flaw {
    /// A flaw of the whole body or query.
    pub fn of_all(kind: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self {
            kind,
            location: vec![place.as_str().into()],
            message: message.into(),
            input: Value::Null,
            context: None,
        }
    }

    /// A flaw of one field.
    pub fn of_field(
        kind: &'static str,
        place: Place,
        name: &str,
        message: impl Into<String>,
        input: &Value,
    ) -> Self {
        let mut flaw = Self::of_all(kind, place, message);
        flaw.location.push(name.into());
        flaw.input = input.clone();
        flaw
    }

    /// The body is no JSON; `offset` is where that shows, in bytes.
    pub fn no_json(offset: usize, why: &str) -> Self {
        let mut flaw = Self::of_all("json_invalid", Place::Body, "JSON decode error");
        flaw.location.push(offset.into());
        flaw.input = json!({});
        flaw.context = Some(json!({ "error": why }));
        flaw
    }

    /// Adds what was given.
    #[must_use]
    pub fn with_input(mut self, input: &Value) -> Self {
        self.input = input.clone();
        self
    }

    /// Adds the bound that was broken, or another detail.
    #[must_use]
    pub fn with_context(mut self, name: &str, value: impl Into<Value>) -> Self {
        let mut context = Map::new();
        context.insert(name.to_owned(), value.into());
        self.context = Some(Value::Object(context));
        self
    }

    /// The same of an item of a list: its place, counted from 0, and what leads to the list.
    #[must_use]
    pub fn of_item(mut self, list: &str, index: usize) -> Self {
        let path = [(!list.is_empty()).then(|| list.into()), Some(index.into())];
        self.location.splice(1..1, path.into_iter().flatten());
        self
    }

    /// As it is sent. Long texts are cut, so that an answer is never longer than what was asked.
    pub fn to_json(&self) -> Value {
        let mut object = json!({
            "type": self.kind,
            "loc": self.location,
            "msg": self.message,
            "input": shortened(&self.input),
        });
        if let (Some(context), Value::Object(map)) = (&self.context, &mut object) {
            map.insert("ctx".to_owned(), context.clone());
        }
        object
    }
}

/// Longest text, in characters, that is sent back.
const LONGEST_ECHO: usize = 200;

fn shortened(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > LONGEST_ECHO => {
            let start: String = text.chars().take(LONGEST_ECHO).collect();
            Value::String(start + "…")
        }
        Value::Array(_) | Value::Object(_) => {
            if value.to_string().len() > LONGEST_ECHO {
                Value::Null
            } else {
                value.clone()
            }
        }
        other => other.clone(),
    }
}
