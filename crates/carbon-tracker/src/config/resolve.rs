//! Puts the layers on top of each other and reads the winning values.
//!
//! Only the value that wins is read: a mistake in a file that a command-line option overrules does
//! not stop anybody. The flat map of text values, unknown keys included, is also to be had.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use carbon_sensors::gpu::GpuSelection;

use super::error::{ConfigError, Origin};
use super::ini::parse_ini;
use super::notice::{Notice, nearest_key};
use super::settings::Config;
use super::value::ConfigValue;
use super::words::OutputMethod;

/// Name of the configuration file in the home and in the working directory.
pub const CONFIG_FILE_NAME: &str = ".codecarbon.config";

/// The section of the file that is read.
pub const SECTION: &str = "codecarbon";

/// Section whose keys hold wherever the read section does not set them.
const DEFAULT_SECTION: &str = "DEFAULT";

/// Prefix of environment variables, in any case.
const VARIABLE_PREFIX: &str = "codecarbon_";

/// Variables with that prefix that are none of the keys, without it: the personal token with which
/// commands sign in. No file and no argument sets it, and it is in no list of settings.
const OTHER_VARIABLES: [&str; 1] = ["access_token"];

/// Keys that take an object of the program.
const OBJECT_KEYS: [&str; 2] = ["logging_logger", "output_handlers"];

/// The former name of `electricitymaps_api_token`.
const OLD_TOKEN: &str = "co2_signal_api_token";
const NEW_TOKEN: &str = "electricitymaps_api_token";

/// Flags that `output_methods` replaced, in the order of the outputs, with their defaults.
const OUTPUT_FLAGS: [(&str, OutputMethod, bool); 5] = [
    ("save_to_file", OutputMethod::Csv, true),
    ("save_to_api", OutputMethod::Api, false),
    ("save_to_logger", OutputMethod::Logger, false),
    ("save_to_prometheus", OutputMethod::Prometheus, false),
    ("save_to_logfire", OutputMethod::Logfire, false),
];

/// Where a configuration is looked for.
#[derive(Debug, Clone, Default)]
pub struct Layers<'a> {
    /// What a key is when nobody sets it; commands put their own defaults here.
    pub base: Config,
    /// Home directory, if there is one.
    pub home: Option<&'a Path>,
    /// Working directory; empty means the process's own.
    pub cwd: Option<&'a Path>,
    /// The environment, all of it.
    pub environment: Vec<(String, String)>,
    /// Explicit arguments by key; later ones win.
    pub arguments: Vec<(String, String)>,
}

/// A value as text and where it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The text.
    pub value: String,
    /// Where it was set last.
    pub origin: Origin,
}

/// Text values by key, unknown keys included.
pub type Settings = BTreeMap<String, Setting>;

/// A configuration, where its values came from, and remarks about it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolved {
    /// The typed values.
    pub config: Config,
    /// Where each key was set that does not have its default.
    pub origins: BTreeMap<&'static str, Origin>,
    /// What the user should hear.
    pub notices: Vec<Notice>,
}

impl Resolved {
    /// Where a key was set.
    pub fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }

    /// Whether anybody set the key.
    pub fn is_set(&self, key: &str) -> bool {
        self.origins.contains_key(key)
    }

    fn set(&mut self, key: &'static str, setting: &Setting) -> Result<(), ConfigError> {
        self.config
            .set(key, &setting.value)
            .map_err(|invalid| bad_value(key, setting, invalid.allowed))?;
        self.origins.insert(key, setting.origin.clone());
        Ok(())
    }
}

impl Layers<'_> {
    /// Reads the layers and types the values. Reads two small files.
    ///
    /// # Errors
    /// A file that breaks the syntax, a value that its key does not take.
    pub fn resolve(&self) -> Result<Resolved, ConfigError> {
        let (mut settings, notices) = self.settings()?;
        for (key, value) in &self.arguments {
            let setting = Setting { value: value.clone(), origin: Origin::Argument };
            settings.insert(key.to_lowercase(), setting);
        }
        let mut resolved = Resolved { config: self.base.clone(), notices, ..Resolved::default() };
        take_old_token(&mut settings, &mut resolved.notices);
        take_output_flags(&mut settings, &mut resolved)?;
        for (name, setting) in settings {
            if let Some(key) = Config::KEYS.iter().copied().find(|known| *known == name) {
                resolved.set(key, &setting)?;
            } else {
                resolved.notices.push(useless_key(name, setting.origin));
            }
        }
        self.take_visible_devices(&mut resolved);
        Ok(resolved)
    }

    /// Files and environment as flat text values, which is what the reference's
    /// `get_hierarchical_config` returns, with remarks on the files.
    ///
    /// # Errors
    /// A file that breaks the syntax.
    pub fn settings(&self) -> Result<(Settings, Vec<Notice>), ConfigError> {
        let (mut settings, mut notices) = (Settings::new(), Vec::new());
        for path in self.files() {
            read_file(path, &mut settings, &mut notices)?;
        }
        for (name, value) in &self.environment {
            let lower = name.to_lowercase();
            let key = lower.strip_prefix(VARIABLE_PREFIX);
            if let Some(key) = key.filter(|k| !k.is_empty() && !OTHER_VARIABLES.contains(k)) {
                let origin = Origin::Environment(name.clone());
                settings.insert(key.to_owned(), Setting { value: value.clone(), origin });
            }
        }
        Ok((settings, notices))
    }

    /// The files, the stronger one last; one when both directories are the same.
    fn files(&self) -> Vec<PathBuf> {
        let local = self.cwd.unwrap_or(Path::new("")).join(CONFIG_FILE_NAME);
        let global = self.home.map(|home| home.join(CONFIG_FILE_NAME));
        global.into_iter().filter(|path| *path != local).chain([local.clone()]).collect()
    }

    /// Without a selection by key, the variables that hide GPUs from programs hide them here: one
    /// vendor's each, and when it is empty all of that vendor's.
    fn take_visible_devices(&self, resolved: &mut Resolved) {
        if resolved.is_set("gpu_ids") {
            return;
        }
        let variable = |name: &str| {
            self.environment.iter().find(|(set, _)| set == name).map(|(_, value)| value.as_str())
        };
        let hiding = ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"];
        let [cuda, rocr] = hiding.map(variable);
        let Some(name) = hiding.into_iter().find(|name| variable(name).is_some()) else { return };
        resolved.config.gpu_ids = GpuSelection::resolve(None, cuda, rocr)
            .in_pci_order(variable("CUDA_DEVICE_ORDER") == Some("PCI_BUS_ID"));
        resolved.origins.insert("gpu_ids", Origin::Environment(name.to_owned()));
    }
}

/// Adds the keys of one file; a file that does not exist adds none.
fn read_file(
    path: PathBuf,
    settings: &mut Settings,
    notices: &mut Vec<Notice>,
) -> Result<(), ConfigError> {
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            notices.push(Notice::Unreadable { path, reason: error.to_string() });
            return Ok(());
        }
    };
    let Ok(text) = String::from_utf8(bytes) else { return Err(ConfigError::NotText { path }) };
    let file = parse_ini(&text, &path)?;
    let Some(section) = file.section(SECTION) else {
        if !file.sections.is_empty() {
            notices.push(Notice::NoSection { path });
        }
        return Ok(());
    };
    let defaults = file.section(DEFAULT_SECTION).map_or(&[][..], |s| &s.entries);
    for entry in defaults.iter().chain(&section.entries) {
        let origin = Origin::File { path: path.clone(), line: entry.line };
        if entry.value.contains("%(") {
            let (key, origin) = (entry.key.clone(), origin.clone());
            notices.push(Notice::NotInterpolated { key, origin });
        }
        settings.insert(entry.key.clone(), Setting { value: entry.value.clone(), origin });
    }
    Ok(())
}

/// Moves the value of the token's former name to its present one, which wins if both are set.
fn take_old_token(settings: &mut Settings, notices: &mut Vec<Notice>) {
    let Some(old) = settings.remove(OLD_TOKEN) else { return };
    let origin = old.origin.clone();
    if settings.contains_key(NEW_TOKEN) {
        notices.push(Notice::Overruled { key: OLD_TOKEN, origin, by: NEW_TOKEN });
    } else {
        notices.push(Notice::Deprecated { key: OLD_TOKEN, origin, instead: NEW_TOKEN });
        settings.insert(NEW_TOKEN.to_owned(), old);
    }
}

/// Builds the outputs from the flags that `output_methods` replaced, unless it is set.
fn take_output_flags(settings: &mut Settings, resolved: &mut Resolved) -> Result<(), ConfigError> {
    let has_methods = settings.contains_key("output_methods");
    let (mut methods, mut origin) = (Vec::new(), None);
    for (key, method, default) in OUTPUT_FLAGS {
        let mut wanted = default;
        if let Some(flag) = settings.remove(key) {
            let here = flag.origin.clone();
            resolved.notices.push(if has_methods {
                Notice::Overruled { key, origin: here.clone(), by: "output_methods" }
            } else {
                Notice::Deprecated { key, origin: here.clone(), instead: "output_methods" }
            });
            wanted = bool::parse(&flag.value)
                .map_err(|invalid| bad_value(key, &flag, invalid.allowed))?;
            origin = Some(here);
        }
        if wanted {
            methods.push(method);
        }
    }
    if let Some(origin) = origin.filter(|_| !has_methods) {
        resolved.config.output_methods = methods;
        resolved.origins.insert("output_methods", origin);
    }
    Ok(())
}

fn useless_key(name: String, origin: Origin) -> Notice {
    if let Some(key) = OBJECT_KEYS.into_iter().find(|key| *key == name) {
        return Notice::NotText { key, origin };
    }
    let deprecated: Vec<_> = OUTPUT_FLAGS.iter().map(|(key, ..)| *key).chain([OLD_TOKEN]).collect();
    Notice::UnknownKey { suggestion: nearest_key(&name, &deprecated), key: name, origin }
}

fn bad_value(key: &str, setting: &Setting, allowed: &'static str) -> ConfigError {
    ConfigError::BadValue {
        key: key.to_owned(),
        value: setting.value.clone(),
        origin: setting.origin.clone(),
        allowed,
    }
}
