//! Runs one program once and says what it cost: time and peak memory.
//!
//! The parent is small and starts the child with `posix_spawn` (what the standard library does when
//! nothing forbids it), so that the wall time is the child's. Peak memory is taken from `/proc`
//! while the child runs: the figure that `wait4` gives starts at the parent's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::shell::{Result, describe};

/// A command in an environment that is the same for every program: nothing of ours gets through.
pub(crate) fn clean(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LANG", "C.UTF-8")
        .env("TERM", "dumb")
        .env("HOME", home)
        .env("PYTHONWARNINGS", "ignore")
        .current_dir(home)
        .stdin(Stdio::null());
    command
}

/// Milliseconds from just before the start of a command until it has been waited for; its output is
/// thrown away, and it must succeed.
pub(crate) fn wall_ms(command: &mut Command) -> Result<f64> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().map_err(|e| format!("{}: {e}", describe(command)))?;
    let wall = start.elapsed();
    if !status.success() {
        return Err(format!("{}: {status}", describe(command)).into());
    }
    Ok(wall.as_secs_f64() * 1e3)
}

/// Runs a command that must succeed and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|e| format!("{}: {e}", describe(command)))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}\n{errors}", describe(command), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Peak resident memory of a command in MiB (`VmHWM`), looked at while it runs.
pub(crate) fn peak_memory_mib(command: &mut Command) -> Result<f64> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|e| format!("{}: {e}", describe(command)))?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0.0_f64;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        peak_kib = peak_kib.max(kib.unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(peak_kib / 1024.0)
}

/// A directory for one sample, its home and working directory, removed at the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes an empty one.
    pub(crate) fn new() -> Result<Self> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("xtask-bench-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How busy other programs kept the machine while we measured.
pub(crate) struct Ambient {
    start: Instant,
    /// Processor seconds of all but us until then.
    others_s: f64,
}

impl Ambient {
    /// Starts watching.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), others_s: machine_busy_s() - own_cpu_s() }
    }

    /// Cores that others kept busy, on average: everything, less us and our children.
    fn cores(&self) -> f64 {
        let busy_s = machine_busy_s() - own_cpu_s() - self.others_s;
        (busy_s / self.start.elapsed().as_secs_f64()).max(0.0)
    }

    /// One line for people.
    pub(crate) fn describe(&self) -> String {
        format!("Other programs kept {:.2} cores busy meanwhile.", self.cores())
    }
}

/// Processor seconds of everything on the machine since it started.
fn machine_busy_s() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    // cpu user nice system idle iowait irq softirq steal …
    ticks_s(text.lines().next().unwrap_or_default(), &[1, 2, 3, 6, 7, 8])
}

/// Processor seconds of this process and of the children that it waited for.
fn own_cpu_s() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses: state is field 0, utime, stime, cutime and cstime 11 to 14.
    ticks_s(text.rsplit(')').next().unwrap_or_default(), &[11, 12, 13, 14])
}

/// Sum of some fields, which count hundredths of a second wherever this runs.
fn ticks_s(line: &str, fields: &[usize]) -> f64 {
    let words: Vec<&str> = line.split_whitespace().collect();
    let ticks = fields.iter().filter_map(|&i| words.get(i)?.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
