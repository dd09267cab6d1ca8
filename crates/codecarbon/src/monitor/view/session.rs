//! A run with a view on it: samples, figures, keys and output, all in the loop of the command.

use std::io::{self, Write};
use std::os::fd::RawFd;
use std::time::Duration;

use carbon_journal::{Kept, Onlooker};
use carbon_model::{CarbonMass, Energy};
use carbon_sensors::clock::local_timestamp;
use carbon_sensors::{Clock, SystemClock};
use carbon_top::{Choices, Figures, Subject, TaskFigures, Theme, ViewModel, Watcher, plain};
use carbon_tracker::{Hub, Run};
use libc::c_int;

use super::attached::Attached;
use super::pty::Pty;
use super::screen::Screen;
use super::transcript::Transcript;
use crate::command::signals::Signals;
use crate::command::supervise::Watch;
use crate::monitor::live::LiveRecords;
use crate::monitor::record_file::RecordFile;

/// How the figures are shown.
#[derive(Debug)]
pub(super) enum Face {
    /// On a screen.
    Screen(Box<Screen>),
    /// As lines: on standard output, or, where that is a command's, on standard error.
    Lines { to_stderr: bool },
    /// Not any more; the run goes on.
    Closed,
}

/// Whether the run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Something is to be done after this time at the latest.
    GoOn(Option<Duration>),
    /// The view was ended, nobody reads, or what was shown has ended.
    End,
}

/// A run and its view.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) hub: &'a Hub,
    pub(super) run: Run,
    pub(super) live: LiveRecords,
    pub(super) record_file: &'a RecordFile,
    pub(super) journal: Option<&'a Kept>,
    pub(super) watcher: Watcher,
    /// Journals of programs that measure themselves, and the tasks that they tell of.
    pub(super) onlooker: Option<Onlooker>,
    pub(super) tasks: Vec<TaskFigures>,
    pub(super) face: Face,
    /// The terminal that a command writes to, and what it wrote.
    pub(super) pty: Option<Pty>,
    pub(super) transcript: Transcript,
    pub(super) attached: Option<Attached>,
    /// When the next figures are due.
    pub(super) next: Duration,
    /// What was heard of live records.
    pub(super) news: Vec<String>,
}

impl Session<'_> {
    /// Does what is due.
    pub(super) fn turn(&mut self) -> Turn {
        let until_sample = self.hub.poll();
        let now = SystemClock.monotonic();
        self.take_output();
        match self.take_keys() {
            Ok(false) => {}
            _ if self.is_command() => self.close(),
            // Without a command there is nothing to go on for.
            _ => return Turn::End,
        }
        if self.has_ended() {
            return Turn::End;
        }
        if now >= self.next {
            if self.tell().is_err() {
                if !self.is_command() {
                    return Turn::End;
                }
                self.close();
            }
            // After a long stop (Ctrl-Z) one figure, not one for each that was missed.
            self.next = (self.next + self.watcher.every()).max(now);
        }
        self.news.extend(self.live.send(&mut self.run, now));
        let until_figures = match self.face {
            Face::Closed => None,
            _ => Some(self.next.saturating_sub(now)),
        };
        let until_kept = self.journal.and_then(Kept::tend);
        let waits = [until_sample, until_figures, self.live.until_next(now), until_kept];
        Turn::GoOn(waits.into_iter().flatten().min())
    }

    /// Waits for signals, keys and output at once, and hands the signals over.
    pub(super) fn wait(
        &mut self,
        signals: &Signals,
        timeout: Option<Duration>,
        mut heard: impl FnMut(&mut Self, c_int),
    ) -> io::Result<()> {
        signals.wait_with(&self.descriptors(), timeout)?;
        while let Some(arrived) = signals.next()? {
            heard(self, arrived.signal);
        }
        Ok(())
    }

    fn is_command(&self) -> bool {
        matches!(self.watcher.subject(), Subject::Command(_))
    }

    fn has_ended(&self) -> bool {
        let Some(attached) = &self.attached else { return false };
        attached.has_ended(self.watcher.sees(attached.pid))
    }

    /// Shows the figures of now.
    fn tell(&mut self) -> io::Result<()> {
        if matches!(self.face, Face::Closed) {
            return Ok(());
        }
        let Some(outcome) = self.run.peek() else { return Ok(()) };
        let mut figures = self.watcher.observe(&outcome, self.hub);
        self.look_at_tasks();
        figures.tasks.clone_from(&self.tasks);
        match &mut self.face {
            Face::Screen(screen) => {
                figures.output = self.pty.is_some().then(|| self.transcript.lines());
                screen.show(figures)
            }
            // The first moment only sets the beginning.
            Face::Lines { .. } if figures.total_w.is_empty() => Ok(()),
            Face::Lines { to_stderr } => {
                print_line(&figures, outcome.report.ended_unix_s, *to_stderr)
            }
            Face::Closed => Ok(()),
        }
    }

    /// Tasks of the programs that are listed, and of those that were and have ended.
    fn look_at_tasks(&mut self) {
        let Some(onlooker) = &mut self.onlooker else { return };
        for sum in onlooker.look() {
            let figures = TaskFigures {
                pid: sum.pid,
                name: sum.name.clone(),
                count: sum.count,
                duration: Duration::try_from_secs_f64(sum.duration_s).unwrap_or_default(),
                energy: Energy::from_kilowatt_hours(sum.energy_kwh),
                emissions: CarbonMass::from_kilograms(sum.emissions_kg),
            };
            let is_it = |known: &&mut TaskFigures| known.pid == sum.pid && known.name == sum.name;
            match self.tasks.iter_mut().find(is_it) {
                Some(known) => *known = figures,
                None if self.watcher.lists(sum.pid) => self.tasks.push(figures),
                None => {}
            }
        }
    }

    /// Takes what the command wrote; passes it on where the view does not show it.
    fn take_output(&mut self) {
        let Some(pty) = &mut self.pty else { return };
        let Some(bytes) = pty.read() else {
            self.pty = None;
            return;
        };
        if bytes.is_empty() {
            return;
        }
        match &mut self.face {
            Face::Screen(screen) => {
                self.transcript.take(&bytes);
                // A terminal that has gone away shows at the next key or figure.
                let _ = screen.show_output(self.transcript.lines());
            }
            _ => write_output(&bytes),
        }
    }

    fn take_keys(&mut self) -> io::Result<bool> {
        match &mut self.face {
            Face::Screen(screen) => screen.take_keys(),
            _ => Ok(false),
        }
    }

    /// Gives the terminal back, with what the command has written to it.
    pub(super) fn close(&mut self) {
        if let Face::Screen(mut screen) = std::mem::replace(&mut self.face, Face::Closed) {
            screen.leave();
        }
        write_output(&std::mem::take(&mut self.transcript).into_bytes());
    }

    /// Takes what the command wrote last, once it has ended, and gives the terminal back.
    pub(super) fn end(&mut self) {
        self.take_output();
        self.close();
    }

    /// Does what a signal asks of the view.
    pub(super) fn hear(&mut self, signal: c_int) {
        match signal {
            libc::SIGWINCH => self.resize(),
            libc::SIGTSTP => self.stop_for_a_while(),
            _ => {}
        }
    }

    fn resize(&mut self) {
        if let Face::Screen(screen) = &mut self.face {
            let size = screen.size();
            if let Some(pty) = &self.pty {
                pty.resize(size);
            }
            let _ = screen.draw();
        }
    }

    /// Ctrl-Z: the terminal is the shell's until this process is told to continue.
    fn stop_for_a_while(&mut self) {
        if let Face::Screen(screen) = &mut self.face {
            screen.leave();
        }
        #[expect(unsafe_code, reason = "raise has no safe wrapper")]
        // SAFETY: no memory is involved; it returns when the process is continued.
        unsafe {
            libc::raise(libc::SIGSTOP);
        }
        if let Face::Screen(screen) = &mut self.face
            && screen.return_to().is_err()
        {
            self.close();
        }
    }

    fn watched(&self) -> Vec<RawFd> {
        let keys = match &self.face {
            Face::Screen(screen) => Some(screen.descriptor()),
            _ => None,
        };
        let output = self.pty.as_ref().map(Pty::descriptor);
        let end = self.attached.as_ref().and_then(Attached::descriptor);
        [keys, output, end].into_iter().flatten().collect()
    }
}

impl Watch for Session<'_> {
    fn sample(&mut self) -> Option<Duration> {
        match self.turn() {
            Turn::GoOn(wait) => wait,
            Turn::End => None,
        }
    }

    fn save_so_far(&mut self) {
        if let Some(outcome) = self.run.peek() {
            self.record_file.save(&outcome.record);
        }
    }

    fn descriptors(&self) -> Vec<RawFd> {
        self.watched()
    }

    fn heard(&mut self, signal: c_int) {
        self.hear(signal);
    }
}

fn print_line(figures: &Figures, ended_unix_s: f64, to_stderr: bool) -> io::Result<()> {
    let choices = Choices::default();
    let model = ViewModel { figures, choices: &choices, theme: Theme::default() };
    let line = plain::line(&model, &local_timestamp(ended_unix_s)) + "\n";
    if to_stderr {
        return io::stderr().write_all(line.as_bytes());
    }
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}

/// Writes what the command wrote to its terminal to ours. A terminal that has gone away is not an
/// error.
fn write_output(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}
