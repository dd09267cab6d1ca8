//! What of a view is asked for: the options that `monitor` and `top` have for it.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::exit::CommandError;

const HEADING: &str = "Live view";

/// Time between two moments unless something else is asked for.
const EVERY: Duration = Duration::from_secs(1);

/// Shortest and longest time between two moments, s.
const INTERVALS_S: (f64, f64) = (0.1, 3600.0);

/// A view that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The program that runs already, if one is to be shown.
    pub(crate) pid: Option<u32>,
    /// Lines instead of a screen.
    pub(crate) plain: bool,
    /// Time between two moments.
    pub(crate) every: Duration,
}

/// The options of the view; `monitor` has one to ask for it.
pub(crate) fn arguments(of_monitor: bool) -> Vec<Arg> {
    let mut arguments = Vec::new();
    let own = |argument: Arg| {
        let argument = argument.help_heading(HEADING);
        if of_monitor && argument.get_id() != "live" && argument.get_id() != "pid" {
            argument.requires("view")
        } else {
            argument
        }
    };
    if of_monitor {
        let help = "Show power, energy and processes on the terminal as they change";
        arguments.push(own(Arg::new("live")
            .long("live")
            .help(help)
            .conflicts_with("service")
            .action(ArgAction::SetTrue)));
    }
    arguments.extend([
        own(Arg::new("pid").long("pid"))
            .help("Measure a program that runs already, with all that it starts, until it ends")
            .value_name("PID")
            .conflicts_with_all(["command", "service"])
            .value_parser(value_parser!(u32).range(1..)),
        own(Arg::new("plain").long("plain"))
            .help("Print lines instead; so it is where the output is no terminal")
            .action(ArgAction::SetTrue),
        own(Arg::new("interval").long("interval"))
            .help("Time between two figures, 0.1 to 3600 (default 1)")
            .value_name("SECONDS")
            .value_parser(value_parser!(f64)),
    ]);
    arguments
}

impl Asked {
    /// What the options of `monitor` ask for, if they ask for a view.
    pub(crate) fn of_monitor(matches: &ArgMatches) -> Result<Option<Self>, CommandError> {
        let is_live = matches.get_flag("live");
        if !is_live && !matches.contains_id("pid") {
            return Ok(None);
        }
        let asked = Self::of(matches)?;
        Ok(Some(Self { plain: asked.plain || !is_live, ..asked }))
    }

    /// What the options of `top` ask for.
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self, CommandError> {
        let every = match matches.get_one::<f64>("interval") {
            None => EVERY,
            Some(seconds) if (INTERVALS_S.0..=INTERVALS_S.1).contains(seconds) => {
                Duration::from_secs_f64(*seconds)
            }
            Some(seconds) => {
                let (least, most) = INTERVALS_S;
                let error = CommandError::usage(format!("--interval {seconds} is not possible"));
                return Err(error.hint(format!("{least} to {most} seconds are: --interval 0.25")));
            }
        };
        let pid = matches.get_one::<u32>("pid").copied();
        Ok(Self { pid, plain: matches.get_flag("plain"), every })
    }
}
