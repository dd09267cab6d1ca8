//! What a server does beside its requests, in small steps with pauses: the space of what was deleted
//! is freed, what has ended is forgotten. Several servers over one database may do the same.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use carbon_store::Reclaimed;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::app::App;
use crate::budget::check_budgets;
use crate::fault::Fault;
use crate::stop::Stopping;

/// What a step of a chore says of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// There is more to do.
    Soon,
    /// There is nothing to do for a while.
    Later,
}

/// A step under way.
pub(crate) type Step = Pin<Box<dyn Future<Output = Result<Next, Fault>> + Send>>;

/// Something that is done again and again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chore {
    /// What it is called in the log.
    pub(crate) name: &'static str,
    /// Pause when there is nothing to do.
    pub(crate) pause: Duration,
    /// Does a step: well under a second of work for the store.
    pub(crate) step: fn(App) -> Step,
}

/// Whatever is deleted was in use a moment ago: requests that began before have ended after this.
const SETTLED_AFTER: Duration = Duration::from_mins(1);

/// All chores.
const CHORES: [Chore; 3] = [
    Chore {
        name: "free the space of what was deleted",
        pause: Duration::from_secs(30),
        step: |app| Box::pin(reclaim(app)),
    },
    Chore {
        name: "forget what has ended",
        pause: Duration::from_mins(15),
        step: |app| Box::pin(expire(app)),
    },
    Chore {
        name: "watch the budgets",
        pause: Duration::from_mins(1),
        step: |app| Box::pin(watch_budgets(app)),
    },
];

/// Does all chores until the server stops; a step that has begun is finished.
pub(crate) async fn run(app: App, stopping: Stopping) {
    let mut running = tokio::task::JoinSet::new();
    for chore in CHORES {
        running.spawn(repeat(app.clone(), chore, stopping.clone()));
    }
    while running.join_next().await.is_some() {}
}

async fn repeat(app: App, chore: Chore, mut stopping: Stopping) {
    // Servers that start together do not work together.
    let mut pause = jittered(chore.pause) / 4;
    loop {
        tokio::select! {
            biased;
            () = stopping.finish() => return,
            () = sleep(pause) => {}
        }
        let begun = Instant::now();
        let next = (chore.step)(app.clone()).await;
        app.metrics().chore(next.is_ok());
        pause = match next {
            // At most half of the time is spent on it.
            Ok(Next::Soon) => begun.elapsed().max(Duration::from_millis(10)),
            Ok(Next::Later) => jittered(chore.pause),
            Err(why) => {
                tracing::warn!(chore = chore.name, %why, "a step of the upkeep failed");
                jittered(chore.pause)
            }
        };
    }
}

async fn reclaim(app: App) -> Result<Next, Fault> {
    match app.store().reclaim(app.now().minus(SETTLED_AFTER)).await? {
        Reclaimed::Some => Ok(Next::Soon),
        Reclaimed::Nothing => Ok(Next::Later),
    }
}

async fn watch_budgets(app: App) -> Result<Next, Fault> {
    check_budgets(&app).await.map(|_| Next::Later)
}

async fn expire(app: App) -> Result<Next, Fault> {
    app.store().expire(app.now()).await?;
    Ok(Next::Later)
}

/// Three quarters to five quarters of a pause.
fn jittered(pause: Duration) -> Duration {
    let random = u32::from_le_bytes(*Uuid::new_v4().as_bytes().first_chunk().unwrap_or(&[0; 4]));
    pause * 3 / 4 + pause.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use carbon_store::{
        NewOrganization, NewProject, NewUser, OrganizationId, ProjectId, Store, Timestamp, UserId,
    };

    use super::*;
    use crate::settings::Settings;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_334_400);

    /// A store with a project that was deleted a while ago.
    async fn store() -> Store {
        let store = Store::open_memory().await.unwrap();
        let user = NewUser {
            id: UserId::new(),
            subject: None,
            email: "ada@example.org".to_owned(),
            is_email_verified: true,
            name: "Ada".to_owned(),
            is_operator: false,
            password_hash: None,
            created: NOW,
        };
        let user = store.create_user(user).await.unwrap();
        let organization = NewOrganization {
            id: OrganizationId::new(),
            name: "lab".to_owned(),
            description: String::new(),
            created: NOW,
        };
        let organization = store.create_organization(organization, user.id).await.unwrap();
        let project = NewProject {
            id: ProjectId::new(),
            organization_id: organization.id,
            name: "gone".to_owned(),
            description: String::new(),
            is_public: false,
            created: NOW,
        };
        let project = store.create_project(project).await.unwrap().unwrap();
        let before = NOW.minus(Duration::from_mins(5));
        assert!(store.delete_project(project.id, before).await.unwrap());
        store
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_deleted_is_freed_in_the_background_until_the_server_stops() {
        let store = store().await;
        let app = App::new(store.clone(), Settings::default(), || NOW);
        let (stopper, stopping) = crate::stopper();
        let running = tokio::spawn(run(app.clone(), stopping));
        let done = || {
            let text = app.metrics_text();
            let name = "codecarbon_server_upkeep_steps_total{outcome=\"done\"} ";
            let count = text.lines().find_map(|line| line.strip_prefix(name));
            count.unwrap().parse::<u32>().unwrap()
        };
        let begun = Instant::now();
        while done() < 10 {
            sleep(Duration::from_secs(1)).await;
            // The store works on a thread of its own, which needs time that is not ours to move.
            let real = || std::thread::sleep(Duration::from_millis(1));
            tokio::task::spawn_blocking(real).await.unwrap();
        }
        assert!(begun.elapsed() > Duration::from_mins(1), "there are no pauses");
        assert_eq!(store.reclaim(NOW).await.unwrap(), Reclaimed::Nothing);
        stopper.stop();
        running.await.unwrap();
    }

    #[test]
    fn pauses_differ_by_a_quarter_at_most() {
        let pause = Duration::from_secs(100);
        for _ in 0..1000 {
            assert!((75..=125).contains(&jittered(pause).as_secs()));
        }
    }
}
