//! `config` without a subcommand: from the file and the address of the API to a project token.
//!
//! Everything is asked for, looked up and made on the server first; the file is written last. What
//! was made on the server by then stays there and is named.

use std::path::{Path, PathBuf};

use carbon_api::{Experiment, ExperimentIn, OrganizationIn, ProjectIn, ProjectTokenIn};
use carbon_client::{ApiClient, ApiError};
use carbon_factors::Country;
use carbon_tracker::config::{Config, Layers, LogLevel, Origin};
use clap::ArgMatches;

use super::ask::{INTERRUPTED, Questions};
use super::choose::{Choice, Chooser, Row};
use super::edit::Change;
use super::file::ConfigFile;
use super::{set, show};
use crate::account::{Account, token_given};
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::get_token::WRITE;
use crate::interruption;
use crate::print::print;
use crate::sign_in::printable;
use crate::surroundings::Surroundings;

/// The keys that are written, in the order in which they are.
const KEYS: [&str; 5] =
    ["api_endpoint", "organization_id", "project_id", "experiment_id", "api_key"];

/// What the steps need of each other.
struct Wizard<'a> {
    matches: &'a ArgMatches,
    start: &'a Surroundings,
    console: Console,
    questions: Option<Questions>,
}

/// Runs it; the exit code.
pub(super) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let questions = if matches.get_flag("yes") { None } else { Questions::of(start) };
    if questions.is_some() {
        interruption::end_with(INTERRUPTED, console)?;
    }
    let wizard = Wizard { matches, start, console, questions };
    let Some(file) = wizard.file()? else { return Ok(exit::OK) };
    wizard.check_flags(&file)?;
    file.probe()?;
    let account = wizard.account(&file)?;
    let api = account.api(start)?;
    let failed = |error: ApiError| account.failed(&error);

    let organization = wizard.organization(&api, &file, &failed)?;
    let project = wizard.project(&api, &file, &organization, &failed)?;
    let experiment = wizard.experiment(&api, &file, &project, &failed)?;
    let token = wizard.token(&api, &file, &project, &failed)?;

    let values = [&account.api_endpoint, &organization, &project, &experiment];
    let mut changes: Vec<Change> =
        KEYS.iter().zip(values).map(|(key, value)| Change::set(key, value)).collect();
    changes.extend(token.map(|token| Change::set(KEYS[4], &token)));
    file.write(&changes)?;
    print(&format!(
        "{} is written.\nNext: codecarbon monitor --api -- COMMAND\n",
        file.path.display()
    ));
    if file.is_open_to_others() {
        set::warn_of_readers(&file, console);
    }
    set::warn_if_overruled(&KEYS, &file, start, console);
    Ok(exit::OK)
}

impl Wizard<'_> {
    fn given(&self, flag: &str) -> Option<&str> {
        self.matches.get_one::<String>(flag).map(String::as_str)
    }

    /// The file to write; `None` when the one that is there is to stay as it is.
    fn file(&self) -> Result<Option<ConfigFile>, CommandError> {
        if let Some(path) = self.given("path") {
            return self.opened(self.path_of(path)).map(Some);
        }
        let usual = set::global_path(self.start)?;
        let Some(questions) = &self.questions else { return self.opened(usual).map(Some) };
        let file = ConfigFile::read(usual.clone())?;
        if file.exists {
            self.present(&file);
            let options = [format!("use {}", usual.display()), "use another file".to_owned()];
            if questions.choice("Which configuration?", &options, 0)? == 0 {
                if questions.yes("Change it?", true)? {
                    return Ok(Some(file));
                }
                print(&format!("{} is used as it is.\n", usual.display()));
                return Ok(None);
            }
        }
        let path = questions.line("Path of the file", &usual.display().to_string())?;
        self.opened(self.path_of(&path)).map(Some)
    }

    /// Reads a file; asks whether directories may be made for one that is new.
    fn opened(&self, path: PathBuf) -> Result<ConfigFile, CommandError> {
        let file = ConfigFile::read(path)?;
        let directory = file.path.parent().unwrap_or(Path::new("/"));
        if file.exists || directory.is_dir() || self.matches.get_flag("yes") {
            return Ok(file);
        }
        let question = format!("There is no directory {}. Make it?", directory.display());
        match &self.questions {
            Some(questions) if questions.yes(&question, true)? => Ok(file),
            Some(_) => Err(interruption::error(INTERRUPTED)),
            None => {
                Err(CommandError::user(format!("there is no directory {}", directory.display()))
                    .hint("--yes makes it"))
            }
        }
    }

    /// A path that was typed, `~` being the home directory.
    fn path_of(&self, typed: &str) -> PathBuf {
        match (typed.strip_prefix("~/"), self.start.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.start.absolute(Path::new(typed)),
        }
    }

    /// Without anybody to ask, what no flag says must stand in the file.
    fn check_flags(&self, file: &ConfigFile) -> Result<(), CommandError> {
        if self.questions.is_some() {
            return Ok(());
        }
        let needed = [("organization", KEYS[1]), ("project", KEYS[2]), ("experiment", KEYS[3])];
        let missing: Vec<String> = needed
            .iter()
            .filter(|(flag, key)| self.given(flag).is_none() && file.value(key).is_none())
            .map(|(flag, _)| format!("--{flag}"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(CommandError::usage(format!(
            "without a terminal to ask on, give {}",
            missing.join(", ")
        ))
        .hint("names are looked up; with --yes what is not there is made"))
    }

    /// The API: by flag, else by asking, else as the file or the other settings have it.
    fn account(&self, file: &ConfigFile) -> Result<Account, CommandError> {
        let flag = self.given("api-endpoint").map(str::to_owned);
        let (config, origin) = self.settings(file, flag)?;
        let token = token_given(self.matches, self.start)?;
        let Some(questions) = self.questions.as_ref().filter(|_| origin != Origin::Argument) else {
            return Account::at(&config, origin, token, self.console);
        };
        let typed = questions.text("Address of the API", &config.api_endpoint, address)?;
        let origin = if typed == config.api_endpoint { origin } else { Origin::Argument };
        let config = Config { api_endpoint: typed, ..config };
        Account::at(&config, origin, token, self.console)
    }

    /// The configuration with the file's address of the API, unless another is given.
    fn settings(
        &self,
        file: &ConfigFile,
        flag: Option<String>,
    ) -> Result<(Config, Origin), CommandError> {
        let in_file = file.value("api_endpoint").map(str::to_owned);
        let own = flag.is_none() && in_file.is_some();
        let resolved = Layers {
            home: self.start.home(),
            cwd: Some(&self.start.directory),
            environment: self.start.variables.clone(),
            arguments: flag
                .or(in_file)
                .map(|url| ("api_endpoint".to_owned(), url))
                .into_iter()
                .collect(),
            ..Layers::default()
        }
        .resolve()
        .map_err(CommandError::setting)?;
        let origin = if own {
            Origin::File { path: file.path.clone(), line: file.line("api_endpoint") }
        } else {
            resolved.origin("api_endpoint").clone()
        };
        Ok((resolved.config, origin))
    }

    /// Shows a file, with the names of what it points to where the server tells them.
    fn present(&self, file: &ConfigFile) {
        let account = self.settings(file, None).and_then(|(config, origin)| {
            let token = token_given(self.matches, self.start)?;
            Account::at(&config, origin, token, self.console)
        });
        let api = account.and_then(|account| account.api(self.start)).ok();
        let mut text = format!("{} says\n", file.path.display());
        for (key, value) in file.values() {
            let name = api.as_ref().and_then(|api| name_of(api, key, value));
            let name = name.map(|name| format!("  ({})", printable(&name))).unwrap_or_default();
            text.push_str(&["  ", key, " = ", &show::shown(key, value), &name, "\n"].concat());
        }
        self.console.print(&text);
    }

    fn chooser<'a>(&'a self, flag: &str, file: &'a ConfigFile, key: &str) -> Chooser<'a> {
        Chooser {
            given: self.given(flag),
            current: file.value(key),
            yes: self.matches.get_flag("yes"),
            questions: self.questions.as_ref(),
        }
    }

    /// Asks for a line about something new; empty without anybody to ask.
    fn about(&self, question: &str) -> Result<String, CommandError> {
        match &self.questions {
            Some(questions) => questions.line(question, ""),
            None => Ok(String::new()),
        }
    }

    fn organization(
        &self,
        api: &ApiClient,
        file: &ConfigFile,
        failed: &dyn Fn(ApiError) -> CommandError,
    ) -> Result<String, CommandError> {
        let rows = api.organizations().map_err(failed)?;
        match self.chooser("organization", file, KEYS[1]).choose(rows)? {
            Choice::There(row) => Ok(row.id),
            Choice::New(name) => {
                let description = self.about("What is the organisation?")?;
                let new = OrganizationIn { name, description };
                Ok(self.made(&api.create_organization(&new).map_err(failed)?))
            }
        }
    }

    fn project(
        &self,
        api: &ApiClient,
        file: &ConfigFile,
        organization: &str,
        failed: &dyn Fn(ApiError) -> CommandError,
    ) -> Result<String, CommandError> {
        let rows = api.projects(organization).map_err(failed)?;
        match self.chooser("project", file, KEYS[2]).choose(rows)? {
            Choice::There(row) => Ok(row.id),
            Choice::New(name) => {
                let description = self.about("What is the project?")?;
                let organization_id = organization.to_owned();
                let new = ProjectIn { name, description, organization_id };
                Ok(self.made(&api.create_project(&new).map_err(failed)?))
            }
        }
    }

    fn experiment(
        &self,
        api: &ApiClient,
        file: &ConfigFile,
        project: &str,
        failed: &dyn Fn(ApiError) -> CommandError,
    ) -> Result<String, CommandError> {
        let rows: Vec<Experiment> = api.experiments(project).map_err(failed)?;
        match self.chooser("experiment", file, KEYS[3]).choose(rows)? {
            Choice::There(row) => Ok(row.id),
            Choice::New(name) => {
                let new = self.new_experiment(name, project)?;
                Ok(self.made(&api.create_experiment(&new).map_err(failed)?))
            }
        }
    }

    fn new_experiment(&self, name: String, project: &str) -> Result<ExperimentIn, CommandError> {
        let own = |flag: &str| self.given(flag).map(str::to_owned);
        let mut new = ExperimentIn {
            name,
            description: self.about("What is the experiment?")?,
            project_id: project.to_owned(),
            region: own("region"),
            cloud_provider: own("cloud-provider"),
            cloud_region: own("cloud-region"),
            ..ExperimentIn::default()
        };
        let mut country = self.given("country-iso-code").map(country_of).transpose()?;
        if let Some(questions) = &self.questions {
            let line = |question: &str| {
                let text = questions.line(question, "")?;
                Ok::<_, CommandError>(Some(text).filter(|text| !text.is_empty()))
            };
            if new.cloud_provider.is_none() && questions.yes("Does it run in a cloud?", false)? {
                new.cloud_provider = line("Cloud (aws, azure, gcp)")?;
                new.cloud_region = line("Region of the cloud")?;
            }
            if country.is_none() {
                let known = |text: &str| match text {
                    "" => Ok(()),
                    text => country_of(text).map(drop).map_err(|error| error.message),
                };
                let code = questions.text("Country (such as FRA; empty if unknown)", "", known)?;
                country = carbon_factors::country(&code);
                new.region = match (new.region, country) {
                    (None, Some(_)) => line("State, province or zone (empty if unknown)")?,
                    (region, _) => region,
                };
            }
        }
        new.on_cloud = Some(new.cloud_provider.is_some());
        new.country_iso_code = country.map(|country| country.iso3.to_owned());
        new.country_name = country.map(|country| country.name.to_owned());
        Ok(new)
    }

    /// A new token, unless the file has one of the same project.
    fn token(
        &self,
        api: &ApiClient,
        file: &ConfigFile,
        project: &str,
        failed: &dyn Fn(ApiError) -> CommandError,
    ) -> Result<Option<String>, CommandError> {
        let kept = file.value(KEYS[4]).is_some() && file.value(KEYS[2]) == Some(project);
        if kept && !self.matches.get_flag("new-token") {
            return Ok(None);
        }
        let new = ProjectTokenIn { name: Some("api token".to_owned()), access: WRITE };
        let token = api.create_project_token(project, &new).map_err(failed)?.token;
        token.map(Some).ok_or_else(|| {
            CommandError::user("API request failed: no token came")
                .hint("`codecarbon get-token --project-id ID` makes one by itself")
        })
    }

    /// Names what was made on the server, which stays there whatever comes.
    fn made<T: Row>(&self, row: &T) -> String {
        let (name, id) = (printable(row.name()), printable(row.id()));
        self.console.print(&format!("Made {} {name} ({id})\n", T::KIND));
        id
    }
}

/// Name of what a key of a file points to.
fn name_of(api: &ApiClient, key: &str, id: &str) -> Option<String> {
    match key {
        "organization_id" => api.organization(id).ok().map(|row| row.name),
        "project_id" => api.project(id).ok().map(|row| row.name),
        "experiment_id" => api.experiment(id).ok().map(|row| row.name),
        _ => None,
    }
}

/// A country by its code.
fn country_of(code: &str) -> Result<Country, CommandError> {
    carbon_factors::country(code).ok_or_else(|| {
        CommandError::user(format!("{code:?} is no country"))
            .hint("a country is a code of three letters, such as FRA")
    })
}

/// Accepts an address of the web.
fn address(text: &str) -> Result<(), String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !text.contains(char::is_whitespace) => Ok(()),
        _ => Err("an address looks like https://api.codecarbon.io".to_owned()),
    }
}
