//! Organizations, members, projects, tokens and experiments.

use carbon_store::{
    Added, Cursor, Digest, Error, ExperimentId, MemberChange, NewProjectToken, OrganizationId,
    Paging, ProjectChange, ProjectId, ProjectTokenId, Role, Store, TheirTokens, UserId,
};

use crate::seeds::{self, START, Seed, at, new_experiment, new_organization, new_user};

crate::contract!(
    lists_are_in_the_order_of_creation_and_come_in_pages,
    members_come_change_and_go_but_the_last_admin_stays,
    two_admins_who_remove_each_other_leave_one,
    projects_change_and_belong_to_an_organization,
    tokens_are_found_rotated_revoked_and_deleted,
    experiments_belong_to_a_project,
    texts_that_databases_refuse_are_refused_alike,
);

async fn lists_are_in_the_order_of_creation_and_come_in_pages(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    for name in ["z", "b", "y"] {
        store.create_organization(new_organization(name), seed.user.id).await.unwrap();
        seeds::project(&store, seed.organization.id, name).await;
        seeds::experiment(&store, seed.project.id, name).await;
    }
    let all = store.organizations_of(seed.user.id, Paging::ALL).await.unwrap();
    let names: Vec<_> = all.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!((names, all.next), (vec!["a", "z", "b", "y"], None));
    let first = store.projects_of(seed.organization.id, Paging::first(3)).await.unwrap();
    let names: Vec<_> = first.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["a", "z", "b"]);
    let rest = Paging::after(first.next.unwrap(), 3);
    let rest = store.projects_of(seed.organization.id, rest).await.unwrap();
    assert_eq!((rest.items[0].name.as_str(), rest.items.len(), rest.next), ("y", 1, None));
    let exactly = store.experiments_of(seed.project.id, Paging::first(4)).await.unwrap();
    assert_eq!((exactly.items.len(), exactly.next), (4, None));
    let beyond = Paging::after(Cursor(i64::MAX), 4);
    assert!(store.experiments_of(seed.project.id, beyond).await.unwrap().items.is_empty());
}

async fn members_come_change_and_go_but_the_last_admin_stays(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let (organization, admin) = (seed.organization.id, seed.user.id);
    let bob = store.create_user(new_user("bob@example.org")).await.unwrap().id;
    let add = |organization, email: &str| {
        store.add_member(organization, email.to_owned(), Role::Member, START)
    };
    assert_eq!(add(organization, "BOB@example.org").await.unwrap(), Added::Added(bob));
    assert_eq!(add(organization, "bob@example.org").await.unwrap(), Added::AlreadyMember(bob));
    assert_eq!(add(organization, "x@example.org").await.unwrap(), Added::NoSuchUser);
    let nowhere = add(OrganizationId::new(), "bob@example.org").await.unwrap();
    assert_eq!(nowhere, Added::NoSuchOrganization);

    let demote = store.set_role(organization, admin, Role::Viewer).await.unwrap();
    assert_eq!(demote, MemberChange::LastAdmin);
    let leave = store.remove_member(organization, admin, TheirTokens::Keep).await.unwrap();
    assert_eq!(leave, MemberChange::LastAdmin);
    let stranger =
        store.remove_member(organization, UserId::new(), TheirTokens::Keep).await.unwrap();
    assert_eq!(stranger, MemberChange::NotAMember);
    let promote = store.set_role(organization, bob, Role::Admin).await.unwrap();
    assert_eq!(promote, MemberChange::Done);
    assert_eq!(
        store.remove_member(organization, admin, TheirTokens::Keep).await.unwrap(),
        MemberChange::Done
    );
    let members = store.members(organization).await.unwrap();
    assert_eq!(
        members.iter().map(|m| (m.user.id, m.role)).collect::<Vec<_>>(),
        [(bob, Role::Admin)]
    );
}

async fn two_admins_who_remove_each_other_leave_one(store: Store) {
    let ada = store.create_user(new_user("ada@example.org")).await.unwrap().id;
    let bob = store.create_user(new_user("bob@example.org")).await.unwrap().id;
    for round in 0..8 {
        let new = new_organization(&round.to_string());
        let organization = store.create_organization(new, ada).await.unwrap().id;
        store
            .add_member(organization, "bob@example.org".to_owned(), Role::Admin, START)
            .await
            .unwrap();
        let (first, second) = tokio::join!(
            store.remove_member(organization, ada, TheirTokens::Keep),
            store.remove_member(organization, bob, TheirTokens::Keep)
        );
        let mut outcomes = [first.unwrap(), second.unwrap()];
        outcomes.sort_by_key(|outcome| *outcome != MemberChange::Done);
        assert_eq!(outcomes, [MemberChange::Done, MemberChange::LastAdmin]);
        assert_eq!(store.members(organization).await.unwrap().len(), 1);
    }
}

async fn projects_change_and_belong_to_an_organization(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let change = ProjectChange { is_public: Some(true), ..ProjectChange::default() };
    let changed = store.update_project(seed.project.id, change).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.is_public), ("a", true));
    assert_eq!(store.project(seed.project.id).await.unwrap(), Some(changed));
    let ids = store.experiment_ids(seed.project.id).await.unwrap();
    assert_eq!(ids, [seed.experiment.id]);
    assert_eq!(store.project(ProjectId::new()).await.unwrap(), None);
    let nowhere = carbon_store::NewProject {
        id: ProjectId::new(),
        organization_id: OrganizationId::new(),
        name: String::new(),
        description: String::new(),
        is_public: false,
        created: START,
    };
    assert_eq!(store.create_project(nowhere).await.unwrap(), None);
    let renamed = store
        .update_organization(seed.organization.id, Some("new".to_owned()), None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((renamed.name.as_str(), renamed.description.as_str()), ("new", "for tests"));
    assert_eq!(store.organization(seed.organization.id).await.unwrap(), Some(renamed));
}

async fn tokens_are_found_rotated_revoked_and_deleted(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let project = seed.project.id;
    let new = |digest: u8| NewProjectToken {
        id: ProjectTokenId::new(),
        project_id: project,
        name: Some("ci".to_owned()),
        digest: Digest([digest; 32]),
        access: 2,
        created_by: Some(seed.user.id),
        created: START,
        expires: Some(at(100)),
    };
    let token = store.create_project_token(new(1)).await.unwrap().unwrap();
    let other = store.create_project_token(new(2)).await.unwrap().unwrap();
    assert!(matches!(store.create_project_token(new(2)).await, Err(Error::Conflict)));
    let nowhere = NewProjectToken { project_id: ProjectId::new(), ..new(3) };
    assert_eq!(store.create_project_token(nowhere).await.unwrap(), None);
    assert_eq!(store.project_token(Digest([1; 32])).await.unwrap(), Some(token.clone()));
    assert!(token.is_valid(at(99)) && !token.is_valid(at(100)));
    assert!(token.can_write() && !token.can_read());

    store.project_token_used(token.id, at(1)).await.unwrap();
    store.project_token_used(token.id, at(60)).await.unwrap();
    let used = store.project_token(Digest([1; 32])).await.unwrap().unwrap();
    assert_eq!(used.last_used, Some(at(1)));
    store.project_token_used(token.id, at(62)).await.unwrap();
    let used = store.project_token(Digest([1; 32])).await.unwrap().unwrap();
    assert_eq!(used.last_used, Some(at(62)));

    let rotated = store
        .rotate_project_token(project, token.id, Digest([9; 32]), None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((rotated.id, rotated.expires), (token.id, None));
    assert_eq!(store.project_token(Digest([1; 32])).await.unwrap(), None);
    assert!(store.revoke_project_token(project, token.id).await.unwrap());
    let revoked = store.project_token(Digest([9; 32])).await.unwrap().unwrap();
    assert!(!revoked.is_valid(START));
    let ids: Vec<_> = store.project_tokens(project).await.unwrap().iter().map(|t| t.id).collect();
    assert_eq!(ids, [token.id, other.id]);
    assert!(!store.delete_project_token(ProjectId::new(), token.id).await.unwrap());
    assert!(store.delete_project_token(project, token.id).await.unwrap());
    assert_eq!(store.project_token(Digest([9; 32])).await.unwrap(), None);
}

async fn experiments_belong_to_a_project(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let found = store.experiment(seed.experiment.id).await.unwrap();
    assert_eq!(found, Some(seed.experiment.clone()));
    assert_eq!(store.experiment(ExperimentId::new()).await.unwrap(), None);
    let nowhere = new_experiment(ProjectId::new(), "x");
    assert_eq!(store.create_experiment(nowhere).await.unwrap(), None);
    let same = store.create_experiment(seed.experiment).await;
    assert!(matches!(same, Err(Error::Conflict)), "{same:?}");
}

async fn texts_that_databases_refuse_are_refused_alike(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let refused = store.create_experiment(new_experiment(seed.project.id, "a\0b")).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    let strange = "'; DROP TABLE runs; -- \u{1F33F} \u{202E} \"";
    let made = store.create_experiment(new_experiment(seed.project.id, strange)).await.unwrap();
    let id = made.unwrap().id;
    assert_eq!(store.experiment(id).await.unwrap().unwrap().name, strange);
}
