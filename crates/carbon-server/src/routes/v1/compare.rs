//! `GET /v1/runs/compare`: runs side by side, each but the first against the first.
//!
//! Something is said of a difference only where it holds whatever the truth within the intervals of
//! both runs: if they overlap, or a run carries none, nothing is known.

use axum::extract::{RawQuery, State};
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::{GroupBy, RunId, Subject, Window};

use super::asked::Asked;
use super::scope::is_inside;
use super::shown::{figures, run};
use crate::app::App;
use crate::body::id_of;
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::wire::{Flaw, Place};

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/runs/compare", get(read))
}

/// Most runs of a comparison.
const MOST_RUNS: usize = 20;

async fn read(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Json<wire::Comparison>, Problem> {
    let wanted = asked_for(query.as_deref().unwrap_or_default())?;
    let missing = |id: RunId| Fault::NotFound(format!("Run {id} not found"));
    let mut are_inside = Vec::with_capacity(wanted.len());
    for &id in &wanted {
        let access = app.allow(&caller, Action::ReadRun, Subject::Run(id)).await?;
        let access = access.ok_or_else(|| missing(id))?;
        are_inside.push(is_inside(&caller, &access));
    }
    let store = app.store();
    let found = store.compare_runs(wanted.clone(), Window::ALL).await?;
    let mut runs = Vec::with_capacity(found.len());
    for (id, found) in wanted.iter().zip(found) {
        runs.push(found.ok_or_else(|| missing(*id))?);
    }
    let ids = runs.iter().map(|(run, _)| run.project_id.uuid()).collect();
    let projects = store.names(GroupBy::Project, ids).await?;
    let ids = runs.iter().map(|(run, _)| run.experiment_id.uuid()).collect();
    let experiments = store.names(GroupBy::Experiment, ids).await?;
    let compared: Vec<wire::Compared> = runs
        .into_iter()
        .zip(are_inside)
        .map(|((of, sums), is_inside)| wire::Compared {
            project: wire::ProjectName {
                id: of.project_id.to_string(),
                name: projects.get(&of.project_id.uuid()).cloned().unwrap_or_default(),
            },
            experiment: wire::ExperimentName {
                id: of.experiment_id.to_string(),
                name: experiments.get(&of.experiment_id.uuid()).cloned().unwrap_or_default(),
            },
            run: run(&app, of, is_inside),
            figures: figures(&sums),
        })
        .collect();
    let first = compared[0].figures;
    let differences = compared[1..].iter().map(|other| against(&first, other)).collect();
    Ok(Json(wire::Comparison { runs: compared, differences }))
}

/// The runs of a query.
fn asked_for(query: &str) -> Result<Vec<RunId>, Fault> {
    let (mut runs, mut flaws) = (Vec::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "run" && runs.len() <= MOST_RUNS {
            runs.push(RunId::from(id_of(&value)?));
        } else if name != "run" {
            let words = "Extra inputs are not permitted";
            let input = value.into_owned().into();
            flaws.push(Flaw::of_field("extra_forbidden", Place::Query, &name, words, &input));
        }
    }
    if !(2..=MOST_RUNS).contains(&runs.len()) {
        let words = "Input should be 2 to 20 runs";
        let count = runs.len().into();
        flaws.push(Flaw::of_field("length", Place::Query, "run", words, &count));
    }
    if flaws.is_empty() { Ok(runs) } else { Err(Fault::Flaws(flaws)) }
}

fn against(first: &wire::Figures, other: &wire::Compared) -> wire::RunDifference {
    let figures = &other.figures;
    let energy = |f: &wire::Figures| (f.energy_kwh, f.energy_low_kwh.zip(f.energy_high_kwh));
    let emissions =
        |f: &wire::Figures| (f.emissions_kg, f.emissions_low_kg.zip(f.emissions_high_kg));
    // Durations are as exact as clocks are.
    let duration = |f: &wire::Figures| (f.duration_s, Some((f.duration_s, f.duration_s)));
    wire::RunDifference {
        run_id: other.run.run.id.clone(),
        energy: difference(energy(first), energy(figures)),
        emissions: difference(emissions(first), emissions(figures)),
        duration: difference(duration(first), duration(figures)),
    }
}

/// A figure, and its interval if it has one.
type Bounded = (f64, Option<(f64, f64)>);

fn difference((a, of_a): Bounded, (b, of_b): Bounded) -> wire::Difference {
    let interval = of_a.zip(of_b).map(|(a, b)| (b.0 - a.1, b.1 - a.0));
    let verdict = match interval {
        Some((low, _)) if low > 0.0 => wire::Verdict::More,
        Some((_, high)) if high < 0.0 => wire::Verdict::Less,
        Some((0.0, 0.0)) => wire::Verdict::Same,
        _ => wire::Verdict::Unknown,
    };
    wire::Difference {
        value: b - a,
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        ratio: (a > 0.0).then(|| b / a),
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use carbon_api::v1::Verdict;

    use super::*;

    #[test]
    fn something_is_said_only_where_intervals_are_apart() {
        let verdict = |a: Bounded, b: Bounded| difference(a, b).verdict;
        let (small, large) = ((10.0, Some((9.0, 11.0))), (20.0, Some((12.0, 28.0))));
        assert_eq!(verdict(small, large), Verdict::More);
        assert_eq!(verdict(large, small), Verdict::Less);
        assert_eq!(verdict(small, (12.0, Some((10.5, 13.5)))), Verdict::Unknown);
        assert_eq!(verdict(small, (1000.0, None)), Verdict::Unknown);
        assert_eq!(verdict(small, small), Verdict::Unknown);
        assert_eq!(verdict((5.0, Some((5.0, 5.0))), (5.0, Some((5.0, 5.0)))), Verdict::Same);
    }

    #[test]
    fn a_difference_has_the_width_of_both_intervals() {
        let found = difference((10.0, Some((9.0, 11.0))), (20.0, Some((12.0, 28.0))));
        assert_eq!((found.value, found.low, found.high), (10.0, Some(1.0), Some(19.0)));
        assert_eq!(found.ratio, Some(2.0));
        assert_eq!(difference((0.0, None), (1.0, None)).ratio, None);
    }
}
