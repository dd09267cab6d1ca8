//! Apache Parquet, as much as a flat table takes: every column optional, plain values, one page per
//! column and group of rows, packed with gzip. The crate that does all of Parquet would bring
//! twenty-seven packages for it.
//!
//! <https://parquet.apache.org/docs/file-format/>

mod thrift;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Cell, Column, Kind, TableWriter};
use thrift::{Struct, varint};

const MAGIC: &[u8; 4] = b"PAR1";

/// Most rows and bytes of a group, which is all that is in memory at a time.
const GROUP_ROWS: usize = 20_000;
const GROUP_BYTES: usize = 16 << 20;

/// Numbers of the format.
const PLAIN: i32 = 0;
const RLE: i32 = 3;
const GZIP: i32 = 2;
const OPTIONAL: i32 = 1;

/// A Parquet file.
pub(super) struct Parquet {
    columns: &'static [Column],
    waiting: Vec<Values>,
    /// Bytes that were given out.
    offset: usize,
    groups: Vec<Vec<u8>>,
    rows: usize,
    waiting_rows: usize,
    waiting_bytes: usize,
}

/// What waits to be written of a column.
#[derive(Debug, Default, Clone)]
struct Values {
    /// Lengths of the runs of cells that are null and that are not.
    runs: Vec<(bool, u64)>,
    plain: Vec<u8>,
    /// Truths, which are packed in bits.
    truths: Vec<bool>,
}

impl Parquet {
    pub(super) fn new(columns: &'static [Column]) -> Self {
        let waiting = vec![Values::default(); columns.len()];
        let groups = Vec::new();
        Self { columns, waiting, offset: 0, groups, rows: 0, waiting_rows: 0, waiting_bytes: 0 }
    }

    fn give(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.offset += bytes.len();
        out.extend_from_slice(bytes);
    }

    fn group(&mut self, out: &mut Vec<u8>) {
        let rows = std::mem::take(&mut self.waiting_rows);
        self.waiting_bytes = 0;
        self.rows += rows;
        let waiting =
            std::mem::replace(&mut self.waiting, vec![Values::default(); self.columns.len()]);
        let (mut chunks, mut plain_bytes) = (Vec::new(), 0);
        for ((name, kind), values) in self.columns.iter().zip(waiting) {
            let start = self.offset;
            let plain = values.page();
            let packed = gzip(&plain);
            let page = Struct::new().count_i32(1, rows).i32(2, PLAIN).i32(3, RLE).i32(4, RLE);
            let head = Struct::new()
                .i32(1, 0)
                .count_i32(2, plain.len())
                .count_i32(3, packed.len())
                .inner(5, page)
                .bytes();
            self.give(&head, out);
            self.give(&packed, out);
            let uncompressed = head.len() + plain.len();
            plain_bytes += uncompressed;
            let about = Struct::new()
                .i32(1, physical(*kind))
                .i32s(2, &[PLAIN, RLE])
                .texts(3, &[name])
                .i32(4, GZIP)
                .count_i64(5, rows)
                .count_i64(6, uncompressed)
                .count_i64(7, head.len() + packed.len())
                .count_i64(9, start);
            chunks.push(Struct::new().count_i64(2, start).inner(3, about).bytes());
        }
        let group = Struct::new().structs(1, &chunks).count_i64(2, plain_bytes).count_i64(3, rows);
        self.groups.push(group.bytes());
    }

    fn footer(&self) -> Vec<u8> {
        let mut schema =
            vec![Struct::new().text(4, "schema").count_i32(5, self.columns.len()).bytes()];
        schema.extend(self.columns.iter().map(|(name, kind)| {
            let element = Struct::new().i32(1, physical(*kind)).i32(3, OPTIONAL).text(4, name);
            match kind {
                Kind::Text => element.i32(6, 0).inner(10, Struct::new().inner(1, Struct::new())),
                Kind::Time => {
                    let micros = Struct::new().inner(2, Struct::new());
                    let of_utc = Struct::new().truth(1, true).inner(2, micros);
                    element.i32(6, 10).inner(10, Struct::new().inner(8, of_utc))
                }
                Kind::Real | Kind::Whole | Kind::Truth => element,
            }
            .bytes()
        }));
        Struct::new()
            .i32(1, 2)
            .structs(2, &schema)
            .count_i64(3, self.rows)
            .structs(4, &self.groups)
            .text(6, "codecarbon")
            .bytes()
    }
}

impl TableWriter for Parquet {
    fn rows(&mut self, rows: &[Vec<Cell>]) -> Vec<u8> {
        let mut out = Vec::new();
        if self.offset == 0 {
            self.give(MAGIC, &mut out);
        }
        for row in rows {
            for (values, cell) in self.waiting.iter_mut().zip(row) {
                self.waiting_bytes += values.add(cell);
            }
            self.waiting_rows += 1;
            if self.waiting_rows == GROUP_ROWS || self.waiting_bytes >= GROUP_BYTES {
                self.group(&mut out);
            }
        }
        out
    }

    fn end(&mut self) -> Vec<u8> {
        let mut out = self.rows(&[]);
        if self.waiting_rows > 0 {
            self.group(&mut out);
        }
        let footer = self.footer();
        self.give(&footer, &mut out);
        self.give(&(footer.len() as u32).to_le_bytes(), &mut out);
        self.give(MAGIC, &mut out);
        out
    }
}

/// How values of a kind lie in the file.
fn physical(kind: Kind) -> i32 {
    match kind {
        Kind::Truth => 0,
        Kind::Whole | Kind::Time => 2,
        Kind::Real => 5,
        Kind::Text => 6,
    }
}

impl Values {
    /// Takes up a cell; how many bytes it adds.
    fn add(&mut self, cell: &Cell) -> usize {
        let before = self.plain.len();
        let is_there = *cell != Cell::Null;
        match self.runs.last_mut() {
            Some((kind, length)) if *kind == is_there => *length += 1,
            _ => self.runs.push((is_there, 1)),
        }
        match cell {
            Cell::Null => {}
            Cell::Text(text) => {
                self.plain.extend_from_slice(&(text.len() as u32).to_le_bytes());
                self.plain.extend_from_slice(text.as_bytes());
            }
            Cell::Real(number) => self.plain.extend_from_slice(&number.to_le_bytes()),
            Cell::Whole(number) => self.plain.extend_from_slice(&number.to_le_bytes()),
            Cell::Time(time) => self.plain.extend_from_slice(&time.micros().to_le_bytes()),
            Cell::Truth(truth) => self.truths.push(*truth),
        }
        self.plain.len() - before
    }

    /// A data page: which cells there are, in runs, behind their length in bytes; then the values.
    fn page(&self) -> Vec<u8> {
        let mut levels = Vec::new();
        for &(is_there, length) in &self.runs {
            varint(length << 1, &mut levels);
            levels.push(is_there.into());
        }
        let mut page = (levels.len() as u32).to_le_bytes().to_vec();
        page.extend_from_slice(&levels);
        page.extend_from_slice(&self.plain);
        page.extend(self.truths.chunks(8).map(|eight| {
            eight.iter().enumerate().fold(0, |byte, (bit, truth)| byte | u8::from(*truth) << bit)
        }));
        page
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory cannot fail.
    let _ = packed.write_all(bytes);
    packed.finish().unwrap_or_default()
}
