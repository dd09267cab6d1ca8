//! What tests do to a process and to a file from outside.

use std::path::Path;
use std::process::Command;

use crate::sandbox::Server;

/// A number below another, each time a different one.
pub(crate) fn random(below: u64) -> u64 {
    u64::from_le_bytes(*uuid::Uuid::new_v4().as_bytes().last_chunk().unwrap()) % below
}

/// Sets a limit of a running process: what counts, not what it may be set to.
pub(crate) fn limit(server: &Server, name: &str, most: &str) {
    let mut command = Command::new("prlimit");
    command.args(["--pid", &server.id().to_string(), &format!("--{name}={most}:")]);
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// Processor time that a process has taken, in hundredths of a second.
pub(crate) fn processor_time(server: &Server) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// The file is whole by SQLite's own check, and gives back the space of what is deleted.
pub(crate) fn assert_whole(path: &Path) {
    let file = rusqlite::Connection::open(path).unwrap();
    let ask = |sql: &str| file.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(ask("PRAGMA integrity_check"), "ok");
    assert_eq!(ask("SELECT auto_vacuum || '' FROM pragma_auto_vacuum"), "2");
    let strays = "SELECT count(*) || '' FROM pragma_foreign_key_check";
    assert_eq!(ask(strays), "0", "rows that refer to nothing");
}
