//! Bars and sparklines, as text.

const EIGHTHS_WIDE: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const EIGHTHS_HIGH: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar of a part of 0 to 1, so many columns wide when full.
pub(super) fn bar(part: f64, columns: u16) -> String {
    let eighths = (part.clamp(0.0, 1.0) * f64::from(columns) * 8.0).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    bar.push_str(EIGHTHS_WIDE[eighths % 8]);
    bar
}

/// The newest values as columns, from zero to the largest of them.
pub(super) fn sparkline(values: &[f64], columns: u16) -> String {
    let newest = &values[values.len().saturating_sub(usize::from(columns))..];
    let largest = newest.iter().copied().fold(0.0, f64::max);
    let mark = |value: &f64| {
        let part = if largest > 0.0 { (value / largest).clamp(0.0, 1.0) } else { 0.0 };
        EIGHTHS_HIGH[((part * 8.0).ceil() as usize).saturating_sub(1)]
    };
    newest.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows_by_eighths_and_never_out_of_its_room() {
        assert_eq!(bar(0.5, 4), "██");
        assert_eq!(bar(0.53, 4), "██▏");
        assert_eq!(bar(2.0, 3), "███");
        assert_eq!(bar(f64::NAN, 3), "");
        assert_eq!(bar(0.0, 3), "");
    }

    #[test]
    fn a_sparkline_shows_the_newest_from_zero_to_the_largest() {
        assert_eq!(sparkline(&[9.0, 0.0, 4.0, 8.0], 3), "▁▄█");
        assert_eq!(sparkline(&[0.0, 0.0], 5), "▁▁");
        assert_eq!(sparkline(&[], 5), "");
    }
}
