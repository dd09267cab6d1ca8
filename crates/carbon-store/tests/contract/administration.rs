//! What admins do: changes with their entries in the audit log, members who go, lists in pages.

use carbon_store::{
    Added, AuditEntry, AuditRecord, Digest, ExperimentChange, MemberChange, NewProjectToken,
    Paging, ProjectChange, ProjectId, ProjectTokenId, Role, Store, TheirTokens, UserChange,
};

use crate::seeds::{self, START, Seed, at, new_user};

crate::contract!(
    a_change_and_its_entry_are_one,
    the_log_of_the_server_is_apart_from_those_of_organizations,
    tokens_of_who_goes_are_useless_unless_they_are_to_stay,
    an_admin_whose_account_is_off_is_no_other_admin,
    people_see_where_they_stand,
    projects_are_found_by_a_part_of_their_name,
    members_and_tokens_come_in_pages,
    an_experiment_changes_in_what_is_said_of_it,
);

fn entry(seed: &Seed, action: &str) -> AuditEntry {
    AuditEntry {
        at: START,
        organization_id: Some(seed.organization.id),
        actor_id: Some(seed.user.id),
        action: action.to_owned(),
        subject: seed.project.id.to_string(),
        detail: "{}".to_owned(),
    }
}

async fn a_change_and_its_entry_are_one(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let noting = |action: &str| store.noting(entry(&seed, action));
    let renamed = || ProjectChange { name: Some("new".to_owned()), ..ProjectChange::default() };
    noting("1").update_project(seed.project.id, renamed()).await.unwrap().unwrap();
    // Nothing is changed by these, and nothing noted.
    assert!(noting("-").update_project(ProjectId::new(), renamed()).await.unwrap().is_none());
    let token = ProjectTokenId::new();
    assert!(!noting("-").delete_project_token(seed.project.id, token).await.unwrap());
    let organization = seed.organization.id;
    let stays = noting("-").remove_member(organization, seed.user.id, TheirTokens::Keep).await;
    assert_eq!(stays.unwrap(), MemberChange::LastAdmin);
    let email = seed.user.email.clone();
    let there = noting("-").add_member(organization, email, Role::Viewer, START).await.unwrap();
    assert_eq!(there, Added::AlreadyMember(seed.user.id));
    assert!(noting("-").create_user(new_user(&seed.user.email)).await.is_err());
    assert!(noting("2").delete_project(seed.project.id, at(1)).await.unwrap());
    let log = store.audit_log(organization, Paging::ALL).await.unwrap().items;
    let expected = ["2", "1"].map(|action| AuditRecord {
        entry: entry(&seed, action),
        actor_name: Some("A Person".to_owned()),
    });
    assert_eq!(log, expected);
}

async fn the_log_of_the_server_is_apart_from_those_of_organizations(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let of_server = |n: usize| AuditEntry {
        organization_id: None,
        actor_id: None,
        ..entry(&seed, &n.to_string())
    };
    for n in 0..3 {
        store.note(of_server(n)).await.unwrap();
        store.note(entry(&seed, "elsewhere")).await.unwrap();
    }
    let first = store.server_audit_log(Paging::first(2)).await.unwrap();
    assert_eq!(first.items[0], AuditRecord { entry: of_server(2), actor_name: None });
    let rest = Paging::after(first.next.unwrap(), 2);
    let rest = store.server_audit_log(rest).await.unwrap();
    assert_eq!((rest.items[0].entry.clone(), rest.items.len(), rest.next), (of_server(0), 1, None));
}

async fn tokens_of_who_goes_are_useless_unless_they_are_to_stay(store: Store) {
    let (seed, elsewhere) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let bob = store.create_user(new_user("bob@example.org")).await.unwrap();
    let mint = |digest: u8, project, by| {
        let new = NewProjectToken {
            id: ProjectTokenId::new(),
            project_id: project,
            name: None,
            digest: Digest([digest; 32]),
            access: 2,
            created_by: Some(by),
            created: START,
            expires: None,
        };
        store.create_project_token(new)
    };
    mint(1, seed.project.id, bob.id).await.unwrap();
    mint(2, seed.project.id, seed.user.id).await.unwrap();
    mint(3, elsewhere.project.id, bob.id).await.unwrap();
    let valid = async || {
        let mut valid = Vec::new();
        for digest in 1..=3_u8 {
            let token = store.project_token(Digest([digest; 32])).await.unwrap().unwrap();
            valid.push(token.is_valid(START));
        }
        valid
    };
    for (tokens, expected) in
        [(TheirTokens::Keep, [true, true, true]), (TheirTokens::Revoke, [false, true, true])]
    {
        let organization = seed.organization.id;
        store.add_member(organization, bob.email.clone(), Role::Admin, START).await.unwrap();
        let done = store.remove_member(organization, bob.id, tokens).await.unwrap();
        assert_eq!((done, valid().await), (MemberChange::Done, expected.to_vec()));
    }
}

async fn an_admin_whose_account_is_off_is_no_other_admin(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let bob = store.create_user(new_user("bob@example.org")).await.unwrap();
    let organization = seed.organization.id;
    store.add_member(organization, bob.email, Role::Admin, START).await.unwrap();
    let turn = |on| UserChange { is_active: Some(on), ..UserChange::default() };
    store.update_user(bob.id, turn(false)).await.unwrap();
    let demote = async || store.set_role(organization, seed.user.id, Role::Member).await.unwrap();
    assert_eq!(demote().await, MemberChange::LastAdmin);
    store.update_user(bob.id, turn(true)).await.unwrap();
    assert_eq!(demote().await, MemberChange::Done);
}

async fn people_see_where_they_stand(store: Store) {
    let (a, b) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let email = a.user.email.clone();
    store.add_member(b.organization.id, email, Role::Viewer, START).await.unwrap();
    seeds::project(&store, b.organization.id, "second").await;
    let gone = seeds::project(&store, b.organization.id, "gone").await;
    store.delete_project(gone.id, START).await.unwrap();
    let all = store.standings(a.user.id, Paging::ALL).await.unwrap().items;
    let shown: Vec<_> =
        all.iter().map(|s| (s.organization.name.as_str(), s.role, s.members, s.projects)).collect();
    assert_eq!(shown, [("a", Role::Admin, 1, 1), ("b", Role::Viewer, 2, 2)]);
    let one = store.standing(b.organization.id, a.user.id).await.unwrap();
    assert_eq!(one.as_ref(), Some(&all[1]));
    assert_eq!(store.standing(a.organization.id, b.user.id).await.unwrap(), None);
    let first = store.standings(a.user.id, Paging::first(1)).await.unwrap();
    assert_eq!((first.items.len(), first.next.is_some()), (1, true));
}

async fn projects_are_found_by_a_part_of_their_name(store: Store) {
    let seed = Seed::plant(&store, "Lab").await;
    let organization = seed.organization.id;
    for name in ["Large Model", "100% green", "snake_case", "café"] {
        seeds::project(&store, organization, name).await;
    }
    let find = async |text: &str| {
        let found = store.projects_like(organization, text, Paging::ALL).await.unwrap();
        found.items.into_iter().map(|project| project.name).collect::<Vec<_>>()
    };
    assert_eq!(find("la").await, ["Lab", "Large Model"]);
    assert_eq!(find("MODEL").await, ["Large Model"]);
    assert_eq!(find("0%").await, ["100% green"]);
    assert_eq!(find("_").await, ["snake_case"], "it stands for itself");
    assert_eq!(find("café").await, ["café"]);
    assert!(find("x!").await.is_empty());
}

async fn members_and_tokens_come_in_pages(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let organization = seed.organization.id;
    let mut people = vec![seed.user.id];
    for n in 0..3_u8 {
        let user = store.create_user(new_user(&format!("{n}@example.org"))).await.unwrap();
        store.add_member(organization, user.email, Role::Viewer, START).await.unwrap();
        people.push(user.id);
        let new = NewProjectToken {
            id: ProjectTokenId::new(),
            project_id: seed.project.id,
            name: Some(n.to_string()),
            digest: Digest([n; 32]),
            access: 2,
            created_by: (n > 0).then_some(seed.user.id),
            created: START,
            expires: None,
        };
        store.create_project_token(new).await.unwrap();
    }
    let first = store.member_page(organization, Paging::first(3)).await.unwrap();
    let rest = Paging::after(first.next.unwrap(), 3);
    let rest = store.member_page(organization, rest).await.unwrap();
    assert_eq!(rest.next, None);
    let found: Vec<_> = first.items.iter().chain(&rest.items).map(|m| m.user.id).collect();
    assert_eq!(found, people);

    let first = store.project_token_page(seed.project.id, Paging::first(2)).await.unwrap();
    let names: Vec<_> = first.items.iter().map(|(by, t)| (by.clone(), t.name.clone())).collect();
    let by = Some("A Person".to_owned());
    assert_eq!(names, [(None, Some("0".to_owned())), (by, Some("1".to_owned()))]);
    let rest = Paging::after(first.next.unwrap(), 2);
    let rest = store.project_token_page(seed.project.id, rest).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    let one = &rest.items[0];
    let found = store.project_token_of(seed.project.id, one.1.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(one));
    assert_eq!(store.project_token_of(ProjectId::new(), one.1.id).await.unwrap(), None);
}

async fn an_experiment_changes_in_what_is_said_of_it(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let change = ExperimentChange {
        name: Some("new".to_owned()),
        on_cloud: Some(true),
        ..ExperimentChange::default()
    };
    let id = seed.experiment.id;
    let changed = store.update_experiment(id, change.clone()).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.on_cloud), ("new", true));
    assert_eq!(changed.country_iso_code, seed.experiment.country_iso_code);
    assert_eq!(store.experiment(id).await.unwrap(), Some(changed));
    store.delete_experiment(id, at(1)).await.unwrap();
    assert_eq!(store.update_experiment(id, change).await.unwrap(), None);
}
