//! Whose something is: what every decision about rights stands on.

use carbon_store::{
    Access, EmissionId, ExperimentId, OrganizationId, ProjectChange, ProjectId, Role, RunId, Store,
    Subject,
};

use crate::seeds::{Seed, row, store_rows};

crate::contract!(everything_knows_its_owner_and_a_persons_role, what_is_not_there_has_no_owner);

async fn everything_knows_its_owner_and_a_persons_role(store: Store) {
    let (a, b) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let public = ProjectChange { is_public: Some(true), ..ProjectChange::default() };
    store.update_project(b.project.id, public).await.unwrap();
    for (seed, other, is_public) in [(&a, &b, false), (&b, &a, true)] {
        let (ids, _) = store_rows(&store, vec![row(seed.run.id, seed.run.timestamp, 1)]).await;
        for subject in [
            Subject::Project(seed.project.id),
            Subject::Experiment(seed.experiment.id),
            Subject::Run(seed.run.id),
            Subject::Emission(ids[0]),
        ] {
            let access = |role| Access {
                organization_id: seed.organization.id,
                project_id: Some(seed.project.id),
                is_public,
                role,
            };
            let own = store.access(subject, Some(seed.user.id)).await.unwrap();
            assert_eq!(own, Some(access(Some(Role::Admin))));
            let stranger = store.access(subject, Some(other.user.id)).await.unwrap();
            assert_eq!(stranger, Some(access(None)));
            assert_eq!(store.access(subject, None).await.unwrap(), Some(access(None)));
        }
        let organization = Subject::Organization(seed.organization.id);
        let access = store.access(organization, Some(seed.user.id)).await.unwrap().unwrap();
        let expected = Access {
            organization_id: seed.organization.id,
            project_id: None,
            is_public: false,
            role: Some(Role::Admin),
        };
        assert_eq!(access, expected);
    }
}

async fn what_is_not_there_has_no_owner(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    for subject in [
        Subject::Organization(OrganizationId::new()),
        Subject::Project(ProjectId::new()),
        Subject::Experiment(ExperimentId::new()),
        Subject::Run(RunId::new()),
        Subject::Emission(EmissionId::new()),
    ] {
        assert_eq!(store.access(subject, Some(seed.user.id)).await.unwrap(), None);
    }
}
