//! The view on a terminal: figures, what the user chose, and the command's output beside them.

use std::io;
use std::os::fd::RawFd;

use carbon_top::{Choices, Figures, Pressed, Theme, ViewModel, draw};
use ratatui_core::layout::Size;
use ratatui_core::terminal::Terminal;

use super::ansi::Ansi;
use super::keys::parse;
use super::tty::Tty;

/// A screen that has been taken over.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: Terminal<Ansi>,
    theme: Theme,
    choices: Choices,
    figures: Option<Figures>,
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn on(mut tty: Tty, theme: Theme) -> io::Result<Self> {
        tty.enter()?;
        let terminal = Terminal::new(Ansi::on(tty))?;
        Ok(Self { terminal, theme, choices: Choices::default(), figures: None })
    }

    /// Shows other figures, unless they are to stand still.
    pub(super) fn show(&mut self, figures: Figures) -> io::Result<()> {
        if self.choices.is_paused && self.figures.is_some() {
            return Ok(());
        }
        self.figures = Some(figures);
        self.draw()
    }

    /// Shows other lines of output.
    pub(super) fn show_output(&mut self, lines: Vec<String>) -> io::Result<()> {
        match &mut self.figures {
            Some(figures) if !self.choices.is_paused => figures.output = Some(lines),
            _ => return Ok(()),
        }
        self.draw()
    }

    /// Draws what there is, in the size that the terminal has now.
    pub(super) fn draw(&mut self) -> io::Result<()> {
        let Some(figures) = &self.figures else { return Ok(()) };
        if !self.terminal.backend().tty.is_entered() {
            return Ok(());
        }
        let model = ViewModel { figures, choices: &self.choices, theme: self.theme };
        self.terminal.draw(|frame| draw(&model, frame))?;
        Ok(())
    }

    /// Takes what was typed; whether the view is to end.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub(super) fn take_keys(&mut self) -> io::Result<bool> {
        let typed = self.terminal.backend_mut().tty.typed()?;
        let count = self.figures.as_ref().map_or(0, |figures| figures.processes.len());
        let mut changed = false;
        for key in parse(&typed) {
            match self.choices.press(key, count) {
                Pressed::Quit => return Ok(true),
                Pressed::Changed => changed = true,
                Pressed::Nothing => {}
            }
        }
        if changed {
            self.draw()?;
        }
        Ok(false)
    }

    /// Gives the terminal back for as long as this process is stopped.
    pub(super) fn leave(&mut self) {
        self.terminal.backend_mut().tty.leave();
    }

    /// Takes it over again.
    pub(super) fn return_to(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().tty.enter()?;
        self.terminal.clear()?;
        self.draw()
    }

    /// Columns and lines.
    pub(super) fn size(&self) -> Size {
        self.terminal.backend().tty.size()
    }

    /// What to wait for keys on.
    pub(super) fn descriptor(&self) -> RawFd {
        self.terminal.backend().tty.descriptor()
    }
}
