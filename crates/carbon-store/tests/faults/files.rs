//! Files that cannot be opened while the store is in use.

use carbon_store::{Error, Scope, Store, Window};

use crate::{plant, runtime};

#[test]
fn a_reader_that_cannot_open_the_file_is_told_to_come_again() {
    let directory = tempfile::tempdir().unwrap();
    let (path, away) = (directory.path().join("store.sqlite"), directory.path().join("away"));
    runtime().block_on(async {
        let store = Store::open_file(&path).await.unwrap();
        let (project, _) = plant(&store).await;
        // As where too many files are open: the file is there and cannot be opened.
        std::fs::rename(&path, &away).unwrap();
        let read = store.sums(Scope::Project(project), Window::ALL).await;
        assert!(matches!(read, Err(Error::Unavailable { .. })), "{read:?}");
        std::fs::rename(&away, &path).unwrap();
        assert_eq!(store.sums(Scope::Project(project), Window::ALL).await.unwrap().rows, 0);
        store.close().await;
    });
}
