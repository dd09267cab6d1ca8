//! `reprice`: the same energy with other factors, beside the figures that were recorded.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use carbon_model::CarbonMass;
use carbon_report::read::unpacked;
use carbon_report::render::printable;
use carbon_report::reprice::{Change, Repricer, csv, json};
use carbon_report::table::{self, Align};
use carbon_report::{By, Entry, Fault, Runs, units};
use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json as value;

use super::{files_argument, read, say_faults, write};
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;

const AFTER_HELP: &str = "\
Factors: country_iso_code, region, cloud_provider, cloud_region, co2_table (current or codecarbon),
force_carbon_intensity_g_co2e_kwh, pue, wue; what is not named stays as recorded. The energy of the
equipment never changes.

Examples:
  codecarbon reprice emissions.csv --with country_iso_code=DEU
  codecarbon reprice emissions.csv --with pue=1.2 --with co2_table=codecarbon --output with-pue.csv";

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("reprice")
        .about("Compute emissions of recorded energy with other factors, beside the recorded ones")
        .after_help(AFTER_HELP)
        .arg(files_argument())
        .arg(
            Arg::new("with")
                .long("with")
                .short('w')
                .value_name("KEY=VALUE")
                .help("A factor to price with; may be given several times")
                .required(true)
                .action(ArgAction::Append),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .help("Write the records with the new figures, the old ones kept beside them")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("force")
                .long("force")
                .action(ArgAction::SetTrue)
                .help("Replace the file of --output where there is one"),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print it as JSON"))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let mut change = Change::default();
    for text in matches.get_many::<String>("with").into_iter().flatten() {
        change.set(text).map_err(|error| {
            CommandError::user(error).hint("as in --with country_iso_code=FRA or --with pue=1.2")
        })?;
    }
    let mut reading = read(matches, start);
    let runs = Runs::of(&mut reading);
    let faults: Vec<String> = reading.faults.iter().map(Fault::to_string).collect();
    say_faults(&faults, console);
    let mut repricer = Repricer::new(change);
    let comparison = compared(&runs.counted, &mut repricer);
    for warning in &repricer.warnings {
        console.warn(printable(warning));
    }
    if let Some(output) = matches.get_one::<PathBuf>("output") {
        save(matches, output, &mut repricer, start)?;
    }
    let text = if matches.get_flag("json") { as_json(&comparison) } else { as_text(&comparison) };
    print(&text);
    Ok(if faults.is_empty() { exit::OK } else { exit::USER })
}

/// Writes the file with other factors beside the one that was read.
fn save(
    matches: &ArgMatches,
    output: &Path,
    repricer: &mut Repricer,
    start: &Surroundings,
) -> Result<(), CommandError> {
    let mut named = matches.get_many::<PathBuf>("files").into_iter().flatten();
    let (Some(file), None) = (named.next(), named.next()) else {
        return Err(CommandError::usage("--output takes the records of one file")
            .hint("name one file, or leave --output out and read the table"));
    };
    if start.absolute(output).exists() && !matches.get_flag("force") {
        return Err(CommandError::user(format!("{} is there already", output.display()))
            .hint("choose another name, or replace it with --force"));
    }
    let bytes = std::fs::read(start.absolute(file))
        .map_err(|error| CommandError::file(format!("{}: {error}", file.display())))?;
    let bytes = unpacked(&bytes).map_err(|fault| no_records(file, &fault))?;
    let is_json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let text = if is_json {
        json(file, &bytes, repricer).map_err(|error| no_records(file, &error))?
    } else {
        csv(&bytes, repricer).ok_or_else(|| no_records(file, &"no file of emissions records"))?
    };
    write(output, &text, start)
}

fn no_records(file: &Path, why: &dyn std::fmt::Display) -> CommandError {
    CommandError::user(format!("{}: {why}", file.display()))
        .hint("give a CSV file of records or a JSON report, as codecarbon monitor writes them")
}

/// Recorded and new emissions of projects, and the grids that were used.
struct Compared {
    /// Projects in the order of their first run, and all of them at the end.
    rows: Vec<Row>,
    grids: Vec<String>,
}

#[derive(Default)]
struct Row {
    name: String,
    runs: usize,
    before_kwh: f64,
    after_kwh: f64,
    before: CarbonMass,
    after: CarbonMass,
}

impl Row {
    fn add(&mut self, entry: &Entry, new: &carbon_report::reprice::Repriced) {
        self.runs += 1;
        self.before_kwh += entry.energy.total.kilowatt_hours();
        self.after_kwh += new.energy.total.kilowatt_hours();
        self.before += entry.emissions;
        self.after += new.emissions;
    }

    /// How much more or less, in percent.
    fn percent(&self) -> Option<f64> {
        let (before, after) = (self.before.grams(), self.after.grams());
        (before > 0.0).then(|| 100.0 * (after / before - 1.0))
    }
}

fn compared(entries: &[Entry], repricer: &mut Repricer) -> Compared {
    let mut rows: Vec<Row> = Vec::new();
    let mut places = std::collections::HashMap::new();
    let mut total = Row { name: "Total".to_owned(), ..Row::default() };
    let mut grids: Vec<String> = Vec::new();
    for entry in entries {
        let new = repricer.apply(entry);
        let name = By::Project.key(entry);
        let place = *places.entry(name).or_insert_with_key(|name: &String| {
            rows.push(Row { name: name.clone(), ..Row::default() });
            rows.len() - 1
        });
        rows[place].add(entry, &new);
        total.add(entry, &new);
        if let Some(grid) = &new.grid {
            let year = grid.year.map_or_else(String::new, |year| format!(", {year}"));
            let g_per_kwh = units::digits(grid.intensity.value.g_per_kwh());
            let line = format!("{}: {g_per_kwh} g CO2e/kWh ({}{year})", grid.name, grid.source);
            if !grids.contains(&line) {
                grids.push(line);
            }
        }
    }
    rows.push(total);
    Compared { rows, grids }
}

fn as_text(compared: &Compared) -> String {
    let titles = ["Project", "Runs", "Energy", "new", "Emissions", "new", "Change"];
    let kwh = |kwh| units::energy(carbon_model::Energy::from_kilowatt_hours(kwh));
    let rows = compared.rows.iter().map(|row| {
        let change = row.percent().map_or_else(String::new, |percent| format!("{percent:+.1} %"));
        let figures = [
            row.runs.to_string(),
            kwh(row.before_kwh),
            kwh(row.after_kwh),
            units::mass(row.before),
            units::mass(row.after),
            change,
        ];
        std::iter::once(printable(&row.name)).chain(figures).collect()
    });
    let titles = titles.map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(titles).chain(rows).collect();
    let mut align = [Align::Right; 7];
    align[0] = Align::Left;
    let mut out = String::new();
    for line in table::lines(&align, &rows) {
        let _ = writeln!(out, "{line}");
    }
    for grid in &compared.grids {
        let _ = writeln!(out, "Grid: {}", printable(grid));
    }
    out
}

fn as_json(compared: &Compared) -> String {
    let row = |row: &Row| {
        value!({
            "name": row.name,
            "runs": row.runs,
            "energy_kwh": { "before": row.before_kwh, "after": row.after_kwh },
            "emissions_kg": {
                "before": row.before.kilograms(),
                "after": row.after.kilograms(),
            },
        })
    };
    let (total, projects) = match compared.rows.split_last() {
        Some((total, projects)) => (row(total), projects.iter().map(row).collect::<Vec<_>>()),
        None => (serde_json::Value::Null, Vec::new()),
    };
    let value = value!({ "total": total, "projects": projects, "grids": compared.grids });
    format!("{value:#}\n")
}
