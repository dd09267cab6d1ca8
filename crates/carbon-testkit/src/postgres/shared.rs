//! One PostgreSQL server for all test programs of a checkout. A runner that gives each test a process
//! would make and start a cluster for each, which takes longer than most of the tests; so the first
//! one starts it, the others find it, and it ends a few seconds after the last.
//!
//! Who uses it holds a shared lock on a file, which the system takes away however the process ends. A
//! second file is locked while it is started, found or stopped, and says where it is.

use std::fs::{self, File, OpenOptions};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{EXPECTED, Postgres, free_port, new_directory};

/// Waits for the end of its input, which is the end of the test's process, and drops its databases.
/// Some time after that it stops the server, unless somebody uses it then.
const WATCHER: &str = r#"
trap "" INT TERM HUP
read -r _
psql() { "$PROGRAMS/psql" -X -q -A -t -h 127.0.0.1 -p "$PORT" -U postgres -d postgres -c "$1"; }
for name in $(psql "SELECT datname FROM pg_database WHERE starts_with(datname, '$PREFIX')"); do
  psql "DROP DATABASE $name WITH (FORCE)"
done
sleep 10
if [ -e "$PLACE" ]; then
  exec 8<"$PLACE" 9<"$USERS"
  flock 8
  flock -n 9 && [ "$(head -n 1 "$PLACE")" = "$DIRECTORY" ] || exit 0
  : >"$PLACE"
fi
"$@" stop -m immediate
cd / && rm -rf "$DIRECTORY"
"#;

/// Handles of this process.
static HANDLES: AtomicU32 = AtomicU32::new(0);

impl Postgres {
    /// The server of all test programs that name the same folder, `env!("CARGO_TARGET_TMPDIR")`. It
    /// keeps nothing over a crash of the machine. Panics where PostgreSQL is not installed.
    pub fn shared(folder: &Path) -> Self {
        let (place, users) = (folder.join("postgres-place"), folder.join("postgres-users"));
        let (found, in_use) = (open(&place), open(&users));
        found.lock().expect(EXPECTED);
        in_use.lock_shared().expect(EXPECTED);
        let running = running(&place);
        let (directory, port) = running.clone().unwrap_or_else(|| (new_directory(), free_port()));
        let mut server = Self::at(directory, port);
        server.in_use = Some(in_use);
        let number = HANDLES.fetch_add(1, Ordering::Relaxed);
        server.prefix = format!("test_{}_{number}_", std::process::id());
        server.watch_shared(&place, &users);
        if running.is_none() {
            server.make();
            server.resume();
            let text = format!("{}\n{port}\n", server.directory.display());
            fs::write(&place, text).expect(EXPECTED);
        }
        server
    }

    fn watch_shared(&mut self, place: &Path, users: &Path) {
        let control = self.control();
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCHER, "watcher"]).arg(control.get_program());
        watcher.args(control.get_args()).current_dir("/");
        watcher.env("DIRECTORY", &self.directory).env("PROGRAMS", &self.programs);
        watcher.env("PORT", self.port.to_string()).env("PREFIX", &self.prefix);
        watcher.env("PLACE", place).env("USERS", users);
        watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.watcher = Some(watcher.spawn().expect(EXPECTED));
    }
}

fn open(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect(EXPECTED)
}

/// Where the server is, if it answers.
fn running(place: &Path) -> Option<(PathBuf, u16)> {
    let text = fs::read_to_string(place).expect(EXPECTED);
    let (directory, port) = text.trim_end().split_once('\n')?;
    let (directory, port) = (PathBuf::from(directory), port.parse().ok()?);
    let is_it = directory.join("data/postmaster.pid").is_file();
    (is_it && TcpStream::connect(("127.0.0.1", port)).is_ok()).then_some((directory, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_who_share_a_server_have_databases_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (Postgres::shared(folder.path()), Postgres::shared(folder.path()));
        assert_eq!((a.port, &a.directory), (b.port, &b.directory));
        let mine = a.database();
        a.psql(&mine, "CREATE TABLE here ()");
        let tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'here'";
        assert_eq!(b.psql(&mine, tables), "1");
        assert_eq!(b.psql(&b.database(), tables), "0");
        let own = Postgres::start();
        assert_ne!(own.port, a.port);
    }
}
