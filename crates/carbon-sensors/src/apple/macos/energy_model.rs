//! IOReport's group "Energy Model": a subscription, and samples of it.
//!
//! The library has no header; its functions are those that open-source monitors (macmon, asitop,
//! Zeus) declare. It needs no rights.

#![expect(unsafe_code, reason = "IOReport is a C library")]

use std::ffi::c_void;
use std::ptr::null;

use libloading::Library;

use super::core_foundation::{CoreFoundation, Object};
use crate::apple::io_report::{ChannelName, EnergyChannels};
use crate::meter::ReadError;

const PATH: &str = "/usr/lib/libIOReport.dylib";

/// An open subscription.
pub(in crate::apple) struct EnergyModel {
    foundation: CoreFoundation,
    io_report: IoReport,
    subscription: Object,
    /// The channels as the subscription wants them named in every request.
    channels: Object,
    key: Object,
    names: Vec<ChannelName>,
}

struct IoReport {
    channels_in_group: unsafe extern "C" fn(Object, Object, u64, u64, u64) -> Object,
    subscribe: unsafe extern "C" fn(*const c_void, Object, *mut Object, u64, Object) -> Object,
    sample: unsafe extern "C" fn(Object, Object, Object) -> Object,
    name: unsafe extern "C" fn(Object) -> Object,
    unit: unsafe extern "C" fn(Object) -> Object,
    integer: unsafe extern "C" fn(Object, i32) -> i64,
    /// Keeps the functions where they are.
    _library: Library,
}

impl IoReport {
    fn open() -> Result<Self, libloading::Error> {
        // SAFETY: a library of the system whose start has no effect of its own; the types are those
        // that its other users declare.
        unsafe {
            let library = Library::new(PATH)?;
            Ok(Self {
                channels_in_group: *library.get(b"IOReportCopyChannelsInGroup\0")?,
                subscribe: *library.get(b"IOReportCreateSubscription\0")?,
                sample: *library.get(b"IOReportCreateSamples\0")?,
                name: *library.get(b"IOReportChannelGetChannelName\0")?,
                unit: *library.get(b"IOReportChannelGetUnitLabel\0")?,
                integer: *library.get(b"IOReportSimpleGetIntegerValue\0")?,
                _library: library,
            })
        }
    }
}

impl EnergyModel {
    /// Opens the libraries and subscribes; some milliseconds.
    pub(in crate::apple) fn open() -> Result<Self, ReadError> {
        let failed = |error: &libloading::Error| vendor(&error.to_string());
        let foundation = CoreFoundation::open().map_err(|error| failed(&error))?;
        let io_report = IoReport::open().map_err(|error| failed(&error))?;
        let group = foundation.string("Energy Model");
        let key = foundation.string("IOReportChannels");
        let mut model = Self {
            foundation,
            io_report,
            subscription: null(),
            channels: null(),
            key,
            names: Vec::new(),
        };
        // SAFETY: the group is a string; a null subgroup is any. The subscription is asked for the
        // channels that were just made, and tells in a pointer of ours which of them it has.
        unsafe {
            let wanted = (model.io_report.channels_in_group)(group, null(), 0, 0, 0);
            model.foundation.release(group);
            if wanted.is_null() {
                return Err(vendor("there is no group \"Energy Model\""));
            }
            let channels = &raw mut model.channels;
            model.subscription = (model.io_report.subscribe)(null(), wanted, channels, 0, null());
            model.foundation.release(wanted);
        }
        if model.subscription.is_null() || model.channels.is_null() {
            return Err(vendor("the subscription is refused"));
        }
        let mut names = Vec::new();
        model.each(|model, channel| {
            // SAFETY: `channel` is a living channel of a sample; both calls lend us a string.
            let name = unsafe { model.foundation.text((model.io_report.name)(channel)) };
            // SAFETY: as above.
            let unit = unsafe { model.foundation.text((model.io_report.unit)(channel)) };
            names.push(ChannelName { name, unit });
        })?;
        model.names = names;
        Ok(model)
    }

    /// Takes a sample and shows each of its channels.
    fn each(&self, mut show: impl FnMut(&Self, Object)) -> Result<(), ReadError> {
        // SAFETY: subscription and channels are those that belong together; the sample is a
        // dictionary of ours that lives until it is released, and so do its channels.
        unsafe {
            let sample = (self.io_report.sample)(self.subscription, self.channels, null());
            if sample.is_null() {
                return Err(vendor("no sample came"));
            }
            for channel in self.foundation.items(sample, self.key) {
                show(self, channel);
            }
            self.foundation.release(sample);
        }
        Ok(())
    }
}

fn vendor(message: &str) -> ReadError {
    ReadError::Vendor { device: "IOReport".to_owned(), message: message.to_owned() }
}

impl EnergyChannels for EnergyModel {
    fn names(&self) -> &[ChannelName] {
        &self.names
    }

    fn read(&mut self, counts: &mut Vec<u64>) -> Result<(), ReadError> {
        counts.clear();
        self.each(|model, channel| {
            // SAFETY: a living channel of a sample.
            let count = unsafe { (model.io_report.integer)(channel, 0) };
            // The kernel's counters have no sign.
            counts.push(count.cast_unsigned());
        })?;
        if counts.len() == self.names.len() {
            Ok(())
        } else {
            Err(vendor("the number of channels has changed"))
        }
    }
}

impl Drop for EnergyModel {
    fn drop(&mut self) {
        for object in [self.subscription, self.channels, self.key] {
            // SAFETY: each is null or an object that we own and use no more.
            unsafe { self.foundation.release(object) }
        }
    }
}

// SAFETY: the objects may be used by any thread, one at a time, which `&mut self` sees to.
unsafe impl Send for EnergyModel {}
