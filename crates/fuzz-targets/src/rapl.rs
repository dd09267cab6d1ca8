//! RAPL: counters, the files of the `power` events, names of powercap zones, and the arithmetic of
//! counters that wrap and restart.

use std::time::Duration;

use carbon_sensors::rapl::counter::{Advance, advance};
use carbon_sensors::rapl::parse::{
    parse_counter, parse_cpu_list, parse_event_config, parse_processor, parse_scale,
    parse_unit_is_joules, parse_zone_directory, parse_zone_name,
};

use crate::{Target, is_sound, text};

pub(crate) const FILES: Target = Target {
    name: "rapl",
    seeds: &[
        "262143328850\n",
        "18446744073709551615\n",
        "0,18",
        "0-3,8",
        "2.3283064365386962890625e-10",
        "Joules",
        "event=0x02",
        "package-0-die-1",
        "psys-1",
        "dram",
        "intel-rapl:0:2",
        "vendor_id\t: GenuineIntel\nmodel\t\t: 85\nflags\t\t: fpu hypervisor\n",
    ],
    check: |bytes| {
        let text = text(bytes);
        if let Some(count) = parse_counter(bytes) {
            let digits = text.trim_end().trim_start_matches('0');
            assert_eq!(count.to_string().trim_start_matches('0'), digits);
        }
        assert!(parse_scale(&text).is_none_or(|scale| is_sound(scale) && scale > 0.0));
        assert!(parse_cpu_list(&text).is_none_or(|cpus| cpus.iter().all(|cpu| *cpu < 65_536)));
        assert!(parse_zone_directory(&text).is_none_or(|(control, _)| !control.is_empty()));
        let _ = (parse_event_config(&text), parse_unit_is_joules(&text), parse_zone_name(&text));
        let _ = parse_processor(&text);
    },
};

/// Five numbers of eight bytes: last, now, range, nanoseconds, units per second.
pub(crate) const COUNTER: Target = Target {
    name: "counter",
    seeds: &[
        "\0\0\0\0\0\0\0\0\u{1}\0\0\0\0\0\0\0\u{7f}\0\0\0\0\0\0\0\0\0\0\u{40}\0\0\0\0\0\0\u{10}\0\0\0\0\0",
        "aaaaaaaabbbbbbbbccccccccdddddddde",
    ],
    check: |bytes| {
        let mut numbers = [0_u64; 5];
        for (number, part) in numbers.iter_mut().zip(bytes.chunks(8)) {
            *number = part.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
        }
        let [last, now, range, nanoseconds, rate] = numbers;
        let elapsed = Duration::from_nanos(nanoseconds);
        let advance = advance(last, now, range, elapsed, rate as f64);
        let limit = rate as f64 * (elapsed.as_secs_f64() + 0.25);
        assert!(advance.units() as f64 <= limit * (1.0 + 1e-9), "faster than it can count");
        if let Advance::Restarted { units } = advance {
            assert!(units <= now, "a restart adds no more than was counted since");
        }
    },
};
