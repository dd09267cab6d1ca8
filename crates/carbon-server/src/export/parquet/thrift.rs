//! Thrift's compact protocol, as far as the headers of Parquet need it.

/// Kinds of fields, as they are numbered.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const I32: u8 = 5;
const I64: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// A structure as it grows; its fields are given in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Struct {
    bytes: Vec<u8>,
    last: i16,
}

impl Struct {
    /// Without fields.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Whole, as it is written.
    pub(super) fn bytes(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }

    pub(super) fn truth(mut self, number: i16, value: bool) -> Self {
        self.head(number, if value { TRUE } else { FALSE });
        self
    }

    pub(super) fn i32(mut self, number: i16, value: i32) -> Self {
        self.head(number, I32);
        varint(zigzag(value.into()), &mut self.bytes);
        self
    }

    pub(super) fn i64(mut self, number: i16, value: i64) -> Self {
        self.head(number, I64);
        varint(zigzag(value), &mut self.bytes);
        self
    }

    /// A number of things, which fits by how large pages and files are.
    pub(super) fn count_i32(self, number: i16, count: usize) -> Self {
        self.i32(number, i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// A number of bytes or rows.
    pub(super) fn count_i64(self, number: i16, count: usize) -> Self {
        self.i64(number, i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub(super) fn text(mut self, number: i16, value: &str) -> Self {
        self.head(number, BINARY);
        binary(value, &mut self.bytes);
        self
    }

    pub(super) fn inner(mut self, number: i16, value: Self) -> Self {
        self.head(number, STRUCT);
        self.bytes.extend(value.bytes());
        self
    }

    pub(super) fn i32s(mut self, number: i16, values: &[i32]) -> Self {
        self.list(number, I32, values.len());
        for value in values {
            varint(zigzag((*value).into()), &mut self.bytes);
        }
        self
    }

    pub(super) fn texts(mut self, number: i16, values: &[&str]) -> Self {
        self.list(number, BINARY, values.len());
        for value in values {
            binary(value, &mut self.bytes);
        }
        self
    }

    /// Structures that are written already.
    pub(super) fn structs(mut self, number: i16, values: &[Vec<u8>]) -> Self {
        self.list(number, STRUCT, values.len());
        for value in values {
            self.bytes.extend_from_slice(value);
        }
        self
    }

    fn list(&mut self, number: i16, kind: u8, length: usize) {
        self.head(number, LIST);
        match u8::try_from(length) {
            Ok(short @ ..15) => self.bytes.push(short << 4 | kind),
            _ => {
                self.bytes.push(0xf0 | kind);
                varint(length as u64, &mut self.bytes);
            }
        }
    }

    /// The fields of Parquet are less than fifteen numbers apart.
    fn head(&mut self, number: i16, kind: u8) {
        let step = (number - self.last) as u8;
        self.bytes.push(step << 4 | kind);
        self.last = number;
    }
}

fn binary(text: &str, out: &mut Vec<u8>) {
    varint(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// Seven bits a byte, the lowest first.
pub(super) fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
