//! Tests of the file of sign-ins.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn sign_in(api_endpoint: &str, access: &str) -> SignIn {
    SignIn {
        api_endpoint: api_endpoint.into(),
        provider: ProviderAddress { well_known: "https://id/w".into(), client_id: "cli".into() },
        tokens: Tokens {
            access: Secret::new(access),
            refresh: Some(Secret::new("renew")),
            ends_at: Some(Duration::from_secs(1_900_000_000)),
        },
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn store(folder: &tempfile::TempDir) -> SignInStore {
    SignInStore { directory: folder.path().join("config/codecarbon") }
}

#[test]
fn a_sign_in_is_kept_for_its_api_and_for_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    assert_eq!(store.find("https://a").unwrap(), None);
    store.lock().unwrap().put(sign_in("https://a", "one")).unwrap();
    store.lock().unwrap().put(sign_in("https://b", "two")).unwrap();
    assert_eq!(store.find("https://a/").unwrap(), Some(sign_in("https://a", "one")));
    assert_eq!(store.find("https://a.evil").unwrap(), None);
    store.lock().unwrap().put(sign_in("https://a", "three")).unwrap();
    assert_eq!(store.find("https://a").unwrap(), Some(sign_in("https://a", "three")));
    store.lock().unwrap().remove("https://a").unwrap();
    assert_eq!(store.find("https://a").unwrap(), None);
    assert!(store.find("https://b").unwrap().is_some());
    store.lock().unwrap().remove("https://b").unwrap();
    assert!(!store.path().exists());
}

#[test]
fn the_file_and_its_directory_are_private_whatever_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    store.lock().unwrap().put(sign_in("https://a", "one")).unwrap();
    assert_eq!(mode(&store.path()), 0o600);
    assert_eq!(mode(store.path().parent().unwrap()), 0o700);
    fs::set_permissions(store.path(), fs::Permissions::from_mode(0o644)).unwrap();
    store.lock().unwrap().put(sign_in("https://a", "two")).unwrap();
    assert_eq!(mode(&store.path()), 0o600);
}

#[test]
fn a_broken_file_is_an_error_that_quotes_nothing_and_can_be_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    drop(store.lock().unwrap());
    for text in ["{\"sign_ins\": hunter2", "{\"version\": 9, \"sign_ins\": []}", "\u{0}"] {
        fs::write(store.path(), text).unwrap();
        let message = store.find("https://a").unwrap_err().to_string();
        assert!(message.contains("sign-ins.json") && !message.contains("hunter2"), "{message}");
    }
    store.remove_file().unwrap();
    assert_eq!(store.find("https://a").unwrap(), None);
}

#[test]
fn only_one_process_at_a_time_changes_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    std::thread::scope(|scope| {
        for i in 0..8 {
            let store = &store;
            scope.spawn(move || {
                store.lock().unwrap().put(sign_in(&format!("https://{i}"), "one")).unwrap();
            });
        }
    });
    for i in 0..8 {
        assert!(store.find(&format!("https://{i}")).unwrap().is_some(), "{i}");
    }
}
