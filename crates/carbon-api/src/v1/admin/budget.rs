//! Budgets of projects, and the calls that tell that one is passed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a project may use in a calendar month (UTC): `PUT /v1/projects/{id}/budget`. At least one of
/// the amounts is needed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BudgetIn {
    /// Energy, kWh, more than 0; null for no limit.
    #[serde(default)]
    pub energy_kwh: Option<f64>,
    /// CO2e, kg, more than 0; null for no limit.
    #[serde(default)]
    pub emissions_kg: Option<f64>,
    /// Address that is called when the use or its forecast passes the budget, `https://…`; null for
    /// none.
    #[serde(default)]
    pub webhook: Option<String>,
    /// Whether the calls are signed with a new key from now on.
    #[serde(default)]
    pub new_key: bool,
}

/// Energy and CO2e.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amounts {
    /// Energy, kWh.
    pub energy_kwh: f64,
    /// CO2e, kg.
    pub emissions_kg: f64,
}

/// How a project stands to its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BudgetState {
    /// The use and its forecast are within it.
    Ok,
    /// The month will end beyond it if it goes on like this.
    Forecast,
    /// The use is beyond it.
    Passed,
}

/// What of a budget is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The energy.
    Energy,
    /// The CO2e.
    Emissions,
}

/// An alert of this month, and whether its call was heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BudgetAlert {
    /// What it is about.
    pub measure: Measure,
    /// `forecast` or `passed`.
    pub state: BudgetState,
    /// Calls that were made.
    pub attempts: i64,
    /// When a call was answered with success, UTC; null where none was yet.
    pub delivered: Option<String>,
}

/// A budget and how the project stands to it: `GET /v1/projects/{id}/budget`. Without a budget the
/// amounts are null and the state is `ok`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BudgetStatus {
    /// Most energy of a month, kWh; null for no limit.
    pub energy_kwh: Option<f64>,
    /// Most CO2e of a month, kg; null for no limit.
    pub emissions_kg: Option<f64>,
    /// Address that is called; null for none, and for those who are no admins: it can be a secret.
    pub webhook: Option<String>,
    /// Host of that address; null for none.
    pub webhook_host: Option<String>,
    /// The month, such as `2026-11` (UTC).
    pub month: String,
    /// What was used in it so far.
    pub used: Amounts,
    /// What it will have come to at its end; null while the project is younger than a day.
    pub forecast: Option<Amounts>,
    /// The worse of both amounts.
    pub state: BudgetState,
    /// The alerts of the month.
    pub alerts: Vec<BudgetAlert>,
}

/// A budget as it was set, with the key of its calls where it is new.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BudgetSet {
    /// The budget and how the project stands to it.
    #[serde(flatten)]
    pub status: BudgetStatus,
    /// What calls are signed with, `whsec_` and base64; only in the answer that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_key: Option<String>,
}

impl fmt::Debug for BudgetSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BudgetSet").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What the body of a call tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WebhookCall {
    /// `budget.forecast` or `budget.passed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was found, UTC.
    pub timestamp: String,
    /// What was found.
    pub data: WebhookEvent,
}

/// What was found: a project whose use, or its forecast, passes its budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WebhookEvent {
    /// The project.
    pub project: WebhookProject,
    /// The month, such as `2026-11` (UTC).
    pub month: String,
    /// Which amount is passed.
    pub measure: Measure,
    /// Most energy of the month, kWh; null for no limit.
    pub energy_kwh: Option<f64>,
    /// Most CO2e of the month, kg; null for no limit.
    pub emissions_kg: Option<f64>,
    /// What was used so far.
    pub used: Amounts,
    /// What the month will have come to; null while the project is younger than a day.
    pub forecast: Option<Amounts>,
}

/// The project of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WebhookProject {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// UUID of its organization.
    pub organization_id: String,
}
