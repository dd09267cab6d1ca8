//! Reads Parquet again, by the specification and not by the code that wrote it: the footer, the
//! schema, pages in either level encoding and plain values.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::GzDecoder;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Text(String),
    Real(f64),
    Whole(i64),
    Truth(bool),
}

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) rows: usize,
    pub(crate) columns: BTreeMap<String, Vec<Value>>,
}

/// A value of Thrift's compact protocol.
#[derive(Debug, Clone)]
enum Thrift {
    Truth,
    Int(i64),
    Bytes(Vec<u8>),
    List(Vec<Thrift>),
    Struct(BTreeMap<i64, Thrift>),
}

impl Thrift {
    fn field(&self, number: i64) -> &Thrift {
        match self {
            Self::Struct(fields) => fields.get(&number).unwrap(),
            other => panic!("no structure: {other:?}"),
        }
    }

    fn int(&self, number: i64) -> i64 {
        match self.field(number) {
            Self::Int(value) => *value,
            other => panic!("no number: {other:?}"),
        }
    }

    fn list(&self, number: i64) -> &[Thrift] {
        match self.field(number) {
            Self::List(items) => items,
            other => panic!("no list: {other:?}"),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap(),
            other => panic!("no text: {other:?}"),
        }
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> &'b [u8] {
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn varint(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
    }

    fn zigzag(&mut self) -> i64 {
        let value = self.varint();
        (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
    }

    fn value(&mut self, kind: u8) -> Thrift {
        match kind {
            1 | 2 => Thrift::Truth,
            3 => Thrift::Int(self.byte().into()),
            4..=6 => Thrift::Int(self.zigzag()),
            8 => {
                let length = self.varint() as usize;
                Thrift::Bytes(self.take(length).to_vec())
            }
            9 => {
                let head = self.byte();
                let short = usize::from(head >> 4);
                let length = if short == 15 { self.varint() as usize } else { short };
                Thrift::List((0..length).map(|_| self.value(head & 15)).collect())
            }
            12 => self.structure(),
            other => panic!("kind {other}"),
        }
    }

    fn structure(&mut self) -> Thrift {
        let (mut fields, mut number) = (BTreeMap::new(), 0);
        loop {
            let head = self.byte();
            if head == 0 {
                return Thrift::Struct(fields);
            }
            number = if head >> 4 == 0 { self.zigzag() } else { number + i64::from(head >> 4) };
            fields.insert(number, self.value(head & 15));
        }
    }
}

/// Reads a file.
pub(crate) fn read(file: &[u8]) -> Table {
    assert_eq!((&file[..4], &file[file.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    let end = file.len() - 8;
    let length = u32::from_le_bytes(file[end..end + 4].try_into().unwrap()) as usize;
    let footer = Reader { bytes: &file[end - length..end], at: 0 }.structure();
    let schema = footer.list(2);
    assert_eq!(schema[0].int(5) as usize, schema.len() - 1);
    let names: Vec<String> = schema[1..].iter().map(|column| column.field(4).text()).collect();
    let mut columns: BTreeMap<String, Vec<Value>> =
        names.iter().map(|name| (name.clone(), Vec::new())).collect();
    let mut rows = 0;
    for group in footer.list(4) {
        rows += group.int(3);
        for (name, chunk) in names.iter().zip(group.list(1)) {
            let about = chunk.field(3);
            assert_eq!(&about.list(3)[0].text(), name);
            let mut page = Reader { bytes: file, at: about.int(9) as usize };
            let head = page.structure();
            let packed = page.take(head.int(3) as usize);
            assert_eq!(page.at, (about.int(9) + about.int(7)) as usize, "{name}");
            let mut plain = Vec::new();
            GzDecoder::new(packed).read_to_end(&mut plain).unwrap();
            assert_eq!(plain.len(), head.int(2) as usize);
            let count = head.field(5).int(1);
            assert_eq!((count, about.int(5)), (group.int(3), group.int(3)));
            let cells = cells(&plain, count as usize, about.int(1));
            columns.get_mut(name).unwrap().extend(cells);
        }
    }
    assert_eq!(rows, footer.int(3));
    Table { rows: rows as usize, columns }
}

/// Values of a page: which there are, as runs of equal levels or as bits, then the values.
fn cells(plain: &[u8], count: usize, kind: i64) -> Vec<Value> {
    let mut reader = Reader { bytes: plain, at: 0 };
    let length = u32::from_le_bytes(reader.take(4).try_into().unwrap()) as usize;
    let mut levels = Reader { bytes: reader.take(length), at: 0 };
    let mut are_there = Vec::with_capacity(count);
    while are_there.len() < count {
        let head = levels.varint();
        if head & 1 == 0 {
            let level = levels.byte() == 1;
            are_there.extend(std::iter::repeat_n(level, (head >> 1) as usize));
        } else {
            for byte in levels.take((head >> 1) as usize) {
                are_there.extend((0..8).map(|bit| byte >> bit & 1 == 1));
            }
        }
    }
    let mut truths = 0;
    let mut next = |reader: &mut Reader<'_>| match kind {
        0 => {
            let byte = reader.bytes[reader.at + truths / 8];
            truths += 1;
            Value::Truth(byte >> ((truths - 1) % 8) & 1 == 1)
        }
        2 => Value::Whole(i64::from_le_bytes(reader.take(8).try_into().unwrap())),
        5 => Value::Real(f64::from_le_bytes(reader.take(8).try_into().unwrap())),
        6 => {
            let length = u32::from_le_bytes(reader.take(4).try_into().unwrap()) as usize;
            Value::Text(String::from_utf8(reader.take(length).to_vec()).unwrap())
        }
        other => panic!("type {other}"),
    };
    let cells: Vec<Value> = are_there[..count]
        .iter()
        .map(|is_there| if *is_there { next(&mut reader) } else { Value::Null })
        .collect();
    assert_eq!(reader.at + truths.div_ceil(8), plain.len(), "bytes are left over");
    cells
}
