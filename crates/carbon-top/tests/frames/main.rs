//! The view as it is drawn: whole frames, committed as text, so that a change shows in review.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod figures;

use std::fmt::Write;

use carbon_model::{Energy, Interval};
use carbon_top::{Choices, Figures, Key, Subject, Theme, ViewModel, draw};
use ratatui_core::backend::TestBackend;
use ratatui_core::buffer::Buffer;
use ratatui_core::style::Color;
use ratatui_core::terminal::Terminal;

use figures::{command, long_names, machine, many_gpus, nothing, with_gpus, with_tasks};

/// The sizes that every frame is drawn in.
const SIZES: [(u16, u16); 3] = [(60, 16), (80, 24), (140, 40)];

fn drawn(
    figures: &Figures,
    choices: &Choices,
    theme: Theme,
    (width, height): (u16, u16),
) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let model = ViewModel { figures, choices, theme };
    terminal.draw(|frame| draw(&model, frame)).unwrap();
    terminal.backend().buffer().clone()
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width);
    let line = |cells: &[ratatui_core::buffer::Cell]| {
        let text: String = cells.iter().map(ratatui_core::buffer::Cell::symbol).collect();
        text.trim_end().to_owned()
    };
    buffer.content.chunks(width).map(line).collect()
}

/// Compares with the committed frames; `UPDATE_FRAMES=1 cargo test` writes them anew.
#[expect(clippy::disallowed_methods, reason = "the switch is for people who run the test")]
fn compare(name: &str, figures: &Figures, choices: &Choices, theme: Theme) {
    let mut text = String::new();
    for size in SIZES {
        let frame = lines(&drawn(figures, choices, theme, size));
        writeln!(text, "{}x{}\n{}", size.0, size.1, "=".repeat(usize::from(size.0))).unwrap();
        writeln!(text, "{}\n", frame.join("\n")).unwrap();
    }
    let path = format!("{}/tests/frames/shown/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_FRAMES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, committed, "run with UPDATE_FRAMES=1 if this is meant");
}

fn pressed(keys: &[Key]) -> Choices {
    let mut choices = Choices::default();
    for key in keys {
        choices.press(*key, 20);
    }
    choices
}

const COLOURS: Theme = Theme { has_colours: true, is_ascii: false };

#[test]
fn a_machine_without_gpus() {
    compare("machine", &machine(), &Choices::default(), COLOURS);
}

#[test]
fn a_command_that_measures_its_tasks() {
    compare("tasks", &with_tasks(), &Choices::default(), COLOURS);
}

#[test]
fn a_machine_with_gpus() {
    compare("gpus", &with_gpus(), &Choices::default(), COLOURS);
    compare("many-gpus", &many_gpus(), &Choices::default(), COLOURS);
}

#[test]
fn a_command_with_its_output() {
    compare("command", &command(), &Choices::default(), COLOURS);
}

#[test]
fn long_names_and_large_figures() {
    compare("long", &long_names(), &pressed(&[Key::Char('u')]), COLOURS);
}

#[test]
fn nothing_to_measure() {
    compare("nothing", &nothing(), &Choices::default(), COLOURS);
}

#[test]
fn paused() {
    compare("paused", &machine(), &pressed(&[Key::Char('p'), Key::Char('s')]), COLOURS);
}

#[test]
fn help() {
    compare("help", &machine(), &pressed(&[Key::Char('?')]), COLOURS);
}

#[test]
fn filter() {
    let typing = [Key::Char('/'), Key::Char('p'), Key::Char('y')];
    compare("filter-typing", &machine(), &pressed(&typing), COLOURS);
    let mut kept = pressed(&typing);
    kept.press(Key::Enter, 20);
    compare("filter", &machine(), &kept, COLOURS);
}

#[test]
fn ascii_only() {
    compare("ascii", &with_gpus(), &Choices::default(), Theme { is_ascii: true, ..COLOURS });
    for size in SIZES {
        let frame =
            drawn(&command(), &Choices::default(), Theme { is_ascii: true, ..COLOURS }, size);
        assert!(lines(&frame).iter().all(|line| line.is_ascii()));
    }
}

#[test]
fn without_colours_no_cell_has_any_and_with_them_some_have() {
    let coloured = |theme| {
        let frame = drawn(&with_gpus(), &Choices::default(), theme, (80, 24));
        frame.content.iter().any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
    };
    assert!(coloured(COLOURS));
    assert!(!coloured(Theme::default()));
    // Only colours are gone: the text is the same.
    let text = |theme| lines(&drawn(&with_gpus(), &Choices::default(), theme, (80, 24)));
    assert_eq!(text(COLOURS), text(Theme::default()));
}

#[test]
fn every_size_is_drawn_without_a_panic_and_small_ones_say_what_they_need() {
    for figures in [machine(), many_gpus(), command(), long_names(), nothing()] {
        for width in [1, 7, 20, 59, 60, 69, 70, 90, 100, 300] {
            for height in [1, 3, 15, 16, 17, 19, 22, 25, 60] {
                for choices in [Choices::default(), pressed(&[Key::Char('?')])] {
                    drawn(&figures, &choices, COLOURS, (width, height));
                }
            }
        }
    }
    let small = lines(&drawn(&machine(), &Choices::default(), COLOURS, (50, 10)));
    assert_eq!(&small[1..3], ["The window is 50x10;", "the view needs 60x16."]);
}

/// The energies of the lines from the title of the table on.
fn energies(frame: &[String]) -> Vec<f64> {
    let table = frame.iter().skip_while(|line| !line.contains("ENERGY")).skip(1);
    table
        .map_while(|line| line.strip_suffix('%')?.split_whitespace().nth_back(1)?.parse().ok())
        .collect()
}

#[test]
fn the_lines_of_the_table_add_up_to_its_total() {
    for (figures, keys) in [
        (machine(), vec![]),
        (machine(), vec![Key::Char('/'), Key::Char('p'), Key::Enter]),
        (machine(), vec![Key::Down, Key::Down]),
        (command(), vec![]),
    ] {
        let choices = pressed(&keys);
        let energies = energies(&lines(&drawn(&figures, &choices, COLOURS, (80, 30))));
        let (total, parts) = energies.split_last().unwrap();
        let sum: f64 = parts.iter().sum();
        // Each figure has three digits.
        assert!(parts.len() > 4 && (sum - total).abs() < 0.01 * total, "{sum} is not {total}");
    }
}

#[test]
fn a_command_line_with_escapes_reaches_no_cell() {
    let mut figures = command();
    figures.subject = Subject::Command("x\x1b]0;title\x07".to_owned());
    figures.processes[0].command = "x\x1b[2J".to_owned();
    figures.output = Some(vec!["\x1b[31mred\x07".to_owned()]);
    let frame = drawn(&figures, &Choices::default(), COLOURS, (140, 40));
    assert!(frame.content.iter().all(|cell| !cell.symbol().chars().any(char::is_control)));
}

#[test]
fn a_line_for_pipes_tells_time_power_sums_pace_and_who_uses_most() {
    let (figures, choices) = (machine(), Choices::default());
    let model = ViewModel { figures: &figures, choices: &choices, theme: Theme::default() };
    assert_eq!(
        carbon_top::plain::line(&model, "2026-11-23T02:30:00"),
        "2026-11-23T02:30:00  CPU  18.2 W  RAM  3.00 W  total 1.09 Wh, 61.2 mg CO2eq in 3 min 05 s  \
         1.19 g CO2eq/h  top python3 train.py --epochs 90 (4242) 36 %"
    );
    assert!(carbon_top::plain::preamble(&figures).starts_with("Grid: France, 56.0 g CO2eq/kWh"));
}

#[test]
fn shares_are_of_the_total() {
    let figures = machine();
    let sum: Energy = figures.processes.iter().map(|process| process.energy).sum();
    let rest = figures.remainder;
    let parts = sum + rest.ended.1 + rest.idle.unwrap() + rest.unattributed;
    assert!((parts.joules() - rest.total.joules()).abs() < 1e-9);
    assert_eq!(figures.energy, Interval { value: rest.total, ..figures.energy });
    assert_eq!(figures.share_percent(rest.total), 100.0);
}
