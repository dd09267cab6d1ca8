//! The emissions file: adds a row, or replaces the row of the same run.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use carbon_model::{EmissionsRecord, RECORD_FIELDS};
use carbon_tracker::config::OnCsvWrite;

use super::error::{CsvError, CsvNotice};
use super::lock::{Turn, take_turn};
use super::row::Row;
use super::sniff::{Header, read_header, records};
use crate::atomic;

/// Enough for the header of any file that is ours.
const FIRST_READ: u64 = 4096;
/// A first line longer than this is no header.
const LONGEST_HEADER: u64 = 1 << 20;

/// A CSV file of emissions records, by its place and what writing does to it. Holds nothing open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvFile {
    path: PathBuf,
    on_write: OnCsvWrite,
}

/// A row that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What happened to the file.
    pub change: Change,
    /// What the user should hear.
    pub notices: Vec<CsvNotice>,
}

/// What writing did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was begun with a header and the row.
    Created,
    /// The row was added at its end.
    Appended,
    /// The row took the place of the same run's former row.
    Replaced,
    /// The run had a row that tells as much; nothing was written.
    Known,
}

/// What is done about rows of the same run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    /// What the settings say.
    AsSet,
    /// The same, but nothing where one is of as long a time.
    Once,
}

/// Seconds by which a time may differ from the same time after it was written and read.
const ROUNDING_S: f64 = 1e-6;

impl CsvFile {
    /// A file by the settings `output_dir` and `output_file`; an absolute `output_file` wins.
    ///
    /// # Errors
    /// The directory does not exist.
    pub fn new(
        output_dir: &Path,
        output_file: &Path,
        on_write: OnCsvWrite,
    ) -> Result<Self, CsvError> {
        let path = output_dir.join(output_file);
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for directory in [output_dir, parent] {
            if !directory.as_os_str().is_empty() && !directory.is_dir() {
                return Err(CsvError::MissingDirectory { directory: directory.to_owned() });
            }
        }
        Ok(Self { path, on_write })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a record. Costs tens of microseconds when it appends, whatever the size of the file;
    /// an update reads and rewrites the file.
    ///
    /// # Errors
    /// The file cannot be opened, locked or written; the rows in it are then as they were.
    pub fn write(&self, record: &EmissionsRecord) -> Result<Written, CsvError> {
        self.write_row(record, Same::AsSet)
    }

    /// Writes a record that may stand in the file already, such as that of a run which was cut short
    /// while it was saved: nothing if the run has a row of as long a time. Reads the file.
    ///
    /// # Errors
    /// As for [`write`](Self::write).
    pub fn write_once(&self, record: &EmissionsRecord) -> Result<Written, CsvError> {
        self.write_row(record, Same::Once)
    }

    fn write_row(&self, record: &EmissionsRecord, same: Same) -> Result<Written, CsvError> {
        let row = Row::of(record);
        if fs::metadata(&self.path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
            return self.write_to_device(&row);
        }
        let mut notices = Vec::new();
        loop {
            let mut turn = take_turn(&self.path, &mut notices)?;
            let length = self.opened(turn.file.metadata())?.len();
            let header = self.opened(header_of(&mut turn.file, length))?;
            let change = match header {
                _ if length == 0 => {
                    self.append(&mut turn, 0, &row.with_header(RECORD_FIELDS))?;
                    Change::Created
                }
                Some(header) if header.has_exactly(RECORD_FIELDS) => {
                    if same == Same::Once && self.is_known(&mut turn, length, &header, record)? {
                        Change::Known
                    } else {
                        self.extend(&mut turn, length, &header, &row, &mut notices)?
                    }
                }
                header => {
                    notices.push(self.put_aside(header)?);
                    continue;
                }
            };
            return Ok(Written { change, notices });
        }
    }

    /// Whether the run of a record has a row of as long a time.
    fn is_known(
        &self,
        turn: &mut Turn,
        length: u64,
        header: &Header,
        record: &EmissionsRecord,
    ) -> Result<bool, CsvError> {
        let bytes = self.opened(read_from_start(&mut turn.file, length))?;
        let column = |name: &str| header.columns.iter().position(|c| c == name);
        let (Some(id), Some(time)) = (column("run_id"), column("duration")) else {
            return Ok(false);
        };
        let is_as_long = |text: &str| {
            text.parse::<f64>().is_ok_and(|seconds| seconds >= record.duration - ROUNDING_S)
        };
        Ok(records(&bytes).skip(1).any(|row| {
            row.field(id).as_deref() == Some(&record.run_id)
                && row.field(time).as_deref().is_some_and(is_as_long)
        }))
    }

    /// Writes a row to a file whose columns are right.
    fn extend(
        &self,
        turn: &mut Turn,
        length: u64,
        header: &Header,
        row: &Row,
        notices: &mut Vec<CsvNotice>,
    ) -> Result<Change, CsvError> {
        let line = row.line(&header.columns);
        if self.on_write == OnCsvWrite::Update {
            let bytes = self.opened(read_from_start(&mut turn.file, length))?;
            let run_id = row.text("run_id");
            let column = header.columns.iter().position(|c| c == "run_id").unwrap_or(usize::MAX);
            let mut same_run =
                records(&bytes).skip(1).filter(|r| r.field(column).as_deref() == Some(&run_id));
            match (same_run.next(), same_run.count()) {
                (None, _) => {}
                (Some(old), 0) => {
                    let parts =
                        [&bytes[..old.range.start], line.as_bytes(), &bytes[old.range.end..]];
                    atomic::replace(&self.path, &parts)
                        .map_err(|source| CsvError::Write { path: self.path.clone(), source })?;
                    return Ok(Change::Replaced);
                }
                (Some(_), others) => {
                    let run_id = run_id.into_owned();
                    notices.push(CsvNotice::SeveralRows { run_id, rows: others + 1 });
                }
            }
        }
        let end = header.line_end.as_str();
        let ended = self.opened(ends_with_a_line(&mut turn.file))?;
        let text = [if ended { "" } else { end }, &line, end].concat();
        self.append(turn, length, &text)?;
        Ok(Change::Appended)
    }

    /// Adds text at the end by one write; what a full disk let through is taken back.
    fn append(&self, turn: &mut Turn, length: u64, text: &str) -> Result<(), CsvError> {
        turn.file.write_all(text.as_bytes()).map_err(|source| {
            if turn.exclusive {
                // Should this fail too, the next writer still starts on a line of its own.
                let _ = turn.file.set_len(length);
            }
            CsvError::Write { path: self.path.clone(), source }
        })
    }

    /// Renames a file of other columns to the first free of `.bak`, `_0.bak`, `_1.bak`, …
    fn put_aside(&self, header: Option<Header>) -> Result<CsvNotice, CsvError> {
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let name = |suffix: &str| {
            let mut name = target.file_name().unwrap_or_default().to_owned();
            name.push(suffix);
            target.with_file_name(name)
        };
        let numbered = (0..).map(|n| name(&format!("_{n}.bak")));
        let backup = std::iter::once(name(".bak"))
            .chain(numbered)
            .find(|path| fs::symlink_metadata(path).is_err())
            .unwrap_or_else(|| name(".bak"));
        fs::rename(&target, &backup)
            .map_err(|source| CsvError::Backup { path: self.path.clone(), source })?;
        let header = header.unwrap_or_default();
        let (missing, unknown) = (header.missing(RECORD_FIELDS), header.unknown(RECORD_FIELDS));
        Ok(CsvNotice::BackedUp { path: self.path.clone(), backup, missing, unknown })
    }

    /// A pipe or a terminal cannot be read back: it gets a header with each row.
    fn write_to_device(&self, row: &Row) -> Result<Written, CsvError> {
        let mut device = self.opened(File::options().append(true).open(&self.path))?;
        device
            .write_all(row.with_header(RECORD_FIELDS).as_bytes())
            .map_err(|source| CsvError::Write { path: self.path.clone(), source })?;
        Ok(Written { change: Change::Appended, notices: Vec::new() })
    }

    fn opened<T>(&self, result: io::Result<T>) -> Result<T, CsvError> {
        result.map_err(|source| CsvError::Open { path: self.path.clone(), source })
    }
}

/// The header, or `None` when the first line is too long to be one.
fn header_of(file: &mut File, length: u64) -> io::Result<Option<Header>> {
    let mut size = FIRST_READ;
    loop {
        let bytes = read_from_start(file, size.min(length))?;
        if let Some(header) = read_header(&bytes, size >= length) {
            return Ok(Some(header));
        }
        if size >= LONGEST_HEADER {
            return Ok(None);
        }
        size *= 16;
    }
}

fn read_from_start(file: &mut File, size: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a row can be added without ending a line first.
fn ends_with_a_line(file: &mut File) -> io::Result<bool> {
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(matches!(last[0], b'\n' | b'\r'))
}
