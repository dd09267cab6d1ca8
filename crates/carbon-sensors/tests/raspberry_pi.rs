//! The supply chip of a Raspberry Pi 5, played by a firmware that answers recorded text.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_model::Source;
use carbon_sensors::raspberry_pi::mailbox::{Firmware, MailboxError, Message};
use carbon_sensors::raspberry_pi::rails::{RailsError, parse_rails};
use carbon_sensors::raspberry_pi::{discover, discover_in, has_sensor};
use carbon_sensors::{Covers, Discovery, Hindrance, MachineSample, ReadError, Reading};
use carbon_testkit::{FakeClock, Machine, machines};

/// What the firmware of a Raspberry Pi 5 answered when it was idle, as people have published it.
const IDLE: &str = include_str!("recorded/raspberry_pi_5_pmic_read_adc.txt");

/// Answers each message with the text that a test has laid down, and counts them.
#[derive(Clone, Default)]
struct Played {
    text: Arc<Mutex<String>>,
    asked: Arc<Mutex<u32>>,
}

impl Firmware for Played {
    fn exchange(&mut self, message: &mut Message) -> Result<(), ReadError> {
        *self.asked.lock().expect("a lock") += 1;
        let words = message.words();
        assert_eq!(words[0] as usize, 4 * words.len());
        assert_eq!((words[1], words[2]), (0, 0x0003_0080));
        let command: Vec<u8> = words[6..].iter().flat_map(|word| word.to_le_bytes()).collect();
        assert!(command.starts_with(b"pmic_read_adc\0"));
        words[6..].fill(0);
        for (at, byte) in self.text.lock().expect("a lock").bytes().enumerate() {
            words[6 + at / 4] |= u32::from(byte) << (8 * (at % 4));
        }
        words[1] = 0x8000_0000;
        Ok(())
    }
}

fn board(text: &str) -> (Discovery, Played) {
    let played = Played::default();
    text.clone_into(&mut played.text.lock().expect("a lock"));
    (discover_in(Ok(Box::new(played.clone()))), played)
}

fn watts(found: &mut Discovery, clock: &FakeClock) -> Vec<(Covers, f64)> {
    let read = |meter: &mut Box<dyn carbon_sensors::Meter>| {
        let sample = meter.read(&MachineSample::default(), clock).expect("a reading");
        assert_eq!(meter.info().source, Source::RaspberryPiPmic);
        let Reading::Power { watts } = sample.reading else { panic!("not a power") };
        (meter.info().covers.clone(), watts)
    };
    found.meters.iter_mut().map(read).collect()
}

#[test]
fn processor_memory_and_board_are_told_apart() {
    let (mut found, _) = board(IDLE);
    let read = watts(&mut found, &FakeClock::new());
    let [(package, package_w), (dram, dram_w), (system, system_w)] = read.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(*package, Covers::Package { package: 0, die: None });
    assert_eq!((dram, system), (&Covers::Dram { package: 0 }, &Covers::System));
    // 0.56259 A × 0.7679846 V.
    assert!((package_w - 0.432_060).abs() < 1e-5, "{package_w}");
    assert!((dram_w - 0.023_861).abs() < 1e-5, "{dram_w}");
    // The rails together are 1.7667 W; the plug of an idle board shows 2.5 to 2.8 W.
    assert!((2.5..2.8).contains(system_w), "{system_w}");
}

#[test]
fn one_message_serves_all_meters_of_a_sample() {
    let (mut found, played) = board(IDLE);
    let clock = FakeClock::new();
    *played.asked.lock().expect("a lock") = 0;
    watts(&mut found, &clock);
    assert_eq!(*played.asked.lock().expect("a lock"), 1);
    clock.advance(Duration::from_secs(1));
    *played.text.lock().expect("a lock") =
        IDLE.replace("current(7)=0.56259000A", "current(7)=5.0A");
    assert!((watts(&mut found, &clock)[0].1 - 3.839_923).abs() < 1e-5);
    assert_eq!(*played.asked.lock().expect("a lock"), 2);
}

#[test]
fn a_rail_that_is_not_told_is_a_gap_for_what_needs_it() {
    let (mut found, played) = board(IDLE);
    let clock = FakeClock::new();
    *played.text.lock().expect("a lock") = IDLE.replace("DDR_VDDQ_V volt(12)=0.60329610V", "");
    let read: Vec<bool> = found
        .meters
        .iter_mut()
        .map(|meter| meter.read(&MachineSample::default(), &clock).is_ok())
        .collect();
    assert_eq!(read, [true, false, false], "memory and board need it, the processor does not");
}

#[test]
fn a_firmware_that_does_not_know_the_command_is_no_sensor() {
    let (found, _) = board("error=1 error_msg=\"Command not registered\"");
    assert!(found.meters.is_empty());
    let skipped = &found.skipped[0];
    assert!(skipped.reason.contains("Command not registered"), "{skipped:?}");
    assert!(matches!(parse_rails(""), Err(RailsError::NotTold(_))));
}

#[test]
fn a_refused_message_is_no_answer() {
    let mut message = Message::asking("pmic_read_adc");
    assert_eq!(message.answer(), Err(MailboxError::Refused(0)));
    message.words()[1] = 0x8000_0000;
    message.words()[5] = 1;
    assert_eq!(message.answer(), Err(MailboxError::Failed(1)));
}

#[test]
fn values_that_no_board_has_are_not_taken() {
    let text = "VDD_CORE_A current(7)=-1.0A\n VDD_CORE_V volt(15)=0.7V\n3V3_SYS_A current(1)=NaNA\n\
                1V8_SYS_A current(2)=1e9A\nHDMI_A current(22)=0.5A\nHDMI_V volt(23)=5V\n";
    let rails = parse_rails(text).unwrap();
    assert_eq!(rails.power_w("VDD_CORE"), None);
    assert_eq!(rails.total_w(), Some(2.5));
}

#[test]
fn only_boards_with_the_chip_are_asked() {
    for model in [
        "Raspberry Pi 5 Model B Rev 1.0\0",
        "Raspberry Pi Compute Module 5 Rev 1.0",
        "Raspberry Pi 500 Rev 1.0",
    ] {
        assert!(has_sensor(model), "{model}");
    }
    for model in [
        "Raspberry Pi 4 Model B Rev 1.5",
        "Raspberry Pi Compute Module 4",
        "Raspberry Pi Zero 2 W",
        "Orange Pi 5",
        "",
    ] {
        assert!(!has_sensor(model), "{model}");
    }
}

#[test]
fn a_mailbox_for_a_group_is_skipped_with_the_fix() {
    let machine = Machine::load(machines::RASPBERRY_PI_5);
    let found = discover(&machine.sysroot());
    assert!(found.meters.is_empty());
    let skipped = &found.skipped[0];
    assert_eq!((skipped.source, skipped.hindrance), (Source::RaspberryPiPmic, Hindrance::Denied));
    assert!(skipped.fix.as_deref().unwrap_or_default().contains("usermod -aG video"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_no_mailbox_is_broken_not_a_reading() {
    let machine = Machine::load(
        "== proc/device-tree/model = Raspberry Pi 5 Model B Rev 1.0\n== dev/vcio = no device\n",
    );
    let found = discover(&machine.sysroot());
    assert!(found.meters.is_empty());
    assert_eq!(found.skipped[0].hindrance, Hindrance::Broken, "{found:?}");
}
