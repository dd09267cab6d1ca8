//! Reader of the committed tables: tab-separated, `#` comments, one line of column names.

/// A table with named columns.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One row of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    columns: &'a [String],
    cells: &'a [String],
}

impl Table {
    /// Parses a table; a row with the wrong number of cells is an error that names its line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut lines =
            text.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with('#'));
        let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let columns = cells(lines.next().ok_or("no column names")?.1);
        let mut rows = Vec::new();
        for (index, line) in lines {
            let row = cells(line);
            if row.len() != columns.len() {
                return Err(format!(
                    "line {}: {} cells where {} columns are named: {line:?}",
                    index + 1,
                    row.len(),
                    columns.len()
                ));
            }
            rows.push(row);
        }
        Ok(Self { columns, rows })
    }

    /// The rows in file order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { columns: &self.columns, cells })
    }
}

impl<'a> Row<'a> {
    /// The cell of a column; panics on a column that the table does not have.
    pub(crate) fn get(&self, column: &str) -> &'a str {
        let index = self.columns.iter().position(|c| c == column);
        &self.cells[index.unwrap_or_else(|| panic!("no column {column:?} in {:?}", self.columns))]
    }

    /// The cell of a column as a number; `None` when it is empty.
    pub(crate) fn number(&self, column: &str) -> Option<f64> {
        let cell = self.get(column);
        (!cell.is_empty())
            .then(|| cell.parse().unwrap_or_else(|_| panic!("{column} is {cell:?} in {self:?}")))
    }
}
