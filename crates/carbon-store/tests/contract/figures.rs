//! Sums and series against the plain definition: go through all rows and add.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use carbon_store::{
    BucketWidth, ExperimentId, Group, GroupBy, NewEmission, NewRun, OrganizationId, ProjectId,
    Scope, Store, Sums, Timestamp, Window,
};

use crate::seeds::{self, START, Seed, at, new_run, row, store_rows};

crate::contract!(
    sums_of_any_window_are_those_of_its_rows,
    means_are_over_rows_and_skip_what_is_missing,
    power_in_series_is_weighted_by_time,
    bounds_of_rows_add_up_and_are_given_where_all_rows_have_them,
    what_has_no_rows_is_zero_or_left_out,
    tenants_do_not_share_sums,
    series_of_any_interval_are_those_of_their_rows,
    a_series_of_too_many_groups_is_refused,
    use_is_told_apart_by_member_host_project_and_run,
    runs_are_compared_side_by_side,
    the_last_run_is_the_one_that_began_last,
);

const DAY: i64 = 86_400;

/// Rows of one run, uneven over five days, some of them on edges of hours and days.
fn uneven(seed: &Seed) -> Vec<NewEmission> {
    let mut times: Vec<i64> = (0..700).map(|n| n * 613 % (5 * DAY)).collect();
    times.extend([0, 3_599, 3_600, DAY - 1, DAY, DAY + 3_600, 5 * DAY]);
    times.iter().zip(0..).map(|(time, n)| row(seed.run.id, at(*time), n % 97)).collect()
}

fn add_up<'r>(rows: impl Iterator<Item = &'r NewEmission>) -> (i64, f64, f64, f64) {
    rows.fold((0, 0.0, 0.0, 0.0), |(count, kg, kwh, power), row| {
        (
            count + 1,
            kg + row.measured.emissions_kg.unwrap(),
            kwh + row.measured.energy_kwh.unwrap(),
            power + row.measured.cpu_power_w.unwrap(),
        )
    })
}

fn of(sums: &Sums) -> (i64, f64, f64, f64) {
    assert_eq!(sums.duration_s, (sums.rows * 10) as f64);
    assert_eq!((sums.cpu_power.count, sums.gpu_utilization.count), (sums.rows, 0));
    (sums.rows, sums.emissions_kg, sums.energy_kwh, sums.cpu_power.sum)
}

async fn sums_of_any_window_are_those_of_its_rows(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let rows = uneven(&seed);
    for part in rows.chunks(50) {
        store_rows(&store, part.to_vec()).await;
    }
    let edges = [
        -10,
        0,
        1,
        613,
        3_599,
        3_600,
        3_601,
        7_200,
        DAY - 1,
        DAY,
        DAY + 1,
        DAY + 5_000,
        3 * DAY,
        3 * DAY + 1_800,
        5 * DAY - 1,
        5 * DAY,
        6 * DAY,
    ];
    let micro = |time: Timestamp, micros: i64| Timestamp::from_micros(time.micros() + micros);
    for (index, start) in edges.iter().enumerate() {
        for end in &edges[index..] {
            for nudge in [0, 1] {
                let window = Window::new(micro(at(*start), nudge), micro(at(*end), -nudge));
                let inside = rows
                    .iter()
                    .filter(|row| row.timestamp >= window.start && row.timestamp <= window.end);
                let sums = store.sums(Scope::Project(seed.project.id), window).await.unwrap();
                assert_eq!(of(&sums), add_up(inside), "from {start} to {end}, nudge {nudge}");
            }
        }
    }
    let inverted = Window::new(at(10), at(0));
    let sums = store.sums(Scope::Project(seed.project.id), inverted).await.unwrap();
    assert_eq!(sums, Sums::default());
}

async fn means_are_over_rows_and_skip_what_is_missing(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let mut rows = vec![row(seed.run.id, at(0), 10), row(seed.run.id, at(1), 20)];
    rows.push(row(seed.run.id, at(DAY), 30));
    rows[1].measured.cpu_power_w = None;
    rows[1].measured.emissions_rate_kg_s = None;
    rows[1].measured.emissions_kg = None;
    rows[1].measured.emissions_low_kg = None;
    rows[1].measured.emissions_high_kg = None;
    rows[2].measured.gpu_power_w = Some(8.0);
    rows[2].measured.duration_s = 30.0;
    store_rows(&store, rows).await;
    // Once from whole days, once from single rows.
    for window in [Window::ALL, Window::new(at(0), at(DAY + 1))] {
        let sums = store.sums(Scope::Run(seed.run.id), window).await.unwrap();
        assert_eq!((sums.rows, sums.emissions_kg), (3, 40.0 / 1024.0));
        assert_eq!(sums.cpu_power.mean(), Some(20.5));
        assert_eq!(sums.gpu_power.mean(), Some(8.0));
        assert_eq!(sums.ram_power.mean(), Some(3.0));
        assert_eq!((sums.emissions_rate.count, sums.gpu_utilization.mean()), (2, None));
        let over_time = (10.5 * 10.0 + 30.5 * 30.0) / 40.0;
        assert_eq!(sums.cpu_power_over_time.mean_w(), Some(over_time));
    }
}

async fn power_in_series_is_weighted_by_time(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let mut rows = vec![row(seed.run.id, at(100), 0), row(seed.run.id, at(200), 0)];
    rows[0].measured.cpu_power_w = Some(100.0);
    rows[0].measured.duration_s = 90.0;
    rows[1].measured.cpu_power_w = Some(10.0);
    rows[1].measured.duration_s = 10.0;
    store_rows(&store, rows).await;
    let width = BucketWidth::new(Duration::from_mins(15)).unwrap();
    let window = Window::new(START, at(DAY));
    let points = store.series(Scope::Run(seed.run.id), None, window, width).await.unwrap();
    let powers: Vec<_> =
        points.iter().map(|point| point.sums.cpu_power_over_time.mean_w()).collect();
    assert_eq!(powers, [Some(91.0)]);
}

async fn bounds_of_rows_add_up_and_are_given_where_all_rows_have_them(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let mut rows = vec![row(seed.run.id, at(0), 64), row(seed.run.id, at(3_600), 128)];
    rows.push(row(seed.run.id, at(DAY), 64));
    rows[2].measured.energy_low_kwh = None;
    rows[2].measured.energy_high_kwh = None;
    store_rows(&store, rows).await;
    // From a whole day, from whole hours, and from single rows.
    for end in [DAY - 1, 7_199, 3_600] {
        let window = Window::new(START, at(end));
        let sums = store.sums(Scope::Run(seed.run.id), window).await.unwrap();
        assert_eq!(sums.energy_interval(), Some((0.5 + 1.0, 2.5 + 4.5)));
        assert_eq!(sums.emissions_interval(), Some((192.0 / 2048.0, 192.0 / 512.0)));
    }
    let sums = store.sums(Scope::Project(seed.project.id), Window::ALL).await.unwrap();
    assert_eq!((sums.energy_interval(), sums.energy_bounds.count), (None, 2));
    assert_eq!(sums.emissions_interval(), Some((256.0 / 2048.0, 256.0 / 512.0)));
    assert_eq!(Sums::default().energy_interval(), None);
}

async fn what_has_no_rows_is_zero_or_left_out(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let empty = seeds::experiment(&store, seed.project.id, "empty").await;
    seeds::run(&store, seed.experiment.id, START).await;
    let window = Window::new(START, at(DAY));
    let (organization, sums) =
        store.organization_sums(seed.organization.id, window).await.unwrap().unwrap();
    assert_eq!((organization.id, sums), (seed.organization.id, Sums::default()));
    let (_, sums) = store.project_sums(seed.project.id, window).await.unwrap().unwrap();
    assert_eq!((sums, sums.cpu_utilization.mean()), (Sums::default(), None));
    assert!(store.run_sums(seed.experiment.id, window).await.unwrap().is_empty());

    store_rows(&store, vec![row(seed.run.id, at(5), 3)]).await;
    let experiments = store.experiment_sums(seed.project.id, window).await.unwrap().unwrap();
    let counts: Vec<_> = experiments.iter().map(|(e, sums)| (e.id, sums.rows)).collect();
    assert_eq!(counts, [(seed.experiment.id, 1), (empty.id, 0)]);
    let runs = store.run_sums(seed.experiment.id, window).await.unwrap();
    let counts: Vec<_> = runs.iter().map(|(run, sums)| (run.id, sums.rows)).collect();
    assert_eq!(counts, [(seed.run.id, 1)]);

    assert!(store.organization_sums(OrganizationId::new(), window).await.unwrap().is_none());
    assert!(store.project_sums(ProjectId::new(), window).await.unwrap().is_none());
    assert!(store.experiment_sums(ProjectId::new(), window).await.unwrap().is_none());
    assert!(store.run_sums(ExperimentId::new(), window).await.unwrap().is_empty());
}

async fn tenants_do_not_share_sums(store: Store) {
    let (a, b) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    store_rows(&store, vec![row(a.run.id, START, 1), row(b.run.id, START, 2)]).await;
    for (seed, kg) in [(&a, 1.0 / 1024.0), (&b, 2.0 / 1024.0)] {
        for scope in [
            Scope::Organization(seed.organization.id),
            Scope::Project(seed.project.id),
            Scope::Experiment(seed.experiment.id),
            Scope::Run(seed.run.id),
        ] {
            let sums = store.sums(scope, Window::ALL).await.unwrap();
            assert_eq!((sums.rows, sums.emissions_kg), (1, kg), "{scope:?}");
        }
    }
}

async fn series_of_any_interval_are_those_of_their_rows(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let rows = uneven(&seed);
    store_rows(&store, rows.clone()).await;
    for (width_s, start, end) in [
        (60, 1_000, 9_000),
        (3_600, 0, 5 * DAY),
        (3_600, 17, 2 * DAY),
        (5_000, -5, 3 * DAY),
        (DAY, 0, 5 * DAY),
        (DAY, 3_600, 5 * DAY - 7),
        (157_680, -10 * DAY, 10 * DAY),
        (365 * DAY, -DAY, 6 * DAY),
    ] {
        let window = Window::new(at(start), at(end));
        let mut expected: BTreeMap<i64, Vec<&NewEmission>> = BTreeMap::new();
        for row in &rows {
            if row.timestamp >= window.start && row.timestamp <= window.end {
                let offset = row.timestamp.micros() - window.start.micros();
                let bucket = start + offset / 1_000_000 / width_s * width_s;
                expected.entry(bucket).or_default().push(row);
            }
        }
        let width = BucketWidth::new(Duration::from_secs(width_s as u64)).unwrap();
        let scope = Scope::Experiment(seed.experiment.id);
        let points = store.series(scope, None, window, width).await.unwrap();
        let found: Vec<_> = points.iter().map(|p| (p.start, of(&p.sums))).collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(bucket, rows)| (at(bucket), add_up(rows.into_iter())))
            .collect();
        assert_eq!(found, expected, "{width_s} s from {start} to {end}");
        assert!(points.iter().all(|point| point.group == Group::All));
    }
    let width = BucketWidth::new(Duration::from_secs(1)).unwrap();
    let endless = store.series(Scope::Run(seed.run.id), None, Window::ALL, width).await;
    assert!(matches!(endless, Err(carbon_store::Error::Invalid(_))), "{endless:?}");
}

async fn a_series_of_too_many_groups_is_refused(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let other = seeds::run(&store, seed.experiment.id, START).await;
    let rows = 50_001;
    for from in (0..rows).step_by(5_000) {
        let times = from..rows.min(from + 5_000);
        let both = times.flat_map(|n| [row(seed.run.id, at(n), 1), row(other.id, at(n), 1)]);
        store_rows(&store, both.collect()).await;
    }
    let scope = Scope::Experiment(seed.experiment.id);
    let window = Window::new(START, at(rows));
    let series = async |by| {
        let width = BucketWidth::new(Duration::from_secs(1)).unwrap();
        store.series(scope, by, window, width).await
    };
    assert_eq!(series(None).await.unwrap().len(), 50_001);
    let refused = series(Some(GroupBy::Run)).await;
    let Err(carbon_store::Error::Invalid(why)) = refused else { panic!("it is answered") };
    assert!(why.contains("too many groups"), "{why}");
}

async fn use_is_told_apart_by_member_host_project_and_run(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let other = seeds::project(&store, seed.organization.id, "other").await;
    let experiment = seeds::experiment(&store, other.id, "other").await;
    let mut new = NewRun { member_id: Some(seed.user.id), ..new_run(experiment.id, START) };
    new.facts.host = Some("node-7".to_owned());
    let known = store.create_run(new).await.unwrap().unwrap();
    store_rows(&store, vec![row(seed.run.id, START, 1), row(known.id, START, 2)]).await;
    store_rows(&store, vec![row(known.id, at(10), 4)]).await;
    let organization = Scope::Organization(seed.organization.id);
    let window = Window::new(START, at(60));
    for (by, unknown, named) in [
        (GroupBy::Member, Group::Member(None), Group::Member(Some(seed.user.id))),
        (GroupBy::Host, Group::Host(None), Group::Host(Some("node-7".to_owned()))),
        (GroupBy::Project, Group::Project(seed.project.id), Group::Project(other.id)),
        (
            GroupBy::Experiment,
            Group::Experiment(seed.experiment.id),
            Group::Experiment(experiment.id),
        ),
        (GroupBy::Run, Group::Run(seed.run.id), Group::Run(known.id)),
    ] {
        let found = store.sums_by(organization, by, window).await.unwrap();
        let found: HashMap<Group, f64> =
            found.into_iter().map(|(group, sums)| (group, sums.emissions_kg * 1024.0)).collect();
        assert_eq!(found, HashMap::from([(unknown, 1.0), (named, 6.0)]));
    }
    let width = BucketWidth::new(Duration::from_secs(10)).unwrap();
    let points = store.series(organization, Some(GroupBy::Host), window, width).await.unwrap();
    let mut found: Vec<_> =
        points.iter().map(|p| (p.start, p.group.clone(), p.sums.rows)).collect();
    found.sort_by_key(|(start, group, _)| (*start, *group != Group::Host(None)));
    let node = || Group::Host(Some("node-7".to_owned()));
    assert_eq!(found, [(START, Group::Host(None), 1), (START, node(), 1), (at(10), node(), 1)]);
}

async fn runs_are_compared_side_by_side(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let other = seeds::run(&store, seed.experiment.id, at(5)).await;
    store_rows(&store, vec![row(other.id, at(6), 2)]).await;
    let ids = vec![other.id, carbon_store::RunId::new(), seed.run.id];
    let compared = store.compare_runs(ids, Window::ALL).await.unwrap();
    let found: Vec<_> =
        compared.iter().map(|c| c.as_ref().map(|(run, sums)| (run.id, sums.rows))).collect();
    assert_eq!(found, [Some((other.id, 1)), None, Some((seed.run.id, 0))]);
}

async fn the_last_run_is_the_one_that_began_last(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let late = seeds::run(&store, seed.experiment.id, at(100)).await;
    let early = seeds::run(&store, seed.experiment.id, at(50)).await;
    let last = |window| store.last_run(seed.project.id, window);
    assert_eq!(last(Window::ALL).await.unwrap(), Some(late.clone()));
    assert_eq!(last(Window::new(START, at(100))).await.unwrap(), Some(late));
    assert_eq!(last(Window::new(START, at(99))).await.unwrap(), Some(early));
    assert_eq!(last(Window::new(at(101), at(200))).await.unwrap(), None);
}
