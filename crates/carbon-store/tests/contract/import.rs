//! Taking over a database of the reference server.

use carbon_store::{
    EmissionId, Error, ExperimentId, Imported, OrganizationId, Paging, ProjectId, ProjectTokenId,
    Role, RunId, Scope, Store, Timestamp, UserId, Window,
};

use crate::databases::{postgres_database, server};
use crate::seeds::START;

crate::contract!(
    a_database_of_the_reference_is_taken_over,
    another_database_is_not_taken_for_one_of_the_reference,
);

fn id<T: From<uuid::Uuid>>(last: u128) -> T {
    T::from(uuid::Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0000 + last))
}

async fn a_database_of_the_reference_is_taken_over(store: Store) {
    let source = server().database();
    server().psql(&source, include_str!("reference.sql"));
    let done = store.import(&source, START).await.unwrap();
    let expected = Imported {
        users: 2,
        organizations: 2,
        memberships: 2,
        projects: 2,
        tokens: 1,
        experiments: 2,
        runs: 2,
        emissions: 3,
        telemetry: 1,
        repaired_figures: 2,
        // An address twice, its membership, a token, a run, two rows.
        left_out: 6,
    };
    assert_eq!(done, expected);
    // Again: nothing twice.
    assert_eq!(store.import(&source, START).await.unwrap(), expected);

    let members = store.members(id::<OrganizationId>(0xa1)).await.unwrap();
    let roles: Vec<_> = members.iter().map(|m| (m.user.id, m.role, m.user.is_active)).collect();
    assert_eq!(
        roles,
        [(id::<UserId>(0xb1), Role::Admin, true), (id::<UserId>(0xb2), Role::Member, true)]
    );
    let ada = store.user_by_subject("00000000-0000-4000-8000-0000000000b1").await.unwrap();
    assert_eq!(ada.unwrap().email, "Ada@example.org");

    let project = store.project(id::<ProjectId>(0xc1)).await.unwrap().unwrap();
    assert_eq!((project.name.as_str(), project.is_public), ("Project", true));
    let orphan = store.project(id::<ProjectId>(0xc2)).await.unwrap().unwrap();
    let home = store.organization(orphan.organization_id).await.unwrap().unwrap();
    assert_eq!((orphan.name.as_str(), home.name.as_str()), ("", "Imported"));

    let tokens = store.imported_tokens("683b7575").await.unwrap();
    let [(hash, token)] = tokens.as_slice() else { panic!("{tokens:?}") };
    assert_eq!((hash.0.as_str(), token.id), ("$2b$12$hash", id::<ProjectTokenId>(0xd1)));
    assert_eq!((token.access, token.is_valid(START)), (2, true));
    assert_eq!(token.last_used, Some(Timestamp::from_seconds(1_772_359_200)));
    let digest = carbon_store::Digest([5; 32]);
    store.upgrade_project_token(token.id, digest).await.unwrap();
    assert_eq!(store.project_token(digest).await.unwrap().unwrap().id, token.id);
    assert!(store.imported_tokens("683b7575").await.unwrap().is_empty());

    let experiment = store.experiment(id::<ExperimentId>(0xe1)).await.unwrap().unwrap();
    assert_eq!((experiment.timestamp, experiment.name.as_str()), (START, ""));
    let run = store.run(id::<RunId>(0xf1)).await.unwrap().unwrap();
    assert_eq!(run.timestamp.micros(), START.micros() + 500_000);
    assert_eq!((run.facts.cpu_count, run.facts.longitude), (Some(8), None));
    assert_eq!(run.facts.sources, None);

    let row = store.emission(id::<EmissionId>(1)).await.unwrap().unwrap();
    assert_eq!((row.measured.duration_s, row.measured.cpu_utilization_percent), (12.75, None));
    let sums = store.sums(Scope::Project(id(0xc1)), Window::ALL).await.unwrap();
    assert_eq!((sums.rows, sums.duration_s), (2, 12.75));
    assert_eq!((sums.emissions_kg, sums.energy_kwh), (0.5, 5.0));
    assert_eq!(sums.cpu_power.mean(), Some(10.0));
    assert_eq!((sums.energy_interval(), sums.emissions_interval()), (None, None));
    let row = store.emission(id::<EmissionId>(3)).await.unwrap().unwrap();
    assert_eq!(row.timestamp, START, "a row without a time has its experiment's");

    let telemetry = store.telemetry(Paging::ALL).await.unwrap().items;
    assert!(telemetry[0].1.contains("\"os\": \"Linux\""), "{telemetry:?}");
}

async fn another_database_is_not_taken_for_one_of_the_reference(store: Store) {
    let empty = server().database();
    let refused = store.import(&empty, START).await;
    assert!(matches!(refused, Err(Error::Address(_))), "{refused:?}");
    let ours = postgres_database();
    let refused = store.import(&ours, START).await;
    assert!(matches!(refused, Err(Error::Address(_))), "{refused:?}");
}
