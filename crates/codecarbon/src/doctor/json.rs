//! The examination as JSON, in a form that programs can rely on; docs/doctor.md describes it.

use carbon_model::{Accuracy, Component};
use serde_json::{Value, json};

use super::check::{Advice, Check, Examination, Figure, Gain};
use super::verdict_code;

/// Raised when a field changes its meaning or goes away; new fields do not raise it.
const SCHEMA: u32 = 1;

/// The text, with a newline.
pub(super) fn render(examination: &Examination) -> String {
    let value = json!({
        "schema": SCHEMA,
        "verdict": if examination.is_measured() { "measured" } else { "estimated" },
        "exit_code": verdict_code(examination),
        "machine": examination.machine,
        "figures": examination.figures.iter().map(figure).collect::<Vec<_>>(),
        "checks": examination.checks.iter().map(check).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn figure(figure: &Figure) -> Value {
    json!({
        "component": figure.component,
        "name": figure.name,
        "measured": figure.is_measured(),
        "source": figure.source,
        "basis": figure.source.basis(),
        "detail": figure.detail,
        "accuracy": figure.accuracy.map(accuracy),
    })
}

fn check(check: &Check) -> Value {
    json!({
        "subject": check.subject.label(),
        "name": check.name,
        "state": check.state.label(),
        "detail": check.detail,
        "fixes": check.fixes.iter().map(advice).collect::<Vec<_>>(),
        "gains": check.gains.iter().map(gain).collect::<Vec<_>>(),
    })
}

fn advice(advice: &Advice) -> Value {
    json!({
        "name": advice.name,
        "safe": advice.is_safe,
        "command": advice.command,
        "note": advice.note,
    })
}

fn gain(gain: &Gain) -> Value {
    let component: Component = gain.component;
    json!({ "component": component, "from": accuracy(gain.from), "to": accuracy(gain.to) })
}

fn accuracy(accuracy: Accuracy) -> Value {
    let rounded = |factor: f64| (factor * 1e4).round() / 1e4;
    json!({ "low": rounded(accuracy.low), "high": rounded(accuracy.high) })
}
