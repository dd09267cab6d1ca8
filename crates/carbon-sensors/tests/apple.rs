//! Apple's energy channels, played by a library that tells recorded names and counts, and the text of
//! `powermetrics`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_model::Source;
use carbon_sensors::apple::io_report::{
    ChannelName, EnergyChannels, Part, discover_in, parse_channel, parse_unit,
};
use carbon_sensors::apple::powermetrics::{Lines, PowerSample, parse_power};
use carbon_sensors::gpu::GpuVendor;
use carbon_sensors::{Covers, MachineSample, Meter, ReadError, Reading};
use carbon_testkit::FakeClock;

const APPLE_SILICON: &str = include_str!("recorded/powermetrics_apple_m2_macos_26.txt");
const APPLE_SILICON_OLD: &str = include_str!("recorded/powermetrics_apple_m1_macos_11.txt");
const INTEL: &str = include_str!("recorded/powermetrics_intel_macos_10.txt");

#[derive(Clone)]
struct Played {
    names: Vec<ChannelName>,
    counts: Arc<Mutex<Vec<u64>>>,
}

impl Played {
    fn new(channels: &[(&str, &str)]) -> Self {
        let named = |(name, unit): &(&str, &str)| ChannelName {
            name: (*name).to_owned(),
            unit: (*unit).to_owned(),
        };
        let counts = Arc::new(Mutex::new(vec![1_000; channels.len()]));
        Self { names: channels.iter().map(named).collect(), counts }
    }

    fn count(&self, name: &str, by: u64) {
        let place = self.names.iter().position(|channel| channel.name == name).expect("a channel");
        self.counts.lock().expect("a lock")[place] += by;
    }
}

impl EnergyChannels for Played {
    fn names(&self) -> &[ChannelName] {
        &self.names
    }

    fn read(&mut self, counts: &mut Vec<u64>) -> Result<(), ReadError> {
        counts.clone_from(&self.counts.lock().expect("a lock"));
        Ok(())
    }
}

/// Channels of an M1 Max as monitors have listed them: the GPU counts in another unit than the rest.
fn laptop() -> Played {
    Played::new(&[
        ("EACC_CPU", "mJ"),
        ("PACC0_CPU", "mJ"),
        ("PACC1_CPU", "mJ"),
        ("CPU Energy", "mJ      "),
        ("GPU0", "mJ"),
        ("GPU SRAM0", "mJ"),
        ("GPU Energy", "nJ"),
        ("ANE0", "mJ"),
        ("DRAM0", "mJ"),
        ("DISP0", "mJ"),
    ])
}

fn joules(meter: &mut Box<dyn Meter>, clock: &FakeClock) -> f64 {
    let sample = meter.read(&MachineSample::default(), clock).expect("a reading");
    assert_eq!(meter.info().source, Source::AppleIoReport);
    let Reading::Counter { count, joules_per_count, .. } = sample.reading else {
        panic!("not a counter")
    };
    count as f64 * joules_per_count
}

#[test]
fn every_part_is_counted_once_whatever_its_unit() {
    let played = laptop();
    let mut sensors = discover_in(Box::new(played.clone()), "Apple M1 Max", 0);
    let mut gpu = sensors.gpu.take().expect("a GPU");
    assert_eq!(
        (gpu.device.vendor, gpu.device.name.as_str()),
        (GpuVendor::Apple, "Apple M1 Max GPU")
    );
    assert_eq!(gpu.meter.info().covers, Covers::Gpu { index: 0 });
    let clock = FakeClock::new();
    let covers: Vec<Covers> =
        sensors.found.meters.iter().map(|m| m.info().covers.clone()).collect();
    assert_eq!(covers, [Covers::Package { package: 0, die: None }, Covers::Dram { package: 0 }]);

    let before: Vec<f64> = sensors.found.meters.iter_mut().map(|m| joules(m, &clock)).collect();
    let gpu_before_j = joules(&mut gpu.meter, &clock);
    clock.advance(Duration::from_secs(10));
    played.count("CPU Energy", 55_000);
    played.count("PACC0_CPU", 40_000);
    played.count("DRAM0", 4_000);
    played.count("GPU Energy", 2_500_000_000);
    played.count("ANE0", 500);
    let gained: Vec<f64> = sensors
        .found
        .meters
        .iter_mut()
        .zip(before)
        .map(|(meter, before)| (joules(meter, &clock) - before).round())
        .collect();
    assert_eq!(gained, [55.0, 4.0]);
    // 2.5 J of the GPU and 0.5 J of the neural engine.
    assert!((joules(&mut gpu.meter, &clock) - gpu_before_j - 3.0).abs() < 1e-6);
}

#[test]
fn an_ultra_is_counted_by_die() {
    let ultra = [
        ("DIE_0_CPU Energy", "mJ"),
        ("DIE_1_CPU Energy", "mJ"),
        ("GPU Energy", "nJ"),
        ("DRAM0_0", "mJ"),
        ("DRAM0_1", "mJ"),
    ];
    let sensors = discover_in(Box::new(Played::new(&ultra)), "Apple M2 Ultra", 0);
    let details: Vec<(Covers, &str)> = sensors
        .found
        .meters
        .iter()
        .map(|meter| (meter.info().covers.clone(), meter.info().detail.as_str()))
        .collect();
    assert_eq!(
        details,
        [
            (Covers::Package { package: 0, die: Some(0) }, "IOReport DIE_0_CPU Energy"),
            (Covers::Package { package: 0, die: Some(1) }, "IOReport DIE_1_CPU Energy"),
            (Covers::Dram { package: 0 }, "IOReport DRAM0_0 + DRAM0_1"),
        ]
    );
}

#[test]
fn channels_of_unknown_units_or_names_are_skipped_with_the_reason() {
    let played = Played::new(&[("CPU Energy", "ticks"), ("AMCC", "mJ")]);
    let sensors = discover_in(Box::new(played), "", 0);
    assert!(sensors.found.meters.is_empty() && sensors.gpu.is_none());
    let reasons: Vec<&str> = sensors.found.skipped.iter().map(|s| s.reason.as_str()).collect();
    assert!(reasons[0].contains("no energy channel") && reasons[1].contains("unit"), "{reasons:?}");
}

#[test]
fn names_of_parts_within_parts_are_not_counted() {
    assert_eq!(parse_channel("DIE_1_ANE0"), Some(Part::NeuralEngine));
    assert_eq!(parse_channel("DRAM"), Some(Part::Memory));
    for name in
        ["ECPU", "PCPU0", "EACC_CPU", "GPU0", "GPU SRAM0", "DIE_x_CPU Energy", "DRAM BW", ""]
    {
        assert_eq!(parse_channel(name), None, "{name}");
    }
    assert_eq!(parse_unit(" uJ "), Some(1e-6));
    assert_eq!(parse_unit("kWh"), None);
}

fn samples(text: &str) -> Vec<PowerSample> {
    let mut lines = Lines::default();
    text.lines().filter_map(|line| lines.push(line)).collect()
}

#[test]
fn samples_of_an_apple_processor_are_read() {
    let read = samples(APPLE_SILICON);
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].length, Duration::from_micros(1_002_900));
    let watts = |s: &PowerSample| (s.cpu_w, s.gpu_w, s.neural_engine_w, s.memory_w, s.package_w);
    assert_eq!(watts(&read[0]), (Some(0.823), Some(0.026), Some(0.323), None, None));
    assert_eq!(watts(&read[1]), (Some(0.205), Some(0.019), Some(0.221), None, None));
}

#[test]
fn older_systems_tell_the_memory_as_well_and_name_a_part_twice() {
    let read = samples(APPLE_SILICON_OLD);
    assert_eq!(read.len(), 1);
    assert_eq!((read[0].memory_w, read[0].cpu_w), (Some(0.045), Some(0.099)));
}

#[test]
fn an_intel_processor_tells_its_package() {
    let read = samples(INTEL);
    assert_eq!(read.len(), 2);
    assert_eq!((read[0].package_w, read[0].cpu_w), (Some(2.48), None));
    assert_eq!(read[1].package_w, Some(7.31));
}

#[test]
fn a_sample_without_its_length_or_power_is_none() {
    assert_eq!(samples("CPU Power: 5 mW\nCombined Power (CPU + GPU + ANE): 5 mW\n"), []);
    let no_power = "*** Sampled system activity (now) (1000.00ms elapsed) ***\nGPU Power: 5 mW\n";
    assert_eq!(samples(&no_power.repeat(3)), []);
    let endless = "*** Sampled system activity (now) (1e300ms elapsed) ***\nCPU Power: 5 mW\n";
    assert_eq!(samples(&endless.repeat(3)), []);
    for text in ["-5 mW", "5 kW", "mW", "NaN mW", "1e9 W", ""] {
        assert_eq!(parse_power(text), None, "{text}");
    }
    assert_eq!(parse_power(" 0.15W"), Some(0.15));
}
