//! A journal on disk while its run goes on: made with all the room that it needs, then only written
//! within it, so that a disk that fills up later keeps nothing from it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::format::{BLOCK_HEAD, Kind, LONGEST_PAYLOAD, SLOTS_AT, block, header};
use crate::lock::try_lock;
use crate::state::{EndedTask, Head, Mark, State, payload};

/// Ending of the names of journals.
pub(crate) const ENDING: &str = "journal";
/// Ending of the names of those that are being made.
pub(crate) const HALF_MADE: &str = "new";

/// Bytes of a slot beyond twice its first state: for gaps, warnings and prices.
const SLOT_ROOM: usize = 32 << 10;
/// Bytes behind the head that are there from the start, for marks on a full disk.
const ADDED_ROOM: usize = 8 << 10;
/// Bytes that tasks may take; the sums of a run have them anyway.
const MOST_TASK_BYTES: u64 = 16 << 20;

/// A journal of this process.
#[derive(Debug)]
pub(crate) struct JournalFile {
    file: Arc<File>,
    path: PathBuf,
    slot_len: usize,
    next_slot: usize,
    next_sequence: u64,
    end: u64,
    /// Tasks that it has.
    pub(crate) tasks: usize,
    /// Tasks for which it had no room.
    pub(crate) tasks_left_out: usize,
}

impl JournalFile {
    /// Makes one. It outlives this program from then on; [`force_names`] and the file's own data have to
    /// be forced to the disk for it to outlive the machine.
    ///
    /// # Errors
    /// No directory, no room, no locks there.
    pub(crate) fn create(
        directory: &Path,
        head: &Head,
        state: &State,
        tasks: &[EndedTask],
    ) -> io::Result<Self> {
        make_directory(directory)?;
        let name = Uuid::new_v4();
        let new = directory.join(format!(".{name}.{HALF_MADE}"));
        let path = directory.join(format!("{name}.{ENDING}"));
        let made = Self::write_new(&new, path, head, state, tasks);
        if made.is_err() {
            let _ = fs::remove_file(&new);
        }
        made
    }

    fn write_new(
        new: &Path,
        path: PathBuf,
        head: &Head,
        state: &State,
        tasks: &[EndedTask],
    ) -> io::Result<Self> {
        let mut file = private().create_new(true).open(new)?;
        if !try_lock(&file)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let state = block(Kind::State, 1, &payload(state));
        let slot_len = (2 * state.len() + SLOT_ROOM).next_multiple_of(SLOTS_AT);
        let mut bytes = vec![0; SLOTS_AT + 2 * slot_len];
        let header = header(u32::try_from(slot_len).map_err(io::Error::other)?);
        bytes[..header.len()].copy_from_slice(&header);
        bytes[SLOTS_AT..SLOTS_AT + state.len()].copy_from_slice(&state);
        bytes.extend(block(Kind::Head, 0, &payload(head)));
        let end = bytes.len();
        bytes.resize(end + ADDED_ROOM, 0);
        file.write_all(&bytes)?;
        let mut made = Self {
            file: Arc::new(file),
            path,
            slot_len,
            next_slot: 1,
            next_sequence: 2,
            end: end as u64,
            tasks: 0,
            tasks_left_out: 0,
        };
        made.add_tasks(tasks)?;
        fs::rename(new, &made.path)?;
        Ok(made)
    }

    /// Writes what the run comes to so far over the state before the last one: tens of microseconds.
    ///
    /// # Errors
    /// It could not be written; the last state is as it was.
    pub(crate) fn write_state(&mut self, state: &State) -> io::Result<()> {
        let mut bytes = payload(state);
        if BLOCK_HEAD + bytes.len() > self.slot_len {
            bytes = payload(&state.shortened());
        }
        if BLOCK_HEAD + bytes.len() > self.slot_len {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let at = SLOTS_AT + self.next_slot * self.slot_len;
        write_at(&self.file, &block(Kind::State, self.next_sequence, &bytes), at as u64)?;
        self.next_sequence += 1;
        self.next_slot = 1 - self.next_slot;
        Ok(())
    }

    /// Adds tasks that have ended.
    ///
    /// # Errors
    /// They could not all be written; the others can be added again.
    pub(crate) fn add_tasks(&mut self, tasks: &[EndedTask]) -> io::Result<()> {
        for task in tasks {
            let bytes = payload(task);
            let begin = (SLOTS_AT + 2 * self.slot_len) as u64;
            if bytes.len() > LONGEST_PAYLOAD || self.end - begin > MOST_TASK_BYTES {
                self.tasks_left_out += 1;
            } else {
                self.add(Kind::Task, &bytes)?;
            }
            self.tasks += 1;
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        let block = block(kind, self.next_sequence, payload);
        write_at(&self.file, &block, self.end)?;
        self.next_sequence += 1;
        self.end += block.len() as u64;
        Ok(())
    }

    /// Notes that the run has ended and which outputs have not got it, and forces that to the disk.
    ///
    /// # Errors
    /// It could not be written; then all outputs are taken for those.
    pub(crate) fn note_failed(&mut self, failed: &[String]) -> io::Result<()> {
        self.add(Kind::Mark, &payload(&Mark::Failed(failed.to_vec())))?;
        self.file.sync_data()
    }

    /// The open file, to force it to the disk without keeping others from it.
    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it: the run is saved.
    ///
    /// # Errors
    /// It cannot be removed, and will be taken for a run that was cut short.
    pub(crate) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

/// Forces the names of a directory's files to the disk.
///
/// # Errors
/// The disk failed.
pub(crate) fn force_names(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Makes the directory of the journals, and those above it, for their user alone.
fn make_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// How journals are opened: only their user may read what was measured.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes bytes at a place.
#[cfg(unix)]
pub(crate) fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

/// Writes bytes at a place.
#[cfg(not(unix))]
pub(crate) fn write_at(mut file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}
