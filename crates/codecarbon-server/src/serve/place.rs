//! Where everything is kept: PostgreSQL by its address, or a SQLite file in a folder of our own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carbon_store::{Error, Reason, Store};

use crate::failure::Failure;
use crate::options::list::{DATA_DIR, DATABASE_URL};
use crate::options::{Given, Options};
use crate::serve::settings::NO_SECRET;

/// Name of the file in the folder.
const FILE: &str = "store.sqlite";

/// How long a database that does not answer is waited for, as where both start together.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// A database.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// A SQLite file.
    File(PathBuf),
    /// The address of a database; it may hold a password.
    Address(String),
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

impl fmt::Display for Database {
    /// Without the password of an address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Address(url) => f.write_str(&without_password(url)),
        }
    }
}

/// An address of a database without what is secret in it.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "(an address)".to_owned() };
    // What follows the question mark may hold a password too.
    let rest = rest.split('?').next().unwrap_or_default();
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{host}")
}

impl Database {
    /// What the options say.
    ///
    /// # Errors
    /// The address is of no database, or there is no folder to be had.
    pub(crate) fn read(options: &Options<'_>) -> Result<Self, Failure> {
        let directory = options.one(&DATA_DIR)?;
        let Some(given) = options.one(&DATABASE_URL)? else {
            let directory = match directory {
                Some(given) => PathBuf::from(given.text),
                None => options.start().data_directory().ok_or_else(|| {
                    Failure::user("there is no home directory to keep data in")
                        .hint("name a folder: --data-dir DIR")
                })?,
            };
            return Ok(Self::File(directory.join(FILE)));
        };
        Self::of_address(&given)
    }

    fn of_address(given: &Given) -> Result<Self, Failure> {
        let expected =
            "postgres://user:password@host:5432/database or sqlite:///folder/store.sqlite";
        if given.text.contains(&format!(":{NO_SECRET}@")) {
            return Err(given.refused("a password of your own: this one can be read in public"));
        }
        given.read(expected, |url| {
            if let Some(path) = url.strip_prefix("sqlite://") {
                return (!path.is_empty()).then(|| Self::File(path.into()));
            }
            let (scheme, rest) = url.split_once("://")?;
            let scheme = scheme.split('+').next()?;
            let is_postgres = matches!(scheme, "postgres" | "postgresql") && !rest.is_empty();
            is_postgres.then(|| Self::Address(url.to_owned()))
        })
    }

    /// Opens it, and brings its schema up to date. A folder of our own is made where it is missing;
    /// a server that does not answer is waited for.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) async fn open(&self) -> Result<Store, Failure> {
        match self {
            Self::File(path) => {
                make_directory(path.parent())?;
                Store::open_file(path).await.map_err(|error| self.failure(&error))
            }
            Self::Address(url) => self.open_patiently(url).await,
        }
    }

    async fn open_patiently(&self, url: &str) -> Result<Store, Failure> {
        let mut waited = Duration::ZERO;
        loop {
            match Store::open(url).await {
                Err(Error::Unavailable { reason: Reason::NoConnection, .. })
                    if waited < PATIENCE =>
                {
                    if waited.is_zero() {
                        tracing::warn!("{self} does not answer yet; trying for {PATIENCE:?}");
                    }
                    tokio::time::sleep(PAUSE).await;
                    waited += PAUSE;
                }
                opened => return opened.map_err(|error| self.failure(&error)),
            }
        }
    }

    /// What it means that the database answered with an error.
    pub(crate) fn failure(&self, error: &Error) -> Failure {
        let failure = match error {
            Error::Internal(source) => Failure::user(format!("{self}: {source}")),
            other => Failure::user(format!("{self}: {other}")),
        };
        match (self, error) {
            (Self::File(path), Error::Internal(source)) if source.is::<std::io::Error>() => {
                let directory = path.parent().unwrap_or(Path::new("."));
                let writable = format!("can {} be written to?", directory.display());
                failure.hint(writable).hint("another folder: --data-dir DIR")
            }
            (Self::Address(_), Error::Unavailable { .. } | Error::Internal(_)) => failure
                .hint("is PostgreSQL running there, and are user, password and database right?"),
            _ => failure
                .hint("it has to be a database of this server, made by this or an older version"),
        }
    }
}

/// Makes the folder of a file, for its owner only, unless it is there.
pub(crate) fn make_directory(directory: Option<&Path>) -> Result<(), Failure> {
    let Some(directory) = directory.filter(|path| !path.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| {
        Failure::user(format!("{} cannot be made: {error}", directory.display()))
            .hint("another folder: --data-dir DIR")
    })
}
