//! What a run has come to at a moment, and what lies between two of them: files hold totals so far,
//! the store holds intervals.

use carbon_report::Entry;
use carbon_store::{MAX_VALUE, Measured};

/// Totals of a run so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Totals {
    duration_s: f64,
    emissions_kg: f64,
    energy_kwh: f64,
    cpu_energy_kwh: f64,
    gpu_energy_kwh: f64,
    ram_energy_kwh: f64,
}

impl Totals {
    /// Those of an entry. A duration beyond what the store takes, which no clock measures, is cut; the
    /// energy beside it counts all the same.
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            duration_s: entry.duration_s.min(MAX_VALUE),
            emissions_kg: entry.emissions.kilograms(),
            energy_kwh: entry.energy.total.kilowatt_hours(),
            cpu_energy_kwh: entry.energy.cpu.kilowatt_hours(),
            gpu_energy_kwh: entry.energy.gpu.kilowatt_hours(),
            ram_energy_kwh: entry.energy.ram.kilowatt_hours(),
        }
    }

    fn all(&self) -> [f64; 6] {
        [
            self.duration_s,
            self.emissions_kg,
            self.energy_kwh,
            self.cpu_energy_kwh,
            self.gpu_energy_kwh,
            self.ram_energy_kwh,
        ]
    }

    /// How long the run had lasted.
    pub(super) fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// Whether the store takes them.
    pub(super) fn can_be_kept(&self) -> bool {
        self.all().iter().all(|figure| figure.abs() <= MAX_VALUE)
    }

    /// Whether a run that had come to `earlier` may have come to these: later, and nothing less.
    pub(super) fn follow(&self, earlier: &Self) -> bool {
        let is_later = self.duration_s > earlier.duration_s || *earlier == Self::default();
        is_later && self.all().iter().zip(earlier.all()).all(|(now, then)| *now >= then)
    }

    /// What was measured since `earlier`, with the mean power of the time between.
    pub(super) fn since(&self, earlier: &Self, entry: &Entry) -> Measured {
        let duration_s = self.duration_s - earlier.duration_s;
        let emissions_kg = self.emissions_kg - earlier.emissions_kg;
        let rate =
            |of: f64| (duration_s > 0.0).then(|| of / duration_s).filter(|rate| is_possible(*rate));
        let watts = |kwh: f64| rate(kwh * 3.6e6);
        let cpu = self.cpu_energy_kwh - earlier.cpu_energy_kwh;
        let gpu = self.gpu_energy_kwh - earlier.gpu_energy_kwh;
        let ram = self.ram_energy_kwh - earlier.ram_energy_kwh;
        Measured {
            duration_s,
            emissions_kg: Some(emissions_kg),
            emissions_rate_kg_s: rate(emissions_kg),
            cpu_power_w: watts(cpu),
            gpu_power_w: watts(gpu),
            ram_power_w: watts(ram),
            cpu_energy_kwh: Some(cpu),
            gpu_energy_kwh: Some(gpu),
            ram_energy_kwh: Some(ram),
            energy_kwh: Some(self.energy_kwh - earlier.energy_kwh),
            wue: if is_possible(entry.wue_l_per_kwh) { entry.wue_l_per_kwh } else { 0.0 },
            ..Measured::default()
        }
    }

    /// All of a run at once, with its mean use and with the bounds that a report tells.
    pub(super) fn whole(&self, entry: &Entry) -> Measured {
        let [cpu, gpu, ram] = entry.used_percent;
        let measured = Measured {
            cpu_utilization_percent: cpu,
            gpu_utilization_percent: gpu.filter(|_| entry.equipment.gpu_count > 0),
            ram_utilization_percent: ram,
            ..self.since(&Self::default(), entry)
        };
        let Some(told) = &entry.told else { return measured };
        let (energy, emissions) = (told.energy, told.emissions);
        let bounds = |low: f64, value: f64, high: f64| {
            (low <= value && value <= high && is_possible(high)).then_some((low, high))
        };
        let of_energy =
            bounds(energy.low.kilowatt_hours(), self.energy_kwh, energy.high.kilowatt_hours());
        let of_emissions =
            bounds(emissions.low.kilograms(), self.emissions_kg, emissions.high.kilograms());
        Measured {
            energy_low_kwh: of_energy.map(|(low, _)| low),
            energy_high_kwh: of_energy.map(|(_, high)| high),
            emissions_low_kg: of_emissions.map(|(low, _)| low),
            emissions_high_kg: of_emissions.map(|(_, high)| high),
            ..measured
        }
    }
}

fn is_possible(figure: f64) -> bool {
    figure.abs() <= MAX_VALUE
}
