//! What a command wrote to its terminal: whole, up to a limit, to be shown when the view is over; and
//! as lines of plain text for the view.
//!
//! A carriage return writes over the line, as progress bars have it; other ways to steer a terminal
//! are left out of the lines.

use std::collections::VecDeque;

/// So much is kept, bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// So many lines can be seen in the view, and so much of each.
const MOST_LINES: usize = 100;
const LONGEST_LINE: usize = 2000;

/// Where in an escape sequence the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    #[default]
    Text,
    /// An escape has come.
    Escape,
    /// `ESC [ …`, which ends with a letter.
    Control,
    /// `ESC ] …` and the like, which end with a bell or `ESC \`.
    Message,
}

/// Everything that was written.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    kept: VecDeque<u8>,
    dropped: u64,
    lines: VecDeque<Vec<u8>>,
    line: Vec<u8>,
    returned: bool,
    within: Within,
}

impl Transcript {
    /// Takes in what was written.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.kept.extend(bytes);
        let over = self.kept.len().saturating_sub(MOST_BYTES);
        self.kept.drain(..over);
        self.dropped += over as u64;
        for byte in bytes {
            self.step(*byte);
        }
    }

    fn step(&mut self, byte: u8) {
        self.within = match (self.within, byte) {
            (Within::Text | Within::Message, 0x1b) => Within::Escape,
            (Within::Text, _) => {
                self.write(byte);
                Within::Text
            }
            (Within::Escape, b'[') => Within::Control,
            (Within::Escape, b']' | b'P' | b'^' | b'_') => Within::Message,
            (Within::Control, 0x40..=0x7e) | (Within::Message, 0x07) | (Within::Escape, _) => {
                Within::Text
            }
            (within, _) => within,
        };
    }

    fn write(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                let line = std::mem::take(&mut self.line);
                if self.lines.len() == MOST_LINES {
                    self.lines.pop_front();
                }
                self.lines.push_back(line);
                self.returned = false;
            }
            b'\r' => self.returned = true,
            b'\t' => (0..4).for_each(|_| self.write(b' ')),
            0x08 => {
                self.line.pop();
            }
            byte if byte.is_ascii_control() => {}
            byte => {
                if std::mem::take(&mut self.returned) {
                    self.line.clear();
                }
                if self.line.len() < LONGEST_LINE {
                    self.line.push(byte);
                }
            }
        }
    }

    /// The last lines, the one that is being written included.
    pub(super) fn lines(&self) -> Vec<String> {
        let unfinished = (!self.line.is_empty()).then_some(&self.line);
        let all = self.lines.iter().chain(unfinished);
        all.map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    /// What is kept, from its beginning or from the first line that is, with a word on what is not;
    /// nothing is kept afterwards.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let kept: Vec<u8> = self.kept.into();
        if self.dropped == 0 {
            return kept;
        }
        let start = kept.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lost = self.dropped + start as u64;
        let mut text =
            format!("[{lost} bytes of output before this are not kept]\r\n").into_bytes();
        text.extend_from_slice(&kept[start..]);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let mut transcript = Transcript::default();
        // In pieces, as it may come.
        for byte in text.as_bytes() {
            transcript.take(&[*byte]);
        }
        transcript.lines()
    }

    #[test]
    fn lines_are_plain_and_progress_writes_over_itself() {
        assert_eq!(lines("one\r\ntwo\r\n"), ["one", "two"]);
        assert_eq!(lines("10 %\r20 %\r\n30"), ["20 %", "30"]);
        assert_eq!(lines("\x1b[1;31mred\x1b[0m \x1b]0;title\x07ä"), ["red ä"]);
        assert_eq!(lines("\x1b]0;t\x1b\\x\x08y\tz"), ["y    z"]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn what_was_written_is_given_back_as_it_was() {
        let mut transcript = Transcript::default();
        transcript.take(b"\x1b[1mbold\x1b[0m\r\n");
        assert_eq!(transcript.into_bytes(), b"\x1b[1mbold\x1b[0m\r\n");
    }

    #[test]
    fn a_flood_is_kept_to_its_end_and_says_what_is_missing() {
        let mut transcript = Transcript::default();
        for number in 0..200_000 {
            transcript.take(format!("line {number}\n").as_bytes());
        }
        assert_eq!(transcript.lines().last().unwrap(), "line 199999");
        assert_eq!(transcript.lines().len(), MOST_LINES);
        let text = String::from_utf8(transcript.into_bytes()).unwrap();
        assert!(text.starts_with('['), "{}", &text[..80]);
        assert!(text.lines().nth(1).unwrap().starts_with("line "));
        assert!(text.ends_with("line 199999\n") && text.len() < MOST_BYTES + 100);
    }
}
