//! One meter's account: raw readings in, cumulative joules out.

use std::time::Duration;

use carbon_model::GapReason;
use carbon_sensors::rapl::counter::{self, Advance};
use carbon_sensors::{Clock, Covers, Instant, MachineSample, Meter, MeterInfo, Reading, Sample};

use super::event::{Event, Events};
use super::gauges::GpuUse;

/// A power sensor that was silent for longer than this is not interpolated: two moments say
/// nothing of an hour between them. A counter bridges any gap.
const LONGEST_POWER_BRIDGE: Duration = Duration::from_secs(30);

/// The use of a GPU is a mean over the driver's last 100 ms and more; it is not asked for more often.
const USE_AGE: Duration = Duration::from_millis(100);

/// Cumulative energy of one meter since the account was opened.
pub(crate) struct Account {
    meter: Box<dyn Meter>,
    energy_j: f64,
    last: Option<Sample>,
    /// Mean power over the newest interval that was long enough to tell.
    power_w: Option<f64>,
    /// Since when and why reads fail.
    failing: Option<(Instant, String)>,
    events: Events,
    gpu_use: GpuUse,
    /// Open windows that count this account.
    pub(crate) users: u32,
}

/// An account at one moment: one edge of a window.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    energy_j: f64,
    /// When the device was read; the moment of the attempt when the read failed.
    pub(crate) at: Instant,
    failed: bool,
    gpu_use: GpuUse,
}

impl Mark {
    /// Whether the meter could not be read.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// Mean use of the GPU since an earlier edge, percent.
    pub(crate) fn gpu_percent_since(&self, earlier: &Self) -> f64 {
        self.gpu_use.percent_since(&earlier.gpu_use)
    }
}

impl Account {
    pub(crate) fn new(meter: Box<dyn Meter>) -> Self {
        Self {
            meter,
            energy_j: 0.0,
            last: None,
            power_w: None,
            failing: None,
            events: Events::default(),
            gpu_use: GpuUse::default(),
            users: 0,
        }
    }

    pub(crate) fn info(&self) -> &MeterInfo {
        self.meter.info()
    }

    /// Cumulative energy, J; it never goes back.
    pub(crate) fn energy_j(&self) -> f64 {
        self.energy_j
    }

    pub(crate) fn meter_mut(&mut self) -> &mut dyn Meter {
        &mut *self.meter
    }

    /// Mean power over the newest interval, W.
    pub(crate) fn power_w(&self) -> Option<f64> {
        self.power_w
    }

    /// The newest good reading, raw, for the comparison of mirrored counters.
    pub(crate) fn last(&self) -> Option<&Sample> {
        self.last.as_ref()
    }

    /// Whether the newest read failed.
    pub(crate) fn is_failing(&self) -> bool {
        self.failing.is_some()
    }

    /// Whether the newest good reading is younger than `age`, so that another is not worth taking.
    pub(crate) fn is_fresh(&self, now: &Instant, age: Duration) -> bool {
        self.failing.is_none() && self.last.is_some_and(|l| now.active_since(&l.at) < age)
    }

    /// Reads the meter and books the difference; a failure opens (or continues) a gap.
    pub(crate) fn read(&mut self, machine: &MachineSample, clock: &dyn Clock) {
        match self.meter.read(machine, clock) {
            Ok(sample) => self.book(sample),
            Err(error) => {
                if self.failing.is_none() {
                    let since = self.last.map_or_else(|| clock.now(), |l| l.at);
                    self.failing = Some((since, error.to_string()));
                }
            }
        }
    }

    /// Asks the device for its use, unless it was asked just now; only GPUs answer.
    pub(crate) fn read_use(&mut self, now: Instant) {
        if matches!(self.info().covers, Covers::Gpu { .. })
            && self.gpu_use.age(&now).is_none_or(|age| age >= USE_AGE)
            && let Some(percent) = self.meter.utilization_percent()
        {
            self.gpu_use.accept(now, percent);
        }
    }

    /// The account now, as an edge of a window.
    pub(crate) fn mark(&self, now: &Instant) -> Mark {
        Mark {
            energy_j: self.energy_j,
            at: match (&self.failing, &self.last) {
                (None, Some(last)) => last.at,
                _ => *now,
            },
            failed: self.failing.is_some(),
            gpu_use: self.gpu_use,
        }
    }

    /// Energy between two edges, J. An edge that fell into a gap is placed in it in proportion to
    /// the time, once a later reading has bridged the gap.
    pub(crate) fn energy_between(&self, open: &Mark, close: &Mark) -> f64 {
        let from = if open.failed {
            self.events.energy_at(&open.at).unwrap_or(open.energy_j)
        } else {
            open.energy_j
        };
        (close.energy_j - from).max(0.0)
    }

    /// Interruptions between two moments, the one that still lasts included (`to` is then the later
    /// moment and it is not bridged).
    pub(crate) fn events_between(&self, from: &Instant, to: &Instant) -> Vec<Event> {
        let mut events: Vec<Event> = self.events.within(from, to).cloned().collect();
        if let Some((since, reason)) = &self.failing
            && since.monotonic < to.monotonic
        {
            events.push(Event {
                from: *since,
                to: *to,
                from_j: self.energy_j,
                to_j: self.energy_j,
                reason: GapReason::ReadFailed(reason.clone()),
                bridged: false,
            });
        }
        events
    }

    fn book(&mut self, sample: Sample) {
        let failed = self.failing.take();
        let Some(last) = self.last.replace(sample) else {
            // No baseline, no delta: what was used before is unknown.
            if let Some((since, reason)) = failed {
                self.interrupt(since, sample.at, 0.0, GapReason::ReadFailed(reason), false);
            }
            return;
        };
        let elapsed = sample.at.active_since(&last.at);
        let asleep = sample.at.asleep_since(&last.at);
        // Some counters go on in sleep, so the time asleep counts for what is plausible.
        let (mut delta_j, restarted) =
            self.difference(&last.reading, &sample.reading, elapsed, asleep);
        let mut bridged = true;
        if matches!(sample.reading, Reading::Power { .. })
            && failed.is_some()
            && elapsed > LONGEST_POWER_BRIDGE
        {
            (delta_j, bridged) = (0.0, false);
        }
        if !asleep.is_zero() && matches!(sample.reading, Reading::Counter { .. }) {
            delta_j = self.awake_part(delta_j, elapsed, asleep);
        }

        if let Some((since, reason)) = failed {
            self.interrupt(since, sample.at, delta_j, GapReason::ReadFailed(reason), bridged);
        }
        if restarted {
            // What was used between the last reading and the restart is missing.
            self.interrupt(last.at, sample.at, delta_j, GapReason::CounterRestarted, false);
        }
        if !asleep.is_zero() {
            self.interrupt(last.at, sample.at, delta_j, GapReason::Suspended, true);
        }
        self.energy_j += delta_j;
        if elapsed >= self.info().refresh * 2 && bridged && !restarted {
            self.power_w = Some(delta_j / elapsed.as_secs_f64());
        }
    }

    fn difference(
        &self,
        last: &Reading,
        now: &Reading,
        elapsed: Duration,
        asleep: Duration,
    ) -> (f64, bool) {
        match (*last, *now) {
            (
                Reading::Counter { count: before, .. },
                Reading::Counter { count, joules_per_count, range },
            ) => {
                let plausible_per_s = self.info().plausible_w / joules_per_count;
                let advance =
                    counter::advance(before, count, range, elapsed + asleep, plausible_per_s);
                let restarted = matches!(advance, Advance::Restarted { .. });
                (advance.units() as f64 * joules_per_count, restarted)
            }
            (Reading::Power { watts: before }, Reading::Power { watts }) => {
                ((before + watts).max(0.0) / 2.0 * elapsed.as_secs_f64(), false)
            }
            (Reading::Accumulated { joules: before }, Reading::Accumulated { joules }) => {
                ((joules - before).max(0.0), false)
            }
            // A meter that changed from a counter to power has no common baseline.
            _ => (0.0, true),
        }
    }

    /// The part of a difference that was used awake: its share of the time, since sleep takes no
    /// more power than waking, or what the last known power gives for the time awake if that is
    /// more.
    fn awake_part(&self, delta_j: f64, elapsed: Duration, asleep: Duration) -> f64 {
        let awake_s = elapsed.as_secs_f64();
        let by_time_j = delta_j * awake_s / (awake_s + asleep.as_secs_f64());
        let by_power_j = self.power_w.unwrap_or(0.0) * awake_s;
        by_time_j.max(by_power_j.min(delta_j))
    }

    fn interrupt(
        &mut self,
        from: Instant,
        to: Instant,
        delta_j: f64,
        reason: GapReason,
        bridged: bool,
    ) {
        let from_j = self.energy_j;
        self.events.push(Event { from, to, from_j, to_j: from_j + delta_j, reason, bridged });
    }
}
