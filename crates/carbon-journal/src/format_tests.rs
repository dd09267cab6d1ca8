//! Tests of the format: what is written is read, and damage costs what it hits.

use proptest::prelude::*;

use super::*;

const SLOT: usize = 256;

/// A file with a head, two tasks, a mark, and the states 7 and 8 in its slots.
fn sample() -> Vec<u8> {
    let mut bytes = vec![0; SLOTS_AT + 2 * SLOT];
    bytes[..HEADER_LEN].copy_from_slice(&header(SLOT as u32));
    put(&mut bytes, SLOTS_AT, &block(Kind::State, 8, b"{\"joules\":8}"));
    put(&mut bytes, SLOTS_AT + SLOT, &block(Kind::State, 7, b"{\"joules\":7}"));
    for (sequence, (kind, payload)) in [
        (Kind::Head, &b"{\"run\":1}"[..]),
        (Kind::Task, b"{\"task\":1}"),
        (Kind::Task, b"{\"task\":2}"),
        (Kind::Mark, b"{}"),
    ]
    .into_iter()
    .enumerate()
    {
        bytes.extend(block(kind, sequence as u64, payload));
    }
    bytes.extend([0; 512]);
    bytes
}

fn put(bytes: &mut [u8], at: usize, block: &[u8]) {
    bytes[at..at + block.len()].copy_from_slice(block);
}

#[test]
fn what_was_written_is_read_and_the_newest_state_counts() {
    let bytes = sample();
    let contents = read(&bytes).unwrap();
    assert_eq!(contents.head, Some(&b"{\"run\":1}"[..]));
    assert_eq!(contents.state, Some(&b"{\"joules\":8}"[..]));
    assert_eq!(contents.tasks, [&b"{\"task\":1}"[..], b"{\"task\":2}"]);
    assert_eq!(contents.marks, [b"{}"]);
    assert_eq!((contents.next_sequence, contents.end), (9, bytes.len() - 512));
}

#[test]
fn a_state_that_is_torn_at_any_byte_leaves_the_one_before() {
    let mut bytes = sample();
    let newer = block(Kind::State, 9, b"{\"joules\":9.5}");
    for torn in 0..=newer.len() {
        put(&mut bytes, SLOTS_AT + SLOT, &block(Kind::State, 7, b"{\"joules\":7}"));
        put(&mut bytes, SLOTS_AT + SLOT, &newer[..torn]);
        let is_whole = torn == newer.len();
        let expected: &[u8] = if is_whole { b"{\"joules\":9.5}" } else { b"{\"joules\":8}" };
        assert_eq!(read(&bytes).unwrap().state, Some(expected), "{torn} bytes");
    }
}

#[test]
fn a_file_that_ends_anywhere_has_what_was_whole() {
    let bytes = sample();
    for end in HEADER_LEN..bytes.len() {
        let contents = read(&bytes[..end]).unwrap();
        assert!(contents.tasks.len() <= 2 && contents.end <= end.max(1));
        let has_state = end >= SLOTS_AT + BLOCK_HEAD + 12;
        assert_eq!(contents.state.is_some(), has_state, "{end}");
    }
    assert_eq!(read(&bytes[..10]), Err(NotRead::Foreign));
}

#[test]
fn a_newer_version_is_left_to_newer_programs_and_a_damaged_header_does_no_harm() {
    let mut bytes = sample();
    bytes[8] = 2;
    assert_eq!(read(&bytes).unwrap().state, Some(&b"{\"joules\":8}"[..]));
    let sum = crc32fast::hash(&bytes[..16]);
    put(&mut bytes, 16, &sum.to_le_bytes());
    assert_eq!(read(&bytes), Err(NotRead::Newer(2)));
    assert_eq!(read(b""), Err(NotRead::Foreign));
    assert_eq!(read(&[0; 9000]), Err(NotRead::Foreign));
}

proptest! {
    #[test]
    fn a_byte_that_changes_costs_one_block_at_most(at in 0usize..6000, to in any::<u8>()) {
        let mut bytes = sample();
        let at = at % bytes.len();
        bytes[at] = to;
        let contents = read(&bytes).unwrap();
        let blocks = |c: &Contents<'_>| {
            usize::from(c.head.is_some()) + usize::from(c.state.is_some()) + c.tasks.len() + c.marks.len()
        };
        prop_assert!(blocks(&contents) >= 4);
        let states = [&b"{\"joules\":8}"[..], b"{\"joules\":7}"];
        prop_assert!(contents.state.is_some_and(|state| states.contains(&state)));
        let tasks = [&b"{\"task\":1}"[..], b"{\"task\":2}"];
        prop_assert!(contents.tasks.iter().all(|task| tasks.contains(task)));
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(contents) = read(&bytes) {
            prop_assert!(contents.end <= bytes.len());
        }
    }
}
