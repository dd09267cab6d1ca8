//! Where the store has what the files say: an organization, a project per name, an experiment per id
//! and place, a run per run. Showing a new picture adds what is new; a run that grew keeps its address
//! and gets one more interval, and one that is another now is made again.
//!
//! Every id is made from what it names, so that a link into a board holds when it is started again.

use std::collections::{HashMap, HashSet};

use carbon_report::{Entry, LocalTime};
use carbon_store::{
    Batch, Error, Experiment, ExperimentId, Ingested, MAX_BATCH_ROWS, MAX_TASKS, NewEmission,
    NewProject, NewRun, OrganizationId, ProjectId, RepeatableIds, RunId, Store, Timestamp,
};
use jiff::tz::TimeZone;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::facts;
use super::figures::Totals;
use super::picture::{Picture, Shown};

/// The organization of every board.
pub(super) const ORGANIZATION: Uuid = uuid::uuid!("6f0cf2a4-5b1d-4f5e-9d8e-0f6b7c2a9e51");

/// Runs that are on their way to the store at once: it commits together what has queued.
const AT_ONCE: usize = 1_000;

/// What the store has of the files.
pub(super) struct Shelf {
    store: Store,
    /// Zone of the times in the files, which do not say it.
    zone: TimeZone,
    /// When the board was started: the time of what has none.
    started: Timestamp,
    projects: HashMap<String, ProjectId>,
    /// By the ids that are made from what they are of.
    experiments: HashMap<Uuid, ExperimentId>,
    runs: HashMap<String, Kept>,
    /// How often something with this id has left the files: the store gives no id twice.
    gone: HashMap<Uuid, u32>,
}

/// What the store has of a run.
struct Kept {
    id: RunId,
    ids: RepeatableIds,
    experiment: ExperimentId,
    totals: Totals,
    is_bounded: bool,
    rows: usize,
    tasks: usize,
    /// How often the run was made anew.
    generation: u32,
}

impl Shelf {
    /// An empty one, in a store that has the organization.
    pub(super) fn new(store: Store, zone: TimeZone, started: Timestamp) -> Self {
        Self {
            store,
            zone,
            started,
            projects: HashMap::new(),
            experiments: HashMap::new(),
            runs: HashMap::new(),
            gone: HashMap::new(),
        }
    }

    /// Has the store show a picture.
    ///
    /// # Errors
    /// The store does not answer.
    pub(super) async fn show(&mut self, picture: &Picture, now: Timestamp) -> Result<(), Error> {
        let shown: HashSet<&str> = picture.runs.iter().map(|run| run.key.as_str()).collect();
        let gone: Vec<String> =
            self.runs.keys().filter(|key| !shown.contains(key.as_str())).cloned().collect();
        for key in gone {
            if let Some(kept) = self.runs.remove(&key) {
                self.store.delete_run(kept.id, now).await?;
            }
        }
        let mut new = Vec::new();
        for run in &picture.runs {
            if let Some(run) = self.place(run, now).await? {
                new.push(run);
            }
        }
        self.create(new).await?;
        let mut rows = Vec::new();
        for run in &picture.runs {
            self.rows(run, &mut rows);
        }
        for batch in rows.chunks(MAX_BATCH_ROWS) {
            let batch = Batch { project: None, rows: batch.to_vec() };
            if let Ingested::NoSuchRun { .. } = self.store.ingest(batch).await? {
                return Err(Error::Invalid("a run of the board is not there"));
            }
        }
        for run in picture.runs.iter().filter(|run| !run.tasks.is_empty()) {
            self.tasks(run).await?;
        }
        self.tidy(picture, now).await
    }

    /// Takes away projects and experiments that have no run any more.
    async fn tidy(&mut self, picture: &Picture, now: Timestamp) -> Result<(), Error> {
        let named: HashSet<&str> = picture.runs.iter().map(|run| &*run.entry.project).collect();
        let left: Vec<(String, ProjectId)> =
            self.projects.extract_if(|name, _| !named.contains(name.as_str())).collect();
        for (name, id) in left {
            self.store.delete_project(id, now).await?;
            *self.gone.entry(of_project(&name)).or_default() += 1;
        }
        let used: HashSet<ExperimentId> = self.runs.values().map(|kept| kept.experiment).collect();
        let left: Vec<(Uuid, ExperimentId)> =
            self.experiments.extract_if(|_, id| !used.contains(id)).collect();
        for (base, id) in left {
            self.store.delete_experiment(id, now).await?;
            *self.gone.entry(base).or_default() += 1;
        }
        Ok(())
    }

    /// An id that nothing had before: that of what it names, the first time.
    fn unused(&self, base: Uuid) -> Uuid {
        self.gone.get(&base).map_or(base, |times| Uuid::new_v5(&base, &times.to_be_bytes()))
    }

    /// Makes room for a run; what is to be created, if it is new.
    async fn place(&mut self, run: &Shown, now: Timestamp) -> Result<Option<NewRun>, Error> {
        let project = self.project(&run.entry, now).await?;
        let experiment = self.experiment(&run.entry, project).await?;
        let mut generation = 0;
        if let Some(kept) = self.runs.get(&run.key) {
            let totals = run.totals();
            let is_same = kept.experiment == experiment
                && kept.is_bounded == run.entry.told.is_some()
                && kept.tasks <= run.tasks.len();
            if is_same && (totals == kept.totals || totals.follow(&kept.totals)) {
                return Ok(None);
            }
            generation = kept.generation + 1;
            self.store.delete_run(kept.id, now).await?;
        }
        let ids = RepeatableIds::new(project, &format!("{generation} {}", run.key));
        let own = run.key.parse().ok().filter(|_| generation == 0);
        let kept = Kept {
            id: own.unwrap_or_else(|| ids.run()),
            ids,
            experiment,
            totals: Totals::default(),
            is_bounded: run.entry.told.is_some(),
            rows: 0,
            tasks: 0,
            generation,
        };
        let id = kept.id;
        self.runs.insert(run.key.clone(), kept);
        Ok(Some(NewRun {
            id: Some(id),
            project: Some(project),
            experiment_id: experiment,
            timestamp: self.began(&run.entry),
            facts: facts::of(&run.entry),
            member_id: None,
        }))
    }

    async fn create(&self, new: Vec<NewRun>) -> Result<(), Error> {
        let mut waiting = JoinSet::new();
        for run in new {
            if waiting.len() >= AT_ONCE {
                created(waiting.join_next().await)?;
            }
            let store = self.store.clone();
            waiting.spawn(async move { store.create_run(run).await.map(|_| ()) });
        }
        while let Some(ended) = waiting.join_next().await {
            created(Some(ended))?;
        }
        Ok(())
    }

    /// The intervals of a run that the store does not have yet.
    fn rows(&mut self, run: &Shown, rows: &mut Vec<NewEmission>) {
        let (zone, started) = (&self.zone, self.started);
        let Some(kept) = self.runs.get_mut(&run.key) else { return };
        let totals = run.totals();
        if kept.rows > 0 && kept.totals == totals {
            return;
        }
        let mut add = |kept: &mut Kept, ended: Option<LocalTime>, measured| {
            rows.push(NewEmission {
                id: Some(kept.ids.emission(kept.rows)),
                run_id: kept.id,
                timestamp: at(ended, zone, started),
                measured,
            });
            kept.rows += 1;
        };
        if kept.is_bounded && kept.rows == 0 {
            add(kept, run.entry.ended, totals.whole(&run.entry));
            kept.totals = totals;
            return;
        }
        for (ended, state) in &run.earlier {
            if state.follow(&kept.totals) && totals.follow(state) {
                let measured = state.since(&kept.totals, &run.entry);
                add(kept, *ended, measured);
                kept.totals = *state;
            }
        }
        let measured = if kept.rows == 0 {
            totals.whole(&run.entry)
        } else {
            totals.since(&kept.totals, &run.entry)
        };
        add(kept, run.entry.ended, measured);
        kept.totals = totals;
    }

    async fn tasks(&mut self, run: &Shown) -> Result<(), Error> {
        let (zone, started) = (&self.zone, self.started);
        let Some(kept) = self.runs.get_mut(&run.key) else { return Ok(()) };
        let new = run.tasks.iter().enumerate().skip(kept.tasks);
        let new: Vec<_> = new
            .map(|(index, task)| {
                facts::task(task, kept.ids.task(index), began(task, zone, started))
            })
            .collect();
        for some in new.chunks(MAX_TASKS) {
            self.store.add_tasks(None, kept.id, some.to_vec()).await?;
        }
        kept.tasks = run.tasks.len();
        Ok(())
    }

    async fn project(&mut self, entry: &Entry, now: Timestamp) -> Result<ProjectId, Error> {
        if let Some(id) = self.projects.get(&*entry.project) {
            return Ok(*id);
        }
        let id = ProjectId::from(self.unused(of_project(&entry.project)));
        let name = facts::plain(&entry.project).unwrap_or_else(|| "(no name)".to_owned());
        let project = NewProject {
            id,
            organization_id: OrganizationId::from(ORGANIZATION),
            name,
            description: String::new(),
            is_public: false,
            created: now,
        };
        self.store.create_project(project).await?;
        self.projects.insert(entry.project.to_string(), id);
        Ok(id)
    }

    async fn experiment(
        &mut self,
        entry: &Entry,
        project: ProjectId,
    ) -> Result<ExperimentId, Error> {
        let place = &entry.place;
        let key: Vec<u8> = [
            &entry.experiment_id,
            &place.country_iso3,
            &place.country_name,
            &place.region,
            &place.cloud_provider,
            &place.cloud_region,
        ]
        .into_iter()
        .flat_map(|text| text.bytes().chain([0]))
        .collect();
        let base = Uuid::new_v5(&project.uuid(), &key);
        if let Some(id) = self.experiments.get(&base) {
            return Ok(*id);
        }
        let id = ExperimentId::from(self.unused(base));
        let timestamp = self.began(entry);
        let experiment: Experiment = facts::experiment(entry, id, project, timestamp);
        self.store.create_experiment(experiment).await?;
        self.experiments.insert(base, id);
        Ok(id)
    }

    fn began(&self, entry: &Entry) -> Timestamp {
        began(entry, &self.zone, self.started)
    }
}

/// What a project's id is made from.
fn of_project(name: &str) -> Uuid {
    Uuid::new_v5(&ORGANIZATION, name.as_bytes())
}

fn created(ended: Option<Result<Result<(), Error>, tokio::task::JoinError>>) -> Result<(), Error> {
    match ended {
        Some(Ok(created)) => created,
        Some(Err(error)) => Err(Error::Internal(error.into())),
        None => Ok(()),
    }
}

/// When something began.
fn began(entry: &Entry, zone: &TimeZone, otherwise: Timestamp) -> Timestamp {
    let lasted = std::time::Duration::try_from_secs_f64(entry.duration_s).unwrap_or_default();
    at(entry.ended, zone, otherwise).minus(lasted)
}

/// A time of a file as an instant: of the zone that the file says, else of this machine's. Of an hour that
/// a zone has twice it is the first.
fn at(time: Option<LocalTime>, zone: &TimeZone, otherwise: Timestamp) -> Timestamp {
    if let Some(seconds) = time.and_then(LocalTime::utc_seconds) {
        return Timestamp::from_micros(seconds.saturating_mul(1_000_000));
    }
    let instant = time.and_then(|time| {
        let clock = jiff::Timestamp::from_second(time.seconds()).ok()?;
        let clock = TimeZone::UTC.to_datetime(clock);
        zone.to_timestamp(clock).ok()
    });
    instant.map_or(otherwise, |instant| Timestamp::from_micros(instant.as_microsecond()))
}
