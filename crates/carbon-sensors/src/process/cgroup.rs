//! A control group of its own for a program: the kernel counts all that runs in it.
//!
//! Only version 2 will do, and the directory of our own group must be writable: as root, in a
//! container that delegates it, or in a systemd user service. Elsewhere there is no group and a
//! [`ProcessTree`](crate::process::ProcessTree) takes its place. The account needs no controller.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::kept_file::KeptFile;
use crate::limits::{OwnCgroups, parse_cpu_stat};
use crate::meter::ReadError;
use crate::process::memory::memory_bytes;
use crate::process::stat::parse_pids;
use crate::sysroot::SysRoot;
use crate::tree::{CpuTree, TreeReading};

/// A group that we made; it is removed when this is dropped.
#[derive(Debug)]
pub struct CgroupDir {
    root: SysRoot,
    /// Below the root.
    directory: String,
}

/// Tells groups of one process apart.
static SERIAL: AtomicU32 = AtomicU32::new(0);

/// Makes a group below our own; `None` where that is not possible. 30 to 100 µs.
pub fn create_cgroup(root: &SysRoot) -> Option<CgroupDir> {
    let own = OwnCgroups::find_unified(root)?;
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let directory = own.file(&format!("codecarbon-{}-{serial}", std::process::id()));
    std::fs::create_dir(root.path(&directory)).ok()?;
    // A group that counts nothing is of no use; it is removed again by being dropped.
    let made = CgroupDir { root: root.clone(), directory };
    root.path(made.file("cpu.stat")).exists().then_some(made)
}

impl CgroupDir {
    /// The directory, for messages.
    pub fn path(&self) -> PathBuf {
        self.root.path(&self.directory)
    }

    /// The directory opened, as `clone3` with `CLONE_INTO_CGROUP` wants it.
    pub fn open(&self) -> io::Result<File> {
        File::open(self.path())
    }

    /// The account of the group.
    pub fn tree(&self) -> Result<CgroupTree, ReadError> {
        CgroupTree::open(&self.root, &self.directory)
    }

    fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.directory)
    }
}

impl Drop for CgroupDir {
    /// Removes the group. What still runs in it (a daemon that the program left behind) goes to the
    /// group above; groups that the program made in it stay, and the directory with them.
    fn drop(&mut self) {
        let path = self.path();
        if std::fs::remove_dir(&path).is_ok() {
            return;
        }
        if let (Ok(left), Some(above)) = (std::fs::read(path.join("cgroup.procs")), path.parent()) {
            for pid in parse_pids(&left) {
                // It may have ended by now, or be beyond our rights: then it stays.
                let _ = std::fs::write(above.join("cgroup.procs"), pid.to_string());
            }
        }
        // Nobody can be told that it stays.
        let _ = std::fs::remove_dir(&path);
    }
}

/// CPU time of all that runs or ran in a group.
#[derive(Debug)]
pub struct CgroupTree {
    root: SysRoot,
    directory: String,
    account: KeptFile,
    told_s: f64,
}

impl CgroupTree {
    /// Opens the account of the version 2 group at `directory` below the root.
    pub fn open(root: &SysRoot, directory: &str) -> Result<Self, ReadError> {
        let path = format!("{directory}/cpu.stat");
        match KeptFile::open(root, &path) {
            Ok(account) => Ok(Self {
                root: root.clone(),
                directory: directory.to_owned(),
                account,
                told_s: 0.0,
            }),
            Err(source) => Err(ReadError::Io { path, source }),
        }
    }

    /// Members of the group and of the groups in it.
    fn pids(&self) -> Vec<u32> {
        let mut pids = Vec::new();
        let mut waiting = vec![self.root.path(&self.directory)];
        while let Some(group) = waiting.pop() {
            if let Ok(text) = std::fs::read(group.join("cgroup.procs")) {
                pids.extend(parse_pids(&text));
            }
            waiting.extend(groups_in(&group));
        }
        pids.sort_unstable();
        pids
    }
}

fn groups_in(group: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(group) else { return Vec::new() };
    let is_directory = |e: &std::fs::DirEntry| e.file_type().is_ok_and(|kind| kind.is_dir());
    entries.flatten().filter(is_directory).map(|entry| entry.path()).collect()
}

impl CpuTree for CgroupTree {
    /// CPU seconds since the group was made; 2 µs without members.
    fn read(&mut self, with_members: bool) -> Result<TreeReading, ReadError> {
        let mut buffer = [0; 256];
        let text = match self.account.read(&mut buffer) {
            Ok(text) => text,
            Err(source) => return Err(ReadError::Io { path: self.account.name(), source }),
        };
        let cpu_s = parse_cpu_stat(text).ok_or_else(|| ReadError::Garbage {
            path: self.account.name(),
            expected: "usage_usec and a number",
            found: String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned(),
        })?;
        self.told_s = self.told_s.max(cpu_s);
        let mut reading = TreeReading { cpu_s: self.told_s, ..TreeReading::default() };
        if with_members {
            reading.pids = self.pids();
            reading.pss_bytes = memory_bytes(&self.root, &reading.pids);
        }
        Ok(reading)
    }
}
