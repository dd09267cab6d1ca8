//! Real programs that the tests talk to: a Prometheus server and its push gateway from Debian, the
//! official definitions and servers of OTLP and Schemathesis from PyPI, a certified OpenID provider from
//! npm; and PostgreSQL, which is installed, because the store is never tested on one database only.
//!
//! The others are unpacked into `target/programs` and never installed, so no rights are needed and nothing
//! is started or left behind on the machine. Where they cannot be had the tests that need them pass
//! over themselves aloud; in CI that is a failure.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::find_python;
use crate::shell::{Result, root, run, which};
use crate::stock;

const DEBIAN: [&str; 2] = ["prometheus", "prometheus-pushgateway"];
const OPENID: &str = "oidc-provider@9";
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const OTLP: [&str; 2] = ["opentelemetry-proto>=1.30,<2", "grpcio>=1.66,<2"];

/// Fetches what is not there yet.
pub(crate) fn fetch() -> Result {
    postgresql()?;
    let programs = [
        ("Prometheus", prometheus()),
        ("an OTLP receiver", otlp()),
        ("an OpenID provider", openid()),
        ("the stock package", stock()),
        ("Schemathesis", schemathesis()),
    ];
    for (name, fetched) in programs {
        let Err(error) = fetched else { continue };
        if std::env::var_os("CI").is_some() {
            return Err(error);
        }
        println!("\n==> {name} cannot be had, its tests are skipped: {error}");
    }
    Ok(())
}

/// Installs PostgreSQL where it is missing. No cluster of the system's is used or started: the tests
/// make their own.
fn postgresql() -> Result {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    if versions.into_iter().any(|version| version.path().join("bin/initdb").is_file()) {
        return Ok(());
    }
    println!("\n==> installing PostgreSQL, which tests of the store need");
    let install = || {
        let mut command = Command::new("apt-get");
        command.args(["install", "-y", "-qq", "--no-install-recommends", "postgresql"]);
        run(command.env("DEBIAN_FRONTEND", "noninteractive"))
    };
    if install().is_ok() {
        return Ok(());
    }
    // A fresh container has no lists of packages yet.
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    install().map_err(|error| format!("PostgreSQL is needed: {error}").into())
}

fn folder(name: &str) -> PathBuf {
    root().join("target/programs").join(name)
}

fn prometheus() -> Result {
    let folder = folder("prometheus");
    if DEBIAN.iter().all(|name| folder.join("usr/bin").join(name).is_file()) {
        return Ok(());
    }
    if which("apt-get").is_none() || which("dpkg-deb").is_none() {
        return Err("this is no Debian".into());
    }
    println!("\n==> fetching {} into target/programs", DEBIAN.join(" and "));
    let packages = folder.join("packages");
    // A package that was cut off by an earlier run is fetched anew.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&packages)?;
    if download(&packages).is_err() {
        // A fresh container has no lists of packages yet.
        run(Command::new("apt-get").args(["update", "-qq"]))?;
        download(&packages)?;
    }
    for package in std::fs::read_dir(&packages)? {
        let package = package?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(package).arg(&folder))?;
        }
    }
    std::fs::remove_dir_all(packages)?;
    Ok(())
}

fn download(packages: &Path) -> Result {
    let mut command = Command::new("apt-get");
    // As ourselves: the user that apt would become may not write here.
    command.args(["download", "-qq", "-o", "APT::Sandbox::User=root"]).args(DEBIAN);
    run(command.current_dir(packages))
}

fn otlp() -> Result {
    from_pypi("otlp", "import grpc, opentelemetry.proto.collector.metrics.v1", &OTLP)
}

fn schemathesis() -> Result {
    from_pypi("schemathesis", "import schemathesis.cli", &[SCHEMATHESIS])
}

/// Packages of PyPI in an environment of their own, which `check` finds there.
fn from_pypi(name: &str, check: &str, packages: &[&str]) -> Result {
    let folder = folder(name);
    let python = folder.join("bin/python");
    let works = || {
        let mut command = Command::new(&python);
        command.args(["-c", check]);
        command.output().is_ok_and(|output| output.status.success())
    };
    if works() {
        return Ok(());
    }
    let found = find_python().ok_or("there is no Python")?;
    println!("\n==> fetching {} into target/programs", packages.join(" and "));
    let _ = std::fs::remove_dir_all(&folder);
    run(Command::new(found).args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
    if works() { Ok(()) } else { Err("what was installed cannot be imported".into()) }
}

/// What the server is tested with as a client, and the Python package compared with.
fn stock() -> Result {
    stock::installed(&find_python().ok_or("there is no Python")?).map(drop)
}

fn openid() -> Result {
    let folder = folder("oidc");
    if folder.join("node_modules/oidc-provider/package.json").is_file() {
        return Ok(());
    }
    if which("npm").is_none() {
        return Err("there is no npm".into());
    }
    println!("\n==> fetching {OPENID} into target/programs");
    // What was cut off by an earlier run is fetched anew.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let mut command = Command::new("npm");
    command.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]);
    run(command.args(["--no-package-lock", "--prefix"]).arg(&folder).arg(OPENID))
}
