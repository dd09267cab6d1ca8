//! What sensors of other systems and of small boards answer: bytes of Windows' energy meters, names and
//! text of Apple's, text and rails of boards.

use carbon_sensors::apple::io_report::{Part, parse_channel, parse_unit};
use carbon_sensors::apple::powermetrics::{Lines, parse_power};
use carbon_sensors::emi::parse::{
    MOST_CHANNELS, MOST_METADATA_BYTES, Version, parse_channel_name, parse_measurements,
    parse_metadata, parse_metadata_size, parse_version,
};
use carbon_sensors::jetson;
use carbon_sensors::raspberry_pi::mailbox::Message;
use carbon_sensors::raspberry_pi::{has_sensor, rails::parse_rails};

use crate::{Target, is_sound, text};

pub(crate) const EMI: Target = Target {
    name: "windows-emi",
    seeds: &[
        // Maker and model, revision, two channels.
        "M\0S\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
         R\0A\0P\0L\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
         \x01\0\x02\0\0\0\0\0\x06\0P\0K\0\0\0\0\0\0\0\x02\0\0\0",
        // Version 1: the unit first, one channel.
        "\0\0\0\0M\0S\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
         R\0A\0P\0L\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x04\0C\0\0\0",
        "RAPL_Package0_PKG",
        "\x10\x27\0\0\0\0\0\0\x07\0\0\0\0\0\0\0",
    ],
    check: |bytes| {
        let _ = parse_version(bytes);
        if let Ok(size) = parse_metadata_size(bytes) {
            assert!((1..=MOST_METADATA_BYTES).contains(&size));
        }
        for version in [Version::V1, Version::V2] {
            if let Ok(metadata) = parse_metadata(version, bytes) {
                assert!((1..=MOST_CHANNELS).contains(&metadata.channels.len()));
                let told: usize = metadata.channels.iter().map(|name| name.chars().count()).sum();
                assert!(2 * told <= bytes.len(), "more than the answer holds");
            }
        }
        let whole = bytes.len() / 16;
        assert_eq!(parse_measurements(bytes, whole).map(Iterator::count), Ok(whole));
        assert!(parse_measurements(bytes, whole + 1).is_err());
        let name = text(bytes);
        if parse_channel_name(&name).is_some() {
            assert!(name.contains('_') && name.contains(|c: char| c.is_ascii_digit()));
        }
    },
};

pub(crate) const IO_REPORT: Target = Target {
    name: "apple-io-report",
    seeds: &["CPU Energy", "DIE_1_CPU Energy", "ANE0_1", "DRAM0", "GPU SRAM0", "mJ      ", "nJ"],
    check: |bytes| {
        let text = text(bytes);
        if let Some(Part::Cpu { die }) = parse_channel(&text) {
            assert_eq!(die.is_some(), text.starts_with("DIE_"));
        }
        assert!(parse_unit(&text).is_none_or(|joules| (1e-9..=1.0).contains(&joules)));
    },
};

pub(crate) const POWERMETRICS: Target = Target {
    name: "powermetrics",
    seeds: &[
        "*** Sampled system activity (Fri Sep 11 13:41:46 2026 -0700) (1002.90ms elapsed) ***\n\
         CPU Power: 823 mW\nGPU Power: 26 mW\nANE Power: 323 mW\n\
         Combined Power (CPU + GPU + ANE): 1172 mW\n",
        "*** Sampled system activity (now) (5009.63ms elapsed) ***\n\
         Intel energy model derived package power (CPUs+GT+SA): 2.48W\n",
        "*** Sampled system activity (now) (1ms elapsed) ***\nDRAM Power: 45 mW\nCPU Power: 1 mW\n\
         *** Sampled system activity (now) (1ms elapsed) ***\n",
    ],
    check: |bytes| {
        let text = text(bytes);
        let mut lines = Lines::default();
        for sample in text.lines().filter_map(|line| lines.push(line)) {
            assert!(!sample.length.is_zero());
            let parts = [sample.cpu_w, sample.gpu_w, sample.neural_engine_w, sample.memory_w];
            let told: Vec<f64> = parts.into_iter().chain([sample.package_w]).flatten().collect();
            assert!(!told.is_empty() && told.into_iter().all(is_sound), "{sample:?}");
        }
        assert!(parse_power(&text).is_none_or(is_sound));
    },
};

pub(crate) const BOARDS: Target = Target {
    name: "boards",
    seeds: &[
        "  VDD_CORE_A current(7)=0.56259000A\n  VDD_CORE_V volt(15)=0.76798460V\n",
        "     EXT5V_V volt(24)=5.14158000V\n HDMI_A current(22)=0.0A\n HDMI_V volt(23)=5.1V\n",
        "error=1 error_msg=\"Command not registered\"",
        "Raspberry Pi 5 Model B Rev 1.0\0",
        "VDD_GPU_SOC\nVDD_CPU_CV\nVIN_SYS_5V0\nVDDQ_VDD2_1V8AO",
        "VDD_IN\nVDD_CPU_GPU_CV\nVDD_SOC",
    ],
    check: |bytes| {
        let text = text(bytes);
        if let Ok(rails) = parse_rails(&text) {
            assert!(rails.total_w().is_none_or(is_sound), "{rails:?}");
        }
        let _ = has_sensor(&text);
        let names: Vec<&str> = text.lines().collect();
        if let Some(mut chosen) = jetson::choose(&names) {
            assert!(chosen.iter().all(|place| *place < names.len()));
            let count = chosen.len();
            chosen.sort_unstable();
            chosen.dedup();
            assert_eq!(chosen.len(), count, "a rail counts twice");
        }
        let mut message = Message::asking(&text);
        assert!(message.answer().is_err(), "nobody has answered");
        for (word, bytes) in message.words().iter_mut().zip(bytes.chunks_exact(4)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        if let Ok(answer) = message.answer() {
            assert!(!answer.contains('\0'));
        }
    },
};
