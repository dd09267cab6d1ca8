//! Finds EMI devices and passes control codes on.

#![expect(unsafe_code, reason = "the device manager and control codes are C interfaces")]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::io::AsRawHandle;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Devices::DeviceAndDriverInstallation::{
    CM_GET_DEVICE_INTERFACE_LIST_PRESENT, CM_Get_Device_Interface_List_SizeW,
    CM_Get_Device_Interface_ListW, CR_SUCCESS,
};
use windows_sys::Win32::System::IO::DeviceIoControl;
use windows_sys::core::GUID;

use super::{EmiDevice, Opened, Question};

/// `GUID_DEVICE_ENERGY_METER`.
static ENERGY_METER: GUID = GUID::from_u128(0x45bd_8344_7ed6_49cf_a440_c276_c933_b053);

/// More UTF-16 units than the paths of all energy meters together have.
const LONGEST_LIST: u32 = 1 << 16;

/// All devices that are present, open or with the reason why not.
pub(super) fn devices() -> Vec<Opened> {
    let open = |path: String| -> Opened {
        match OpenOptions::new().read(true).open(&path) {
            Ok(file) => Ok(Box::new(Device { path, file })),
            Err(error) => Err((path, error)),
        }
    };
    paths().into_iter().map(open).collect()
}

/// Paths of the devices; none where the device manager tells none.
fn paths() -> Vec<String> {
    let mut length = 0;
    // SAFETY: the class and the length outlive the call; a null device is any.
    let told = unsafe {
        CM_Get_Device_Interface_List_SizeW(
            &raw mut length,
            &raw const ENERGY_METER,
            null(),
            CM_GET_DEVICE_INTERFACE_LIST_PRESENT,
        )
    };
    if told != CR_SUCCESS || !(2..=LONGEST_LIST).contains(&length) {
        return Vec::new();
    }
    let mut list = vec![0_u16; length as usize];
    // SAFETY: the list has room for the length that is told.
    let told = unsafe {
        CM_Get_Device_Interface_ListW(
            &raw const ENERGY_METER,
            null(),
            list.as_mut_ptr(),
            length,
            CM_GET_DEVICE_INTERFACE_LIST_PRESENT,
        )
    };
    if told != CR_SUCCESS {
        return Vec::new();
    }
    let paths = list.split(|unit| *unit == 0).filter(|path| !path.is_empty());
    paths.map(String::from_utf16_lossy).collect()
}

struct Device {
    path: String,
    file: File,
}

impl EmiDevice for Device {
    fn path(&self) -> &str {
        &self.path
    }

    fn ask(&mut self, question: Question, answer: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        let room = u32::try_from(answer.len()).unwrap_or(u32::MAX);
        // SAFETY: the handle is open, the answer has the room that is told, there is no input, and a
        // call without `OVERLAPPED` returns when it is done.
        let done = unsafe {
            DeviceIoControl(
                self.file.as_raw_handle(),
                question.code(),
                null(),
                0,
                answer.as_mut_ptr().cast(),
                room,
                &raw mut length,
                null_mut(),
            )
        };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(length as usize) }
    }
}
