//! AMD SMI's C functions, declared by hand: the few whose signatures have not changed since the
//! library's first release (checked against `amdsmi.h` of ROCm 6.0 to 7.1).
//!
//! This file holds all of the `unsafe`; what it offers is safe. Power is not read here: the layout
//! of `amdsmi_power_info_t` changed between releases, and the kernel's hwmon files tell the same
//! figure.

#![expect(unsafe_code, reason = "a C library has no safe interface")]

use std::ffi::{CStr, OsStr, c_char, c_void};
use std::mem::ManuallyDrop;
use std::sync::{Mutex, MutexGuard, PoisonError};

use libloading::Library;

type Status = u32;
type Socket = *mut c_void;
type Processor = *mut c_void;

const SUCCESS: Status = 0;
/// `AMDSMI_INIT_AMD_GPUS`.
const INIT_GPUS: u64 = 1 << 1;
/// Room for answers whose length differs between releases, in words of eight bytes: the longest one
/// used, `amdsmi_asic_info_t`, had 896 bytes in 2026.
const ROOM_WORDS: usize = 1024;

/// Why AMD SMI gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum SmiError {
    #[error(transparent)]
    Load(#[from] libloading::Error),
    #[error("{call} answered status {status}")]
    Status { call: &'static str, status: Status },
    #[error("AMD SMI does not know this GPU")]
    Absent,
}

impl SmiError {
    /// Whether the library must be initialised anew (`AMDSMI_STATUS_NOT_INIT`).
    fn is_uninitialised(&self) -> bool {
        matches!(self, Self::Status { status: 32, .. })
    }
}

/// An energy counter as the device tells it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EnergyCount {
    pub(super) count: u64,
    /// Microjoules per count.
    pub(super) resolution_uj: f32,
    /// The driver's boot clock when it was taken, ns.
    pub(super) stamped_ns: u64,
}

/// The open, initialised library. GPUs are named by PCI address, "0000:17:00.0". Calls are made one
/// at a time: releases before 2024 do not say that they may overlap.
pub(super) struct AmdSmi {
    state: Mutex<State>,
    /// Never unloaded: the library starts threads and C++ statics that do not survive that.
    _library: ManuallyDrop<Library>,
}

struct State {
    functions: Functions,
    /// Handles with their PCI addresses, good until the library is shut down.
    gpus: Vec<(String, usize)>,
}

struct Functions {
    init: unsafe extern "C" fn(u64) -> Status,
    shut_down: unsafe extern "C" fn() -> Status,
    sockets: unsafe extern "C" fn(*mut u32, *mut Socket) -> Status,
    processors: unsafe extern "C" fn(Socket, *mut u32, *mut Processor) -> Status,
    bdf: unsafe extern "C" fn(Processor, *mut u64) -> Status,
    uuid: unsafe extern "C" fn(Processor, *mut u32, *mut c_char) -> Status,
    asic: unsafe extern "C" fn(Processor, *mut u64) -> Status,
    energy: unsafe extern "C" fn(Processor, *mut u64, *mut f32, *mut u64) -> Status,
    activity: unsafe extern "C" fn(Processor, *mut u64) -> Status,
}

impl AmdSmi {
    /// Opens and initialises the library of this name or path.
    pub(super) fn open(name: &OsStr) -> Result<Self, SmiError> {
        // SAFETY: loading runs the library's initialisers; it is AMD's or the caller's choice.
        let library = ManuallyDrop::new(unsafe { Library::new(name) }?);
        // SAFETY: the names and types are those of `amdsmi.h`, and the library is never unloaded,
        // so that the pointers stay good.
        let functions = unsafe {
            Functions {
                init: *library.get(c"amdsmi_init")?,
                shut_down: *library.get(c"amdsmi_shut_down")?,
                sockets: *library.get(c"amdsmi_get_socket_handles")?,
                processors: *library.get(c"amdsmi_get_processor_handles")?,
                bdf: *library.get(c"amdsmi_get_gpu_device_bdf")?,
                uuid: *library.get(c"amdsmi_get_gpu_device_uuid")?,
                asic: *library.get(c"amdsmi_get_gpu_asic_info")?,
                energy: *library.get(c"amdsmi_get_energy_count")?,
                activity: *library.get(c"amdsmi_get_gpu_activity")?,
            }
        };
        let gpus = functions.start()?;
        Ok(Self { state: Mutex::new(State { functions, gpus }), _library: library })
    }

    /// The energy counter. A library that somebody shut down is started once more.
    pub(super) fn energy(&self, bus_id: &str) -> Result<EnergyCount, SmiError> {
        let mut state = self.lock();
        match state.energy(bus_id) {
            Err(error) if error.is_uninitialised() => {
                state.gpus.clear();
                state.gpus = state.functions.start()?;
                state.energy(bus_id)
            }
            answer => answer,
        }
    }

    /// Use of the graphics engine, percent: the first 32 bits of `amdsmi_engine_usage_t`.
    pub(super) fn activity_percent(&self, bus_id: &str) -> Option<f64> {
        let state = self.lock();
        let mut room = [0_u64; ROOM_WORDS];
        // SAFETY: the answer is 64 bytes long, and there is ample, aligned room for it.
        let status =
            unsafe { (state.functions.activity)(state.handle(bus_id)?, room.as_mut_ptr()) };
        let percent = u32::from_ne_bytes(*room[0].to_ne_bytes().first_chunk()?);
        (status == SUCCESS && percent <= 100).then_some(f64::from(percent))
    }

    /// Product name: the C string that `amdsmi_asic_info_t` begins with in every release.
    pub(super) fn name(&self, bus_id: &str) -> Option<String> {
        let state = self.lock();
        let mut room = [0_u64; ROOM_WORDS];
        // SAFETY: the answer is under 1 KiB long, and there is ample, aligned room for it.
        let status = unsafe { (state.functions.asic)(state.handle(bus_id)?, room.as_mut_ptr()) };
        (status == SUCCESS).then(|| text(&room)).flatten()
    }

    /// Identity.
    pub(super) fn uuid(&self, bus_id: &str) -> Option<String> {
        let state = self.lock();
        let mut room = [0_u64; ROOM_WORDS];
        let mut length = size_of_val(&room) as u32;
        // SAFETY: `length` bytes are there to be written.
        let status = unsafe {
            (state.functions.uuid)(state.handle(bus_id)?, &raw mut length, room.as_mut_ptr().cast())
        };
        (status == SUCCESS).then(|| text(&room)).flatten()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn handle(&self, bus_id: &str) -> Option<Processor> {
        let (_, handle) = self.gpus.iter().find(|(other, _)| other == bus_id)?;
        Some(*handle as Processor)
    }

    fn energy(&self, bus_id: &str) -> Result<EnergyCount, SmiError> {
        let handle = self.handle(bus_id).ok_or(SmiError::Absent)?;
        let mut energy = EnergyCount { count: 0, resolution_uj: 0.0, stamped_ns: 0 };
        // SAFETY: a handle of this start of the library, and three pointers of the header's types.
        let status = unsafe {
            (self.functions.energy)(
                handle,
                &raw mut energy.count,
                &raw mut energy.resolution_uj,
                &raw mut energy.stamped_ns,
            )
        };
        check("amdsmi_get_energy_count", status).map(|()| energy)
    }
}

impl Functions {
    /// Initialises the library and lists the GPUs; one that does not tell its address is left out.
    fn start(&self) -> Result<Vec<(String, usize)>, SmiError> {
        // SAFETY: initialising comes first, as the header asks; it may be repeated.
        check("amdsmi_init", unsafe { (self.init)(INIT_GPUS) })?;
        // SAFETY: `list` passes a null array to ask for the length, then one of that length.
        let sockets =
            list("amdsmi_get_socket_handles", |count, to| unsafe { (self.sockets)(count, to) })?;
        let mut gpus = Vec::new();
        for socket in sockets {
            // SAFETY: as above; the socket handle was just given out.
            let processors = list("amdsmi_get_processor_handles", |count, to| unsafe {
                (self.processors)(socket, count, to)
            });
            for processor in processors.unwrap_or_default() {
                let mut bdf = 0_u64;
                // SAFETY: the handle was just given out; the address is a union over 64 bits.
                if unsafe { (self.bdf)(processor, &raw mut bdf) } == SUCCESS {
                    gpus.push((bus_id(bdf), processor as usize));
                }
            }
        }
        Ok(gpus)
    }
}

impl Drop for AmdSmi {
    fn drop(&mut self) {
        // SAFETY: initialised by `open`, and nobody uses it any more.
        unsafe { (self.lock().functions.shut_down)() };
    }
}

fn check(call: &'static str, status: Status) -> Result<(), SmiError> {
    if status == SUCCESS { Ok(()) } else { Err(SmiError::Status { call, status }) }
}

/// Asks for the length, then for as many handles; fewer may come.
fn list(
    call: &'static str,
    mut ask: impl FnMut(*mut u32, *mut *mut c_void) -> Status,
) -> Result<Vec<*mut c_void>, SmiError> {
    let mut count = 0_u32;
    check(call, ask(&raw mut count, std::ptr::null_mut()))?;
    let mut handles = vec![std::ptr::null_mut(); count as usize];
    check(call, ask(&raw mut count, handles.as_mut_ptr()))?;
    handles.truncate(count as usize);
    Ok(handles)
}

/// `amdsmi_bdf_t`: function in the 3 lowest bits, then device (5), bus (8) and domain (48).
fn bus_id(bdf: u64) -> String {
    let (function, device, bus, domain) = (bdf & 7, bdf >> 3 & 31, bdf >> 8 & 255, bdf >> 16);
    format!("{domain:04x}:{bus:02x}:{device:02x}.{function}")
}

/// The C string at the beginning; `None` when it is empty or no text.
fn text(room: &[u64]) -> Option<String> {
    let bytes: Vec<u8> = room.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let text = CStr::from_bytes_until_nul(&bytes).ok()?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_the_kernel_writes_it() {
        assert_eq!(bus_id(0x0001_c103), "0001:c1:00.3");
        assert_eq!(bus_id(31 << 3 | 5), "0000:00:1f.5");
    }
}
