//! The CPU account of the command: its cgroup where one can be made, else its ended and living
//! descendants.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use carbon_sensors::process::{CgroupDir, ProcessTree, create_cgroup};
use carbon_sensors::{CpuTree, ReadError, SysRoot, TreeReading};
use libc::pid_t;

use super::spawn::Start;

/// Unit of `ru_maxrss`.
const PEAK_UNIT_BYTES: u64 = if cfg!(target_os = "macos") { 1 } else { 1024 };

/// A command that was started, and its CPU account, which counts from zero.
pub struct Started {
    /// Its process id, to be reaped by this process.
    pub pid: pid_t,
    /// What it and all that it starts use.
    pub tree: Box<dyn CpuTree>,
    /// To be set when it has ended: the tree need not look for its members any more.
    pub ended: Arc<AtomicBool>,
}

impl Started {
    fn new(pid: pid_t, tree: impl CpuTree + 'static) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let tree = WithPeakMemory { tree, looked_at: false, ended: Arc::clone(&ended) };
        Self { pid, tree: Box::new(tree), ended }
    }
}

/// What the command is started in: a cgroup of its own, or nothing.
///
/// A group misses nothing at all, not even children of a parent that ignores `SIGCHLD`. Measured
/// here: making one and removing it costs 100 µs, being born into it nothing; cheap enough to be the
/// rule wherever our own group is writable (root, containers and user services that delegate it).
#[derive(Debug)]
pub struct Enclosure {
    /// The directory, open, is dropped before it is removed.
    group: Option<(File, CgroupDir)>,
}

impl Enclosure {
    /// Makes a group if it is wanted and can be made.
    pub fn make(wanted: bool) -> Self {
        // The command runs on this kernel, whatever machine the meters look at.
        let make = || {
            let made = create_cgroup(&SysRoot::default())?;
            Some((made.open().ok()?, made))
        };
        Self { group: if wanted { make() } else { None } }
    }

    /// Starts the command inside, or, if there is no inside, follows it by its kin.
    pub fn start(&self, command: &Start<'_>) -> io::Result<Started> {
        if let Some((directory, made)) = &self.group
            && let Ok(account) = made.tree()
        {
            match command.spawn_in(directory.as_fd()) {
                Ok(pid) => return Ok(Started::new(pid, account)),
                Err(Some(error)) => return Err(error),
                Err(None) => {}
            }
        }
        let tree = Descendants::from_now();
        Ok(Started::new(command.spawn()?, tree))
    }
}

/// A tree that is not without memory when the command ended before anybody looked: then the peak of
/// its largest process stands for it, which was resident at some time.
#[derive(Debug)]
struct WithPeakMemory<T> {
    tree: T,
    looked_at: bool,
    ended: Arc<AtomicBool>,
}

impl<T: CpuTree> CpuTree for WithPeakMemory<T> {
    fn read(&mut self, with_members: bool) -> Result<TreeReading, ReadError> {
        if with_members && !self.looked_at && self.ended.load(Ordering::Relaxed) {
            let peak = usage(libc::RUSAGE_CHILDREN).ru_maxrss.unsigned_abs() * PEAK_UNIT_BYTES;
            let reading = self.tree.read(false)?;
            return Ok(TreeReading { pss_bytes: (peak > 0).then_some(peak), ..reading });
        }
        let reading = self.tree.read(with_members)?;
        self.looked_at |= reading.pss_bytes.is_some_and(|bytes| bytes > 0);
        Ok(reading)
    }
}

/// Everything that this process starts, without this process itself.
///
/// What ended and was reaped is in the kernel's account of our children to the microsecond; orphans
/// come back to us because this process is a subreaper; what lives is found through `/proc`, in
/// clock ticks. Only children of a parent that ignores `SIGCHLD`, which the kernel drops without
/// account, and which end between two samples, are missed.
#[derive(Debug)]
pub struct Descendants {
    tree: ProcessTree,
    before_s: f64,
}

impl Descendants {
    /// From now on; children that this process has had before do not count.
    pub fn from_now() -> Self {
        // The command runs on this kernel, whatever machine the meters look at.
        let mut tree = ProcessTree::own(&SysRoot::default());
        let before_s = tree.read(false).map_or(0.0, |reading| reading.cpu_s) - own_cpu_s();
        Self { tree, before_s }
    }
}

impl CpuTree for Descendants {
    fn read(&mut self, with_members: bool) -> Result<TreeReading, ReadError> {
        let mut reading = self.tree.read(with_members)?;
        reading.cpu_s = (reading.cpu_s - own_cpu_s() - self.before_s).max(0.0);
        let own = std::process::id();
        reading.pids.retain(|pid| *pid != own);
        Ok(reading)
    }
}

/// CPU seconds of this process alone.
#[cfg_attr(target_os = "macos", expect(clippy::cast_lossless, reason = "wider elsewhere"))]
fn own_cpu_s() -> f64 {
    let usage = usage(libc::RUSAGE_SELF);
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// What this process, or its children that were reaped, have used.
fn usage(of: libc::c_int) -> libc::rusage {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    #[expect(unsafe_code, reason = "getrusage has no safe wrapper in the standard library")]
    // SAFETY: the struct is plain numbers, zeroed before and filled by the call.
    unsafe {
        libc::getrusage(of, usage.as_mut_ptr());
        usage.assume_init()
    }
}
