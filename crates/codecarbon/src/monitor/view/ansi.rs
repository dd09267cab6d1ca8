//! Puts cells on a terminal: one write for each frame, which no other output gets into.

use std::io::{self, Write};

use ratatui_core::backend::{Backend, ClearType, WindowSize};
use ratatui_core::buffer::Cell;
use ratatui_core::layout::{Position, Size};
use ratatui_core::style::{Color, Modifier};

use super::tty::Tty;

/// The terminal asks for what is between these to be shown at once; those that do not know it ignore
/// it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Draws on a terminal.
#[derive(Debug)]
pub(super) struct Ansi {
    pub(super) tty: Tty,
    frame: Vec<u8>,
}

impl Ansi {
    pub(super) fn on(tty: Tty) -> Self {
        Self { tty, frame: Vec::new() }
    }
}

/// How text looks, as the numbers of `ESC [ … m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look(Color, Modifier);

impl Look {
    fn write(self, to: &mut Vec<u8>) {
        to.extend_from_slice(b"\x1b[0");
        for (modifier, number) in [(Modifier::BOLD, 1), (Modifier::DIM, 2), (Modifier::REVERSED, 7)]
        {
            if self.1.contains(modifier) {
                let _ = write!(to, ";{number}");
            }
        }
        let number = match self.0 {
            Color::Green => Some(32),
            Color::Yellow => Some(33),
            Color::Blue => Some(34),
            Color::Magenta => Some(35),
            Color::Cyan => Some(36),
            _ => None,
        };
        if let Some(number) = number {
            let _ = write!(to, ";{number}");
        }
        to.push(b'm');
    }
}

impl Backend for Ansi {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let (mut at, mut look) = (None, None);
        for (x, y, cell) in content {
            if at != Some((x, y)) {
                let _ = write!(self.frame, "\x1b[{};{}H", y + 1, x + 1);
            }
            let wanted = Look(cell.fg, cell.modifier);
            if look != Some(wanted) {
                wanted.write(&mut self.frame);
                look = Some(wanted);
            }
            self.frame.extend_from_slice(cell.symbol().as_bytes());
            // Where a wide character ends is the terminal's matter.
            at = cell.symbol().is_ascii().then_some((x + 1, y));
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, _: P) -> io::Result<()> {
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.frame.extend_from_slice(b"\x1b[0m\x1b[2J");
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.tty.size())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.tty.size(), pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let frame = [BEGIN, &self.frame, END].concat();
        self.frame.clear();
        self.tty.write(&frame)
    }
}
