//! The store: which database it is, and how a use case gets its transaction.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::emission::{Batch, Ingested};
use crate::error::{Error, Result};
use crate::journal::{self, AuditEntry};
use crate::outcome::Outcome;
use crate::postgres::{Mode, Postgres};
use crate::run::{self, NewRun, Run};
use crate::session::{Answer, Session};
use crate::sqlite::{self, Guard, Sqlite};

/// What the server keeps. Copies are the same store.
///
/// Every method is one use case in one transaction. What is not there is `None`, `false` or an
/// empty list; errors say what the caller should do. A method that changes something answers when
/// it is on the disk.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// What changes through this copy are noted as.
    note: Option<Arc<AuditEntry>>,
}

enum Inner {
    Sqlite { database: Sqlite, path: Option<PathBuf> },
    Postgres(Postgres),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &*self.inner {
            Inner::Sqlite { path: Some(_), .. } => "Store(SQLite)",
            Inner::Sqlite { path: None, .. } => "Store(memory)",
            Inner::Postgres(_) => "Store(PostgreSQL)",
        })
    }
}

impl Store {
    /// Opens a database and brings its schema up to date; several processes may do so at once.
    ///
    /// * `sqlite:///var/lib/codecarbon/store.sqlite`, or `sqlite://store.sqlite` beside the working
    ///   directory. A file that is missing is made; its directory must be there.
    /// * `sqlite::memory:` is empty and ends with the store.
    /// * `postgres://user:password@host:port/database?sslmode=require&sslrootcert=/path`, also
    ///   `postgresql://` and `postgresql+driver://`.
    pub async fn open(url: &str) -> Result<Self> {
        if url == "sqlite::memory:" {
            return Self::open_memory().await;
        }
        if let Some(path) = url.strip_prefix("sqlite://") {
            return Self::open_file(Path::new(path)).await;
        }
        match url.split_once("://") {
            Some((scheme, rest))
                if matches!(scheme.split('+').next(), Some("postgres" | "postgresql")) =>
            {
                let postgres = Postgres::open(&format!("postgres://{rest}")).await?;
                Ok(Self::over(Inner::Postgres(postgres)))
            }
            _ => Err(Error::Address("starts neither with sqlite:// nor with postgres://")),
        }
    }

    /// Opens a SQLite file.
    pub async fn open_file(path: &Path) -> Result<Self> {
        let path = path.to_owned();
        let inner = blocking(move || {
            let database = Sqlite::open_file(&path)?;
            Ok(Inner::Sqlite { database, path: Some(path) })
        });
        Ok(Self::over(inner.await?))
    }

    /// An empty store in memory.
    pub async fn open_memory() -> Result<Self> {
        let inner = blocking(|| Ok(Inner::Sqlite { database: Sqlite::open_memory()?, path: None }));
        Ok(Self::over(inner.await?))
    }

    /// Finishes what was accepted and closes the database. Later calls are `Unavailable`.
    pub async fn close(&self) {
        match &*self.inner {
            Inner::Sqlite { database, .. } => {
                if let Some(readers) = &database.readers {
                    readers.close();
                }
                let store = Arc::clone(&self.inner);
                let closed = tokio::task::spawn_blocking(move || {
                    if let Inner::Sqlite { database, .. } = &*store {
                        database.writer.close();
                    }
                });
                // It fails only where the runtime ends, and then the writer ends with the store.
                drop(closed.await);
            }
            Inner::Postgres(postgres) => {
                postgres.writers.close().await;
                postgres.pool.close();
            }
        }
    }

    /// Adds rows, all of them or none, and answers when they are on the disk. What is queued while
    /// a commit runs is committed together next. A row whose id is there counts once; an id that
    /// names a row of another run is a `Conflict`.
    pub async fn ingest(&self, batch: Batch) -> Result<Ingested> {
        batch.check()?;
        match &*self.inner {
            Inner::Sqlite { database, .. } => database.writer.ingest(batch).await,
            Inner::Postgres(postgres) => postgres.writers.ingest(batch).await,
        }
    }

    /// Copies the database into a new file while it is in use. PostgreSQL has its own program for
    /// that, `pg_dump`, and is not copied here.
    pub async fn back_up(&self, target: &Path) -> Result<()> {
        let Inner::Sqlite { path: Some(source), .. } = &*self.inner else {
            return Err(Error::Address("only a SQLite file is copied; use pg_dump"));
        };
        let (source, target) = (source.clone(), target.to_owned());
        blocking(move || sqlite::back_up(&source, &target)).await
    }

    /// Puts a copy made by [`back_up`](Self::back_up) in the place of a database that is gone. The
    /// copy is checked; a file that is there is never overwritten.
    pub async fn restore(copy: &Path, target: &Path) -> Result<()> {
        let (copy, target) = (copy.to_owned(), target.to_owned());
        blocking(move || sqlite::restore(&copy, &target)).await
    }

    /// The same store, whose next change is noted in the audit log, in the transaction of the change:
    /// there is no change without its entry, and no entry where nothing changed.
    #[must_use]
    pub fn noting(&self, entry: AuditEntry) -> Self {
        Self { inner: Arc::clone(&self.inner), note: Some(Arc::new(entry)) }
    }

    fn over(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), note: None }
    }

    /// Runs a use case that somebody answers for, and notes it.
    pub(crate) async fn change<T, F>(&self, use_case: F) -> Result<T>
    where
        T: Outcome + Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        let Some(note) = self.note.clone() else { return self.write(use_case).await };
        self.write(move |session| {
            Box::pin(async move {
                let outcome = use_case(session).await?;
                if outcome.is_change() {
                    journal::insert(session, &note).await?;
                }
                Ok(outcome)
            })
        })
        .await
    }

    /// Runs a use case that changes something.
    pub(crate) async fn write<T, F>(&self, use_case: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite { database, .. } => database.writer.run(Guard::Savepoint, use_case).await,
            Inner::Postgres(postgres) => postgres.pool.run(Mode::Write, use_case).await,
        }
    }

    /// Adds a run as part of a commit of many.
    pub(crate) async fn write_run(&self, run: NewRun) -> Result<Option<Run>> {
        match &*self.inner {
            Inner::Sqlite { database, .. } => {
                database
                    .writer
                    .run(Guard::Unneeded, move |session| Box::pin(run::create(session, run)))
                    .await
            }
            Inner::Postgres(postgres) => postgres.writers.create_run(run).await,
        }
    }

    /// Runs a use case that reads with several statements, of one snapshot.
    pub(crate) async fn read<T, F>(&self, use_case: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        self.read_as(Mode::Read, use_case).await
    }

    /// Runs a use case that reads with one statement.
    pub(crate) async fn look_up<T, F>(&self, use_case: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        self.read_as(Mode::LookUp, use_case).await
    }

    async fn read_as<T, F>(&self, mode: Mode, use_case: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite { database: Sqlite { readers: Some(readers), .. }, .. } => {
                readers.run(use_case).await
            }
            Inner::Sqlite { database, .. } => database.writer.run(Guard::Unneeded, use_case).await,
            Inner::Postgres(postgres) => postgres.pool.run(mode, use_case).await,
        }
    }
}

/// Runs what waits for the disk where it holds nobody up.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
