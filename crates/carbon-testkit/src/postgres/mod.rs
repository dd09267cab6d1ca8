//! A PostgreSQL server of the tests' own: a new cluster in a temporary directory, on a free port of
//! loopback, run by an unprivileged user. It ends with the test's process, however that ends, or is
//! [shared](Postgres::shared) with others.
//!
//! It uses the programs that Debian's package `postgresql` installs and no driver: databases are
//! made with `createdb`.

mod shared;

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where Debian keeps the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// Waits for the end of its input, which is the end of the test's process, and cleans up.
const WATCHER: &str = r#"
trap "" INT TERM HUP
read -r _
"$@" stop -m immediate >/dev/null 2>&1
cd / && rm -rf "$DIRECTORY"
"#;

/// What is said where a test cannot set itself up.
const EXPECTED: &str = "files, ports and processes of a test";

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    directory: PathBuf,
    programs: PathBuf,
    port: u16,
    user: Option<String>,
    /// What the names of the databases begin with.
    prefix: String,
    databases: AtomicU32,
    watcher: Option<Child>,
    /// Locked while a shared server is used.
    in_use: Option<File>,
}

impl Postgres {
    /// Makes a cluster and starts it, which takes about two seconds. Panics where PostgreSQL is not
    /// installed.
    pub fn start() -> Self {
        let mut server = Self::at(new_directory(), free_port());
        server.watch();
        server.make();
        server.resume();
        server
    }

    fn at(directory: PathBuf, port: u16) -> Self {
        Self {
            directory,
            programs: programs().expect("PostgreSQL: apt-get install postgresql"),
            port,
            user: unprivileged(),
            prefix: "test_".to_owned(),
            databases: AtomicU32::new(0),
            watcher: None,
            in_use: None,
        }
    }

    fn make(&self) {
        let initdb = self.programs.join("initdb");
        let mut command = self.as_user(&initdb);
        command.arg("-D").arg(self.files());
        command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        succeed(&mut command);
    }

    /// A new empty database; its address.
    pub fn database(&self) -> String {
        self.database_like("template1")
    }

    /// A new copy of a database that nobody is connected to; its address.
    pub fn database_like(&self, template: &str) -> String {
        let template = template.rsplit('/').next().unwrap_or(template);
        let name = format!("{}{}", self.prefix, self.databases.fetch_add(1, Ordering::Relaxed));
        let mut command = Command::new(self.programs.join("createdb"));
        command.args(["-h", "127.0.0.1", "-U", "postgres", "-T", template, "-p"]);
        succeed(command.arg(self.port.to_string()).arg(&name));
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs statements with `psql` and gives what it prints: values only, `|` between them.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        let mut command = Command::new(self.programs.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]);
        let output = command.output().expect(EXPECTED);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect(EXPECTED).trim().to_owned()
    }

    /// Stops the server at once, as a crash would.
    pub fn crash(&self) {
        succeed(self.control().args(["stop", "-m", "immediate", "-w"]));
    }

    /// Stops the server as its operator does, who does not wait for those who are connected.
    pub fn shut_down(&self) {
        succeed(self.control().args(["stop", "-m", "fast", "-w"]));
    }

    /// Starts it again after `crash` or `shut_down`.
    pub fn resume(&self) {
        // What many tests share ends with them; what is one test's own may be there to crash.
        let fsync = if self.in_use.is_some() { "off" } else { "on" };
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
             -c max_connections=200 -c shared_buffers=128MB -c fsync={fsync}",
            self.port
        );
        let log = self.directory.join("log");
        succeed(self.control().arg("-l").arg(log).args(["-w", "-o", &options, "start"]));
    }

    /// Lets the server speak TLS, for `localhost` and with a certificate of its own: its file.
    pub fn offer_tls(&self, database: &str) -> PathBuf {
        let (key, certificate) = (self.files().join("server.key"), self.files().join("server.crt"));
        let mut command = self.as_user(Path::new("openssl"));
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        command.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
        command.args(["-addext", "subjectAltName=DNS:localhost"]);
        command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        succeed(command.arg("-keyout").arg(key).arg("-out").arg(&certificate));
        self.psql(database, "ALTER SYSTEM SET ssl = on");
        self.psql(database, "SELECT pg_reload_conf()");
        while self.psql(database, "SHOW ssl") != "on" {
            std::thread::yield_now();
        }
        certificate
    }

    fn files(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn control(&self) -> Command {
        let mut command = self.as_user(&self.programs.join("pg_ctl"));
        command.arg("-D").arg(self.files());
        command
    }

    /// A program run by the user that may run a server, which root may not.
    fn as_user(&self, program: &Path) -> Command {
        let mut command = match &self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]);
                command.arg(program);
                command
            }
        };
        command.current_dir(&self.directory);
        command
    }

    fn watch(&mut self) {
        let control = self.control();
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCHER, "watcher"]).arg(control.get_program());
        watcher.args(control.get_args()).current_dir("/");
        watcher.env("DIRECTORY", &self.directory);
        watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.watcher = Some(watcher.spawn().expect(EXPECTED));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Some(mut watcher) = self.watcher.take() else { return };
        drop(watcher.stdin.take());
        if self.in_use.is_none() {
            // It ends by itself; waiting only makes sure that the directory is gone.
            drop(watcher.wait());
        }
    }
}

/// The programs of the newest version that is installed.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(VERSIONS).ok()?.flatten().map(|entry| entry.path());
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.max_by_key(number)?.join("bin");
    newest.join("initdb").is_file().then_some(newest)
}

/// Who runs the server when the test is run by root.
fn unprivileged() -> Option<String> {
    if id("-u", "") != Some(0) {
        return None;
    }
    let names = ["postgres", "nobody"].into_iter();
    names.map(str::to_owned).find(|name| id("-u", name).is_some())
}

fn id(flag: &str, user: &str) -> Option<u32> {
    let mut command = Command::new("id");
    command.arg(flag);
    if !user.is_empty() {
        command.arg(user);
    }
    let output = command.stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// An empty folder of the one who runs the server.
fn new_directory() -> PathBuf {
    let directory = tempfile::Builder::new().prefix("postgres-").tempdir().expect(EXPECTED).keep();
    if let Some(name) = unprivileged() {
        let uid = id("-u", &name).expect("the user has a number");
        let gid = id("-g", &name).expect("the user has a group");
        chown(&directory, Some(uid), Some(gid)).expect(EXPECTED);
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).expect(EXPECTED);
    directory
}

fn free_port() -> u16 {
    let listener: io::Result<TcpListener> = TcpListener::bind("127.0.0.1:0");
    listener.and_then(|listener| listener.local_addr()).expect(EXPECTED).port()
}

fn succeed(command: &mut Command) {
    // Files rather than pipes: a server that is started keeps them open.
    let log = tempfile::tempfile().expect(EXPECTED);
    command.stdin(Stdio::null());
    command.stdout(log.try_clone().expect(EXPECTED)).stderr(log.try_clone().expect(EXPECTED));
    let status = command.status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        let mut text = String::new();
        let mut log = log;
        io::Seek::rewind(&mut log).expect(EXPECTED);
        drop(io::Read::read_to_string(&mut log, &mut text));
        panic!("{command:?}: {status:?}\n{text}");
    }
}
