//! A frame as lines and columns to put text on; what does not fit is cut, never written elsewhere.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;
use ratatui_core::text::Span;

/// Text of which a part is cut ends with this.
const CUT: &str = "…";

/// What is drawn on.
pub(super) struct Sheet<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        Self { buffer, area }
    }

    pub(super) fn width(&self) -> u16 {
        self.area.width
    }

    pub(super) fn height(&self) -> u16 {
        self.area.height
    }

    /// Gives some lines a style.
    pub(super) fn fill(&mut self, line: u16, lines: u16, style: Style) {
        let area = Rect { y: self.area.y + line, height: lines, ..self.area };
        self.buffer.set_style(area.intersection(self.area), style);
    }

    /// Puts text at a column, at most so wide; returns the column after it.
    pub(super) fn put(&mut self, x: u16, line: u16, width: u16, text: &str, style: Style) -> u16 {
        let width = width.min(self.area.width.saturating_sub(x));
        if width == 0 || line >= self.area.height {
            return x;
        }
        let (left, top) = (self.area.x + x, self.area.y + line);
        if Span::raw(text).width() <= usize::from(width) {
            let (end, _) = self.buffer.set_stringn(left, top, text, usize::from(width), style);
            return end - self.area.x;
        }
        let (end, _) = self.buffer.set_stringn(left, top, text, usize::from(width - 1), style);
        self.buffer.set_stringn(end, top, CUT, 1, style);
        end + 1 - self.area.x
    }

    /// Puts text so that it ends before a column; returns the column that it begins at.
    pub(super) fn put_right(&mut self, end: u16, line: u16, text: &str, style: Style) -> u16 {
        let width = u16::try_from(Span::raw(text).width()).unwrap_or(u16::MAX).min(end);
        self.put(end - width, line, width, text, style);
        end - width
    }
}
