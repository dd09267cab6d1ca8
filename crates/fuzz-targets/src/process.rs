//! What `/proc/<pid>` says of a process and its kin.

use carbon_sensors::process::{
    parse_pids, parse_private_pages, parse_pss, parse_rss, parse_stat_line,
};

use crate::{Target, text};

pub(crate) const PROCESS: Target = Target {
    name: "process",
    seeds: &[
        "4242 (a (b) c) S 17 4242 4242 0 -1 4194304 5 6 7 8 250 30 1200 41 20 0 1 0 987654 1 2 3\n",
        "12 13 14 ",
        "Rss:  100 kB\nPss:  50 kB\n",
        "2000 321 100 1 0 200 0\n",
    ],
    check: |bytes| {
        if let Some(process) = parse_stat_line(bytes) {
            let pid = process.pid.to_string();
            assert!(
                text(bytes).trim_start().trim_start_matches('0').starts_with(&pid) || pid == "0"
            );
        }
        assert!(parse_pids(bytes).all(|pid| pid > 0));
        assert!(parse_pss(bytes).is_none_or(|bytes| bytes % 1024 == 0));
        let resident = parse_rss(bytes, 1);
        assert!(parse_private_pages(bytes).is_none_or(|pages| Some(pages) <= resident));
        assert!(parse_rss(bytes, 4096).is_none_or(|bytes| bytes % 4096 == 0));
    },
};
