//! People, sessions, personal tokens and second steps.

use carbon_store::{
    AccessToken, AccessTokenId, Digest, Error, NewUser, PendingKind, Provisioned, Role, SecretText,
    Store, UserChange, UserId,
};

use crate::seeds::{START, Seed, at, new_organization, new_user};

crate::contract!(
    an_address_names_one_person_in_any_case,
    a_password_is_found_by_address_and_not_shown,
    signing_up_makes_all_or_nothing_and_once,
    signing_up_at_once_makes_one_account,
    an_operator_links_another_identity,
    sessions_end_when_they_should,
    personal_tokens_are_found_by_digest_until_they_end,
    a_second_step_is_taken_once,
    processes_agree_on_a_secret,
    invitations_become_memberships_of_verified_addresses,
);

async fn an_address_names_one_person_in_any_case(store: Store) {
    assert!(!store.has_users().await.unwrap());
    let made = store.create_user(new_user(" Ada@Example.org ")).await.unwrap();
    assert_eq!(made.email, "Ada@Example.org");
    assert!(store.has_users().await.unwrap());
    let found = store.user_by_email("ada@example.ORG").await.unwrap();
    assert_eq!(found, Some(made.clone()));
    assert_eq!(store.user(made.id).await.unwrap(), Some(made));
    let second = store.create_user(new_user("ADA@example.org")).await;
    assert!(matches!(second, Err(Error::Conflict)), "{second:?}");
    assert_eq!(store.user(UserId::new()).await.unwrap(), None);
}

async fn a_password_is_found_by_address_and_not_shown(store: Store) {
    let hash = SecretText("$argon2id$secret".to_owned());
    let user = NewUser { password_hash: Some(hash.clone()), ..new_user("ada@example.org") };
    store.create_user(user).await.unwrap();
    store.create_user(new_user("no-password@example.org")).await.unwrap();
    let (user, kept) = store.credentials("ADA@example.org").await.unwrap().unwrap();
    assert_eq!((user.email.as_str(), &kept), ("ada@example.org", &hash));
    assert!(!format!("{kept:?}").contains("secret"));
    assert!(store.credentials("no-password@example.org").await.unwrap().is_none());
}

async fn signing_up_makes_all_or_nothing_and_once(store: Store) {
    let user = NewUser { subject: Some("sub-1".to_owned()), ..new_user("ada@example.org") };
    let sign_up = |user: NewUser| {
        let organization = new_organization("Ada");
        store.provision(user, organization, "Ada".to_owned(), "Default project".to_owned())
    };
    let Provisioned::New { user: made, organization, project } =
        sign_up(user.clone()).await.unwrap()
    else {
        panic!("the account was not there")
    };
    assert_eq!(project.organization_id, organization.id);
    let members = store.members(organization.id).await.unwrap();
    assert_eq!(
        members.iter().map(|m| (m.user.id, m.role)).collect::<Vec<_>>(),
        [(made.id, Role::Admin)]
    );
    assert_eq!(sign_up(user).await.unwrap(), Provisioned::Known(made.clone()));
    let other = NewUser { subject: Some("sub-2".to_owned()), ..new_user("ADA@example.org") };
    assert!(matches!(sign_up(other).await, Err(Error::Conflict)));
    let all = carbon_store::Paging::ALL;
    assert_eq!(store.organizations_of(made.id, all).await.unwrap().items, [organization]);
}

async fn signing_up_at_once_makes_one_account(store: Store) {
    let user = NewUser { subject: Some("sub".to_owned()), ..new_user("ada@example.org") };
    let attempts = (0..8).map(|_| {
        let (store, user) = (store.clone(), NewUser { id: UserId::new(), ..user.clone() });
        tokio::spawn(async move {
            let organization = new_organization("Ada");
            store.provision(user, organization, "p".to_owned(), String::new()).await.unwrap()
        })
    });
    let mut made = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        made += usize::from(matches!(attempt.await.unwrap(), Provisioned::New { .. }));
    }
    assert_eq!(made, 1);
}

async fn an_operator_links_another_identity(store: Store) {
    let user = NewUser { subject: Some("old".to_owned()), ..new_user("ada@example.org") };
    let user = store.create_user(user).await.unwrap();
    let change = UserChange {
        subject: Some("new".to_owned()),
        is_active: Some(false),
        ..UserChange::default()
    };
    let changed = store.update_user(user.id, change).await.unwrap().unwrap();
    assert_eq!(changed.name, user.name);
    assert!(!changed.is_active);
    assert_eq!(store.user_by_subject("new").await.unwrap().unwrap().id, user.id);
    assert_eq!(store.user_by_subject("old").await.unwrap(), None);
    let nobody = store.update_user(UserId::new(), UserChange::default()).await.unwrap();
    assert_eq!(nobody, None);
}

async fn sessions_end_when_they_should(store: Store) {
    let user = store.create_user(new_user("ada@example.org")).await.unwrap();
    let (a, b) = (Digest([1; 32]), Digest([2; 32]));
    store.open_session(a, user.id, "{}".to_owned(), START, at(100)).await.unwrap();
    store.open_session(b, user.id, "{}".to_owned(), START, at(100)).await.unwrap();
    let found = store.session(a, at(99)).await.unwrap().unwrap();
    assert_eq!((found.user.id, found.created), (user.id, START));
    assert!(store.session(a, at(100)).await.unwrap().is_none());
    // Noted once a minute, with a later end.
    store.session_used(a, at(30), at(130)).await.unwrap();
    assert_eq!(store.session(a, at(40)).await.unwrap().unwrap().last_seen, START);
    store.session_used(a, at(61), at(161)).await.unwrap();
    let found = store.session(a, at(150)).await.unwrap().unwrap();
    assert_eq!((found.last_seen, found.expires), (at(61), at(161)));
    let all = store.sessions(user.id, at(99)).await.unwrap();
    assert_eq!(all.iter().map(|(digest, _)| *digest).collect::<Vec<_>>(), [a, b]);
    assert_eq!(store.sessions(user.id, at(100)).await.unwrap(), [(a, found)]);
    assert!(store.sessions(UserId::new(), START).await.unwrap().is_empty());
    assert!(store.close_session(a).await.unwrap());
    assert!(!store.close_session(a).await.unwrap());
    assert_eq!(store.close_sessions(user.id).await.unwrap(), 1);
    assert!(store.session(b, START).await.unwrap().is_none());
}

async fn personal_tokens_are_found_by_digest_until_they_end(store: Store) {
    let seed = Seed::plant(&store, "ada").await;
    let token = |name: &str, expires| AccessToken {
        id: AccessTokenId::new(),
        user_id: seed.user.id,
        name: name.to_owned(),
        created: START,
        expires,
        last_used: None,
    };
    let (kept, ends) = (token("kept", None), token("ends", Some(at(10))));
    store.create_access_token(kept.clone(), Digest([1; 32])).await.unwrap();
    store.create_access_token(ends.clone(), Digest([2; 32])).await.unwrap();
    let taken = store.create_access_token(token("same", None), Digest([1; 32])).await;
    assert!(matches!(taken, Err(Error::Conflict)));
    assert_eq!(store.access_tokens(seed.user.id).await.unwrap(), [kept.clone(), ends.clone()]);
    let (found, owner) = store.access_token(Digest([2; 32]), at(9)).await.unwrap().unwrap();
    assert_eq!((found.id, owner.id), (ends.id, seed.user.id));
    assert!(store.access_token(Digest([2; 32]), at(10)).await.unwrap().is_none());
    store.access_token_used(kept.id, at(5)).await.unwrap();
    store.access_token_used(kept.id, at(6)).await.unwrap();
    let (found, _) = store.access_token(Digest([1; 32]), at(99)).await.unwrap().unwrap();
    assert_eq!(found.last_used, Some(at(5)));
    assert!(!store.delete_access_token(UserId::new(), kept.id).await.unwrap());
    assert!(store.delete_access_token(seed.user.id, kept.id).await.unwrap());
    assert!(store.access_token(Digest([1; 32]), at(1)).await.unwrap().is_none());
}

async fn a_second_step_is_taken_once(store: Store) {
    let digest = Digest([7; 32]);
    let keep =
        |payload: &str| store.keep_pending(PendingKind::Login, digest, payload.to_owned(), at(60));
    keep("first").await.unwrap();
    keep("second").await.unwrap();
    let look = store.pending(PendingKind::Login, digest, START).await.unwrap();
    assert_eq!(look.as_deref(), Some("second"));
    assert_eq!(store.pending(PendingKind::SetUp, digest, START).await.unwrap(), None);
    assert_eq!(store.take_pending(PendingKind::Login, digest, at(60)).await.unwrap(), None);
    let takers = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            store.take_pending(PendingKind::Login, digest, at(59)).await.unwrap()
        })
    });
    let mut taken = Vec::new();
    for taker in takers.collect::<Vec<_>>() {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken, ["second"]);
}

async fn processes_agree_on_a_secret(store: Store) {
    let first = store.server_secret("cookies", vec![1, 2, 3]).await.unwrap();
    let second = store.server_secret("cookies", vec![9]).await.unwrap();
    assert_eq!((first, second), (vec![1, 2, 3], vec![1, 2, 3]));
    assert_eq!(store.server_secret("other", vec![9]).await.unwrap(), [9]);
}

async fn invitations_become_memberships_of_verified_addresses(store: Store) {
    let seed = Seed::plant(&store, "ada").await;
    let invite = |email: &str| {
        store.invite(carbon_store::Invitation {
            id: carbon_store::InvitationId::new(),
            organization_id: seed.organization.id,
            email: email.to_owned(),
            role: Role::Viewer,
            invited_by: Some(seed.user.id),
            created: START,
            expires: at(60),
        })
    };
    invite("Bob@example.org").await.unwrap();
    invite("bob@example.org").await.unwrap();
    invite("eve@example.org").await.unwrap();
    let open = store.invitations(seed.organization.id, at(59)).await.unwrap();
    assert_eq!(open.len(), 2, "an address is invited once");
    assert!(store.invitations(seed.organization.id, at(60)).await.unwrap().is_empty());
    assert!(store.withdraw_invitation(seed.organization.id, open[1].id).await.unwrap());
    let unverified = NewUser { is_email_verified: false, ..new_user("carl@example.org") };
    invite("carl@example.org").await.unwrap();
    store.create_user(unverified).await.unwrap();
    let bob = store.create_user(new_user("BOB@example.org")).await.unwrap();
    store.create_user(new_user("eve@example.org")).await.unwrap();
    let members = store.members(seed.organization.id).await.unwrap();
    let found: Vec<_> = members.iter().map(|member| (member.user.id, member.role)).collect();
    assert_eq!(found, [(seed.user.id, Role::Admin), (bob.id, Role::Viewer)]);
}
