//! Copies of a SQLite file.

use std::os::unix::fs::PermissionsExt;

use carbon_store::{EmissionId, Error, Ingested, Scope, Store, Window};

use crate::{plant, row, runtime, send, server};

#[test]
fn a_copy_taken_under_load_is_whole_and_can_be_put_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    runtime().block_on(async {
        let store = Store::open_file(&path("store.sqlite")).await.unwrap();
        let (project, run) = plant(&store).await;
        let writer = {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..300 {
                    let pair = vec![row(run, EmissionId::new(), n), row(run, EmissionId::new(), n)];
                    assert!(matches!(send(&store, pair).await, Ok(Ingested::Stored { .. })));
                }
            })
        };
        let before = store.sums(Scope::Project(project), Window::ALL).await.unwrap().rows;
        store.back_up(&path("copy.sqlite")).await.unwrap();
        let after = store.sums(Scope::Project(project), Window::ALL).await.unwrap().rows;
        writer.await.unwrap();

        Store::restore(&path("copy.sqlite"), &path("restored.sqlite")).await.unwrap();
        let restored = Store::open_file(&path("restored.sqlite")).await.unwrap();
        let sums = restored.sums(Scope::Project(project), Window::ALL).await.unwrap();
        assert!((before..=after).contains(&sums.rows), "{before} {} {after}", sums.rows);
        assert_eq!(sums.rows % 2, 0, "half a request is there");
        let sent = send(&restored, vec![row(run, EmissionId::new(), 5)]).await.unwrap();
        assert!(matches!(sent, Ingested::Stored { added: 1, .. }));

        // A database that is there is never overwritten, nor a broken copy put anywhere.
        let taken = Store::restore(&path("copy.sqlite"), &path("store.sqlite")).await;
        assert!(matches!(taken, Err(Error::Address(_))), "{taken:?}");
        std::fs::write(path("broken.sqlite"), b"SQLite format 3\0 and then nothing").unwrap();
        let broken = Store::restore(&path("broken.sqlite"), &path("new.sqlite")).await;
        assert!(matches!(broken, Err(Error::Address(_))), "{broken:?}");
        let missing = Store::restore(&path("missing.sqlite"), &path("new.sqlite")).await;
        assert!(matches!(missing, Err(Error::Address(_))), "{missing:?}");
        assert!(!path("new.sqlite").exists());
        let twice = store.back_up(&path("copy.sqlite")).await;
        assert!(matches!(twice, Err(Error::Address(_))), "{twice:?}");
        for name in ["store.sqlite", "store.sqlite-wal", "copy.sqlite", "restored.sqlite"] {
            let mode = std::fs::metadata(path(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    });
}

#[test]
fn postgres_is_copied_by_its_own_program() {
    let url = server().database();
    runtime().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let refused = store.back_up(std::path::Path::new("copy")).await.unwrap_err();
        assert!(refused.to_string().contains("pg_dump"));
    });
}
