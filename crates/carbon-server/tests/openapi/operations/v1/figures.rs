//! Sums, series, comparisons, usage.

use carbon_api::v1::{Comparison, Series, Sums};
use serde_json::json;

use super::{Group, SCOPES, Scope, window, word};
use crate::operation::{Asker, Operation, Parameter, Place, get};
use crate::world::{ORGANIZATION, OTHER_RUN, RUN};

/// By what rows are told apart.
const BY: [&str; 5] = ["project", "experiment", "run", "member", "host"];

pub(super) fn group() -> Group {
    let mut operations: Vec<Operation> = SCOPES.into_iter().map(sums).collect();
    operations.extend(SCOPES.into_iter().map(series));
    operations.push(
        get("compareRuns", "/v1/runs/compare")
            .says(
                "Runs side by side",
                "Each but the first against the first. Something is said of a difference only where it \
                 holds whatever the truth within the intervals of both runs.",
            )
            .by(Asker::Reader)
            .parameter(Parameter {
                name: "run",
                place: Place::Query,
                is_required: true,
                words: "UUIDs of the runs, each as a `run` of its own.",
                schema: json!({ "type": "array", "items": { "type": "string", "format": "uuid" }, "minItems": 2, "maxItems": 20 }),
                example: Some(json!([RUN, OTHER_RUN])),
            })
            .gives::<Comparison>(200, "The runs and their differences.")
            .refuses(&[400, 404]),
    );
    let usage = get("getOrganizationUsage", "/v1/organizations/{id}/usage")
        .says("Who or what used how much", "")
        .by(Asker::Person)
        .id("id", "UUID of the organization.", ORGANIZATION)
        .query(
            "by",
            "Of whom, or of what.",
            json!({ "type": "string", "enum": ["member", "host", "project"], "default": "member" }),
            json!("host"),
        );
    operations
        .push(limited(window(usage, None)).gives::<Sums>(200, "The sums, greatest energy first."));
    Group {
        name: "Figures",
        words: "What rows come to: in all, in groups, in stretches of time, against each other.",
        operations,
    }
}

fn asker(scope: Scope) -> Asker {
    if scope.name == "Organization" { Asker::Person } else { Asker::Reader }
}

fn sums(scope: Scope) -> Operation {
    let operation = scope
        .get("Sums")
        .says("What rows come to, in all and told apart", "")
        .by(asker(scope))
        .query(
            "by",
            "Tells rows apart; members and hosts for members only.",
            word(&BY),
            json!("run"),
        );
    let operation = window(operation, Some(json!("2026-11-01T00:00:00Z")));
    limited(operation)
        .gives::<Sums>(200, "The sums; groups with `by`, greatest energy first.")
        .refuses(&[404])
}

fn limited(operation: Operation) -> Operation {
    let number = json!({ "type": "integer", "minimum": 1, "maximum": 1_000, "default": 100 });
    operation.query("limit", "Most groups.", number, None)
}

fn series(scope: Scope) -> Operation {
    let operation = scope
        .get("Series")
        .says(
            "What rows come to in stretches of time",
            "Only stretches that have rows are told; a row counts where its interval ended. The window is \
             that of the rows where none is given.",
        )
        .by(asker(scope))
        .query("width_s", "Length of a stretch, s; the window has 10,000 of them at most.", json!({ "type": "number", "minimum": 1, "maximum": 3.2e11 }), None)
        .query("buckets", "Most stretches, of a length that people count in; not together with `width_s`. 200 where neither is given.", json!({ "type": "integer", "minimum": 1, "maximum": 2_000 }), json!(24))
        .query("by", "Tells rows apart; members and hosts for members only.", word(&BY), None);
    window(operation, None)
        .gives::<Series>(200, "The stretches, in the order of time.")
        .refuses(&[404])
}
