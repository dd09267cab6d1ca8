//! Where a month stands and where it leads.
//!
//! The forecast goes on from what was used at the mean rate of the month so far, counted from the
//! making of the project if that is later. In the first three days of a month, or of a project, that
//! rate would be made of next to nothing: there it is the rate of the last seven days, which reach
//! into the month before. A project younger than a day has no forecast.

use std::time::Duration;

use carbon_api::v1::admin::{Amounts, BudgetState, Measure};
use carbon_store::{Budget, Project, ProjectId, Scope, Store, Sums, Timestamp, Window};

use super::Month;
use crate::fault::Fault;

/// Time of a month after which its own rate says enough.
const ENOUGH: Duration = Duration::from_hours(3 * 24);

/// Time that is looked back on before.
const LOOK_BACK: Duration = Duration::from_hours(7 * 24);

/// Least time that says anything.
const LEAST: Duration = Duration::from_hours(24);

/// Where a project stands in a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    /// The month.
    pub(crate) month: Month,
    /// What was used so far.
    pub(crate) used: Amounts,
    /// What the month will have come to at its end; none while too little is known.
    pub(crate) forecast: Option<Amounts>,
}

/// An alert of one kind: there is one of each in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Which amount is passed.
    pub(crate) measure: Measure,
    /// By the use or by its forecast.
    pub(crate) state: BudgetState,
    /// As the store names it.
    pub(crate) name: &'static str,
}

/// All kinds.
pub(crate) const KINDS: [Kind; 4] = {
    use BudgetState::{Forecast, Passed};
    use Measure::{Emissions, Energy};
    [
        Kind { measure: Energy, state: Forecast, name: "energy-forecast" },
        Kind { measure: Energy, state: Passed, name: "energy-passed" },
        Kind { measure: Emissions, state: Forecast, name: "emissions-forecast" },
        Kind { measure: Emissions, state: Passed, name: "emissions-passed" },
    ]
};

impl Standing {
    /// Where a project stands in a month, as of `now`.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn of(
        store: &Store,
        project: &Project,
        month: Month,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let used = amounts(store, project.id, month.window()).await?;
        let forecast = match basis(month, project.created, now) {
            Basis::Month { since } => Some(forecast(used, used, now.since(since), month, now)),
            Basis::LastDays { since } => {
                let lately = amounts(store, project.id, Window::new(since, now)).await?;
                Some(forecast(used, lately, now.since(since), month, now))
            }
            Basis::Nothing => None,
        };
        Ok(Self { month, used, forecast })
    }

    /// How an amount stands to its limit; fine where there is none.
    fn state_of(&self, measure: Measure, budget: &Budget) -> BudgetState {
        let (limit, of): (_, fn(&Amounts) -> f64) = match measure {
            Measure::Energy => (budget.energy_kwh, |amounts| amounts.energy_kwh),
            Measure::Emissions => (budget.emissions_kg, |amounts| amounts.emissions_kg),
        };
        let passes = |amounts: &Amounts| limit.is_some_and(|limit| of(amounts) > limit);
        if passes(&self.used) {
            BudgetState::Passed
        } else if self.forecast.as_ref().is_some_and(passes) {
            BudgetState::Forecast
        } else {
            BudgetState::Ok
        }
    }

    /// The worse of both amounts.
    pub(crate) fn state(&self, budget: &Budget) -> BudgetState {
        let energy = self.state_of(Measure::Energy, budget);
        energy.max(self.state_of(Measure::Emissions, budget))
    }

    /// The alerts that hold now: where the use has passed, its forecast is no news.
    pub(crate) fn alerts(&self, budget: &Budget) -> impl Iterator<Item = Kind> {
        KINDS.into_iter().filter(|kind| self.state_of(kind.measure, budget) == kind.state)
    }
}

/// What a forecast goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// The rate of the month.
    Month { since: Timestamp },
    /// The rate of the last days.
    LastDays { since: Timestamp },
    /// Too little is known, or the month is over.
    Nothing,
}

fn basis(month: Month, created: Timestamp, now: Timestamp) -> Basis {
    if now >= month.end() {
        return Basis::Nothing;
    }
    let since = month.start().max(created);
    if now.since(since) >= ENOUGH {
        return Basis::Month { since };
    }
    let since = now.minus(LOOK_BACK).max(created);
    if now.since(since) >= LEAST { Basis::LastDays { since } } else { Basis::Nothing }
}

/// What was used, and the rest of the month at the rate of `sample` over `span`.
fn forecast(
    used: Amounts,
    sample: Amounts,
    span: Duration,
    month: Month,
    now: Timestamp,
) -> Amounts {
    let share = month.end().since(now).as_secs_f64() / span.as_secs_f64();
    Amounts {
        energy_kwh: used.energy_kwh + sample.energy_kwh * share,
        emissions_kg: used.emissions_kg + sample.emissions_kg * share,
    }
}

async fn amounts(store: &Store, project: ProjectId, window: Window) -> Result<Amounts, Fault> {
    let Sums { energy_kwh, emissions_kg, .. } = store.sums(Scope::Project(project), window).await?;
    Ok(Amounts { energy_kwh, emissions_kg })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_S: i64 = 86_400;

    /// So many days into November 2026, which has 30.
    fn day(days: f64) -> Timestamp {
        Timestamp::from_micros(1_793_491_200_000_000 + (days * 86_400e6) as i64)
    }

    #[test]
    fn a_month_goes_on_as_it_began() {
        let month = Month::of(day(10.0));
        assert_eq!(month.start(), day(0.0));
        let old = Timestamp::from_seconds(0);
        assert_eq!(basis(month, old, day(10.0)), Basis::Month { since: day(0.0) });
        // Of a project that is made on the 5th, the days before say nothing.
        assert_eq!(basis(month, day(5.0), day(10.0)), Basis::Month { since: day(5.0) });
        let used = Amounts { energy_kwh: 10.0, emissions_kg: 2.0 };
        let ten = forecast(used, used, Duration::from_secs(10 * DAY_S as u64), month, day(10.0));
        assert!((ten.energy_kwh - 30.0).abs() < 1e-9 && (ten.emissions_kg - 6.0).abs() < 1e-9);
    }

    #[test]
    fn the_first_days_go_by_the_last_week_and_the_first_hours_by_nothing() {
        let month = Month::of(day(1.0));
        let old = Timestamp::from_seconds(0);
        assert_eq!(basis(month, old, day(1.0)), Basis::LastDays { since: day(-6.0) });
        assert_eq!(basis(month, day(0.0), day(2.0)), Basis::LastDays { since: day(0.0) });
        assert_eq!(basis(month, day(0.5), day(1.0)), Basis::Nothing);
        assert_eq!(basis(month, old, day(30.0)), Basis::Nothing, "it is over");
        // A kilowatt hour in the week before, nothing yet: the month leads to 29/7 of it.
        let week = Amounts { energy_kwh: 1.0, emissions_kg: 0.0 };
        let none = Amounts::default();
        let told = forecast(none, week, LOOK_BACK, month, day(1.0));
        assert!((told.energy_kwh - 29.0 / 7.0).abs() < 1e-9, "{told:?}");
    }

    #[test]
    fn what_is_passed_is_told_once_and_each_amount_for_itself() {
        let standing = Standing {
            month: Month::of(day(1.0)),
            used: Amounts { energy_kwh: 5.0, emissions_kg: 1.0 },
            forecast: Some(Amounts { energy_kwh: 20.0, emissions_kg: 4.0 }),
        };
        let told = |energy_kwh, emissions_kg| {
            let budget = Budget { energy_kwh, emissions_kg, webhook: None };
            let names: Vec<_> = standing.alerts(&budget).map(|kind| kind.name).collect();
            (standing.state(&budget), names)
        };
        assert_eq!(told(None, None), (BudgetState::Ok, vec![]));
        assert_eq!(told(Some(20.0), Some(4.0)), (BudgetState::Ok, vec![]), "the limit itself");
        let both = vec!["energy-passed", "emissions-forecast"];
        assert_eq!(told(Some(4.0), Some(3.0)), (BudgetState::Passed, both));
        assert_eq!(told(Some(10.0), None), (BudgetState::Forecast, vec!["energy-forecast"]));
    }
}
