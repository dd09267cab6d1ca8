//! The script format: what happens to a machine as its clock goes forward.
//!
//! ```text
//! @ 0s power sys/class/powercap/intel-rapl:0/energy_uj 50W
//! @ 0s load 0.25
//! @ 2s deny sys/class/powercap/intel-rapl:0/energy_uj
//! @ 3s restore
//! @ 4s suspend 3600s
//! ```
//!
//! A line is `@`, a time since the machine was made (its monotonic clock), a verb and what it needs:
//!
//! | verb | effect |
//! | --- | --- |
//! | `set PATH TEXT` | the file holds TEXT and a newline |
//! | `add PATH NUMBER` | the number in the file grows by NUMBER |
//! | `rate PATH NUMBER [RANGE]` | from now it grows by NUMBER a second, from RANGE on to 0 |
//! | `power PATH NUMBERW` | the same in watts, unit and range as the kernel has them for that file |
//! | `load SHARE` | from now `/proc/stat` counts this busy share, 0 to 1, of every CPU |
//! | `deny PATH`, `chmod PATH 000` | reading fails with "permission denied", for root as well |
//! | `remove PATH` | the file is gone; a descriptor that is open on it reads nothing |
//! | `garbage PATH` | the file holds something that is not a number |
//! | `short PATH` | the file breaks off in the middle |
//! | `restore [PATH]` | undoes the faults of a file, or all of them |
//! | `suspend TIME` | the machine sleeps: the boot and wall clocks go on, counters do not |

use std::time::Duration;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Replaces the content.
    Set(String, String),
    /// Adds to the number in the file.
    Add(String, u64),
    /// Lets the number in the file grow.
    Rate {
        /// File.
        path: String,
        /// Units per second.
        per_second: f64,
        /// Largest value before zero.
        range: Option<u64>,
    },
    /// Lets an energy counter grow, in watts.
    Power(String, f64),
    /// Busy share of every CPU in `/proc/stat`.
    Load(f64),
    /// Reading fails.
    Deny(String),
    /// The file is gone.
    Remove(String),
    /// The file holds no number.
    Garbage(String),
    /// The file breaks off.
    Short(String),
    /// Undoes faults.
    Restore(Option<String>),
    /// The machine sleeps.
    Suspend(Duration),
}

/// Parses one line into the time since the machine was made and what happens then. Panics with
/// the line when it is malformed.
pub fn parse_line(line: &str) -> (Duration, Action) {
    parse_event(line).unwrap_or_else(|| panic!("not a script line: {line:?}"))
}

fn parse_event(line: &str) -> Option<(Duration, Action)> {
    let mut words = line.strip_prefix('@')?.split_whitespace();
    let at = parse_duration(words.next()?)?;
    let verb = words.next()?;
    let rest: Vec<&str> = words.collect();
    let action = match (verb, rest.as_slice()) {
        ("set", [path, text @ ..]) => Action::Set((*path).to_owned(), text.join(" ")),
        ("add", [path, by]) => Action::Add((*path).to_owned(), by.parse().ok()?),
        ("rate", [path, rate, range @ ..]) => Action::Rate {
            path: (*path).to_owned(),
            per_second: rate.trim_end_matches("/s").parse().ok()?,
            range: range.first().map(|r| r.parse()).transpose().ok()?,
        },
        ("power", [path, watts]) => {
            Action::Power((*path).to_owned(), watts.strip_suffix('W')?.parse().ok()?)
        }
        ("load", [share]) => Action::Load(share.parse().ok()?),
        ("deny", [path]) | ("chmod", [path, "000"]) => Action::Deny((*path).to_owned()),
        ("remove", [path]) => Action::Remove((*path).to_owned()),
        ("garbage", [path]) => Action::Garbage((*path).to_owned()),
        ("short", [path]) => Action::Short((*path).to_owned()),
        ("restore", []) => Action::Restore(None),
        ("restore", [path]) => Action::Restore(Some((*path).to_owned())),
        ("suspend", [time]) => Action::Suspend(parse_duration(time)?),
        _ => return None,
    };
    Some((at, action))
}

/// `500us`, `20ms`, `1.5s`, `2m`, `1h`.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit_s = match &text[digits.len()..] {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(digits.parse::<f64>().ok()? * unit_s).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_documented() {
        let path = || "a/b".to_owned();
        let cases = [
            ("@ 2s set a/b x y", 2000, Action::Set(path(), "x y".to_owned())),
            ("@ 500ms add a/b 7", 500, Action::Add(path(), 7)),
            (
                "@ 1m rate a/b 50e6/s 99",
                60_000,
                Action::Rate { path: path(), per_second: 50e6, range: Some(99) },
            ),
            ("@ 0s power a/b 12.5W", 0, Action::Power(path(), 12.5)),
            ("@ 4s chmod a/b 000", 4000, Action::Deny(path())),
            ("@ 1h suspend 2m", 3_600_000, Action::Suspend(Duration::from_mins(2))),
            ("@ 1.5s restore", 1500, Action::Restore(None)),
        ];
        for (line, at_ms, action) in cases {
            assert_eq!(parse_line(line), (Duration::from_millis(at_ms), action), "{line}");
        }
    }

    #[test]
    #[should_panic(expected = "not a script line")]
    fn an_unknown_verb_is_refused() {
        parse_line("@ 1s explode a/b");
    }
}
