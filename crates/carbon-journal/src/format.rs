//! What stands in a journal file, as bytes: pure functions, any bytes may come.
//!
//! | at | what |
//! | --- | --- |
//! | 0 | header: `ccjournl`, version (u16), zero (u16), length of a slot (u32), CRC-32 of these 16 bytes |
//! | 4096 | slot 0: a state of the run, later states take its place in turn with slot 1 |
//! | 4096 + slot | slot 1 |
//! | 4096 + 2 slots | what is only added: the head of the run, its tasks, marks; then zeros |
//!
//! Each of these is a block: `FF 'c' 'j'` and its kind, length (u32), sequence (u64), CRC-32 of kind,
//! length, sequence and payload, then the payload, which is JSON. All numbers are little-endian. A
//! reader looks for blocks and not for places, so that damage costs the block that it hits. `FF` is in
//! no UTF-8 text, so a payload never looks like a block.
//!
//! Two slots in turn, in place of a file that grows: a run's state is its whole state, so the newest
//! good one is all that counts; the file keeps its size, needs no room on a full disk, and forcing it
//! to the disk does not have to write what the file system knows of it.

/// Version of the format that is written here; others are not read.
pub const VERSION: u16 = 1;

/// Where the first slot begins.
pub const SLOTS_AT: usize = 4096;

/// Longest payload that is read or written, in bytes.
pub const LONGEST_PAYLOAD: usize = 16 << 20;

const MAGIC: &[u8; 8] = b"ccjournl";
const HEADER_LEN: usize = 20;
const BLOCK_MAGIC: [u8; 3] = [0xff, b'c', b'j'];
/// Bytes of a block before its payload.
pub const BLOCK_HEAD: usize = 20;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// What is known of the run from its start.
    Head = b'H',
    /// What it came to so far.
    State = b'S',
    /// A task that has ended.
    Task = b'T',
    /// What became of the journal.
    Mark = b'M',
}

impl Kind {
    const fn of(byte: u8) -> Option<Self> {
        match byte {
            b'H' => Some(Self::Head),
            b'S' => Some(Self::State),
            b'T' => Some(Self::Task),
            b'M' => Some(Self::Mark),
            _ => None,
        }
    }
}

/// A block that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// What it is.
    pub kind: Kind,
    /// Grows with each block of a file.
    pub sequence: u64,
    /// Its content.
    pub payload: &'a [u8],
}

/// What is whole in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents<'a> {
    /// The newest head.
    pub head: Option<&'a [u8]>,
    /// The newest state.
    pub state: Option<&'a [u8]>,
    /// Tasks, in the order of their end.
    pub tasks: Vec<&'a [u8]>,
    /// Marks, in their order.
    pub marks: Vec<&'a [u8]>,
    /// The sequence that the next block gets.
    pub next_sequence: u64,
    /// Where the next block may be added.
    pub end: usize,
}

/// Why a file is not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRead {
    /// A newer program wrote it.
    #[error("it is of version {0} of the format, which a newer codecarbon reads")]
    Newer(u16),
    /// It is something else, or nothing of it is left.
    #[error("it is no journal, or nothing of it is left")]
    Foreign,
}

/// The header of a file whose slots have this length.
pub fn header(slot_len: u32) -> [u8; HEADER_LEN] {
    let mut bytes = [0; HEADER_LEN];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
    bytes[12..16].copy_from_slice(&slot_len.to_le_bytes());
    let sum = crc32fast::hash(&bytes[..16]);
    bytes[16..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Where what is only added begins, by the header of a file of this version.
pub fn begin_of_added(bytes: &[u8]) -> Option<u64> {
    (version(bytes)? == VERSION).then_some(())?;
    let slot_len = u32::from_le_bytes(bytes.get(12..16)?.try_into().ok()?);
    Some(SLOTS_AT as u64 + 2 * u64::from(slot_len))
}

/// A block as it is written. The payload is no longer than [`LONGEST_PAYLOAD`].
pub fn block(kind: Kind, sequence: u64, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BLOCK_HEAD + payload.len());
    bytes.extend_from_slice(&BLOCK_MAGIC);
    bytes.push(kind as u8);
    bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&sequence.to_le_bytes());
    let sum = checksum(&bytes, payload);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// Reads the block that begins here; `None` if none that is whole does.
pub fn read_block(bytes: &[u8]) -> Option<Block<'_>> {
    let head = bytes.get(..BLOCK_HEAD)?;
    if head[..3] != BLOCK_MAGIC {
        return None;
    }
    let kind = Kind::of(head[3])?;
    let length = u32::from_le_bytes(head[4..8].try_into().ok()?) as usize;
    let sequence = u64::from_le_bytes(head[8..16].try_into().ok()?);
    let sum = u32::from_le_bytes(head[16..20].try_into().ok()?);
    if length > LONGEST_PAYLOAD {
        return None;
    }
    let payload = bytes.get(BLOCK_HEAD..BLOCK_HEAD + length)?;
    (checksum(&head[..16], payload) == sum).then_some(Block { kind, sequence, payload })
}

/// Reads a file.
///
/// # Errors
/// Nothing in it can be used.
pub fn read(bytes: &[u8]) -> Result<Contents<'_>, NotRead> {
    if let Some(version) = version(bytes)
        && version != VERSION
    {
        return Err(NotRead::Newer(version));
    }
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(found) = next_magic(&bytes[at..]) {
        at += found;
        match read_block(&bytes[at..]) {
            Some(block) => {
                blocks.push(block);
                at += BLOCK_HEAD + block.payload.len();
            }
            None => at += 1,
        }
    }
    if blocks.is_empty() && version(bytes).is_none() {
        return Err(NotRead::Foreign);
    }
    Ok(sorted(blocks, at.max(end_of_added(bytes))))
}

fn sorted(mut blocks: Vec<Block<'_>>, end: usize) -> Contents<'_> {
    let mut contents = Contents { end, ..Contents::default() };
    blocks.sort_by_key(|block| block.sequence);
    for block in blocks {
        contents.next_sequence = block.sequence.saturating_add(1);
        match block.kind {
            Kind::Head => contents.head = Some(block.payload),
            Kind::State => contents.state = Some(block.payload),
            Kind::Task => contents.tasks.push(block.payload),
            Kind::Mark => contents.marks.push(block.payload),
        }
    }
    contents
}

/// Where zeros begin that go on to the end of the file.
fn end_of_added(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// The version that a whole header tells.
fn version(bytes: &[u8]) -> Option<u16> {
    let header = bytes.get(..HEADER_LEN)?;
    let sum = u32::from_le_bytes(header[16..].try_into().ok()?);
    let is_whole = &header[..8] == MAGIC && crc32fast::hash(&header[..16]) == sum;
    is_whole.then(|| u16::from_le_bytes([header[8], header[9]]))
}

fn next_magic(bytes: &[u8]) -> Option<usize> {
    bytes.windows(BLOCK_MAGIC.len()).position(|window| window == BLOCK_MAGIC)
}

fn checksum(head: &[u8], payload: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&head[3..]);
    sum.update(payload);
    sum.finalize()
}

#[cfg(test)]
#[path = "format_tests.rs"]
mod tests;
