//! The C functions, under their published names and with the layouts of `nvml-wrapper-sys`.
//!
//! Every call reads the script anew, so a test changes an answer by changing the script. Two things
//! are remembered as the real library does: how often it was initialised, and which GPUs were lost,
//! since a handle to a lost GPU stays dead until the library is initialised again.

#![expect(unsafe_code, reason = "a C library in all but language")]
#![expect(unreachable_pub, reason = "called from C, by name")]

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};

use nvml_wrapper_sys::bindings::{
    field_id, nvmlDevice_t, nvmlFieldValue_t, nvmlMemory_v2_t, nvmlPciInfo_t,
    nvmlProcessUtilizationSample_t, nvmlReturn_t, nvmlUtilization_t, nvmlValue_t,
    nvmlValueType_enum_NVML_VALUE_TYPE_UNSIGNED_INT as UNSIGNED_INT,
};

use crate::c_strings::{copy_out, directory_of};
use crate::code::{
    DRIVER_NOT_LOADED, GPU_IS_LOST, NOT_FOUND, NOT_SUPPORTED, UNINITIALIZED, UNKNOWN,
};
use crate::install::SCRIPT_FILE;
use crate::script::{Script, Section};

const SUCCESS: nvmlReturn_t = 0;
const INVALID_ARGUMENT: nvmlReturn_t = 2;
const INSUFFICIENT_SIZE: nvmlReturn_t = 7;

/// Handles of GPUs are 1, 2, …; those of MIG instances are 1000 × GPU + 1, 2, …
const MIG_FACTOR: usize = 1000;

static INITIALISED: AtomicU32 = AtomicU32::new(0);
/// One bit per GPU that was lost since the library was initialised.
static LOST: AtomicU64 = AtomicU64::new(0);

type Answer<T> = Result<T, nvmlReturn_t>;

fn script() -> Answer<Script> {
    let directory = directory_of(nvmlInit_v2 as *const ()).ok_or(UNKNOWN)?;
    let text = std::fs::read_to_string(directory.join(SCRIPT_FILE)).or(Err(DRIVER_NOT_LOADED))?;
    Ok(Script::parse(&text))
}

fn library(function: &str) -> Answer<Script> {
    if INITIALISED.load(SeqCst) == 0 {
        return Err(UNINITIALIZED);
    }
    let script = script()?;
    script.head.failure(function).map_or(Ok(script), Err)
}

/// A GPU, or the MIG instance of one, as a handle names it.
struct Gpu {
    section: Section,
    index: usize,
    mig: Option<usize>,
}

fn gpu(device: nvmlDevice_t, function: &str) -> Answer<Gpu> {
    let handle = device as usize;
    let (number, mig) = match handle {
        ..MIG_FACTOR => (handle, None),
        _ => (handle / MIG_FACTOR, Some(handle % MIG_FACTOR - 1)),
    };
    let index = number.checked_sub(1).ok_or(INVALID_ARGUMENT)?;
    let section = library(function)?.gpus.get(index).ok_or(INVALID_ARGUMENT)?.clone();
    let bit = 1 << index;
    if LOST.load(SeqCst) & bit != 0 {
        return Err(GPU_IS_LOST);
    }
    match section.failure(function) {
        Some(code) => {
            if code == GPU_IS_LOST {
                LOST.fetch_or(bit, SeqCst);
            }
            Err(code)
        }
        None => Ok(Gpu { section, index, mig }),
    }
}

fn number(device: nvmlDevice_t, function: &str, key: &str) -> Answer<u64> {
    gpu(device, function)?.section.number(key).ok_or(NOT_SUPPORTED)
}

/// Writes an answer to where the caller wants it.
unsafe fn put<T>(to: *mut T, answer: Answer<T>) -> nvmlReturn_t {
    match answer {
        Ok(_) if to.is_null() => INVALID_ARGUMENT,
        Ok(value) => {
            // SAFETY: not null, and NVML's contract is that it points to a `T`.
            unsafe { to.write(value) };
            SUCCESS
        }
        Err(code) => code,
    }
}

unsafe fn put_text(to: *mut c_char, length: c_uint, answer: Answer<String>) -> nvmlReturn_t {
    match answer {
        // SAFETY: NVML's contract is that `to` points to `length` bytes.
        Ok(text) if unsafe { copy_out(&text, to, length as usize) } => SUCCESS,
        Ok(_) => INSUFFICIENT_SIZE,
        Err(code) => code,
    }
}

fn handle(index: usize) -> nvmlDevice_t {
    (index + 1) as nvmlDevice_t
}

/// Initialises the library; calls are counted.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlInit_v2() -> nvmlReturn_t {
    let failure = match script() {
        Ok(script) => script.head.failure("nvmlInit_v2"),
        Err(code) => Some(code),
    };
    failure.unwrap_or_else(|| {
        INITIALISED.fetch_add(1, SeqCst);
        SUCCESS
    })
}

/// Initialises the library; the flags are ignored.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlInitWithFlags(_flags: c_uint) -> nvmlReturn_t {
    nvmlInit_v2()
}

/// Undoes one initialisation; the last one forgets lost GPUs.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlShutdown() -> nvmlReturn_t {
    match INITIALISED.load(SeqCst) {
        0 => UNINITIALIZED,
        count => {
            INITIALISED.store(count - 1, SeqCst);
            if count == 1 {
                LOST.store(0, SeqCst);
            }
            SUCCESS
        }
    }
}

/// Describes a return code.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlErrorString(_code: nvmlReturn_t) -> *const c_char {
    c"scripted".as_ptr()
}

/// Version of the kernel driver.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlSystemGetDriverVersion(to: *mut c_char, length: c_uint) -> c_uint {
    let version = library("nvmlSystemGetDriverVersion")
        .and_then(|script| script.head.text("driver").map(str::to_owned).ok_or(NOT_SUPPORTED));
    // SAFETY: passed on from the caller.
    unsafe { put_text(to, length, version) }
}

/// How many GPUs there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetCount_v2(to: *mut c_uint) -> nvmlReturn_t {
    let count = library("nvmlDeviceGetCount_v2").map(|script| script.gpus.len() as c_uint);
    // SAFETY: passed on from the caller.
    unsafe { put(to, count) }
}

/// Handle of a GPU by its index.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetHandleByIndex_v2(
    index: c_uint,
    to: *mut nvmlDevice_t,
) -> nvmlReturn_t {
    let device = handle(index as usize);
    // SAFETY: passed on from the caller.
    unsafe { put(to, gpu(device, "nvmlDeviceGetHandleByIndex_v2").map(|_| device)) }
}

/// Handle of a GPU by its UUID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetHandleByUUID(
    uuid: *const c_char,
    to: *mut nvmlDevice_t,
) -> nvmlReturn_t {
    // SAFETY: NVML's contract is a C string.
    let uuid = unsafe { CStr::from_ptr(uuid) }.to_str().unwrap_or_default();
    let found = library("nvmlDeviceGetHandleByUUID").and_then(|script| {
        let index = script.gpus.iter().position(|gpu| gpu.text("uuid") == Some(uuid));
        let device = handle(index.ok_or(NOT_FOUND)?);
        gpu(device, "nvmlDeviceGetHandleByUUID").map(|_| device)
    });
    // SAFETY: passed on from the caller.
    unsafe { put(to, found) }
}

/// Index of a GPU.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetIndex(device: nvmlDevice_t, to: *mut c_uint) -> nvmlReturn_t {
    // SAFETY: passed on from the caller.
    unsafe { put(to, gpu(device, "nvmlDeviceGetIndex").map(|gpu| gpu.index as c_uint)) }
}

/// Product name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetName(
    device: nvmlDevice_t,
    to: *mut c_char,
    length: c_uint,
) -> nvmlReturn_t {
    let name = gpu(device, "nvmlDeviceGetName")
        .and_then(|gpu| gpu.section.text("name").map(str::to_owned).ok_or(NOT_SUPPORTED));
    // SAFETY: passed on from the caller.
    unsafe { put_text(to, length, name) }
}

/// UUID of a GPU or of a MIG instance.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetUUID(
    device: nvmlDevice_t,
    to: *mut c_char,
    length: c_uint,
) -> nvmlReturn_t {
    let uuid = gpu(device, "nvmlDeviceGetUUID").and_then(|gpu| match gpu.mig {
        None => gpu.section.text("uuid").map(str::to_owned).ok_or(NOT_SUPPORTED),
        Some(mig) => {
            gpu.section.list("mig").get(mig).map(|&uuid| uuid.to_owned()).ok_or(INVALID_ARGUMENT)
        }
    });
    // SAFETY: passed on from the caller.
    unsafe { put_text(to, length, uuid) }
}

/// PCI address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetPciInfo_v3(
    device: nvmlDevice_t,
    to: *mut nvmlPciInfo_t,
) -> nvmlReturn_t {
    let info = gpu(device, "nvmlDeviceGetPciInfo_v3").and_then(|gpu| {
        // SAFETY: all-zero bytes are a valid `nvmlPciInfo_t`, and `busId` has the length given.
        unsafe {
            let mut info: nvmlPciInfo_t = std::mem::zeroed();
            let bus_id = gpu.section.text("pci_bus_id").ok_or(NOT_SUPPORTED)?;
            copy_out(bus_id, info.busId.as_mut_ptr(), info.busId.len());
            Ok(info)
        }
    });
    // SAFETY: passed on from the caller.
    unsafe { put(to, info) }
}

/// Memory sizes; used is what is scripted, else nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetMemoryInfo_v2(
    device: nvmlDevice_t,
    to: *mut nvmlMemory_v2_t,
) -> nvmlReturn_t {
    let used = number(device, "nvmlDeviceGetMemoryInfo_v2", "memory_used_bytes").unwrap_or(0);
    let memory = number(device, "nvmlDeviceGetMemoryInfo_v2", "memory_bytes").map(|total| {
        let free = total.saturating_sub(used);
        nvmlMemory_v2_t { version: 0, total, reserved: 0, free, used }
    });
    // SAFETY: passed on from the caller.
    unsafe { put(to, memory) }
}

/// Power limit, mW.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetPowerManagementLimit(
    device: nvmlDevice_t,
    to: *mut c_uint,
) -> nvmlReturn_t {
    let limit = number(device, "nvmlDeviceGetPowerManagementLimit", "power_limit_mw");
    // SAFETY: passed on from the caller.
    unsafe { put(to, limit.map(|limit| limit as c_uint)) }
}

/// Energy since the driver was loaded, mJ.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetTotalEnergyConsumption(
    device: nvmlDevice_t,
    to: *mut c_ulonglong,
) -> nvmlReturn_t {
    // SAFETY: passed on from the caller.
    unsafe { put(to, number(device, "nvmlDeviceGetTotalEnergyConsumption", "energy_mj")) }
}

/// Power, mW.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetPowerUsage(
    device: nvmlDevice_t,
    to: *mut c_uint,
) -> nvmlReturn_t {
    let power = number(device, "nvmlDeviceGetPowerUsage", "power_mw");
    // SAFETY: passed on from the caller.
    unsafe { put(to, power.map(|power| power as c_uint)) }
}

/// Field values; instant and average power are known, each with the scripted time stamp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetFieldValues(
    device: nvmlDevice_t,
    count: c_int,
    values: *mut nvmlFieldValue_t,
) -> nvmlReturn_t {
    let section = match gpu(device, "nvmlDeviceGetFieldValues") {
        Ok(gpu) => gpu.section,
        Err(code) => return code,
    };
    // SAFETY: NVML's contract is `count` field values.
    let values = unsafe { std::slice::from_raw_parts_mut(values, count as usize) };
    for value in values {
        let power_mw = match value.fieldId {
            field_id::NVML_FI_DEV_POWER_INSTANT => section.number("power_instant_mw"),
            field_id::NVML_FI_DEV_POWER_AVERAGE => section.number("power_average_mw"),
            _ => None,
        };
        value.nvmlReturn = if power_mw.is_some() { SUCCESS } else { NOT_SUPPORTED };
        value.valueType = UNSIGNED_INT;
        value.value = nvmlValue_t { uiVal: power_mw.unwrap_or(0) as c_uint };
        value.timestamp = section.number("field_time_us").unwrap_or(0).cast_signed();
    }
    SUCCESS
}

/// Share of time in which a kernel ran, percent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetUtilizationRates(
    device: nvmlDevice_t,
    to: *mut nvmlUtilization_t,
) -> nvmlReturn_t {
    let utilization = number(device, "nvmlDeviceGetUtilizationRates", "utilization_percent")
        .map(|percent| nvmlUtilization_t { gpu: percent as c_uint, memory: 0 });
    // SAFETY: passed on from the caller.
    unsafe { put(to, utilization) }
}

/// Use by each process; scripted as `processes = pid:percent:time_us, …`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetProcessUtilization(
    device: nvmlDevice_t,
    to: *mut nvmlProcessUtilizationSample_t,
    count: *mut c_uint,
    last_seen_us: c_ulonglong,
) -> nvmlReturn_t {
    let section = match gpu(device, "nvmlDeviceGetProcessUtilization") {
        Ok(gpu) => gpu.section,
        Err(code) => return code,
    };
    if section.text("processes").is_none() {
        return NOT_SUPPORTED;
    }
    let samples = section.list("processes").into_iter().filter_map(process_sample);
    let samples: Vec<_> = samples.filter(|sample| sample.timeStamp > last_seen_us).collect();
    if samples.is_empty() {
        return NOT_FOUND;
    }
    // SAFETY: NVML's contract is that `count` points to the room at `to`, and that `to` may be null
    // to ask for the room needed.
    unsafe {
        let room = count.replace(samples.len() as c_uint);
        if to.is_null() || (room as usize) < samples.len() {
            return INSUFFICIENT_SIZE;
        }
        std::ptr::copy_nonoverlapping(samples.as_ptr(), to, samples.len());
    }
    SUCCESS
}

fn process_sample(text: &str) -> Option<nvmlProcessUtilizationSample_t> {
    let mut parts = text.split(':').map(str::parse::<u64>);
    let mut next = || parts.next()?.ok();
    Some(nvmlProcessUtilizationSample_t {
        pid: next()? as c_uint,
        smUtil: next()? as c_uint,
        timeStamp: next()?,
        memUtil: 0,
        encUtil: 0,
        decUtil: 0,
    })
}

/// Whether a GPU is cut into MIG instances, now and after a reset.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetMigMode(
    device: nvmlDevice_t,
    current: *mut c_uint,
    pending: *mut c_uint,
) -> nvmlReturn_t {
    let mode = || {
        let gpu = gpu(device, "nvmlDeviceGetMigMode")?;
        gpu.section.text("mig").map(|_| 1).ok_or(NOT_SUPPORTED)
    };
    // SAFETY: passed on from the caller.
    unsafe {
        put(pending, Ok(0));
        put(current, mode())
    }
}

/// The most MIG instances that a GPU can have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetMaxMigDeviceCount(
    device: nvmlDevice_t,
    to: *mut c_uint,
) -> nvmlReturn_t {
    // SAFETY: passed on from the caller.
    unsafe { put(to, gpu(device, "nvmlDeviceGetMaxMigDeviceCount").map(|_| 7)) }
}

/// Handle of a MIG instance.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetMigDeviceHandleByIndex(
    device: nvmlDevice_t,
    index: c_uint,
    to: *mut nvmlDevice_t,
) -> nvmlReturn_t {
    let instance = gpu(device, "nvmlDeviceGetMigDeviceHandleByIndex").and_then(|gpu| {
        let exists = (index as usize) < gpu.section.list("mig").len();
        let handle = (gpu.index + 1) * MIG_FACTOR + index as usize + 1;
        exists.then_some(handle as nvmlDevice_t).ok_or(NOT_FOUND)
    });
    // SAFETY: passed on from the caller.
    unsafe { put(to, instance) }
}

/// Whether a handle is a MIG instance's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceIsMigDeviceHandle(
    device: nvmlDevice_t,
    to: *mut c_uint,
) -> nvmlReturn_t {
    let is_mig = gpu(device, "nvmlDeviceIsMigDeviceHandle").map(|gpu| gpu.mig.is_some().into());
    // SAFETY: passed on from the caller.
    unsafe { put(to, is_mig) }
}

/// Handle of the GPU that a MIG instance is part of.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetDeviceHandleFromMigDeviceHandle(
    device: nvmlDevice_t,
    to: *mut nvmlDevice_t,
) -> nvmlReturn_t {
    let parent =
        gpu(device, "nvmlDeviceGetDeviceHandleFromMigDeviceHandle").map(|gpu| handle(gpu.index));
    // SAFETY: passed on from the caller.
    unsafe { put(to, parent) }
}
