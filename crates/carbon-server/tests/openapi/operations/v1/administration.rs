//! Tokens, budgets and configuration of projects; changes and deletion.

use carbon_api::Experiment;
use carbon_api::v1::Page;
use carbon_api::v1::admin::{
    BudgetIn, BudgetSet, BudgetStatus, ExperimentPatch, NewToken, RotateToken, Token,
};
use serde_json::json;

use super::{Group, page};
use crate::operation::{Asker, Operation, delete, get, patch, plain, post, put};
use crate::world::{EXPERIMENT, PROJECT, SPARE_EXPERIMENT, SPARE_RUN, TOKEN_TO_CHANGE};

pub(super) fn group() -> Group {
    let mut operations = tokens();
    operations.extend(budget());
    operations.extend(things());
    Group {
        name: "Administration",
        words: "Tokens, budgets and configuration of projects; changes and deletion.",
        operations,
    }
}

fn of(operation: Operation) -> Operation {
    operation.by(Asker::Person).id("id", "UUID of the project.", PROJECT)
}

fn tokens() -> Vec<Operation> {
    let token =
        |operation: Operation| of(operation).id("token", "UUID of the token.", TOKEN_TO_CHANGE);
    let list = of(get("pageProjectTokens", "/v1/projects/{id}/tokens"))
        .says("Tokens of a project", "Without their secrets.");
    vec![
        of(post("createToken", "/v1/projects/{id}/tokens"))
            .says("Makes a token of a project", "Needs an admin.")
            .sends::<NewToken>(json!({ "name": "cluster", "access": "write", "expires": "2027-06-30T00:00:00Z" }))
            .gives::<Token>(201, "The token, with its secret, which is told this once.")
            .refuses(&[404, 409]),
        page(list, 1_000).gives::<Page<Token>>(200, "A page."),
        token(post("rotateToken", "/v1/projects/{id}/tokens/{token}/rotate"))
            .says(
                "Gives a token another secret",
                "The secret until now opens nothing any more. Its end stays unless another is given. Needs \
                 an admin.",
            )
            .sends_if_any::<RotateToken>(json!({ "expires": "2027-12-31T00:00:00Z" }))
            .gives::<Token>(200, "The token, with its secret, which is told this once.")
            .refuses(&[404, 409]),
        token(post("revokeToken", "/v1/projects/{id}/tokens/{token}/revoke"))
            .says("Makes a token useless", "It stays in the list. Needs an admin.")
            .ends(204, "It is revoked.")
            .refuses(&[404]),
        token(delete("deleteToken", "/v1/projects/{id}/tokens/{token}"))
            .says("Deletes a token", "Needs an admin.")
            .ends(204, "It is deleted.")
            .refuses(&[404]),
    ]
}

fn budget() -> Vec<Operation> {
    let path = "/v1/projects/{id}/budget";
    vec![
        of(put("setBudget", path))
            .says(
                "Sets what a project may use in a month",
                "When the use, or its forecast, passes it, the webhook is called once for each amount and \
                 month, signed with the key that is told where it is new (Standard Webhooks). Needs an \
                 admin.",
            )
            .sends::<BudgetIn>(json!({ "energy_kwh": 40.0, "webhook": "https://hooks.example.org/codecarbon" }))
            .gives::<BudgetSet>(200, "The budget, how the project stands to it, and a new key.")
            .refuses(&[404]),
        of(get("getBudget", path))
            .says("What a project may use in a month, and how it stands", "")
            .gives::<BudgetStatus>(200, "The budget; without one its amounts are null.")
            .refuses(&[404, 422]),
        of(delete("deleteBudget", path))
            .says("Takes the budget away", "Needs an admin.")
            .ends(204, "There is none."),
    ]
}

fn things() -> Vec<Operation> {
    let text = plain(json!({ "type": "string" }));
    vec![
        of(get("getConfiguration", "/v1/projects/{id}/configuration"))
            .says(
                "The configuration of a client of the project",
                "As `.codecarbon.config`, without a token.",
            )
            .query(
                "experiment",
                "UUID of the experiment; the first of the project where it is absent.",
                json!({ "type": "string", "format": "uuid" }),
                json!(EXPERIMENT),
            )
            .gives_as(200, "The file.", "text/plain; charset=utf-8", text)
            .refuses(&[404]),
        patch("updateExperiment", "/v1/experiments/{id}")
            .says("Changes an experiment", "What is absent or null stays.")
            .by(Asker::Person)
            .id("id", "UUID of the experiment.", SPARE_EXPERIMENT)
            .sends::<ExperimentPatch>(json!({ "description": "Not used any more" }))
            .gives::<Experiment>(200, "The experiment as it is now.")
            .refuses(&[404]),
        delete("deleteRun", "/v1/runs/{id}")
            .says(
                "Deletes a run with its rows",
                "It is answered at once; space is freed in the background.",
            )
            .by(Asker::Person)
            .id("id", "UUID of the run.", SPARE_RUN)
            .ends(204, "It is deleted."),
        delete("deleteExperiment", "/v1/experiments/{id}")
            .says(
                "Deletes an experiment with its runs",
                "It is answered at once; space is freed in the background.",
            )
            .by(Asker::Person)
            .id("id", "UUID of the experiment.", SPARE_EXPERIMENT)
            .ends(204, "It is deleted."),
    ]
}
