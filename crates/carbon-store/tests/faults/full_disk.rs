//! A disk that is full: told as such, and no harm to what is there.

use carbon_store::{EmissionId, Error, Ingested, Scope, Store, Window};

use crate::{plant, row, runtime, send};

/// A file system of a few megabytes; none where this process may not make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn make(megabytes: u32) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(directory.path());
        let made = mount.output().is_ok_and(|output| output.status.success());
        made.then_some(Self(directory))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let mut unmount = std::process::Command::new("umount");
        drop(unmount.arg("-l").arg(self.0.path()).output());
    }
}

#[test]
fn a_full_disk_is_told_and_spoils_nothing() {
    let Some(disk) = SmallDisk::make(12) else {
        println!("passed over: no file system can be mounted here");
        return;
    };
    let path = disk.0.path().join("store.sqlite");
    runtime().block_on(async {
        let store = Store::open_file(&path).await.unwrap();
        let (project, run) = plant(&store).await;
        let mut accepted = 0;
        let mut full = 0;
        for part in 0..200 {
            let rows =
                (0..500).map(|n| row(run, EmissionId::new(), part * 500 + n)).collect::<Vec<_>>();
            match send(&store, rows).await {
                Ok(Ingested::Stored { added, .. }) => accepted += added,
                Err(Error::Full) => full += 1,
                other => panic!("{other:?}"),
            }
            if full > 3 {
                break;
            }
        }
        assert!(full > 3, "the disk never became full");
        let sums = store.sums(Scope::Project(project), Window::ALL).await.unwrap();
        assert_eq!(sums.rows, i64::try_from(accepted).unwrap());
        store.close().await;

        // The file is whole, and has what was told to be stored.
        let copy = tempfile::tempdir().unwrap();
        let moved = copy.path().join("store.sqlite");
        std::fs::copy(&path, &moved).unwrap();
        let log = path.with_extension("sqlite-wal");
        if log.exists() {
            std::fs::copy(&log, moved.with_extension("sqlite-wal")).unwrap();
        }
        let store = Store::open_file(&moved).await.unwrap();
        let sums = store.sums(Scope::Project(project), Window::ALL).await.unwrap();
        assert_eq!(sums.rows, i64::try_from(accepted).unwrap());
        // Where there is room again, it goes on.
        let more = send(&store, vec![row(run, EmissionId::new(), -5)]).await.unwrap();
        assert!(matches!(more, Ingested::Stored { added: 1, .. }));
        store.close().await;
        let raw = rusqlite::Connection::open(&moved).unwrap();
        let check: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
    });
}
