//! Memory of processes, each page shared among those that map it.

use crate::facts::host;
use crate::process::stat::{parse_pss, parse_rss};
use crate::sysroot::SysRoot;

/// Proportional set size of processes together, bytes; the resident set size of one that does not
/// tell (another user's, an old kernel's). `None` when none can be read. 20 µs to milliseconds a
/// process, by its number of mappings.
pub(crate) fn memory_bytes(root: &SysRoot, pids: &[u32]) -> Option<u64> {
    let page_bytes = host::page_bytes(root.is_host());
    let bytes = |pid: &u32| {
        let read = |file: &str| std::fs::read(root.path(format!("proc/{pid}/{file}"))).ok();
        read("smaps_rollup")
            .and_then(|text| parse_pss(&text))
            .or_else(|| parse_rss(&read("statm")?, page_bytes))
    };
    pids.iter().filter_map(bytes).fold(None, |sum, bytes| Some(sum.unwrap_or(0) + bytes))
}
