//! Keys as a terminal sends them: characters in UTF-8, and escape sequences for the others.
//!
//! What comes together is one key or several; a lone escape at the end of what has come is the key of
//! that name, since terminals send a sequence whole.

use carbon_top::Key;

const ESCAPE: u8 = 0x1b;

/// The keys in what has come; what is no key that matters is left out.
pub(super) fn parse(mut bytes: &[u8]) -> Vec<Key> {
    let mut keys = Vec::new();
    while let Some((key, rest)) = next(bytes) {
        keys.extend(key);
        bytes = rest;
    }
    keys
}

fn next(bytes: &[u8]) -> Option<(Option<Key>, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    Some(match first {
        &ESCAPE => return Some(sequence(rest)),
        b'\r' | b'\n' => (Some(Key::Enter), rest),
        0x7f | 0x08 => (Some(Key::Backspace), rest),
        byte if byte.is_ascii_control() => (None, rest),
        _ => {
            let length = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            match length.chars().next() {
                Some(c) => (Some(Key::Char(c)), &bytes[c.len_utf8()..]),
                None => (None, rest),
            }
        }
    })
}

/// What follows an escape.
fn sequence(bytes: &[u8]) -> (Option<Key>, &[u8]) {
    let Some((b'[' | b'O', body)) = bytes.split_first() else {
        return (Some(Key::Escape), bytes);
    };
    let Some(end) = body.iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
        return (None, &[]);
    };
    let key = match (&body[..end], body[end]) {
        (_, b'A') => Some(Key::Up),
        (_, b'B') => Some(Key::Down),
        (_, b'H') | (b"1" | b"7", b'~') => Some(Key::Home),
        (_, b'F') | (b"4" | b"8", b'~') => Some(Key::End),
        (b"5", b'~') => Some(Key::PageUp),
        (b"6", b'~') => Some(Key::PageDown),
        _ => None,
    };
    (key, &body[end + 1..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_and_sequences_are_told_apart() {
        assert_eq!(parse(b"q/"), [Key::Char('q'), Key::Char('/')]);
        assert_eq!(parse("ä\r".as_bytes()), [Key::Char('ä'), Key::Enter]);
        assert_eq!(
            parse(b"\x1b[A\x1bOB\x1b[5~\x1b[F"),
            [Key::Up, Key::Down, Key::PageUp, Key::End]
        );
        assert_eq!(parse(b"\x1b"), [Key::Escape]);
        assert_eq!(parse(b"\x7f\x01"), [Key::Backspace]);
        // A key that means nothing here, with its modifiers, is no letter.
        assert_eq!(parse(b"\x1b[1;5Cq"), [Key::Char('q')]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            prop_assert!(parse(&bytes).len() <= bytes.len());
        }
    }
}
