//! Counters of which one call reads several, made into meters of their own.
//!
//! A meter is read by itself, but Windows' energy meters and Apple's IOReport answer for all their
//! channels at once. The meters of a bank share what one call said while it is young; each stamps its
//! reading with the moment of that call.

use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::{Clock, Instant};
use crate::machine::MachineSample;
use crate::meter::{Meter, MeterInfo, ReadError, Reading, Sample};

/// Counters that are read together.
pub(crate) trait CounterBank: Send {
    /// Reads all of them, in an order that never changes.
    fn read(&mut self, counts: &mut Vec<u64>) -> Result<(), ReadError>;
}

/// One counter of a bank that is to be a meter.
pub(crate) struct Channel {
    /// What the meter says of itself.
    pub(crate) info: MeterInfo,
    /// Which counters of the bank it is the sum of; all of them count in the same unit.
    pub(crate) places: Vec<usize>,
    /// The unit, joules a count.
    pub(crate) joules_per_count: f64,
}

/// A meter for each channel.
pub(crate) fn meters(bank: Box<dyn CounterBank>, channels: Vec<Channel>) -> Vec<Box<dyn Meter>> {
    let shared = Arc::new(Mutex::new(Shared { bank, counts: Vec::new(), at: None }));
    let meter = |channel| -> Box<dyn Meter> {
        Box::new(ChannelMeter { channel, shared: Arc::clone(&shared) })
    };
    channels.into_iter().map(meter).collect()
}

struct Shared {
    bank: Box<dyn CounterBank>,
    counts: Vec<u64>,
    /// When they were read; `None` before the first time and after a failure.
    at: Option<Instant>,
}

struct ChannelMeter {
    channel: Channel,
    shared: Arc<Mutex<Shared>>,
}

impl Meter for ChannelMeter {
    fn info(&self) -> &MeterInfo {
        &self.channel.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = &mut *shared;
        let now = clock.now();
        // As long as the ledger does not ask a meter again, its neighbours need not be asked either.
        let young = self.channel.info.refresh / 4;
        let at = match shared.at {
            Some(at) if now.active_since(&at) < young && now >= at => at,
            _ => {
                shared.at = None;
                shared.bank.read(&mut shared.counts)?;
                *shared.at.insert(now)
            }
        };
        let count = self.channel.places.iter().try_fold(0_u64, |sum, &place| {
            let count = shared.counts.get(place).copied();
            count.map(|count| sum.wrapping_add(count))
        });
        let count = count.ok_or(ReadError::Missing { what: "a channel of the energy meter" })?;
        let joules_per_count = self.channel.joules_per_count;
        Ok(Sample { at, reading: Reading::Counter { count, joules_per_count, range: u64::MAX } })
    }
}
