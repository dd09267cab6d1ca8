//! A small table of text with aligned columns.

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Lines of a table: the cells of each row, padded to the widest of their column, two spaces
/// between columns, no space at the end of a line. Columns that are empty in every row but the
/// first, which holds the titles, are left out.
pub fn lines(columns: &[Align], rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let used: Vec<(usize, Align, usize)> = columns
        .iter()
        .enumerate()
        .filter(|(column, _)| rows.iter().skip(1).any(|row| !row[*column].is_empty()))
        .map(|(column, align)| (column, *align, width(column)))
        .collect();
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = used
                .iter()
                .map(|(column, align, width)| pad(&row[*column], *align, *width))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

fn pad(cell: &str, align: Align, to: usize) -> String {
    let space = " ".repeat(to.saturating_sub(width(cell)));
    match align {
        Align::Left => format!("{cell}{space}"),
        Align::Right => format!("{space}{cell}"),
    }
}

/// Columns that a text takes; every character that is used here takes one.
fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_align_right_and_empty_columns_vanish() {
        let rows = [["", "Energy", "Power"], ["CPU", "12.3 J", ""], ["RAM", "4 J", ""]]
            .map(|row| row.map(str::to_owned).to_vec());
        let shown = lines(&[Align::Left, Align::Right, Align::Right], &rows);
        assert_eq!(shown, ["     Energy", "CPU  12.3 J", "RAM     4 J"]);
    }
}
