//! Rates and times of the store: `cargo bench -p carbon-store -- [ROWS] [sqlite] [postgres]`, with a
//! million rows and on both databases unless told otherwise. PostgreSQL runs beside it, in a
//! cluster of its own; the processor time that is printed is this program's, without the server's.

#![expect(clippy::cast_possible_wrap, reason = "counts are small")]
#![expect(clippy::print_stdout, reason = "a benchmark that prints a table")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::future::Future;
use std::time::Duration;

use carbon_sensors::clock::{Clock, SystemClock};
use carbon_store::{
    Batch, BucketWidth, Experiment, ExperimentId, Ingested, Measured, NewEmission, NewOrganization,
    NewProject, NewRun, NewUser, OrganizationId, ProjectId, RunFacts, RunId, Scope, Store,
    Timestamp, UserId, Window,
};
use carbon_testkit::postgres::Postgres;

const PROJECTS: usize = 10;
const EXPERIMENTS: usize = 10;
const RUNS: usize = 20;
const BULK: usize = 10_000;
const STEADY: Duration = Duration::from_secs(3);

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
const DAY: i64 = 86_400;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rows = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = format!("sqlite://{}/store.sqlite", directory.path().display());
    if !named("postgres") {
        runtime.block_on(measure("SQLite", &file, rows));
    }
    if !named("sqlite") {
        let server = Postgres::start();
        runtime.block_on(measure("PostgreSQL", &server.database(), rows));
    }
}

async fn measure(name: &str, url: &str, rows: usize) {
    println!("\n{name}");
    let store = Store::open(url).await.unwrap();
    let tree = plant(&store).await;

    let runs = &tree.runs;
    rate("emissions, one row each, 64 tasks", 64, |task, n| {
        let (store, run) = (store.clone(), runs[(task * 31 + n) % runs.len()]);
        async move { store_rows(&store, vec![row(run, START - 10 * DAY + n as i64)]).await }
    })
    .await;
    let (before, cpu) = (SystemClock.monotonic(), cpu_s());
    fill(&store, runs, rows).await;
    let took = SystemClock.monotonic().checked_sub(before).unwrap();
    let (per_second, cpu) = (rows as f64 / took.as_secs_f64(), (cpu_s() - cpu) / rows as f64);
    let what = "bulk, 10,000 rows each";
    println!("  {what:<44} {per_second:>9.0} rows/s  {:.1} µs of processor each", cpu * 1e6);

    let long = long_run(&store, tree.experiments[0], 1_000_000).await;
    let window = Window::new(at(-180), at(185));
    let (experiments, projects) = (&tree.experiments, &tree.projects);
    times("sums of a project", |n| {
        let (store, id) = (store.clone(), projects[n % PROJECTS]);
        async move { drop(store.project_sums(id, window).await.unwrap().unwrap()) }
    })
    .await;
    times("sums of a project, per experiment", |n| {
        let (store, id) = (store.clone(), projects[n % PROJECTS]);
        async move { drop(store.experiment_sums(id, window).await.unwrap().unwrap()) }
    })
    .await;
    times("sums of an experiment, per run", |n| {
        let (store, id) = (store.clone(), experiments[n % experiments.len()]);
        async move { drop(store.run_sums(id, window).await.unwrap()) }
    })
    .await;
    let cut = Window::new(Timestamp::from_seconds(START + 12_345), at(50));
    times("sums of a project, cut hours", |n| {
        let (store, id) = (store.clone(), projects[n % PROJECTS]);
        async move { drop(store.project_sums(id, cut).await.unwrap().unwrap()) }
    })
    .await;
    times("sums of the organization", |_| {
        let (store, id) = (store.clone(), tree.organization);
        async move { drop(store.organization_sums(id, window).await.unwrap().unwrap()) }
    })
    .await;
    let year = BucketWidth::new(Duration::from_mins(365 * 1_440 / 200)).unwrap();
    times("a year of a project in 200 stretches", |n| {
        let (store, scope) = (store.clone(), Scope::Project(projects[n % PROJECTS]));
        async move { drop(store.series(scope, None, window, year).await.unwrap()) }
    })
    .await;
    times("a year of the organization in 200 stretches", |_| {
        let (store, scope) = (store.clone(), Scope::Organization(tree.organization));
        async move { drop(store.series(scope, None, window, year).await.unwrap()) }
    })
    .await;
    times("any page of a run of a million rows", |n| {
        let (store, offset) = (store.clone(), (n * 7_919_000 % 1_000_000) as u64);
        async move { drop(store.emissions_page(long, offset, 100).await.unwrap().unwrap()) }
    })
    .await;

    rate("runs, 64 tasks", 64, |task, _| {
        let (store, experiment) = (store.clone(), tree.experiments[task % 100]);
        async move { drop(store.create_run(new_run(experiment)).await.unwrap().unwrap()) }
    })
    .await;
    let before = SystemClock.monotonic();
    store.delete_project(projects[0], at(400)).await.unwrap();
    let took = SystemClock.monotonic().checked_sub(before).unwrap();
    println!("  {:<44} {:>9.1} ms", "deleting that run's project", took.as_secs_f64() * 1e3);
    store.close().await;
}

struct Tree {
    organization: OrganizationId,
    projects: Vec<ProjectId>,
    experiments: Vec<ExperimentId>,
    runs: Vec<RunId>,
}

async fn plant(store: &Store) -> Tree {
    let created = at(0);
    let user = NewUser {
        id: UserId::new(),
        subject: None,
        email: "bench@example.org".to_owned(),
        is_email_verified: true,
        name: "bench".to_owned(),
        is_operator: false,
        password_hash: None,
        created,
    };
    let user = store.create_user(user).await.unwrap();
    let organization = NewOrganization {
        id: OrganizationId::new(),
        name: "bench".to_owned(),
        description: String::new(),
        created,
    };
    let organization = store.create_organization(organization, user.id).await.unwrap().id;
    let mut tree = Tree { organization, projects: vec![], experiments: vec![], runs: vec![] };
    for _ in 0..PROJECTS {
        let project = NewProject {
            id: ProjectId::new(),
            organization_id: organization,
            name: "bench".to_owned(),
            description: String::new(),
            is_public: false,
            created,
        };
        let project = store.create_project(project).await.unwrap().unwrap().id;
        tree.projects.push(project);
        for _ in 0..EXPERIMENTS {
            let experiment = Experiment {
                id: ExperimentId::new(),
                project_id: project,
                timestamp: created,
                name: "bench".to_owned(),
                description: String::new(),
                country_name: None,
                country_iso_code: None,
                region: None,
                on_cloud: false,
                cloud_provider: None,
                cloud_region: None,
            };
            let experiment = store.create_experiment(experiment).await.unwrap().unwrap().id;
            tree.experiments.push(experiment);
            for _ in 0..RUNS {
                let run = store.create_run(new_run(experiment)).await.unwrap().unwrap();
                tree.runs.push(run.id);
            }
        }
    }
    tree
}

/// Rows as a live server would have received them: by time, the runs side by side.
async fn fill(store: &Store, runs: &[RunId], rows: usize) {
    let per_run = rows / runs.len();
    let mut pending = tokio::task::JoinSet::new();
    let mut batch = Vec::with_capacity(BULK);
    for (index, run) in runs.iter().enumerate() {
        // Runs start over eighty days, in an order that is not that of their projects.
        let start = (index * 7_919 % runs.len() * 55 * 60) as i64;
        for n in 0..per_run {
            batch.push(row(*run, START + start + n as i64 * 50));
            if batch.len() == BULK {
                let (store, full) = (store.clone(), std::mem::take(&mut batch));
                pending.spawn(async move { store_rows(&store, full).await });
            }
            if pending.len() >= 4 {
                pending.join_next().await.unwrap().unwrap();
            }
        }
    }
    store_rows(store, batch).await;
    while let Some(done) = pending.join_next().await {
        done.unwrap();
    }
}

async fn long_run(store: &Store, experiment: ExperimentId, rows: i64) -> RunId {
    let run = store.create_run(new_run(experiment)).await.unwrap().unwrap().id;
    for part in 0..rows / BULK as i64 {
        let first = part * BULK as i64;
        store_rows(store, (first..first + BULK as i64).map(|n| row(run, START + n)).collect())
            .await;
    }
    run
}

async fn store_rows(store: &Store, rows: Vec<NewEmission>) {
    let answer = store.ingest(Batch { project: None, rows }).await.unwrap();
    assert!(matches!(answer, Ingested::Stored { .. }));
}

fn at(days: i64) -> Timestamp {
    Timestamp::from_seconds(START + days * DAY)
}

fn row(run_id: RunId, seconds: i64) -> NewEmission {
    NewEmission {
        id: None,
        run_id,
        timestamp: Timestamp::from_seconds(seconds),
        measured: Measured {
            duration_s: 50.0,
            emissions_kg: Some(0.000_05),
            emissions_rate_kg_s: Some(0.000_001),
            cpu_power_w: Some(42.0),
            gpu_power_w: Some(210.0),
            ram_power_w: Some(12.0),
            cpu_energy_kwh: Some(0.0006),
            gpu_energy_kwh: Some(0.003),
            ram_energy_kwh: Some(0.0002),
            energy_kwh: Some(0.0038),
            cpu_utilization_percent: Some(40.0),
            gpu_utilization_percent: Some(90.0),
            ram_utilization_percent: Some(30.0),
            energy_low_kwh: Some(0.0035),
            energy_high_kwh: Some(0.0042),
            emissions_low_kg: Some(0.000_04),
            emissions_high_kg: Some(0.000_06),
            wue: 0.0,
        },
    }
}

fn new_run(experiment_id: ExperimentId) -> NewRun {
    NewRun {
        id: None,
        project: None,
        experiment_id,
        timestamp: at(0),
        facts: RunFacts {
            os: Some("Linux-6.1.0-x86_64-with-glibc2.36".to_owned()),
            cpu_model: Some("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz".to_owned()),
            cpu_count: Some(16),
            ..RunFacts::default()
        },
        member_id: None,
    }
}

/// Processor time of this program, s.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = text.rsplit_once(')').unwrap();
    let ticks: f64 = fields.split(' ').skip(12).take(2).map(|n| n.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

/// Requests per second of so many tasks, and the slowest of a hundred.
async fn rate<F, R>(what: &str, tasks: usize, request: F)
where
    F: Fn(usize, usize) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    let (start, cpu) = (SystemClock.monotonic(), cpu_s());
    let mut running = tokio::task::JoinSet::new();
    let mut counts = vec![0; tasks];
    let mut taken = Vec::new();
    let mut spawn = |running: &mut tokio::task::JoinSet<_>, task: usize| {
        let work = request(task, counts[task]);
        counts[task] += 1;
        running.spawn(async move {
            let begun = SystemClock.monotonic();
            work.await;
            (task, SystemClock.monotonic().checked_sub(begun).unwrap())
        });
    };
    (0..tasks).for_each(|task| spawn(&mut running, task));
    while let Some(done) = running.join_next().await {
        let (task, took) = done.unwrap();
        taken.push(took);
        if SystemClock.monotonic().checked_sub(start).unwrap() < STEADY {
            spawn(&mut running, task);
        }
    }
    let length = SystemClock.monotonic().checked_sub(start).unwrap().as_secs_f64();
    taken.sort();
    let p99 = taken[taken.len() * 99 / 100].as_secs_f64() * 1e3;
    let (per_second, cpu) = (taken.len() as f64 / length, (cpu_s() - cpu) / taken.len() as f64);
    println!(
        "  {what:<44} {per_second:>9.0} /s      p99 {p99:.1} ms, {:.1} µs of processor each",
        cpu * 1e6
    );
}

/// Median and slowest of a hundred, of 200 requests of 8 tasks.
async fn times<F, R>(what: &str, request: F)
where
    F: Fn(usize) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    request(0).await;
    let begun = SystemClock.monotonic();
    request(1).await;
    let alone = SystemClock.monotonic().checked_sub(begun).unwrap().as_secs_f64() * 1e3;
    let cpu = cpu_s();
    let mut running = tokio::task::JoinSet::new();
    let mut taken = Vec::new();
    for n in 0..200 {
        if running.len() >= 8 {
            taken.push(running.join_next().await.unwrap().unwrap());
        }
        let work = request(n);
        running.spawn(async move {
            let begun = SystemClock.monotonic();
            work.await;
            SystemClock.monotonic().checked_sub(begun).unwrap()
        });
    }
    while let Some(done) = running.join_next().await {
        taken.push(done.unwrap());
    }
    taken.sort();
    let [p50, p99] = [50, 99].map(|part| taken[taken.len() * part / 100].as_secs_f64() * 1e3);
    let cpu = (cpu_s() - cpu) / 200.0 * 1e3;
    println!(
        "  {what:<44} {alone:>9.1} ms alone; of 8: median {p50:.1}, p99 {p99:.1}; {cpu:.2} ms of \
         processor each"
    );
}
