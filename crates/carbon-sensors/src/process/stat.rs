//! Parsers of what `/proc/<pid>` says: CPU times, kin and memory of one process.

use crate::machine::{parse_decimal, words};

/// What `/proc/<pid>/stat` says, as far as it is needed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessStat {
    /// Process id.
    pub pid: u32,
    /// Its parent now: 1 or a subreaper once the parent has ended.
    pub parent: u32,
    /// CPU time in user and system mode, all threads; clock ticks.
    pub own_ticks: u64,
    /// The same of children that ended and were waited for, with theirs; clock ticks.
    pub reaped_ticks: u64,
    /// When it started, in clock ticks since boot: with the pid, its identity.
    pub start_ticks: u64,
}

/// Reads the one line of `/proc/<pid>/stat`; `None` for anything that is not such a line, whole.
///
/// The second field is the program's name in parentheses, which may itself hold spaces, parentheses
/// and line ends: it ends at the last parenthesis.
pub fn parse_stat_line(text: &[u8]) -> Option<ProcessStat> {
    const PARENT: usize = 1;
    const USER: usize = 11;
    const SYSTEM: usize = 12;
    const CHILDREN_USER: usize = 13;
    const CHILDREN_SYSTEM: usize = 14;
    const START: usize = 19;

    let open = text.iter().position(|b| *b == b'(')?;
    let close = text.iter().rposition(|b| *b == b')')?;
    let pid = parse_decimal(text.get(..open)?.trim_ascii())?;
    let rest = text.get(close + 1..)?;
    // A field follows the ones that are used; without it the last may be half a number.
    let mut fields = [&[] as &[u8]; START + 2];
    let mut found = 0;
    for (slot, word) in fields.iter_mut().zip(words(rest)) {
        *slot = word;
        found += 1;
    }
    if found < fields.len() || open > close {
        return None;
    }
    let sum = |a: usize, b: usize| {
        // Times of children are printed signed.
        parse_decimal(fields[a])?.checked_add(parse_decimal(fields[b])?)
    };
    Some(ProcessStat {
        pid: u32::try_from(pid).ok()?,
        parent: u32::try_from(parse_decimal(fields[PARENT])?).ok()?,
        own_ticks: sum(USER, SYSTEM)?,
        reaped_ticks: sum(CHILDREN_USER, CHILDREN_SYSTEM)?,
        start_ticks: parse_decimal(fields[START])?,
    })
}

/// The process ids in `/proc/<pid>/task/<tid>/children` or `cgroup.procs`; what is no id is left
/// out.
pub fn parse_pids(text: &[u8]) -> impl Iterator<Item = u32> {
    words(text).filter_map(|word| u32::try_from(parse_decimal(word)?).ok()).filter(|pid| *pid > 0)
}

/// Proportional set size in bytes from `/proc/<pid>/smaps_rollup`.
pub fn parse_pss(text: &[u8]) -> Option<u64> {
    let line = text.split(|b| *b == b'\n').find_map(|line| line.strip_prefix(b"Pss:"))?;
    let mut words = words(line);
    let kibibytes = parse_decimal(words.next()?)?;
    (words.next() == Some(b"kB")).then(|| kibibytes.checked_mul(1024))?
}

/// Resident set size in bytes from `/proc/<pid>/statm`.
pub fn parse_rss(text: &[u8], page_bytes: u64) -> Option<u64> {
    let mut words = words(text);
    let pages = parse_decimal(words.nth(1)?)?;
    words.next()?;
    pages.checked_mul(page_bytes)
}

/// Resident pages that are shared with no file and no shared segment, from `/proc/<pid>/statm`.
pub fn parse_private_pages(text: &[u8]) -> Option<u64> {
    let mut words = words(text);
    let resident = parse_decimal(words.nth(1)?)?;
    let shared = parse_decimal(words.next()?)?;
    words.next()?;
    Some(resident.saturating_sub(shared))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(name: &str) -> Vec<u8> {
        format!(
            "4242 ({name}) S 17 4242 4242 0 -1 4194304 5 6 7 8 250 30 1200 41 20 0 1 0 987654 \
             11796480 321 18446744073709551615 1 1\n"
        )
        .into_bytes()
    }

    #[test]
    fn a_name_may_hold_spaces_and_parentheses() {
        let expected = ProcessStat {
            pid: 4242,
            parent: 17,
            own_ticks: 280,
            reaped_ticks: 1241,
            start_ticks: 987_654,
        };
        for name in ["sh", "a b", "((", ") R 1 2 3 (", "tmux: server", "", "x\ny"] {
            assert_eq!(parse_stat_line(&line(name)), Some(expected), "{name:?}");
        }
    }

    #[test]
    fn a_line_that_breaks_off_is_refused_not_half_read() {
        let whole = line("sh");
        let text = String::from_utf8(whole.clone()).unwrap();
        let after_start = text.find("987654").unwrap() + "987654".len();
        for length in 0..=after_start {
            assert_eq!(parse_stat_line(&whole[..length]), None, "{length}");
        }
    }

    #[test]
    fn memory_has_units() {
        let text = b"55d0-7ffe ---p 00000000 00:00 0  [rollup]\nRss: 900 kB\nPss:  512 kB\n";
        assert_eq!(parse_pss(text), Some(524_288));
        assert_eq!(parse_pss(b"Pss: 51"), None);
        assert_eq!(parse_rss(b"2880 321 200 5 0 100 0\n", 4096), Some(1_314_816));
        assert_eq!(parse_rss(b"2880 3", 4096), None);
        assert_eq!(parse_private_pages(b"2880 321 200 5 0 100 0\n"), Some(121));
        assert_eq!(parse_private_pages(b"2880 321 20"), None);
    }

    #[test]
    fn process_ids_are_listed() {
        assert_eq!(parse_pids(b"12 345 6 ").collect::<Vec<_>>(), [12, 345, 6]);
        assert_eq!(parse_pids(b"").count(), 0);
        assert_eq!(parse_pids(b"x 0 99999999999").count(), 0);
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_parser_panic(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_stat_line(&text);
            let _ = parse_pss(&text);
            let _ = parse_rss(&text, 4096);
            let _ = parse_private_pages(&text);
            let _ = parse_pids(&text).count();
        }
    }
}
