//! What the user chose, and what keys do to it.

use std::cmp::Ordering;

use crate::figures::ProcessFigures;
use crate::text::Units;

/// A key that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Escape,
    /// The character before is taken back.
    Backspace,
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// To the first line.
    Home,
    /// To the last line.
    End,
}

/// What a key comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// Nothing is to be done.
    Nothing,
    /// The screen is another one.
    Changed,
    /// The view is to end.
    Quit,
}

/// What processes are sorted by, the most first; names from A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Energy since the view began.
    #[default]
    Energy,
    /// Power now.
    Power,
    /// CPU time now.
    Cpu,
    /// Memory of its own.
    Memory,
    /// Command line.
    Name,
}

impl Sort {
    /// Its name in the footer.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Power => "power",
            Self::Cpu => "CPU",
            Self::Memory => "memory",
            Self::Name => "name",
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::Energy => Self::Power,
            Self::Power => Self::Cpu,
            Self::Cpu => Self::Memory,
            Self::Memory => Self::Name,
            Self::Name => Self::Energy,
        }
    }

    fn compare(self, a: &ProcessFigures, b: &ProcessFigures) -> Ordering {
        match self {
            Self::Energy => b.energy.joules().total_cmp(&a.energy.joules()),
            Self::Power => b.power.watts().total_cmp(&a.power.watts()),
            Self::Cpu => b.cpu_percent.total_cmp(&a.cpu_percent),
            Self::Memory => b.private_bytes.cmp(&a.private_bytes),
            Self::Name => a.command.to_lowercase().cmp(&b.command.to_lowercase()),
        }
    }
}

/// A key goes this many lines with a page.
const PAGE: usize = 10;

/// Longest filter, characters.
const LONGEST_FILTER: usize = 40;

/// What the user chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// What processes are sorted by.
    pub sort: Sort,
    /// Units of energy.
    pub units: Units,
    /// Only processes with this in their command line, in capitals or not; all if it is empty.
    pub filter: String,
    /// Whether the filter is being typed.
    pub is_typing: bool,
    /// Whether the figures stand still.
    pub is_paused: bool,
    /// Whether the help is shown.
    pub is_help: bool,
    /// How many processes are above the first that is shown.
    pub scrolled: usize,
}

impl Choices {
    /// Takes a key; `count` is how many processes there are to scroll through.
    pub fn press(&mut self, key: Key, count: usize) -> Pressed {
        if self.is_typing {
            return self.type_filter(key);
        }
        if self.is_help && !matches!(key, Key::Char('q')) {
            self.is_help = false;
            return Pressed::Changed;
        }
        match key {
            Key::Char('q') => return Pressed::Quit,
            Key::Char('s') => {
                self.sort = self.sort.next();
                self.scrolled = 0;
            }
            Key::Char('u') => self.units = self.units.next(),
            Key::Char('p' | ' ') => self.is_paused = !self.is_paused,
            Key::Char('h' | '?') => self.is_help = true,
            Key::Char('/') => self.is_typing = true,
            Key::Escape if !self.filter.is_empty() => self.clear_filter(),
            Key::Up | Key::Char('k') => self.scrolled = self.scrolled.saturating_sub(1),
            Key::Down | Key::Char('j') => self.scrolled += 1,
            Key::PageUp => self.scrolled = self.scrolled.saturating_sub(PAGE),
            Key::PageDown => self.scrolled += PAGE,
            Key::Home => self.scrolled = 0,
            Key::End => self.scrolled = count,
            _ => return Pressed::Nothing,
        }
        self.scrolled = self.scrolled.min(count.saturating_sub(1));
        Pressed::Changed
    }

    fn type_filter(&mut self, key: Key) -> Pressed {
        match key {
            Key::Enter => self.is_typing = false,
            Key::Escape => {
                self.is_typing = false;
                self.clear_filter();
            }
            Key::Backspace => {
                self.filter.pop();
            }
            Key::Char(c) if self.filter.chars().count() < LONGEST_FILTER => self.filter.push(c),
            _ => return Pressed::Nothing,
        }
        self.scrolled = 0;
        Pressed::Changed
    }

    fn clear_filter(&mut self) {
        self.filter.clear();
        self.scrolled = 0;
    }

    /// The processes that are to be listed, in their order: those that pass the filter. Those that
    /// are equal stand by their ids, so that lines do not jump.
    pub fn listed<'a>(&self, processes: &'a [ProcessFigures]) -> Vec<&'a ProcessFigures> {
        let wanted = self.filter.to_lowercase();
        let passes = |process: &&ProcessFigures| {
            wanted.is_empty() || process.command.to_lowercase().contains(&wanted)
        };
        let mut listed: Vec<_> = processes.iter().filter(passes).collect();
        listed.sort_by(|a, b| self.sort.compare(a, b).then(a.id.cmp(&b.id)));
        listed
    }
}

#[cfg(test)]
mod tests {
    use carbon_model::{Energy, Power};
    use carbon_sensors::process::ProcessId;

    use super::*;

    fn process(pid: u32, command: &str, joules: f64, watts: f64) -> ProcessFigures {
        ProcessFigures {
            id: ProcessId { pid, start_ticks: 0 },
            command: command.to_owned(),
            cpu_percent: 0.0,
            private_bytes: None,
            power: Power::from_watts(watts),
            energy: Energy::from_joules(joules),
        }
    }

    fn pids(choices: &Choices, processes: &[ProcessFigures]) -> Vec<u32> {
        choices.listed(processes).iter().map(|process| process.id.pid).collect()
    }

    #[test]
    fn a_key_goes_through_the_orders_and_a_filter_is_typed() {
        let all =
            [process(1, "b", 1.0, 9.0), process(2, "Apple", 5.0, 0.0), process(3, "b", 1.0, 0.0)];
        let mut choices = Choices::default();
        assert_eq!(pids(&choices, &all), [2, 1, 3]);
        assert_eq!(choices.press(Key::Char('s'), 3), Pressed::Changed);
        assert_eq!(pids(&choices, &all), [1, 2, 3]);
        for key in [Key::Char('/'), Key::Char('a'), Key::Char('q'), Key::Backspace, Key::Enter] {
            assert_eq!(choices.press(key, 3), Pressed::Changed);
        }
        assert_eq!(pids(&choices, &all), [2], "q is a letter of the filter, not the end");
        assert_eq!(choices.press(Key::Escape, 3), Pressed::Changed);
        assert_eq!(pids(&choices, &all).len(), 3);
        assert_eq!(choices.press(Key::Char('q'), 3), Pressed::Quit);
    }

    #[test]
    fn scrolling_stays_within_the_list_and_help_goes_with_any_key() {
        let mut choices = Choices::default();
        choices.press(Key::End, 5);
        assert_eq!(choices.scrolled, 4);
        choices.press(Key::PageUp, 5);
        assert_eq!(choices.scrolled, 0);
        choices.press(Key::Char('?'), 5);
        assert!(choices.is_help);
        choices.press(Key::Down, 5);
        assert_eq!((choices.is_help, choices.scrolled), (false, 0));
        assert_eq!(choices.press(Key::Char('x'), 5), Pressed::Nothing);
    }
}
