//! The C functions, under their published names.
//!
//! Every call reads the script anew. `energy_step` is added to the counter at each read, as time
//! does to a real one; the sum is kept here and not in the script.

#![expect(unsafe_code, reason = "a C library in all but language")]
#![expect(unreachable_pub, reason = "called from C, by name")]

use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};

use crate::c_strings::{copy_out, directory_of};
use crate::code::{DRIVER_NOT_LOADED, NOT_FOUND, NOT_INIT, NOT_SUPPORTED};
use crate::install::SCRIPT_FILE;
use crate::script::{Script, Section};

type Handle = *mut c_void;
type Status = u32;

const SUCCESS: Status = 0;
const INVALID: Status = 1;
/// Handles are this × how often the library was started, plus 1, 2, … for the GPUs: a handle of an
/// earlier start is refused, as the real library does.
const START_FACTOR: usize = 1000;

static STARTS: AtomicU32 = AtomicU32::new(0);
static RUNNING: AtomicU32 = AtomicU32::new(0);
static ENERGY_READS: AtomicU64 = AtomicU64::new(0);

type Answer<T> = Result<T, Status>;

fn script(function: &str) -> Answer<Script> {
    let directory = directory_of(amdsmi_init as *const ()).ok_or(DRIVER_NOT_LOADED)?;
    let text = std::fs::read_to_string(directory.join(SCRIPT_FILE)).or(Err(DRIVER_NOT_LOADED))?;
    let script = Script::parse(&text);
    script.head.failure(function).map_or(Ok(script), Err)
}

fn running(function: &str) -> Answer<Script> {
    if RUNNING.load(SeqCst) == 0 { Err(NOT_INIT) } else { script(function) }
}

fn gpu(handle: Handle, function: &str) -> Answer<Section> {
    let script = running(function)?;
    let base = STARTS.load(SeqCst) as usize * START_FACTOR;
    let index = (handle as usize).checked_sub(base + 1).ok_or(NOT_FOUND)?;
    let section = script.gpus.get(index).ok_or(NOT_FOUND)?.clone();
    section.failure(function).map_or(Ok(section), Err)
}

fn status<T>(answer: Answer<T>, use_it: impl FnOnce(T)) -> Status {
    match answer {
        Ok(value) => {
            use_it(value);
            SUCCESS
        }
        Err(status) => status,
    }
}

/// Starts the library.
#[unsafe(no_mangle)]
pub extern "C" fn amdsmi_init(_flags: u64) -> Status {
    status(script("amdsmi_init"), |_| {
        STARTS.fetch_add(1, SeqCst);
        RUNNING.store(1, SeqCst);
    })
}

/// Stops the library, for everybody in the process.
#[unsafe(no_mangle)]
pub extern "C" fn amdsmi_shut_down() -> Status {
    if RUNNING.swap(0, SeqCst) == 0 { NOT_INIT } else { SUCCESS }
}

/// One socket per GPU; its handle is the GPU's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn amdsmi_get_socket_handles(count: *mut u32, to: *mut Handle) -> Status {
    status(running("amdsmi_get_socket_handles"), |script| {
        let base = STARTS.load(SeqCst) as usize * START_FACTOR;
        // SAFETY: the contract is that `count` points to the room at `to`, which may be null.
        unsafe {
            let room = count.replace(script.gpus.len() as u32) as usize;
            if !to.is_null() {
                for index in 0..script.gpus.len().min(room) {
                    to.add(index).write((base + index + 1) as Handle);
                }
            }
        }
    })
}

/// The one GPU of a socket.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn amdsmi_get_processor_handles(
    socket: Handle,
    count: *mut u32,
    to: *mut Handle,
) -> Status {
    status(gpu(socket, "amdsmi_get_processor_handles"), |_| {
        // SAFETY: the contract is that `count` points to the room at `to`, which may be null.
        unsafe {
            let room = count.replace(1);
            if !to.is_null() && room > 0 {
                to.write(socket);
            }
        }
    })
}

/// PCI address, scripted as `bdf = <the 64 bits as a number>`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn amdsmi_get_gpu_device_bdf(handle: Handle, to: *mut u64) -> Status {
    let bdf = gpu(handle, "amdsmi_get_gpu_device_bdf")
        .and_then(|gpu| gpu.number("bdf").ok_or(NOT_SUPPORTED));
    // SAFETY: the contract is a pointer to the address.
    status(bdf, |bdf| unsafe { to.write(bdf) })
}

/// Identity.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn amdsmi_get_gpu_device_uuid(
    handle: Handle,
    length: *mut u32,
    to: *mut c_char,
) -> Status {
    let uuid = gpu(handle, "amdsmi_get_gpu_device_uuid")
        .and_then(|gpu| gpu.text("uuid").map(str::to_owned).ok_or(NOT_SUPPORTED));
    match uuid {
        // SAFETY: the contract is that `length` points to the room at `to`.
        Ok(uuid) if unsafe { copy_out(&uuid, to, *length as usize) } => SUCCESS,
        Ok(_) => INVALID,
        Err(status) => status,
    }
}

/// `amdsmi_asic_info_t`, of which only the name at its beginning is filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn amdsmi_get_gpu_asic_info(handle: Handle, to: *mut c_char) -> Status {
    let name = gpu(handle, "amdsmi_get_gpu_asic_info")
        .and_then(|gpu| gpu.text("name").map(str::to_owned).ok_or(NOT_SUPPORTED));
    match name {
        // SAFETY: the structure begins with a name of 64 bytes or more.
        Ok(name) if unsafe { copy_out(&name, to, 64) } => SUCCESS,
        Ok(_) => INVALID,
        Err(status) => status,
    }
}

/// Energy counter, its resolution in µJ, and the boot clock in ns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn amdsmi_get_energy_count(
    handle: Handle,
    count: *mut u64,
    resolution_uj: *mut f32,
    stamped_ns: *mut u64,
) -> Status {
    let energy = gpu(handle, "amdsmi_get_energy_count").and_then(|gpu| {
        let base = gpu.number("energy_count").ok_or(NOT_SUPPORTED)?;
        let step = gpu.number("energy_step").unwrap_or(0);
        let grown = step * ENERGY_READS.fetch_add(1, SeqCst);
        let resolution = gpu.text("resolution_uj").and_then(|text| text.parse().ok());
        Ok((base + grown, resolution.unwrap_or(15.259), gpu.number("stamped_ns").unwrap_or(0)))
    });
    status(energy, |(value, resolution, stamp)| {
        // SAFETY: the contract is three valid pointers.
        unsafe {
            count.write(value);
            resolution_uj.write(resolution);
            stamped_ns.write(stamp);
        }
    })
}

/// `amdsmi_engine_usage_t`, of which only the graphics engine is filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn amdsmi_get_gpu_activity(handle: Handle, to: *mut u32) -> Status {
    let percent = gpu(handle, "amdsmi_get_gpu_activity")
        .and_then(|gpu| gpu.number("activity_percent").ok_or(NOT_SUPPORTED));
    // SAFETY: the structure begins with the percentage.
    status(percent, |percent| unsafe { to.write(percent as u32) })
}
