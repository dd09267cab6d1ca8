//! One operation of the server, as it is written down: what it is called, who may ask, what is sent,
//! what is answered. Each carries a request that the server is really sent.

use axum::http::Method;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::schema::Schemas;

/// Makes a schema, when the document is put together.
pub(crate) type Shape = Box<dyn Fn(&mut Schemas) -> Value + Send + Sync>;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// Anybody; nothing is shown.
    Anybody,
    /// Somebody with an account, by session or bearer.
    Person,
    /// Somebody with an account who is here in person: by session, or by a token of the provider.
    InPerson,
    /// A person, a token of the project that reads, or, where the project is public, anybody.
    Reader,
    /// A token of the project that writes.
    Writer,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// A parameter; one with an example is sent.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) is_required: bool,
    pub(crate) words: &'static str,
    pub(crate) schema: Value,
    pub(crate) example: Option<Value>,
}

/// A body that is sent.
pub(crate) struct Sent {
    pub(crate) media: &'static [&'static str],
    pub(crate) shape: Shape,
    pub(crate) example: Value,
    pub(crate) is_required: bool,
}

/// What may be answered beside refusals.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) words: &'static str,
    /// Media types and shapes; none where there is no body. The first is that of the example.
    pub(crate) bodies: Vec<(&'static str, Shape)>,
}

/// An operation.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// Its name in generated clients.
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) words: &'static str,
    pub(crate) asker: Asker,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Sent>,
    /// The first is what the example gets.
    pub(crate) answers: Vec<Answer>,
    /// Refusals that do not follow from the rest.
    pub(crate) refusals: Vec<u16>,
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const PROBLEM: &str = "application/problem+json";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// The shape of a type, as it is answered.
pub(crate) fn shown<T: JsonSchema + 'static>() -> Shape {
    Box::new(Schemas::shown::<T>)
}

/// The shape of a type, as it is sent.
pub(crate) fn taken<T: JsonSchema + 'static>() -> Shape {
    Box::new(Schemas::taken::<T>)
}

/// A shape that no type has.
pub(crate) fn plain(schema: Value) -> Shape {
    Box::new(move |_| schema.clone())
}

fn new(method: Method, name: &'static str, path: &'static str) -> Operation {
    Operation {
        method,
        path,
        name,
        summary: "",
        words: "",
        asker: Asker::Anybody,
        parameters: Vec::new(),
        body: None,
        answers: Vec::new(),
        refusals: Vec::new(),
    }
}

pub(crate) fn get(name: &'static str, path: &'static str) -> Operation {
    new(Method::GET, name, path)
}

pub(crate) fn post(name: &'static str, path: &'static str) -> Operation {
    new(Method::POST, name, path)
}

pub(crate) fn put(name: &'static str, path: &'static str) -> Operation {
    new(Method::PUT, name, path)
}

pub(crate) fn patch(name: &'static str, path: &'static str) -> Operation {
    new(Method::PATCH, name, path)
}

pub(crate) fn delete(name: &'static str, path: &'static str) -> Operation {
    new(Method::DELETE, name, path)
}

impl Operation {
    /// What it does, in a line, and what there is to know.
    pub(crate) fn says(mut self, summary: &'static str, words: &'static str) -> Self {
        (self.summary, self.words) = (summary, words);
        self
    }

    pub(crate) fn by(mut self, asker: Asker) -> Self {
        self.asker = asker;
        self
    }

    /// An id of the path.
    pub(crate) fn id(self, name: &'static str, words: &'static str, example: &str) -> Self {
        let schema = json!({ "type": "string", "format": "uuid" });
        self.parameter(Parameter {
            name,
            place: Place::Path,
            is_required: true,
            words,
            schema,
            example: Some(example.into()),
        })
    }

    /// Something that may be in the query.
    pub(crate) fn query(
        self,
        name: &'static str,
        words: &'static str,
        schema: Value,
        example: impl Into<Option<Value>>,
    ) -> Self {
        let (place, example) = (Place::Query, example.into());
        self.parameter(Parameter { name, place, is_required: false, words, schema, example })
    }

    /// The last parameter has to be there.
    pub(crate) fn required(mut self) -> Self {
        if let Some(last) = self.parameters.last_mut() {
            last.is_required = true;
        }
        self
    }

    pub(crate) fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// A request that is repeated because its answer was lost counts once.
    pub(crate) fn repeatable(self, example: &'static str) -> Self {
        self.parameter(Parameter {
            name: "Idempotency-Key",
            place: Place::Header,
            is_required: false,
            words: "The sender's own text for this request. Another request of the same project with the \
                    same text is answered like the first and adds nothing. An `id` in the body does the \
                    same and goes first.",
            schema: json!({ "type": "string", "maxLength": 200 }),
            example: Some(example.into()),
        })
    }

    pub(crate) fn sends<T: JsonSchema + 'static>(self, example: Value) -> Self {
        self.sends_as(&[JSON], taken::<T>(), example)
    }

    /// A body that may be left out.
    pub(crate) fn sends_if_any<T: JsonSchema + 'static>(self, example: Value) -> Self {
        let mut all = self.sends::<T>(example);
        if let Some(body) = &mut all.body {
            body.is_required = false;
        }
        all
    }

    pub(crate) fn sends_as(
        mut self,
        media: &'static [&'static str],
        shape: Shape,
        example: Value,
    ) -> Self {
        self.body = Some(Sent { media, shape, example, is_required: true });
        self
    }

    pub(crate) fn gives<T: JsonSchema + 'static>(self, status: u16, words: &'static str) -> Self {
        self.gives_as(status, words, JSON, shown::<T>())
    }

    pub(crate) fn gives_as(
        mut self,
        status: u16,
        words: &'static str,
        media: &'static str,
        shape: Shape,
    ) -> Self {
        self.answers.push(Answer { status, words, bodies: vec![(media, shape)] });
        self
    }

    /// The last answer in another form.
    pub(crate) fn or_as(mut self, media: &'static str, shape: Shape) -> Self {
        if let Some(last) = self.answers.last_mut() {
            last.bodies.push((media, shape));
        }
        self
    }

    /// An answer without a body.
    pub(crate) fn ends(mut self, status: u16, words: &'static str) -> Self {
        self.answers.push(Answer { status, words, bodies: Vec::new() });
        self
    }

    /// A page for people.
    pub(crate) fn page(self, status: u16, words: &'static str) -> Self {
        self.gives_as(status, words, HTML, plain(json!({ "type": "string" })))
    }

    /// An example that is refused, on a published route.
    pub(crate) fn gives_refusal(self, status: u16, words: &'static str) -> Self {
        let schema = json!({ "$ref": "#/components/schemas/Refusal" });
        self.gives_as(status, words, JSON, plain(schema))
    }

    /// What is wrong with a request to a published route.
    pub(crate) fn gives_flaws(self, status: u16, words: &'static str) -> Self {
        let schema = json!({ "$ref": "#/components/schemas/FlawsRefusal" });
        self.gives_as(status, words, JSON, plain(schema))
    }

    /// The last answer as a page, to those who sent a form.
    pub(crate) fn or_page(self) -> Self {
        self.or_as(HTML, plain(json!({ "type": "string" })))
    }

    /// An example that is refused, under `/v1`.
    pub(crate) fn gives_problem(self, status: u16, words: &'static str) -> Self {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        self.gives_as(status, words, PROBLEM, plain(schema))
    }

    pub(crate) fn refuses(mut self, statuses: &[u16]) -> Self {
        self.refusals.extend(statuses);
        self
    }

    /// Whether faults are problem documents.
    pub(crate) fn has_problems(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    /// All statuses with which it may be refused, in order.
    pub(crate) fn all_refusals(&self) -> Vec<u16> {
        let mut all = self.refusals.clone();
        match self.asker {
            Asker::Anybody => {}
            Asker::Person | Asker::InPerson | Asker::Reader => all.extend([401, 403]),
            Asker::Writer => all.push(403),
        }
        let has = |place| self.parameters.iter().any(|parameter| parameter.place == place);
        if has(Place::Path) {
            all.push(400);
        }
        if has(Place::Query) {
            all.extend([414, 422, 431]);
        }
        if self.body.is_some() {
            all.extend([408, 413, 422]);
        }
        if self.method != Method::GET {
            all.extend([400, 507]);
        }
        all.extend([429, 503]);
        all.sort_unstable();
        all.dedup();
        all.retain(|status| self.answers.iter().all(|answer| answer.status != *status));
        all
    }
}
