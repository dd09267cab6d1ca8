//! Who keeps a machine busy, for the message that says why it cannot be calibrated.

use std::collections::HashMap;

use carbon_sensors::SysRoot;
use carbon_sensors::process::parse_stat_line;

/// CPU time of every process by its pid, with its name.
pub(super) type Ticks = HashMap<u32, (u64, String)>;

/// Reads it. 20 µs a process.
pub(super) fn ticks(root: &SysRoot) -> Ticks {
    let pids = root.list("proc").into_iter().filter_map(|name| name.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let text = std::fs::read(root.path(format!("proc/{pid}/stat"))).ok()?;
        let stat = parse_stat_line(&text)?;
        let open = text.iter().position(|b| *b == b'(')?;
        let close = text.iter().rposition(|b| *b == b')')?;
        let name = String::from_utf8_lossy(text.get(open + 1..close)?);
        // A program may call itself what it likes; a terminal is not to obey it.
        let name = name.chars().filter(|c| !c.is_control()).collect();
        Some((pid, (stat.own_ticks, name)))
    })
    .collect()
}

/// The busiest processes between two readings, the busiest first: "rustc (pid 812)".
pub(super) fn busiest(before: &Ticks, after: &Ticks, most: usize) -> Vec<String> {
    let used =
        |pid: &u32, now: u64| before.get(pid).map_or(0, |(then, _)| now.saturating_sub(*then));
    let mut all: Vec<(u64, String)> = after
        .iter()
        .map(|(pid, (now, name))| (used(pid, *now), format!("{name} (pid {pid})")))
        .filter(|(ticks, _)| *ticks > 0)
        .collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    all.into_iter().take(most).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_are_named_by_what_they_used_meanwhile() {
        let of = |entries: &[(u32, u64, &str)]| -> Ticks {
            entries.iter().map(|(pid, t, name)| (*pid, (*t, (*name).to_owned()))).collect()
        };
        let before = of(&[(1, 9000, "init"), (7, 10, "cc1"), (8, 10, "ld")]);
        let after = of(&[(1, 9000, "init"), (7, 60, "cc1"), (8, 15, "ld"), (9, 0, "new")]);
        assert_eq!(busiest(&before, &after, 5), ["cc1 (pid 7)", "ld (pid 8)"]);
        assert_eq!(busiest(&before, &after, 1), ["cc1 (pid 7)"]);
    }

    #[test]
    fn this_process_is_among_those_that_are_read() {
        let ticks = ticks(&SysRoot::default());
        assert!(ticks.contains_key(&std::process::id()));
    }
}
