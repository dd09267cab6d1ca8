//! How PostgreSQL finds rows among many: by index, whatever is asked. It counts the scans of whole
//! tables itself, so nothing that the store asks can be forgotten here but by not asking it.

use std::time::Duration;

use carbon_store::{
    BucketWidth, EmissionId, GroupBy, Ingested, Paging, RowOrder, RunOrder, RunQuery, RunsOf,
    Scope, Store, Subject, Window,
};

use crate::{add_run, at, plant, row, runtime, send, server};

/// Scans of whole tables that hold rows, sums or runs.
const SCANS: &str = "SELECT relname, seq_scan FROM pg_stat_user_tables \
     WHERE relname LIKE 'emission%' OR relname LIKE 'run%' ORDER BY relname";

#[test]
fn no_question_reads_a_whole_table_of_rows() {
    let url = server().database();
    let (project, run, known) = runtime().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let (project, run) = plant(&store).await;
        let experiment = store.run(run).await.unwrap().unwrap().experiment_id;
        let mut known = Vec::new();
        for n in 0..60 {
            let run = if n == 0 { run } else { add_run(&store, experiment).await };
            let rows = (0..500)
                .map(|m| row(run, EmissionId::new(), n * 40_000 + m * 50))
                .collect::<Vec<_>>();
            known.push(rows[0]);
            assert!(matches!(send(&store, rows).await, Ok(Ingested::Stored { .. })));
        }
        store.close().await;
        (project, run, known)
    });
    // Thirty times as many, as the server makes them itself; the kept sums stay as they are.
    let columns = "duration_s, emissions_kg, energy, wue";
    server().psql(
        &url,
        &format!(
            "INSERT INTO emissions (run_key, timestamp_us, id, {columns})
             SELECT run_key, timestamp_us + n, gen_random_uuid(), {columns}
             FROM emissions, generate_series(1, 15) n;
             INSERT INTO emission_keys SELECT id, run_key, timestamp_us FROM emissions
             ON CONFLICT DO NOTHING;
             ANALYZE"
        ),
    );
    assert_eq!(server().psql(&url, "SELECT count(*) >= 450000 FROM emissions"), "t");
    let before = server().psql(&url, SCANS);
    runtime().block_on(async {
        let store = Store::open(&url).await.unwrap();
        // Often enough that the server turns to plans for any parameter.
        for turn in 0..8 {
            ask_everything(&store, project, run, turn, &known).await;
        }
        store.delete_run(run, at(0)).await.unwrap();
        while store.reclaim(at(1)).await.unwrap() == carbon_store::Reclaimed::Some {}
        store.close().await;
    });
    // Connections that end report what they did a moment later.
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
    while server().psql(&url, busy) != "1" {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server().psql(&url, SCANS), before, "scans of whole tables");
}

async fn ask_everything(
    store: &Store,
    project: carbon_store::ProjectId,
    run: carbon_store::RunId,
    turn: i64,
    known: &[carbon_store::NewEmission],
) {
    let found = store.run(run).await.unwrap().unwrap();
    let access = store.access(Subject::Project(project), None).await.unwrap().unwrap();
    let window = Window::new(at(turn * 999), at(2_000_000 + turn * 777));
    let width = BucketWidth::new(Duration::from_secs(100_001)).unwrap();
    for scope in [
        Scope::Organization(access.organization_id),
        Scope::Project(project),
        Scope::Experiment(found.experiment_id),
        Scope::Run(run),
    ] {
        store.sums(scope, window).await.unwrap();
        store.sums_by(scope, GroupBy::Run, window).await.unwrap();
        store.series(scope, Some(GroupBy::Host), window, width).await.unwrap();
        let (_, next) = store.export(scope, window, None, 100).await.unwrap();
        store.export(scope, window, next, 100).await.unwrap();
        store.extent(scope).await.unwrap();
        store.live_runs(scope, window.start, 10).await.unwrap();
        for order in [RunOrder::Timestamp, RunOrder::Energy] {
            let query = RunQuery {
                scope,
                window: (turn % 2 == 0).then_some(window),
                search: None,
                host: None,
                is_host_searched: false,
                order,
                is_descending: true,
            };
            let (_, next) = store.run_list(query.clone(), None, 10).await.unwrap();
            store.run_list(query, next, 10).await.unwrap();
        }
    }
    let scope = Scope::Project(project);
    store.experiment_list(scope, window, Paging::first(10)).await.unwrap();
    store.names(GroupBy::Run, vec![run.uuid()]).await.unwrap();
    store.run_entry(run).await.unwrap();
    store.experiment_sums(project, window).await.unwrap();
    store.run_sums(found.experiment_id, window).await.unwrap();
    store.compare_runs(vec![run], window).await.unwrap();
    store.last_run(project, window).await.unwrap();
    let page = store.emissions_page(run, 250, 100).await.unwrap().unwrap();
    let after = page.items.first().map(carbon_store::EmissionCursor::of);
    for order in [RowOrder::OldestFirst, RowOrder::NewestFirst] {
        store.emissions_in(run, order, after, 100).await.unwrap();
    }
    let id = known[0].id.unwrap();
    store.emission(id).await.unwrap();
    store.access(Subject::Emission(id), None).await.unwrap();
    store.access(Subject::Run(run), None).await.unwrap();
    for of in [
        RunsOf::Experiment(found.experiment_id),
        RunsOf::Project(project),
        RunsOf::Organization(access.organization_id),
    ] {
        store.runs(of, Paging::first(20)).await.unwrap();
    }
    let again = send(store, known.to_vec()).await.unwrap();
    assert!(matches!(again, Ingested::Stored { added: 0, .. }));
    let fresh = vec![row(run, EmissionId::new(), turn)];
    assert!(matches!(send(store, fresh).await, Ok(Ingested::Stored { added: 1, .. })));
}
