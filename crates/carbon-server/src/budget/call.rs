//! One call of a webhook.

use std::time::Duration;

use carbon_api::v1::admin::{BudgetState, WebhookCall, WebhookEvent, WebhookProject};
use carbon_http::{Client, HttpError, Method, Policy, Request, host_of};
use carbon_store::{Budget, Project, SecretText, Timestamp};

use super::webhook::signature;
use super::{Kind, Standing};
use crate::settings::Settings;
use crate::wire::Micros;

/// A call that is to be made.
#[derive(Debug)]
pub(super) struct Call {
    /// Where to.
    pub(super) url: String,
    /// What it is signed with.
    pub(super) key: SecretText,
    /// The same for all attempts, so that a receiver counts them once.
    pub(super) id: String,
    /// When it is made, seconds since 1970.
    pub(super) at_unix_s: i64,
    /// What is told.
    pub(super) body: String,
}

/// What may be called, and how long a receiver may take.
pub(super) fn policy(settings: &Settings) -> Policy {
    Policy {
        connect: Duration::from_secs(5),
        total: Duration::from_secs(10),
        longest_answer: 64 << 10,
        authorities: None,
        proxies: settings.has_private_webhooks,
        public_only: !settings.has_private_webhooks,
    }
}

/// What is told of an alert.
pub(super) fn body(
    project: &Project,
    budget: &Budget,
    standing: &Standing,
    kind: Kind,
    now: Timestamp,
) -> String {
    let name = if kind.state == BudgetState::Passed { "budget.passed" } else { "budget.forecast" };
    let call = WebhookCall {
        kind: name.to_owned(),
        timestamp: Micros::from(now).utc(),
        data: WebhookEvent {
            project: WebhookProject {
                id: project.id.to_string(),
                name: project.name.clone(),
                organization_id: project.organization_id.to_string(),
            },
            month: standing.month.to_string(),
            measure: kind.measure,
            energy_kwh: budget.energy_kwh,
            emissions_kg: budget.emissions_kg,
            used: standing.used,
            forecast: standing.forecast,
        },
    };
    // Finite numbers and texts: there is nothing that could not be written.
    serde_json::to_string(&call).unwrap_or_default()
}

impl Call {
    /// Makes the call; whether it was heard, which a status of 2xx says. Blocks for ten seconds at
    /// most.
    pub(super) fn make(&self, policy: Policy) -> bool {
        let signature = signature(&self.key, &self.id, self.at_unix_s, &self.body);
        let at = self.at_unix_s.to_string();
        let body = self.body.as_bytes();
        let request = Request::with_body(Method::Post, &self.url, "application/json", body)
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", &signature);
        let host = host_of(&self.url);
        match Client::new(policy).and_then(|client| client.send(&request)) {
            Ok(answer) if answer.is_success() => true,
            Ok(answer) => {
                let status = answer.status;
                tracing::warn!(host, status, "a webhook did not take what it was told");
                false
            }
            Err(error) => {
                log(host, &error);
                false
            }
        }
    }
}

/// Messages of the client name the host and nothing else of the address.
fn log(host: &str, error: &HttpError) {
    tracing::warn!(host, why = %error, "a webhook was not reached");
}
