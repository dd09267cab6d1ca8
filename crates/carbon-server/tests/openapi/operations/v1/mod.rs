//! Operations under `/v1`.

mod administration;
mod figures;
mod files;
mod lists;
mod organizations;
mod reference;
mod rows;

use serde_json::{Value, json};

use super::{Group, time};
use crate::operation::Operation;
use crate::world::{EXPERIMENT, ORGANIZATION, PROJECT, RUN};

/// All groups.
pub(super) fn groups() -> Vec<Group> {
    vec![
        rows::group(),
        figures::group(),
        lists::group(),
        files::group(),
        organizations::group(),
        administration::group(),
        reference::group(),
    ]
}

/// What figures may be asked of.
#[derive(Debug, Clone, Copy)]
struct Scope {
    /// As in names of operations.
    name: &'static str,
    /// As in paths.
    path: &'static str,
    words: &'static str,
    example: &'static str,
}

const SCOPES: [Scope; 4] = [
    Scope {
        name: "Organization",
        path: "organizations",
        words: "UUID of the organization.",
        example: ORGANIZATION,
    },
    Scope { name: "Project", path: "projects", words: "UUID of the project.", example: PROJECT },
    Scope {
        name: "Experiment",
        path: "experiments",
        words: "UUID of the experiment.",
        example: EXPERIMENT,
    },
    Scope { name: "Run", path: "runs", words: "UUID of the run.", example: RUN },
];

impl Scope {
    /// An operation on one of them, such as `get` + `Project` + `Sums` on `/v1/projects/{id}/sums`.
    fn get(self, what: &str) -> Operation {
        let path = format!("/v1/{}/{{id}}/{}", self.path, what.to_lowercase());
        let name = format!("get{}{what}", self.name);
        // The document is made once for each test: its texts may stay.
        crate::operation::get(name.leak(), path.leak()).id("id", self.words, self.example)
    }
}

/// `start` and `end`.
fn window(operation: Operation, example: Option<Value>) -> Operation {
    operation
        .query(
            "start",
            "First instant that counts; without it everything before `end` does.",
            time(),
            example,
        )
        .query(
            "end",
            "Last instant that counts; without it everything from `start` on does.",
            time(),
            None,
        )
}

/// `limit` and `after`.
fn page(operation: Operation, longest: u32) -> Operation {
    let number = json!({ "type": "integer", "minimum": 1, "maximum": longest, "default": 100 });
    operation.query("limit", "Most items of the page.", number, json!(2)).query(
        "after",
        "`next` of the page before; the first page without it.",
        json!({ "type": "string", "maxLength": 100 }),
        None,
    )
}

/// A word of a few.
fn word(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}
