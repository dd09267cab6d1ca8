//! Watches the budgets: finds what is passed and calls the webhooks, once for each project, month and
//! kind, whatever the number of server processes, and again until it was heard.

use std::time::Duration;

use carbon_store::{AlertId, Budget, Project, Timestamp};
use tokio::task::JoinSet;

use super::call::{self, Call};
use super::{Kind, Month, Standing};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::fault::Fault;

/// How long a process has an alert to itself: longer than a call may take.
const LEASE: Duration = Duration::from_mins(2);

/// Attempts before an alert is given up: more than two days with the pauses below.
const ATTEMPTS: i64 = 14;

/// Pause after the first attempt; each is four times as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_mins(1);

/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_hours(6);

/// Calls at once.
const AT_ONCE: usize = 8;

/// For how long a month is watched after its end: what came late still passes its budget.
const AFTERWARDS: Duration = Duration::from_hours(24);

/// Looks at all budgets with a webhook and makes the calls that are due; how many were heard. To be
/// called about once a minute, by every process.
///
/// # Errors
/// The store does not answer. What was not told yet is told by a later call.
pub async fn check_budgets(app: &App) -> Result<usize, Fault> {
    let mut calls = JoinSet::new();
    let mut heard = 0;
    for (budget, project) in app.store().budgets().await? {
        if budget.webhook.is_none() {
            continue;
        }
        for standing in standings(app, &project).await? {
            for kind in standing.alerts(&budget) {
                if calls.len() >= AT_ONCE {
                    heard += settled(calls.join_next().await)?;
                }
                let told = (project.clone(), budget.clone(), standing);
                calls.spawn(tell(app.clone(), told, kind));
            }
        }
    }
    while let Some(ended) = calls.join_next().await {
        heard += settled(Some(ended))?;
    }
    Ok(heard)
}

fn settled(
    ended: Option<Result<Result<bool, Fault>, tokio::task::JoinError>>,
) -> Result<usize, Fault> {
    match ended {
        Some(Ok(heard)) => heard.map(usize::from),
        Some(Err(error)) => Err(Fault::Internal(error.into())),
        None => Ok(0),
    }
}

/// Where a project stands in the months that are watched now.
async fn standings(app: &App, project: &Project) -> Result<Vec<Standing>, Fault> {
    let now = app.now();
    let month = Month::of(now);
    let mut found = vec![Standing::of(app.store(), project, month, now).await?];
    if now.since(month.start()) < AFTERWARDS {
        found.push(Standing::of(app.store(), project, month.before(), now).await?);
    }
    Ok(found)
}

/// Tells one alert, if it is this process's to tell now; whether it was heard.
async fn tell(
    app: App,
    (project, budget, standing): (Project, Budget, Standing),
    kind: Kind,
) -> Result<bool, Fault> {
    let (store, now) = (app.store(), app.now());
    let month = standing.month.number();
    let alert = AlertId { project: project.id, month, kind: kind.name };
    let Some(attempt) = store.claim_budget_alert(alert, now, LEASE, ATTEMPTS).await? else {
        return Ok(false);
    };
    let key = store.budget_webhook_key(project.id).await?;
    // The budget was taken away since it was looked at.
    let (Some(url), Some(key)) = (budget.webhook.clone(), key) else { return Ok(false) };
    let call = Call {
        url,
        key,
        id: format!("budget_{}_{}_{}", project.id.uuid().simple(), standing.month, kind.name),
        at_unix_s: now.micros().div_euclid(1_000_000),
        body: call::body(&project, &budget, &standing, kind, now),
    };
    let policy = call::policy(app.settings());
    let made = tokio::task::spawn_blocking(move || call.make(policy)).await;
    let is_heard = made.map_err(|error| Fault::Internal(error.into()))?;
    let deed = |did| {
        let deed = Deed::of(did, project.id).within(project.organization_id);
        let deed = deed.with("kind", kind.name).with("month", standing.month);
        app.noting_by(None, deed.with("attempts", attempt))
    };
    if is_heard {
        deed(Did::TellBudget).budget_alert_delivered(alert, now).await?;
    } else if attempt >= ATTEMPTS {
        deed(Did::LoseBudgetAlert).postpone_budget_alert(alert, Timestamp::MAX).await?;
    } else {
        store.postpone_budget_alert(alert, now.plus(pause_after(attempt))).await?;
    }
    Ok(is_heard)
}

/// The pause after an attempt, from the first.
fn pause_after(attempt: i64) -> Duration {
    let doublings = 2 * u32::try_from(attempt - 1).unwrap_or_default();
    let factor = 1_u32.checked_shl(doublings).filter(|factor| *factor > 0).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_six_hours_and_last_for_two_days_together() {
        let minutes: Vec<u64> = (1..ATTEMPTS).map(|n| pause_after(n).as_secs() / 60).collect();
        assert_eq!(minutes[..6], [1, 4, 16, 64, 256, 360]);
        assert!(minutes.iter().sum::<u64>() > 2 * 24 * 60, "{minutes:?}");
    }
}
