//! Windows' energy meters, played by devices that answer control codes with the bytes of `emi.h`.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_model::Source;
use carbon_sensors::emi::parse::{
    EmiError, Version, parse_channel_name, parse_measurements, parse_metadata, parse_metadata_size,
    parse_version,
};
use carbon_sensors::emi::{EmiDevice, Question, discover_in};
use carbon_sensors::{Covers, Discovery, Hindrance, MachineSample, Reading};
use carbon_testkit::FakeClock;

/// The channels of a laptop by Intel and of a desktop by AMD, as Windows' performance counters name
/// them.
const LAPTOP: [&str; 4] =
    ["RAPL_Package0_PKG", "RAPL_Package0_DRAM", "RAPL_Package0_PP0", "RAPL_Package0_PP1"];

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn fixed(text: &str) -> Vec<u8> {
    let mut bytes = utf16(text);
    bytes.resize(32, 0);
    bytes
}

/// `EMI_METADATA_V2`.
fn metadata(channels: &[&str]) -> Vec<u8> {
    let mut bytes = [fixed("Microsoft"), fixed("Intel RAPL")].concat();
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend((channels.len() as u16).to_le_bytes());
    for name in channels {
        let name = utf16(name);
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend(name);
    }
    bytes
}

/// `EMI_METADATA_V1`.
fn metadata_v1(name: &str) -> Vec<u8> {
    let name = utf16(name);
    let mut bytes = [0_u32.to_le_bytes().to_vec(), fixed("Contoso"), fixed("Board")].concat();
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend(name);
    bytes
}

/// A device of version 2 whose counters a test sets, in picowatt-hours.
#[derive(Clone)]
struct Played {
    path: String,
    metadata: Vec<u8>,
    counts: Arc<Mutex<Vec<u64>>>,
    measured: Arc<Mutex<u32>>,
}

impl Played {
    fn new(channels: &[&str], count: u64) -> Self {
        Self {
            path: r"\\?\ACPI#INTC1041".to_owned(),
            metadata: metadata(channels),
            counts: Arc::new(Mutex::new(vec![count; channels.len()])),
            measured: Arc::default(),
        }
    }

    fn device(&self) -> Box<dyn EmiDevice> {
        Box::new(self.clone())
    }

    /// Lets every counter count so many watts for so long.
    fn run(&self, clock: &FakeClock, watts: &[f64], time: Duration) {
        clock.advance(time);
        for (count, watts) in self.counts.lock().expect("a lock").iter_mut().zip(watts) {
            *count += (watts * time.as_secs_f64() / 3.6e-9).round() as u64;
        }
    }
}

impl EmiDevice for Played {
    fn path(&self) -> &str {
        &self.path
    }

    fn ask(&mut self, question: Question, answer: &mut [u8]) -> io::Result<usize> {
        let bytes = match question.code() {
            0x22_4000 => 2_u16.to_le_bytes().to_vec(),
            0x22_4004 => (self.metadata.len() as u32).to_le_bytes().to_vec(),
            0x22_4008 => self.metadata.clone(),
            0x22_400C => {
                *self.measured.lock().expect("a lock") += 1;
                let counts = self.counts.lock().expect("a lock");
                counts.iter().flat_map(|c| [*c, 7]).flat_map(u64::to_le_bytes).collect()
            }
            other => panic!("control code {other:#x}"),
        };
        answer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

fn joules(found: &mut Discovery, clock: &FakeClock) -> Vec<(Covers, f64)> {
    let read = |meter: &mut Box<dyn carbon_sensors::Meter>| {
        let sample = meter.read(&MachineSample::default(), clock).expect("a reading");
        assert_eq!(meter.info().source, Source::WindowsEmi);
        let Reading::Counter { count, joules_per_count, range } = sample.reading else {
            panic!("not a counter")
        };
        assert_eq!(range, u64::MAX);
        (meter.info().covers.clone(), count as f64 * joules_per_count)
    };
    found.meters.iter_mut().map(read).collect()
}

#[test]
fn channels_of_a_package_become_meters_of_what_they_cover() {
    let device = Played::new(&LAPTOP, 1_000_000);
    let mut found = discover_in(vec![Ok(device.device())]);
    let clock = FakeClock::new();
    let before = joules(&mut found, &clock);
    device.run(&clock, &[15.0, 1.5, 9.0, 2.0], Duration::from_secs(10));
    let after = joules(&mut found, &clock);
    let gained: Vec<(Covers, f64)> = after
        .into_iter()
        .zip(before)
        .map(|((covers, after), (_, before))| (covers, (1e3 * (after - before)).round() / 1e3))
        .collect();
    assert_eq!(
        gained,
        [
            (Covers::Package { package: 0, die: None }, 150.0),
            (Covers::Dram { package: 0 }, 15.0),
            (Covers::Cores { package: 0 }, 90.0),
            (Covers::Uncore { package: 0 }, 20.0),
        ]
    );
}

#[test]
fn one_question_serves_all_channels_of_a_sample() {
    let device = Played::new(&LAPTOP, 5);
    let mut found = discover_in(vec![Ok(device.device())]);
    *device.measured.lock().expect("a lock") = 0;
    let clock = FakeClock::new();
    joules(&mut found, &clock);
    clock.advance(Duration::from_secs(1));
    joules(&mut found, &clock);
    assert_eq!(*device.measured.lock().expect("a lock"), 2);
}

#[test]
fn two_counters_of_one_package_are_left_to_the_ledger_to_compare() {
    let package = ["RAPL_Package0_PKG"];
    let devices = [Played::new(&package, 9), Played::new(&package, 9)];
    let found = discover_in(devices.iter().map(|device| Ok(device.device())).collect());
    let infos: Vec<_> = found.meters.iter().map(|meter| meter.info()).collect();
    assert_eq!(infos[0].mirror_group, Some(0));
    assert_eq!(infos[1].mirror_group, Some(0));
    assert_ne!(infos[0].covers, infos[1].covers);
    assert_ne!(infos[0].name, infos[1].name);
}

#[test]
fn unknown_channels_and_dead_counters_are_skipped_with_the_reason() {
    let device = Played::new(&["PSU_USB", "RAPL_Package0_PKG", "RAPL_Package1_PKG"], 9);
    device.counts.lock().expect("a lock")[2] = 0;
    let found = discover_in(vec![Ok(device.device())]);
    assert_eq!(found.meters.len(), 1);
    let reasons: Vec<&str> = found.skipped.iter().map(|s| s.reason.as_str()).collect();
    assert!(reasons[0].contains("not known") && reasons[1].contains("reads 0"), "{reasons:?}");
}

#[test]
fn a_device_that_only_administrators_may_open_is_skipped_with_the_fix() {
    let denied = io::Error::from(io::ErrorKind::PermissionDenied);
    let found = discover_in(vec![Err((r"\\?\ACPI#INTC1041".to_owned(), denied))]);
    let skipped = &found.skipped[0];
    assert_eq!((skipped.source, skipped.hindrance), (Source::WindowsEmi, Hindrance::Denied));
    assert!(skipped.fix.as_deref().unwrap_or_default().contains("administrator"));
}

#[test]
fn a_failed_measurement_is_a_gap() {
    let device = Played::new(&LAPTOP, 5);
    let mut found = discover_in(vec![Ok(device.device())]);
    device.counts.lock().expect("a lock").truncate(2);
    assert!(found.meters[0].read(&MachineSample::default(), &FakeClock::new()).is_err());
}

#[test]
fn both_versions_of_the_metadata_are_read() {
    let second = parse_metadata(Version::V2, &metadata(&LAPTOP)).unwrap();
    assert_eq!((second.maker.as_str(), second.model.as_str()), ("Microsoft", "Intel RAPL"));
    assert_eq!(second.channels, LAPTOP);
    let first = parse_metadata(Version::V1, &metadata_v1("CPU")).unwrap();
    assert_eq!(first.channels, ["CPU"]);
    let nameless = parse_metadata(Version::V1, &metadata_v1("")).unwrap();
    assert_eq!(nameless.channels, ["EMI"]);
    assert_eq!(parse_version(&[1, 0]), Ok(Version::V1));
    assert_eq!(parse_version(&[3, 0]), Err(EmiError::UnknownVersion(3)));
    assert_eq!(parse_metadata_size(&[0x44, 1, 0, 0]), Ok(0x144));
}

#[test]
fn answers_that_lie_about_lengths_are_refused() {
    let whole = metadata(&LAPTOP);
    for length in 0..whole.len() {
        assert!(parse_metadata(Version::V2, &whole[..length]).is_err(), "{length}");
    }
    let mut crowd = whole;
    crowd[66..68].fill(0xFF);
    assert!(matches!(parse_metadata(Version::V2, &crowd), Err(EmiError::Implausible { .. })));
    assert!(matches!(parse_metadata_size(&[0xFF; 4]), Err(EmiError::Implausible { .. })));
    assert!(parse_measurements(&[0; 31], 2).is_err());
    assert!(parse_measurements(&[0; 32], usize::MAX).is_err());
}

#[test]
fn names_say_what_is_covered() {
    assert_eq!(
        parse_channel_name("rapl_package12_pkg"),
        Some(Covers::Package { package: 12, die: None })
    );
    for name in ["RAPL_Package_PKG", "RAPL_Package+1_PKG", "RAPL_Package0_CORE", "PKG", "_Total"] {
        assert_eq!(parse_channel_name(name), None, "{name}");
    }
}
