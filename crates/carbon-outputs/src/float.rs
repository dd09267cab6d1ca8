//! Numbers as Python prints them, so that files look the same whoever writes them.

/// A double as Python's `repr` prints it: the shortest digits that read back to the same value,
/// with an exponent below 1e-4 and from 1e16 on (`0.1`, `1.0`, `1e-05`, `1e+16`).
pub fn python_repr(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string().to_lowercase();
    }
    let shortest = format!("{value:e}");
    let Some((digits, exponent)) = shortest.split_once('e') else { return shortest };
    let fraction = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let exponent: isize = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let decimals = fraction.saturating_add_signed(-exponent);
        let plain = even_or(format!("{value:.decimals$}"), value, || format!("{value}"));
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let scientific = even_or(format!("{value:.fraction$e}"), value, || shortest.clone());
    let digits = scientific.split('e').next().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

/// Where two shortest texts are equally near, Python takes the one with the even last digit, which
/// rounding to that many digits gives. Beside a power of two it may not read back; then the
/// shortest text stands.
fn even_or(rounded: String, value: f64, shortest: impl FnOnce() -> String) -> String {
    if rounded.parse() == Ok(value) { rounded } else { shortest() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_look_as_python_prints_them() {
        let table = include_str!("../tests/fixtures/python-repr.txt");
        let lines: Vec<_> = table.lines().filter(|l| !l.starts_with('#')).collect();
        assert!(lines.len() > 250);
        for line in lines {
            let (bits, printed) = line.split_once(' ').unwrap();
            let value = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
            assert_eq!(python_repr(value), printed);
        }
    }

    proptest! {
        #[test]
        fn every_number_reads_back_to_itself(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            let read: f64 = python_repr(value).parse().unwrap();
            prop_assert!(read.to_bits() == bits || (read.is_nan() && value.is_nan()));
        }
    }
}
