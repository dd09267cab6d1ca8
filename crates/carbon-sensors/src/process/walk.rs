//! Who lives in a tree now: a walk from known processes to their children through `/proc`.
//!
//! Kernels list the children of each thread (`task/<tid>/children`); where that is not built in, all
//! processes are scanned for their parents.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use crate::meter::ReadError;
use crate::process::stat::{ProcessStat, parse_pids, parse_stat_line};
use crate::sysroot::SysRoot;

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Living processes of the tree.
    pub(crate) live: BTreeMap<u32, ProcessStat>,
    /// Processes that exist but could not be read this time.
    pub(crate) unread: Vec<(u32, ReadError)>,
}

/// A process to start from: its id, and when it began if it is known already. An id that has since
/// been given to another process leads nowhere.
pub(crate) type Known = (u32, Option<u64>);

/// Finds living processes: those in `start` and all that descend from them.
///
/// A parent is read before its children, for which `start` must name parents first. A child that
/// ends meanwhile can then be missing from a reading, which the next one makes good, but it cannot be
/// in it twice: as a living process and in its parent's account of those that ended.
pub(crate) fn walk(root: &SysRoot, start: &[Known]) -> Found {
    let lists_children =
        start.iter().any(|(pid, _)| root.path(format!("proc/{pid}/task/{pid}/children")).exists());
    let all = if lists_children || start.is_empty() { BTreeMap::new() } else { scan(root) };
    let children = |pid: u32| {
        if lists_children {
            listed_children(root, pid)
        } else {
            all.values().filter(|stat| stat.parent == pid).map(|stat| stat.pid).collect()
        }
    };
    let mut found = Found::default();
    let mut waiting: VecDeque<Known> = start.iter().copied().collect();
    while let Some((pid, began)) = waiting.pop_front() {
        if found.live.contains_key(&pid) {
            continue;
        }
        match read_stat(root, pid) {
            Ok(Some(stat)) if began.is_none_or(|ticks| ticks == stat.start_ticks) => {
                found.live.insert(pid, stat);
                waiting.extend(children(pid).into_iter().map(|child| (child, None)));
            }
            Ok(_) => {}
            Err(error) => found.unread.push((pid, error)),
        }
    }
    found
}

fn listed_children(root: &SysRoot, pid: u32) -> Vec<u32> {
    let tasks = format!("proc/{pid}/task");
    let mut children = Vec::new();
    for task in root.list(&tasks) {
        if let Ok(text) = std::fs::read(root.path(format!("{tasks}/{task}/children"))) {
            children.extend(parse_pids(&text));
        }
    }
    children
}

fn scan(root: &SysRoot) -> BTreeMap<u32, ProcessStat> {
    let pids = root.list("proc").into_iter().filter_map(|name| name.parse().ok());
    pids.filter_map(|pid| Some((pid, read_stat(root, pid).ok()??))).collect()
}

/// The times of one process; `Ok(None)` when there is none of that id any more. 4 µs.
pub(crate) fn read_stat(root: &SysRoot, pid: u32) -> Result<Option<ProcessStat>, ReadError> {
    let path = format!("proc/{pid}/stat");
    let text = match std::fs::read(root.path(&path)) {
        Ok(text) => text,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(source) => return Err(ReadError::Io { path, source }),
    };
    match parse_stat_line(&text) {
        Some(stat) if stat.pid == pid => Ok(Some(stat)),
        _ => Err(ReadError::Garbage {
            path,
            expected: "the times of this process",
            found: String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned(),
        }),
    }
}

/// Whether an error says that the process has ended: its directory is gone, or it went between
/// opening and reading.
fn is_gone(error: &io::Error) -> bool {
    #[cfg(unix)]
    if error.raw_os_error() == Some(libc::ESRCH) {
        return true;
    }
    error.kind() == io::ErrorKind::NotFound
}
