//! How far a calibration is: a bar on a terminal, else a line for each phase.

use std::time::Duration;

use super::phases::Progress;
use crate::console::Console;

/// Says it on standard error.
pub(super) struct ProgressBar {
    console: Console,
    /// Columns of the terminal; `None` where there is none.
    columns: Option<usize>,
    last: String,
}

impl ProgressBar {
    pub(super) fn new(console: Console, columns: Option<usize>) -> Self {
        Self { console, columns, last: String::new() }
    }

    /// Says it, if it looks different from the last time.
    pub(super) fn show(&mut self, progress: &Progress) {
        match self.columns {
            Some(columns) => {
                let line = bar(progress, columns);
                if line != self.last {
                    self.console.print(&format!("\r{line}\x1b[K"));
                    self.last = line;
                }
            }
            None if self.last != progress.phase => {
                self.console.print(&format!("{}\n", progress.phase));
                self.last.clone_from(&progress.phase);
            }
            None => {}
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if self.columns.is_some() {
            self.console.print("\r\x1b[K");
        }
    }
}

/// Widest bar.
const WIDEST: usize = 40;

/// A line of at most so many columns: the phase, a bar, the time that is left.
fn bar(progress: &Progress, columns: usize) -> String {
    let Progress { phase, done, total } = progress;
    let left = whole_seconds(total.saturating_sub(*done));
    let (minutes, seconds) = (left / 60, left % 60);
    let time = format!("{minutes}:{seconds:02} left");
    let name = format!("{phase:<14}");
    let width = columns.saturating_sub(name.chars().count() + time.len() + 3).min(WIDEST);
    let share = done.as_secs_f64() / total.as_secs_f64().max(1e-9);
    let filled = ((share * width as f64) as usize).min(width);
    format!("{name} {}{} {time}", "█".repeat(filled), "░".repeat(width - filled))
}

/// Rounded up, so that the last second is not shown as none.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_the_line_and_time_runs_down() {
        let at = |done_s: u64, columns: usize| {
            let progress = Progress {
                phase: "full load".to_owned(),
                done: Duration::from_secs(done_s),
                total: Duration::from_secs(135),
            };
            bar(&progress, columns)
        };
        assert_eq!(at(0, 60), format!("full load      {} 2:15 left", "░".repeat(34)));
        assert_eq!(at(135, 60), format!("full load      {} 0:00 left", "█".repeat(34)));
        assert!(at(60, 200).contains(&format!("{}{}", "█".repeat(17), "░".repeat(23))));
        for columns in [10, 20, 40, 60, 80] {
            assert!(at(70, columns).chars().count() <= columns.max(25), "{columns}");
        }
    }
}
