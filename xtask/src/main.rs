//! Automation of this repository:
//! `cargo xtask test | systems | programs | web | bench | fuzz | data`.
//!
//! It is a program for developers and CI: it may use the environment, the clock and the terminal,
//! and nothing that ships depends on it. Each command is one module, named as it is typed.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to people")]
#![expect(clippy::disallowed_methods, reason = "a program that asks its machine")]

mod bench;
mod data;
mod fuzz;
mod programs;
mod python;
mod shell;
mod stock;
mod systems;
mod test;
mod web;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command> [options]

  data    regenerates the reference tables from published packages (--compare, --notice)
  test    everything that CI checks: format, lints, docs, dependencies, tests
  systems types and lints for macOS and Windows, as far as Linux can check them
  programs
          what the tests talk to, fetched: Prometheus, an OTLP receiver, the stock package, …
  web     bundles the dashboard, which building the server takes into the program
  bench   what measuring costs, against the stock package: a table in Markdown
          (--quick, --no-peer; parts: commands, api, child, python, and when named
          server, with --rows N)
  fuzz    every parser under libFuzzer (--seconds N, names of targets)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, options) = match args.split_first() {
        Some((command, options)) => (command.as_str(), options),
        None => ("help", args.as_slice()),
    };
    let result = match command {
        "data" => data::run(options),
        "test" => test::run_all(options),
        "bench" => bench::run(options),
        "fuzz" => fuzz::run_targets(options),
        "systems" => systems::check(),
        "programs" => programs::fetch(),
        "web" => web::build(),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(format!("unknown command {other:?}\n\n{USAGE}").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
