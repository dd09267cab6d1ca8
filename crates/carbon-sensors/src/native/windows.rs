//! Windows: system and process times, memory, and what the processor says of itself.

#![expect(unsafe_code, reason = "these are C interfaces")]

use std::mem::{size_of, zeroed};

use windows_sys::Wdk::System::SystemServices::RtlGetVersion;
use windows_sys::Win32::Foundation::{CloseHandle, FILETIME, HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows_sys::Win32::System::SystemInformation::{
    GetLogicalProcessorInformationEx, GlobalMemoryStatusEx, LOGICAL_PROCESSOR_RELATIONSHIP,
    MEMORYSTATUSEX, OSVERSIONINFOW, RelationProcessorCore, RelationProcessorPackage,
};
use windows_sys::Win32::System::Threading::{
    ALL_PROCESSOR_GROUPS, GetActiveProcessorCount, GetProcessTimes, GetSystemTimes, OpenProcess,
    PROCESS_QUERY_LIMITED_INFORMATION,
};

use super::ProcessTimes;
use crate::facts::{CpuFacts, Vendor};
use crate::machine::{CpuTimes, MemoryUse};

/// File times count 100 ns.
const SECONDS_PER_TICK: f64 = 1e-7;

/// The first build that is called Windows 11.
const WINDOWS_11: u32 = 22_000;

/// More bytes than the description of any machine's processors takes.
const MOST_BYTES: u32 = 1 << 20;

#[expect(clippy::unnecessary_wraps, reason = "every system answers in the same form")]
pub(super) fn processor() -> Option<CpuFacts> {
    // SAFETY: takes a number and touches no memory of ours.
    let logical = unsafe { GetActiveProcessorCount(ALL_PROCESSOR_GROUPS) }.max(1);
    let cores = count(RelationProcessorCore).unwrap_or(logical).max(1);
    Some(CpuFacts {
        logical_cpus: logical,
        sockets: count(RelationProcessorPackage).unwrap_or(1).max(1),
        threads_per_core: (logical / cores).max(1),
        ..described()
    })
}

#[cfg(target_arch = "x86_64")]
fn described() -> CpuFacts {
    use super::cpuid;

    const FIRST_ZEN_FAMILY: u32 = 0x17;
    let vendor = cpuid::vendor();
    CpuFacts {
        brand: cpuid::brand(),
        vendor,
        is_zen: vendor == Vendor::Amd && cpuid::family() >= FIRST_ZEN_FAMILY,
        architecture: Some("AMD64".to_owned()),
        logical_cpus: 1,
        sockets: 1,
        threads_per_core: 1,
        is_virtual: cpuid::is_guest(),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn described() -> CpuFacts {
    CpuFacts {
        brand: None,
        vendor: if cfg!(target_arch = "aarch64") { Vendor::Arm } else { Vendor::Other },
        is_zen: false,
        architecture: cfg!(target_arch = "aarch64").then(|| "ARM64".to_owned()),
        logical_cpus: 1,
        sockets: 1,
        threads_per_core: 1,
        is_virtual: false,
    }
}

/// How many cores or packages there are: records of unlike lengths, each with its length in bytes 4
/// to 8.
fn count(relation: LOGICAL_PROCESSOR_RELATIONSHIP) -> Option<u32> {
    let mut length = 0;
    // SAFETY: without a buffer the call tells the length that it needs.
    unsafe { GetLogicalProcessorInformationEx(relation, std::ptr::null_mut(), &raw mut length) };
    if !(8..=MOST_BYTES).contains(&length) {
        return None;
    }
    // The records want eight bytes of alignment.
    let mut buffer = vec![0_u64; length.div_ceil(8) as usize];
    // SAFETY: the buffer has at least the length that is told.
    let told = unsafe {
        GetLogicalProcessorInformationEx(relation, buffer.as_mut_ptr().cast(), &raw mut length)
    };
    if told == 0 {
        return None;
    }
    let bytes: Vec<u8> = buffer.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut rest = bytes.get(..length as usize)?;
    let mut records = 0;
    while let Some(size) = rest.get(4..8) {
        let size = u32::from_le_bytes(size.try_into().ok()?) as usize;
        rest = rest.get(size.max(8)..)?;
        records += 1;
    }
    Some(records)
}

pub(super) fn cpu_times() -> Option<CpuTimes> {
    let [mut idle, mut kernel, mut user] = [FILETIME::default(); 3];
    // SAFETY: three valid structs for the call to fill.
    let told = unsafe { GetSystemTimes(&raw mut idle, &raw mut kernel, &raw mut user) };
    let [idle_s, kernel_s, user_s] = [idle, kernel, user].map(seconds);
    // The time in the kernel includes that of being idle.
    let busy_s = (kernel_s - idle_s).max(0.0) + user_s;
    (told != 0).then_some(CpuTimes { busy_s, idle_s })
}

pub(super) fn memory() -> Option<MemoryUse> {
    let mut status = MEMORYSTATUSEX {
        dwLength: size_of::<MEMORYSTATUSEX>() as u32,
        ..MEMORYSTATUSEX::default()
    };
    // SAFETY: a valid struct that tells its own length.
    let told = unsafe { GlobalMemoryStatusEx(&raw mut status) };
    let used_bytes = status.ullTotalPhys.saturating_sub(status.ullAvailPhys);
    (told != 0).then_some(MemoryUse { total_bytes: status.ullTotalPhys, used_bytes })
}

pub(super) fn platform() -> Option<String> {
    // SAFETY: the struct is plain integers, for which zero is a valid value.
    let mut version: OSVERSIONINFOW = unsafe { zeroed() };
    version.dwOSVersionInfoSize = size_of::<OSVERSIONINFOW>() as u32;
    // SAFETY: a valid struct that tells its own length.
    if unsafe { RtlGetVersion(&raw mut version) } != 0 {
        return None;
    }
    let (major, minor, build) =
        (version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
    let name = if major == 10 && build >= WINDOWS_11 { 11 } else { major };
    Some(format!("Windows-{name}-{major}.{minor}.{build}-SP0"))
}

pub(super) fn process_times(pid: u32) -> Option<ProcessTimes> {
    // SAFETY: takes numbers; a handle that comes back is ours to close.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) };
    if handle.is_null() {
        return None;
    }
    let handle = Closing(handle);
    let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the handle is open; four valid structs for the call to fill.
    let told = unsafe {
        GetProcessTimes(handle.0, &raw mut created, &raw mut ended, &raw mut kernel, &raw mut user)
    };
    let cpu_s = seconds(kernel) + seconds(user);
    (told != 0).then(|| ProcessTimes { started: ticks(created), cpu_s })
}

pub(super) fn parents() -> Option<Vec<(u32, u32)>> {
    // SAFETY: takes numbers; a handle that comes back is ours to close.
    let list = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
    if list == INVALID_HANDLE_VALUE {
        return None;
    }
    let list = Closing(list);
    // SAFETY: the struct is plain integers, for which zero is a valid value.
    let mut entry: PROCESSENTRY32W = unsafe { zeroed() };
    entry.dwSize = size_of::<PROCESSENTRY32W>() as u32;
    let mut found = Vec::new();
    // SAFETY: the list is open; a valid struct that tells its own length.
    let mut more = unsafe { Process32FirstW(list.0, &raw mut entry) };
    while more != 0 {
        found.push((entry.th32ProcessID, entry.th32ParentProcessID));
        // SAFETY: as above.
        more = unsafe { Process32NextW(list.0, &raw mut entry) };
    }
    Some(found)
}

fn ticks(time: FILETIME) -> u64 {
    u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime)
}

fn seconds(time: FILETIME) -> f64 {
    ticks(time) as f64 * SECONDS_PER_TICK
}

/// A handle that is closed when it is dropped.
struct Closing(HANDLE);

impl Drop for Closing {
    fn drop(&mut self) {
        // SAFETY: the handle is open, ours, and not used again.
        unsafe { CloseHandle(self.0) };
    }
}
