//! The wire format of Protocol Buffers, as far as metrics need it.
//!
//! OTLP's metrics are a dozen small messages of five field types. Writing them takes these lines and
//! nothing else; generated code would bring a code generator's runtime into every program that
//! measures. What is written here is read back in tests by the official definitions.

/// A message that is being written. Fields that hold their type's default are written all the same,
/// which readers accept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Message(Vec<u8>);

const VARINT: u32 = 0;
const EIGHT_BYTES: u32 = 1;
const LENGTH: u32 = 2;
const FOUR_BYTES: u32 = 5;

impl Message {
    /// An integer, an enumeration or a boolean.
    pub(super) fn integer(mut self, field: u32, value: u64) -> Self {
        self.tag(field, VARINT);
        varint(&mut self.0, value);
        self
    }

    /// A `fixed64`.
    pub(super) fn fixed(mut self, field: u32, value: u64) -> Self {
        self.tag(field, EIGHT_BYTES);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// A `double`.
    pub(super) fn double(self, field: u32, value: f64) -> Self {
        self.fixed(field, value.to_bits())
    }

    /// A `string`.
    pub(super) fn text(self, field: u32, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    /// A message within this one.
    pub(super) fn message(self, field: u32, value: &Message) -> Self {
        self.bytes(field, &value.0)
    }

    /// Several messages within this one.
    pub(super) fn messages(self, field: u32, values: impl IntoIterator<Item = Message>) -> Self {
        values.into_iter().fold(self, |whole, value| whole.message(field, &value))
    }

    /// The bytes.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        self.tag(field, LENGTH);
        varint(&mut self.0, value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    fn tag(&mut self, field: u32, kind: u32) {
        varint(&mut self.0, u64::from(field << 3 | kind));
    }
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// A field of a message that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Of a fixed or variable length up to 64 bits.
    Number(u64),
    /// A string, bytes or a message.
    Bytes(&'a [u8]),
}

/// The fields of a message, by number; ends early where the bytes are no message.
pub(crate) fn fields(mut bytes: &[u8]) -> impl Iterator<Item = (u32, Value<'_>)> {
    std::iter::from_fn(move || {
        let tag = read_varint(&mut bytes)?;
        let field = u32::try_from(tag >> 3).ok()?;
        let value = match tag as u32 & 7 {
            VARINT => Value::Number(read_varint(&mut bytes)?),
            EIGHT_BYTES => {
                let (number, rest) = bytes.split_first_chunk::<8>()?;
                bytes = rest;
                Value::Number(u64::from_le_bytes(*number))
            }
            LENGTH => {
                let length = usize::try_from(read_varint(&mut bytes)?).ok()?;
                let (value, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Value::Bytes(value)
            }
            FOUR_BYTES => {
                let (number, rest) = bytes.split_first_chunk::<4>()?;
                bytes = rest;
                Value::Number(u64::from(u32::from_le_bytes(*number)))
            }
            _ => return None,
        };
        Some((field, value))
    })
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_written_as_the_specification_shows() {
        // The examples of the encoding guide: 150 in field 1, "testing" in field 2.
        assert_eq!(Message::default().integer(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        let text = Message::default().text(2, "testing").into_bytes();
        assert_eq!(text, [&[0x12, 0x07][..], b"testing"].concat());
        let inner = Message::default().integer(1, 150);
        let outer = Message::default().message(3, &inner).into_bytes();
        assert_eq!(outer, [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let double = Message::default().double(4, 1.0).into_bytes();
        assert_eq!(double, [0x21, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(number in any::<u64>(), fixed in any::<u64>(), text in ".*") {
            let bytes = Message::default()
                .integer(1, number).fixed(2, fixed).text(1000, &text).into_bytes();
            let read: Vec<_> = fields(&bytes).collect();
            prop_assert_eq!(read, vec![
                (1, Value::Number(number)),
                (2, Value::Number(fixed)),
                (1000, Value::Bytes(text.as_bytes())),
            ]);
        }

        #[test]
        fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(fields(&bytes).count() <= bytes.len());
        }
    }
}
