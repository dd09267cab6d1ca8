//! CPU time and memory of a program and everything that it starts.
//!
//! Two kinds of tree answer the same contract ([`CpuTree`](crate::CpuTree)): [`CgroupTree`], where
//! the kernel keeps the account and nothing escapes it, and [`ProcessTree`], which follows parents
//! and children through `/proc` where no cgroup can be made. Starting the program and waiting for
//! it is the caller's work.

mod cgroup;
mod memory;
mod polled;
mod stat;
mod table;
mod tree;
mod walk;

pub use cgroup::{CgroupDir, CgroupTree, create_cgroup};
pub use stat::{
    ProcessStat, parse_pids, parse_private_pages, parse_pss, parse_rss, parse_stat_line,
};
pub use table::{ProcessId, ProcessSeen, ProcessTable};
pub use tree::ProcessTree;
