//! Colours and characters: with `NO_COLOR` only bold, dim and reversed text, in a terminal without
//! Unicode only ASCII.

use carbon_model::Component;
use ratatui_core::buffer::Buffer;
use ratatui_core::style::{Color, Modifier, Style};

/// How the terminal wants it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Theme {
    /// Whether colours may be used.
    pub has_colours: bool,
    /// Whether only ASCII can be shown.
    pub is_ascii: bool,
}

#[expect(clippy::unused_self, reason = "every style is asked of the theme, coloured or not")]
impl Theme {
    pub(super) fn plain(self) -> Style {
        Style::new()
    }

    pub(super) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(super) fn label(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    pub(super) fn header(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub(super) fn header_name(self) -> Style {
        self.header().add_modifier(Modifier::BOLD)
    }

    pub(super) fn key(self) -> Style {
        self.coloured(self.strong(), Color::Green)
    }

    pub(super) fn warning(self) -> Style {
        self.coloured(Style::new(), Color::Yellow)
    }

    pub(super) fn total(self) -> Style {
        self.coloured(self.strong(), Color::Green)
    }

    pub(super) fn of(self, component: Component) -> Style {
        let colour = match component {
            Component::Cpu => Color::Cyan,
            Component::Gpu => Color::Magenta,
            Component::Ram => Color::Blue,
        };
        self.coloured(Style::new(), colour)
    }

    fn coloured(self, style: Style, colour: Color) -> Style {
        if self.has_colours { style.fg(colour) } else { style }
    }
}

/// Replaces what is not ASCII by what is like it.
pub(super) fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        if symbol.is_ascii() {
            continue;
        }
        let like = match symbol {
            "▁" | "▂" => "_",
            "▃" | "▄" | "─" => "-",
            "▅" | "▆" | "▏" | "▎" | "▍" => "=",
            "▇" | "█" | "▌" | "▋" | "▊" | "▉" => "#",
            "…" => "~",
            "µ" => "u",
            "₂" => "2",
            _ => "?",
        };
        cell.set_symbol(like);
    }
}
