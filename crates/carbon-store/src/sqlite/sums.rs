//! How the sums of an hour or a day are kept: three numbers as columns, which statements ask for by
//! name, and the others packed into one value.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::connection::fault;
use crate::error::{Error, Result};
use crate::sums::{Numbers, WIDTH};

/// The columns of the sums.
pub(super) const COLUMNS: [&str; PLAIN + 1] = ["row_count", "energy", "emissions_kg", "sums"];

/// Numbers that are columns of their own.
pub(super) const PLAIN: usize = 3;

const NUMBER: usize = size_of::<f64>();

/// The numbers that are no columns.
pub(super) type Packed = [u8; (WIDTH - PLAIN) * NUMBER];

/// Packs the numbers that are no columns.
pub(super) fn pack(numbers: &Numbers) -> Packed {
    let mut packed = [0; (WIDTH - PLAIN) * NUMBER];
    for (place, number) in packed.chunks_exact_mut(NUMBER).zip(&numbers[PLAIN..]) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    packed
}

/// Adds the kept sums that a row begins with.
pub(super) fn add(row: &Row<'_>, totals: &mut Numbers) -> Result<()> {
    for (column, total) in totals[..PLAIN].iter_mut().enumerate() {
        *total += match row.get_ref(column).map_err(fault)? {
            ValueRef::Real(value) => value,
            ValueRef::Integer(value) => value as f64,
            _ => return Err(Error::internal("a sum is no number")),
        };
    }
    let ValueRef::Blob(packed) = row.get_ref(PLAIN).map_err(fault)? else {
        return Err(Error::internal("sums are not packed"));
    };
    let (numbers, rest) = packed.as_chunks::<NUMBER>();
    if numbers.len() != WIDTH - PLAIN || !rest.is_empty() {
        return Err(Error::internal("packed sums have another length"));
    }
    for (number, total) in numbers.iter().zip(&mut totals[PLAIN..]) {
        *total += f64::from_le_bytes(*number);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_sums_come_back_and_add_up() {
        let numbers: Numbers = std::array::from_fn(|index| index as f64 / 4.0 - 3.0);
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut totals = numbers;
        connection
            .query_row(
                "SELECT ?1, ?2, ?3, ?4",
                rusqlite::params![numbers[0], numbers[1], numbers[2], pack(&numbers)],
                |row| {
                    add(row, &mut totals).unwrap();
                    Ok(())
                },
            )
            .unwrap();
        assert_eq!(totals, numbers.map(|number| number * 2.0));
    }
}
