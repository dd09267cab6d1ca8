//! macOS: `sysctl`, Mach's host statistics, and `libproc` for processes.

#![expect(unsafe_code, reason = "these are C interfaces")]
#![expect(deprecated, reason = "the crate that replaces Mach's would be one more dependency")]

use std::ffi::{CStr, c_int, c_void};
use std::mem::{MaybeUninit, size_of};
use std::ptr::null_mut;

use super::ProcessTimes;
use crate::facts::{CpuFacts, Vendor, host};
use crate::machine::{CpuTimes, MemoryUse};

pub(super) fn processor() -> Option<CpuFacts> {
    let brand = text(c"machdep.cpu.brand_string");
    let architecture = host::uname().map(|names| names.machine);
    let vendor = match text(c"machdep.cpu.vendor").as_deref() {
        Some("GenuineIntel") => Vendor::Intel,
        _ if architecture.as_deref() == Some("arm64") => Vendor::Arm,
        _ => Vendor::Other,
    };
    let logical = number(c"hw.logicalcpu")?;
    let cores = number(c"hw.physicalcpu").unwrap_or(logical).max(1);
    Some(CpuFacts {
        brand,
        vendor,
        is_zen: false,
        architecture,
        logical_cpus: logical.max(1) as u32,
        sockets: number(c"hw.packages").unwrap_or(1).max(1) as u32,
        threads_per_core: (logical / cores).max(1) as u32,
        is_virtual: number(c"kern.hv_vmm_present").is_some_and(|present| present != 0),
    })
}

pub(super) fn cpu_times() -> Option<CpuTimes> {
    let mut load = MaybeUninit::<libc::host_cpu_load_info>::zeroed();
    let mut count = libc::HOST_CPU_LOAD_INFO_COUNT;
    // SAFETY: the struct is plain integers and as long as the count says.
    let load = unsafe {
        let told = libc::host_statistics64(
            this_host(),
            libc::HOST_CPU_LOAD_INFO,
            load.as_mut_ptr().cast(),
            &raw mut count,
        );
        (told == libc::KERN_SUCCESS).then(|| load.assume_init())?
    };
    let ticks_per_s = host::ticks_per_s(true);
    let seconds = |state: c_int| f64::from(load.cpu_ticks[state as usize]) / ticks_per_s;
    Some(CpuTimes {
        busy_s: seconds(libc::CPU_STATE_USER)
            + seconds(libc::CPU_STATE_SYSTEM)
            + seconds(libc::CPU_STATE_NICE),
        idle_s: seconds(libc::CPU_STATE_IDLE),
    })
}

/// What can be given to a program without writing anything out counts as available: free pages and
/// those that nobody has touched for a while.
pub(super) fn memory() -> Option<MemoryUse> {
    let total_bytes = number(c"hw.memsize")?;
    let mut pages = MaybeUninit::<libc::vm_statistics64>::zeroed();
    let mut count = libc::HOST_VM_INFO64_COUNT;
    // SAFETY: the struct is plain integers and as long as the count says.
    let pages = unsafe {
        let told = libc::host_statistics64(
            this_host(),
            libc::HOST_VM_INFO64,
            pages.as_mut_ptr().cast(),
            &raw mut count,
        );
        (told == libc::KERN_SUCCESS).then(|| pages.assume_init())?
    };
    let available = u64::from(pages.free_count) + u64::from(pages.inactive_count);
    let available = available.saturating_mul(host::page_bytes(true));
    Some(MemoryUse { total_bytes, used_bytes: total_bytes.saturating_sub(available) })
}

pub(super) fn platform() -> Option<String> {
    let version = text(c"kern.osproductversion")?;
    let machine = host::uname()?.machine;
    let processor = if machine == "arm64" { "arm" } else { "i386" };
    Some(format!("macOS-{version}-{machine}-{processor}-64bit"))
}

pub(super) fn process_times(pid: u32) -> Option<ProcessTimes> {
    let pid = c_int::try_from(pid).ok()?;
    let task: libc::proc_taskinfo = information(pid, libc::PROC_PIDTASKINFO)?;
    let who: libc::proc_bsdinfo = information(pid, libc::PROC_PIDTBSDINFO)?;
    let ticks = task.pti_total_user.saturating_add(task.pti_total_system);
    Some(ProcessTimes {
        started: who.pbi_start_tvsec.saturating_mul(1_000_000) + who.pbi_start_tvusec,
        cpu_s: ticks as f64 * seconds_per_tick(),
    })
}

/// One struct of what the kernel knows of a process.
fn information<T: Copy>(pid: c_int, which: c_int) -> Option<T> {
    let mut found = MaybeUninit::<T>::zeroed();
    let size = c_int::try_from(size_of::<T>()).ok()?;
    // SAFETY: the buffer has the size that is told; a whole answer fills it, and all its fields are
    // integers.
    unsafe {
        let told = libc::proc_pidinfo(pid, which, 0, found.as_mut_ptr().cast(), size);
        (told == size).then(|| found.assume_init())
    }
}

/// Mach's unit of time: a nanosecond on Intel's processors, 41.7 ns on Apple's.
fn seconds_per_tick() -> f64 {
    let mut base = libc::mach_timebase_info { numer: 1, denom: 1 };
    // SAFETY: a valid struct for the call to fill.
    let told = unsafe { libc::mach_timebase_info(&raw mut base) };
    if told != 0 || base.denom == 0 {
        return 1e-9;
    }
    1e-9 * f64::from(base.numer) / f64::from(base.denom)
}

pub(super) fn parents() -> Option<Vec<(u32, u32)>> {
    // SAFETY: without a buffer the call tells how many bytes the list takes at most.
    let size = unsafe { libc::proc_listallpids(null_mut(), 0) };
    // Some room for processes that start meanwhile.
    let mut pids = vec![0 as c_int; usize::try_from(size).ok()? + 64];
    let room = c_int::try_from(pids.len() * size_of::<c_int>()).ok()?;
    // SAFETY: the buffer has the room that is told.
    let count = unsafe { libc::proc_listallpids(pids.as_mut_ptr().cast::<c_void>(), room) };
    pids.truncate(usize::try_from(count).ok()?);
    let parent = |pid: c_int| {
        let who: libc::proc_bsdinfo = information(pid, libc::PROC_PIDTBSDINFO)?;
        Some((u32::try_from(pid).ok()?, who.pbi_ppid))
    };
    Some(pids.into_iter().filter_map(parent).collect())
}

fn this_host() -> libc::mach_port_t {
    // SAFETY: gives out a port that lives as long as the process.
    unsafe { libc::mach_host_self() }
}

/// A number of up to 64 bits.
fn number(name: &CStr) -> Option<u64> {
    let mut bytes = [0_u8; 8];
    let length = read(name, &mut bytes)?;
    // Every Mac is little-endian: a shorter number fills the first bytes.
    (length == 4 || length == 8).then(|| u64::from_le_bytes(bytes))
}

fn text(name: &CStr) -> Option<String> {
    let mut bytes = [0_u8; 256];
    let length = read(name, &mut bytes)?;
    let text = CStr::from_bytes_until_nul(bytes.get(..length)?).ok()?.to_string_lossy();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn read(name: &CStr, bytes: &mut [u8]) -> Option<usize> {
    let mut length = bytes.len();
    // SAFETY: name and buffer are valid for the call, and `length` is the buffer's.
    let told = unsafe {
        libc::sysctlbyname(name.as_ptr(), bytes.as_mut_ptr().cast(), &raw mut length, null_mut(), 0)
    };
    (told == 0).then_some(length)
}
