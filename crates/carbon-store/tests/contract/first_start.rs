//! What a fresh server begins with, and who takes it over.

use carbon_store::{
    AuditEntry, Beginning, Digest, Experiment, ExperimentId, NewProject, NewProjectToken,
    ProjectId, ProjectTokenId, Role, Store,
};

use crate::seeds::{START, new_organization, new_user};

crate::contract!(
    a_fresh_store_begins_once_and_the_first_person_takes_over,
    processes_that_start_together_begin_once,
    a_store_with_accounts_does_not_begin,
);

async fn begin(store: &Store) -> Option<carbon_store::FirstProject> {
    let organization = new_organization("First");
    let project = NewProject {
        id: ProjectId::new(),
        organization_id: organization.id,
        name: "First".to_owned(),
        description: String::new(),
        is_public: false,
        created: START,
    };
    let experiment = Experiment {
        id: ExperimentId::new(),
        project_id: project.id,
        timestamp: START,
        name: "First".to_owned(),
        description: String::new(),
        country_name: None,
        country_iso_code: None,
        region: None,
        on_cloud: false,
        cloud_provider: None,
        cloud_region: None,
    };
    let token = NewProjectToken {
        id: ProjectTokenId::new(),
        project_id: project.id,
        name: None,
        digest: Digest([7; 32]),
        access: 2,
        created_by: None,
        created: START,
        expires: None,
    };
    let organization_note = AuditEntry {
        at: START,
        organization_id: Some(organization.id),
        actor_id: None,
        action: "organization.create".to_owned(),
        subject: organization.id.to_string(),
        detail: "{}".to_owned(),
    };
    let beginning = Beginning { organization, project, experiment, token, organization_note };
    store.begin(beginning).await.unwrap()
}

async fn a_fresh_store_begins_once_and_the_first_person_takes_over(store: Store) {
    let first = begin(&store).await.unwrap();
    assert_eq!(begin(&store).await, None);
    let experiment = store.experiment(first.experiment).await.unwrap().unwrap();
    assert_eq!(experiment.project_id, first.project);
    assert!(store.members(first.organization).await.unwrap().is_empty());
    let ada = store.take_over(new_user("ada@example.org")).await.unwrap().unwrap();
    let members = store.members(first.organization).await.unwrap();
    assert_eq!((members[0].user.id, members[0].role), (ada.id, Role::Admin));
    assert_eq!(store.take_over(new_user("eve@example.org")).await.unwrap(), None);
    assert_eq!(store.user_by_email("eve@example.org").await.unwrap(), None);
}

async fn processes_that_start_together_begin_once(store: Store) {
    let begun = tokio::join!(begin(&store), begin(&store), begin(&store));
    let begun = [begun.0, begun.1, begun.2];
    assert_eq!(begun.iter().flatten().count(), 1);
}

async fn a_store_with_accounts_does_not_begin(store: Store) {
    store.create_user(new_user("ada@example.org")).await.unwrap();
    assert_eq!(begin(&store).await, None);
    assert_eq!(store.take_over(new_user("eve@example.org")).await.unwrap(), None);
}
