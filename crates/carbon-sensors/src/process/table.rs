//! All processes of the machine, looked over again and again: who used how much CPU time since the
//! last look, and how much memory is a process's own.
//!
//! Made for a view of hundreds of processes several times a second, so each costs one small file a
//! look. What a process shares with others is found in the kernel's proportional set size, which
//! costs up to milliseconds each; here memory is what is resident and not shared with files or
//! shared segments, looked at for new processes and then in turns. Left out: who pays for what, which
//! is arithmetic and not reading.

use std::collections::BTreeMap;
use std::io;

use crate::facts::host;
use crate::process::stat::{ProcessStat, parse_private_pages, parse_stat_line};
use crate::sysroot::SysRoot;

/// One look in so many reads the memory of a process that is known already.
const MEMORY_TURNS: u32 = 8;

/// The longest command line that is kept, bytes.
const LONGEST_COMMAND: usize = 512;

/// A process as long as it lives: ids are given again, the moment of the start is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId {
    /// Process id.
    pub pid: u32,
    /// When it started, clock ticks since boot.
    pub start_ticks: u64,
}

/// A living process at the last look.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessSeen {
    /// Which.
    pub id: ProcessId,
    /// Its parent's process id.
    pub parent: u32,
    /// The program's short name, as the kernel keeps it (15 bytes).
    pub name: String,
    /// Its CPU time since the look before, s, with that of children which began and ended between
    /// the two and for which it waited; all it has used if it began since. Zero at the first look,
    /// which only sets the beginning.
    pub used_s: f64,
    /// Resident memory that it shares with no file and no other process by name, bytes; `None` where
    /// the kernel does not tell.
    pub private_bytes: Option<u64>,
    /// Whether it has ended and only waits for its parent to ask.
    pub is_zombie: bool,
}

/// The processes that are visible below a root.
#[derive(Debug)]
pub struct ProcessTable {
    root: SysRoot,
    tick_s: f64,
    page_bytes: u64,
    looks: u32,
    members: BTreeMap<u32, Member>,
}

#[derive(Debug)]
struct Member {
    seen: ProcessSeen,
    stat: ProcessStat,
    /// Of children that it waited for, at the look before.
    reaped_before_ticks: u64,
}

impl ProcessTable {
    /// A table that has not looked yet.
    pub fn new(root: &SysRoot) -> Self {
        Self {
            root: root.clone(),
            tick_s: 1.0 / host::ticks_per_s(root.is_host()),
            page_bytes: host::page_bytes(root.is_host()),
            looks: 0,
            members: BTreeMap::new(),
        }
    }

    /// Looks at every process. About 5 µs each.
    ///
    /// # Errors
    /// The list of processes cannot be read; a process that cannot be read is left out.
    pub fn look(&mut self) -> io::Result<()> {
        let mut before = std::mem::take(&mut self.members);
        let is_first = self.looks == 0;
        self.looks = self.looks.wrapping_add(1);
        for entry in std::fs::read_dir(self.root.path("proc"))? {
            let Ok(entry) = entry else { continue };
            let name = entry.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            let Some((stat, name, state)) = self.read(pid) else { continue };
            let known = before.remove(&pid).filter(|m| m.stat.start_ticks == stat.start_ticks);
            let own_before = known.as_ref().map_or(0, |member| member.stat.own_ticks);
            let reaped_before_ticks = known.as_ref().map_or(0, |member| member.stat.reaped_ticks);
            let used = if is_first { 0 } else { stat.own_ticks.saturating_sub(own_before) };
            let in_turn = self.looks.wrapping_add(pid).is_multiple_of(MEMORY_TURNS);
            let private_bytes = match &known {
                Some(member) if !in_turn => member.seen.private_bytes,
                _ => self.private_bytes(pid),
            };
            // A program that becomes another one has a new name.
            let name = match known {
                Some(member) if member.seen.name.as_bytes() == name => member.seen.name,
                _ => String::from_utf8_lossy(&name).into_owned(),
            };
            let id = ProcessId { pid, start_ticks: stat.start_ticks };
            let is_zombie = matches!(state, b'Z' | b'X');
            let used_s = used as f64 * self.tick_s;
            let parent = stat.parent;
            let seen = ProcessSeen { id, parent, name, used_s, private_bytes, is_zombie };
            self.members.insert(pid, Member { seen, stat, reaped_before_ticks });
        }
        if !is_first {
            self.credit_parents(&before);
        }
        Ok(())
    }

    /// The living, by process id.
    pub fn processes(&self) -> impl Iterator<Item = &ProcessSeen> {
        self.members.values().map(|member| &member.seen)
    }

    /// A living process.
    pub fn get(&self, pid: u32) -> Option<&ProcessSeen> {
        self.members.get(&pid).map(|member| &member.seen)
    }

    /// The command line of a process, its words joined by spaces; `None` for one that has ended and
    /// for threads of the kernel, which have none. 5 µs.
    pub fn command_line(&self, pid: u32) -> Option<String> {
        let text = std::fs::read(self.root.path(format!("proc/{pid}/cmdline"))).ok()?;
        let text = &text[..text.len().min(LONGEST_COMMAND)];
        let words: Vec<_> = text.split(|byte| *byte == 0).filter(|word| !word.is_empty()).collect();
        let line = String::from_utf8_lossy(&words.join(&b' ')).into_owned();
        (!line.is_empty()).then_some(line)
    }

    fn read(&self, pid: u32) -> Option<(ProcessStat, Vec<u8>, u8)> {
        let text = std::fs::read(self.root.path(format!("proc/{pid}/stat"))).ok()?;
        let stat = parse_stat_line(&text).filter(|stat| stat.pid == pid)?;
        let open = text.iter().position(|byte| *byte == b'(')?;
        let close = text.iter().rposition(|byte| *byte == b')')?;
        let state = *text.get(close + 2)?;
        Some((stat, text.get(open + 1..close)?.to_vec(), state))
    }

    fn private_bytes(&self, pid: u32) -> Option<u64> {
        let text = std::fs::read(self.root.path(format!("proc/{pid}/statm"))).ok()?;
        parse_private_pages(&text)?.checked_mul(self.page_bytes)
    }

    /// Adds to parents what their children used that began and ended unseen: what has arrived in the
    /// account of children they waited for, less what those were seen to use.
    fn credit_parents(&mut self, gone: &BTreeMap<u32, Member>) {
        let mut seen_ticks = BTreeMap::<u32, u64>::new();
        for member in gone.values() {
            let ticks = member.stat.own_ticks + member.stat.reaped_ticks;
            // Where a parent has ended too, its account has gone on to its own parent.
            let ancestors = std::iter::successors(Some(member.stat.parent), |pid| {
                gone.get(pid).map(|ended| ended.stat.parent)
            });
            if let Some(heir) = ancestors.take(gone.len() + 1).last() {
                *seen_ticks.entry(heir).or_default() += ticks;
            }
        }
        for (pid, member) in &mut self.members {
            let arrived = member.stat.reaped_ticks.saturating_sub(member.reaped_before_ticks);
            let unseen = arrived.saturating_sub(seen_ticks.get(pid).copied().unwrap_or(0));
            member.seen.used_s += unseen as f64 * self.tick_s;
        }
    }
}
