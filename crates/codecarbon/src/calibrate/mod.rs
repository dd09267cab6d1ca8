//! `calibrate`: measures idle and full load against whatever meter there is, and keeps the result,
//! which the load model goes by from then on.
//!
//! Nothing is kept before everything was measured: whoever stops half way finds things as they were.

mod bench;
mod busy;
mod curve;
mod gauge;
mod phases;
mod progress;
mod series;
mod stored;

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carbon_model::Accuracy;
use carbon_sensors::clock::local_timestamp;
use carbon_sensors::limits::{Limits, ask_scontrol};
use carbon_sensors::load_model::{Calibration, CalibrationScope};
use carbon_sensors::{Clock, CpuFacts, SystemClock};
use carbon_tracker::calibration::{Calibrations, MachineIdentity, StoredCalibration};
use carbon_tracker::config::{Config, Layers, LogLevel};
use carbon_tracker::{Hub, Machine, Preferences, Sampling};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::interruption;
use crate::machine::machine_of;
use crate::print::print;
use crate::surroundings::Surroundings;
use bench::Threads;
use gauge::{CsvGauge, Gauge, HttpGauge, Sensors, Typed};
use phases::{BUSY_SHARE, Measured, PhaseError, Plan, Workshop};
use progress::ProgressBar;

const INTERRUPTED: &str = "interrupted: nothing was kept";

const AFTER_HELP: &str = "\
Power is measured while the machine rests and while all its CPUs work, a minute each (--seconds). \
Close other programs first. The result is kept for this machine, by root for all its users, and runs \
that can read no sensor go by it from then on. What --export prints holds for every machine with the \
same processor, as /etc/codecarbon/calibration.ini or as calibration.ini of a state directory.

Examples:
  sudo codecarbon calibrate             once, against counters that only root may read
  codecarbon calibrate --meter ask      asks what a wall meter shows
  codecarbon calibrate --meter power.csv --thorough
  codecarbon calibrate --meter http://192.168.1.20/rpc/Switch.GetStatus?id=0
  codecarbon calibrate --show";

/// Describes the command.
pub(crate) fn command() -> Command {
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    let value = |name: &'static str, shown: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(shown).help(help)
    };
    let kept = |argument: Arg| argument.help_heading("Calibrations that are kept");
    Command::new("calibrate")
        .about("Measure idle and full load, so that estimates of this machine are good to 15-20 %")
        .after_help(AFTER_HELP)
        .arg(value(
            "meter",
            "METER",
            "sensor (default), ask for a wall meter's watts, a CSV file, or an address http://…",
        ))
        .arg(
            value("covers", "WHAT", "What that meter measures: computer (default) or processors")
                .value_parser(["computer", "processors"]),
        )
        .arg(switch("thorough", "Measure loads between as well, for the shape of the curve"))
        .arg(
            value("seconds", "SECONDS", "Time of measuring in each phase (default 60)")
                .value_parser(value_parser!(f64)),
        )
        .arg(switch("non-interactive", "Ask nothing and begin at once"))
        .arg(kept(switch("show", "Show what is kept for this machine")))
        .arg(
            switch("json", "Print the calibration as JSON").conflicts_with_all(["reset", "export"]),
        )
        .arg(kept(switch("reset", "Forget it")))
        .arg(kept(switch("export", "Print it for other machines with the same processor")))
        .group(ArgGroup::new("kept").args(["show", "reset", "export"]))
        .arg(value("sysroot", "DIR", "Root of the machine's /sys, /proc, /run, /dev (default /)"))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let arguments = matches.get_one::<String>("sysroot");
    let config = Layers {
        home: start.home(),
        cwd: Some(&start.directory),
        environment: start.variables.clone(),
        arguments: arguments.map(|root| ("sysroot".to_owned(), root.clone())).into_iter().collect(),
        ..Layers::default()
    }
    .resolve()
    .map_err(CommandError::setting)?
    .config;
    let machine = machine_of(&config, start);
    let cpu = CpuFacts::read(&machine.root);
    let identity = MachineIdentity::of(&machine.root, &cpu);
    if matches.get_flag("show") {
        let (file, stored) = stored::present(&machine, &identity)?.ok_or_else(not_calibrated)?;
        return Ok(tell(matches, &file, &stored));
    }
    if matches.get_flag("export") {
        return export(&machine, &identity);
    }
    if matches.get_flag("reset") {
        return reset(&machine, &identity, start);
    }
    calibrate(matches, start, &config, &machine, &cpu, identity)
}

fn tell(matches: &ArgMatches, file: &Path, stored: &StoredCalibration) -> u8 {
    print(&if matches.get_flag("json") {
        format!("{:#}\n", stored::as_json(file, stored))
    } else {
        stored::as_text(file, stored)
    });
    exit::OK
}

fn not_calibrated() -> CommandError {
    CommandError::user("this machine is not calibrated")
        .hint("codecarbon doctor tells whether it has to be, and against what it can be")
}

fn export(machine: &Machine, identity: &MachineIdentity) -> Result<u8, CommandError> {
    let (_, stored) = stored::present(machine, identity)?.ok_or_else(not_calibrated)?;
    let mut all = Calibrations::default();
    all.insert(StoredCalibration { machine: stored.machine.of_every_such_machine(), ..stored });
    print(&all.to_text());
    Ok(exit::OK)
}

fn reset(
    machine: &Machine,
    identity: &MachineIdentity,
    start: &Surroundings,
) -> Result<u8, CommandError> {
    let file = stored::own_file(machine, start)?;
    let mut is_removed = false;
    if stored::read(&file)?.of(identity).is_some() {
        stored::change(&file, |all| {
            is_removed = all.remove(identity);
            // One that is for all such machines goes as well: this machine is to have none.
            is_removed |= all.remove(&identity.clone().of_every_such_machine());
        })?;
    }
    print(if is_removed {
        "The calibration of this machine is forgotten.\n"
    } else {
        "There was nothing to forget.\n"
    });
    if let Some((file, _)) = stored::present(machine, identity)? {
        return Err(CommandError::user(format!("another one counts now: {}", file.display()))
            .hint("the one for all users is forgotten by root"));
    }
    Ok(exit::OK)
}

/// What a calibration is made with, once that is decided.
struct Setting<'a> {
    start: &'a Surroundings,
    machine: &'a Machine,
    console: Console,
    is_interactive: bool,
}

fn calibrate(
    matches: &ArgMatches,
    start: &Surroundings,
    config: &Config,
    machine: &Machine,
    cpu: &CpuFacts,
    identity: MachineIdentity,
) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let is_interactive = !matches.get_flag("non-interactive") && start.can_ask();
    let setting = Setting { start, machine, console, is_interactive };
    let seconds = matches.get_one::<f64>("seconds").copied().unwrap_or(60.0);
    if !(0.05..=3600.0).contains(&seconds) {
        return Err(CommandError::usage("--seconds is between 0.05 and 3600")
            .hint("30 to 120 seconds suit most machines"));
    }
    let is_thorough = matches.get_flag("thorough");
    let plan = Plan::new(cpu.logical_cpus, is_thorough, Duration::from_secs_f64(seconds));
    setting.check_limits(cpu)?;
    let hub = Hub::new(machine.clone(), Sampling::Manual);
    // What the user prefers among sources has no bearing on what can be read.
    let preferences = Preferences { gpus: config.gpu_ids.clone(), ..Preferences::default() };
    let scope = match matches.get_one::<String>("covers").map(String::as_str) {
        Some("processors") => CalibrationScope::Processors,
        _ => CalibrationScope::Computer,
    };
    let meter = matches.get_one::<String>("meter").map(String::as_str);
    let mut gauge = setting.gauge(meter, scope, &hub, &preferences, cpu)?;
    let file = stored::own_file(machine, start)?;
    stored::probe(&file)?;

    interruption::end_with(INTERRUPTED, console)?;
    setting.introduce(&plan, &*gauge)?;
    let mut bench = Threads::default();
    let columns = (start.stderr_is_terminal && start.variable("TERM") != Some("dumb"))
        .then(|| start.columns().min(100));
    let mut bar = ProgressBar::new(console, columns);
    let mut workshop = Workshop {
        machine,
        hub: &hub,
        preferences: &preferences,
        bench: &mut bench,
        gauge: &mut *gauge,
        tell: &mut |progress| bar.show(progress),
    };
    setting.refuse_if_busy(&mut workshop, plan.measure)?;
    let measured = workshop.carry_out(&plan);
    bar.clear();
    let measured = measured.map_err(|error| explained(&error))?;
    let stored = conclude(&measured, &plan, &*gauge, identity)?;
    stored::change(&file, |all| all.insert(stored.clone()))?;
    Ok(tell(matches, &file, &stored))
}

/// From what was measured to what is kept.
fn conclude(
    measured: &Measured,
    plan: &Plan,
    gauge: &dyn Gauge,
    machine: MachineIdentity,
) -> Result<StoredCalibration, CommandError> {
    let points = &measured.points;
    let curve = curve::fit(points).ok_or_else(|| {
        let watts: Vec<String> = points.iter().map(|p| format!("{:.1} W", p.power_w)).collect();
        CommandError::user(format!("power does not rise with load: {}", watts.join(", "))).hint(
            "is the meter that of this machine, and fast enough? --seconds gives it more time",
        )
    })?;
    let residual = curve.residual.max(measured.scatter);
    let is_thorough = plan.busy_cpus.len() > 2;
    let error = curve::relative_error(is_thorough, gauge.error(), residual);
    let date = local_timestamp(SystemClock.now().wall.as_secs_f64());
    Ok(StoredCalibration {
        machine,
        calibration: Calibration {
            idle_w: curve.idle_w,
            full_w: curve.full_w,
            bend: curve.bend,
            scope: gauge.scope(),
            accuracy: Accuracy::plus_minus(error),
            against: gauge.name(),
            date: date.split('T').next().unwrap_or_default().to_owned(),
        },
        residual,
        points: points.clone(),
    })
}

fn explained(error: &PhaseError) -> CommandError {
    let told = CommandError::user(error);
    match error {
        PhaseError::Busy(_) => told.hint("close other programs and try again; nothing was kept"),
        PhaseError::NotLoaded(_) => told.hint(
            "something else has the CPUs, or a limit holds this program back; nothing was kept",
        ),
        PhaseError::Gauge(_) => told.hint("nothing was kept"),
    }
}

impl Setting<'_> {
    /// The whole machine has to be loaded, which a part of it cannot do.
    fn check_limits(&self, cpu: &CpuFacts) -> Result<(), CommandError> {
        let job = self.machine.slurm_job.as_ref();
        let limits = Limits::detect(&self.machine.root, job, &ask_scontrol);
        match limits.cpu {
            None => Ok(()),
            Some(limit) => Err(CommandError::user(format!(
                "only {} of {} CPUs may be used here ({}), so full load cannot be made",
                limit.cpus, cpu.logical_cpus, limit.source
            ))
            .hint("calibrate outside of the container or job; its runs then go by their share")),
        }
    }

    /// The reference.
    fn gauge(
        &self,
        meter: Option<&str>,
        scope: CalibrationScope,
        hub: &Hub,
        preferences: &Preferences,
        cpu: &CpuFacts,
    ) -> Result<Box<dyn Gauge>, CommandError> {
        let failed = |error: gauge::GaugeError| {
            CommandError::user(error)
                .hint("docs/calibrate.md says what a meter's file or address has to look like")
        };
        match meter {
            None | Some("sensor") => {
                if let Some(sensors) = Sensors::of(hub, preferences) {
                    let has_gpus = !hub.hardware().gpus.is_empty();
                    if sensors.is_battery() && has_gpus {
                        let message = "on battery the GPUs cannot be told from the processor";
                        return Err(CommandError::user(message)
                            .hint("plug it in and use --meter ask, or a counter as root"));
                    }
                    return Ok(Box::new(sensors));
                }
                if meter.is_none() && self.is_interactive && !cpu.is_virtual {
                    self.console.print("No sensor can be read: a wall meter will do.\n");
                    return Ok(Box::new(Typed { console: self.console, scope }));
                }
                Err(self.no_sensor(cpu))
            }
            Some("ask") if !self.is_interactive => {
                Err(CommandError::user("nobody can be asked what the meter shows")
                    .hint("--meter takes a CSV file or an address http://… as well"))
            }
            Some("ask") => Ok(Box::new(Typed { console: self.console, scope })),
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                Ok(Box::new(HttpGauge::open(url, scope).map_err(failed)?))
            }
            Some(path) => {
                let gauge = CsvGauge::new(self.start.absolute(Path::new(path)), scope);
                gauge.check().map_err(failed)?;
                Ok(Box::new(gauge))
            }
        }
    }

    fn no_sensor(&self, cpu: &CpuFacts) -> CommandError {
        let error = CommandError::user(gauge::GaugeError::NoSensor);
        if cpu.is_virtual {
            return error.hint("in a virtual machine the counters are the host's alone");
        }
        let program = self.start.program().unwrap_or_else(|| PathBuf::from("codecarbon"));
        error
            .hint(format!("sudo {} calibrate reads them as root, once", program.display()))
            .hint("--meter ask, --meter FILE.csv or --meter http://… take a wall meter's figures")
    }

    /// Says what will happen and waits for a yes.
    fn introduce(&self, plan: &Plan, gauge: &dyn Gauge) -> Result<(), CommandError> {
        let phases: Vec<String> = plan.busy_cpus.iter().map(|n| plan.name(*n)).collect();
        let seconds = plan.total().as_secs_f64().ceil() as u64;
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        self.console.print(&format!(
            "Against {}: {}; {minutes}:{seconds:02} in all.\n",
            gauge.name(),
            phases.join(", ")
        ));
        if self.is_interactive {
            self.console.print("Close other programs. Enter begins, Ctrl-C ends it at any time. ");
            let mut line = String::new();
            let read = std::io::stdin().lock().read_line(&mut line);
            read.map_err(|error| {
                CommandError::user(format!("no answer can be read: {error}"))
                    .hint("--non-interactive asks nothing")
            })?;
        }
        Ok(())
    }

    /// Idle power cannot be seen while others work.
    fn refuse_if_busy(
        &self,
        workshop: &mut Workshop<'_>,
        measure: Duration,
    ) -> Result<(), CommandError> {
        let root = &self.machine.root;
        let before = busy::ticks(root);
        let share = workshop.busy_share(measure.min(Duration::from_secs(1)));
        match share.filter(|share| *share > BUSY_SHARE) {
            None => Ok(()),
            Some(share) => {
                let busiest = busy::busiest(&before, &busy::ticks(root), 3);
                let error = explained(&PhaseError::Busy(share));
                Err(if busiest.is_empty() {
                    error
                } else {
                    error.hint(format!("the busiest are {}", busiest.join(", ")))
                })
            }
        }
    }
}
